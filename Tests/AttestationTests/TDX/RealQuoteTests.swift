import Attestation
import ErrorCodes
import Foundation
import StrictJSON
import TestSupport
import Testing
import WireFormat

/// Quotes of real machines, from the vector folder; their README states each verdict.
@Suite(.enabled(if: VectorFolder.isPresent))
struct RealQuoteTests {
  // The names are those of the vector files.
  // swift-format-ignore: AlwaysUseLowerCamelCase
  struct Expected: Decodable {
    struct Enclave: Decodable {
      var mr_signer: String
      var isv_prod_id: Int64
      var isv_svn: Int64
      var attributes: String
      var miscselect: String
    }
    struct Parsed: Decodable {
      var version: Int64
      var qe_vendor_id: String
      var body_type: Int64?
      var tee_tcb_svn: String
      var mr_seam: String
      var mr_signer_seam: String
      var seam_attributes: String
      var td_attributes: String
      var xfam: String
      var mr_td: String
      var mr_config_id: String
      var mr_owner: String
      var mr_owner_config: String
      var rtmr0: String
      var rtmr1: String
      var rtmr2: String
      var rtmr3: String
      var report_data: String
      var debug: Bool
      var tee_tcb_svn2: String?
      var mr_servicetd: String?
      var trailing_bytes: Int64
      var qe_report: Enclave
    }
    struct PCK: Decodable {
      var fmspc: String
      var sgx_comp_svn: [Int64]
      var pce_svn: Int64
    }
    var parsed: Parsed
    var pck: PCK
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    /// Inside the validity of the PCK chain and, where there is one, of TCB info.
    let time: String
    let hasCollateral: Bool
    /// What the collateral says of the TCB.
    var status: String?

    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "v4-a", time: "2023-07-01T00:00:00Z", hasCollateral: true, status: "Unsupported"),
    Case(name: "v4-azure-vtpm", time: "2024-07-01T00:00:00Z", hasCollateral: false),
    Case(name: "v4-b", time: "2025-07-01T00:00:00Z", hasCollateral: true, status: "UpToDate"),
    Case(name: "v4-cos-ccel", time: "2025-07-01T00:00:00Z", hasCollateral: false),
    Case(name: "v4-debug-td", time: "2023-07-01T00:00:00Z", hasCollateral: false),
    Case(name: "v4-dstack-eventlog", time: "2025-10-01T00:00:00Z", hasCollateral: false),
    Case(name: "v5-a", time: "2026-02-10T00:00:00Z", hasCollateral: true, status: "UpToDate"),
  ]

  static func date(_ text: String) throws -> Date { try #require(ISO8601DateFormatter().date(from: text)) }

  static func evidence(_ name: String, collateral: Bool, eventLog: String? = nil) throws -> Evidence {
    Evidence(
      platform: .tdx, report: try VectorFolder.bytes("tdx/\(name)/quote.bin"),
      supplement: try eventLog.map { try VectorFolder.bytes("tdx/\(name)/\($0)") },
      endorsements: collateral ? [try VectorFolder.bytes("tdx/\(name)/collateral.json")] : [])
  }

  static func appraise(
    _ evidence: Evidence, _ policy: AppraisalPolicy = .authenticityOnly(), at time: String
  ) throws -> AttestationResult {
    EvidenceVerifier(policy: policy).appraise(evidence: evidence, expectedReportData: nil, at: try date(time))
  }

  @Test("the folder holds exactly the seven quotes of TDX that these tests run, and one of SGX")
  func count() throws {
    let folder = VectorFolder.url.path + "/tdx"
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
      FileManager.default.fileExists(atPath: "\(folder)/\($0)/quote.bin")
    }
    #expect(names.sorted() == ["sgx-v3-not-tdx"] + Self.cases.map(\.name))
    for testCase in Self.cases {
      #expect(
        FileManager.default.fileExists(atPath: "\(folder)/\(testCase.name)/collateral.json") == testCase.hasCollateral)
    }
  }

  @Test("a real quote is authentic with and without collateral, and its claims are the expected ones", arguments: cases)
  func authentic(testCase: Case) throws {
    let expected: Expected = try VectorFolder.json("tdx/\(testCase.name)/expected.json")
    for hasCollateral in testCase.hasCollateral ? [false, true] : [false] {
      let result = try Self.appraise(
        try Self.evidence(testCase.name, collateral: hasCollateral), at: testCase.time)
      #expect(result.reasons == [])
      #expect(result.verdict == .accepted)
      #expect(!result.isSimulated)
      try Self.compare(result.claims, expected)
      #expect(result.claims["tcbStatus"] == (hasCollateral ? testCase.status.map { .string($0) } : nil))
      #expect(result.skipped.contains("qe-identity") == !hasCollateral)
      #expect(result.skipped.contains("tcb-status"))
      #expect(result.measurement?.hexadecimal == expected.parsed.mr_td)
      #expect(result.chipIdentifier?.count == 16)
    }
  }

  private static func compare(_ claims: [String: JSONValue], _ expected: Expected) throws {
    let parsed = expected.parsed
    #expect(claims["version"] == .integer(parsed.version))
    #expect(claims["bodyType"] == .integer(parsed.body_type ?? 2))
    #expect(claims["qeVendorID"] == .string(parsed.qe_vendor_id))
    #expect(claims["teeTCBSVN"] == .string(parsed.tee_tcb_svn))
    #expect(claims["mrseam"] == .string(parsed.mr_seam))
    #expect(claims["mrsignerseam"] == .string(parsed.mr_signer_seam))
    #expect(claims["seamAttributes"] == .string(parsed.seam_attributes))
    func reversed(_ text: String) throws -> JSONValue {
      .string("0x" + (try #require([UInt8](hexadecimal: text))).reversed().map { [$0].hexadecimal }.joined())
    }
    #expect(claims["attributes"] == (try reversed(parsed.td_attributes)))
    #expect(claims["xfam"] == (try reversed(parsed.xfam)))
    #expect(claims["mrtd"] == .string(parsed.mr_td))
    #expect(claims["mrconfigid"] == .string(parsed.mr_config_id))
    #expect(claims["mrowner"] == .string(parsed.mr_owner))
    #expect(claims["mrownerconfig"] == .string(parsed.mr_owner_config))
    #expect(
      claims["rtmrs"]
        == .array([parsed.rtmr0, parsed.rtmr1, parsed.rtmr2, parsed.rtmr3].map { .string($0) }))
    #expect(claims["reportData"] == .string(parsed.report_data))
    #expect(claims["currentTEETCBSVN"] == parsed.tee_tcb_svn2.map { .string($0) })
    #expect(claims["mrservicetd"] == parsed.mr_servicetd.map { .string($0) })
    #expect(claims["trailingByteCount"] == .integer(parsed.trailing_bytes))
    guard case .array(let bits)? = claims["attributesBits"], case .object(let enclave)? = claims["quotingEnclave"],
      case .object(let pck)? = claims["pck"]
    else {
      Issue.record("claims lack attributes, quoting enclave or PCK")
      return
    }
    #expect(bits.contains("debug") == parsed.debug)
    #expect(enclave["mrsigner"] == .string(parsed.qe_report.mr_signer))
    #expect(enclave["productID"] == .integer(parsed.qe_report.isv_prod_id))
    #expect(enclave["svn"] == .integer(parsed.qe_report.isv_svn))
    #expect(enclave["attributes"] == .string(parsed.qe_report.attributes))
    #expect(enclave["miscSelect"] == .string(parsed.qe_report.miscselect))
    #expect(pck["fmspc"] == .string(expected.pck.fmspc))
    #expect(pck["pceSVN"] == .integer(expected.pck.pce_svn))
    #expect(pck["components"] == .array(expected.pck.sgx_comp_svn.map { .integer($0) }))
  }

  @Test("the strict default accepts no quote, for want of reference values first", arguments: cases)
  func strict(testCase: Case) throws {
    let result = try Self.appraise(
      try Self.evidence(testCase.name, collateral: testCase.hasCollateral), .strict, at: testCase.time)
    #expect(result.verdict == .refused)
    #expect(result.code == AttestationError.noReferenceValues)
    #expect(
      result.reasons.map(\.code).contains(AttestationError.collateralMissing) == !testCase.hasCollateral)
  }

  @Test("a quote of an SGX enclave is not evidence of TDX")
  func enclaveQuote() throws {
    var evidence = try Self.evidence("sgx-v3-not-tdx", collateral: true)
    let result = try Self.appraise(evidence, at: "2025-07-01T00:00:00Z")
    #expect(result.verdict == .malformed)
    #expect(result.reasons.map(\.code) == [AttestationError.evidenceVersion])
    evidence.report[0] = 4
    let relabelled = try Self.appraise(evidence, at: "2025-07-01T00:00:00Z")
    #expect(relabelled.verdict == .refused)
    #expect(relabelled.reasons.map(\.code) == [AttestationError.teeType])
  }

  @Test("the trust domain with debugging is authentic and refused for it")
  func debug() throws {
    let evidence = try Self.evidence("v4-debug-td", collateral: false)
    #expect(try Self.appraise(evidence, at: "2023-07-01T00:00:00Z").verdict == .accepted)
    let codes = try Self.appraise(evidence, .strict, at: "2023-07-01T00:00:00Z").reasons.map(\.code)
    #expect(codes.contains(AttestationError.attributesDebug))
  }

  @Test("a policy made for one real machine accepts it, with each relaxation named")
  func ownPolicy() throws {
    let evidence = try Self.evidence("v4-b", collateral: true)
    let time = "2025-07-01T00:00:00Z"
    let claims = try Self.appraise(evidence, at: time).claims
    guard case .string(let mrtd)? = claims["mrtd"], case .string(let digest)? = claims["rtmrDigest"],
      case .object(let pck)? = claims["pck"], case .string(let ppid)? = pck["ppid"]
    else {
      Issue.record("claims lack measurements or PPID")
      return
    }
    let text = """
      {"anchors": {"production": ["intel-sgx"]},
       "referenceValues": {"tdx": [{"mrtd": "\(mrtd)", "rtmrDigest": "\(digest)"}]},
       "tdx": {"hosts": {"chipIdentifiers": ["\(ppid)"]},
         "platform": {"dynamicPlatform": "either", "cachedKeys": "either", "smt": "either"}}}
      """
    let policy = try AppraisalPolicy(parsing: Array(text.utf8))
    let own = try Self.appraise(evidence, policy, at: time)
    #expect(own.reasons == [])
    #expect(
      own.skipped == ["platform-dynamic", "platform-cached-keys", "platform-smt", "report-data", "event-log"])
    let later = try Self.appraise(evidence, policy, at: "2025-07-20T00:00:00Z").reasons.map(\.code)
    #expect(later == [AttestationError.revocationStale, AttestationError.collateralStale])
    let earlier = try Self.appraise(evidence, policy, at: "2025-06-18T00:00:00Z").reasons.map(\.code)
    #expect(earlier == [AttestationError.revocationNotYetValid, AttestationError.collateralNotYetValid])
  }

  @Test("collateral of another platform is refused, whatever the policy asks")
  func otherPlatform() throws {
    var evidence = try Self.evidence("v4-b", collateral: true)
    evidence.endorsements = [try VectorFolder.bytes("tdx/v5-a/collateral.json")]
    #expect(
      try Self.appraise(evidence, at: "2025-07-01T00:00:00Z").reasons.map(\.code)
        == [AttestationError.collateralMismatch])
    evidence.endorsements = [try VectorFolder.bytes("tdx/sgx-v3-not-tdx/collateral.json")]
    #expect(
      try Self.appraise(evidence, at: "2025-07-01T00:00:00Z").reasons.map(\.code).count == 1)
  }

  @Test("real event logs, of firmware and in JSON, replay to the quote's registers and not to another's")
  func eventLogs() throws {
    let logs = [
      ("v4-cos-ccel", "ccel_data.dat", "2025-07-01T00:00:00Z"),
      ("v4-dstack-eventlog", "event_log.json", "2025-10-01T00:00:00Z"),
    ]
    for (name, log, time) in logs {
      var evidence = try Self.evidence(name, collateral: false, eventLog: log)
      let result = try Self.appraise(evidence, at: time)
      #expect(result.reasons == [])
      #expect(!result.skipped.contains("event-log"))
      let other = logs.first { $0.0 != name }
      evidence.supplement = try other.map { try VectorFolder.bytes("tdx/\($0.0)/\($0.1)") }
      #expect(try Self.appraise(evidence, at: time).reasons.map(\.code) == [AttestationError.eventLogMismatch])
    }
  }

  struct Damage: Decodable {
    struct Patch: Decodable {
      var offset: Int
      var hex: String
    }
    struct File: Decodable { var cases: [Damage] }
    var base: String
    var patch: [Patch]?
    var truncate: Int?
    var expected: String
  }

  @Test("every damaged quote is refused")
  func damaged() throws {
    let cases = try VectorFolder.json("tdx/tampered-v4.json", as: Damage.File.self).cases
    for damage in cases {
      var evidence = try Self.evidence(damage.base, collateral: false)
      for patch in damage.patch ?? [] {
        let bytes = try #require([UInt8](hexadecimal: patch.hex))
        evidence.report.replaceSubrange(patch.offset..<patch.offset + bytes.count, with: bytes)
      }
      if let truncate = damage.truncate { evidence.report = Array(evidence.report.prefix(truncate)) }
      #expect(damage.expected == "reject")
      #expect(try Self.appraise(evidence, at: "2025-07-01T00:00:00Z").verdict != .accepted)
    }
    #expect(try cases.count == VectorFolder.caseCount("tdx/tampered-v4.json", published: 24, held: cases.count))
  }
}
