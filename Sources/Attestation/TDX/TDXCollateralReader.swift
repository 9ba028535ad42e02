import StrictJSON
import WireFormat

/// The members of one object of collateral; errors become `collateral-malformed`. Members that are not asked for are
/// passed over: the vendor adds some from time to time, and signs them.
struct CollateralReader {
  private let name: StaticString
  private let object: JSONText.Value

  init(_ value: JSONText.Value, _ name: StaticString) throws(AttestationError) {
    guard value.isObject else { throw Self.malformed("\(name) is not an object") }
    self.name = name
    object = value
  }

  /// - Parameter byteLimit: larger texts are refused before they are parsed.
  init(parsing text: [UInt8], byteLimit: Int, _ name: StaticString) throws(AttestationError) {
    let json: JSONText
    do { json = try JSONText(parsing: text, byteLimit: byteLimit) } catch { throw Self.malformed(error.message) }
    try self.init(json.root, name)
  }

  static func malformed(_ message: String) -> AttestationError {
    AttestationError(AttestationError.collateralMalformed, message)
  }

  private func wrongType(_ member: StaticString, _ expected: StaticString) -> AttestationError {
    Self.malformed("member \(member) of \(name) is not \(expected)")
  }

  func optional(_ member: StaticString) -> JSONText.Value? {
    object.member(member).flatMap { $0.isNull ? nil : $0 }
  }

  func value(_ member: StaticString) throws(AttestationError) -> JSONText.Value {
    guard let value = object.member(member) else { throw Self.malformed("\(name) has no member \(member)") }
    return value
  }

  func text(_ member: StaticString) throws(AttestationError) -> String {
    String(decoding: try utf8(member), as: UTF8.self)
  }

  /// A string in UTF-8.
  func utf8(_ member: StaticString) throws(AttestationError) -> ArraySlice<UInt8> {
    guard let text = try value(member).utf8 else { throw wrongType(member, "a string") }
    return text
  }

  func integer<Integer: FixedWidthInteger & UnsignedInteger>(
    _ member: StaticString
  ) throws(AttestationError) -> Integer {
    guard let number = try value(member).integer else { throw wrongType(member, "an integer") }
    guard let integer = Integer(exactly: number) else { throw Self.malformed("\(member) is out of its range") }
    return integer
  }

  /// Hexadecimal of exactly `byteCount` bytes.
  func bytes(_ member: StaticString, byteCount: Int) throws(AttestationError) -> [UInt8] {
    guard let bytes = try utf8(member).decodedHexadecimal(), bytes.count == byteCount else {
      throw Self.malformed("\(member) is not hexadecimal of \(byteCount) bytes")
    }
    return bytes
  }

  /// `2025-06-19T10:16:03Z`.
  func instant(_ member: StaticString) throws(AttestationError) -> TDX.Instant {
    guard let instant = TDX.Instant(text: try text(member)) else { throw Self.malformed("\(member) is not a time") }
    return instant
  }

  func list<Element>(
    _ member: StaticString, limit: Int, _ convert: (JSONText.Value) throws(AttestationError) -> Element
  ) throws(AttestationError) -> [Element] {
    guard let elements = try value(member).elements else { throw wrongType(member, "an array") }
    guard elements.count <= limit else {
      throw Self.malformed("\(member) has \(elements.count) elements, at most \(limit) are allowed")
    }
    var list: [Element] = []
    list.reserveCapacity(elements.count)
    for element in elements { list.append(try convert(element)) }
    return list
  }

  /// The advisories of a TCB level, which a level without any leaves out.
  func advisories() throws(AttestationError) -> [String] {
    guard let value = optional("advisoryIDs") else { return [] }
    guard let elements = value.elements, elements.count <= 256 else {
      throw Self.malformed("advisoryIDs is no list of advisories")
    }
    var advisories: [String] = []
    for element in elements {
      guard let text = element.string, text.utf8.count <= 64 else {
        throw Self.malformed("advisoryIDs is no list of advisories")
      }
      advisories.append(text)
    }
    return advisories
  }

  func status(_ known: Set<TDX.TCBStatus>) throws(AttestationError) -> TDX.TCBStatus {
    guard let status = TDX.TCBStatus(rawValue: try text("tcbStatus")), known.contains(status) else {
      throw Self.malformed("tcbStatus is not one that the vendor publishes")
    }
    return status
  }
}

extension TDX {
  /// An instant as collateral writes it: UTC, whole seconds (RFC 3339 with `Z`).
  struct Instant: Sendable, Equatable {
    let text: String
    /// Since 1970.
    let seconds: Int64

    private static let pattern = Array("0000-00-00T00:00:00Z".utf8)

    /// Nil unless the text is of exactly this form and names a day that exists.
    init?(text: String) {
      let bytes = Array(text.utf8)
      guard bytes.count == Self.pattern.count else { return nil }
      for (byte, expected) in zip(bytes, Self.pattern) {
        let isDigit = (0x30...0x39).contains(byte)
        guard expected == 0x30 ? isDigit : byte == expected else { return nil }
      }
      func number(_ range: Range<Int>) -> Int { bytes[range].reduce(0) { $0 * 10 + Int($1 & 0x0F) } }
      let (year, month, day) = (number(0..<4), number(5..<7), number(8..<10))
      let (hours, minutes, seconds) = (number(11..<13), number(14..<16), number(17..<19))
      let isLeapYear = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      let dayCounts = [31, isLeapYear ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
      guard year >= 1970, (1...12).contains(month), (1...dayCounts[month - 1]).contains(day), hours < 24, minutes < 60,
        seconds < 60
      else { return nil }
      self.text = text
      self.seconds = CertificateTime.seconds(year, month, day, hours, minutes, seconds)
    }
  }
}
