import Attestation
import Crypto
import ErrorCodes
import Foundation
import SimulatedTEE
import StrictJSON
import Testing
import WireFormat

/// Each rule failing alone, with its own code, on documents of a simulated enclave that are otherwise accepted.
@Suite struct NitroRuleTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let code: ErrorCode
    var document: @Sendable (inout SimulatedNitroDocument) -> Void = { _ in }
    var policy: @Sendable (inout AppraisalPolicy) -> Void = { _ in }

    var testDescription: String { name }
  }

  static let milliseconds = UInt64(NitroFixture.time.timeIntervalSince1970) * 1000
  static let zero = NitroFixture.pcr(0)

  static let cases: [Case] = [
    Case(name: "user data", code: AttestationError.reportData, document: { $0.userData?[63] ^= 1 }),
    Case(name: "no user data", code: AttestationError.reportData, document: { $0.userData = nil }),
    Case(name: "nonce", code: AttestationError.nitroNonce, document: { $0.nonce?[0] ^= 1 }),
    Case(name: "no nonce", code: AttestationError.nitroNonce, document: { $0.nonce = nil }),
    Case(name: "longer nonce", code: AttestationError.nitroNonce, document: { $0.nonce?.append(0) }),
    Case(name: "public key", code: AttestationError.nitroPublicKey, document: { $0.publicKey?[0] ^= 1 }),
    Case(name: "no public key", code: AttestationError.nitroPublicKey, document: { $0.publicKey = nil }),
    Case(
      name: "stale", code: AttestationError.nitroStale, document: { $0.timestamp = milliseconds - 10_801_000 }),
    Case(
      name: "stale for the policy", code: AttestationError.nitroStale,
      document: { $0.timestamp = milliseconds - 61_000 }, policy: { $0.nitro.largestDocumentAge = 60 }),
    Case(
      name: "from the future", code: AttestationError.nitroFuture,
      document: { $0.timestamp = milliseconds + 301_000 }),
    Case(
      name: "from the end of time", code: AttestationError.nitroFuture,
      document: { $0.timestamp = UInt64(Int64.max) }),
    Case(name: "PCR 0", code: AttestationError.measurement, document: { $0.pcrs[0].value[0] ^= 1 }),
    Case(name: "PCR 1", code: AttestationError.measurement, document: { $0.pcrs[1].value[47] ^= 1 }),
    Case(name: "PCR 2", code: AttestationError.measurement, document: { $0.pcrs[2].value[1] ^= 1 }),
    Case(
      name: "a further PCR", code: AttestationError.nitroPCR,
      policy: { $0.nitro.pcrs = [8: [NitroFixture.pcr(8)]] }),
    Case(
      name: "a PCR that the document lacks", code: AttestationError.nitroPCR,
      policy: { $0.nitro.pcrs = [31: [zero]] }),
    Case(
      name: "a PCR without any good value", code: AttestationError.nitroPCR, policy: { $0.nitro.pcrs = [4: []] }),
    Case(name: "host list", code: AttestationError.chipUnlisted, policy: { $0.nitro.hosts = HostList() }),
    Case(
      name: "another host", code: AttestationError.chipUnlisted,
      policy: { $0.nitro.hosts = HostList(chipIdentifiers: [Array("i-0123456789abcdef1".utf8)]) }),
    Case(
      name: "revoked", code: AttestationError.chipRevoked,
      policy: { $0.nitro.revokedChips = HostList(chipIdentifiers: [Array("i-0123456789abcdef0".utf8)]) }),
    Case(
      name: "algorithm", code: AttestationError.signatureAlgorithm,
      document: { $0.protectedHeader = [0xA1, 0x01, 0x26] }),
    Case(
      name: "algorithm in a longer form", code: AttestationError.signatureAlgorithm,
      document: { $0.protectedHeader = [0xA1, 0x01, 0x39, 0x00, 0x22] }),
    Case(
      name: "a second header parameter", code: AttestationError.signatureAlgorithm,
      document: { $0.protectedHeader = [0xA2, 0x01, 0x38, 0x22, 0x04, 0x40] }),
    Case(name: "no header", code: AttestationError.signatureAlgorithm, document: { $0.protectedHeader = [] }),
    Case(
      name: "module of another instance", code: AttestationError.nitroInstance,
      document: { $0.moduleID = "i-0123456789abcdef1-enc0123456789abcdef" }),
    Case(
      name: "another module of the instance", code: AttestationError.nitroInstance,
      document: { $0.moduleID = "i-0123456789abcdef0-enc0123456789abcdee" }),
    Case(name: "no enclave", code: AttestationError.nitroInstance, document: { $0.moduleID = "i-0123456789abcdef0" }),
    Case(
      name: "PCR 4 of another instance", code: AttestationError.nitroInstance, document: { $0.pcrs[4].value[0] ^= 1 }),
  ]

  @Test("the unchanged document is accepted, and nothing is skipped")
  func accepted() throws {
    let result = try NitroFixture.appraise(try NitroFixture.evidence())
    #expect(result.reasons == [])
    #expect(result.verdict == .accepted)
    #expect(result.skipped == [])
    #expect(result.isSimulated)
    #expect(result.chipIdentifier == Array("i-0123456789abcdef0".utf8))
    #expect(result.measurement == NitroFixture.pcr(1))
    #expect(result.claims["simulated"] == true)
    #expect(result.claims["instanceID"] == "i-0123456789abcdef0")
    #expect(result.claims["root"] == "simulated")
  }

  @Test("a rule that fails alone gives its own code", arguments: cases)
  func alone(_ testCase: Case) throws {
    let evidence = try NitroFixture.evidence(testCase.document)
    #expect(try NitroFixture.codes(evidence, NitroFixture.policy(testCase.policy)) == [testCase.code])
  }

  @Test(
    "debug mode is refused even where its zeros are named as reference values", arguments: [[0], [1], [2], [0, 1, 2]])
  func debug(indices: [Int]) throws {
    let evidence = try NitroFixture.evidence { for index in indices { $0.pcrs[index].value = Self.zero } }
    var values: [UInt8] = [1, 2, 3]
    for index in indices { values[index] = 0 }
    let named = try NitroFixture.measurements(values)
    let policy = try NitroFixture.policy { $0.referenceValues = ReferenceValues(nitroMeasurements: [named]) }
    #expect(try NitroFixture.codes(evidence, policy) == [AttestationError.nitroDebug])
    var relaxed = policy
    relaxed.nitro.refusesDebugMode = false
    let result = try NitroFixture.appraise(evidence, relaxed)
    #expect(result.verdict == .accepted)
    #expect(result.skipped == ["debug-mode"])
    #expect(result.claims["debug"] == true)
  }

  @Test("a document is fresh up to its largest age and the clocks' tolerance, to the second")
  func age() throws {
    let policy = try NitroFixture.policy { $0.nitro.largestDocumentAge = 60 }
    for (offset, code) in [
      (-60, nil), (-61, AttestationError.nitroStale), (300, nil), (301, AttestationError.nitroFuture),
    ] {
      let evidence = try NitroFixture.evidence {
        $0.timestamp = UInt64(Int64(Self.milliseconds) + Int64(offset) * 1000)
      }
      #expect(try NitroFixture.codes(evidence, policy) == [code].compactMap { $0 })
    }
  }

  @Test("a policy without reference values refuses before anything else")
  func noReferenceValues() throws {
    let policy = try NitroFixture.policy {
      $0.referenceValues = ReferenceValues()
      $0.nitro.hosts = HostList()
    }
    #expect(
      try NitroFixture.codes(try NitroFixture.evidence(), policy)
        == [AttestationError.noReferenceValues, AttestationError.chipUnlisted])
  }

  @Test("an instance is listed or revoked by its digest as well")
  func digests() throws {
    let digest = Array(SHA256.hash(data: Array(try NitroFixture.vendor().instanceID.utf8)))
    let evidence = try NitroFixture.evidence()
    let listed = try NitroFixture.policy { $0.nitro.hosts = HostList(chipIdentifierDigests: [digest]) }
    #expect(try NitroFixture.codes(evidence, listed) == [])
    let revoked = try NitroFixture.policy { $0.nitro.revokedChips = HostList(chipIdentifierDigests: [digest]) }
    #expect(try NitroFixture.codes(evidence, revoked) == [AttestationError.chipRevoked])
  }

  @Test("authenticity alone skips every rule by name, and what is bound only when nothing is asked")
  func authenticityOnly() throws {
    let policy = AppraisalPolicy.authenticityOnly(anchors: .simulated([try NitroFixture.vendor().root]))
    let evidence = try NitroFixture.evidence {
      for index in 0..<3 { $0.pcrs[index].value = Self.zero }
      $0.timestamp = 1
    }
    let result = try NitroFixture.appraise(evidence, policy, expecting: ExpectedValues())
    #expect(result.verdict == .accepted)
    #expect(
      result.skipped == [
        "reference-values", "measurement", "document-age", "debug-mode", "pcrs", "host-list", "revoked-chips",
        "report-data", "nonce", "public-key",
      ])
    #expect(try NitroFixture.codes(evidence, policy) == [])
    // Between them, what the strict policy checks and what this one skips is the same list.
    let strict = try NitroFixture.appraise(try NitroFixture.evidence())
    #expect(Set(strict.checks.map(\.name)) == Set(result.checks.map(\.name)))
  }

  @Test("an attester binds report data of 64 bytes as user data")
  func attester() async throws {
    let evidence = try await NitroFixture.attester().evidence(reportData: NitroFixture.reportData)
    #expect(evidence.endorsements.isEmpty)
    let expected = ExpectedValues(reportData: NitroFixture.reportData)
    let result = try NitroFixture.appraise(evidence, expecting: expected)
    #expect(result.verdict == .accepted)
    #expect(result.skipped == ["nonce", "public-key"])
  }

  @Test("an attester that runs for days issues documents that are good when they are made")
  func attesterOfLaterDays() async throws {
    let later = NitroFixture.time.addingTimeInterval(3 * 86_400)
    let attester = try SimulatedNitroAttester(
      vendor: try NitroFixture.vendor(), measurements: try NitroFixture.measurements(), clock: { later })
    let evidence = try await attester.evidence(reportData: NitroFixture.reportData)
    let expected = ExpectedValues(reportData: NitroFixture.reportData)
    #expect(try NitroFixture.codes(evidence, expecting: expected, at: later) == [])
    #expect(
      try NitroFixture.codes(evidence, expecting: expected, at: NitroFixture.time)
        == [AttestationError.certificateNotYetValid])
  }

  @Test("a written policy reads the same, and the strict one is the default")
  func policyText() throws {
    var policy = try NitroFixture.policy {
      $0.nitro.pcrs = [3: [NitroFixture.pcr(3), NitroFixture.pcr(4)], 31: []]
      $0.nitro.largestDocumentAge = nil
      $0.nitro.refusesDebugMode = false
      $0.nitro.revokedChips = HostList(chipIdentifiers: [Array("i-01234567".utf8)])
    }
    #expect(try AppraisalPolicy(json: policy.json).nitro == policy.nitro)
    #expect(try AppraisalPolicy(json: policy.json).referenceValues == policy.referenceValues)
    policy.nitro = .none
    #expect(try AppraisalPolicy(json: policy.json).nitro == .none)
    #expect(try AppraisalPolicy(parsing: Array("{\"nitro\":{}}".utf8)).nitro == .strict)
    #expect(
      try AppraisalPolicy(parsing: Array("{\"nitro\":{\"pcrs\":null,\"hosts\":null}}".utf8)).nitro.pcrs == nil)
  }

  static let malformed = [
    #"{"nitro":{"x":1}}"#, #"{"nitro":{"largestDocumentAge":-1}}"#, #"{"nitro":{"refusesDebugMode":null}}"#,
    #"{"nitro":{"pcrs":{"0":[]}}}"#, #"{"nitro":{"pcrs":{"32":[]}}}"#, #"{"nitro":{"pcrs":{"03":[]}}}"#,
    #"{"nitro":{"pcrs":{"3":["00"]}}}"#, #"{"nitro":{"pcrs":[]}}"#,
    #"{"nitro":{"hosts":{"chipIdentifiers":["00"]}}}"#, #"{"referenceValues":{"nitro":[{}]}}"#,
    #"{"referenceValues":{"nitro":[{"pcr0":"00","pcr1":"00","pcr2":"00"}]}}"#,
    #"{"referenceValues":{"nitro":[{"pcr0":null}]}}"#,
  ]

  @Test("a policy that is not of its schema is refused", arguments: malformed)
  func malformedPolicy(text: String) {
    #expect(throws: AttestationError(AttestationError.policyMalformed, "")) {
      try AppraisalPolicy(parsing: Array(text.utf8))
    }
  }
}
