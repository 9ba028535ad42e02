/// The two forms of Oblivious HTTP messages, which differ in framing, labels and media types.
public enum OHTTPForm: Sendable, Hashable, CaseIterable {
  /// One ciphertext each way (RFC 9458).
  case singleShot
  /// A stream of chunks each way (draft-ietf-ohai-chunked-ohttp).
  case chunked

  public var requestMediaType: String {
    switch self {
    case .singleShot: "message/ohttp-req"
    case .chunked: "message/ohttp-chunked-req"
    }
  }

  public var responseMediaType: String {
    switch self {
    case .singleShot: "message/ohttp-res"
    case .chunked: "message/ohttp-chunked-res"
    }
  }

  /// The media type of a list of key configurations (RFC 9458, section 3.2).
  public static let keysMediaType = "application/ohttp-keys"

  /// Where a gateway takes requests and offers its keys (RFC 9540, section 3).
  public static let gatewayPath = "/.well-known/ohttp-gateway"

  /// Tells relays between to forward a chunked message as it comes (the `Incremental` field; section 3 of the draft).
  public static let incrementalFieldName = "incremental"
  public static let incrementalFieldValue = "?1"

  var requestLabel: [UInt8] {
    switch self {
    case .singleShot: Array("message/bhttp request".utf8)
    case .chunked: Array("message/bhttp chunked request".utf8)
    }
  }

  var responseLabel: [UInt8] {
    switch self {
    case .singleShot: Array("message/bhttp response".utf8)
    case .chunked: Array("message/bhttp chunked response".utf8)
    }
  }
}
