import Attestation
import ErrorCodes
import Foundation
import StrictJSON
import TestSupport
import Testing
import WireFormat

/// Reports of the paravisor of real guests, from the vector folder.
@Suite(.enabled(if: VectorFolder.isPresent))
struct RealAzureTests {
  static let cases = ["azure-genoa-v3-hcl", "azure-milan-v2-hcl"]

  static func evidence(_ name: String, quote: Bool = true) throws -> Evidence {
    let supplement =
      quote && name == "azure-milan-v2-hcl"
      ? try VectorFolder.bytes("snp/\(name)/tpm-quote-v1.json") : nil
    return Evidence(
      platform: .azureSNP, report: try VectorFolder.bytes("snp/\(name)/hcl-report.bin"), supplement: supplement,
      endorsements: try RealEvidenceTests.evidence(name).endorsements)
  }

  static func appraise(
    _ evidence: Evidence, _ policy: AppraisalPolicy = .authenticityOnly(),
    expecting expected: ExpectedValues = ExpectedValues()
  ) -> AttestationResult {
    EvidenceVerifier(policy: policy).appraise(evidence: evidence, expecting: expected, at: RealEvidenceTests.time)
  }

  @Test("the folder holds exactly the two reports that these tests run")
  func count() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: VectorFolder.url.path + "/snp").filter {
      FileManager.default.fileExists(atPath: VectorFolder.url.path + "/snp/\($0)/hcl-report.bin")
    }
    #expect(names.sorted() == Self.cases)
  }

  @Test("a real report is authentic, and so are its runtime data", arguments: cases)
  func authentic(name: String) throws {
    let result = Self.appraise(try Self.evidence(name))
    #expect(result.reasons == [])
    let expected = try RealEvidenceTests.expected(name)
    #expect(result.claims["platform"] == "azure-snp")
    #expect(result.claims["measurement"] == .string(expected.parsed.measurement))
    #expect(result.claims["chipID"] == .string(expected.parsed.chip_id))
    #expect(result.claims["userData"] == .string(String(repeating: "0", count: 128)))
    guard case .object(let configuration)? = result.claims["vmConfiguration"] else {
      Issue.record("claims lack the configuration")
      return
    }
    #expect(configuration["secure-boot"] == true)
    #expect(configuration["console-enabled"] == true)
    #expect(result.chipIdentifier == expected.leaf.hwid.flatMap { [UInt8](hexadecimal: $0) })
  }

  @Test("the strict default accepts no report, for want of reference values first", arguments: cases)
  func strict(name: String) throws {
    let result = Self.appraise(try Self.evidence(name), .strict)
    #expect(result.verdict == .refused)
    #expect(result.code == AttestationError.noReferenceValues)
    #expect(result.reasons.map(\.code).contains(AttestationError.azureConsole))
    #expect(
      result.reasons.map(\.code).contains(AttestationError.quoteMissing) == (name == "azure-genoa-v3-hcl"))
  }

  @Test("a real quote is signed by the key that the report binds, over its nonce and its PCRs")
  func quote() throws {
    let evidence = try Self.evidence("azure-milan-v2-hcl")
    let nonce = Array("challenge".utf8)
    let result = Self.appraise(evidence, expecting: ExpectedValues(nonce: nonce))
    #expect(result.reasons == [])
    guard case .object(let quote)? = result.claims["quote"], case .object(let pcrs)? = quote["pcrs"] else {
      Issue.record("claims lack the quote")
      return
    }
    #expect(quote["nonce"] == .string(nonce.hexadecimal))
    #expect(pcrs.count == 24)
    #expect(pcrs["0"] == "f3a7e99a5f819a034386bce753a48a73cfdaa0bea0ecfc124bedbf5a8c4799be")
    #expect(
      Self.appraise(evidence, expecting: ExpectedValues(nonce: nonce + [0])).reasons.map(\.code)
        == [AttestationError.quoteNonce])
    #expect(
      Self.appraise(try Self.evidence("azure-genoa-v3-hcl"), expecting: ExpectedValues(nonce: nonce)).reasons.map(
        \.code)
        == [AttestationError.quoteMissing])
  }

  @Test("a policy made for one real guest accepts it, with each relaxation named")
  func ownPolicy() throws {
    let evidence = try Self.evidence("azure-genoa-v3-hcl")
    let known = Self.appraise(evidence)
    let idKey = try RealEvidenceTests.expected("azure-genoa-v3-hcl").parsed.id_key_digest
    let text = """
      {"anchors": {"production": ["amd-genoa"]},
       "referenceValues": {"sevSNP": ["\((try #require(known.measurement)).hexadecimal)"],
         "azureSNP": [{"pcrs": {"7": "\(String(repeating: "00", count: 32))"}}]},
       "azureSNP": {"requiresQuote": false, "vmConfiguration": {"consoleEnabled": "either"}},
       "sevSNP": {
         "largestRevocationListAge": null, "idKeyDigests": ["\(idKey)"],
         "hosts": {"chipIdentifiers": ["\((try #require(known.chipIdentifier)).hexadecimal)"]},
         "guestPolicy": {"smt": "set", "singleSocket": "either", "aes256XTS": "either", "raplDisabled": "either",
           "ciphertextHiding": "either", "pageSwapDisabled": "either"},
         "platformInfo": {"tsme": "either", "raplDisabled": "either", "ciphertextHiding": "either"}}}
      """
    let policy = try AppraisalPolicy(parsing: Array(text.utf8))
    let result = Self.appraise(
      evidence, policy, expecting: ExpectedValues(reportData: Array(repeating: 0, count: 64)))
    #expect(result.reasons == [])
    #expect(
      result.skipped == [
        "revocation-freshness", "guest-policy-single-socket", "guest-policy-aes-256-xts", "guest-policy-rapl-disabled",
        "guest-policy-ciphertext-hiding", "guest-policy-page-swap-disabled", "platform-tsme", "platform-rapl-disabled",
        "platform-ciphertext-hiding", "quote", "azure-console-enabled", "quote-nonce", "pcrs",
      ])
    #expect(
      Self.appraise(try Self.evidence("azure-milan-v2-hcl"), policy).code == AttestationError.rootNotPinned)
  }

  @Test("a quote beside another guest's report is refused")
  func otherGuest() throws {
    var evidence = try Self.evidence("azure-genoa-v3-hcl")
    evidence.supplement = try Self.evidence("azure-milan-v2-hcl").supplement
    #expect(Self.appraise(evidence).reasons.map(\.code) == [AttestationError.quoteSignature])
  }

  @Test("a paravisor's report of TDX is malformed here, by its type")
  func tdx() throws {
    let evidence = Evidence(
      platform: .azureSNP, report: try VectorFolder.bytes("tdx/v4-azure-vtpm/hcl-report.bin"), endorsements: [])
    let result = Self.appraise(evidence)
    #expect(result.verdict == .malformed)
    #expect(result.code == AttestationError.hclReportType)
  }

  @Test("runtime data of a real report with one flipped bit is refused", arguments: cases)
  func flippedRuntimeData(name: String) throws {
    var evidence = try Self.evidence(name, quote: false)
    let verifier = EvidenceVerifier(policy: .authenticityOnly(), cache: VerifiedChainCache())
    var refused = 0
    for index in 1236..<1300 {
      evidence.report[index] ^= 1 << (index % 8)
      defer { evidence.report[index] ^= 1 << (index % 8) }
      let codes = verifier.appraise(evidence: evidence, expectedReportData: nil, at: RealEvidenceTests.time)
        .reasons.map(\.code)
      if codes == [AttestationError.runtimeData] { refused += 1 }
    }
    #expect(refused == 64)
  }
}
