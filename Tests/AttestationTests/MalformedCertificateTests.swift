import Attestation
import Crypto
import ErrorCodes
import SimulatedTEE
import Testing

/// Certificates and revocation lists that are not the DER of their structure.
@Suite struct MalformedCertificateTests {
  /// Leaf, authority, root and list.
  static func piece(_ index: Int) throws -> [UInt8] { try SimulatedFixture.chip().endorsements[index] }

  static func isReadable(_ bytes: [UInt8]) -> Bool { (try? Endorsements(parsing: [bytes])) != nil }

  /// The codes of a chain with one piece in place of another.
  static func codes(_ bytes: [UInt8], replacing index: Int) throws -> [ErrorCode] {
    var pieces = try SimulatedFixture.chip().endorsements
    pieces[index] = bytes
    return try ChainTests.codes(pieces)
  }

  @Test("every truncation and every byte too many is refused", arguments: 0..<4)
  func lengths(piece: Int) throws {
    let bytes = try Self.piece(piece)
    #expect(Self.isReadable(bytes))
    for count in 0..<bytes.count { #expect(!Self.isReadable(Array(bytes.prefix(count)))) }
    for byte: UInt8 in [0x00, 0x05, 0x30, 0xFF] { #expect(!Self.isReadable(bytes + [byte])) }
  }

  @Test("a length that is indefinite or longer than needed is refused wherever it stands", arguments: 0..<4)
  func wrongLengths(piece: Int) throws {
    let damage = try #require(DERDamage(try Self.piece(piece)))
    #expect(damage.valueCount > 30)
    for index in 0..<damage.valueCount {
      for kind in [DERDamage.Kind.indefiniteLength, .longerLengthThanNeeded] {
        #expect(!Self.isReadable(damage.bytes(damaging: index, kind)), "value \(index)")
      }
    }
  }

  @Test("a value of another tag, or emptied, is refused wherever it stands", arguments: 0..<2)
  func wrongValues(piece: Int) throws {
    let damage = try #require(DERDamage(try Self.piece(piece)))
    for index in 0..<damage.valueCount {
      for kind in [DERDamage.Kind.otherTag, .emptied] {
        let bytes = damage.bytes(damaging: index, kind)
        guard bytes != (try Self.piece(piece)) else { continue }
        #expect(try !Self.codes(bytes, replacing: piece).isEmpty, "value \(index)")
      }
    }
  }

  @Test("values nested above any bound are refused without a trap", arguments: [40, 1_000, 100_000])
  func nesting(depth: Int) throws {
    var bytes: [UInt8] = []
    for _ in 0..<depth {
      let count = bytes.count
      let length: [UInt8] =
        count < 0x80
        ? [UInt8(count)] : [0x83, UInt8(count >> 16 & 0xFF), UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF)]
      // Written backwards, so that it does not cost the square of the depth.
      bytes.append(contentsOf: length.reversed() + [0x30])
    }
    #expect(!Self.isReadable(bytes.reversed()))
  }

  @Test("a serial number may be zero and 20 bytes long, but not negative, longer or padded")
  func serialNumbers() throws {
    let cases: [([UInt8], Bool)] = [
      ([0], true), ([0x7F], true), ([0x00, 0x80], true), ([0x7F] + Array(repeating: 1, count: 19), true),
      ([], false), ([0x80], false), ([0xFF], false), ([0x00, 0x01], false), ([0xFF, 0x80], false),
      ([0x01] + Array(repeating: 1, count: 20), false),
    ]
    for (serialNumber, isLegal) in cases {
      let chip = try SimulatedFixture.chip { $0.serialNumber = serialNumber }
      let codes = try ChainTests.codes(of: chip)
      #expect(codes == (isLegal ? [] : [AttestationError.endorsementUnreadable]))
    }
  }

  @Test("an extension that comes twice is refused, and more than 32 are, in each certificate", arguments: 0..<3)
  func extensions(piece: Int) throws {
    func codes(_ change: (inout CertificateTemplate) -> Void) throws -> [ErrorCode] {
      try Self.codes(try ForgedChain.certificate(piece, change), replacing: piece)
    }
    for index in 0..<3 {
      #expect(
        try codes { $0.extensions.append($0.extensions[index]) } == [AttestationError.endorsementUnreadable])
    }
    // A leaf with extensions that are not known; the report's key is another then, so its signature fails.
    func many(_ count: Int) throws -> [ErrorCode] {
      try codes { template in
        for number in template.extensions.count..<count {
          template.extensions.append(.init([0x2A, UInt8(number)], [0x05, 0x00]))
        }
      }
    }
    #expect(try many(32) == (piece == 0 ? [AttestationError.reportSignature] : []))
    #expect(try many(33) == [AttestationError.endorsementUnreadable])
  }

  @Test("flags, key usages, times and names of another form are refused")
  func forms() throws {
    typealias Change = (inout CertificateTemplate) -> Void
    func value(_ index: Int, _ bytes: [UInt8]) -> Change { { $0.extensions[index].value = bytes } }
    let changes: [Change] = [
      // Basic constraints: a flag that is not FF, the default written out, a negative path length, one member more.
      value(0, [0x30, 0x03, 0x01, 0x01, 0x01]), value(0, [0x30, 0x03, 0x01, 0x01, 0x00]),
      value(0, [0x30, 0x06, 0x01, 0x01, 0xFF, 0x02, 0x01, 0x80]),
      value(0, [0x30, 0x08, 0x01, 0x01, 0xFF, 0x02, 0x01, 0x00, 0x05, 0x00]), value(0, [0x30, 0x00, 0x00]),
      // Key usage: no bits, too many bytes, more unused bits than a byte has.
      value(1, [0x03, 0x01, 0x00]), value(1, [0x03, 0x04, 0x00, 0x04, 0x00, 0x00]), value(1, [0x03, 0x02, 0x08, 0x04]),
      value(1, [0x04, 0x02, 0x02, 0x04]),
      // The mark with another text, or not critical.
      value(2, [0x0C, 0x01, 0x41]), { $0.extensions[2].isCritical = false },
    ]
    for change in changes {
      let bytes = try ForgedChain.certificate(1, change)
      #expect(try Self.codes(bytes, replacing: 1) == [AttestationError.endorsementUnreadable])
    }
  }
}
