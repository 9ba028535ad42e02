import Crypto
import SwiftASN1
import X509

/// One certificate of a vendor that signs with ECDSA. Parsing says nothing about who wrote it. A class, since lists of
/// candidates are copied and searched at each cold appraisal.
final class VendorCertificate: Sendable, Equatable {
  /// Larger certificates are refused before they are parsed.
  static let byteLimit = 16 << 10

  let derBytes: [UInt8]
  let certificate: Certificate
  let isSimulated: Bool
  /// The names as they stand in DER.
  let issuerBytes: [UInt8]
  let subjectBytes: [UInt8]
  /// SubjectPublicKeyInfo as it stands in DER.
  let publicKeyInfo: [UInt8]
  // Extensions of a known type that cannot be read grant nothing.
  let basicConstraints: BasicConstraints?
  let keyUsage: KeyUsage?

  init(derBytes: [UInt8]) throws(DERError) {
    guard derBytes.count <= Self.byteLimit, let certificate = try? Certificate(derEncoded: derBytes) else {
      throw DERError()
    }
    self.derBytes = derBytes
    self.certificate = certificate
    isSimulated = certificate.extensions.contains { $0.critical && $0.isSimulatedMark }
    (issuerBytes, subjectBytes, publicKeyInfo) = try Self.fields(derBytes)
    basicConstraints = try? certificate.extensions.basicConstraints
    keyUsage = try? certificate.extensions.keyUsage
  }

  static func == (left: VendorCertificate, right: VendorCertificate) -> Bool {
    left === right || left.derBytes == right.derBytes
  }

  /// Fields of a certificate that was parsed before; its signature must be whole bytes, which the parser does not ask.
  private static func fields(
    _ derBytes: [UInt8]
  ) throws(DERError) -> (issuer: [UInt8], subject: [UInt8], publicKeyInfo: [UInt8]) {
    var outer = DERScanner(derBytes[...])
    var certificate = DERScanner(try outer.next(tag: 0x30).content)
    var fields = DERScanner(try certificate.next(tag: 0x30).content)
    if fields.nextTag == 0xA0 { _ = try fields.next() }  // version
    _ = try fields.next(tag: 0x02)  // serial number
    _ = try fields.next(tag: 0x30)  // algorithm of the signature
    let issuer = Array(try fields.next(tag: 0x30).encodedBytes)
    _ = try fields.next(tag: 0x30)  // validity
    _ = try certificate.next(tag: 0x30)  // algorithm of the signature
    guard try certificate.next(tag: 0x03).content.first == 0 else { throw DERError() }
    let subject = Array(try fields.next(tag: 0x30).encodedBytes)
    return (issuer, subject, Array(try fields.next(tag: 0x30).encodedBytes))
  }

  var isSelfIssued: Bool { issuerBytes == subjectBytes }

  fileprivate var isOnKnownCurve: Bool {
    P256.Signing.PublicKey(certificate.publicKey) != nil || P384.Signing.PublicKey(certificate.publicKey) != nil
  }

  var isAuthority: Bool {
    if case .isCertificateAuthority = basicConstraints { true } else { false }
  }

  var maySignRevocationLists: Bool { keyUsage?.cRLSign == true }

  /// How many authorities may stand between this one and a leaf; nil without a bound.
  fileprivate var pathLength: Int? {
    if case .isCertificateAuthority(let length) = basicConstraints { length } else { nil }
  }
}

extension Certificate.Extension {
  /// SimulatedMark.objectIdentifier, in arcs.
  fileprivate static let simulatedMark: ASN1ObjectIdentifier? = try? ASN1ObjectIdentifier(
    derEncoded: [0x06, UInt8(SimulatedMark.objectIdentifier.count)] + SimulatedMark.objectIdentifier)

  fileprivate var isSimulatedMark: Bool {
    oid == Self.simulatedMark && value.elementsEqual(SimulatedMark.value)
  }
}

/// What a vendor's chains look like.
struct CertificatePathRules: Sendable {
  enum Curve: Sendable { case p256, p384 }

  /// Certificates from leaf to root.
  var certificateCounts: ClosedRange<Int>
  /// Of every key in the path.
  var curve: Curve
  /// Critical extensions that the caller checks itself, beside basic constraints and key usage.
  var knownCriticalExtensions: Set<ASN1ObjectIdentifier> = []
}

/// Certificates from a leaf to a pinned root whose signatures, names, keys and usages fit (RFC 5280, section 6.1). Only
/// `init` makes one. Times and revoked serial numbers are not part of it: they are checked at each appraisal.
struct CertificatePath: Sendable {
  /// Leaf first, root last.
  let certificates: [VendorCertificate]
  let trustedRoot: TrustedRoot

  /// Authorities of one name that are tried above a certificate.
  static let candidateLimit = 4

