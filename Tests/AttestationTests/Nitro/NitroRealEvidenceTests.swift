import Attestation
import ErrorCodes
import Foundation
import StrictJSON
import TestSupport
import Testing
import WireFormat

/// Documents of real enclaves, from the vector folder; their README states each verdict.
@Suite(.enabled(if: VectorFolder.isPresent))
struct NitroRealEvidenceTests {
  // The names are those of the vector files.
  // swift-format-ignore: AlwaysUseLowerCamelCase
  struct Expected: Decodable {
    var verify_at: String
    var debug_mode: Bool
    var module_id: String
    var digest: String
    var timestamp_ms: Int64
    var chain_len: Int64
    var public_key: String?
    var user_data: String?
    var nonce: String?
    var pcrs: [String: String]
    var validity_window: [String]
  }

  static let cases = ["doc-a", "doc-b", "doc-c-debug"]

  static func expected(_ name: String) throws -> Expected { try VectorFolder.json("nitro/\(name).expected.json") }

  static func time(_ name: String) throws -> Date { try time(text: try expected(name).verify_at) }

  static func time(text: String) throws -> Date { try Date.ISO8601FormatStyle().parse(text) }

  static func evidence(_ name: String) throws -> Evidence {
    Evidence(platform: .nitro, report: try VectorFolder.bytes("nitro/\(name).cbor"), endorsements: [])
  }

  static func appraise(
    _ evidence: Evidence, _ policy: AppraisalPolicy = .authenticityOnly(), expecting expected: ExpectedValues = .init(),
    at time: Date
  ) -> AttestationResult {
    EvidenceVerifier(policy: policy).appraise(evidence: evidence, expecting: expected, at: time)
  }

