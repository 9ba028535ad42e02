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
    let platform: TDX.UnverifiedPlatform
    do { platform = try TDX.UnverifiedPlatform(quote: quote) } catch {
      throw FetchError(FetchError.evidence, "quote carries no PCK certificate that is known: \(error.message)")
    }
    let tcb = try await signed(
      "tcbInfo", service, "/tdx/certification/v4/tcb?fmspc=\(platform.fmspc.hexadecimal)", chain: Self.tcbChainField)
    let identity = try await signed(
      "enclaveIdentity", service, "/tdx/certification/v4/qe/identity", chain: Self.identityChainField)
    let list = try await revocationList(
      VendorRequest(
        service, "/sgx/certification/v4/pckcrl?ca=\(platform.authority.rawValue)&encoding=der",
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
    _ member: StaticString, _ service: VendorService, _ path: String, chain field: String
  ) async throws(FetchError) -> Signed {
    let request = VendorRequest(
      service, path, bodyLimit: Self.collateralByteLimit, largestAge: VendorRequest.dayOfSeconds, fields: [field])
    func parts(_ answer: VendorAnswer) -> (text: String, signature: String)? {
      guard let object = try? JSONText(parsing: answer.body).root,
        let signature = object.member("signature")?.string, [UInt8](hexadecimal: signature)?.count == 64,
        let text = object.member(member)?.encodedBytes
      else { return nil }
      return (String(decoding: text, as: UTF8.self), signature.lowercased())
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
