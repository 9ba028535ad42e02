import HybridPublicKeyEncryption
import WireFormat

import enum Crypto.AES
import struct Crypto.SymmetricKey

/// The key pair of a history, as it lies on the disk: the public key in clear, so that an answer is kept without asking
/// for the passphrase, and the private key sealed, so that none is read without it.
///
///     version (8) = 1 | source (8): 1 scrypt, 2 key store | log2 rounds (8) | salt (128)     zeros for a key store
///     | X-Wing public key (1216 bytes) | nonce (96) | sealed seed (256) | tag (128)          AES-256-GCM
///
/// Everything before the nonce is authenticated with the seed.
package struct HistoryKeyFile: Equatable {
  package let derivation: HistoryKeyDerivation
  package let publicKey: [UInt8]
  /// Nonce, ciphertext and tag.
  package let sealedSeed: [UInt8]

  static let version: UInt8 = 1
  private static let label = Array("cloister history key v1\n".utf8)
  private static let seedByteCount = 32
  private static let sealedByteCount = 12 + seedByteCount + 16
  private static let publicKeyByteCount = HistoryCipher.suite.kem.publicKeyByteCount
  package static let byteCount = 3 + HistoryKeyDerivation.saltByteCount + publicKeyByteCount + sealedByteCount

  private var header: [UInt8] { Self.header(derivation, publicKey) }

  private static func header(_ derivation: HistoryKeyDerivation, _ publicKey: [UInt8]) -> [UInt8] {
    switch derivation {
    case .scrypt(let logRounds, let salt): [version, 1, logRounds] + salt + publicKey
    case .keyStore:
      [version, 2, 0] + [UInt8](repeating: 0, count: HistoryKeyDerivation.saltByteCount) + publicKey
    }
  }

  package var encoded: [UInt8] { header + sealedSeed }

  /// Makes a new key pair.
  /// - Throws: what the source throws; `internal-error` where the library cannot make or seal a key.
  init(sealingWith source: any HistoryKeySource) throws(ClientError) {
    let key = try coded { try KEMPrivateKey.generate(HistoryCipher.suite.kem) }
    derivation = source.newDerivation()
    publicKey = key.publicKey.rawRepresentation
    let wrappingKey = try source.wrappingKey(derivation)
    let seed = key.withUnsafeRawRepresentation { SymmetricKey(data: $0) }
    let header = Self.header(derivation, publicKey)
    let box = seed.withUnsafeBytes { seed in
      try? AES.GCM.seal(seed, using: wrappingKey, authenticating: Self.label + header).combined
    }
    guard let box else { throw ClientError(ClientError.uncodedError, "history key cannot be sealed") }
    sealedSeed = Array(box)
  }

  /// - Throws: `history-damaged`.
  package init(decoding bytes: [UInt8]) throws(ClientError) {
    let damaged = ClientError(ClientError.historyDamaged, "key of the history is not of its form")
    do throws(WireError) {
      var cursor = WireCursor(bytes)
      let version = try cursor.readInteger(UInt8.self, field: "version")
      let source = try cursor.readInteger(UInt8.self, field: "source")
      let logRounds = try cursor.readInteger(UInt8.self, field: "rounds")
      let salt = Array(try cursor.readBytes(HistoryKeyDerivation.saltByteCount, field: "salt"))
      publicKey = Array(try cursor.readBytes(Self.publicKeyByteCount, field: "public key"))
      sealedSeed = Array(try cursor.readBytes(Self.sealedByteCount, field: "seed"))
      try cursor.requireEnd()
      switch (version, source) {
      case (Self.version, 1) where HistoryKeyDerivation.logRoundsRange.contains(logRounds):
        derivation = .scrypt(logRounds: logRounds, salt: salt)
      case (Self.version, 2) where logRounds == 0 && salt.allSatisfy { $0 == 0 }: derivation = .keyStore
      default: throw WireError(WireError.invalidValue, "version, source or rounds are unknown")
      }
    } catch {
      throw damaged
    }
  }

  /// - Throws: `history-locked` for another passphrase or changed bytes: nobody can tell which.
  func privateKey(_ source: any HistoryKeySource) throws(ClientError) -> KEMPrivateKey {
    let wrappingKey = try source.wrappingKey(derivation)
    guard let box = try? AES.GCM.SealedBox(combined: sealedSeed),
      let seed = try? AES.GCM.open(box, using: wrappingKey, authenticating: Self.label + header),
      let key = try? KEMPrivateKey(kem: HistoryCipher.suite.kem, rawRepresentation: Array(seed)),
      key.publicKey.rawRepresentation == publicKey
    else {
      throw ClientError(
        ClientError.historyLocked,
        "passphrase is another one, or the key file was changed, and later answers sealed to whoever did it")
    }
    return key
  }
}
