import Attestation
import Crypto
package import CryptoExtras
import SwiftASN1
import X509

/// What a revocation list of a simulated authority will say. Tests change a template to get one that is wrong in one
/// respect.
package struct RevocationListTemplate: Sendable {
  /// The authority's distinguished name in DER.
  package var issuer: [UInt8]
  /// Seconds since 1970.
  package var thisUpdate: Int64
  package var nextUpdate: Int64
  /// INTEGER contents.
  package var revokedSerialNumbers: [[UInt8]] = []
  /// Of every entry; none by default.
  package var entryExtensions: [CertificateTemplate.Extension] = []
  package var extensions = [CertificateTemplate.Extension(ObjectIdentifier.crlNumber, [0x02, 0x01, 0x01])]

  package init(issuer: [UInt8], thisUpdate: Int64, nextUpdate: Int64) {
    self.issuer = issuer
    self.thisUpdate = thisUpdate
    self.nextUpdate = nextUpdate
  }

  /// A name of AMD's form.
  package static func name(_ commonName: String) -> [UInt8] { DERWriter.name(commonName) }

  package func signed(by key: _RSA.Signing.PrivateKey) throws -> [UInt8] {
    let tbs = tbsBytes(RSASSAPSS.algorithmIdentifier)
    let signature = try key.signature(for: SHA384.hash(data: tbs), padding: .PSS)
    return Self.list(tbs, RSASSAPSS.algorithmIdentifier, Array(signature.rawRepresentation))
  }

  /// With SHA-256 on P-256 and SHA-384 on P-384.
  package func signed(by key: SimulatedAuthority.Key) throws -> [UInt8] {
    switch key {
    case .p256(let key):
      let algorithm = ObjectIdentifier.ecdsaWithSHA256Identifier
      let tbs = tbsBytes(algorithm)
      return Self.list(tbs, algorithm, Array(try key.signature(for: tbs).derRepresentation))
    case .p384(let key):
      let algorithm = ObjectIdentifier.ecdsaWithSHA384Identifier
      let tbs = tbsBytes(algorithm)
      return Self.list(tbs, algorithm, Array(try key.signature(for: tbs).derRepresentation))
    }
  }

  private static func list(_ tbs: [UInt8], _ algorithm: [UInt8], _ signature: [UInt8]) -> [UInt8] {
    DERWriter.sequence(tbs, algorithm, DERWriter.bitString(signature))
  }

  private func tbsBytes(_ algorithmIdentifier: [UInt8]) -> [UInt8] {
    let entries = revokedSerialNumbers.flatMap {
      DERWriter.sequence(
        DERWriter.value(0x02, $0), DERWriter.time(thisUpdate),
        entryExtensions.isEmpty ? [] : DERWriter.value(0x30, entryExtensions.flatMap(\.derBytes)))
    }
    return DERWriter.sequence(
      DERWriter.byte(1), algorithmIdentifier, issuer, DERWriter.time(thisUpdate), DERWriter.time(nextUpdate),
      entries.isEmpty ? [] : DERWriter.value(0x30, entries),
      extensions.isEmpty ? [] : DERWriter.value(0xA0, DERWriter.value(0x30, extensions.flatMap(\.derBytes))))
  }
}

extension SimulatedAuthority {
  /// What this authority's list says when nothing is revoked.
  ///
  /// - Parameters:
  ///   - thisUpdate: seconds since 1970.
  ///   - lifetime: seconds from there to the next update.
  package func revocationList(thisUpdate: Int64, lifetime: Int64 = 30 * 86_400) throws -> RevocationListTemplate {
    var serializer = DER.Serializer()
    try serializer.serialize(certificate.subject)
    return RevocationListTemplate(
      issuer: serializer.serializedBytes, thisUpdate: thisUpdate, nextUpdate: thisUpdate + lifetime)
  }
}
