public import Attestation

extension NVIDIA.Measurements {
  /// The golden values of a GPU, from the manifests of its driver and of its VBIOS, which cover different measurements.
  ///
  /// - Throws: `manifest-kind`, `manifest-conflict`, `manifest-malformed`.
  public init(driver: ReferenceManifest, vbios: ReferenceManifest) throws(ReferenceManifestError) {
    guard !driver.isOfFirmware, vbios.isOfFirmware, driver.product == vbios.product else {
      throw ReferenceManifestError(
        ReferenceManifestError.kind, "manifests are not of a driver and of a VBIOS of one chip")
    }
    let shared = Set(driver.measurements.keys).intersection(vbios.measurements.keys).sorted()
    guard shared.isEmpty else {
      throw ReferenceManifestError(
        ReferenceManifestError.conflict,
        "manifests of driver and VBIOS both name measurements \(shared.map(String.init).joined(separator: ", "))")
    }
    self = try Self.make(
      .nvidiaGPU, driver.version, vbios.version, driver.measurements.merging(vbios.measurements) { first, _ in first })
  }

  /// The golden values of a switch, from the manifest of its firmware.
  ///
  /// - Throws: `manifest-kind`, `manifest-malformed`.
  public init(switchFirmware: ReferenceManifest) throws(ReferenceManifestError) {
    guard switchFirmware.isOfFirmware else {
      throw ReferenceManifestError(ReferenceManifestError.kind, "manifest is not of a firmware")
    }
    self = try Self.make(.nvidiaSwitch, nil, switchFirmware.version, switchFirmware.measurements)
  }

  private static func make(
    _ platform: Platform, _ driverVersion: String?, _ vbiosVersion: String, _ measurements: [UInt8: Set<[UInt8]>]
  ) throws(ReferenceManifestError) -> NVIDIA.Measurements {
    do {
      return try NVIDIA.Measurements(
        platform: platform, driverVersion: driverVersion, vbiosVersion: vbiosVersion, measurements: measurements)
    } catch {
      throw ReferenceManifestError(ReferenceManifestError.malformed, error.message)
    }
  }
}

extension ReferenceManifest {
  /// A manifest does not say what it is of, but a firmware's version has five pairs of hexadecimal digits, and a
  /// driver's has not.
  var isOfFirmware: Bool {
    let parts = version.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 5 && parts.allSatisfy { $0.count == 2 && $0.allSatisfy(\.isHexDigit) }
  }
}
