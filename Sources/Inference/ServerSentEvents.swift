/// Server-sent events as models' servers write them: each one line of data.
public enum ServerSentEvents {
  public static let mediaType = "text/event-stream"
  /// The data of the event that ends a stream which is whole.
  public static let done = Array("[DONE]".utf8)

  /// - Parameter data: without line breaks.
  public static func event(_ data: [UInt8]) -> [UInt8] { Array("data: ".utf8) + data + Array("\n\n".utf8) }
}

/// Reads server-sent events from bytes that come in any pieces: the data of each. Comments and other fields are
/// skipped.
///
/// Pure. Lines end with LF or CR LF.
public struct EventStreamParser: Sendable {
  /// The longest line, and the most data of one event, in bytes.
  public static let byteLimit = 1 << 20

  private var line: [UInt8] = []
  private var data: [[UInt8]] = []
  private var dataByteCount = 0

  public init() {}

  /// - Throws: `event-too-long`.
  public mutating func receive(_ bytes: ArraySlice<UInt8>) throws(InferenceError) -> [[UInt8]] {
    var events: [[UInt8]] = []
    var rest = bytes
    while !rest.isEmpty {
      let end = rest.firstIndex(of: UInt8(ascii: "\n"))
      line.append(contentsOf: rest[..<(end ?? rest.endIndex)])
      guard line.count + dataByteCount <= Self.byteLimit else {
        throw InferenceError(InferenceError.eventTooLong, "event is above \(Self.byteLimit) bytes")
      }
      guard let end else { break }
      rest = rest[(end + 1)...]
      if line.last == UInt8(ascii: "\r") { line.removeLast() }
      if let event = endLine() { events.append(event) }
      line.removeAll(keepingCapacity: true)
    }
    return events
  }

  private static let field = Array("data:".utf8)

  /// The event that an empty line ends.
  private mutating func endLine() -> [UInt8]? {
    if line.isEmpty {
      defer { (data, dataByteCount) = ([], 0) }
      return data.isEmpty ? nil : Array(data.joined(separator: [UInt8(ascii: "\n")]))
    }
    guard line.starts(with: Self.field) else { return nil }
    var value = line.dropFirst(Self.field.count)
    if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
    data.append(Array(value))
    dataByteCount += value.count
    return nil
  }
}
