import Attestation
import Crypto
import ErrorCodes
import Foundation
import SimulatedTEE
import SwiftASN1
import TestSupport
import Testing
import X509

/// Chains that look right and are not.
@Suite struct TDXChainTests {
  /// Refused in both policies with this one code.
  private func expect(_ code: ErrorCode, _ platform: SimulatedTDXPlatform, at time: Date = TDXFixture.time) throws {
    let evidence = try TDXFixture.evidence(on: platform)
    #expect(try TDXFixture.codes(evidence, try TDXFixture.authenticityOnly(), at: time) == [code])
    #expect(try TDXFixture.codes(evidence, at: time).contains(code))
  }

  private func platform(
    _ change: (inout SimulatedAuthority.Template) throws -> Void
  ) throws -> SimulatedTDXPlatform {
    try TDXFixture.platform(certificate: change, content: { _ in })
  }

  @Test("a PCK certificate with one thing wrong is refused for it")
  func certificates() throws {
    try expect(
      AttestationError.chainNames,
      try platform { $0.subject = try SimulatedAuthority.Template.name("Intel SGX PCK Certificate") })
    try expect(AttestationError.certificateUsage, try platform { $0.keyUsage = KeyUsage(keyEncipherment: true) })
    try expect(AttestationError.simulatedExpected, try platform { $0.isMarked = false })
    try expect(AttestationError.certificateExtensions, try platform { $0.extensions = [] })
    try expect(
      AttestationError.certificateUsage,
      try platform {
        $0.extensions.append(Certificate.Extension(oid: [1, 2, 3, 4], critical: true, value: [5, 0]))
      })
    try expect(
      AttestationError.certificateExpired, try platform { $0.notAfter = TDXFixture.time.addingTimeInterval(-1) })
    try expect(
      AttestationError.certificateNotYetValid,
      try platform { $0.notBefore = TDXFixture.time.addingTimeInterval(1) })
    try expect(
      AttestationError.certificateKey,
      try platform { $0.publicKey = Certificate.PublicKey(P384.Signing.PrivateKey().publicKey) })
    try expect(
      AttestationError.quotingEnclaveSignature,
      try platform { $0.publicKey = Certificate.PublicKey(P256.Signing.PrivateKey().publicKey) })
    try expect(
      AttestationError.leafMissing,
      try platform {
        $0.basicConstraints = .isCertificateAuthority(maxPathLength: nil)
        $0.keyUsage = KeyUsage(keyCertSign: true)
      })
  }

  @Test("a chain forged with the right names is refused, and so is one of a vendor that the policy does not name")
  func forged() throws {
    let vendor = try TDXFixture.vendor()
    let other = try SimulatedTDXVendor.make(at: TDXFixture.time)
    let evidence = try TDXFixture.evidence(on: try other.makePlatform(index: 0, at: TDXFixture.time))
    #expect(try TDXFixture.codes(evidence) == [AttestationError.rootNotPinned])
    // The real root above the forger's authority, and the real authority above the forger's PCK.
    for (authority, root) in [
      (other.certificateAuthority, vendor.rootAuthority), (vendor.certificateAuthority, vendor.rootAuthority),
    ] {
      let forger = try SimulatedTDXVendor(
        rootAuthority: root, certificateAuthority: authority, signer: vendor.signer)
      let key = P256.Signing.PrivateKey()
      let template = try vendor.certificateTemplate(
        SimulatedPCKExtension(ppid: vendor.ppid(index: 0)), key: key, at: TDXFixture.time)
      let platform = try forger.platform(
        certificate: try other.certificateAuthority.issue(template), key: key, ppid: vendor.ppid(index: 0),
        endorsements: [])
      try expect(AttestationError.chainSignature, platform)
    }
  }

  @Test("an authority that may not be one is refused")
  func authorities() throws {
    let vendor = try TDXFixture.vendor()
    let cases: [(ErrorCode, (inout SimulatedAuthority.Template) throws -> Void)] = [
      (AttestationError.certificateUsage, { $0.keyUsage = KeyUsage(digitalSignature: true) }),
      (AttestationError.certificateUsage, { $0.basicConstraints = .notCertificateAuthority }),
      (AttestationError.chainNames, { $0.subject = try SimulatedAuthority.Template.name("Simulated SGX CA") }),
      (AttestationError.certificateExpired, { $0.notAfter = TDXFixture.time.addingTimeInterval(-1) }),
      (AttestationError.simulatedExpected, { $0.isMarked = false }),
      (AttestationError.certificateUsage, { $0.keyUsage = KeyUsage(keyCertSign: true) }),
    ]
    for (index, (code, change)) in cases.enumerated() {
      let key = SimulatedAuthority.Key.p256(P256.Signing.PrivateKey())
      var template = try SimulatedAuthority.Template.authority(
        "Simulated SGX PCK Platform CA", key: key, pathLength: 0, at: TDXFixture.time)
      try change(&template)
      let changed = try SimulatedTDXVendor(
        rootAuthority: vendor.rootAuthority,
        certificateAuthority: try vendor.rootAuthority.authority(template, key: key), signer: vendor.signer)
      let platform = try changed.makePlatform(index: 0, at: TDXFixture.time)
      var evidence = try TDXFixture.evidence(on: platform)
      // Only the last, which may not sign lists, needs its list to be refused.
      if index < cases.count - 1 { evidence.endorsements = [] }
      let codes = try TDXFixture.codes(evidence, try TDXFixture.authenticityOnly())
      // An authority that is none could also be taken for the leaf.
      #expect(codes == [code], "case \(index)")
    }
  }

