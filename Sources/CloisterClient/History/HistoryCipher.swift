import HybridPublicKeyEncryption

/// One sealed entry, as it lies on the disk: HPKE (RFC 9180) to the history's public key, with X-Wing, so that a copy that
/// somebody takes today stays closed.
///
///     version (8) = 1 | encapsulated key (1120 bytes) | ciphertext and tag
///
/// The entry's name is authenticated, so that no file can take the place of another.
package enum HistoryCipher {
  static let suite = Ciphersuite(kem: .xWing, kdf: .hkdfSHA256, aead: .aes256GCM)
  private static let info = Array("cloister history entry v1".utf8)
  static let version: UInt8 = 1
  package static let overheadByteCount = 1 + suite.kem.encapsulatedKeyByteCount + suite.aead.tagByteCount
  package static let byteLimit = overheadByteCount + HistoryEntry.contentByteLimit

  /// - Throws: `hpke-malformed-key` for a public key that is none.
  static func seal(_ content: [UInt8], identifier: String, to publicKey: [UInt8]) throws(ClientError) -> [UInt8] {
    try coded {
      var context = try SenderContext(
        recipient: try KEMPublicKey(kem: suite.kem, rawRepresentation: publicKey), ciphersuite: suite, info: info)
      let ciphertext = try context.seal(content, authenticating: Array(identifier.utf8))
      return [version] + context.encapsulatedKey + ciphertext
    }
  }

  /// The two parts of a file.
  /// - Throws: `history-damaged`.
  package static func parts(
    _ bytes: [UInt8]
  ) throws(ClientError) -> (encapsulatedKey: [UInt8], ciphertext: [UInt8]) {
    guard bytes.first == version, bytes.count >= overheadByteCount, bytes.count <= byteLimit else { throw damaged }
    let content = bytes.dropFirst()
    return (
      Array(content.prefix(suite.kem.encapsulatedKeyByteCount)),
      Array(content.dropFirst(suite.kem.encapsulatedKeyByteCount))
    )
  }

  /// - Throws: `history-damaged` for bytes that were not sealed to this key under this name.
  static func open(_ bytes: [UInt8], identifier: String, with key: KEMPrivateKey) throws(ClientError) -> [UInt8] {
    let (encapsulatedKey, ciphertext) = try parts(bytes)
    do {
      var context = try RecipientContext(
        privateKey: key, encapsulatedKey: encapsulatedKey, ciphersuite: suite, info: info)
      return try context.open(ciphertext, authenticating: Array(identifier.utf8))
    } catch {
      throw damaged
    }
  }

  private static let damaged = ClientError(ClientError.historyDamaged, "an entry of the history cannot be opened")
}
