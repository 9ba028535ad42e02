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
      guard report.isSigned(by: chain.leaf) else {
        recorder.fail(
          "signature", AttestationError(AttestationError.reportSignature, "signature of the report is not the leaf's"))
        return nil
      }
      recorder.pass("signature")
      // Early firmware reports none; the leaf then speaks alone.
      let reported: [UInt8]? = report.opaque.firmwareIdentifier.map { Array($0) }
      guard reported == nil || reported == chain.firmware?.digest else {
        recorder.fail(
          "firmware-identifier",
          AttestationError(
            AttestationError.firmwareIdentifier, "firmware identifiers of report and leaf differ"))
        return nil
      }
      recorder.pass("firmware-identifier")
    }

    /// SHA-384 of the measurement record as it stands in the report.
    var measurement: [UInt8] { Array(SHA384.hash(data: report.record)) }
  }
}
