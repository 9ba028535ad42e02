public import Attestation
import Crypto
public import Foundation
import SwiftASN1
package import X509

/// A vendor of simulated GPUs and switches: chains of exactly NVIDIA's shape, each certificate of which says that it is
/// simulated (docs/formats/simulated-tee.md). What it endorses protects nobody.
public struct SimulatedGPUVendor: Sendable {
  /// The certificates of a device's chain.
  package enum Level: Sendable {
    case root, identity, provisioner, device, leaf
  }

  /// Changes one certificate before it is signed, so that a test gets a chain that is wrong in one respect.
  package typealias Change = (Level, inout SimulatedAuthority.Template) throws -> Void

  /// Of the firmware of every simulated device: 48 bytes.
  package static let firmwareIdentifier = [UInt8](repeating: 0xF1, count: 48)

  package let authority: SimulatedAuthority
  /// What a simulated policy names as its one root.
  public let root: SimulatedRoot

  /// - Throws: `simulated-key-unusable`.
  public static func make(at time: Date) throws -> SimulatedGPUVendor {
    try SimulatedGPUVendor(key: .p384(P384.Signing.PrivateKey()), at: time) { _, _ in }
  }

  package init(key: SimulatedAuthority.Key, at time: Date, change: Change) throws {
    var template = try SimulatedAuthority.Template.authority("NVIDIA Device Identity CA", key: key, at: time)
    try change(.root, &template)
    authority = try SimulatedAuthority.root(template, key: key)
    guard let root = authority.root else {
      throw SimulatedTEEError(SimulatedTEEError.keyUnusable, "root key has no digest")
    }
    self.root = root
  }

  /// A device with keys of its own under authorities of its own.
  ///
  /// - Parameter platform: a GPU, of chip GH100, or a switch, of chip LS10.
  public func makeDevice(_ platform: Platform = .nvidiaGPU, at time: Date) throws -> SimulatedGPU {
    try makeDevice(platform == .nvidiaSwitch ? .ls10 : .hopper, at: time) { _, _ in }
  }

  /// - Parameter lists: false leaves revocation lists out of the endorsements.
  package func makeDevice(
    _ architecture: NVIDIA.Architecture, lists: Bool = true, flags: [UInt8] = [0, 0, 0, 1], at time: Date,
    change: Change
  ) throws -> SimulatedGPU {
    func template(_ level: Level, _ name: String, _ key: SimulatedAuthority.Key) throws -> SimulatedAuthority.Template {
      var template = try SimulatedAuthority.Template.authority(name, key: key, at: time)
      if level == .identity || level == .provisioner { template.extensions.append(Self.distributionPoint) }
      try change(level, &template)
      return template
    }
    let names = architecture.names
    let keys = (0..<3).map { _ in SimulatedAuthority.Key.p384(P384.Signing.PrivateKey()) }
    let identity = try authority.authority(
      try template(.identity, "NVIDIA \(names.identity) Identity", keys[0]), key: keys[0])
    let provisioner = try identity.authority(
      try template(.provisioner, "NVIDIA \(names.chip) Provisioner ICA 1", keys[1]), key: keys[1])
    let device = try provisioner.authority(try template(.device, names.device, keys[2]), key: keys[2])
    let attestationKey = P384.Signing.PrivateKey()
    var leaf = try SimulatedAuthority.Template.leaf(
      names.leaf, publicKey: Certificate.PublicKey(attestationKey.publicKey), at: time)
    leaf.extensions.append(
      architecture == .blackwell
        ? Self.tcbInfo(flags: flags) : Self.compositeDeviceIdentifier(deviceKey: keys[2].publicKeyInfo))
    try change(.leaf, &leaf)
    let chain = [
      try SimulatedAuthority.derBytes(try device.issue(leaf)), try device.derBytes, try provisioner.derBytes,
      try identity.derBytes, try authority.derBytes,
    ]
    let thisUpdate = Int64(time.timeIntervalSince1970) - SimulatedVendor.backdating
    let revocationLists = try (lists ? [authority, identity] : []).map { issuer in
      try issuer.revocationList(thisUpdate: thisUpdate, lifetime: SimulatedVendor.revocationListLifetime)
        .signed(by: issuer.key)
    }
    return SimulatedGPU(
      attestationKey: attestationKey, platform: architecture == .ls10 ? .nvidiaSwitch : .nvidiaGPU,
      chipIdentifier: Array(SHA256.hash(data: keys[2].publicKeyInfo)), chain: chain, revocationLists: revocationLists,
      authorities: [identity, provisioner, device])
  }
}

extension SimulatedGPUVendor {
  /// SHA-384 as a hash algorithm of a firmware identifier.
  private static let sha384: [UInt8] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02]

  private static var firmware: [UInt8] {
    DERWriter.sequence(DERWriter.objectIdentifier(sha384), DERWriter.octetString(firmwareIdentifier))
  }

  /// Hopper's form of the firmware identifier.
  package static func compositeDeviceIdentifier(deviceKey: [UInt8]) -> Certificate.Extension {
    Certificate.Extension(
      oid: [2, 23, 133, 5, 4, 1], critical: false,
      value: DERWriter.sequence(DERWriter.byte(1), deviceKey, firmware)[...])
  }

  /// Blackwell's form.
  package static func tcbInfo(flags: [UInt8]) -> Certificate.Extension {
    Certificate.Extension(
      oid: [2, 23, 133, 5, 4, 1, 1], critical: false,
      value: DERWriter.sequence(DERWriter.value(0xA6, firmware), DERWriter.value(0x87, [0] + flags))[...])
  }

  /// The name of a revocation list, of which nothing but its presence counts.
  private static var distributionPoint: Certificate.Extension {
    Certificate.Extension(oid: [2, 5, 29, 31], critical: false, value: [0x30, 0x00])
  }
}

extension NVIDIA.Architecture {
  fileprivate var names: (identity: String, chip: String, device: String, leaf: String) {
    switch self {
    case .hopper: ("GH100", "GH100", "GH100 A01 GSP BROM", "GH100 A01 GSP FMC LF")
    case .blackwell: ("GB100", "GB100", "GB100 A01 GSP BROM", "GB100 A01 GSP FMC LF")
    case .ls10: ("GH100", "LS_10", "LS_10 A01 FSP BROM", "LS_10 A01 FSP FMC LF")
    }
  }
}
