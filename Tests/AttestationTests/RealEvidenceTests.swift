import Attestation
import ErrorCodes
import Foundation
import StrictJSON
import TestSupport
import Testing
import WireFormat

/// Reports of real machines, from the vector folder; their README states each verdict.
@Suite(.enabled(if: VectorFolder.isPresent))
struct RealEvidenceTests {
  // The names are those of the vector files.
  // swift-format-ignore: AlwaysUseLowerCamelCase
  struct Expected: Decodable {
    struct Parsed: Decodable {
      var version: Int64
      var guest_svn: Int64
      var policy: String
      var vmpl: Int64
      var platform_info: String
      var report_data: String
      var measurement: String
      var host_data: String
      var id_key_digest: String
      var author_key_digest: String
      var report_id: String
      var chip_id: String
      var signing_key: String
      var debug_allowed: Bool
    }
    struct Leaf: Decodable {
      var product_name: String
      var tcb: [String: Int64]
      var hwid: String?
      var csp_id: String?
    }
    var parsed: Parsed
    var leaf: Leaf
    var chain_file: String
  }

  static let cases = [
    "azure-genoa-v3-hcl", "azure-milan-v2-hcl", "genoa-v5-vcek-a", "milan-v2-vcek-a", "milan-v2-vcek-b",
    "milan-v3-vcek-d", "milan-v3-vlek",
  ]
  /// Inside the validity of every leaf.
  static let time = Date(timeIntervalSince1970: 1_756_684_800)

  static func expected(_ name: String) throws -> Expected { try VectorFolder.json("snp/\(name)/expected.json") }

  static func leaf(_ name: String) throws -> [UInt8] {
    try VectorFolder.bytes("snp/\(name)/\(name.hasSuffix("vlek") ? "vlek" : "vcek").der")
  }

  static func evidence(_ name: String) throws -> Evidence {
    Evidence(
      platform: .sevSNP, report: try VectorFolder.bytes("snp/\(name)/report.bin"),
      endorsements: [try leaf(name), try VectorFolder.bytes("snp/\(try expected(name).chain_file)")])
  }

  static func appraise(
    _ evidence: Evidence, _ policy: AppraisalPolicy = .authenticityOnly(), at time: Date = time
  ) -> AttestationResult {
    EvidenceVerifier(policy: policy).appraise(evidence: evidence, expectedReportData: nil, at: time)
  }

