import Crypto
import CryptoExtras
import ErrorCodes

extension SEVSNP {
  /// A leaf, its authority and a pinned root whose signatures, names, keys and usages fit. Only `init` makes one.
  /// Times and revoked serial numbers are not part of it: they are checked at each appraisal.
  struct VerifiedChain: Sendable {
    /// Authorities of one name that are tried for a leaf.
    static let candidateLimit = 4

    let leaf: Certificate
    let leafExtensions: LeafExtensions
    let leafKey: P384.Signing.PublicKey
    let authority: Certificate
    let root: Certificate
    let trustedRoot: TrustedRoot
    let signingKey: SigningKey
    let product: Product
    /// The lists among the endorsements that this root issued, their signatures verified. Others are passed over.
    let revocationLists: [CertificateRevocationList]

    var certificates: [Certificate] { [leaf, authority, root] }

    /// - Throws: the codes of the chain (`AttestationError`).
    init(leaf: Certificate, endorsements: Endorsements, anchors: TrustAnchors) throws(AttestationError) {
      let (authority, root, trustedRoot) = try Self.issuers(of: leaf, endorsements: endorsements, anchors: anchors)
      if let refusal = anchors.refusalOfMarks([leaf.isSimulated, authority.isSimulated, root.isSimulated]) {
        throw refusal
      }
      try Self.requireUsage(leaf: leaf, authority: authority, root: root)
      self.leaf = leaf
      self.authority = authority
      self.root = root
      self.trustedRoot = trustedRoot

      // The root's own signature is not verified: its key is the pinned one, and whoever could forge its certificate
      // around that key gains nothing. Its name is the issuer in the authority's certificate, which the key signed. Its
      // flags say only that the pinned key may do what it is pinned for. Its mark cannot stand in for those of leaf and
      // authority, which are signed. Its dates bound the use of a pinned key, which the list of roots bounds in any case.
      let rootKey = try Self.rsaKey(root)
      try Self.requireSignature(on: authority, by: rootKey)
      try Self.requireSignature(on: leaf, by: try Self.rsaKey(authority))

      (signingKey, product, leafExtensions) = try Self.identity(
        leaf: leaf, authority: authority, root: root, trustedRoot: trustedRoot)
      guard let key = try? P384.Signing.PublicKey(derRepresentation: leaf.publicKeyInfo) else {
        throw AttestationError(AttestationError.certificateKey, "leaf key is not on P-384")
      }
      leafKey = key
      revocationLists = endorsements.revocationLists.filter { $0.issuer == root.subject }
      guard revocationLists.allSatisfy({ $0.isSigned(by: rootKey) }) else {
        throw AttestationError(
          AttestationError.revocationSignature, "signature of a revocation list is not its issuer's")
      }
    }

    private static func issuers(
      of leaf: Certificate, endorsements: Endorsements, anchors: TrustAnchors
    ) throws(AttestationError) -> (authority: Certificate, root: Certificate, trusted: TrustedRoot) {
      let authorities = endorsements.certificates.filter {
        $0.subject == leaf.issuer && !$0.isSelfIssued && $0.isAuthority
      }
      guard !authorities.isEmpty else {
        throw AttestationError(
          AttestationError.issuerMissing, "endorsements hold no authority of the leaf's issuer name")
      }
      var failure = AttestationError(
        AttestationError.rootMissing, "endorsements hold no root of the authority's issuer")
      for authority in authorities.prefix(candidateLimit) {
        let roots = endorsements.certificates.filter { $0.subject == authority.issuer && $0.isSelfIssued }
        for root in roots.prefix(candidateLimit) {
          guard let trusted = anchors.root(publicKeyInfo: root.publicKeyInfo) else {
            failure = Self.notPinned(root, anchors: anchors)
            continue
          }
          // With several authorities of one name the leaf's signature decides.
          if authorities.count > 1, let key = try? rsaKey(authority),
            (try? requireSignature(on: leaf, by: key)) == nil
          {
            failure = signatureFailure
            continue
          }
          return (authority, root, trusted)
        }
      }
      throw failure
    }

