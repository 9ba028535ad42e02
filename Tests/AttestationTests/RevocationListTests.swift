import Attestation
import Crypto
import ErrorCodes
import Foundation
import SimulatedTEE
import Testing

/// Revocation lists that are signed with ECDSA, as Intel and NVIDIA issue them.
@Suite struct RevocationListTests {
  enum Curve: Sendable, CaseIterable {
    case p256, p384

    func makeKey() -> SimulatedAuthority.Key {
      switch self {
      case .p256: .p256(P256.Signing.PrivateKey())
      case .p384: .p384(P384.Signing.PrivateKey())
      }
    }
  }

  static func authority(_ key: SimulatedAuthority.Key) throws -> SimulatedAuthority {
    try .root(.authority("simulated root", key: key, at: SimulatedFixture.time), key: key)
  }

  static func list(
    _ key: SimulatedAuthority.Key, _ change: (inout RevocationListTemplate) -> Void = { _ in }
  ) throws -> [UInt8] {
    var template = try authority(key).revocationList(thisUpdate: SimulatedFixture.seconds)
    change(&template)
    return try template.signed(by: key)
  }

  static func isSigned(_ list: CertificateRevocationList, by key: SimulatedAuthority.Key) -> Bool {
    switch key {
    case .p256(let key): list.isSigned(by: key.publicKey)
    case .p384(let key): list.isSigned(by: key.publicKey)
    }
  }

  static func isReadable(_ bytes: [UInt8]) -> Bool { (try? CertificateRevocationList(derBytes: bytes[...])) != nil }

  @Test("a list says what its authority wrote, and is signed by that key alone", arguments: Curve.allCases)
  func signed(curve: Curve) throws {
    let key = curve.makeKey()
    let bytes = try Self.list(key) {
      $0.revokedSerialNumbers = [[0x05], [0x00, 0x80], Array(repeating: 0x11, count: 20)]
      $0.entryExtensions = [.init(ObjectIdentifier.reasonCode, [0x0A, 0x01, 0x01])]
    }
    let list = try CertificateRevocationList(derBytes: bytes[...])
    #expect(list.revokedSerialNumbers == [[0x05], [0x00, 0x80], Array(repeating: 0x11, count: 20)])
    #expect(list.thisUpdate == SimulatedFixture.seconds)
    #expect(list.nextUpdate == SimulatedFixture.seconds + 30 * 86_400)
    #expect(Self.isSigned(list, by: key))
    for other in Curve.allCases { #expect(!Self.isSigned(list, by: other.makeKey())) }
    #expect(!list.isSigned(by: try SimulatedFixture.vendor().rootKey.publicKey))
  }

  @Test("every truncation, every byte too many and every flipped bit of a list is refused", arguments: Curve.allCases)
  func damaged(curve: Curve) throws {
    let key = curve.makeKey()
    let bytes = try Self.list(key) { $0.revokedSerialNumbers = [[0x05]] }
    #expect(Self.isReadable(bytes))
    for count in 0..<bytes.count { #expect(!Self.isReadable(Array(bytes.prefix(count)))) }
    #expect(!Self.isReadable(bytes + [0]))
    var refused = 0
    for bit in 0..<bytes.count * 8 {
      var damaged = bytes
      damaged[bit / 8] ^= 1 << (bit % 8)
      guard let list = try? CertificateRevocationList(derBytes: damaged[...]), Self.isSigned(list, by: key) else {
        refused += 1
        continue
      }
    }
    #expect(refused == bytes.count * 8)
  }

  @Test("an extension that is not known is refused where it is critical, as those of delta and indirect lists are")
  func criticalExtensions() throws {
    let key = Curve.p256.makeKey()
    let distributionPoint: [UInt8] = [0x55, 0x1D, 0x1C]
    let deltaIndicator: [UInt8] = [0x55, 0x1D, 0x1B]
    let certificateIssuer: [UInt8] = [0x55, 0x1D, 0x1D]
    for type in [distributionPoint, deltaIndicator] {
      #expect(
        !Self.isReadable(try Self.list(key) { $0.extensions.append(.init(type, isCritical: true, [0x30, 0x00])) }))
      #expect(Self.isReadable(try Self.list(key) { $0.extensions.append(.init(type, [0x30, 0x00])) }))
    }
    for isCritical in [true, false] {
      let bytes = try Self.list(key) {
        $0.revokedSerialNumbers = [[1]]
        $0.entryExtensions = [.init(certificateIssuer, isCritical: isCritical, [0x30, 0x00])]
      }
      #expect(Self.isReadable(bytes) == !isCritical)
    }
  }

  @Test("a list above its limit is refused before it is read")
  func limit() throws {
    let key = Curve.p256.makeKey()
    func list(_ count: Int) throws -> [UInt8] {
      let serialNumbers = (0..<UInt32(count)).map { number in
        [0x01] + withUnsafeBytes(of: number.bigEndian) { Array($0.dropFirst()) }
      }
      return try Self.list(key) { $0.revokedSerialNumbers = serialNumbers }
    }
    let large = try list(40_000)
    #expect(large.count <= CertificateRevocationList.byteLimit)
    #expect(try CertificateRevocationList(derBytes: large[...]).revokedSerialNumbers.count == 40_000)
    let tooLarge = try list(50_000)
    #expect(tooLarge.count > CertificateRevocationList.byteLimit)
    #expect(!Self.isReadable(tooLarge))
  }
}
