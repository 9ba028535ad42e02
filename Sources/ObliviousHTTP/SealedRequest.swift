public import HybridPublicKeyEncryption

/// The client's side of single-shot Oblivious HTTP (RFC 9458, section 4.3).
public enum RequestSealer {
  /// Encapsulates one request, a Binary HTTP message, for a gateway.
  ///
  /// - Parameters:
  ///   - using: one of the configuration's algorithms; nil takes its first.
  ///   - requiring: the KEM the caller insists on; another one is refused, so that nobody can downgrade a hybrid key
  ///     to a classical one.
  /// - Throws: `OHTTPError.suiteRefused`; `OHTTPError.malformed` for a low-order public key.
  public static func seal(
    _ request: [UInt8], to configuration: KeyConfiguration, using algorithm: SymmetricAlgorithm? = nil,
    requiring kem: KEMIdentifier? = nil
  ) throws(OHTTPError) -> SealedRequest {
    try seal(request, to: configuration, using: algorithm, requiring: kem, ephemeral: nil)
  }

  /// `ephemeral` fixes the randomness of a Diffie-Hellman KEM, for test vectors alone.
  package static func seal(
    _ request: [UInt8], to configuration: KeyConfiguration, using algorithm: SymmetricAlgorithm?,
    requiring kem: KEMIdentifier?, ephemeral: KEMPrivateKey?
  ) throws(OHTTPError) -> SealedRequest {
    let header = try configuration.requestHeader(using: algorithm, requiring: kem)
    var context = try SenderContext.encapsulating(to: configuration, header, .singleShot, ephemeral: ephemeral)
    var message = header.encoded
    message.reserveCapacity(message.count + context.encapsulatedKey.count + request.count + 16)
    message += context.encapsulatedKey
    do {
      try context.seal(request[...], authenticating: [], into: &message)
    } catch {
      throw OHTTPError(OHTTPError.malformed, error.message)
    }
    let secret = ResponseSecret(context, .singleShot, header.ciphersuite.aead)
    return SealedRequest(encapsulatedRequest: message, opener: ResponseOpener(secret: secret))
  }
}

/// An encapsulated request, and the means to open the one response to it.
public struct SealedRequest: ~Copyable, Sendable {
  /// `message/ohttp-req`, to be sent.
  public let encapsulatedRequest: [UInt8]
  private let opener: ResponseOpener

  init(encapsulatedRequest: [UInt8], opener: consuming ResponseOpener) {
    self.encapsulatedRequest = encapsulatedRequest
    self.opener = opener
  }

  /// Gives the opener away; read `encapsulatedRequest` before.
  public consuming func takeOpener() -> ResponseOpener { opener }
}

/// Opens the response to one request, once.
public struct ResponseOpener: ~Copyable, Sendable {
  private let secret: ResponseSecret

  init(secret: ResponseSecret) { self.secret = secret }

  /// The response in an encapsulated response, which is untrusted.
  ///
  /// - Throws: `OHTTPError.decryptionFailed`, whatever the reason.
  public consuming func open(_ encapsulatedResponse: [UInt8]) throws(OHTTPError) -> [UInt8] {
    let nonceByteCount = secret.nonceByteCount
    guard encapsulatedResponse.count >= nonceByteCount + secret.aead.tagByteCount else {
      throw OHTTPError.notDecrypted
    }
    let key = secret.messageKey(responseNonce: encapsulatedResponse.prefix(nonceByteCount))
    do {
      return try key.open(encapsulatedResponse.dropFirst(nonceByteCount), sequenceNumber: 0, authenticating: [])
    } catch {
      throw OHTTPError.notDecrypted
    }
  }
}

extension KeyConfiguration {
  /// The header of a request to this gateway.
  ///
  /// - Throws: `OHTTPError.suiteRefused`.
  func requestHeader(
    using algorithm: SymmetricAlgorithm?, requiring kem: KEMIdentifier?
  ) throws(OHTTPError) -> RequestHeader {
    if let kem, kem != publicKey.kem {
      throw OHTTPError(
        OHTTPError.suiteRefused, "key configuration has KEM \(publicKey.kem.rawValue), expected \(kem.rawValue)")
    }
    guard let chosen = algorithm ?? symmetricAlgorithms.first, symmetricAlgorithms.contains(chosen) else {
      throw OHTTPError(OHTTPError.suiteRefused, "key configuration does not list the symmetric algorithm asked for")
    }
    return RequestHeader(
      keyIdentifier: keyIdentifier,
      ciphersuite: Ciphersuite(kem: publicKey.kem, kdf: chosen.kdf, aead: chosen.aead))
  }
}
