public import Attestation
package import Crypto
public import Foundation
import X509

/// The authorities of a simulated Nitro region: root, region, zone and instance, each of whose certificates says that it
/// is simulated (docs/formats/simulated-tee.md). What they endorse protects nobody.
public struct SimulatedNitroVendor: Sendable {
  package static let region = "us-simulated-1"

  /// Root first, the instance's authority last.
  package let authorities: [SimulatedAuthority]
  /// Such as `i-0123456789abcdef0`, of the parent instance.
  public let instanceID: String
  /// What a simulated policy names as its one root.
  public let root: SimulatedRoot

  package init(authorities: [SimulatedAuthority], instanceID: String) throws(SimulatedTEEError) {
    guard let root = authorities.first?.root else {
      throw SimulatedTEEError(SimulatedTEEError.keyUnusable, "root key has no digest")
    }
    self.authorities = authorities
    self.instanceID = instanceID
    self.root = root
  }

  /// A vendor that lives in memory alone, with one instance.
  ///
  /// - Throws: `simulated-key-unusable`.
  public static func make(
    instanceID: String = "i-0123456789abcdef0", at time: Date
  ) throws(SimulatedTEEError) -> SimulatedNitroVendor {
    do { return try make(instanceID: instanceID, names: names(instanceID: instanceID), at: time) } catch {
      throw SimulatedTEEError(SimulatedTEEError.keyUnusable, "a simulated authority could not be made")
    }
  }

  /// - Parameters:
  ///   - names: common names, root first.
  ///   - key: of the authority of that place.
  ///   - change: of the certificate of that place, before it is signed.
  package static func make(
    instanceID: String, names: [String], at time: Date,
    key: (Int) -> SimulatedAuthority.Key = { _ in .p384(P384.Signing.PrivateKey()) },
    change: (Int, inout SimulatedAuthority.Template) throws -> Void = { _, _ in }
  ) throws -> SimulatedNitroVendor {
    var authorities: [SimulatedAuthority] = []
    for (index, name) in names.enumerated() {
      let key = key(index)
      var template = try SimulatedAuthority.Template.authority(
        name, key: key, pathLength: index == 0 ? nil : names.count - 1 - index, at: time)
      try change(index, &template)
      authorities.append(
        try authorities.last.map { try $0.authority(template, key: key) } ?? .root(template, key: key))
    }
    return try SimulatedNitroVendor(authorities: authorities, instanceID: instanceID)
  }

  /// The names of AWS's chains, leaf left out, root first.
  package static func names(instanceID: String) -> [String] {
    [
      "aws.nitro-enclaves", "51a7000000000001.\(region).aws.nitro-enclaves",
      "51a7000000000002.zonal.\(region).aws.nitro-enclaves", "\(instanceID).\(region).aws.nitro-enclaves",
    ]
  }

  /// The leaf of an enclave, which the instance's authority signs: good for three hours.
  package func leafTemplate(
    moduleID: String, publicKey: P384.Signing.PublicKey, at time: Date
  ) throws -> SimulatedAuthority.Template {
    var template = try SimulatedAuthority.Template.leaf(
      "\(moduleID).\(Self.region).aws", publicKey: Certificate.PublicKey(publicKey), at: time)
    template.notBefore = time.addingTimeInterval(-3)
    template.notAfter = time.addingTimeInterval(3 * 3_600)
    template.basicConstraints = .notCertificateAuthority
    return template
  }

  /// The leaf in DER, signed by the instance's authority.
  func issue(_ template: SimulatedAuthority.Template) throws -> [UInt8] {
    guard let issuer = authorities.last else {
      throw SimulatedTEEError(SimulatedTEEError.keyUnusable, "vendor has no authority")
    }
    return try SimulatedAuthority.derBytes(try issuer.issue(template))
  }
}
