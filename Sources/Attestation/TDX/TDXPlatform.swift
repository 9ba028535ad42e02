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
      var members = try Members(try DERReader.parse(derBytes, byteLimit: Self.byteLimit), arc: [])
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
      guard let type = try DERReader.primitive(try members.take(5), .enumerated).onlyByte, type <= 2 else {
        throw DERError()
      }
      sgxType = type
      instanceID = members.has(6) ? try members.octets(6, byteCount: 16) : nil
      configuration = members.has(7) ? try Self.configuration(try members.take(7)) : nil
      try members.finish()
    }

    private static func configuration(_ node: ASN1Node) throws(DERError) -> [PlatformBit: Bool] {
      var members = try Members(node, arc: [7])
      var configuration: [PlatformBit: Bool] = [:]
      for (number, bit) in [(UInt8(1), PlatformBit.dynamicPlatform), (2, .cachedKeys), (3, .smt)]
      where members.has(number) {
        switch try DERReader.primitive(try members.take(number), .boolean).onlyByte {
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

  private var nodes: [UInt8: ASN1Node] = [:]

  /// - Parameter arc: the numbers between the extension's own identifier and the last.
  init(_ node: ASN1Node, arc: [UInt8]) throws(DERError) {
    let prefix = Self.base + arc
    var reader = try DERReader(node)
    while reader.nextIdentifier != nil {
      var pair = try reader.sequence()
      let type = try pair.primitive(.objectIdentifier)
      guard type.starts(with: prefix), let number = type.dropFirst(prefix.count).onlyByte else { throw DERError() }
      let value = try pair.next()
      try pair.finish()
      guard nodes.updateValue(value, forKey: number) == nil else { throw DERError() }
    }
  }

  func has(_ number: UInt8) -> Bool { nodes[number] != nil }

  mutating func take(_ number: UInt8) throws(DERError) -> ASN1Node {
    guard let node = nodes.removeValue(forKey: number) else { throw DERError() }
    return node
  }

  mutating func octets(_ number: UInt8, byteCount: Int) throws(DERError) -> [UInt8] {
    let content = try DERReader.primitive(try take(number), .octetString)
    guard content.count == byteCount else { throw DERError() }
    return Array(content)
  }

  mutating func integer<Integer: FixedWidthInteger & UnsignedInteger>(
    _ number: UInt8, as type: Integer.Type
  ) throws(DERError) -> Integer {
    let content = try DERReader.integer(try take(number))
    guard let first = content.first, first < 0x80, content.count <= Integer.bitWidth / 8 + 1,
      let value = Integer(exactly: content.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    else { throw DERError() }
    return value
  }

  func finish() throws(DERError) { guard nodes.isEmpty else { throw DERError() } }
}

extension ArraySlice<UInt8> {
  fileprivate var onlyByte: UInt8? { count == 1 ? first : nil }
}
