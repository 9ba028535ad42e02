public import ErrorCodes

extension AttestationError {
  /// A field around the hardware report has a value that its layout does not allow.
  public static let hclMalformed = ErrorCode("hcl-malformed")
  /// The hardware report within is not of SEV-SNP.
  public static let hclReportType = ErrorCode("hcl-report-type")
  /// The report binds other runtime data than came with it.
  public static let runtimeData = ErrorCode("runtime-data-mismatch")
  /// The runtime data are not of their schema.
  public static let runtimeDataMalformed = ErrorCode("runtime-data-malformed")
  /// The runtime data names no usable attestation key of the virtual TPM, or two.
  public static let vtpmAttestationKey = ErrorCode("vtpm-attestation-key")
  /// The policy or a nonce asks for a quote of the virtual TPM, and none came.
  public static let quoteMissing = ErrorCode("vtpm-quote-missing")
  /// The quote of the virtual TPM is not of its form.
  public static let quoteMalformed = ErrorCode("vtpm-quote-malformed")
  /// The quote is not signed by the attestation key that the runtime data names.
  public static let quoteSignature = ErrorCode("vtpm-quote-signature")
  /// The PCR values beside the quote are not the quoted ones.
  public static let quotePCRDigest = ErrorCode("vtpm-quote-pcr-digest")
  /// The quote of the virtual TPM is over another nonce.
  public static let quoteNonce = ErrorCode("vtpm-quote-nonce-mismatch")
  /// The quoted PCRs are none of the reference values.
  public static let pcrsUnknown = ErrorCode("vtpm-pcrs-unknown")

  /// The guest was started without secure boot.
  public static let azureSecureBoot = ErrorCode("azure-secure-boot")
  /// The guest was started without its virtual TPM.
  public static let azureTPM = ErrorCode("azure-tpm-enabled")
  /// The guest's serial console is on.
  public static let azureConsole = ErrorCode("azure-console-enabled")
  /// The guest's console takes input.
  public static let azureInteractiveConsole = ErrorCode("azure-interactive-console")
  /// The host may offer the guest devices without a filter.
  public static let azureFilteredDevices = ErrorCode("azure-filtered-devices")
}
