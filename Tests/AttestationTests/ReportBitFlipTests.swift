import Attestation
import ErrorCodes
import Foundation
import SimulatedTEE
import TestSupport
import Testing

/// Every bit of a report, flipped alone: the checks that see it, and no other, refuse it with their codes.
@Suite struct ReportBitFlipTests {
  typealias Codes = [ErrorCode]

  static let signedBitCount = 672 * 8
  /// r and s with the zeros above them.
  static let signatureBits = 672 * 8..<816 * 8
  /// What nothing signs.
  static let unsignedBits = 816 * 8..<1184 * 8

  /// The codes that a flipped bit of the signed part gives beneath the authentic report.
  static func expected(_ report: [UInt8], _ product: SEVSNP.Product, version: UInt8) -> (Int) -> Codes {
    { bit in
      let signature = [AttestationError.reportSignature]
      var damaged = report
      damaged[bit / 8] ^= 1 << (bit % 8)
      switch bit / 8 {
      case 0x000..<0x004:
        let isKnown = (2...5).contains(damaged[0]) && damaged[1..<4] == [0, 0, 0]
        return isKnown ? signature : [AttestationError.evidenceVersion]
      case 0x034..<0x038: return [AttestationError.signatureAlgorithm] + signature
      case 0x048 where bit % 8 == 1: return [AttestationError.chipKeyMasked] + signature
      case 0x048 where (2...4).contains(bit % 8): return [AttestationError.signingKey] + signature
      case 0x180..<0x188: return signature + [AttestationError.tcbCertificateMismatch]
      case 0x188..<0x18A where version >= 3:
        switch SEVSNP.Product(family: damaged[0x188], model: damaged[0x189]) {
        case product: return signature
        case nil: return signature + [AttestationError.productUnknown]
        default: return signature + [AttestationError.productMismatch]
        }
      case 0x1A0..<0x1E0: return signature + [AttestationError.chipMismatch]
      default: return signature
      }
    }
  }

  /// How many flips gave exactly the codes expected.
  static func count(
    _ bits: Range<Int>, of evidence: Evidence, _ policy: AppraisalPolicy, at time: Date, _ expected: (Int) -> Codes
  ) -> Int {
    let verifier = EvidenceVerifier(policy: policy, cache: VerifiedChainCache())
    var damaged = evidence
    return bits.count { bit in
      damaged.report[bit / 8] ^= 1 << (bit % 8)
      defer { damaged.report[bit / 8] ^= 1 << (bit % 8) }
      let result = verifier.appraise(evidence: damaged, expectedReportData: nil, at: time)
      return result.verdict != .accepted && result.claims.isEmpty && result.reasons.map(\.code) == expected(bit)
    }
  }

  @Test("each of the 5376 signed bits of a simulated report", arguments: 0..<8)
  func simulated(part: Int) throws {
    let evidence = try SimulatedFixture.evidence()
    let bits = part * Self.signedBitCount / 8..<(part + 1) * Self.signedBitCount / 8
    let count = Self.count(
      bits, of: evidence, try SimulatedFixture.policy(), at: SimulatedFixture.time,
      Self.expected(evidence.report, .genoa, version: 5))
    #expect(count == 672)
  }

  @Test("each of the 5376 signed bits of a real report", .enabled(if: VectorFolder.isPresent), arguments: 0..<8)
  func real(part: Int) throws {
    let evidence = try RealEvidenceTests.evidence("genoa-v5-vcek-a")
    let bits = part * Self.signedBitCount / 8..<(part + 1) * Self.signedBitCount / 8
    let count = Self.count(
      bits, of: evidence, .authenticityOnly(), at: RealEvidenceTests.time,
      Self.expected(evidence.report, .genoa, version: 5))
    #expect(count == 672)
  }

  @Test("each of the 1152 bits of a signature, and of the 2944 behind it")
  func signature() throws {
    let evidence = try SimulatedFixture.evidence()
    for bits in [Self.signatureBits, Self.unsignedBits] {
      let count = Self.count(bits, of: evidence, try SimulatedFixture.policy(), at: SimulatedFixture.time) { _ in
        [AttestationError.reportSignature]
      }
      #expect(count == bits.count)
    }
    #expect(Self.signedBitCount + Self.signatureBits.count + Self.unsignedBits.count == 1184 * 8)
  }

  @Test("each of the 4096 bits of a real report behind its signed part", .enabled(if: VectorFolder.isPresent))
  func realSignature() throws {
    let evidence = try RealEvidenceTests.evidence("milan-v2-vcek-b")
    let count = Self.count(672 * 8..<1184 * 8, of: evidence, .authenticityOnly(), at: RealEvidenceTests.time) { _ in
      [AttestationError.reportSignature]
    }
    #expect(count == 4096)
  }
}
