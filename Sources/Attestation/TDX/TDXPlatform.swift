import SwiftASN1

extension TDX {
  /// What a PCK certificate says of its platform: the extension 1.2.840.113741.1.13.1 (Intel SGX PCK Certificate and
  /// CRL Profile Specification, section 1.3.5).
  struct Platform: Sendable, Equatable {
    static let extensionIdentifier: ASN1ObjectIdentifier = [1, 2, 840, 113741, 1, 13, 1]
    /// Larger extensions are refused before they are parsed.
    static let byteLimit = 4 << 10

    /// The platform's provisioning identifier, 16 bytes: what names the machine.
    let ppid: [UInt8]
    /// The 16 SGX components at which the certificate was issued.
    let components: [UInt8]
    let pceSVN: UInt16
    /// 16 bytes.
    let cpuSVN: [UInt8]
    /// 2 bytes.
    let pceID: [UInt8]
    /// Family, model, stepping, platform type and custom SKU, 6 bytes.
    let fmspc: [UInt8]
    /// 0 standard, 1 scalable, 2 scalable with integrity.
    let sgxType: UInt8
    /// 16 bytes; nil on platforms of one package.
    let instanceID: [UInt8]?
    /// Nil on platforms of one package.
    let configuration: [PlatformBit: Bool]?

    init(derBytes: ArraySlice<UInt8>) throws(DERError) {
      guard derBytes.count <= Self.byteLimit else { throw DERError() }
      var scanner = DERScanner(derBytes)
      var members = try Members(try scanner.next(), arc: [])
      try scanner.finish()
      ppid = try members.octets(1, byteCount: 16)
      var versions = try Members(try members.take(2), arc: [2])
      var components: [UInt8] = []
      for number in UInt8(1)...16 {
        components.append(try versions.integer(number, as: UInt8.self))
      }
      self.components = components
      pceSVN = try versions.integer(17, as: UInt16.self)
      cpuSVN = try versions.octets(18, byteCount: 16)
      try versions.finish()
      pceID = try members.octets(3, byteCount: 2)
      fmspc = try members.octets(4, byteCount: 6)
      guard let type = try members.take(5, tag: 0x0A).onlyByte, type <= 2 else {
        throw DERError()
      }
      sgxType = type
      instanceID = members.has(6) ? try members.octets(6, byteCount: 16) : nil
      configuration = members.has(7) ? try Self.configuration(try members.take(7)) : nil
      try members.finish()
    }

    private static func configuration(_ value: DERScanner.Value) throws(DERError) -> [PlatformBit: Bool] {
      var members = try Members(value, arc: [7])
      var configuration: [PlatformBit: Bool] = [:]
      for (number, bit) in [(UInt8(1), PlatformBit.dynamicPlatform), (2, .cachedKeys), (3, .smt)]
      where members.has(number) {
        switch try members.take(number, tag: 0x01).onlyByte {
        case 0: configuration[bit] = false
        case 0xFF: configuration[bit] = true
        default: throw DERError()
        }
      }
      try members.finish()
      return configuration
    }
  }
}

/// The members of a SEQUENCE of pairs of type and value, whose types differ in the last number alone; each once.
private struct Members {
  private static let base: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF8, 0x4D, 0x01, 0x0D, 0x01]

  /// By the last number of their type, which is at most 18.
  private var values = [DERScanner.Value?](repeating: nil, count: 19)

  /// - Parameter arc: the numbers between the extension's own identifier and the last.
  init(_ sequence: DERScanner.Value, arc: [UInt8]) throws(DERError) {
    guard sequence.tag == 0x30 else { throw DERError() }
    let prefix = Self.base + arc
    var reader = DERScanner(sequence.content)
    while reader.nextTag != nil {
      var pair = DERScanner(try reader.next(tag: 0x30).content)
      let type = try pair.next(tag: 0x06).content
      guard type.starts(with: prefix), let number = type.dropFirst(prefix.count).onlyByte, number < values.count,
        values[Int(number)] == nil
      else { throw DERError() }
      values[Int(number)] = try pair.next()
      try pair.finish()
    }
  }

  func has(_ number: UInt8) -> Bool { values[Int(number)] != nil }

  mutating func take(_ number: UInt8) throws(DERError) -> DERScanner.Value {
    guard let value = values[Int(number)] else { throw DERError() }
    values[Int(number)] = nil
    return value
  }

  mutating func take(_ number: UInt8, tag: UInt8) throws(DERError) -> ArraySlice<UInt8> {
    let value = try take(number)
    guard value.tag == tag else { throw DERError() }
    return value.content
  }

  mutating func octets(_ number: UInt8, byteCount: Int) throws(DERError) -> [UInt8] {
    let content = try take(number, tag: 0x04)
    guard content.count == byteCount else { throw DERError() }
    return Array(content)
  }

  mutating func integer<Integer: FixedWidthInteger & UnsignedInteger>(
    _ number: UInt8, as type: Integer.Type
  ) throws(DERError) -> Integer {
    var scanner = DERScanner(try take(number).encodedBytes)
    let content = try scanner.integer()
    guard let first = content.first, first < 0x80, content.count <= Integer.bitWidth / 8 + 1,
      let value = Integer(exactly: content.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    else { throw DERError() }
    return value
  }

  func finish() throws(DERError) { guard values.allSatisfy({ $0 == nil }) else { throw DERError() } }
}

extension ArraySlice<UInt8> {
  fileprivate var onlyByte: UInt8? { count == 1 ? first : nil }
}
