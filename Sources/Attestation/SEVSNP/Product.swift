/// AMD SEV-SNP: the report, the chain of the key that signed it, and what makes both authentic.
public enum SEVSNP {}

extension SEVSNP {
  /// A processor generation, as AMD's chains tell them apart; later ones compare greater.
  public enum Product: String, Sendable, CaseIterable, Comparable {
    case milan
    /// Also Bergamo and Siena, which share Genoa's chain.
    case genoa
    /// Also Turin Dense.
    case turin

    public static func < (left: Product, right: Product) -> Bool { left.generation < right.generation }

    private var generation: Int {
      switch self {
      case .milan: 0
      case .genoa: 1
      case .turin: 2
      }
    }

    /// The name in AMD's certificates, such as `ARK-Milan`.
    public var certificateName: String {
      switch self {
      case .milan: "Milan"
      case .genoa: "Genoa"
      case .turin: "Turin"
      }
    }

    /// The product of a leaf's product name extension, such as `Milan-B0`: the part before the stepping.
    init?(productName: String) {
      switch productName.prefix(while: { $0 != "-" }) {
      case "Milan": self = .milan
      case "Genoa", "Bergamo", "Siena": self = .genoa
      case "Turin": self = .turin
      default: return nil
      }
    }

    /// The product of a processor by its CPUID family and model, extended parts included.
    public init?(family: UInt8, model: UInt8) {
      switch (family, model) {
      case (0x19, 0x00...0x0F): self = .milan
      case (0x19, 0x10...0x1F), (0x19, 0xA0...0xAF): self = .genoa
      case (0x1A, 0x00...0x1F): self = .turin
      default: return nil
      }
    }

    /// Bytes of the hardware identifier in a VCEK; the report pads it with zeros to 64.
    public var hardwareIdentifierByteCount: Int { self == .turin ? 8 : 64 }
  }
}
