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
  /// No collateral came with the quote, and the policy asks for it.
  public static let collateralMissing = ErrorCode("collateral-missing")
  /// Collateral is past its next update, or older than the policy allows.
  public static let collateralStale = ErrorCode("collateral-stale")
  /// Collateral was issued after the time of appraisal.
  public static let collateralNotYetValid = ErrorCode("collateral-not-yet-valid")
  /// Collateral comes from an older evaluation of the vendor's than the policy demands.
  public static let tcbEvaluationNumber = ErrorCode("tcb-evaluation-number-below-minimum")
  /// The TDX module is not the one that TCB info names.
  public static let tdxModule = ErrorCode("tdx-module-mismatch")
  /// The platform, its TDX module or its quoting enclave is below every level that the vendor names.
  public static let tcbLevelUnsupported = ErrorCode("tcb-level-unsupported")
  /// The TCB has a status that the policy does not allow.
  public static let tcbStatus = ErrorCode("tcb-status-refused")
  /// An advisory holds for the platform that the policy does not allow.
  public static let advisory = ErrorCode("advisory-refused")
  /// Packages can be added to the platform, which the policy does not allow.
  public static let platformDynamic = ErrorCode("platform-dynamic")
  /// The platform caches its keys at Intel, which the policy does not allow.
  public static let platformCachedKeys = ErrorCode("platform-cached-keys")
}

// Acceptable? The quote.
extension AttestationError {
  /// Bytes that are not zero stand behind the quote, where nothing signs them.
  public static let trailingBytes = ErrorCode("trailing-bytes")
  /// The quoting enclave is of another vendor than Intel.
  public static let quotingEnclaveVendor = ErrorCode("qe-vendor-refused")
  /// A component of TEE_TCB_SVN is below the policy's minimum.
  public static let teeTCBSVN = ErrorCode("tee-tcb-svn-below-minimum")
  /// The attributes of the TDX module are not zero.
  public static let seamAttributes = ErrorCode("seam-attributes-not-zero")
  /// The TDX module is signed by another than the policy names.
  public static let moduleSigner = ErrorCode("module-signer-refused")
  /// MRCONFIGID is not what the policy names.
  public static let mrConfigID = ErrorCode("mrconfigid-refused")
  /// MROWNER is not what the policy names.
  public static let mrOwner = ErrorCode("mrowner-refused")
  /// MROWNERCONFIG is not what the policy names.
  public static let mrOwnerConfig = ErrorCode("mrownerconfig-refused")
  /// MRSERVICETD is not what the policy names.
  public static let serviceTD = ErrorCode("service-td-refused")
  /// XFAM lacks a processor feature that is always there.
  public static let xfamRequired = ErrorCode("xfam-required-bits")
  /// XFAM allows a processor feature that the policy refuses.
  public static let xfamRefused = ErrorCode("xfam-refused-bits")
  /// No event log came with the quote, and the policy asks for one.
  public static let eventLogMissing = ErrorCode("event-log-missing")
  /// The event log is not of its format, or above its limits.
  public static let eventLogMalformed = ErrorCode("event-log-malformed")
  /// The events do not give the runtime measurements of the quote.
  public static let eventLogMismatch = ErrorCode("event-log-mismatch")
}

// Acceptable? The attributes of the trust domain, one code a bit.
extension AttestationError {
  /// The host can read the trust domain's memory.
  public static let attributesDebug = ErrorCode("td-attributes-debug")
  /// The trust domain may use HGS+, which the policy does not allow.
  public static let attributesHGSPlusProfile = ErrorCode("td-attributes-hgs-plus-profile")
  /// The trust domain may profile performance, which the policy does not allow.
  public static let attributesPerformanceProfile = ErrorCode("td-attributes-performance-profile")
  /// The trust domain may profile through platform monitoring, which the policy does not allow.
  public static let attributesPMTProfile = ErrorCode("td-attributes-pmt-profile")
  /// The bit for ICSSD is not as the policy demands.
  public static let attributesICSSD = ErrorCode("td-attributes-icssd")
  /// The bit for linear address space separation is not as the policy demands.
  public static let attributesLASS = ErrorCode("td-attributes-lass")
  /// The host can raise exceptions in the trust domain through its page tables.
  public static let attributesSEPTVEDisable = ErrorCode("td-attributes-sept-ve-disable")
  /// The trust domain may be migrated.
  public static let attributesMigratable = ErrorCode("td-attributes-migratable")
  /// The bit for supervisor protection keys is not as the policy demands.
  public static let attributesPKS = ErrorCode("td-attributes-pks")
  /// The trust domain may use Key Locker, which the policy does not allow.
  public static let attributesKeyLocker = ErrorCode("td-attributes-key-locker")
  /// The bit for TDX partitioning attestation is not as the policy demands.
  public static let attributesTPA = ErrorCode("td-attributes-tpa")
  /// The trust domain may use performance monitoring, which the policy does not allow.
  public static let attributesPerfmon = ErrorCode("td-attributes-perfmon")
  /// A bit of the trust domain's attributes is set that is not known.
  public static let attributesUnknown = ErrorCode("td-attributes-unknown-bits")
}
