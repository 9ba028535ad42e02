import EndorsementFetch
import Foundation
import HTTPMessages
import StrictJSON
import Testing
import WireFormat

@Suite struct IntelTests {
  static let base = "https://api.trustedservices.intel.com"
  static let chain = Samples.platformCertificate + "\n"

  private static func encodedChain(_ name: String) -> [HTTPField] {
    [HTTPField(name, chain.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")]
  }

  static let signature = String(repeating: "0A", count: 64)
  static let tcbText = #"{ "id":"TDX","nested":{"x":["}",1]},"text":"a\"b" }"#

  static func vendor(_ changes: [String: [FakeVendor.Reply]] = [:]) -> FakeVendor {
    let replies: [String: [FakeVendor.Reply]] = [
      "\(base)/tdx/certification/v4/tcb?fmspc=00906ed50000": [
        .body(
          Array(#"{"tcbInfo":\#(tcbText),"signature":"\#(signature)"}"#.utf8), encodedChain("tcb-info-issuer-chain"))
      ],
      "\(base)/tdx/certification/v4/qe/identity": [
        .body(
          Array(#"{"signature" : "\#(signature)", "enclaveIdentity" : {"id":"TD_QE"}}"#.utf8),
          encodedChain("sgx-enclave-identity-issuer-chain"))
      ],
      "\(base)/sgx/certification/v4/pckcrl?ca=platform&encoding=der": [
        .body(Samples.revocationList, encodedChain("sgx-pck-crl-issuer-chain"))
      ],
      "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der": [.body(Samples.revocationList)],
    ]
    return FakeVendor(replies.merging(changes) { $1 })
  }

  static func collateral(_ vendor: FakeVendor) async throws -> JSONObject {
    let files = try await EndorsementFetcher(exchange: vendor, clock: TestClock().clock).tdx(quote: Samples.quote)
    #expect(files.map(\.name) == ["collateral.json"])
    return try JSONObject(parsing: files[0].bytes, name: "collateral")
  }

  @Test("one collateral file with the exact text that was signed, chains decoded and lists in hexadecimal")
  func collateral() async throws {
    let vendor = Self.vendor()
    var collateral = try await Self.collateral(vendor)
    #expect(try collateral.string("tcb_info") == Self.tcbText)
    #expect(try collateral.string("tcb_info_signature") == Self.signature.lowercased())
    #expect(try collateral.string("qe_identity") == #"{"id":"TD_QE"}"#)
    #expect(try collateral.string("qe_identity_signature") == Self.signature.lowercased())
    for name: StaticString in ["tcb_info_issuer_chain", "qe_identity_issuer_chain", "pck_crl_issuer_chain"] {
      #expect(try collateral.string(name) == Self.chain)
    }
    #expect(try collateral.string("pck_crl") == Samples.revocationList.hexadecimal)
    #expect(try collateral.string("root_ca_crl") == Samples.revocationList.hexadecimal)
    try collateral.finish()
    #expect(vendor.asked.count == 4)
  }

  @Test("a list that comes in hexadecimal is the same list")
  func hexadecimalList() async throws {
    let text = Array((Samples.revocationList.hexadecimal + "\n").utf8)
    var collateral = try await Self.collateral(
      Self.vendor(["https://certificates.trustedservices.intel.com/IntelSGXRootCA.der": [.body(text)]]))
    #expect(try collateral.string("root_ca_crl") == Samples.revocationList.hexadecimal)
  }

  @Test(
    "an answer without its signature, of another length, without its chain or no JSON at all is refused",
    arguments: [
      #"{"tcbInfo":{}}"#, #"{"tcbInfo":{},"signature":"00"}"#, "[]", "", #"{"signature":"\#(signature)"}"#,
    ])
  func unreadable(body: String) async throws {
    let vendor = Self.vendor([
      "\(Self.base)/tdx/certification/v4/tcb?fmspc=00906ed50000": [
        .body(Array(body.utf8), Self.encodedChain("tcb-info-issuer-chain"))
      ]
    ])
    await #expect(throws: FetchError(FetchError.unreadable, "")) { try await Self.collateral(vendor) }
  }

  @Test("an answer without the chain of its signer is refused")
  func noChain() async throws {
    let vendor = Self.vendor(["\(Self.base)/tdx/certification/v4/qe/identity": [.body(Array("{}".utf8))]])
    await #expect(throws: FetchError(FetchError.unreadable, "")) { try await Self.collateral(vendor) }
  }

  @Test("a quote without a PCK certificate asks nobody")
  func noCertificate() async throws {
    let vendor = Self.vendor()
    let fetcher = EndorsementFetcher(exchange: vendor, clock: TestClock().clock)
    for quote in [[], Array(repeating: 0, count: 632), Array("-----BEGIN CERTIFICATE-----".utf8)] as [[UInt8]] {
      await #expect(throws: FetchError(FetchError.evidence, "")) { try await fetcher.tdx(quote: quote) }
    }
    #expect(vendor.asked.isEmpty)
  }
}