  @Test("a chain that lacks a certificate is refused, and one that comes with the endorsements is found")
  func missing() throws {
    let vendor = try TDXFixture.vendor()
    let (authority, root) = (try vendor.certificateAuthority.derBytes, try vendor.rootAuthority.derBytes)
    let key = P256.Signing.PrivateKey()
    let template = try vendor.certificateTemplate(
      SimulatedPCKExtension(ppid: vendor.ppid(index: 0)), key: key, at: TDXFixture.time)
    let leaf = try SimulatedAuthority.derBytes(try vendor.certificateAuthority.issue(template))
    func codes(chain: [[UInt8]], endorsements: [[UInt8]]) throws -> [ErrorCode] {
      let platform = SimulatedTDXPlatform(
        key: key, certificationData: SimulatedPEM.text(certificates: chain), ppid: vendor.ppid(index: 0),
        endorsements: endorsements)
      return try TDXFixture.codes(try TDXFixture.evidence(on: platform), try TDXFixture.authenticityOnly())
    }
    #expect(try codes(chain: [leaf, authority, root], endorsements: []) == [])
    #expect(try codes(chain: [root, authority, leaf], endorsements: []) == [])
    #expect(try codes(chain: [leaf], endorsements: [authority + root]) == [])
    #expect(try codes(chain: [leaf], endorsements: [SimulatedPEM.text(certificates: [root, authority])]) == [])
    #expect(try codes(chain: [leaf, authority], endorsements: []) == [AttestationError.issuerMissing])
    #expect(try codes(chain: [leaf, root], endorsements: []) == [AttestationError.issuerMissing])
    #expect(try codes(chain: [authority, root], endorsements: []) == [AttestationError.leafMissing])
    #expect(try codes(chain: [], endorsements: []) == [AttestationError.endorsementUnreadable])
  }

  @Test("the SGX extension in every malformed form is refused")
  func extensions() throws {
    let ppid = try TDXFixture.vendor().ppid(index: 0)
    let changes: [(inout SimulatedPCKExtension) -> Void] = [
      { $0.ppid = [1] }, { $0.components.removeLast() }, { $0.components.append(0) }, { $0.pceID = [0] },
      { $0.fmspc.append(0) }, { $0.sgxType = 3 }, { $0.instanceID = [] },
      { $0.configuration = [true, true, true, true] },
      { $0.additionalMembers = [SimulatedPCKExtension.member([8], [0x05, 0x00])] },
      { $0.additionalMembers = [SimulatedPCKExtension.member([1], [0x04, 0x10] + ppid)] },
      { $0.additionalMembers = [[0x05, 0x00]] },
    ]
    for change in changes {
      try expect(AttestationError.certificateExtensions, try TDXFixture.platform(content: change))
    }
    let whole = SimulatedPCKExtension(ppid: ppid).derBytes
    for count in stride(from: 0, to: whole.count, by: 7) {
      try expect(
        AttestationError.certificateExtensions,
        try platform {
          $0.extensions = [
            Certificate.Extension(oid: [1, 2, 840, 113741, 1, 13, 1], critical: false, value: whole[..<count])
          ]
        })
    }
    try expect(
      AttestationError.certificateExtensions,
      try platform {
        $0.extensions = [
          Certificate.Extension(oid: [1, 2, 840, 113741, 1, 13, 1], critical: false, value: (whole + [0])[...])
        ]
      })
  }

  @Test("real and simulated roots never stand in for one another")
  func anchors() throws {
    let evidence = try TDXFixture.evidence()
    for roots in [TrustAnchors.allProduction, .production([.intelSGX]), .production([])] {
      #expect(
        try TDXFixture.codes(evidence, .authenticityOnly(anchors: roots)) == [AttestationError.simulatedRefused])
    }
    guard VectorFolder.isPresent else { return }
    let real = try RealQuoteTests.evidence("v4-b", collateral: true)
    #expect(
      try RealQuoteTests.appraise(real, try TDXFixture.authenticityOnly(), at: "2025-07-01T00:00:00Z").reasons.map(
        \.code)
        == [AttestationError.simulatedExpected])
    #expect(
      try RealQuoteTests.appraise(
        real, .authenticityOnly(anchors: .production([.amdGenoa])), at: "2025-07-01T00:00:00Z"
      ).reasons.map(\.code) == [AttestationError.rootNotPinned])
  }

  @Test("a cached chain is held to times, revocations and anchors at each appraisal")
  func cache() throws {
    let cache = VerifiedChainCache(entryLimit: 1)
    let evidence = try TDXFixture.evidence()
    func codes(_ policy: AppraisalPolicy, at time: Date = TDXFixture.time) -> [ErrorCode] {
      EvidenceVerifier(policy: policy, cache: cache).appraise(
        evidence: evidence, expectedReportData: TDXFixture.reportData, at: time
      ).reasons.map(\.code)
    }
    let policy = try TDXFixture.policy()
    for _ in 0..<2 {
      #expect(codes(policy) == [])
      #expect(
        codes(policy, at: TDXFixture.time.addingTimeInterval(31 * 86_400))
          == [AttestationError.revocationStale, AttestationError.collateralStale])
      #expect(
        codes(policy, at: TDXFixture.time.addingTimeInterval(-7_200)) == [AttestationError.certificateNotYetValid])
      #expect(
        codes(try TDXFixture.policy { $0.anchors = .allProduction }) == [AttestationError.simulatedRefused])
    }
  }
}

extension TDXFixture {
  /// The PCK certificate in a quote.
  static func certificate(of evidence: Evidence) throws -> Certificate {
    let quote = try TDX.Quote(parsing: evidence.report)
    let text = String(decoding: quote.certificationData.filter { $0 != 0 }, as: UTF8.self)
    let first = text.components(separatedBy: "-----END CERTIFICATE-----")[0] + "-----END CERTIFICATE-----\n"
    return try Certificate(pemEncoded: first)
  }
}
