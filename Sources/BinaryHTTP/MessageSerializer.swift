import WireFormat

/// Writes a message piece by piece, for a stream (RFC 9292, sections 3.1 and 3.2). The pieces in order are one message.
///
/// Of indeterminate length: `head(of:)`, any number of `contentChunk`, then `end`.
/// Of known length: `head(of:contentByteCount:)`, the bytes of the content as they are, exactly so many, then
/// `trailerSection`. Zero bytes may follow either as padding.
public enum MessageSerializer {
  /// Framing indicator, control data and header section; content and trailers of `request` are ignored.
  public static func head(of request: Request) -> [UInt8] {
    var writer = WireWriter()
    request.writeHead(.indeterminateLength, into: &writer)
    return writer.bytes
  }

  /// Framing indicator, informational responses, status code and header section.
  public static func head(of response: Response) -> [UInt8] {
    var writer = WireWriter()
    response.writeHead(.indeterminateLength, into: &writer)
    return writer.bytes
  }

  /// The same of known length, up to the content's length.
  public static func head(of request: Request, contentByteCount: Int) -> [UInt8] {
    var writer = WireWriter()
    request.writeHead(.knownLength, into: &writer)
    writer.writeVariableLengthInteger(UInt64(contentByteCount))
    return writer.bytes
  }

  /// The same of known length, up to the content's length.
  public static func head(of response: Response, contentByteCount: Int) -> [UInt8] {
    var writer = WireWriter()
    response.writeHead(.knownLength, into: &writer)
    writer.writeVariableLengthInteger(UInt64(contentByteCount))
    return writer.bytes
  }

  /// What follows the content of a message of known length; an empty section may as well be left out.
  public static func trailerSection(_ fields: FieldSection = FieldSection()) -> [UInt8] {
    var writer = WireWriter()
    fields.write(.knownLength, into: &writer)
    return writer.bytes
  }

  /// One chunk; empty for no bytes, since an empty chunk would end the content.
  public static func contentChunk(_ content: some Collection<UInt8>) -> [UInt8] {
    guard !content.isEmpty else { return [] }
    var writer = WireWriter(reservingCapacity: content.count + 8)
    writer.writeVariableLengthPrefixed(content)
    return writer.bytes
  }

  /// The end of the content and the trailer section.
  public static func end(trailerFields: FieldSection = FieldSection()) -> [UInt8] {
    var writer = WireWriter()
    writer.writeVariableLengthInteger(0)
    trailerFields.write(.indeterminateLength, into: &writer)
    return writer.bytes
  }

  static func writeBody(
    _ content: [UInt8], _ trailerFields: FieldSection, _ framing: Framing, into writer: inout WireWriter
  ) {
    switch framing {
    case .knownLength:
      writer.writeVariableLengthPrefixed(content)
      trailerFields.write(framing, into: &writer)
    case .indeterminateLength:
      if !content.isEmpty { writer.writeVariableLengthPrefixed(content) }
      writer.write(end(trailerFields: trailerFields))
    }
  }

  /// `bytes` and zero bytes up to `byteCount`.
  static func padded(_ bytes: consuming [UInt8], to byteCount: Int) throws(BinaryHTTPError) -> [UInt8] {
    guard bytes.count <= byteCount else {
      throw BinaryHTTPError(
        BinaryHTTPError.classExceeded, "message has \(bytes.count) bytes, its size class \(byteCount)")
    }
    bytes.append(contentsOf: repeatElement(0, count: byteCount - bytes.count))
    return bytes
  }
}
