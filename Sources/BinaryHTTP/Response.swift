import WireFormat

/// An informational (1xx) response before the final one (RFC 9292, section 3.5.1).
public struct InformationalResponse: Sendable, Equatable {
  /// 100 to 199.
  public var statusCode: Int
  public var headerFields: FieldSection

  public init(statusCode: Int, headerFields: FieldSection = FieldSection()) {
    self.statusCode = statusCode
    self.headerFields = headerFields
  }
}

/// An HTTP response as Binary HTTP carries it (RFC 9292).
///
///     Framing Indicator (i) | { Informational Status Code (i), header section } ...
///     | Final Status Code (i) | header section | content | trailer section | Padding (zero bytes)
///
/// Decoding says nothing about who wrote it.
public struct Response: Sendable, Equatable {
  public var informational: [InformationalResponse]
  /// 200 to 599.
  public var statusCode: Int
  public var headerFields: FieldSection
  public var content: [UInt8]
  public var trailerFields: FieldSection

  public init(
    statusCode: Int, headerFields: FieldSection = FieldSection(), content: [UInt8] = [],
    trailerFields: FieldSection = FieldSection(), informational: [InformationalResponse] = []
  ) {
    self.statusCode = statusCode
    self.headerFields = headerFields
    self.content = content
    self.trailerFields = trailerFields
    self.informational = informational
  }

  /// Decodes a whole message of either framing; parts cut off where section 3.8 allows it are empty.
  /// - Throws: any code of `BinaryHTTPError` but `bhttp-class-exceeded`.
  public init(decoding bytes: [UInt8], limits: Limits = .default) throws(BinaryHTTPError) {
    self.init(statusCode: 0)
    for event in try MessageParser.parseWhole(bytes, .response, limits: limits) {
      switch event {
      case .informational(let response): informational.append(response)
      case .statusCode(let code): statusCode = code
      case .headerFields(let fields): headerFields = fields
      case .content(let piece): content.append(contentsOf: piece)
      case .trailerFields(let fields): trailerFields = fields
      case .requestControlData, .end: break
      }
    }
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
    writer.writeVariableLengthInteger(MessageKind.response.framingIndicator(framing))
    for response in informational {
      writer.writeVariableLengthInteger(UInt64(response.statusCode))
      response.headerFields.write(framing, into: &writer)
    }
    writer.writeVariableLengthInteger(UInt64(statusCode))
    headerFields.write(framing, into: &writer)
  }
}
