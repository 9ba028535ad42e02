import WireFormat

/// An HTTP request as Binary HTTP carries it (RFC 9292).
///
///     Framing Indicator (i) | Method, Scheme, Authority, Path (each: Length (i), bytes)
///     | header section | content | trailer section | Padding (zero bytes)
///
/// Decoding says nothing about who wrote it.
public struct Request: Sendable, Equatable {
  public var method: String
  public var scheme: String
  public var authority: String
  public var path: String
  public var headerFields: FieldSection
  public var content: [UInt8]
  public var trailerFields: FieldSection

  public init(
    method: String, scheme: String, authority: String, path: String, headerFields: FieldSection = FieldSection(),
    content: [UInt8] = [], trailerFields: FieldSection = FieldSection()
  ) {
    self.method = method
    self.scheme = scheme
    self.authority = authority
    self.path = path
    self.headerFields = headerFields
    self.content = content
    self.trailerFields = trailerFields
  }

  /// Decodes a whole message of either framing; parts cut off where section 3.8 allows it are empty.
  /// - Throws: any code of `BinaryHTTPError` but `bhttp-class-exceeded`.
  public init(decoding bytes: [UInt8], limits: Limits = .default) throws(BinaryHTTPError) {
    self.init(method: "", scheme: "", authority: "", path: "")
    for event in try MessageParser.parseWhole(bytes, .request, limits: limits) {
      switch event {
      case .requestControlData(let controlData):
        (method, scheme) = (controlData.method, controlData.scheme)
        (authority, path) = (controlData.authority, controlData.path)
      case .headerFields(let fields): headerFields = fields
      case .content(let piece): content.append(contentsOf: piece)
      case .trailerFields(let fields): trailerFields = fields
      case .informational, .statusCode, .end: break
      }
    }
  }

  public var controlData: RequestControlData {
    RequestControlData(method: method, scheme: scheme, authority: authority, path: path)
  }

  /// What a decoder demands of control data and header fields; `encoded` writes them as they are.
  /// - Throws: `bhttp-invalid-control-data`, `bhttp-invalid-field`.
  public func validate() throws(BinaryHTTPError) {
    try controlData.validate()
    try controlData.validateHost(headerFields)
  }

  public func encoded(_ framing: Framing = .knownLength) -> [UInt8] {
    var writer = WireWriter(reservingCapacity: content.count + 512)
    writeHead(framing, into: &writer)
    MessageSerializer.writeBody(content, trailerFields, framing, into: &writer)
    return writer.bytes
  }

  /// The message of known length, then zero bytes up to `byteCount`.
  /// - Throws: `bhttp-class-exceeded` when the message alone is longer.
  public func encoded(paddedTo byteCount: Int) throws(BinaryHTTPError) -> [UInt8] {
    try MessageSerializer.padded(encoded(), to: byteCount)
  }

  func writeHead(_ framing: Framing, into writer: inout WireWriter) {
    writer.writeVariableLengthInteger(MessageKind.request.framingIndicator(framing))
    for part in [method, scheme, authority, path] { writer.writeVariableLengthPrefixed(part.utf8) }
    headerFields.write(framing, into: &writer)
  }
}
