import Attestation
import ErrorCodes
import Foundation
import SimulatedTEE
import Testing

/// Quotes that were damaged, in every bit and at every length.
@Suite struct TDXQuoteTests {
  /// A version 5 quote of TDX 1.5, and where its parts end.
  private static let headerEnd = 48
  private static let bodyStart = 54
  private static let bodyEnd = 54 + 648
  private static let signatureStart = bodyEnd + 4
  private static let keyStart = signatureStart + 64
  private static let reportStart = keyStart + 64 + 6
  private static let reportSignatureStart = reportStart + 384
  private static let authenticationStart = reportSignatureStart + 64
  private static let authenticationEnd = authenticationStart + 2 + 32
  private static let chainStart = authenticationEnd + 6

  /// What sees a changed bit of this byte.
  private static func codes(_ offset: Int) -> Set<ErrorCode> {
    switch offset {
    // Version 4 has no body type: the length of what follows is another.
    case 0..<2: [AttestationError.evidenceVersion, AttestationError.evidenceLength]
    case 2..<4: [AttestationError.attestationKeyType]
    case 4..<8: [AttestationError.teeType]
    case 8..<headerEnd, bodyStart..<bodyEnd: [AttestationError.reportSignature]
    case headerEnd..<bodyStart: [AttestationError.trustDomainBody]
    case bodyEnd..<signatureStart: [AttestationError.evidenceLength]
    case signatureStart..<keyStart: [AttestationError.reportSignature]
    // The key's digest, and then a signature by a key that is another or none.
    case keyStart..<keyStart + 64: [AttestationError.attestationKey, AttestationError.reportSignature]
    case keyStart + 64..<keyStart + 66: [AttestationError.certificationData]
    case keyStart + 66..<reportStart: [AttestationError.evidenceLength]
    // Signed, and it names the key and the enclave too.
    case reportStart..<reportSignatureStart:
      [
        AttestationError.quotingEnclaveSignature, AttestationError.attestationKey,
        AttestationError.quotingEnclaveIdentity,
      ]
    case reportSignatureStart..<authenticationStart: [AttestationError.quotingEnclaveSignature]
    // Another length moves the type and length that follow.
    case authenticationStart..<authenticationStart + 2:
      [AttestationError.evidenceLength, AttestationError.certificationData]
    case authenticationStart + 2..<authenticationEnd: [AttestationError.attestationKey]
    case authenticationEnd..<authenticationEnd + 2: [AttestationError.certificationData]
    default: [AttestationError.evidenceLength]
    }
  }

  @Test("every flipped bit before the chain is refused, by the check that sees it")
  func flips() throws {
    let evidence = try TDXFixture.evidence()
    let policy = try TDXFixture.authenticityOnly()
    #expect(try TDXFixture.codes(evidence, policy) == [])
    var count = 0
    var accepted = 0
    var unexpected: [Int] = []
    var copy = evidence
    for offset in 0..<Self.chainStart {
      let expected = Self.codes(offset)
      for bit in 0..<8 {
        copy.report[offset] ^= 1 << bit
        let codes = try TDXFixture.codes(copy, policy)
        copy.report[offset] ^= 1 << bit
        count += 1
        if codes.isEmpty { accepted += 1 }
        if codes.isEmpty || !expected.isSuperset(of: codes) { unexpected.append(offset) }
      }
    }
    #expect(count == 10_624)
    #expect(accepted == 0)
    #expect(unexpected == [])
  }

  @Test("a flipped bit of the chain is refused, or changes nothing of what was verified")
  func chainFlips() throws {
    let evidence = try TDXFixture.evidence()
    let policy = try TDXFixture.authenticityOnly()
    let claims = try TDXFixture.result(evidence, policy).claims
    var refused = 0
    var copy = evidence
    for offset in stride(from: Self.chainStart, to: evidence.report.count, by: 11) {
      let bit = UInt8(1) << UInt8(offset % 8)
      copy.report[offset] ^= bit
      let result = EvidenceVerifier(policy: policy).appraise(
        evidence: copy, expectedReportData: nil, at: TDXFixture.time)
      copy.report[offset] ^= bit
      if result.verdict == .accepted { #expect(result.claims == claims) } else { refused += 1 }
    }
    #expect(refused > 100)
  }

  @Test("every truncation is malformed, and so is a quote above the limit")
  func truncations() throws {
    let report = try TDXFixture.evidence { $0.trailingBytes = [] }.report
    for count in 0..<report.count {
      #expect(throws: AttestationError(AttestationError.evidenceLength, "")) {
        try TDX.Quote(parsing: Array(report.prefix(count)))
      }
    }
    let filling = [UInt8](repeating: 0, count: TDX.Quote.byteLimit - report.count)
    #expect(try TDX.Quote(parsing: report + filling).trailingBytes.count == filling.count)
    #expect(throws: AttestationError(AttestationError.evidenceLength, "")) {
      try TDX.Quote(parsing: report + filling + [0])
    }
  }

  @Test("a body of another type or size is not known", arguments: [(1, 384), (2, 648), (3, 584), (4, 648), (0, 0)])
  func bodies(type: UInt8, size: Int) throws {
    var evidence = try TDXFixture.evidence()
    evidence.report[48] = type
    evidence.report[50] = UInt8(size & 0xFF)
    evidence.report[51] = UInt8(size >> 8)
    #expect(try TDXFixture.codes(evidence) == [AttestationError.trustDomainBody])
  }

  @Test("authentication data up to its limit is accepted, and above it malformed")
  func authenticationData() throws {
    for (count, codes) in [
      (0, []), (TDX.Quote.authenticationDataByteLimit, []),
      (TDX.Quote.authenticationDataByteLimit + 1, [AttestationError.evidenceLength]),
    ] {
      let evidence = try TDXFixture.evidence { $0.authenticationData = Array(repeating: 7, count: count) }
      #expect(try TDXFixture.codes(evidence) == codes)
    }
  }

  @Test("an attestation key that is no point of the curve is refused")
  func keyOffCurve() throws {
    var evidence = try TDXFixture.evidence()
    evidence.report.replaceSubrange(Self.keyStart..<Self.keyStart + 64, with: Array(repeating: 0xFF, count: 64))
    #expect(
      try TDXFixture.codes(evidence) == [AttestationError.attestationKey, AttestationError.reportSignature])
  }

  @Test("nothing traps on random bytes, alone or behind a good beginning")
  func randomBytes() throws {
    var generator = SystemRandomNumberGenerator()
    let report = try TDXFixture.evidence().report
    let policy = try TDXFixture.authenticityOnly()
    for round in 0..<300 {
      let random = (0..<Int.random(in: 0...3_000, using: &generator)).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      }
      let bytes = round % 2 == 0 ? random : Array(report.prefix(Int.random(in: 0...report.count))) + random
      let evidence = Evidence(platform: .tdx, report: bytes, supplement: random, endorsements: [random])
      let result = EvidenceVerifier(policy: policy).appraise(
        evidence: evidence, expectedReportData: nil, at: TDXFixture.time)
      #expect(result.verdict != .accepted)
      _ = try? TDX.EventLog(parsing: random)
    }
  }
}
