extension SEVSNP {
  /// The security versions of the firmware components (AMD 56860, section 2.2, TCB_VERSION).
  ///
  /// Milan and Genoa: boot loader, TEE, 4 reserved bytes, SNP firmware, microcode.
  /// Turin: FMC, boot loader, TEE, SNP firmware, 3 reserved bytes, microcode.
  public struct TCBVersion: Sendable, Equatable {
    /// First mutable code; Turin only, elsewhere 0.
    public var fmc: UInt8
    public var bootLoader: UInt8
    public var tee: UInt8
    public var snp: UInt8
    public var microcode: UInt8
    /// The reserved bytes in their order, 4 or on Turin 3 of them, as an integer of least significant byte first.
    public var reserved: UInt32

    public init(
      fmc: UInt8 = 0, bootLoader: UInt8, tee: UInt8, snp: UInt8, microcode: UInt8, reserved: UInt32 = 0
    ) {
      self.fmc = fmc
      self.bootLoader = bootLoader
      self.tee = tee
      self.snp = snp
      self.microcode = microcode
      self.reserved = reserved
    }

    /// - Parameter rawValue: the 8 bytes of the report, least significant byte first.
    public init(rawValue: UInt64, product: Product) {
      func byte(_ index: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: rawValue >> (8 * index)) }
      microcode = byte(7)
      if product == .turin {
        fmc = byte(0)
        bootLoader = byte(1)
        tee = byte(2)
        snp = byte(3)
        reserved = UInt32(truncatingIfNeeded: rawValue >> 32) & 0xFF_FFFF
      } else {
        fmc = 0
        bootLoader = byte(0)
        tee = byte(1)
        snp = byte(6)
        reserved = UInt32(truncatingIfNeeded: rawValue >> 16)
      }
    }

    public func rawValue(product: Product) -> UInt64 {
      let high = UInt64(microcode) << 56
      if product == .turin {
        return high | UInt64(reserved & 0xFF_FFFF) << 32 | UInt64(snp) << 24 | UInt64(tee) << 16
          | UInt64(bootLoader) << 8 | UInt64(fmc)
      }
      return high | UInt64(snp) << 48 | UInt64(reserved) << 16 | UInt64(tee) << 8 | UInt64(bootLoader)
    }

    /// The components in the order in which they are compared and named.
    public var components: [(name: String, value: UInt8)] {
      [("fmc", fmc), ("bootLoader", bootLoader), ("tee", tee), ("snp", snp), ("microcode", microcode)]
    }

    /// The names of the components in which this version is lower than `minimum`.
    public func componentsBelow(_ minimum: TCBVersion) -> [String] {
      zip(components, minimum.components).filter { $0.value < $1.value }.map(\.0.name)
    }

    /// The names of the components that differ, `reserved` included.
    public func componentsDiffering(from other: TCBVersion) -> [String] {
      zip(components, other.components).filter { $0.value != $1.value }.map(\.0.name)
        + (reserved == other.reserved ? [] : ["reserved"])
    }
  }
}
