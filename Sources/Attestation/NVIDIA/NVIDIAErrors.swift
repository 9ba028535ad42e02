public import ErrorCodes

// What the bytes are.
extension AttestationError {
  /// A message of the report is no request for measurements, or no answer to one.
  public static let spdmMessage = ErrorCode("spdm-message")
  /// The measurement record does not hold the blocks that its header counts.
  public static let spdmRecord = ErrorCode("spdm-measurement-record")
  /// The opaque data do not consist of whole fields, or one of them has not its size.
  public static let spdmOpaqueData = ErrorCode("spdm-opaque-data")
  /// The text is no evidence as NVIDIA's SDK writes it.
  public static let evidenceFile = ErrorCode("evidence-file-malformed")
}

// Authentic?
extension AttestationError {
  /// The firmware that the report names is not the one for which the leaf was issued.
  public static let firmwareIdentifier = ErrorCode("firmware-identifier-mismatch")
  /// The request in the report carries another nonce.
  public static let spdmNonce = ErrorCode("spdm-nonce-mismatch")
}

// Acceptable?
extension AttestationError {
  /// The request asked for less than all measurements, signed, of the slot that answered.
  public static let spdmRequest = ErrorCode("spdm-request-refused")
  /// The leaf says that the device is in debug mode.
  public static let deviceDebug = ErrorCode("device-debug")
  /// The leaf says that the device is not secure or in recovery.
  public static let deviceNotSecure = ErrorCode("device-not-secure")
  /// The report has a field that is not known and that the policy does not name.
  public static let opaqueFieldUnknown = ErrorCode("opaque-field-unknown")
  /// The report lacks a field that the rules compare.
  public static let opaqueFieldMissing = ErrorCode("opaque-field-missing")
  /// Two fields contradict each other, or one has a value that is not known.
  public static let opaqueFieldConflict = ErrorCode("opaque-field-conflict")
  /// The driver has a version that neither policy nor golden values allow.
  public static let driverVersion = ErrorCode("driver-version-refused")
  /// The VBIOS has a version that neither policy nor golden values allow.
  public static let vbiosVersion = ErrorCode("vbios-version-refused")
  /// The device is in protected PCIe mode, in which data cross NVLink in clear, or is not, against the policy.
  public static let protectedPCIe = ErrorCode("protected-pcie")
  /// The report names a switch that is not the policy's.
  public static let switchUnlisted = ErrorCode("switch-unlisted")
  /// A switch names a GPU that is not the policy's.
  public static let gpuUnlisted = ErrorCode("gpu-unlisted")
  /// A measurement that is not zero has no golden value.
  public static let measurementUncovered = ErrorCode("measurement-uncovered")
  /// Nothing in the appraisal fixes that confidential computing is on and debugging off.
  public static let confidentialMode = ErrorCode("confidential-mode-unconfirmed")
}
