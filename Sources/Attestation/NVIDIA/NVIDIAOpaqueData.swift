import WireFormat

extension NVIDIA {
  /// What NVIDIA's firmware adds to the measurements: fields of Type (16) | Length (16) | Value, least significant byte
  /// first. The list is that of NVIDIA's verifiers; what a value means is known for few (docs/evidence/nvidia.md).
  package struct OpaqueData: Sendable {
    package struct Field: Sendable {
      package let type: UInt16
      package let value: ArraySlice<UInt8>
    }

    /// By which PDI, a device identifier of 8 bytes, reports name each other's devices.
    static let pdiByteCount = 8
    /// Places for GPUs in a switch's field 26; port numbers follow.
    static let switchGPUCount = 8

    let platform: Platform
    package let fields: [Field]

    /// - Throws: `spdm-opaque-data`.
    init(parsing bytes: ArraySlice<UInt8>, platform: Platform) throws(AttestationError) {
      func malformed(_ message: String) -> AttestationError {
        AttestationError(AttestationError.spdmOpaqueData, message)
      }
      var rest = bytes
      var fields: [Field] = []
      while !rest.isEmpty {
        let head = Array(rest.prefix(4))
        guard head.count == 4 else { throw malformed("opaque data end inside a field") }
        let type = UInt16(head[1]) << 8 | UInt16(head[0])
        let byteCount = Int(head[3]) << 8 | Int(head[2])
        rest = rest.dropFirst(4)
        guard byteCount <= rest.count else { throw malformed("opaque data end inside field \(type)") }
        guard !fields.contains(where: { $0.type == type }) else { throw malformed("field \(type) occurs twice") }
        guard Self.isSize(byteCount, type: type, platform: platform) else {
          throw malformed("field \(type) has \(byteCount) bytes")
        }
        fields.append(Field(type: type, value: rest.prefix(byteCount)))
        rest = rest.dropFirst(byteCount)
      }
      self.fields = fields
      self.platform = platform
    }

    private static func isSize(_ byteCount: Int, type: UInt16, platform: Platform) -> Bool {
      switch (type, platform) {
      case (12, _): byteCount.isMultiple(of: 4)
      case (20, _): byteCount == 48
      case (22, .nvidiaSwitch): byteCount == pdiByteCount
      case (22, _): byteCount.isMultiple(of: pdiByteCount)
      case (26, .nvidiaSwitch): byteCount >= pdiByteCount * switchGPUCount
      default: true
      }
    }

    package func value(_ type: UInt16) -> ArraySlice<UInt8>? { fields.first { $0.type == type }?.value }

    /// Printable ASCII up to the first zero byte; nil for anything else or nothing.
    func text(_ type: UInt16) -> String? {
      guard let value = value(type) else { return nil }
      let characters = value.prefix { $0 != 0 }
      guard !characters.isEmpty, characters.count <= Measurements.versionByteLimit,
        characters.allSatisfy({ (0x20..<0x7F).contains($0) }),
        value.dropFirst(characters.count).allSatisfy({ $0 == 0 })
      else { return nil }
      return String(decoding: characters, as: UTF8.self)
    }

    /// At most 8 bytes, least significant byte first.
    func integer(_ type: UInt16) -> UInt64? {
      guard let value = value(type), (1...8).contains(value.count) else { return nil }
      return value.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
  }
}

// The fields that something is known of.
extension NVIDIA.OpaqueData {
  package var driverVersion: String? { text(3) }

  /// A GPU has it as a number, such as `96.00.5E.00.01`: four bytes from the most significant on, then the fifth. A
  /// switch has it as text.
  package var vbiosVersion: String? {
    guard platform == .nvidiaGPU else { return text(6) }
    guard let value = value(6), value.count == 8 else { return nil }
    let bytes = Array(value)
    return ([3, 2, 1, 0, 4].map { [bytes[$0]].hexadecimal.uppercased() }).joined(separator: ".")
  }

