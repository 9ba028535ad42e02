public import Attestation
package import Crypto
public import Foundation
package import X509

/// A vendor of simulated TDX platforms: a root, the authority of its PCK certificates and the signer of its collateral,
/// of Intel's shape and made locally; each certificate says that it is simulated. What it endorses protects nobody.
public struct SimulatedTDXVendor: Sendable {
  package let rootAuthority: SimulatedAuthority
  package let certificateAuthority: SimulatedAuthority
  package let signer: SimulatedAuthority
  /// What a simulated policy names as its one root.
  public let root: SimulatedRoot

  /// What all simulated platforms of this kind have in common: family, model and stepping.
  package static let fmspc: [UInt8] = [0x51, 0x4D, 0x00, 0x00, 0x00, 0x01]
  package static let enclaveSigner = TDX.EnclaveReport.simulatedSigner

  package init(
    rootAuthority: SimulatedAuthority, certificateAuthority: SimulatedAuthority, signer: SimulatedAuthority
  ) throws {
    guard let root = rootAuthority.root else {
      throw SimulatedTEEError(SimulatedTEEError.keyUnusable, "root key has no digest")
    }
    self.rootAuthority = rootAuthority
    self.certificateAuthority = certificateAuthority
    self.signer = signer
    self.root = root
  }

  /// A vendor that lives in memory alone.
  public static func make(at time: Date) throws -> SimulatedTDXVendor {
    let rootKey = SimulatedAuthority.Key.p256(P256.Signing.PrivateKey())
    let rootAuthority = try SimulatedAuthority.root(
      .authority("Simulated SGX Root CA", key: rootKey, pathLength: 1, at: time), key: rootKey)
    let authorityKey = SimulatedAuthority.Key.p256(P256.Signing.PrivateKey())
    let certificateAuthority = try rootAuthority.authority(
      .authority("Simulated SGX PCK Platform CA", key: authorityKey, pathLength: 0, at: time), key: authorityKey)
    let signerKey = P256.Signing.PrivateKey()
    let signer = try rootAuthority.authority(
      .leaf("Simulated SGX TCB Signing", publicKey: Certificate.PublicKey(signerKey.publicKey), at: time),
      key: .p256(signerKey))
    return try SimulatedTDXVendor(
      rootAuthority: rootAuthority, certificateAuthority: certificateAuthority, signer: signer)
  }

  /// - Parameter index: the platform's number at this vendor; the same number has the same PPID.
  public func makePlatform(index: UInt32, at time: Date) throws -> SimulatedTDXPlatform {
    let key = P256.Signing.PrivateKey()
    let certificate = try certificateAuthority.issue(
      certificateTemplate(SimulatedPCKExtension(ppid: ppid(index: index)), key: key, at: time))
    return try platform(
      certificate: certificate, key: key, ppid: ppid(index: index),
      endorsements: [SimulatedTDXCollateral(vendor: self, at: time).bytes()])
  }

  package func certificateTemplate(
    _ content: SimulatedPCKExtension, key: P256.Signing.PrivateKey, at time: Date
  ) throws -> SimulatedAuthority.Template {
    var template = try SimulatedAuthority.Template.leaf(
      "Simulated SGX PCK Certificate", publicKey: Certificate.PublicKey(key.publicKey), at: time)
    template.extensions = [
      Certificate.Extension(oid: [1, 2, 840, 113741, 1, 13, 1], critical: false, value: content.derBytes[...])
    ]
    return template
  }

  package func platform(
    certificate: Certificate, key: P256.Signing.PrivateKey, ppid: [UInt8], endorsements: [[UInt8]]
  ) throws -> SimulatedTDXPlatform {
    SimulatedTDXPlatform(
      key: key,
      certificationData: SimulatedPEM.text(certificates: [
        try SimulatedAuthority.derBytes(certificate), try certificateAuthority.derBytes, try rootAuthority.derBytes,
      ]) + [0], ppid: ppid, endorsements: endorsements)
  }

  /// The first 16 bytes of SHA-256 over a label, the vendor's root and the platform's number.
  package func ppid(index: UInt32) -> [UInt8] {
    var hash = SHA256()
    hash.update(data: Array("cloister simulated platform".utf8))
    hash.update(data: root.publicKeyDigest)
    withUnsafeBytes(of: index.bigEndian) { hash.update(bufferPointer: $0) }
    return Array(Array(hash.finalize()).prefix(16))
  }
}

/// One simulated platform: its PCK, a quoting enclave, and what endorses them.
public struct SimulatedTDXPlatform: Sendable {
  let key: P256.Signing.PrivateKey
  /// The PCK chain in PEM with the zero byte that Intel's has, as a quote carries it.
  package let certificationData: [UInt8]
  /// The hardware identifier, 16 bytes.
  public let ppid: [UInt8]
  /// The collateral document.
  public let endorsements: [[UInt8]]

  package init(key: P256.Signing.PrivateKey, certificationData: [UInt8], ppid: [UInt8], endorsements: [[UInt8]]) {
    self.key = key
    self.certificationData = certificationData
    self.ppid = ppid
    self.endorsements = endorsements
  }

  package func signature(over bytes: [UInt8]) throws(SimulatedTEEError) -> [UInt8] {
    try Self.signature(over: bytes, by: key)
  }

  /// r and s, most significant byte first.
  static func signature(over bytes: [UInt8], by key: P256.Signing.PrivateKey) throws(SimulatedTEEError) -> [UInt8] {
    guard let signature = try? key.signature(for: bytes) else {
      throw SimulatedTEEError(SimulatedTEEError.keyUnusable, "key does not sign")
    }
    return Array(signature.rawRepresentation)
  }
}

/// Textual certificates (RFC 7468).
package enum SimulatedPEM {
  package static func text(certificates: [[UInt8]]) -> [UInt8] {
    Array(
      certificates.map { certificate in
        "-----BEGIN CERTIFICATE-----\n"
          + Data(certificate).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
          + "\n-----END CERTIFICATE-----\n"
      }.joined().utf8)
  }
}
