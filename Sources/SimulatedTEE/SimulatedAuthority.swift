package import Attestation
package import Crypto
package import Foundation
import SwiftASN1
package import X509

/// A certificate authority of a simulated vendor that signs with ECDSA. Each certificate under it says that it is
/// simulated (docs/formats/simulated-tee.md). What it endorses protects nobody.
package struct SimulatedAuthority: Sendable {
  /// The two kinds of keys in the chains of Intel, AWS and NVIDIA.
  package enum Key: Sendable {
    case p256(P256.Signing.PrivateKey)
    case p384(P384.Signing.PrivateKey)

    var certificateKey: Certificate.PrivateKey {
      switch self {
      case .p256(let key): Certificate.PrivateKey(key)
      case .p384(let key): Certificate.PrivateKey(key)
      }
    }

    var signatureAlgorithm: Certificate.SignatureAlgorithm {
      switch self {
      case .p256: .ecdsaWithSHA256
      case .p384: .ecdsaWithSHA384
      }
    }

    /// SubjectPublicKeyInfo in DER.
    package var publicKeyInfo: [UInt8] {
      switch self {
      case .p256(let key): Array(key.publicKey.derRepresentation)
      case .p384(let key): Array(key.publicKey.derRepresentation)
      }
    }
  }

  package let key: Key
  package let certificate: Certificate

  package init(key: Key, certificate: Certificate) {
    self.key = key
    self.certificate = certificate
  }

  package var derBytes: [UInt8] { get throws { try Self.derBytes(certificate) } }

  /// SHA-256 of the SubjectPublicKeyInfo, which a simulated policy names as a root.
  package var root: SimulatedRoot? {
    SimulatedRoot(publicKeyDigest: Array(SHA256.hash(data: key.publicKeyInfo)))
  }

  /// What a certificate will say. Tests change a template to get one that is wrong in one respect.
  package struct Template {
    package var subject: DistinguishedName
    package var publicKey: Certificate.PublicKey
    package var serialNumber = Certificate.SerialNumber()
    package var notBefore: Date
    package var notAfter: Date
    package var basicConstraints: BasicConstraints?
    package var keyUsage: KeyUsage?
    package var extensions: [Certificate.Extension] = []
    package var isMarked = true

    package init(
      subject: DistinguishedName, publicKey: Certificate.PublicKey, notBefore: Date, notAfter: Date,
      basicConstraints: BasicConstraints?, keyUsage: KeyUsage?
    ) {
      self.subject = subject
      self.publicKey = publicKey
      self.notBefore = notBefore
      self.notAfter = notAfter
      self.basicConstraints = basicConstraints
      self.keyUsage = keyUsage
    }

    /// A certificate authority's.
    package static func authority(
      _ commonName: String, key: Key, pathLength: Int? = nil, at time: Date
    ) throws -> Template {
      Template(
        subject: try name(commonName), publicKey: key.certificateKey.publicKey,
        notBefore: time.addingTimeInterval(-Double(SimulatedVendor.backdating)),
        notAfter: time.addingTimeInterval(10 * 365 * 86_400),
        basicConstraints: .isCertificateAuthority(maxPathLength: pathLength),
        keyUsage: KeyUsage(keyCertSign: true, cRLSign: true))
    }

    /// A leaf's, which signs evidence.
    package static func leaf(_ commonName: String, publicKey: Certificate.PublicKey, at time: Date) throws -> Template {
      Template(
        subject: try name(commonName), publicKey: publicKey,
        notBefore: time.addingTimeInterval(-Double(SimulatedVendor.backdating)),
        notAfter: time.addingTimeInterval(10 * 365 * 86_400), basicConstraints: nil,
        keyUsage: KeyUsage(digitalSignature: true))
    }

    package static func name(_ commonName: String) throws -> DistinguishedName {
      try DistinguishedName {
        CommonName(commonName)
        OrganizationName("Simulated")
      }
    }
  }

  /// A root that signs itself.
  package static func root(_ template: Template, key: Key) throws -> SimulatedAuthority {
    SimulatedAuthority(
      key: key,
      certificate: try certificate(template, issuer: template.subject, signingKey: key))
  }

  /// An authority beneath this one.
  package func authority(_ template: Template, key: Key) throws -> SimulatedAuthority {
    SimulatedAuthority(key: key, certificate: try issue(template))
  }

  package func issue(_ template: Template) throws -> Certificate {
    try Self.certificate(template, issuer: certificate.subject, signingKey: key)
  }

  package static func derBytes(_ certificate: Certificate) throws -> [UInt8] {
    var serializer = DER.Serializer()
    try serializer.serialize(certificate)
    return serializer.serializedBytes
  }

  private static func certificate(
    _ template: Template, issuer: DistinguishedName, signingKey: Key
  ) throws -> Certificate {
    var extensions: [Certificate.Extension] = []
    if let constraints = template.basicConstraints {
      extensions.append(try Certificate.Extension(constraints, critical: true))
    }
    if let usage = template.keyUsage { extensions.append(try Certificate.Extension(usage, critical: true)) }
    extensions += template.extensions
    if template.isMarked {
      let type = SimulatedMark.objectIdentifier
      extensions.append(
        Certificate.Extension(
          oid: try ASN1ObjectIdentifier(derEncoded: [0x06, UInt8(type.count)] + type), critical: true,
          value: SimulatedMark.value[...]))
    }
    return try Certificate(
      version: .v3, serialNumber: template.serialNumber, publicKey: template.publicKey,
      notValidBefore: template.notBefore, notValidAfter: template.notAfter, issuer: issuer,
      subject: template.subject, signatureAlgorithm: signingKey.signatureAlgorithm,
      extensions: try Certificate.Extensions(extensions), issuerPrivateKey: signingKey.certificateKey)
  }
}
