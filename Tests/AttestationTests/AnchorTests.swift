import Attestation
import ErrorCodes
import Foundation
import SimulatedTEE
import TestSupport
import Testing

/// Real and simulated roots never stand in for one another.
@Suite struct AnchorTests {
  @Test("a simulated chain is refused under production roots, whatever else the policy says")
  func simulatedUnderProduction() throws {
    let evidence = try SimulatedFixture.evidence()
    for roots in [TrustAnchors.allProduction, .production([.amdGenoa]), .production([])] {
      let policy = try SimulatedFixture.policy { $0.anchors = roots }
      #expect(SimulatedFixture.codes(evidence, policy) == [AttestationError.simulatedRefused])
      #expect(
        SimulatedFixture.codes(evidence, .authenticityOnly(anchors: roots)) == [AttestationError.simulatedRefused])
    }
  }

  @Test("a real chain is refused under a simulated root", .enabled(if: VectorFolder.isPresent))
  func productionUnderSimulated() throws {
    let policy = AppraisalPolicy.authenticityOnly(anchors: .simulated([try SimulatedFixture.vendor().root]))
    let result = RealEvidenceTests.appraise(try RealEvidenceTests.evidence("genoa-v5-vcek-a"), policy)
    #expect(result.reasons.map(\.code) == [AttestationError.simulatedExpected])
  }

  @Test("another simulated vendor is refused")
  func otherVendor() throws {
    let root = try #require(SimulatedRoot(publicKeyDigest: Array(repeating: 1, count: 32)))
    let policy = try SimulatedFixture.policy { $0.anchors = .simulated([root]) }
    #expect(SimulatedFixture.codes(try SimulatedFixture.evidence(), policy) == [AttestationError.rootNotPinned])
  }

  @Test("a digest of another length is no root", arguments: [0, 31, 33])
  func digestLength(byteCount: Int) {
    #expect(SimulatedRoot(publicKeyDigest: Array(repeating: 1, count: byteCount)) == nil)
  }

  @Test("a chain verified under one policy's roots is not taken from the cache under another's")
  func cacheKeepsAnchorsApart() throws {
    let cache = VerifiedChainCache(entryLimit: 1)
    let evidence = try SimulatedFixture.evidence()
    func codes(_ policy: AppraisalPolicy) -> [ErrorCode] {
      EvidenceVerifier(policy: policy, cache: cache).appraise(
        evidence: evidence, expectedReportData: SimulatedFixture.reportData, at: SimulatedFixture.time
      ).reasons.map(\.code)
    }
    for _ in 0..<2 {
      #expect(codes(try SimulatedFixture.policy()) == [])
      #expect(
        codes(try SimulatedFixture.policy { $0.anchors = .allProduction }) == [AttestationError.simulatedRefused])
    }
  }

  @Test("a cached chain is held to its times and revocations at each appraisal")
  func cacheKeepsTimes() throws {
    let evidence = try SimulatedFixture.evidence()
    let policy = try SimulatedFixture.policy()
    #expect(SimulatedFixture.codes(evidence, policy) == [])
    let later = SimulatedFixture.time.addingTimeInterval(371 * 86_400)
    #expect(SimulatedFixture.codes(evidence, policy, at: later) == [AttestationError.revocationStale])
  }
}