  /// Project, project SKU and chip SKU, such as `1010-0200-882`: the parts of the name of the VBIOS manifest.
  package var board: String? {
    guard let project = text(17), let sku = text(18), let chip = text(15) else { return nil }
    return "\(project)-\(sku)-\(chip)"
  }

  package var firmwareIdentifier: ArraySlice<UInt8>? { value(20) }

  /// The two values that NVIDIA's firmware has for yes and no.
  package enum Flag: UInt8, Sendable {
    case enabled = 0xAA
    case disabled = 0x55
  }

  private func flag(_ type: UInt16) -> Flag? {
    guard let value = value(type), value.count == 1, let byte = value.first else { return nil }
    return Flag(rawValue: byte)
  }

  /// Of the first video decoder: without it measurement 36 is of firmware that does not run.
  package var nvdec0: Flag? { flag(11) }

  package var protectedPCIe: Flag? { flag(21) }

  /// From version 1 on there is a feature flag.
  package var version: UInt64 { integer(34) ?? 0 }

  /// 2 is protected PCIe. 0 and 1 are one and several GPUs passed through, of which NVIDIA's two verifiers do not agree
  /// which is which.
  package var featureFlag: UInt64? { integer(36) }

  /// Identifiers of the switches at a GPU's links, most significant byte first as a switch itself has it; links that
  /// are not used have zeros and are left out.
  package var switchIdentifiers: Set<[UInt8]> {
    guard platform == .nvidiaGPU, let value = value(22) else { return [] }
    return Self.identifiers(value) { Array($0.reversed()) }
  }

  /// A switch's own identifier.
  package var ownIdentifier: [UInt8]? { platform == .nvidiaSwitch ? value(22).map(Array.init) : nil }

  /// Identifiers of the GPUs at a switch's ports, as they are in the report.
  package var gpuIdentifiers: Set<[UInt8]> {
    guard platform == .nvidiaSwitch, let value = value(26) else { return [] }
    return Self.identifiers(value.prefix(Self.pdiByteCount * Self.switchGPUCount), Array.init)
  }

  private static func identifiers(
    _ bytes: ArraySlice<UInt8>, _ convert: (ArraySlice<UInt8>) -> [UInt8]
  ) -> Set<[UInt8]> {
    var rest = bytes
    var identifiers: Set<[UInt8]> = []
    while !rest.isEmpty {
      let identifier = rest.prefix(pdiByteCount)
      if identifier.contains(where: { $0 != 0 }) { identifiers.insert(convert(identifier)) }
      rest = rest.dropFirst(pdiByteCount)
    }
    return identifiers
  }

  /// Names of fields by type, for claims.
  static func name(_ type: UInt16, platform: Platform) -> String? {
    switch platform {
    case .nvidiaSwitch: commonNames[type] ?? switchNames[type]
    default: commonNames[type] ?? gpuNames[type]
    }
  }

  private static let commonNames: [UInt16: String] = [
    1: "certificateIssuerName", 2: "certificateAuthorityKeyIdentifier", 3: "driverVersion", 4: "gpuInfo", 5: "sku",
    6: "vbiosVersion", 7: "manufacturerID", 8: "tamperDetection", 9: "smc", 10: "vpr", 11: "nvdec0Status",
    12: "measurementCounts", 13: "cprInfo", 14: "boardID", 15: "chipSKU", 16: "chipSKUMod", 17: "project",
    18: "projectSKU", 19: "projectSKUMod", 20: "firmwareIdentifier", 21: "protectedPCIeStatus",
  ]
  private static let gpuNames: [UInt16: String] = [
    22: "switchPDI", 23: "floorsweptPorts", 24: "positionID", 25: "lockSwitchStatus", 32: "gpuLinkConnections",
    33: "systemEnableStatus", 34: "opaqueDataVersion", 35: "chipInfo", 36: "featureFlag",
  ]
  private static let switchNames: [UInt16: String] = [
    22: "devicePDI", 23: "disabledPorts", 24: "switchPositionID", 25: "switchLockStatus", 26: "switchGPUPDIs",
    27: "switchPorts",
  ]
}