  @Test("the folder holds exactly the three documents that these tests run")
  func count() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: VectorFolder.url.path + "/nitro")
    #expect(names.filter { $0.hasSuffix(".cbor") }.sorted() == Self.cases.map { $0 + ".cbor" })
  }

  @Test("a real document is authentic at its time, and its claims are the expected ones", arguments: cases)
  func authentic(name: String) throws {
    let expected = try Self.expected(name)
    let result = Self.appraise(try Self.evidence(name), at: try Self.time(name))
    #expect(result.reasons == [])
    #expect(result.verdict == .accepted)
    #expect(!result.isSimulated)
    let claims = result.claims
    func orNull(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
    #expect(claims["moduleID"] == .string(expected.module_id))
    #expect(claims["digest"] == .string(expected.digest))
    #expect(claims["timestamp"] == .integer(expected.timestamp_ms))
    #expect(claims["certificateCount"] == .integer(expected.chain_len))
    #expect(claims["publicKey"] == orNull(expected.public_key))
    #expect(claims["userData"] == orNull(expected.user_data))
    #expect(claims["nonce"] == orNull(expected.nonce))
    #expect(claims["debug"] == .boolean(expected.debug_mode))
    #expect(claims["pcrs"] == .object(expected.pcrs.mapValues { .string($0) }))
    #expect(claims["root"] == "aws-nitro-g1")
    #expect(claims["region"] == "us-east-1")
    #expect(result.measurement == expected.pcrs["0"].flatMap { [UInt8](hexadecimal: $0) })
    #expect(result.chipIdentifier == Array(expected.module_id.prefix(19).utf8))
  }

  @Test("what the document binds is what was asked, each with its own code", arguments: cases)
  func binding(name: String) throws {
    let expected = try Self.expected(name)
    func bytes(_ text: String?) -> [UInt8]? { text.flatMap { [UInt8](hexadecimal: $0) } }
    let right = ExpectedValues(
      reportData: bytes(expected.user_data), nonce: bytes(expected.nonce), publicKey: bytes(expected.public_key))
    let evidence = try Self.evidence(name)
    let time = try Self.time(name)
    #expect(Self.appraise(evidence, expecting: right, at: time).verdict == .accepted)
    let wrong = ExpectedValues(reportData: [1], nonce: [2], publicKey: [3])
    #expect(
      Self.appraise(evidence, expecting: wrong, at: time).reasons.map(\.code) == [
        AttestationError.reportData, AttestationError.nitroNonce, AttestationError.nitroPublicKey,
      ])
  }

  @Test("the strict default accepts no document, for want of reference values first", arguments: cases)
  func strict(name: String) throws {
    let result = Self.appraise(try Self.evidence(name), .strict, at: try Self.time(name))
    #expect(result.verdict == .refused)
    let debug = try Self.expected(name).debug_mode ? [AttestationError.nitroDebug] : []
    #expect(
      result.reasons.map(\.code) == [AttestationError.noReferenceValues] + debug + [AttestationError.chipUnlisted])
    #expect(result.skipped == ["report-data", "nonce", "public-key"])
  }

  @Test("a policy made for one real enclave accepts it, and refuses it in debug mode", arguments: cases)
  func ownPolicy(name: String) throws {
    let expected = try Self.expected(name)
    let instance = expected.module_id.prefix(19)
    let text = """
      {"anchors": {"production": ["aws-nitro-g1"]},
       "referenceValues": {"nitro": [{"pcr0": "\(expected.pcrs["0"] ?? "")", "pcr1": "\(expected.pcrs["1"] ?? "")",
         "pcr2": "\(expected.pcrs["2"] ?? "")"}]},
       "nitro": {"pcrs": {"4": ["\(expected.pcrs["4"] ?? "")"], "8": ["\(expected.pcrs["8"] ?? "")"]},
         "hosts": {"chipIdentifiers": ["\(Array(instance.utf8).hexadecimal)"]}}}
      """
    let policy = try AppraisalPolicy(parsing: Array(text.utf8))
    let result = Self.appraise(try Self.evidence(name), policy, at: try Self.time(name))
    #expect(result.reasons.map(\.code) == (expected.debug_mode ? [AttestationError.nitroDebug] : []))
    #expect(result.skipped == ["report-data", "nonce", "public-key"])
  }

  @Test("a document is refused before and after its certificates' time, and today", arguments: cases)
  func validity(name: String) throws {
    let window = try Self.expected(name).validity_window.map { try Self.time(text: Self.iso8601($0)) }
    let evidence = try Self.evidence(name)
    func codes(_ time: Date) -> [ErrorCode] { Self.appraise(evidence, at: time).reasons.map(\.code) }
    #expect(codes(window[0]) == [])
    #expect(codes(window[1]) == [])
    #expect(codes(window[0].addingTimeInterval(-1)) == [AttestationError.certificateNotYetValid])
    #expect(codes(window[1].addingTimeInterval(1)) == [AttestationError.certificateExpired])
    #expect(codes(Date(timeIntervalSince1970: 1_790_000_000)) == [AttestationError.certificateExpired])
  }

  /// `2022-10-13 08:57:59+00:00`, as the vectors write it.
  private static func iso8601(_ text: String) -> String {
    text.replacing(" ", with: "T").replacing("+00:00", with: "Z")
  }

  @Test("the tagged form of a real document is read as well, and no other tag")
  func tagged() throws {
    var evidence = try Self.evidence("doc-a")
    evidence.report.insert(0xD2, at: 0)
    #expect(Self.appraise(evidence, at: try Self.time("doc-a")).verdict == .accepted)
    evidence.report[0] = 0xD1
    #expect(Self.appraise(evidence, at: try Self.time("doc-a")).code == AttestationError.nitroEnvelope)
    evidence.report[0] = 0xD2
    evidence.report.insert(0xD2, at: 0)
    #expect(Self.appraise(evidence, at: try Self.time("doc-a")).code == AttestationError.nitroEnvelope)
  }

  @Test("a real document is refused under a simulated root")
  func simulatedRoot() throws {
    let policy = AppraisalPolicy.authenticityOnly(anchors: .simulated([try NitroFixture.vendor().root]))
    #expect(
      Self.appraise(try Self.evidence("doc-a"), policy, at: try Self.time("doc-a")).reasons.map(\.code)
        == [AttestationError.simulatedExpected])
    let otherRoots = AppraisalPolicy.authenticityOnly(anchors: .production([.intelSGX, .amdMilan]))
    #expect(
      Self.appraise(try Self.evidence("doc-a"), otherRoots, at: try Self.time("doc-a")).reasons.map(\.code)
        == [AttestationError.rootNotPinned])
  }
}
