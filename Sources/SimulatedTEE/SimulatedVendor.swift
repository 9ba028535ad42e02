public import Attestation
import Crypto
package import CryptoExtras
public import Foundation

/// A vendor of simulated chips: a root (ARK) and an authority (ASK) of exactly AMD's shape, made locally, each of whose
/// certificates says that it is simulated (docs/formats/simulated-tee.md). What it endorses protects nobody.
public struct SimulatedVendor: Sendable {
  package static let rootSerialNumber: [UInt8] = [0x02, 0x00, 0x00]
  package static let authoritySerialNumber: [UInt8] = [0x02, 0x00, 0x02]
  /// Certificates begin this many seconds before they are made, since clocks differ.
  static let backdating: Int64 = 3_600
  /// How long a revocation list is good, in seconds.
  static let revocationListLifetime: Int64 = 370 * 86_400

  package let rootKey: _RSA.Signing.PrivateKey
  package let authorityKey: _RSA.Signing.PrivateKey
  package let rootCertificate: [UInt8]
  package let authorityCertificate: [UInt8]
  public let product: SEVSNP.Product
  /// What a simulated policy names as its one root.
  public let root: SimulatedRoot

  /// New certificates over keys, which are slow to make and may be used again.
  package init(
    rootKey: _RSA.Signing.PrivateKey, authorityKey: _RSA.Signing.PrivateKey, product: SEVSNP.Product, at time: Date
  ) throws {
    let notBefore = Int64(time.timeIntervalSince1970) - Self.backdating
    let name = product.certificateName
    let rootTemplate = CertificateTemplate.authority(
      serialNumber: Self.rootSerialNumber, issuer: "ARK-\(name)", subject: "ARK-\(name)",
      publicKeyInfo: Array(rootKey.publicKey.derRepresentation), notBefore: notBefore)
    let authorityTemplate = CertificateTemplate.authority(
      serialNumber: Self.authoritySerialNumber, issuer: "ARK-\(name)", subject: "SEV-\(name)",
      publicKeyInfo: Array(authorityKey.publicKey.derRepresentation), notBefore: notBefore)
    try self.init(
      rootKey: rootKey, authorityKey: authorityKey, product: product,
      rootCertificate: try rootTemplate.signed(by: rootKey),
      authorityCertificate: try authorityTemplate.signed(by: rootKey))
  }

  private init(
    rootKey: _RSA.Signing.PrivateKey, authorityKey: _RSA.Signing.PrivateKey, product: SEVSNP.Product,
    rootCertificate: [UInt8], authorityCertificate: [UInt8]
  ) throws {
    let digest = Array(SHA256.hash(data: rootKey.publicKey.derRepresentation))
    guard let root = SimulatedRoot(publicKeyDigest: digest) else {
      throw SimulatedTEEError(SimulatedTEEError.keyUnusable, "root key has no digest")
    }
    self.rootKey = rootKey
    self.authorityKey = authorityKey
    self.product = product
    self.rootCertificate = rootCertificate
    self.authorityCertificate = authorityCertificate
    self.root = root
  }

  /// - Parameter index: the chip's number at this vendor; the same number has the same hardware identifier.
  public func makeChip(index: UInt32, at time: Date) throws -> SimulatedChip {
    let key = P384.Signing.PrivateKey()
    let template = leafTemplate(.vcek, index: index, publicKey: key.publicKey, at: time)
    return SimulatedChip(
      signingKey: key, kind: .vcek, product: product, chipIdentifier: chipIdentifier(index: index),
      tcb: SimulatedChip.tcb(product),
      endorsements: [
        try template.signed(by: authorityKey), authorityCertificate, rootCertificate,
        try revocationList(at: time).signed(by: rootKey),
      ])
  }

  package func leafTemplate(
    _ kind: SEVSNP.SigningKey, index: UInt32, publicKey: P384.Signing.PublicKey, at time: Date
  ) -> CertificateTemplate {
    .leaf(
      kind, product: product, tcb: SimulatedChip.tcb(product), chipIdentifier: chipIdentifier(index: index),
      publicKeyInfo: Array(publicKey.derRepresentation),
      notBefore: Int64(time.timeIntervalSince1970) - Self.backdating)
  }

