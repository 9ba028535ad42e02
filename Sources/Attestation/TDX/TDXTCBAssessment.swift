import WireFormat

extension TDX {
  /// Which level of the vendor's a platform has reached (Intel PCS API, TCB info: how to determine the TCB status; and
  /// for TDX 1.5 the check for a relaunch, which Intel's quote verification library of release 1.20 brought).
  struct TCBAssessment: Sendable {
    /// False where TCB info does not name the TDX module, or names another signer or other attributes.
    let isModuleKnown: Bool
    /// All together; nil where a part is below every level.
    let status: TCBStatus?
    let platformStatus: TCBStatus?
    /// A module of major version 0 has no levels of its own.
    let moduleStatus: TCBStatus?
    let quotingEnclaveStatus: TCBStatus?
    /// Sorted, each once.
    let advisories: [String]
    /// When the platform's level was the newest.
    let platformDate: Instant?

    init(_ body: Quote.Body, enclave: EnclaveReport, platform: Platform, collateral: VerifiedCollateral) {
      let info = collateral.tcbInfo
      let svn = Array(body.teeTCBSVN)
      let identity = info.moduleIdentity(majorVersion: svn[1])
      isModuleKnown = svn[1] == 0 ? info.module.matches(body) : identity?.module.matches(body) ?? false

      let reached = info.levels.filter { $0.isReached(by: platform) }
      let level = reached.first { $0.isReached(byTEETCBSVN: svn) }
      let moduleLevel = identity?.levels.first { UInt16(svn[0]) >= $0.svn }
      let enclaveLevel = collateral.enclaveIdentity.levels.first { enclave.svn >= $0.svn }
      platformStatus = level?.status
      platformDate = level?.date
      moduleStatus = svn[1] == 0 ? nil : moduleLevel?.status
      quotingEnclaveStatus = enclaveLevel?.status
      advisories = Set(
        (level?.advisories ?? []) + (svn[1] == 0 ? [] : moduleLevel?.advisories ?? [])
          + (enclaveLevel?.advisories ?? [])
      ).sorted()

      guard let level, let enclaveLevel, svn[1] == 0 || moduleLevel != nil else {
        status = nil
        return
      }
      var converged = level.status.converged(withPart: moduleStatus ?? .upToDate)
      if let current = body.currentTEETCBSVN, let sgxStatus = reached.first?.status,
        enclaveLevel.status == .upToDate, moduleStatus == .outOfDate, converged.isOutOfDate, !sgxStatus.isOutOfDate,
        sgxStatus != .revoked, info.isNewest(Array(current))
      {
        converged =
          sgxStatus.needsConfiguration || converged.needsConfiguration
          ? .relaunchAdvisedConfigurationNeeded : .relaunchAdvised
      }
      status = converged.converged(withPart: enclaveLevel.status)
    }
  }
}

extension TDX.TCBInfo {
  fileprivate func moduleIdentity(majorVersion: UInt8) -> ModuleIdentity? {
    let id = "TDX_" + [majorVersion].hexadecimal.uppercased()
    return majorVersion == 0 ? nil : moduleIdentities.first { $0.id == id }
  }

  /// True where these are at least the numbers of the newest level.
  fileprivate func isNewest(_ svn: [UInt8]) -> Bool {
    guard let newest = levels.first, svn[2] >= newest.tdxComponents[2] else { return false }
    guard svn[1] > 0 else { return svn[0] >= newest.tdxComponents[0] }
    guard let module = moduleIdentity(majorVersion: svn[1])?.levels.first else { return false }
    return UInt16(svn[0]) >= module.svn
  }
}

extension TDX.TCBInfo.Level {
  /// What the PCK certificate says of the platform.
  fileprivate func isReached(by platform: TDX.Platform) -> Bool {
    platform.pceSVN >= pceSVN && zip(platform.components, sgxComponents).allSatisfy { $0 >= $1 }
  }

  /// From major version 1 on, a module's own numbers are held against its identity instead.
  fileprivate func isReached(byTEETCBSVN svn: [UInt8]) -> Bool {
    zip(svn, tdxComponents).dropFirst(svn[1] > 0 ? 2 : 0).allSatisfy { $0 >= $1 }
  }
}
