extension SEVSNP.AppraisalRules {
  /// Reported <= committed <= current, launch <= current, and committed <= current firmware, each component alone (AMD
  /// 56860, sections on SNP_COMMIT and SNP_CONFIG): what is current may be rolled back no further than to what is
  /// committed, and the hypervisor may report no more than that. A launch TCB above the current one means that the
  /// firmware was rolled back beneath a running guest.
  func checkTCBOrder(_ authenticated: SEVSNP.AuthenticatedReport, _ recorder: inout CheckRecorder) {
    guard orderedTCB else { return }
    let report = authenticated.report
    let pairs = [
      ("reported", authenticated.reportedTCB, "committed", authenticated.committedTCB),
      ("committed", authenticated.committedTCB, "current", authenticated.currentTCB),
      ("launch", authenticated.launchTCB, "current", authenticated.currentTCB),
    ]
    let broken = pairs.filter { !$0.3.componentsBelow($0.1).isEmpty }.map { "\($0.0) TCB above \($0.2)" }
    recorder.require(
      "tcb-order", broken.isEmpty && report.committedFirmware <= report.currentFirmware,
      else: AttestationError.tcbOrder,
      broken.isEmpty ? "committed firmware version is above the current" : broken.joined(separator: ", "))
  }
}