  @Test("the folder holds exactly the seven reports that these tests run")
  func count() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: VectorFolder.url.path + "/snp").filter {
      FileManager.default.fileExists(atPath: VectorFolder.url.path + "/snp/\($0)/report.bin")
    }
    #expect(names.sorted() == Self.cases)
  }

  @Test("a real report is authentic, and its claims are the expected ones", arguments: cases)
  func authentic(name: String) throws {
    let result = Self.appraise(try Self.evidence(name))
    let expected = try Self.expected(name)
    #expect(result.verdict == .accepted)
    #expect(result.code == nil)
    #expect(!result.isSimulated)
    let parsed = expected.parsed
    let claims = result.claims
    #expect(claims["version"] == .integer(parsed.version))
    #expect(claims["guestSVN"] == .integer(parsed.guest_svn))
    #expect(claims["guestPolicy"] == .string(parsed.policy))
    #expect(claims["vmpl"] == .integer(parsed.vmpl))
    #expect(claims["reportData"] == .string(parsed.report_data))
    #expect(claims["measurement"] == .string(parsed.measurement))
    #expect(claims["hostData"] == .string(parsed.host_data))
    #expect(claims["idKeyDigest"] == .string(parsed.id_key_digest))
    #expect(claims["authorKeyDigest"] == .string(parsed.author_key_digest))
    #expect(claims["reportID"] == .string(parsed.report_id))
    #expect(claims["chipID"] == .string(parsed.chip_id))
    #expect(claims["signingKey"] == .string(parsed.signing_key.lowercased()))
    #expect(claims["productName"] == .string(expected.leaf.product_name))
    #expect(claims["cloudProvider"] == expected.leaf.csp_id.map { .string($0) })
    #expect(result.chipIdentifier == expected.leaf.hwid.flatMap { [UInt8](hexadecimal: $0) })
    guard case .object(let tcb)? = claims["reportedTCB"], case .array(let bits)? = claims["guestPolicyBits"] else {
      Issue.record("claims lack the TCB or the bits of the guest policy")
      return
    }
    #expect(bits.contains("debug") == parsed.debug_allowed)
    for (short, long) in [("bl", "bootLoader"), ("tee", "tee"), ("snp", "snp"), ("ucode", "microcode")] {
      #expect(tcb[long] == expected.leaf.tcb[short].map { .integer($0) })
    }
  }

  @Test("all chains and lists of the vendor at once, as one pile, change nothing", arguments: cases)
  func pile(name: String) throws {
    var evidence = try Self.evidence(name)
    let folder = VectorFolder.url.path + "/snp/certs"
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    #expect(names.count == 8)
    for name in names { evidence.endorsements.insert(try VectorFolder.bytes("snp/certs/\(name)"), at: 0) }
    #expect(Self.appraise(evidence).verdict == .accepted)
  }

  @Test("the strict default accepts no report, for want of reference values first", arguments: cases)
  func strict(name: String) throws {
    let result = Self.appraise(try Self.evidence(name), .strict)
    #expect(result.verdict == .refused)
    #expect(result.code == AttestationError.noReferenceValues)
    #expect(result.skipped == ["report-data"])
  }

  @Test("the report that allows debugging is authentic and refused for it")
  func debug() throws {
    let evidence = try Self.evidence("milan-v2-vcek-a")
    #expect(Self.appraise(evidence).verdict == .accepted)
    let codes = Self.appraise(evidence, .strict).reasons.map(\.code)
    #expect(codes.contains(AttestationError.guestPolicyDebug))
  }

  @Test("a policy made for one real machine accepts it, with each relaxation named")
  func ownPolicy() throws {
    let result = Self.appraise(try Self.evidence("genoa-v5-vcek-a"))
    let text = """
      {"anchors": {"production": ["amd-genoa"]},
       "referenceValues": {"sevSNP": ["\((try #require(result.measurement)).hexadecimal)"]},
       "sevSNP": {
         "largestRevocationListAge": null,
         "hosts": {"chipIdentifiers": ["\((try #require(result.chipIdentifier)).hexadecimal)"]},
         "guestPolicy": {"smt": "set", "singleSocket": "either", "aes256XTS": "either", "raplDisabled": "either",
           "ciphertextHiding": "either", "pageSwapDisabled": "either"},
         "platformInfo": {"smt": "set", "tsme": "either", "raplDisabled": "either", "ciphertextHiding": "either"}}}
      """
    let own = Self.appraise(try Self.evidence("genoa-v5-vcek-a"), try AppraisalPolicy(parsing: Array(text.utf8)))
    #expect(own.reasons == [])
    #expect(
      own.skipped == [
        "revocation-freshness", "guest-policy-single-socket", "guest-policy-aes-256-xts", "guest-policy-rapl-disabled",
        "guest-policy-ciphertext-hiding", "guest-policy-page-swap-disabled", "platform-tsme", "platform-rapl-disabled",
        "platform-ciphertext-hiding", "report-data",
      ])
    #expect(
      Self.appraise(try Self.evidence("milan-v3-vcek-d"), try AppraisalPolicy(parsing: Array(text.utf8))).code
        == AttestationError.rootNotPinned)
  }

  @Test("a revocation list of the vendor is demanded, found, and refused once it is stale")
  func revocationLists() throws {
    var policy = AppraisalPolicy.authenticityOnly()
    policy.sevSNP.largestRevocationListAge = 390 * 86_400
    var evidence = try Self.evidence("genoa-v5-vcek-a")
    #expect(Self.appraise(evidence, policy).code == AttestationError.revocationMissing)
    evidence.endorsements.append(try VectorFolder.bytes("snp/certs/crl_milan.pem"))
    #expect(Self.appraise(evidence, policy).code == AttestationError.revocationMissing)
    evidence.endorsements.append(try VectorFolder.bytes("snp/certs/crl_genoa.pem"))
    #expect(Self.appraise(evidence, policy).verdict == .accepted)
    let later = Date(timeIntervalSince1970: 1_764_547_200)
    #expect(Self.appraise(evidence, policy, at: later).code == AttestationError.revocationStale)
  }

  @Test("a leaf that copies the vendor's extensions is refused", arguments: ["legacy", "new"])
  func badCertificates(name: String) throws {
    var evidence = try Self.evidence("milan-v2-vcek-b")
    evidence.endorsements[0] = try VectorFolder.bytes("snp/bad-certs/vcek-invalid-\(name).der")
    #expect(Self.appraise(evidence).reasons.map(\.code) == [AttestationError.chainSignature])
  }

  @Test("a real Turin leaf has a good chain, and a report of another key is refused by its signature alone")
  func turinLeaf() throws {
    let chip = try SimulatedFixture.chip(vendor: try SimulatedFixture.vendor(.turin))
    var report = SimulatedFixture.report()
    let tcb = SEVSNP.TCBVersion(bootLoader: 0, tee: 0, snp: 0, microcode: 9)
    report.reportedTCB = tcb
    let identifier = try #require([UInt8](hexadecimal: "1e550a8ee5cf9f4d"))
    report.chipID = identifier + Array(repeating: 0, count: 56)
    let evidence = Evidence(
      platform: .sevSNP, report: try report.signed(by: chip),
      endorsements: [
        try VectorFolder.bytes("snp/turin-vcek-only/vcek.der"), try VectorFolder.bytes("snp/certs/ask_ark_turin.pem"),
      ])
    #expect(Self.appraise(evidence).reasons.map(\.code) == [AttestationError.reportSignature])
  }
}