  /// - Parameters:
  ///   - candidates: certificates that may stand above the leaf, in any order.
  ///   - root: the one pinned root that a production chain of this vendor ends in.
  /// - Throws: the codes of the chain (`AttestationError`).
  init(
    leaf: VendorCertificate, candidates: [VendorCertificate], root: ProductionRoot, anchors: TrustAnchors,
    rules: CertificatePathRules
  ) throws(AttestationError) {
    var path = [leaf]
    while let last = path.last, !last.isSelfIssued {
      guard path.count < rules.certificateCounts.upperBound else {
        throw AttestationError(AttestationError.certificateUsage, "chain is longer than the vendor's")
      }
      path.append(try Self.issuer(of: last, in: candidates))
    }
    guard path.count > 1, let top = path.last, top.isOnKnownCurve else {
      throw AttestationError(AttestationError.issuerMissing, "leaf is self-issued, or its root has no usable key")
    }
    if let refusal = anchors.refusalOfMarks([top.isSimulated]) { throw refusal }
    guard let trusted = anchors.root(publicKeyInfo: top.publicKeyInfo[...]),
      trusted == .simulated || trusted == .production(root)
    else { throw AttestationError(AttestationError.rootNotPinned, "root key is not one that the policy names") }
    if let refusal = anchors.refusalOfMarks(path.map(\.isSimulated)) { throw refusal }
    guard rules.certificateCounts.contains(path.count) else {
      throw AttestationError(
        AttestationError.certificateUsage,
        "chain has \(path.count) certificates, expected \(rules.certificateCounts.lowerBound) or more")
    }
    try Self.requireUsage(path, rules)
    try Self.requireSignatures(path, rules)
    certificates = path
    trustedRoot = trusted
  }

  var leaf: VendorCertificate { certificates[0] }

  /// With several authorities of one name the signature decides.
  private static func issuer(
    of certificate: VendorCertificate, in candidates: [VendorCertificate]
  ) throws(AttestationError) -> VendorCertificate {
    let named = candidates.filter { $0.subjectBytes == certificate.issuerBytes && $0 != certificate }
    guard let first = named.first else {
      throw AttestationError(
        AttestationError.issuerMissing, "chain holds no certificate of the issuer's name above a certificate")
    }
    guard named.count > 1 else { return first }
    return named.prefix(candidateLimit).first {
      $0.certificate.publicKey.isValidSignature(certificate.certificate.signature, for: certificate.certificate)
    } ?? first
  }

  private static func requireUsage(_ path: [VendorCertificate], _ rules: CertificatePathRules) throws(AttestationError)
  {
    func refuse(_ what: StaticString) -> AttestationError {
      AttestationError(AttestationError.certificateUsage, "\(what)")
    }
    for (index, certificate) in path.enumerated() {
      let extensions = certificate.certificate.extensions
      guard
        extensions.allSatisfy({
          !$0.critical || $0.oid == .X509ExtensionID.basicConstraints || $0.oid == .X509ExtensionID.keyUsage
            || $0.isSimulatedMark || rules.knownCriticalExtensions.contains($0.oid)
        })
      else { throw refuse("a certificate has a critical extension that is not known") }
      guard certificate.certificate.version == .v3 else { throw refuse("a certificate is not of version 3") }
      if index == 0 {
        guard !certificate.isAuthority, certificate.keyUsage?.digitalSignature ?? !hasKeyUsage(certificate) else {
          throw refuse("leaf is an authority or may not sign")
        }
      } else {
        guard certificate.isAuthority, certificate.keyUsage?.keyCertSign == true else {
          throw refuse("an issuer may not sign certificates")
        }
        guard certificate.pathLength.map({ index - 1 <= $0 }) ?? true else {
          throw refuse("chain is longer than an issuer allows")
        }
      }
    }
  }

  private static func hasKeyUsage(_ certificate: VendorCertificate) -> Bool {
    certificate.certificate.extensions.contains { $0.oid == .X509ExtensionID.keyUsage }
  }

  private static func requireSignatures(
    _ path: [VendorCertificate], _ rules: CertificatePathRules
  ) throws(AttestationError) {
    for certificate in path {
      let key = certificate.certificate.publicKey
      let isOnCurve =
        switch rules.curve {
        case .p256: P256.Signing.PublicKey(key) != nil
        case .p384: P384.Signing.PublicKey(key) != nil
        }
      guard isOnCurve else {
        throw AttestationError(AttestationError.certificateKey, "a key of the chain is not on the vendor's curve")
      }
    }
    // The root is compared with the pinned key, which its own signature adds nothing to.
    for (certificate, issuer) in zip(path, path.dropFirst()) {
      guard
        issuer.certificate.publicKey.isValidSignature(
          certificate.certificate.signature, for: certificate.certificate)
      else {
        throw AttestationError(AttestationError.chainSignature, "a certificate's signature is not its issuer's")
      }
    }
  }

  /// - Parameter time: seconds since 1970.
  func checkValidity(at time: Int64, _ recorder: inout CheckRecorder) {
    if certificates.contains(where: { $0.notAfter < time }) {
      recorder.fail(
        "validity", AttestationError(AttestationError.certificateExpired, "a certificate of the chain has expired"))
    } else {
      recorder.require(
        "validity", certificates.allSatisfy { $0.notBefore <= time }, else: AttestationError.certificateNotYetValid,
        "a certificate of the chain is not valid yet")
    }
  }
}

extension VendorCertificate {
  /// Seconds since 1970.
  var notBefore: Int64 { Int64(certificate.notValidBefore.timeIntervalSince1970) }
  var notAfter: Int64 { Int64(certificate.notValidAfter.timeIntervalSince1970) }
}
