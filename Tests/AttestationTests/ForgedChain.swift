import Attestation
import Crypto
import Foundation
import SimulatedTEE

/// Certificates of the simulated chain, changed before the right key signed them.
enum ForgedChain {
  /// - Parameter piece: 0 leaf, over a key that nobody has; 1 authority; 2 root.
  static func certificate(
    _ piece: Int, _ change: (inout CertificateTemplate) -> Void, vendor: SimulatedVendor? = nil
  ) throws -> [UInt8] {
    let vendor = try vendor ?? SimulatedFixture.vendor()
    var template = template(piece, vendor)
    change(&template)
    return try template.signed(by: piece == 0 ? vendor.authorityKey : vendor.rootKey)
  }

  static func template(_ piece: Int, _ vendor: SimulatedVendor) -> CertificateTemplate {
    let name = vendor.product.certificateName
    let notBefore = SimulatedFixture.seconds - 3_600
    switch piece {
    case 0:
      return vendor.leafTemplate(
        .vcek, index: 0, publicKey: P384.Signing.PrivateKey().publicKey, at: SimulatedFixture.time)
    case 1:
      return .authority(
        serialNumber: SimulatedVendor.authoritySerialNumber, issuer: "ARK-\(name)", subject: "SEV-\(name)",
        publicKeyInfo: Array(vendor.authorityKey.publicKey.derRepresentation), notBefore: notBefore)
    default:
      return .authority(
        serialNumber: SimulatedVendor.rootSerialNumber, issuer: "ARK-\(name)", subject: "ARK-\(name)",
        publicKeyInfo: Array(vendor.rootKey.publicKey.derRepresentation), notBefore: notBefore)
    }
  }
}
