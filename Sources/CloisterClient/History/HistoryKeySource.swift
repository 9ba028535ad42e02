public import Crypto
import CryptoExtras
import Foundation

/// Gives the key under which a history's private key is sealed: from a passphrase, or from a platform's key store.
///
/// A key store's source keeps a random key of 256 bits under a name of its own and ignores the derivation; none is built
/// here, since Linux has no key store that every machine has.
public protocol HistoryKeySource: Sendable {
  /// How the key of a new history is to be derived.
  func newDerivation() -> HistoryKeyDerivation

  /// - Throws: `history-locked` where there is no such key, or it may not be used now.
  func wrappingKey(_ derivation: HistoryKeyDerivation) throws(ClientError) -> SymmetricKey
}

/// How the key that seals a history's private key comes about.
public enum HistoryKeyDerivation: Sendable, Equatable {
  /// scrypt (RFC 7914) of the passphrase, with 2^logRounds rounds, r = 8 and p = 1: 2^logRounds KiB of memory.
  case scrypt(logRounds: UInt8, salt: [UInt8])
  /// A platform's key store knows.
  case keyStore

  static let saltByteCount = 16
  /// 128 MiB, some half a second.
  static let standardLogRounds: UInt8 = 17
  /// What a file may ask for: at most 256 MiB.
  static let logRoundsRange: ClosedRange<UInt8> = 10...18
}

/// A passphrase that a person chose. Secret: neither printable nor comparable.
public struct HistoryPassphrase: HistoryKeySource {
  /// In bytes of UTF-8. It is short on purpose: scrypt makes a guess cost half a second, not impossible.
  public static let minimumByteCount = 8

  private let text: String
  private let logRounds: UInt8

  /// - Throws: `history-passphrase-weak`.
  public init(_ text: String) throws(ClientError) {
    try self.init(text, logRounds: HistoryKeyDerivation.standardLogRounds)
  }

  /// - Parameter logRounds: fewer than usual, for tests.
  package init(_ text: String, logRounds: UInt8) throws(ClientError) {
    guard text.utf8.count >= Self.minimumByteCount else {
      throw ClientError(
        ClientError.historyPassphraseWeak, "passphrase is shorter than \(Self.minimumByteCount) bytes")
    }
    // The same letters typed on another system may come as other scalars.
    self.text = text.precomposedStringWithCanonicalMapping
    self.logRounds = logRounds
  }

  public func newDerivation() -> HistoryKeyDerivation {
    .scrypt(
      logRounds: logRounds, salt: (0..<HistoryKeyDerivation.saltByteCount).map { _ in UInt8.random(in: 0...255) })
  }

  public func wrappingKey(_ derivation: HistoryKeyDerivation) throws(ClientError) -> SymmetricKey {
    guard case .scrypt(let logRounds, let salt) = derivation else {
      throw ClientError(ClientError.historyLocked, "history is sealed by a key store, not by a passphrase")
    }
    do {
      return try KDF.Scrypt.deriveKey(
        from: Array(text.utf8), salt: salt, outputByteCount: 32, rounds: 1 << Int(logRounds), blockSize: 8,
        parallelism: 1)
    } catch {
      throw ClientError(ClientError.historyLocked, "no memory for deriving the key")
    }
  }
}
