/// NVIDIA GPUs and switches: the SPDM measurement report and the device's certificate chain (docs/evidence/nvidia.md).
public enum NVIDIA {
  /// Families of chips, from older to newer within GPUs. Which one it is says the chip's name in the certificates.
  public enum Architecture: String, Sendable, CaseIterable {
    /// GH100: H100 and H200.
    case hopper
    /// GB100 and its kin.
    case blackwell
    /// The switch chip LS10 of Hopper systems.
    case ls10

    /// - Parameter chip: the first word of the device's name, such as `GH100`.
    init?(chip: String) {
      let digits = chip.dropFirst(2)
      guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
      switch chip.prefix(2) {
      case "GH": self = .hopper
      case "GB": self = .blackwell
      case "LS" where digits == "10": self = .ls10
      default: return nil
      }
    }

    var platform: Platform { self == .ls10 ? .nvidiaSwitch : .nvidiaGPU }

    /// True where chips of this architecture are at least as new as those of `floor`; of switches one is known.
    func reaches(_ floor: Architecture) -> Bool {
      switch (self, floor) {
      case (.hopper, .blackwell): false
      default: true
      }
    }
  }
}
