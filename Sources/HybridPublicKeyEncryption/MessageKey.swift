package import Crypto

/// An AEAD key with the base nonce that sequence numbers are mixed into (RFC 9180, section 5.2; RFC 9458, section 4.4).
///
/// The caller never uses one sequence number for two messages.
package struct MessageKey: Sendable {
  package let aead: AEADIdentifier
  package let key: SymmetricKey
  private let nonceHead: UInt32
  private let nonceTail: UInt64

  /// `baseNonce` has at least 12 bytes; the first 12 count.
  package init(aead: AEADIdentifier, key: SymmetricKey, baseNonce: UnsafeRawBufferPointer) {
    self.aead = aead
    self.key = key
    nonceHead = UInt32(bigEndian: baseNonce.loadUnaligned(fromByteOffset: 0, as: UInt32.self))
    nonceTail = UInt64(bigEndian: baseNonce.loadUnaligned(fromByteOffset: 4, as: UInt64.self))
  }

  /// The base nonce with the sequence number, as 12 big-endian bytes, xored into it.
  package func nonce(_ sequenceNumber: UInt64) -> [UInt8] {
    withNonce(sequenceNumber) { Array($0) }
  }

  private func withNonce<Result>(
    _ sequenceNumber: UInt64, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    let tail = nonceTail ^ sequenceNumber
    let halves = (
      nonceHead.bigEndian, UInt32(truncatingIfNeeded: tail >> 32).bigEndian,
      UInt32(truncatingIfNeeded: tail).bigEndian
    )
    return try withUnsafeBytes(of: halves) { try body($0) }
  }

  /// Appends ciphertext and tag to `output`.
  package func seal(
    _ plaintext: ArraySlice<UInt8>, sequenceNumber: UInt64, authenticating aad: [UInt8], into output: inout [UInt8]
  ) throws(HPKEError) {
    do {
      try withNonce(sequenceNumber) { nonce in
        switch aead {
        case .aes128GCM, .aes256GCM:
          let nonce = try AES.GCM.Nonce(data: nonce)
          let box =
            aad.isEmpty
            ? try AES.GCM.seal(plaintext, using: key, nonce: nonce)
            : try AES.GCM.seal(plaintext, using: key, nonce: nonce, authenticating: aad)
          guard let combined = box.combined else { preconditionFailure("a nonce of 12 bytes has a combined form") }
          combined.withUnsafeBytes { output.append(contentsOf: $0.dropFirst(aead.nonceByteCount)) }
        case .chaCha20Poly1305:
          let box = try ChaChaPoly.seal(
            plaintext, using: key, nonce: ChaChaPoly.Nonce(data: nonce), authenticating: aad)
          box.combined.withUnsafeBytes { output.append(contentsOf: $0.dropFirst(nonce.count)) }
        }
      }
    } catch {
      throw HPKEError(HPKEError.messageLimitReached, "plaintext has \(plaintext.count) bytes, more than the AEAD takes")
    }
  }

  /// The plaintext of `ciphertext`, which ends in its tag.
  ///
  /// - Throws: `HPKEError.openFailed`, the same for every reason.
  package func open(
    _ ciphertext: ArraySlice<UInt8>, sequenceNumber: UInt64, authenticating aad: [UInt8]
  ) throws(HPKEError) -> [UInt8] {
    guard ciphertext.count >= aead.tagByteCount else { throw Self.openFailed }
    // Nonce, ciphertext and tag in one piece, and no associated data where there is none, cost the library least.
    var combined: [UInt8] = []
    combined.reserveCapacity(aead.nonceByteCount + ciphertext.count)
    withNonce(sequenceNumber) { combined.append(contentsOf: $0) }
    combined.append(contentsOf: ciphertext)
    do {
      switch aead {
      case .aes128GCM, .aes256GCM:
        let box = try AES.GCM.SealedBox(combined: combined)
        return Array(
          aad.isEmpty ? try AES.GCM.open(box, using: key) : try AES.GCM.open(box, using: key, authenticating: aad))
      case .chaCha20Poly1305:
        let box = try ChaChaPoly.SealedBox(combined: combined)
        return Array(
          aad.isEmpty
            ? try ChaChaPoly.open(box, using: key) : try ChaChaPoly.open(box, using: key, authenticating: aad))
      }
    } catch {
      throw Self.openFailed
    }
  }

  private static let openFailed = HPKEError(HPKEError.openFailed, "ciphertext is not authentic")
}
