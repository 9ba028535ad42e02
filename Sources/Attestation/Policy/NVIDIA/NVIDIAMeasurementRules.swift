extension NVIDIA.AppraisalRules {
  /// RIM index 35: the video decoder's firmware.
  private static let nvdec0Index: UInt8 = 36

  /// Golden values, the versions that they are of, and what they leave open.
  func checkMeasurements(
    _ report: NVIDIA.Report, referenceValues: ReferenceValues?, _ recorder: inout CheckRecorder
  ) {
    let golden = referenceValues?.nvidiaMeasurements.filter { $0.platform == report.opaque.platform }
    var leftOut: Set<UInt8> = []
    if !comparesDisabledNVDEC0, report.opaque.nvdec0 == .disabled { leftOut = [Self.nvdec0Index] }
    let matching = golden?.filter { $0.differingIndices(from: report, leftOut: leftOut).isEmpty }
    // Without any reference value the refusal has a code of its own, which stands first.
    if let golden, !golden.isEmpty {
      let closest = golden.map { $0.differingIndices(from: report, leftOut: leftOut) }.min { $0.count < $1.count }
      recorder.require(
        "measurement", matching?.isEmpty == false, else: AttestationError.measurement,
        "measurements \((closest ?? []).map(String.init).joined(separator: ", ")) are none of the golden values")
    }
    let found = matching ?? []
    checkVersions(report.opaque, found.isEmpty ? golden ?? [] : found, &recorder)
    if let uncoveredMeasurements, !found.isEmpty { checkCoverage(report, found, uncoveredMeasurements, &recorder) }
    if confirmedMode, golden == nil || !found.isEmpty {
      recorder.require(
        "confidential-mode", !found.isEmpty, else: AttestationError.confidentialMode,
        "no golden values fix that confidential computing is on and debugging off")
    }
  }

  /// Driver and VBIOS must be those of one and the same golden values, where the policy does not name them.
  private func checkVersions(
    _ opaque: NVIDIA.OpaqueData, _ golden: [NVIDIA.Measurements], _ recorder: inout CheckRecorder
  ) {
    var candidates = golden
    if let driverVersions, opaque.platform == .nvidiaGPU {
      let isListed = opaque.driverVersion.map(driverVersions.contains) ?? false
      let ofDriver = golden.filter { $0.driverVersion == opaque.driverVersion }
      recorder.require(
        "driver-version", driverVersions.isEmpty ? !ofDriver.isEmpty : isListed, else: AttestationError.driverVersion,
        "driver version is none that the policy names")
      if driverVersions.isEmpty, !ofDriver.isEmpty { candidates = ofDriver }
    }
    if let vbiosVersions {
      let isListed = opaque.vbiosVersion.map(vbiosVersions.contains) ?? false
      let isGolden = candidates.contains { $0.vbiosVersion == opaque.vbiosVersion }
      recorder.require(
        "vbios-version", vbiosVersions.isEmpty ? isGolden : isListed, else: AttestationError.vbiosVersion,
        "VBIOS version is none that the policy names")
    }
  }

  /// Zeros are a measurement that was not made.
  private func checkCoverage(
    _ report: NVIDIA.Report, _ golden: [NVIDIA.Measurements], _ allowed: Set<UInt8>, _ recorder: inout CheckRecorder
  ) {
    let made = report.blocks.filter { $0.value.contains { $0 != 0 } }.map(\.index)
    let uncovered = golden.map { values in
      made.filter { values.measurements[$0] == nil && !allowed.contains($0) }
    }.min { $0.count < $1.count }
    recorder.require(
      "measurement-coverage", uncovered?.isEmpty ?? false, else: AttestationError.measurementUncovered,
      "measurements \((uncovered ?? []).map(String.init).joined(separator: ", ")) have no golden value")
  }
}
