package import Attestation
import Crypto
package import CryptoExtras

/// What a certificate of the simulated chain will say. The shape is that of AMD's certificates; tests change a template
/// to get one that is wrong in one respect.
package struct CertificateTemplate: Sendable {
  package struct Extension: Sendable {
    package var objectIdentifier: [UInt8]
    package var isCritical: Bool
    package var value: [UInt8]

    package init(_ objectIdentifier: [UInt8], isCritical: Bool = false, _ value: [UInt8]) {
      self.objectIdentifier = objectIdentifier
      self.isCritical = isCritical
      self.value = value
    }

    var derBytes: [UInt8] {
      DERWriter.sequence(
        DERWriter.objectIdentifier(objectIdentifier), isCritical ? [0x01, 0x01, 0xFF] : [], DERWriter.octetString(value)
      )
    }
  }

  /// INTEGER content.
  package var serialNumber: [UInt8]
  package var issuerCommonName: String
  package var subjectCommonName: String
  /// Seconds since 1970.
  package var notBefore: Int64
  package var notAfter: Int64
  /// SubjectPublicKeyInfo in DER.
  package var publicKeyInfo: [UInt8]
  package var extensions: [Extension]

  package func signed(by key: _RSA.Signing.PrivateKey) throws -> [UInt8] {
    let list = extensions.flatMap(\.derBytes)
    let tbs = DERWriter.sequence(
      DERWriter.value(0xA0, DERWriter.byte(2)), DERWriter.value(0x02, serialNumber), RSASSAPSS.algorithmIdentifier,
      DERWriter.name(issuerCommonName), DERWriter.sequence(DERWriter.time(notBefore), DERWriter.time(notAfter)),
      DERWriter.name(subjectCommonName), publicKeyInfo, DERWriter.value(0xA3, DERWriter.value(0x30, list)))
    return try signedDER(tbs, by: key)
  }
}

private func signedDER(_ tbs: [UInt8], by key: _RSA.Signing.PrivateKey) throws -> [UInt8] {
  let signature = try key.signature(for: SHA384.hash(data: tbs), padding: .PSS)
  return DERWriter.sequence(
    tbs, RSASSAPSS.algorithmIdentifier, DERWriter.bitString(Array(signature.rawRepresentation)))
}

// AMD's shapes.
extension CertificateTemplate {
  package static let mark = Extension(SimulatedMark.objectIdentifier, isCritical: true, SimulatedMark.value)

  /// ARK or ASK.
  package static func authority(
    serialNumber: [UInt8], issuer: String, subject: String, publicKeyInfo: [UInt8], notBefore: Int64
  ) -> CertificateTemplate {
    let isRoot = issuer == subject
    let constraints = isRoot ? [0x30, 0x03, 0x01, 0x01, 0xFF] : [0x30, 0x06, 0x01, 0x01, 0xFF, 0x02, 0x01, 0x00]
    return CertificateTemplate(
      serialNumber: serialNumber, issuerCommonName: issuer, subjectCommonName: subject, notBefore: notBefore,
      notAfter: notBefore + 25 * 365 * 86_400, publicKeyInfo: publicKeyInfo,
      extensions: [
        Extension(ObjectIdentifier.basicConstraints, isCritical: true, constraints.map { UInt8($0) }),
        Extension(
          ObjectIdentifier.keyUsage, isCritical: true,
          DERWriter.bitString([isRoot ? 0x06 : 0x04], unusedBitCount: isRoot ? 1 : 2)),
        mark,
      ])
  }

  /// VCEK or VLEK.
  package static func leaf(
    _ signingKey: SEVSNP.SigningKey, product: SEVSNP.Product, tcb: SEVSNP.TCBVersion, chipIdentifier: [UInt8],
    publicKeyInfo: [UInt8], notBefore: Int64
  ) -> CertificateTemplate {
    func amd(_ arc: [UInt8], _ value: [UInt8]) -> Extension { Extension(ObjectIdentifier.amd + arc, value) }
    var extensions = [
      amd([1], DERWriter.byte(product == .turin ? 1 : 0)), amd([2], DERWriter.ia5(product.certificateName)),
      amd([3, 1], DERWriter.byte(tcb.bootLoader)), amd([3, 2], DERWriter.byte(tcb.tee)),
      amd([3, 3], DERWriter.byte(tcb.snp)), amd([3, 8], DERWriter.byte(tcb.microcode)),
    ]
    let reserved = product == .turin ? [5, 6, 7] : [4, 5, 6, 7]
    for (index, number) in reserved.enumerated() {
      extensions.append(
        amd([3, UInt8(number)], DERWriter.byte(UInt8(truncatingIfNeeded: tcb.reserved >> (8 * index)))))
    }
    if product == .turin { extensions.append(amd([3, 9], DERWriter.byte(tcb.fmc))) }
    extensions.append(
      signingKey == .vcek ? amd([4], chipIdentifier) : amd([5], DERWriter.ia5("CN=simulated.cloud.test")))
    extensions.append(mark)
    let name = product.certificateName
    return CertificateTemplate(
      serialNumber: [0], issuerCommonName: signingKey == .vcek ? "SEV-\(name)" : "SEV-VLEK-\(name)",
      subjectCommonName: signingKey == .vcek ? "SEV-VCEK" : "SEV-VLEK", notBefore: notBefore,
      notAfter: notBefore + 7 * 365 * 86_400, publicKeyInfo: publicKeyInfo, extensions: extensions)
  }
}
