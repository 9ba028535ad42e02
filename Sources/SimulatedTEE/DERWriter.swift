import Attestation

/// The few DER forms of which certificates and revocation lists are made.
enum DERWriter {
  static func value(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    [tag] + length(content.count) + content
  }

  static func sequence(_ members: [UInt8]...) -> [UInt8] { value(0x30, members.flatMap { $0 }) }

  static func objectIdentifier(_ content: [UInt8]) -> [UInt8] { value(0x06, content) }

  static func byte(_ number: UInt8) -> [UInt8] { value(0x02, number < 0x80 ? [number] : [0, number]) }

  static func utf8(_ text: String) -> [UInt8] { value(0x0C, Array(text.utf8)) }

  static func ia5(_ text: String) -> [UInt8] { value(0x16, Array(text.utf8)) }

  static func bitString(_ content: [UInt8], unusedBitCount: UInt8 = 0) -> [UInt8] {
    value(0x03, [unusedBitCount] + content)
  }

  static func octetString(_ content: [UInt8]) -> [UInt8] { value(0x04, content) }

  /// AMD's distinguished names, which differ in the common name alone.
  static func name(_ commonName: String) -> [UInt8] {
    func attribute(_ type: UInt8, _ content: [UInt8]) -> [UInt8] {
      value(0x31, sequence(objectIdentifier([0x55, 0x04, type]), content))
    }
    return sequence(
      attribute(0x0B, utf8("Engineering")), attribute(0x06, value(0x13, Array("US".utf8))),
      attribute(0x07, utf8("Santa Clara")), attribute(0x08, utf8("CA")),
      attribute(0x0A, utf8("Advanced Micro Devices")), attribute(0x03, utf8(commonName)))
  }

  /// UTCTime up to 2049, GeneralizedTime from 2050 on (RFC 5280, section 4.1.2.5).
  ///
  /// - Parameter seconds: since 1970.
  static func time(_ seconds: Int64) -> [UInt8] {
    let dayNumber = Int((Double(seconds) / 86_400).rounded(.down))
    let secondOfDay = Int(seconds) - dayNumber * 86_400
    // Years counted from March, so that leap days come last.
    let shifted = dayNumber + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    func digits(_ number: Int, _ count: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, count - text.count)) + text
    }
    let rest =
      digits(month, 2) + digits(day, 2) + digits(secondOfDay / 3_600, 2) + digits(secondOfDay / 60 % 60, 2)
      + digits(secondOfDay % 60, 2) + "Z"
    return (1950..<2050).contains(year)
      ? value(0x17, Array((digits(year % 100, 2) + rest).utf8)) : value(0x18, Array((digits(year, 4) + rest).utf8))
  }

  private static func length(_ count: Int) -> [UInt8] {
    switch count {
    case 0..<0x80: [UInt8(count)]
    case 0x80..<0x100: [0x81, UInt8(count)]
    case 0x100..<0x10000: [0x82, UInt8(count >> 8), UInt8(count & 0xFF)]
    default: [0x83, UInt8(count >> 16 & 0xFF), UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF)]
    }
  }
}
