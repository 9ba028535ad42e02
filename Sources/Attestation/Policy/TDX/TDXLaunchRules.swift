import ErrorCodes

extension TDX.AppraisalRules {
  /// The one platform, by what its PCK certificate says.
  func checkMachine(_ platform: TDX.Platform, _ recorder: inout CheckRecorder) {
    if let hosts {
      recorder.require(
        "host-list", hosts.contains(platform.ppid), else: AttestationError.chipUnlisted,
        "platform is not in the host list")
    }
    if let revokedHosts {
      recorder.require(
        "revoked-hosts", !revokedHosts.contains(platform.ppid), else: AttestationError.chipRevoked,
        "platform is revoked")
    }
    self.platform?.check(platform, &recorder)
  }

  /// The TDX module, and how the trust domain was launched.
  func checkLaunch(_ body: TDX.Quote.Body, referenceValues: ReferenceValues?, _ recorder: inout CheckRecorder) {
    if let values = referenceValues {
      recorder.require(
        "measurement", values.tdxMeasurements.contains(TDX.Measurements(body)), else: AttestationError.measurement,
        "measurements are not reference values")
    }
    if let minimumTEETCBSVN {
      recorder.require(
        "tee-tcb-svn", zip(body.teeTCBSVN, minimumTEETCBSVN).allSatisfy { $0 >= $1 }, else: AttestationError.teeTCBSVN,
        "TEE_TCB_SVN is below the minimum in a component")
    }
    if zeroSEAMAttributes {
      recorder.require(
        "seam-attributes", body.seamAttributes.allSatisfy { $0 == 0 }, else: AttestationError.seamAttributes,
        "SEAMATTRIBUTES is not zero")
    }
    let values: [(name: String, allowed: Set<[UInt8]>?, value: ArraySlice<UInt8>, code: ErrorCode)] = [
      ("module-signer", moduleSigners, body.mrSignerSEAM, AttestationError.moduleSigner),
      ("mrconfigid", mrConfigIDs, body.mrConfigID, AttestationError.mrConfigID),
      ("mrowner", mrOwners, body.mrOwner, AttestationError.mrOwner),
      ("mrownerconfig", mrOwnerConfigs, body.mrOwnerConfig, AttestationError.mrOwnerConfig),
      // What TDX 1.0 has not, no trust domain serves.
      ("service-td", serviceTDs, body.mrServiceTD ?? Array(repeating: 0, count: 48)[...], AttestationError.serviceTD),
    ]
    for (name, allowed, value, code) in values {
      guard let allowed else { continue }
      recorder.require(name, allowed.contains(Array(value)), else: code, "\(name) is not what the policy names")
    }
  }

  func checkEventLog(_ supplement: [UInt8]?, _ body: TDX.Quote.Body, _ recorder: inout CheckRecorder) {
    guard supplement != nil || requiresEventLog else { return }
    recorder.check("event-log") { () throws(AttestationError) in
      guard let supplement else {
        throw AttestationError(AttestationError.eventLogMissing, "evidence has no event log")
      }
      guard try TDX.EventLog(parsing: supplement).replayed() == body.rtmrs else {
        throw AttestationError(
          AttestationError.eventLogMismatch, "replay of the event log does not give the quote's registers")
      }
    }
  }
}
