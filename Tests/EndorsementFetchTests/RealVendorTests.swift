import Attestation
import EndorsementFetch
import Foundation
import HTTPMessages
import StrictJSON
import TestSupport
import Testing
import WireFormat

/// Real endorsements, answered as the vendors' services answer: what is fetched is what the verifier takes.
@Suite(.enabled(if: VectorFolder.isPresent))
struct RealVendorTests {
  static func date(_ text: String) throws -> Date { try #require(try? Date(text, strategy: .iso8601)) }

  static func isAuthentic(_ evidence: Evidence, at time: String) throws -> AttestationResult.Verdict {
    EvidenceVerifier(policy: .authenticityOnly())
      .appraise(evidence: evidence, expectedReportData: nil, at: try date(time)).verdict
  }

  @Test(
    "a quote is authentic under the collateral that is fetched for it",
    arguments: [("v4-b", "2025-07-01T00:00:00Z"), ("v5-a", "2026-02-10T00:00:00Z")])
  func intel(name: String, time: String) async throws {
    var collateral = try JSONObject(
      parsing: try VectorFolder.bytes("tdx/\(name)/collateral.json"), name: "collateral")
    let quote = try VectorFolder.bytes("tdx/\(name)/quote.bin")
    let platform = try TDX.UnverifiedPlatform(quote: quote)
    func chain(_ member: StaticString, _ field: String) throws -> [HTTPField] {
      let text = try collateral.string(member)
      return [HTTPField(field, text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")]
    }
    func list(_ member: StaticString) throws -> [UInt8] {
      try #require([UInt8](hexadecimal: try collateral.string(member)))
    }
    func signed(_ name: String, _ text: StaticString, _ signature: StaticString) throws -> [UInt8] {
      Array(#"{"\#(name)":\#(try collateral.string(text)),"signature":"\#(try collateral.string(signature))"}"#.utf8)
    }
    let base = "https://api.trustedservices.intel.com"
    let vendor = FakeVendor([
      "\(base)/tdx/certification/v4/tcb?fmspc=\(platform.fmspc.hexadecimal)": [
        .body(
          try signed("tcbInfo", "tcb_info", "tcb_info_signature"),
          try chain("tcb_info_issuer_chain", "tcb-info-issuer-chain"))
      ],
      "\(base)/tdx/certification/v4/qe/identity": [
        .body(
          try signed("enclaveIdentity", "qe_identity", "qe_identity_signature"),
          try chain("qe_identity_issuer_chain", "sgx-enclave-identity-issuer-chain"))
      ],
      "\(base)/sgx/certification/v4/pckcrl?ca=\(platform.authority.rawValue)&encoding=der": [
        .body(try list("pck_crl"), try chain("pck_crl_issuer_chain", "sgx-pck-crl-issuer-chain"))
      ],
      "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der": [.body(try list("root_ca_crl"))],
    ])
    let files = try await EndorsementFetcher(exchange: vendor, clock: TestClock().clock).tdx(quote: quote)
    let evidence = Evidence(platform: .tdx, report: quote, endorsements: files.map(\.bytes))
    #expect(try Self.isAuthentic(evidence, at: time) == .accepted)
  }

  @Test("a report is authentic under the certificates that are fetched for it")
  func amd() async throws {
    let bytes = try VectorFolder.bytes("snp/genoa-v5-vcek-a/report.bin")
    let report = try SEVSNP.Report(parsing: bytes)
    let base = "https://kdsintf.amd.com"
    let vendor = FakeVendor([
      base + (try EndorsementFetcher.certificatePath(report, .genoa)): [
        .body(try VectorFolder.bytes("snp/genoa-v5-vcek-a/vcek.der"))
      ],
      "\(base)/vcek/v1/Genoa/cert_chain": [.body(try VectorFolder.bytes("snp/certs/ask_ark_genoa.pem"))],
      "\(base)/vcek/v1/Genoa/crl": [.body(try VectorFolder.bytes("snp/certs/crl_genoa.pem"))],
    ])
    let files = try await EndorsementFetcher(exchange: vendor, clock: TestClock().clock)
      .sevSNP(report, product: nil)
    let evidence = Evidence(platform: .sevSNP, report: bytes, endorsements: files.map(\.bytes))
    #expect(try Self.isAuthentic(evidence, at: "2025-09-01T00:00:00Z") == .accepted)
  }
}