  package func revocationList(at time: Date) -> RevocationListTemplate {
    let thisUpdate = Int64(time.timeIntervalSince1970) - Self.backdating
    return RevocationListTemplate(
      issuer: RevocationListTemplate.name("ARK-\(product.certificateName)"), thisUpdate: thisUpdate,
      nextUpdate: thisUpdate + Self.revocationListLifetime)
  }

  package func chipIdentifier(index: UInt32) -> [UInt8] {
    Self.chipIdentifier(root: root, index: index, product: product)
  }

  /// SHA-512 over a label, the vendor's root and the chip's number, of which Turin takes 8 bytes.
  package static func chipIdentifier(root: SimulatedRoot, index: UInt32, product: SEVSNP.Product) -> [UInt8] {
    var hash = SHA512()
    hash.update(data: Array("cloister simulated chip".utf8))
    hash.update(data: root.publicKeyDigest)
    withUnsafeBytes(of: index.bigEndian) { hash.update(bufferPointer: $0) }
    return Array(Array(hash.finalize()).prefix(product.hardwareIdentifierByteCount))
  }
}

// State: the two slow keys and their certificates in one directory.
extension SimulatedVendor {
  private static let rootKeyName = "ark-key.pem"
  private static let authorityKeyName = "ask-key.pem"
  private static let rootCertificateName = "ark.der"
  private static let authorityCertificateName = "ask.der"

  /// Makes both keys and stores them; takes about a second.
  ///
  /// - Throws: `simulated-state-unwritable`, `simulated-key-unusable`.
  public static func create(in directory: URL, at time: Date) throws -> SimulatedVendor {
    let vendor = try make(at: time)
    try vendor.store(in: directory)
    return vendor
  }

  package func store(in directory: URL) throws(SimulatedTEEError) {
    try StateFile.createDirectory(directory)
    for (name, content) in [
      (Self.rootKeyName, Array(rootKey.pemRepresentation.utf8)),
      (Self.authorityKeyName, Array(authorityKey.pemRepresentation.utf8)),
      (Self.rootCertificateName, rootCertificate), (Self.authorityCertificateName, authorityCertificate),
    ] {
      try StateFile.write(content, to: directory.appendingPathComponent(name))
    }
  }

  /// - Throws: `simulated-state-unreadable`.
  public static func load(from directory: URL) throws -> SimulatedVendor {
    func key(_ name: String) throws -> _RSA.Signing.PrivateKey {
      let text = String(decoding: try StateFile.read(directory.appendingPathComponent(name)), as: UTF8.self)
      guard let key = try? _RSA.Signing.PrivateKey(pemRepresentation: text) else {
        throw SimulatedTEEError(SimulatedTEEError.stateUnreadable, "a stored key is not an RSA key in PEM")
      }
      return key
    }
    return try SimulatedVendor(
      rootKey: try key(rootKeyName), authorityKey: try key(authorityKeyName), product: .genoa,
      rootCertificate: try StateFile.read(directory.appendingPathComponent(rootCertificateName)),
      authorityCertificate: try StateFile.read(directory.appendingPathComponent(authorityCertificateName)))
  }

  /// Loads the vendor of this directory, or makes one where there is none.
  public static func open(in directory: URL, at time: Date) throws -> SimulatedVendor {
    let path = directory.appendingPathComponent(authorityCertificateName).path
    return FileManager.default.fileExists(atPath: path)
      ? try load(from: directory) : try create(in: directory, at: time)
  }

  /// A vendor that lives in memory alone.
  public static func make(at time: Date) throws -> SimulatedVendor {
    guard let rootKey = try? _RSA.Signing.PrivateKey(keySize: .bits4096),
      let authorityKey = try? _RSA.Signing.PrivateKey(keySize: .bits4096)
    else { throw SimulatedTEEError(SimulatedTEEError.keyUnusable, "an RSA key could not be made") }
    return try SimulatedVendor(rootKey: rootKey, authorityKey: authorityKey, product: .genoa, at: time)
  }
}
