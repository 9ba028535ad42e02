import StrictJSON
import WireFormat

// The table of firmware.
extension TDX.EventLog {
  private static let sha384: UInt16 = 0x000C
  private static let noAction: UInt32 = 3
  private static let algorithmLimit: UInt32 = 8
  /// Ends a table that is shorter than its area.
  private static let end: UInt32 = 0xFFFF_FFFF

  static func events(table bytes: [UInt8]) throws(AttestationError) -> [Event] {
    var reader = LittleEndianReader(bytes[...], code: AttestationError.eventLogMalformed)
    let digestByteCounts = try readHeader(&reader)
    var events: [Event] = []
    var count = 0
    // What firmware did not use of its area is all ones or all zeros, to the end.
    let fill = bytes.last.flatMap { $0 == 0 || $0 == 0xFF ? $0 : nil }
    let endOfEvents = fill.map { fill in (bytes.lastIndex { $0 != fill } ?? -1) + 1 } ?? bytes.count
    while reader.remainder.startIndex < endOfEvents {
      count += 1
      try requireCount(count)
      let index: UInt32 = try reader.integer("register index")
      guard index != end else { break }
      let type: UInt32 = try reader.integer("event type")
      let digest = try readDigests(&reader, digestByteCounts)
      let data = try reader.counted(UInt32.self, limit: byteLimit, "event")
      // Register 0 is MRTD, which no event extends at run time.
      guard type != noAction, index != 0 else { continue }
      guard index <= UInt32(registerCount) else { throw malformed("register index is \(index), at most 4 is known") }
      guard let digest else { throw malformed("an event has no SHA-384 digest") }
      events.append(Event(register: Int(index) - 1, type: type, digest: Array(digest), data: Array(data)))
    }
    return events
  }

  /// The first event, which is in the older form with one SHA-1 digest and says the algorithms of the others.
  ///
  /// - Returns: digest lengths by algorithm.
  private static func readHeader(_ reader: inout LittleEndianReader) throws(AttestationError) -> [UInt16: Int] {
    _ = try reader.integer("register index") as UInt32
    let type: UInt32 = try reader.integer("event type")
    _ = try reader.bytes(20, "SHA-1 digest")
    let content = try reader.counted(UInt32.self, limit: 1 << 12, "specification event")
    var fields = LittleEndianReader(content, code: AttestationError.eventLogMalformed)
    let signature = try fields.bytes(16, "specification event signature")
    guard type == noAction, signature.elementsEqual(Array("Spec ID Event03\0".utf8)) else {
      throw malformed("event log does not begin with a specification event of version 3")
    }
    _ = try fields.bytes(8, "platform class and versions")
    let count: UInt32 = try fields.integer("algorithm count")
    guard (1...algorithmLimit).contains(count) else { throw malformed("event log names \(count) algorithms") }
    var digestByteCounts: [UInt16: Int] = [:]
    for _ in 0..<count {
      let algorithm: UInt16 = try fields.integer("algorithm")
      let byteCount: UInt16 = try fields.integer("digest length")
      guard byteCount <= 64, digestByteCounts.updateValue(Int(byteCount), forKey: algorithm) == nil else {
        throw malformed("event log names an algorithm twice or with a digest above 64 bytes")
      }
    }
    _ = try fields.counted(UInt8.self, limit: 255, "vendor information")
    try fields.finish("specification event")
    guard digestByteCounts[sha384] == 48 else { throw malformed("event log names no SHA-384") }
    return digestByteCounts
  }

  /// - Returns: the SHA-384 digest; nil without one.
  private static func readDigests(
    _ reader: inout LittleEndianReader, _ byteCounts: [UInt16: Int]
  ) throws(AttestationError) -> ArraySlice<UInt8>? {
    let count: UInt32 = try reader.integer("digest count")
    guard count <= algorithmLimit else { throw malformed("an event has \(count) digests") }
    var found: ArraySlice<UInt8>?
    for _ in 0..<count {
      let algorithm: UInt16 = try reader.integer("digest algorithm")
      guard let byteCount = byteCounts[algorithm] else {
        throw malformed("an event has a digest that is not announced")
      }
      let digest = try reader.bytes(byteCount, "digest")
      guard algorithm == sha384 else { continue }
      guard found == nil else { throw malformed("an event has two SHA-384 digests") }
      found = digest
    }
    return found
  }
}

// The list in JSON.
extension TDX.EventLog {
  static func events(json bytes: [UInt8]) throws(AttestationError) -> [Event] {
    let value: JSONValue
    do { value = try JSONValue(parsing: bytes, byteLimit: byteLimit) } catch { throw malformed(error.message) }
    guard case .array(let elements) = value else { throw malformed("event log is not an array") }
    try requireCount(elements.count)
    var events: [Event] = []
    for element in elements {
      guard case .object(let members) = element, case .integer(let index)? = members["imr"],
        let register = Int(exactly: index), (0..<registerCount).contains(register),
        case .string(let text)? = members["digest"], let digest = [UInt8](hexadecimal: text), digest.count == 48
      else { throw malformed("an event has no register from 0 to 3 or no SHA-384 digest") }
      var type: UInt32 = 0
      if case .integer(let number)? = members["event_type"] { type = UInt32(exactly: number) ?? 0 }
      var data: [UInt8] = []
      if case .string(let payload)? = members["event_payload"] { data = [UInt8](hexadecimal: payload) ?? [] }
      events.append(Event(register: register, type: type, digest: digest, data: data))
    }
    return events
  }
}
