import Attestation
import ErrorCodes
import SimulatedTEE
import StrictJSON
import Testing

/// Each rule failing alone, with its own code, on evidence that is otherwise accepted.
@Suite struct AzureRuleTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let code: ErrorCode
    var guest: @Sendable (inout SimulatedAzureGuest) -> Void = { _ in }
    var policy: @Sendable (inout AppraisalPolicy) -> Void = { _ in }
    var evidence: @Sendable (inout Evidence) -> Void = { _ in }

    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(name: "no quote", code: AttestationError.quoteMissing, evidence: { $0.supplement = nil }),
    Case(name: "PCR", code: AttestationError.pcrsUnknown, guest: { $0.quote.pcrs[7][0] ^= 1 }),
    Case(name: "PCR not quoted", code: AttestationError.pcrsUnknown, guest: { $0.quote.selectedPCRs.remove(7) }),
    Case(
      name: "secure boot off", code: AttestationError.azureSecureBoot,
      guest: { $0.configuration["secure-boot"] = false }),
    Case(
      name: "secure boot not stated", code: AttestationError.azureSecureBoot,
      guest: { $0.configuration["secure-boot"] = nil }),
    Case(
      name: "virtual TPM off", code: AttestationError.azureTPM, guest: { $0.configuration["tpm-enabled"] = false }),
    Case(
      name: "console", code: AttestationError.azureConsole, guest: { $0.configuration["console-enabled"] = true }),
    Case(
      name: "console not stated", code: AttestationError.azureConsole,
      guest: { $0.configuration["console-enabled"] = nil }),
    Case(
      name: "console not a flag", code: AttestationError.azureConsole,
      guest: { $0.configuration["console-enabled"] = "false" }),
    Case(
      name: "interactive console", code: AttestationError.azureInteractiveConsole,
      guest: { $0.configuration["interactive-console-enabled"] = true }),
    Case(
      name: "filtered devices", code: AttestationError.azureFilteredDevices,
      guest: { $0.configuration["filtered-vpci-devices-allowed"] = true }),
    // The rules for the paravisor's report.
    Case(name: "VMPL", code: AttestationError.vmpl, guest: { $0.report.vmpl = 2 }),
    Case(name: "debug", code: AttestationError.guestPolicyDebug, guest: { $0.report.guestPolicy |= 1 << 19 }),
    Case(name: "paravisor", code: AttestationError.measurement, guest: { $0.report.measurement[0] ^= 1 }),
    Case(name: "chip", code: AttestationError.chipUnlisted, policy: { $0.sevSNP.hosts = HostList() }),
  ]

  @Test("the unchanged evidence is accepted, and nothing is skipped")
  func accepted() throws {
    let result = try AzureFixture.appraise(try AzureFixture.evidence())
    #expect(result.reasons == [])
    #expect(result.skipped == [])
    #expect(result.isSimulated)
    #expect(result.claims["platform"] == "azure-snp")
    #expect(result.measurement == SimulatedFixture.measurement)
  }

  @Test("a rule that fails alone gives its own code", arguments: cases)
  func alone(_ testCase: Case) throws {
    var evidence = try AzureFixture.evidence(testCase.guest)
    testCase.evidence(&evidence)
    #expect(try AzureFixture.codes(evidence, try AzureFixture.policy(testCase.policy)) == [testCase.code])
  }

  @Test("user data and nonce are those that were asked for")
  func expectedValues() throws {
    let evidence = try AzureFixture.evidence()
    var expected = AzureFixture.expected
    expected.reportData?[0] ^= 1
    #expect(
      try AzureFixture.appraise(evidence, expecting: expected).reasons.map(\.code) == [AttestationError.reportData])
    expected = AzureFixture.expected
    expected.nonce?.removeLast()
    #expect(
      try AzureFixture.appraise(evidence, expecting: expected).reasons.map(\.code) == [AttestationError.quoteNonce])
    let result = try AzureFixture.appraise(evidence, expecting: ExpectedValues())
    #expect(result.verdict == .accepted)
    #expect(result.skipped == ["report-data", "quote-nonce"])
  }

  @Test("an attester binds its report data")
  func attester() async throws {
    let evidence = try await AzureFixture.guest().evidence(reportData: AzureFixture.userData)
    let result = try AzureFixture.appraise(evidence, expecting: ExpectedValues(reportData: AzureFixture.userData))
    #expect(result.reasons == [])
  }

  @Test("every member of the rules and every check of theirs has a case")
  func complete() throws {
    let members = Mirror(reflecting: AzureSNP.AppraisalRules.strict).children.compactMap(\.label)
    #expect(members == ["requiresQuote", "vmConfiguration"])
    let flags = Set(AzureSNP.VMConfigurationFlag.allCases.map(\.code))
    #expect(flags.subtracting(Self.cases.map(\.code)) == [])
  }

  @Test("what the policy leaves out is accepted and named")
  func leftOut() throws {
    let evidence = try AzureFixture.evidence {
      $0.configuration = ["console-enabled": true]
      $0.quote.pcrs[0][0] ^= 1
    }
    let policy = try AzureFixture.policy {
      $0.azureSNP = .none
      $0.referenceValues = nil
    }
    let result = try AzureFixture.appraise(evidence, policy)
    #expect(result.reasons == [])
    #expect(
      result.skipped == [
        "reference-values", "measurement", "quote", "azure-secure-boot", "azure-tpm-enabled", "azure-console-enabled",
        "azure-interactive-console", "azure-filtered-devices", "pcrs",
      ])
    // Without quote and nonce nothing is known of PCRs.
    var bare = try AzureFixture.evidence()
    bare.supplement = nil
    let noQuote = try AzureFixture.policy { $0.azureSNP.requiresQuote = false }
    let accepted = try AzureFixture.appraise(
      bare, noQuote, expecting: ExpectedValues(reportData: AzureFixture.userData))
    #expect(accepted.reasons == [])
    #expect(accepted.skipped == ["quote", "quote-nonce", "pcrs"])
    #expect(try AzureFixture.codes(bare, noQuote) == [AttestationError.quoteMissing])
    let flag = try AzureFixture.policy { $0.azureSNP.vmConfiguration?.flags[.consoleEnabled] = .either }
    let console = try AzureFixture.evidence { $0.configuration["console-enabled"] = true }
    #expect(try AzureFixture.appraise(console, flag).skipped == ["azure-console-enabled"])
    #expect(try AzureFixture.codes(console, flag) == [])
  }

  @Test("reference values of paravisor and virtual TPM must both be there")
  func referenceValues() throws {
    let evidence = try AzureFixture.evidence()
    for change: @Sendable (inout AppraisalPolicy) -> Void in [
      { $0.referenceValues?.azureSNPMeasurements = [] }, { $0.referenceValues = ReferenceValues() },
    ] {
      #expect(try AzureFixture.codes(evidence, try AzureFixture.policy(change)) == [AttestationError.noReferenceValues])
    }
  }

  @Test("a policy written and read again is the same")
  func policyJSON() throws {
    let changed = try AzureFixture.policy {
      $0.azureSNP.requiresQuote = false
      $0.azureSNP.vmConfiguration?.flags[.consoleEnabled] = .either
    }
    for policy in [changed, .strict, .authenticityOnly()] {
      let copy = try AppraisalPolicy(parsing: policy.json.canonicalBytes)
      #expect(copy.json == policy.json)
      #expect(copy.referenceValues == policy.referenceValues)
    }
    #expect(try AppraisalPolicy(parsing: Array(#"{"azureSNP": {}}"#.utf8)) == .strict)
  }

  @Test(
    "a text that is not of the schema does not load",
    arguments: [
      #"{"azureSNP": {"quote": true}}"#, #"{"azureSNP": {"requiresQuote": null}}"#,
      #"{"azureSNP": {"vmConfiguration": {"console": "set"}}}"#,
      #"{"azureSNP": {"vmConfiguration": {"secureBoot": true}}}"#,
      #"{"referenceValues": {"azureSNP": [{}]}}"#, #"{"referenceValues": {"azureSNP": [{"pcrs": {}}]}}"#,
      #"{"referenceValues": {"azureSNP": [{"pcrs": {"0": "00"}}]}}"#,
      #"{"referenceValues": {"azureSNP": [{"pcrs": {"24": "\#(String(repeating: "0", count: 64))"}}]}}"#,
      #"{"referenceValues": {"azureSNP": [{"pcrs": {"00": "\#(String(repeating: "0", count: 64))"}}]}}"#,
    ])
  func malformed(text: String) {
    #expect(AppraisalPolicyTests.code(text) == AttestationError.policyMalformed)
  }
}
