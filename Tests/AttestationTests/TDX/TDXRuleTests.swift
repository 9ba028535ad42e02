import Attestation
import Crypto
import ErrorCodes
import Foundation
import SimulatedTEE
import StrictJSON
import Testing
import WireFormat

/// Each rule failing alone, with its own code, on quotes of a simulated platform that are otherwise accepted.
@Suite struct TDXRuleTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let code: ErrorCode
    var quote: @Sendable (inout SimulatedQuote) -> Void = { _ in }
    var policy: @Sendable (inout AppraisalPolicy) -> Void = { _ in }

    var testDescription: String { name }
  }

  private static let other = [UInt8](repeating: 9, count: 48)

  static let cases: [Case] = [
    Case(name: "report data", code: AttestationError.reportData, quote: { $0.reportData[63] ^= 1 }),
    Case(name: "MRTD", code: AttestationError.measurement, quote: { $0.mrtd[0] ^= 1 }),
    Case(name: "RTMR3", code: AttestationError.measurement, quote: { $0.rtmrs[3][47] ^= 1 }),
    Case(name: "version", code: AttestationError.reportVersion, policy: { $0.tdx.quoteVersions = 4...4 }),
    Case(name: "trailing bytes", code: AttestationError.trailingBytes, quote: { $0.trailingBytes = [0, 0, 1] }),
    Case(name: "reserved header", code: AttestationError.reservedFields, quote: { $0.headerReserved[3] = 1 }),
    Case(
      name: "QE vendor", code: AttestationError.quotingEnclaveVendor, quote: { $0.quotingEnclaveVendor[0] ^= 1 }),
    Case(
      name: "TEE_TCB_SVN", code: AttestationError.teeTCBSVN, policy: { $0.tdx.minimumTEETCBSVN?[2] = 4 }),
    Case(
      name: "module signer", code: AttestationError.moduleSigner,
      policy: { $0.tdx.moduleSigners = [other] }),
    Case(name: "MRCONFIGID", code: AttestationError.mrConfigID, quote: { $0.mrConfigID = other }),
    Case(name: "MROWNER", code: AttestationError.mrOwner, quote: { $0.mrOwner = other }),
    Case(name: "MROWNERCONFIG", code: AttestationError.mrOwnerConfig, quote: { $0.mrOwnerConfig = other }),
    Case(name: "service TD", code: AttestationError.serviceTD, quote: { $0.mrServiceTD = other }),
    Case(name: "XFAM without SSE", code: AttestationError.xfamRequired, quote: { $0.xfam = 0x1 }),
    Case(name: "XFAM with processor trace", code: AttestationError.xfamRefused, quote: { $0.xfam |= 1 << 8 }),
    Case(name: "XFAM with an unknown bit", code: AttestationError.xfamRefused, quote: { $0.xfam |= 1 << 63 }),
    Case(name: "host list", code: AttestationError.chipUnlisted, policy: { $0.tdx.hosts = HostList() }),
    Case(
      name: "revoked host", code: AttestationError.chipRevoked,
      policy: { $0.tdx.revokedHosts = $0.tdx.hosts }),
    Case(name: "SMT", code: AttestationError.platformSMT, policy: { $0.tdx.platform?.bits[.smt] = .set }),
    Case(
      name: "dynamic platform", code: AttestationError.platformDynamic,
      policy: { $0.tdx.platform?.bits[.dynamicPlatform] = .set }),
    Case(
      name: "cached keys", code: AttestationError.platformCachedKeys,
      policy: { $0.tdx.platform?.bits[.cachedKeys] = .set }),
    Case(
      name: "evaluation number", code: AttestationError.tcbEvaluationNumber,
      policy: { $0.tdx.minimumEvaluationDataNumber = 21 }),
    Case(name: "TCB status", code: AttestationError.tcbStatus, policy: { $0.tdx.tcbStatuses = [.outOfDate] }),
    Case(name: "event log", code: AttestationError.eventLogMissing, policy: { $0.tdx.requiresEventLog = true }),
    Case(name: "attestation key type", code: AttestationError.attestationKeyType, quote: { $0.attestationKeyType = 3 }),
    Case(name: "TEE type", code: AttestationError.teeType, quote: { $0.teeType = 0 }),
    Case(
      name: "outer certification data", code: AttestationError.certificationData,
      quote: { $0.outerCertificationType = 5 }),
    Case(
      name: "inner certification data", code: AttestationError.certificationData,
      quote: { $0.innerCertificationType = 4 }),
    Case(
      name: "QE report of another key", code: AttestationError.attestationKey,
      quote: { $0.enclaveReportData = Array(repeating: 1, count: 64) }),
    Case(
      name: "QE MISCSELECT", code: AttestationError.quotingEnclaveIdentity, quote: { $0.enclaveMiscSelect = 1 << 31 }),
    Case(
      name: "QE attributes", code: AttestationError.quotingEnclaveIdentity, quote: { $0.enclaveAttributes[0] |= 2 }),
    Case(name: "QE signer", code: AttestationError.quotingEnclaveIdentity, quote: { $0.enclaveSigner[31] ^= 1 }),
    Case(name: "QE product", code: AttestationError.quotingEnclaveIdentity, quote: { $0.enclaveProductID = 1 }),
    Case(
      name: "unknown attribute", code: AttestationError.attributesUnknown, quote: { $0.attributes |= 1 << 33 }),
  ]

  @Test("the unchanged quote is accepted in each version and body, and only the event log is skipped")
  func accepted() throws {
    for change in [
      { (quote: inout SimulatedQuote) in }, { $0.kind = .tdx10 }, { $0.version = 4 },
      { $0.trailingBytes = Array(repeating: 0, count: 70) },
    ] as [(inout SimulatedQuote) -> Void] {
      let result = try TDXFixture.result(try TDXFixture.evidence(change))
      #expect(result.reasons == [])
      #expect(result.verdict == .accepted)
      #expect(result.skipped == ["event-log"])
      #expect(result.isSimulated)
      #expect(result.chipIdentifier == (try TDXFixture.platform().ppid))
      #expect(result.measurement == TDXFixture.mrtd)
      #expect(result.claims["simulated"] == true)
      #expect(result.claims["tcbStatus"] == "UpToDate")
      #expect(result.claims["advisories"] == [])
    }
  }

  @Test("a rule that fails alone gives its own code", arguments: cases)
  func alone(_ testCase: Case) throws {
    let evidence = try TDXFixture.evidence(testCase.quote)
    #expect(try TDXFixture.codes(evidence, try TDXFixture.policy(testCase.policy)) == [testCase.code])
  }

  @Test(
    "each attribute bit that is not as it must be is refused by its own code alone",
    arguments: TDX.AttributeBit.allCases)
  func attributes(bit: TDX.AttributeBit) throws {
    let evidence = try TDXFixture.evidence { $0.attributes ^= 1 << bit.index }
    #expect(try TDXFixture.codes(evidence) == [bit.code])
    let relaxed = try TDXFixture.policy { $0.tdx.attributes?.bits[bit] = .either }
    let result = try TDXFixture.result(evidence, relaxed)
    #expect(result.verdict == .accepted)
    #expect(result.skipped == [bit.code.rawValue, "event-log"])
  }

  @Test("an unknown attribute bit that the policy names is accepted")
  func namedUnknownBit() throws {
    let policy = try TDXFixture.policy { $0.tdx.attributes?.namedUnknownBits = [33] }
    #expect(try TDXFixture.codes(try TDXFixture.evidence { $0.attributes |= 1 << 33 }, policy) == [])
  }

  @Test("SEAMATTRIBUTES and the module's signer are also held against TCB info")
  func module() throws {
    let evidence = try TDXFixture.evidence { $0.seamAttributes = 1 }
    #expect(try TDXFixture.codes(evidence) == [AttestationError.tdxModule, AttestationError.seamAttributes])
    let alone = try TDXFixture.policy { $0.tdx.knownModule = false }
    #expect(try TDXFixture.codes(evidence, alone) == [AttestationError.seamAttributes])
    let signed = try TDXFixture.evidence { $0.mrSignerSEAM[0] = 1 }
    let named = try TDXFixture.policy { $0.tdx.moduleSigners?.insert([1] + Array(repeating: 0, count: 47)) }
    #expect(try TDXFixture.codes(signed, named) == [AttestationError.tdxModule])
  }

  @Test("a policy without reference values refuses before anything else")
  func noReferenceValues() throws {
    let policy = try TDXFixture.policy { $0.referenceValues = ReferenceValues() }
    #expect(
      try TDXFixture.codes(try TDXFixture.evidence(), policy)
        == [AttestationError.noReferenceValues, AttestationError.measurement])
  }

  @Test("a platform is listed or revoked by the digest of its PPID as well")
  func digests() throws {
    let digest = Array(SHA256.hash(data: try TDXFixture.platform().ppid))
    let evidence = try TDXFixture.evidence()
    let listed = try TDXFixture.policy { $0.tdx.hosts = .init(chipIdentifierDigests: [digest]) }
    #expect(try TDXFixture.codes(evidence, listed) == [])
    let revoked = try TDXFixture.policy { $0.tdx.revokedHosts = .init(chipIdentifierDigests: [digest]) }
    #expect(try TDXFixture.codes(evidence, revoked) == [AttestationError.chipRevoked])
  }

  @Test("a PCK certificate that says nothing of its platform is refused by each bit that has a rule")
  func silentPlatform() throws {
    let platform = try TDXFixture.platform { content in
      content.instanceID = nil
      content.configuration = nil
    }
    #expect(
      try TDXFixture.codes(try TDXFixture.evidence(on: platform)) == TDX.PlatformBit.allCases.map(\.code))
    let policy = try TDXFixture.policy {
      for bit in TDX.PlatformBit.allCases { $0.tdx.platform?.bits[bit] = .either }
    }
    #expect(try TDXFixture.codes(try TDXFixture.evidence(on: platform), policy) == [])
  }

  @Test("authenticity alone skips every rule by name, and between them both policies name the same checks")
  func authenticityOnly() throws {
    let policy = try TDXFixture.authenticityOnly()
    let evidence = try TDXFixture.evidence {
      $0.attributes = 1
      $0.mrtd[0] ^= 1
      $0.trailingBytes = [1]
      $0.xfam = 0
    }
    let result = try TDXFixture.result(evidence, policy, reportData: nil)
    #expect(result.verdict == .accepted)
    #expect(result.claims["trailingByteCount"] == 1)
    #expect(Set(result.skipped).count == result.skipped.count)
    #expect(result.skipped.count == 42)
    let strict = try TDXFixture.result(try TDXFixture.evidence(), reportData: nil)
    #expect(Set(strict.checks.map(\.name)) == Set(result.checks.map(\.name)))
    #expect(
      try TDXFixture.codes(evidence, policy, reportData: Array(repeating: 0, count: 64))
        == [AttestationError.reportData])
  }

  @Test("without collateral, authenticity alone accepts and says so, and the strict policy refuses")
  func withoutCollateral() throws {
    var evidence = try TDXFixture.evidence()
    evidence.endorsements = []
    let result = try TDXFixture.result(evidence, try TDXFixture.authenticityOnly())
    #expect(result.verdict == .accepted)
    #expect(result.skipped.contains("qe-identity"))
    #expect(result.claims["tcbStatus"] == nil)
    #expect(
      try TDXFixture.codes(evidence) == [AttestationError.collateralMissing, AttestationError.revocationMissing])
    // Whoever owns a platform may have its PCK sign for an enclave of their own.
    for change in [{ $0.enclaveSigner[0] ^= 1 }, { $0.enclaveProductID = 1 }, { $0.enclaveAttributes[0] |= 2 }]
      as [(inout SimulatedQuote) -> Void]
    {
      var forged = try TDXFixture.evidence(change)
      forged.endorsements = []
      #expect(
        try TDXFixture.codes(forged, try TDXFixture.authenticityOnly()) == [AttestationError.quotingEnclaveIdentity])
    }
    let alone = try TDXFixture.policy { $0.tdx.largestRevocationListAge = nil }
    #expect(try TDXFixture.codes(evidence, alone) == [AttestationError.collateralMissing])
  }

  @Test("a policy written as JSON reads the same, and what it does not know is refused")
  func json() throws {
    var policy = try TDXFixture.policy()
    policy.tdx.advisories = ["INTEL-SA-00001"]
    policy.tdx.attributes?.bits[.pks] = .either
    policy.tdx.platform?.bits[.smt] = .set
    policy.tdx.xfam = TDX.XFAMRule(required: 3, allowed: 0xE7)
    for policy in [policy, .strict, .authenticityOnly()] {
      #expect(try AppraisalPolicy(parsing: policy.json.canonicalBytes).json == policy.json)
    }
    for text in [
      #"{"unknown": 1}"#, #"{"hosts": {"chipIdentifiers": ["00"]}}"#, #"{"tcbStatuses": ["Fine"]}"#,
      #"{"platform": {"unknown": "set"}}"#, #"{"platform": {"smt": "maybe"}}"#, #"{"attributes": {"bit7": "set"}}"#,
      #"{"xfam": {"allowed": "e7"}}"#, #"{"quoteVersions": [5, 4]}"#, #"{"minimumTEETCBSVN": "00"}"#,
      #"{"knownModule": 1}"#, #"{"largestCollateralAge": -1}"#, #"{"advisories": [1]}"#,
    ] {
      #expect(throws: AttestationError(AttestationError.policyMalformed, "")) {
        try AppraisalPolicy(parsing: Array("{\"tdx\": \(text)}".utf8))
      }
    }
  }

  @Test("measurements are read with registers or with their digest, and written with the digest")
  func measurements() throws {
    let value = try #require(TDX.Measurements(mrtd: TDXFixture.mrtd, rtmrs: TDXFixture.rtmrs))
    let digest = Array(SHA384.hash(data: TDXFixture.rtmrs.flatMap { $0 }))
    #expect(value.rtmrDigest == digest)
    #expect(TDX.Measurements(mrtd: TDXFixture.mrtd, rtmrDigest: digest) == value)
    #expect(TDX.Measurements(mrtd: [1], rtmrDigest: digest) == nil)
    #expect(TDX.Measurements(mrtd: TDXFixture.mrtd, rtmrs: Array(TDXFixture.rtmrs.prefix(3))) == nil)
    let registers = TDXFixture.rtmrs.map { "\"\($0.hexadecimal)\"" }.joined(separator: ",")
    let mrtd = TDXFixture.mrtd.hexadecimal
    func read(_ entry: String) throws -> ReferenceValues? {
      try AppraisalPolicy(parsing: Array(#"{"referenceValues": {"tdx": [\#(entry)]}}"#.utf8)).referenceValues
    }
    for entry in [
      "{\"mrtd\": \"\(mrtd)\", \"rtmrs\": [\(registers)]}",
      "{\"mrtd\": \"\(mrtd)\", \"rtmrDigest\": \"\(digest.hexadecimal)\"}",
    ] {
      #expect(try read(entry)?.tdxMeasurements == [value])
    }
    for entry in [
      "{\"mrtd\": \"\(mrtd)\"}", "{\"mrtd\": \"00\", \"rtmrs\": [\(registers)]}", "{\"rtmrs\": [\(registers)]}",
      "{\"mrtd\": \"\(mrtd)\", \"rtmrs\": [\(registers)], \"rtmrDigest\": \"\(digest.hexadecimal)\"}",
      "{\"mrtd\": \"\(mrtd)\", \"rtmrs\": [\(registers), \(registers)]}",
    ] {
      #expect(throws: AttestationError(AttestationError.policyMalformed, "")) { try read(entry) }
    }
  }
}
