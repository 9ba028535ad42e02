extension TDX {
  /// What the PCK certificate of a quote says of its platform, nothing of it verified: enough to ask the vendor for
  /// collateral. A false word only fetches what no verifier accepts.
  package struct UnverifiedPlatform: Sendable, Equatable {
    /// Who issued the certificate.
    package enum Authority: String, Sendable {
      case platform
      case processor
    }

    /// 6 bytes.
    package let fmspc: [UInt8]
    package let authority: Authority

    /// - Throws: the codes of `Quote.init(parsing:)`, `endorsement-unreadable`, `endorsement-limit`, `leaf-missing`,
    ///   `certificate-extensions`, `chain-names`.
    package init(quote bytes: [UInt8]) throws(AttestationError) {
      let leaf = try Platform.leaf(ofQuote: bytes)
      fmspc = try Platform(leaf).fmspc
      switch Names.commonName(leaf.certificate.issuer) {
      case "Intel SGX PCK Platform CA": authority = .platform
      case "Intel SGX PCK Processor CA": authority = .processor
      default:
        throw AttestationError(AttestationError.chainNames, "PCK certificate is of no authority that is known")
      }
    }
  }
}

extension TDX.Platform {
  /// From the PCK certificate of a quote, nothing of which is verified.
  ///
  /// - Throws: as `UnverifiedPlatform`, but for `chain-names`.
  init(unverifiedQuote bytes: [UInt8]) throws(AttestationError) { try self.init(Self.leaf(ofQuote: bytes)) }

  fileprivate static func leaf(ofQuote bytes: [UInt8]) throws(AttestationError) -> VendorCertificate {
    let quote = try TDX.Quote(parsing: bytes)
    var pool = TDX.CertificatePool()
    let chain = try pool.chain(Array(quote.certificationData))
    guard let leaf = chain.first(where: { !$0.isAuthority }) else {
      throw AttestationError(AttestationError.leafMissing, "certification data holds no PCK certificate")
    }
    return leaf
  }

  /// - Throws: `certificate-extensions`.
  init(_ leaf: VendorCertificate) throws(AttestationError) {
    guard let content = leaf.certificate.extensions[oid: Self.extensionIdentifier]?.value,
      let platform = try? TDX.Platform(derBytes: content)
    else {
      throw AttestationError(
        AttestationError.certificateExtensions, "PCK certificate has no readable SGX extension")
    }
    self = platform
  }
}
