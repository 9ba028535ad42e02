extension SEVSNP.AppraisalRules {
  /// The form of the report itself.
  func checkForm(_ report: SEVSNP.Report, _ recorder: inout CheckRecorder) {
    if let reportVersions {
      recorder.require(
        "report-version", reportVersions.contains(report.version), else: AttestationError.reportVersion,
        "report version is \(report.version), expected \(reportVersions.lowerBound) to \(reportVersions.upperBound)")
    }
    if zeroReservedFields {
      recorder.require(
        "reserved-fields", report.hasZeroReservedFields, else: AttestationError.reservedFields,
        "a reserved field of the report is not zero")
    }
  }
}
