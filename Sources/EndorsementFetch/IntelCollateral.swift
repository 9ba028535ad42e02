import Attestation
import Foundation
import StrictJSON
import WireFormat

/// Intel's Provisioning Certification Service, version 4: what a verifier of TDX quotes must know of the platform.
extension EndorsementFetcher {
  private static let collateralByteLimit = 1 << 20
  private static let tcbChainField = "tcb-info-issuer-chain"
  private static let identityChainField = "sgx-enclave-identity-issuer-chain"
  private static let listChainField = "sgx-pck-crl-issuer-chain"

  /// One file, `collateral.json`: TCB information and QE identity as the exact text that Intel signed, their
  /// signatures, the chains of their signers, and both revocation lists.
  ///
  /// - Throws: `fetch-evidence-unusable` for a quote without a PCK certificate, and the codes of a fetch.
  public func tdx(
    quote: [UInt8], from service: VendorService = .intel, rootList: VendorService = .intelRootList
  ) async throws(FetchError) -> [FetchedFile] {
    let platform = try IntelPlatform(quote: quote)
    let tcb = try await signed(
      "tcbInfo", service, "/tdx/certification/v4/tcb?fmspc=\(platform.fmspc)", chain: Self.tcbChainField)
    let identity = try await signed(
      "enclaveIdentity", service, "/tdx/certification/v4/qe/identity", chain: Self.identityChainField)
    let list = try await revocationList(
      VendorRequest(
        service, "/sgx/certification/v4/pckcrl?ca=\(platform.authority)&encoding=der",
        bodyLimit: Self.collateralByteLimit, largestAge: VendorRequest.dayOfSeconds, fields: [Self.listChainField]))
    let root = try await revocationList(
      VendorRequest(rootList, "", bodyLimit: Self.collateralByteLimit, largestAge: VendorRequest.dayOfSeconds))
    let collateral: JSONValue = [
      "tcb_info": .string(tcb.text), "tcb_info_signature": .string(tcb.signature),
      "tcb_info_issuer_chain": .string(tcb.chain),
      "qe_identity": .string(identity.text), "qe_identity_signature": .string(identity.signature),
      "qe_identity_issuer_chain": .string(identity.chain),
      "pck_crl": .string(list.body.hexadecimal),
      "pck_crl_issuer_chain": .string(try Self.chain(list, Self.listChainField, service)),
      "root_ca_crl": .string(root.body.hexadecimal),
    ]
    return [FetchedFile(name: "collateral.json", bytes: Array((collateral.indentedText + "\n").utf8))]
  }

  private struct Signed {
    let text: String
    let signature: String
    let chain: String
  }

  private func signed(
    _ member: String, _ service: VendorService, _ path: String, chain field: String
  ) async throws(FetchError) -> Signed {
    let request = VendorRequest(
      service, path, bodyLimit: Self.collateralByteLimit, largestAge: VendorRequest.dayOfSeconds, fields: [field])
    func parts(_ answer: VendorAnswer) -> (text: String, signature: String)? {
      guard case .object(let members)? = try? JSONValue(parsing: answer.body),
        case .string(let signature)? = members["signature"], [UInt8](hexadecimal: signature)?.count == 64,
        let text = ExactMember.text(member, of: answer.body)
      else { return nil }
      return (text, signature.lowercased())
    }
    let answer = try await answer(to: request) { parts($0) != nil }
    guard let (text, signature) = parts(answer) else { throw Self.unreadable(service) }
    return Signed(text: text, signature: signature, chain: try Self.chain(answer, field, service))
  }

  /// DER; some mirrors answer in hexadecimal.
  private func revocationList(_ request: VendorRequest) async throws(FetchError) -> VendorAnswer {
    var answer = try await answer(to: request) { Self.areEndorsements(Self.binary($0)) }
    answer = Self.binary(answer)
    return answer
  }

  private static func binary(_ answer: VendorAnswer) -> VendorAnswer {
    let text = String(decoding: answer.body, as: UTF8.self).filter { !$0.isWhitespace }
    guard let bytes = [UInt8](hexadecimal: text), !bytes.isEmpty else { return answer }
    return VendorAnswer(body: bytes, fields: answer.fields)
  }

  /// A chain in PEM, which the field carries in percent encoding.
  private static func chain(
    _ answer: VendorAnswer, _ field: String, _ service: VendorService
  ) throws(FetchError) -> String {
    guard let text = answer.fields[field]?.removingPercentEncoding, text.hasPrefix("-----BEGIN CERTIFICATE-----"),
      text.utf8.count <= 64 << 10
    else { throw unreadable(service) }
    return text
  }

  private static func unreadable(_ service: VendorService) -> FetchError {
    FetchError(FetchError.unreadable, "answer of \(service.name) is not what was asked for")
  }
}

/// What a quote's PCK certificate says of its platform: enough to ask Intel, and not verified, for a false word only
/// fetches what no verifier accepts.
package struct IntelPlatform: Equatable {
  /// 6 bytes in hexadecimal.
  package let fmspc: String
  /// `platform` or `processor`, the authority that issued the certificate.
  package let authority: String

  package init(quote: [UInt8]) throws(FetchError) {
    guard let certificate = Self.firstCertificate(quote) else {
      throw FetchError(FetchError.evidence, "quote carries no PCK certificate in PEM")
    }
    // 1.2.840.113741.1.13.1.4, then an OCTET STRING of 6 bytes.
    let mark: [UInt8] = [
      0x06, 0x0A, 0x2A, 0x86, 0x48, 0x86, 0xF8, 0x4D, 0x01, 0x0D, 0x01, 0x04, 0x04, 0x06,
    ]
    guard let start = Self.firstIndex(of: mark, in: certificate) else {
      throw FetchError(FetchError.evidence, "PCK certificate of the quote names no FMSPC")
    }
    let value = certificate[(start + mark.count)...].prefix(6)
    guard value.count == 6 else {
      throw FetchError(FetchError.evidence, "PCK certificate of the quote names no FMSPC")
    }
    fmspc = value.hexadecimal
    if Self.firstIndex(of: Array("Intel SGX PCK Platform CA".utf8), in: certificate) != nil {
      authority = "platform"
    } else if Self.firstIndex(of: Array("Intel SGX PCK Processor CA".utf8), in: certificate) != nil {
      authority = "processor"
    } else {
      throw FetchError(FetchError.evidence, "PCK certificate of the quote is of no authority that is known")
    }
  }

  private static func firstCertificate(_ quote: [UInt8]) -> [UInt8]? {
    let begin = Array("-----BEGIN CERTIFICATE-----".utf8)
    let end = Array("-----END CERTIFICATE-----".utf8)
    guard quote.count <= 1 << 20, let start = firstIndex(of: begin, in: quote) else { return nil }
    let rest = Array(quote[(start + begin.count)...])
    guard let length = firstIndex(of: end, in: rest) else { return nil }
    return Data(base64Encoded: Data(rest[..<length]), options: .ignoreUnknownCharacters).map { Array($0) }
  }

  private static func firstIndex(of pattern: [UInt8], in bytes: [UInt8]) -> Int? {
    guard let first = pattern.first, bytes.count >= pattern.count else { return nil }
    return (0...bytes.count - pattern.count).first { index in
      bytes[index] == first && bytes[index..<index + pattern.count].elementsEqual(pattern)
    }
  }
}
