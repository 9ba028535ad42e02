import Crypto
import WireFormat

/// The roots that a policy trusts: AMD's by name, or one simulated vendor's. No value holds both.
public enum TrustAnchors: Sendable, Equatable {
  case production(Set<ProductionRoot>)
  /// Under this a chain counts only if it says of itself that it is simulated. It protects nobody.
  case simulated(SimulatedRoot)

  /// Every root of AMD that is compiled in.
  public static let allProduction = TrustAnchors.production(Set(ProductionRoot.allCases))

  public var isSimulated: Bool {
    if case .simulated = self { true } else { false }
  }
}

/// AMD's root keys (ARK), which only this list can name: no policy brings its own bytes.
public enum ProductionRoot: String, Sendable, CaseIterable {
  case amdMilan = "amd-milan"
  case amdGenoa = "amd-genoa"
  case amdTurin = "amd-turin"

  var product: SEVSNP.Product {
    switch self {
    case .amdMilan: .milan
    case .amdGenoa: .genoa
    case .amdTurin: .turin
    }
  }

  /// SHA-256 of the SubjectPublicKeyInfo of the ARK that AMD serves as
  /// `https://kdsintf.amd.com/vcek/v1/<product>/cert_chain` (docs/evidence/sev-snp.md says where it was taken from).
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
    case .simulated(let root):
      return root.publicKeyDigest == digest ? .simulated : nil
    }
  }

  /// Distinguishes anchors in the key of a cache.
  var cacheLabel: String {
    switch self {
    case .production(let roots): "production " + roots.map(\.rawValue).sorted().joined(separator: " ")
    case .simulated(let root): "simulated " + root.publicKeyDigest.hexadecimal
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
