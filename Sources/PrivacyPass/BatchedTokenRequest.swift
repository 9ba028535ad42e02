import WireFormat

/// Several token requests in one message: the generic batch of draft-ietf-privacypass-batched-tokens, section 6, so that
/// a draw costs one round trip. Types and keys may be mixed.
///
///     GenericTokenRequest generic_token_requests<V>
///
/// `V` is a length in bytes as an integer of RFC 9000, section 16, in its shortest form; each element is a `TokenRequest`,
/// whose token type says how long it is. So one element of an unknown type makes the rest unreadable, and the whole
/// batch is refused.
public struct BatchedTokenRequest: Sendable, Equatable {
  public static let mediaType = "application/private-token-generic-batch-request"
  /// The most requests of one batch, which a whole draw must fit: about 0.4 s of one core for the issuer.
  public static let countLimit = 1_000
  /// Bytes of the longest batch: an upper bound for the body of a request to the issuer.
  public static let byteLimit = GenericBatch.prefixByteLimit + countLimit * TokenRequest.byteCount

  /// From 1 to `countLimit`.
  public let requests: [TokenRequest]

  /// - Throws: `token-batch-request-malformed` for none or too many.
  public init(_ requests: [TokenRequest]) throws(PrivacyPassError) {
    guard (1...Self.countLimit).contains(requests.count) else {
      throw PrivacyPassError(
        PrivacyPassError.batchRequestMalformed,
        "batch has \(requests.count) token requests, expected 1 to \(Self.countLimit)")
    }
    self.requests = requests
  }

  /// - Throws: `token-batch-request-malformed`; `token-type-unsupported` where one of the requests has another type.
  public init(decoding bytes: [UInt8]) throws(PrivacyPassError) {
    let code = PrivacyPassError.batchRequestMalformed
    var cursor = try GenericBatch.elements(of: bytes, byteLimit: Self.byteLimit, orThrow: code)
    var requests: [TokenRequest] = []
    while !cursor.isAtEnd, requests.count <= Self.countLimit {
      requests.append(try TokenRequest(parsing: &cursor, orThrow: code))
    }
    try self.init(requests)
  }

  public var encoded: [UInt8] {
    GenericBatch.encode { writer in
      for request in requests { request.write(into: &writer) }
    }
  }
}
