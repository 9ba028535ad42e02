extension NVIDIA.AppraisalRules {
  /// What was asked, and which fields came with the answer.
  func checkForm(_ report: NVIDIA.Report, _ recorder: inout CheckRecorder) {
    if completeRequest {
      recorder.require(
        "spdm-request",
        report.requestAttributes & 1 == 1 && report.requestedOperation == 0xFF
          && report.responseParameters.second & 0x0F == report.slot & 0x0F, else: AttestationError.spdmRequest,
        "request is not for all measurements, signed, of the slot that answered")
    }
    let opaque = report.opaque
    if let namedUnknownFields {
      let unknown = opaque.fields.map(\.type).filter { type in
        NVIDIA.OpaqueData.name(type, platform: opaque.platform) == nil && !namedUnknownFields.contains(type)
      }
      recorder.require(
        "opaque-fields", unknown.isEmpty, else: AttestationError.opaqueFieldUnknown,
        "opaque fields \(unknown.map(String.init).joined(separator: ", ")) are not known")
    }
    if consistentFields { checkConsistency(opaque, &recorder) }
  }

  private func checkConsistency(_ opaque: NVIDIA.OpaqueData, _ recorder: inout CheckRecorder) {
    guard opaque.vbiosVersion != nil, opaque.platform == .nvidiaSwitch || opaque.driverVersion != nil else {
      recorder.fail(
        "opaque-consistency",
        AttestationError(
          AttestationError.opaqueFieldMissing, "version of driver or VBIOS is missing or not readable"))
      return
    }
    // A flag has one of two values. The feature flag is there from opaque data version 1 on, up to 2, and 2 says that
    // protected PCIe is on.
    let isFlagKnown = [(UInt16(11), opaque.nvdec0), (21, opaque.protectedPCIe)].allSatisfy { type, flag in
      opaque.value(type) == nil || flag != nil
    }
    let isFeatureKnown =
      opaque.value(36) == nil ? opaque.version == 0 : opaque.version == 1 && opaque.featureFlag.map { $0 <= 2 } == true
    let agree =
      opaque.featureFlag.map { flag in
        opaque.protectedPCIe.map { ($0 == .enabled) == (flag == 2) } ?? true
      } ?? true
    recorder.require(
      "opaque-consistency", isFlagKnown && isFeatureKnown && agree, else: AttestationError.opaqueFieldConflict,
      "opaque fields contradict each other or have values that are not known")
  }

  /// The kind of chip, the one device, and the firmware that holds its key.
  func checkDevice(_ chain: NVIDIA.DeviceChain, _ recorder: inout CheckRecorder) {
    if let architectureFloor {
      recorder.require(
        "architecture-floor", chain.architecture.reaches(architectureFloor),
        else: AttestationError.productBelowFloor,
        "architecture is \(chain.architecture.rawValue), expected \(architectureFloor.rawValue) or later")
    }
    if let chips {
      recorder.require(
        "chips", chips.contains(chain.chip), else: AttestationError.productUnknown,
        "chip is none that the policy names")
    }
    if let hosts {
      recorder.require(
        "host-list", hosts.contains(chain.chipIdentifier), else: AttestationError.chipUnlisted,
        "device is not in the host list")
    }
    if let revokedChips {
      recorder.require(
        "revoked-chips", !revokedChips.contains(chain.chipIdentifier), else: AttestationError.chipRevoked,
        "device is revoked")
    }
    if secureFirmware {
      let isDebug = chain.firmware?.isSet(.debug) ?? false
      let isInsecure = [.notSecure, .recovery].contains { chain.firmware?.isSet($0) ?? false }
      recorder.require(
        "firmware-flags", !isDebug && !isInsecure,
        else: isDebug ? AttestationError.deviceDebug : AttestationError.deviceNotSecure,
        "leaf says that the device is \(isDebug ? "in debug mode" : "not secure or in recovery")")
    }
  }

  func checkMode(_ report: NVIDIA.Report, _ recorder: inout CheckRecorder) {
    let opaque = report.opaque
    guard protectedPCIe != .either, opaque.platform == .nvidiaGPU else { return }
    let isOn = opaque.protectedPCIe == .enabled || opaque.featureFlag == 2
    recorder.requireBit(isOn, protectedPCIe, code: AttestationError.protectedPCIe, name: "protected PCIe")
  }

  /// The devices that reports name as linked. A GPU's report is held against `switches`, a switch's against both.
  func checkTopology(_ opaque: NVIDIA.OpaqueData, _ recorder: inout CheckRecorder) {
    if let switches {
      let isListed =
        opaque.platform == .nvidiaGPU
        ? opaque.switchIdentifiers.isSubset(of: switches) : opaque.ownIdentifier.map(switches.contains) ?? false
      recorder.require(
        "switches", isListed, else: AttestationError.switchUnlisted,
        "report is of or names a switch that the policy does not name")
    }
    if let gpus {
      recorder.require(
        "gpus", opaque.gpuIdentifiers.isSubset(of: gpus), else: AttestationError.gpuUnlisted,
        "switch names a GPU that the policy does not name")
    }
  }
}
