public import Attestation
import WireFormat

/// AMD's key distribution service (AMD 57230, chapter 4).
extension EndorsementFetcher {
  private static let certificateByteLimit = 64 << 10
  private static let revocationListByteLimit = 1 << 20

  /// The chain of the key that signed a report, and the root's revocation list; of a VCEK the certificate too. A
  /// VLEK's own certificate is with the cloud provider, whom alone AMD gives it.
  ///
  /// - Parameter product: of the processor; nil takes it from the report, which says it from version 3 on.
  /// - Throws: `fetch-evidence-unusable` for a report that names no chip, no product or no key, and the codes of a
  ///   fetch.
  public func sevSNP(
    _ report: SEVSNP.Report, product: SEVSNP.Product?, from service: VendorService = .amd
  ) async throws(FetchError) -> [FetchedFile] {
    let named = report.processor.flatMap { SEVSNP.Product(family: $0.family, model: $0.model) }
    guard let product = product ?? named else {
      throw FetchError(FetchError.evidence, "report names no product that is known, and no other is given")
    }
    guard let signingKey = report.signingKey else {
      throw FetchError(FetchError.evidence, "report names no signing key that is known")
    }
    var files: [FetchedFile] = []
    if signingKey == .vcek {
      let path = try Self.certificatePath(report, product)
      files.append(FetchedFile(name: "vcek.der", bytes: try await certificates(service, path)))
    }
    let folder = "/\(signingKey.rawValue)/v1/\(product.certificateName)"
    files.append(FetchedFile(name: "cert_chain.pem", bytes: try await certificates(service, "\(folder)/cert_chain")))
    let request = VendorRequest(
      service, "\(folder)/crl", bodyLimit: Self.revocationListByteLimit, largestAge: VendorRequest.dayOfSeconds)
    files.append(
      FetchedFile(name: "crl.crl", bytes: try await answer(to: request, isReadable: Self.areEndorsements).body))
    return files
  }

  /// The path of a chip's certificate for its reported TCB. Turin's chips have identifiers of 8 bytes, and one
  /// component more.
  package static func certificatePath(_ report: SEVSNP.Report, _ product: SEVSNP.Product) throws(FetchError) -> String {
    guard report.chipID.contains(where: { $0 != 0 }) else {
      throw FetchError(FetchError.evidence, "chip identifier of the report is masked")
    }
    let identifier = report.chipID.prefix(product.hardwareIdentifierByteCount).hexadecimal
    let tcb = SEVSNP.TCBVersion(rawValue: report.reportedTCB, product: product)
    var components = [
      ("blSPL", tcb.bootLoader), ("teeSPL", tcb.tee), ("snpSPL", tcb.snp), ("ucodeSPL", tcb.microcode),
    ]
    if product == .turin { components.insert(("fmcSPL", tcb.fmc), at: 0) }
    let query = components.map { name, value in "\(name)=\(value < 10 ? "0" : "")\(value)" }
    return "/vcek/v1/\(product.certificateName)/\(identifier)?\(query.joined(separator: "&"))"
  }

  private func certificates(_ service: VendorService, _ path: String) async throws(FetchError) -> [UInt8] {
    let request = VendorRequest(service, path, bodyLimit: Self.certificateByteLimit, largestAge: nil)
    return try await answer(to: request, isReadable: Self.areEndorsements).body
  }

  static func areEndorsements(_ answer: VendorAnswer) -> Bool { (try? Endorsements(parsing: [answer.body])) != nil }
}
