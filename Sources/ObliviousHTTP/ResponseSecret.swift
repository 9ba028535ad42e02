import Crypto
import HybridPublicKeyEncryption

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What both sides keep of a request to derive the key of its response (RFC 9458, section 4.4).
struct ResponseSecret: Sendable {
  let aead: AEADIdentifier
  let encapsulatedKey: [UInt8]
  let exportedSecret: SymmetricKey

  /// The length of exported secret and response nonce: max(Nn, Nk).
  static func entropyByteCount(_ aead: AEADIdentifier) -> Int { max(aead.nonceByteCount, aead.keyByteCount) }

  var nonceByteCount: Int { Self.entropyByteCount(aead) }

  /// A response nonce from the system's random numbers, by one call for all of its bytes.
  func randomNonce() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: nonceByteCount) { buffer, initializedCount in
      guard let address = buffer.baseAddress, getentropy(address, nonceByteCount) == 0 else {
        preconditionFailure("the system gives no random numbers")
      }
      initializedCount = nonceByteCount
    }
  }

  private static let keyInfo = Array("key".utf8) + [1]
  private static let nonceInfo = Array("nonce".utf8) + [1]

  func messageKey(responseNonce: some Collection<UInt8>) -> MessageKey {
    let randomKey = KeyedHash(key: KeyedHash(key: encapsulatedKey + responseNonce).code(ofBytesOf: exportedSecret))
    let key = randomKey.expandKey(Self.keyInfo, outputByteCount: aead.keyByteCount)
    return randomKey.code(of: Self.nonceInfo).withUnsafeBytes {
      MessageKey(aead: aead, key: key, baseNonce: $0)
    }
  }
}

extension ResponseSecret {
  init(_ context: borrowing SenderContext, _ form: OHTTPForm, _ aead: AEADIdentifier) {
    self.init(
      aead: aead, encapsulatedKey: context.encapsulatedKey,
      exportedSecret: context.exportKey(
        context: form.responseLabel, outputByteCount: Self.entropyByteCount(aead)))
  }

  init(
    _ context: borrowing RecipientContext, encapsulatedKey: [UInt8], _ form: OHTTPForm, _ aead: AEADIdentifier
  ) {
    self.init(
      aead: aead, encapsulatedKey: encapsulatedKey,
      exportedSecret: context.exportKey(
        context: form.responseLabel, outputByteCount: Self.entropyByteCount(aead)))
  }
}
