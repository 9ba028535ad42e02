import ErrorCodes
import WireFormat

/// What the issuer answers to a batch (draft-ietf-privacypass-batched-tokens, section 6.2): for each request, in order, a
/// response or none.
///
///     OptionalTokenResponse optional_token_responses<V>
///     OptionalTokenResponse: present (8) = 0 | 1, and where present: token_type (16) | TokenResponse
public struct BatchedTokenResponse: Sendable, Equatable {
  public static let mediaType = "application/private-token-generic-batch-response"
  /// Bytes of the longest answer: an upper bound for the body of an issuer's response.
  public static let byteLimit =
    GenericBatch.prefixByteLimit + BatchedTokenRequest.countLimit * (3 + TokenResponse.byteCount)

  /// Nil where the issuer failed or refused to issue. Their number is not yet compared with that of the requests:
  /// `PendingTokenBatch` does.
  public let responses: [TokenResponse?]

  /// - Throws: `token-batch-response-malformed` for more than a batch can have.
  public init(_ responses: [TokenResponse?]) throws(PrivacyPassError) {
    guard responses.count <= BatchedTokenRequest.countLimit else {
      throw PrivacyPassError(
        PrivacyPassError.batchResponseMalformed,
        "batch has more than \(BatchedTokenRequest.countLimit) token responses")
    }
    self.responses = responses
  }

  /// - Parameter responses: no more than a batch can have.
  init(unchecked responses: [TokenResponse?]) { self.responses = responses }

  /// - Throws: `token-batch-response-malformed`; `token-type-unsupported` where one of the responses has another type.
  public init(decoding bytes: [UInt8]) throws(PrivacyPassError) {
    var cursor = try GenericBatch.elements(
      of: bytes, byteLimit: Self.byteLimit, orThrow: PrivacyPassError.batchResponseMalformed)
    var responses: [TokenResponse?] = []
    while !cursor.isAtEnd, responses.count <= BatchedTokenRequest.countLimit {
      responses.append(try Self.parseElement(&cursor))
    }
    try self.init(responses)
  }

  private static func parseElement(_ cursor: inout WireCursor) throws(PrivacyPassError) -> TokenResponse? {
    let code = PrivacyPassError.batchResponseMalformed
    let tokenType: TokenType
    do throws(WireError) {
      switch try cursor.readInteger(UInt8.self, field: "presence of a token response") {
      case 0: return nil
      case 1: tokenType = TokenType(rawValue: try cursor.readInteger(UInt16.self, field: "token type"))
      default: throw WireError(WireError.invalidValue, "presence of a token response is neither 0 nor 1")
      }
    } catch {
      throw PrivacyPassError(code, error.message)
    }
    let byteCount = try tokenType.sizes().response
    do throws(WireError) {
      return TokenResponse(
        tokenType: tokenType, encoded: Array(try cursor.readBytes(byteCount, field: "token response")))
    } catch {
      throw PrivacyPassError(code, error.message)
    }
  }

  public var encoded: [UInt8] {
    GenericBatch.encode { writer in
      for response in responses {
        writer.writeInteger(UInt8(response == nil ? 0 : 1))
        guard let response else { continue }
        writer.writeInteger(response.tokenType.rawValue)
        writer.write(response.encoded)
      }
    }
  }

  public var issuedCount: Int { responses.count { $0 != nil } }

  /// The HTTP status that goes with this answer: 200 where all were issued, 206 where some were, 400 where none was
  /// (and then no body).
  public var httpStatus: Int {
    switch issuedCount {
    case 0: 400
    case responses.count: 200
    default: 206
    }
  }
}

/// What the batches of requests and of responses have in common: one vector with a length of variable size.
enum GenericBatch {
  /// Bytes of the longest length that either needs.
  static let prefixByteLimit = 4

  /// A cursor over the elements, and nothing after them.
  ///
  /// - Throws: `code`, also for a length that is not in its shortest form.
  static func elements(
    of bytes: [UInt8], byteLimit: Int, orThrow code: ErrorCode
  ) throws(PrivacyPassError) -> WireCursor {
    let content = try PrivacyPassError.decoding(bytes[...], orThrow: code) { cursor throws(WireError) in
      try cursor.readVariableLengthPrefixedBytes(limit: byteLimit - prefixByteLimit, field: "batch")
    }
    guard encode({ $0.write(content) }).count == bytes.count else {
      throw PrivacyPassError(code, "length of the batch is not in its shortest form")
    }
    return WireCursor(content)
  }

  static func encode(_ writeElements: (inout WireWriter) -> Void) -> [UInt8] {
    var content = WireWriter()
    writeElements(&content)
    var writer = WireWriter(reservingCapacity: prefixByteLimit + content.bytes.count)
    writer.writeVariableLengthPrefixed(content.bytes)
    return writer.bytes
  }
}