    private static func notPinned(_ root: Certificate, anchors: TrustAnchors) -> AttestationError {
      anchors.refusalOfMarks([root.isSimulated])
        ?? AttestationError(AttestationError.rootNotPinned, "root key is not one that the policy names")
    }

    private static func requireUsage(
      leaf: Certificate, authority: Certificate, root: Certificate
    ) throws(AttestationError) {
      func refuse(_ what: StaticString) -> AttestationError {
        AttestationError(AttestationError.certificateUsage, "\(what)")
      }
      guard !leaf.isAuthority, leaf.keyUsage.map({ $0 & 0x80 != 0 }) ?? true else {
        throw refuse("leaf is an authority or may not sign")
      }
      guard authority.isAuthority, authority.keyUsage.map({ $0 & 0x04 != 0 }) == true else {
        throw refuse("the leaf's issuer may not sign certificates")
      }
      guard root.isAuthority, root.keyUsage.map({ $0 & 0x04 != 0 }) == true,
        root.basicConstraints?.pathLength.map({ $0 >= 1 }) ?? true
      else { throw refuse("root may not sign authorities") }
      guard ![leaf, authority, root].contains(where: \.hasUnknownCriticalExtension) else {
        throw refuse("a certificate has a critical extension that is not known")
      }
    }

    /// The key of an authority, which must be RSA with 4,096 bits.
    private static func rsaKey(_ certificate: Certificate) throws(AttestationError) -> _RSA.Signing.PublicKey {
      guard let key = try? _RSA.Signing.PublicKey(derRepresentation: certificate.publicKeyInfo),
        key.keySizeInBits == 4096
      else {
        throw AttestationError(AttestationError.certificateKey, "an authority's key is not RSA with 4096 bits")
      }
      return key
    }

    private static let signatureFailure = AttestationError(
      AttestationError.chainSignature, "a certificate's signature is not its issuer's")

    private static func requireSignature(
      on certificate: Certificate, by key: _RSA.Signing.PublicKey
    ) throws(AttestationError) {
      guard key.isValidPSSSignature(certificate.signature, for: certificate.tbsBytes) else { throw signatureFailure }
    }

    /// Which key and product the names say, all of which must agree.
    private static func identity(
      leaf: Certificate, authority: Certificate, root: Certificate, trustedRoot: TrustedRoot
    ) throws(AttestationError) -> (SigningKey, Product, LeafExtensions) {
      guard let extensions = leaf.leafExtensions, let product = extensions.product else {
        throw AttestationError(AttestationError.certificateExtensions, "leaf names no product that is known")
      }
      let name = product.certificateName
      let signingKey: SigningKey
      switch (leaf.subject.commonName, authority.subject.commonName) {
      case ("SEV-VCEK", "SEV-\(name)"): signingKey = .vcek
      case ("SEV-VLEK", "SEV-VLEK-\(name)"): signingKey = .vlek
      default:
        throw AttestationError(AttestationError.chainNames, "names of leaf and issuer do not belong together")
      }
      guard root.subject.commonName == "ARK-\(name)", trustedRoot.product.map({ $0 == product }) ?? true else {
        throw AttestationError(AttestationError.chainNames, "root is not the root of the leaf's product")
      }
      let hasIdentifier = extensions.hardwareIdentifier != nil
      guard hasIdentifier == (signingKey == .vcek), (extensions.cloudProvider != nil) == (signingKey == .vlek),
        extensions.hardwareIdentifier.map({ $0.count == product.hardwareIdentifierByteCount }) ?? true
      else {
        throw AttestationError(
          AttestationError.certificateExtensions, "leaf has not the extensions of a \(signingKey.rawValue)")
      }
      return (signingKey, product, extensions)
    }
  }
}

extension _RSA.Signing.PublicKey {
  /// RSASSA-PSS with SHA-384, MGF1 with SHA-384 and a salt of 48 bytes.
  func isValidPSSSignature(_ signature: [UInt8], for bytes: ArraySlice<UInt8>) -> Bool {
    isValidSignature(
      _RSA.Signing.RSASignature(rawRepresentation: signature), for: SHA384.hash(data: bytes), padding: .PSS)
  }
}
