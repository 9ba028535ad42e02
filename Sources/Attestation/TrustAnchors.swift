import Crypto
import WireFormat

/// The roots that a policy trusts: vendors' by name, or those of simulated vendors. No value holds both.
public enum TrustAnchors: Sendable, Equatable {
  case production(Set<ProductionRoot>)
  /// Under this a chain counts only if it says of itself that it is simulated. It protects nobody.
  case simulated(Set<SimulatedRoot>)

  /// Every root that is compiled in.
  public static let allProduction = TrustAnchors.production(Set(ProductionRoot.allCases))

  public var isSimulated: Bool {
    if case .simulated = self { true } else { false }
  }
}

/// Vendors' root keys, which only this list can name: no policy brings its own bytes.
public enum ProductionRoot: String, Sendable, CaseIterable {
  case amdMilan = "amd-milan"
  case amdGenoa = "amd-genoa"
  case amdTurin = "amd-turin"
  case intelSGX = "intel-sgx"
  case awsNitroG1 = "aws-nitro-g1"
  case nvidiaDeviceIdentity = "nvidia-device-identity"
  /// NVIDIA's root for reference manifests, which operators and auditors verify.
  case nvidiaManifests = "nvidia-manifests"

  /// The product of a root of AMD's.
  var product: SEVSNP.Product? {
    switch self {
    case .amdMilan: .milan
    case .amdGenoa: .genoa
    case .amdTurin: .turin
    case .intelSGX, .awsNitroG1, .nvidiaDeviceIdentity, .nvidiaManifests: nil
    }
  }

  /// SHA-256 of the SubjectPublicKeyInfo of the root that the vendor publishes. The page of docs/evidence for its
  /// platform says where it was taken from.
  var publicKeyDigest: [UInt8] {
    switch self {
    case .amdMilan:
      [
        0x9F, 0x05, 0x6B, 0xEE, 0x44, 0x37, 0x7E, 0x29, 0x30, 0x8C, 0xB5, 0xFF, 0xA8, 0x95, 0xBD, 0xFB,
        0x62, 0xD1, 0x88, 0x81, 0xFA, 0x6B, 0xED, 0x8D, 0x6F, 0x07, 0x5B, 0x02, 0x04, 0x08, 0x9C, 0xB9,
      ]
    case .amdGenoa:
      [
        0x42, 0x9A, 0x69, 0xC9, 0x42, 0x2A, 0xA2, 0x58, 0xEE, 0x4D, 0x8D, 0xB5, 0xFC, 0xDA, 0x9C, 0x64,
        0x70, 0xEF, 0x15, 0xF8, 0xCD, 0x5A, 0x9C, 0xEB, 0xD6, 0xCB, 0xC7, 0xD9, 0x0B, 0x86, 0x38, 0x31,
      ]
    case .amdTurin:
      [
        0x4F, 0x12, 0x54, 0x10, 0x56, 0x3A, 0x2A, 0xB9, 0xA5, 0x03, 0x56, 0xF9, 0x24, 0x3F, 0x6F, 0xE0,
        0xB6, 0xF7, 0x3D, 0xE9, 0x86, 0x03, 0xF5, 0x3F, 0x90, 0x33, 0x9C, 0x70, 0xE9, 0xD7, 0xAD, 0x08,
      ]
    case .intelSGX:
      [
        0xA0, 0xAF, 0x03, 0x12, 0x89, 0xF5, 0xD5, 0xD4, 0x13, 0x2F, 0x91, 0x86, 0x06, 0x8A, 0x7F, 0xC1,
        0x36, 0x28, 0x63, 0x3B, 0xA2, 0x35, 0x77, 0x74, 0x72, 0xE2, 0x9B, 0x6B, 0x6C, 0x67, 0xA4, 0x9E,
      ]
    case .awsNitroG1:
      [
        0xF2, 0xCA, 0xF5, 0xEC, 0xC6, 0x19, 0x0B, 0x4A, 0x83, 0x99, 0xB7, 0x8B, 0xC5, 0x8A, 0x2B, 0xBC,
        0xD0, 0x38, 0x23, 0x75, 0xDB, 0x8A, 0x1B, 0xFD, 0x78, 0xA8, 0x27, 0x43, 0x87, 0x4F, 0xD2, 0x25,
      ]
    case .nvidiaDeviceIdentity:
      [
        0xA9, 0x0C, 0x4E, 0xB5, 0xAC, 0xFD, 0x3E, 0x3D, 0x03, 0xA2, 0x5D, 0xB6, 0xA2, 0x6B, 0x84, 0xF7,
        0x20, 0xAD, 0x05, 0x03, 0x19, 0x6C, 0x62, 0x7C, 0x21, 0xDD, 0xD4, 0x8D, 0xD8, 0x5B, 0x06, 0xA4,
      ]
    case .nvidiaManifests:
      [
        0xDE, 0xC1, 0xDC, 0x31, 0x64, 0x77, 0xAA, 0x85, 0x1E, 0xEB, 0xDF, 0x51, 0x32, 0x7A, 0xE9, 0xF8,
        0x64, 0xBC, 0x8D, 0x89, 0x25, 0x46, 0x57, 0xED, 0x1E, 0x7E, 0xB9, 0x16, 0x8A, 0xF1, 0xE1, 0xA3,
      ]
    }
  }
}

/// The root of one simulated vendor, by SHA-256 of its SubjectPublicKeyInfo.
public struct SimulatedRoot: Sendable, Hashable {
  public static let byteCount = 32

  public let publicKeyDigest: [UInt8]

  /// Nil unless the digest has 32 bytes.
  public init?(publicKeyDigest: [UInt8]) {
    guard publicKeyDigest.count == Self.byteCount else { return nil }
    self.publicKeyDigest = publicKeyDigest
  }
}

extension TrustAnchors {
  /// What the policy calls the root with this key; nil if it is not one of the policy's.
  func root(publicKeyInfo: ArraySlice<UInt8>) -> TrustedRoot? {
    let digest = Array(SHA256.hash(data: publicKeyInfo))
    switch self {
    case .production(let roots):
      return roots.first { $0.publicKeyDigest == digest }.map { .production($0) }
    case .simulated(let roots):
      return roots.contains { $0.publicKeyDigest == digest } ? .simulated : nil
    }
  }

  /// Why a chain is refused for what it says of itself: under simulated roots every certificate must say that it is
  /// simulated, under real ones none may. Nil where the marks fit.
  func refusalOfMarks(_ isSimulatedByCertificate: [Bool]) -> AttestationError? {
    if isSimulated {
      guard isSimulatedByCertificate.contains(false) else { return nil }
      return AttestationError(
        AttestationError.simulatedExpected, "chain does not say that it is simulated, expected a simulated chain")
    }
    guard isSimulatedByCertificate.contains(true) else { return nil }
    return AttestationError(
      AttestationError.simulatedRefused, "chain is simulated, expected a production chain")
  }

  /// Distinguishes anchors in the key of a cache.
  var cacheLabel: String {
    switch self {
    case .production(let roots): "production " + roots.map(\.rawValue).sorted().joined(separator: " ")
    case .simulated(let roots):
      "simulated " + roots.map(\.publicKeyDigest.hexadecimal).sorted().joined(separator: " ")
    }
  }
}

/// The pinned root that a chain ends in.
enum TrustedRoot: Sendable, Equatable {
  case production(ProductionRoot)
  case simulated

  /// The product of the root, where its name says one.
  var product: SEVSNP.Product? {
    if case .production(let root) = self { root.product } else { nil }
  }

  var name: String {
    if case .production(let root) = self { root.rawValue } else { "simulated" }
  }
}
