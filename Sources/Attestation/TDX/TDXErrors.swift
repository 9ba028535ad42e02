public import ErrorCodes

// Authentic? The quote and the key that signed it.
extension AttestationError {
  /// The quote is of another kind of hardware boundary than a trust domain, such as an SGX enclave.
  public static let teeType = ErrorCode("tee-type-refused")
  /// The quote is signed with another algorithm than ECDSA on P-256.
  public static let attestationKeyType = ErrorCode("attestation-key-type")
  /// The quote's body is of a type or size that is not known.
  public static let trustDomainBody = ErrorCode("td-body-type")
  /// The quote names the key of its quoting enclave in another form than a PCK chain.
  public static let certificationData = ErrorCode("certification-data-unsupported")
  /// The quoting enclave's report is not signed by the PCK.
  public static let quotingEnclaveSignature = ErrorCode("qe-report-signature")
  /// The quoting enclave does not answer for the key that signed the quote.
  public static let attestationKey = ErrorCode("attestation-key-mismatch")
  /// The quoting enclave is not the one of the vendor's QE identity.
  public static let quotingEnclaveIdentity = ErrorCode("qe-identity-mismatch")
}

// Authentic? The collateral.
extension AttestationError {
  /// Collateral, or a text that it carries, is not of its schema.
  public static let collateralMalformed = ErrorCode("collateral-malformed")
  /// TCB info or QE identity is not signed by the signer that came with it.
  public static let collateralSignature = ErrorCode("collateral-signature")
  /// Collateral is of another kind of hardware boundary, or of another platform, than the quote.
  public static let collateralMismatch = ErrorCode("collateral-mismatch")
  /// A revocation list of the collateral is of another issuer than its place says.
  public static let revocationIssuer = ErrorCode("revocation-list-issuer")
}

// Acceptable? What the vendor says of the platform.
extension AttestationError {
  public static let collateralMissing = ErrorCode("collateral-missing")
  public static let collateralStale = ErrorCode("collateral-stale")
  public static let collateralNotYetValid = ErrorCode("collateral-not-yet-valid")
  public static let tcbEvaluationNumber = ErrorCode("tcb-evaluation-number-below-minimum")
  /// The TDX module is not the one that TCB info names.
  public static let tdxModule = ErrorCode("tdx-module-mismatch")
  /// The platform, its TDX module or its quoting enclave is below every level that the vendor names.
  public static let tcbLevelUnsupported = ErrorCode("tcb-level-unsupported")
  public static let tcbStatus = ErrorCode("tcb-status-refused")
  public static let advisory = ErrorCode("advisory-refused")
  public static let platformDynamic = ErrorCode("platform-dynamic")
  public static let platformCachedKeys = ErrorCode("platform-cached-keys")
}

// Acceptable? The quote.
extension AttestationError {
  /// Bytes that are not zero stand behind the quote, where nothing signs them.
  public static let trailingBytes = ErrorCode("trailing-bytes")
  public static let quotingEnclaveVendor = ErrorCode("qe-vendor-refused")
  public static let teeTCBSVN = ErrorCode("tee-tcb-svn-below-minimum")
  public static let seamAttributes = ErrorCode("seam-attributes-not-zero")
  public static let moduleSigner = ErrorCode("module-signer-refused")
  public static let mrConfigID = ErrorCode("mrconfigid-refused")
  public static let mrOwner = ErrorCode("mrowner-refused")
  public static let mrOwnerConfig = ErrorCode("mrownerconfig-refused")
  public static let serviceTD = ErrorCode("service-td-refused")
  public static let xfamRequired = ErrorCode("xfam-required-bits")
  public static let xfamRefused = ErrorCode("xfam-refused-bits")
  public static let eventLogMissing = ErrorCode("event-log-missing")
  public static let eventLogMalformed = ErrorCode("event-log-malformed")
  /// The events do not give the runtime measurements of the quote.
  public static let eventLogMismatch = ErrorCode("event-log-mismatch")
}

// Acceptable? The attributes of the trust domain, one code a bit.
extension AttestationError {
  public static let attributesDebug = ErrorCode("td-attributes-debug")
  public static let attributesHGSPlusProfile = ErrorCode("td-attributes-hgs-plus-profile")
  public static let attributesPerformanceProfile = ErrorCode("td-attributes-performance-profile")
  public static let attributesPMTProfile = ErrorCode("td-attributes-pmt-profile")
  public static let attributesICSSD = ErrorCode("td-attributes-icssd")
  public static let attributesLASS = ErrorCode("td-attributes-lass")
  public static let attributesSEPTVEDisable = ErrorCode("td-attributes-sept-ve-disable")
  public static let attributesMigratable = ErrorCode("td-attributes-migratable")
  public static let attributesPKS = ErrorCode("td-attributes-pks")
  public static let attributesKeyLocker = ErrorCode("td-attributes-key-locker")
  public static let attributesTPA = ErrorCode("td-attributes-tpa")
  public static let attributesPerfmon = ErrorCode("td-attributes-perfmon")
  public static let attributesUnknown = ErrorCode("td-attributes-unknown-bits")
}
