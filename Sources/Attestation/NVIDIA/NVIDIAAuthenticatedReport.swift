import Crypto

extension NVIDIA {
  /// A report that the device of a verified chain signed, of the firmware for which its leaf was issued. Only `init`
  /// makes one, so that nothing else is ever held against the rules.
  struct AuthenticatedReport: Sendable {
    let report: Report
    let chain: DeviceChain

    /// Nil if a check fails, which `recorder` then holds.
    init?(report: Report, chain: DeviceChain, recorder: inout CheckRecorder) {
      self.report = report
      self.chain = chain
      let failuresBefore = recorder.failureCount
      recorder.require(
        "signature", report.isSigned(by: chain.leaf), else: AttestationError.reportSignature,
        "signature of the report is not the leaf's")
      // Early firmware reports none; the leaf then speaks alone.
      let reported = report.opaque.firmwareIdentifier.map(Array.init)
      recorder.require(
        "firmware-identifier", reported == nil || reported == chain.firmware?.digest,
        else: AttestationError.firmwareIdentifier, "firmware identifiers of report and leaf differ")
      guard recorder.failureCount == failuresBefore else { return nil }
    }

    /// SHA-384 of the measurement record as it stands in the report.
    var measurement: [UInt8] { Array(SHA384.hash(data: report.record)) }
  }
}
