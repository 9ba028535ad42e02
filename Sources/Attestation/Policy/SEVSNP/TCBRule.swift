import ErrorCodes

extension SEVSNP.AppraisalRules {
  /// The four TCB versions of a report, with the name and the code of their checks.
  private static let versions:
    [(name: String, code: ErrorCode, read: @Sendable (SEVSNP.AuthenticatedReport) -> SEVSNP.TCBVersion)] = [
      ("tcb-reported", AttestationError.tcbReported, { $0.reportedTCB }),
      ("tcb-committed", AttestationError.tcbCommitted, { $0.committedTCB }),
      ("tcb-launch", AttestationError.tcbLaunch, { $0.launchTCB }),
      ("tcb-current", AttestationError.tcbCurrent, { $0.currentTCB }),
    ]

  /// Reported, committed, launch and current TCB, none of them lower than the product's minimum in any component.
  func checkTCB(_ authenticated: SEVSNP.AuthenticatedReport, _ recorder: inout CheckRecorder) {
    guard let minimumTCB else { return }
    guard let minimum = minimumTCB[authenticated.product] else {
      recorder.fail(
        "tcb-minimum",
        AttestationError(
          AttestationError.tcbMinimumMissing, "policy has no minimum TCB for \(authenticated.product.rawValue)"))
      return
    }
    recorder.pass("tcb-minimum")
    for (name, code, read) in Self.versions {
      let below = read(authenticated).componentsBelow(minimum)
      recorder.require(
        name, below.isEmpty, else: code, "\(name) is below the minimum in \(below.joined(separator: ", "))")
    }
  }
}
