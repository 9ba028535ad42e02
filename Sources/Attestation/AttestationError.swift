public import ErrorCodes

/// Why evidence, an endorsement or a policy is refused. Messages name fields, components and public numbers, never
/// received bytes.
public struct AttestationError: CodedError, Equatable {
  public let code: ErrorCode
  public let message: String

  public init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }

  public static func == (left: AttestationError, right: AttestationError) -> Bool { left.code == right.code }
}

// What the bytes are.
extension AttestationError {
  /// The evidence has not the length of its platform's format.
  public static let evidenceLength = ErrorCode("evidence-length")
  /// The evidence has a version that its platform's format does not know.
  public static let evidenceVersion = ErrorCode("evidence-version")
  /// Evidence of a platform that this verifier does not know.
  public static let platformUnsupported = ErrorCode("platform-unsupported")
  /// Bytes offered as an endorsement are no certificate, revocation list or certificate table.
  public static let endorsementUnreadable = ErrorCode("endorsement-unreadable")
  /// More or larger endorsements than the limits allow.
  public static let endorsementLimit = ErrorCode("endorsement-limit")
  /// A policy text is not of its schema.
  public static let policyMalformed = ErrorCode("appraisal-policy-malformed")
  /// A policy names real and simulated roots together.
  public static let anchorsMixed = ErrorCode("appraisal-policy-mixes-roots")
  /// A policy names a root that is not compiled in.
  public static let anchorUnknown = ErrorCode("appraisal-policy-unknown-root")
}

// Authentic? The chain.
extension AttestationError {
  public static let leafMissing = ErrorCode("endorsement-leaf-missing")
  public static let issuerMissing = ErrorCode("endorsement-issuer-missing")
  public static let rootMissing = ErrorCode("endorsement-root-missing")
  /// The chain ends in a root whose key is not one of the policy's.
  public static let rootNotPinned = ErrorCode("root-not-pinned")
  public static let chainSignature = ErrorCode("chain-signature")
  /// Names or products of leaf, issuer and root do not belong together.
  public static let chainNames = ErrorCode("chain-names")
  /// A certificate may not do what the chain has it do: authority flag, path length, key usage, unknown extension.
  public static let certificateUsage = ErrorCode("certificate-usage")
  /// A certificate's key is of another type, curve or size than the vendor's.
  public static let certificateKey = ErrorCode("certificate-key")
  /// A leaf lacks one of the vendor's extensions, or carries one it must not.
  public static let certificateExtensions = ErrorCode("certificate-extensions")
  public static let certificateExpired = ErrorCode("certificate-expired")
  public static let certificateNotYetValid = ErrorCode("certificate-not-yet-valid")
  /// A chain that says it is simulated, where real roots are demanded.
  public static let simulatedRefused = ErrorCode("simulated-evidence-refused")
  /// A chain that does not say it is simulated, where the simulated root is demanded.
  public static let simulatedExpected = ErrorCode("simulated-evidence-expected")
  public static let certificateRevoked = ErrorCode("certificate-revoked")
  public static let revocationSignature = ErrorCode("revocation-list-signature")
  public static let revocationMissing = ErrorCode("revocation-list-missing")
  public static let revocationStale = ErrorCode("revocation-list-stale")
  public static let revocationNotYetValid = ErrorCode("revocation-list-not-yet-valid")
}

// Authentic? The report.
extension AttestationError {
  public static let signatureAlgorithm = ErrorCode("report-signature-algorithm")
  /// The report names another signing key than the leaf holds.
  public static let signingKey = ErrorCode("report-signing-key")
  public static let reportSignature = ErrorCode("report-signature")
  /// The processor that the report names belongs to no product that is known.
  public static let productUnknown = ErrorCode("product-unknown")
  /// The processor that the report names is not the product of the chain.
  public static let productMismatch = ErrorCode("product-mismatch")
  /// The leaf was issued for another TCB version than the report claims.
  public static let tcbCertificateMismatch = ErrorCode("tcb-certificate-mismatch")
  public static let chipMasked = ErrorCode("chip-masked")
  /// The leaf was issued for another chip than the report names.
  public static let chipMismatch = ErrorCode("chip-mismatch")
  public static let reportData = ErrorCode("report-data-mismatch")
}

// Acceptable?
extension AttestationError {
  /// The policy says no measurement that would be good.
  public static let noReferenceValues = ErrorCode("no-reference-values")
  public static let reportVersion = ErrorCode("report-version-refused")
  public static let reservedFields = ErrorCode("report-reserved-fields")
  public static let vcekRefused = ErrorCode("vcek-refused")
  public static let vlekRefused = ErrorCode("vlek-refused")
  public static let productBelowFloor = ErrorCode("product-below-floor")
  /// The policy says no lowest TCB version for the product.
  public static let tcbMinimumMissing = ErrorCode("tcb-minimum-missing")
  public static let tcbReported = ErrorCode("tcb-reported-below-minimum")
  public static let tcbCommitted = ErrorCode("tcb-committed-below-minimum")
  public static let tcbLaunch = ErrorCode("tcb-launch-below-minimum")
  public static let tcbCurrent = ErrorCode("tcb-current-below-minimum")
  public static let chipUnlisted = ErrorCode("chip-unlisted")
  public static let chipRevoked = ErrorCode("chip-revoked")
  public static let vmpl = ErrorCode("vmpl-refused")
  public static let guestSVN = ErrorCode("guest-svn-below-minimum")
  public static let measurement = ErrorCode("measurement-unknown")
  public static let hostData = ErrorCode("host-data-mismatch")
  public static let idKey = ErrorCode("id-key-refused")
  public static let authorKey = ErrorCode("author-key-refused")
}

// Acceptable? Guest policy and platform information, one code a bit.
extension AttestationError {
  public static let guestPolicyABI = ErrorCode("guest-policy-abi")
  public static let guestPolicySMT = ErrorCode("guest-policy-smt")
  public static let guestPolicyReservedOne = ErrorCode("guest-policy-reserved-one")
  public static let guestPolicyMigration = ErrorCode("guest-policy-migration-agent")
  public static let guestPolicyDebug = ErrorCode("guest-policy-debug")
  public static let guestPolicySingleSocket = ErrorCode("guest-policy-single-socket")
  public static let guestPolicyCXL = ErrorCode("guest-policy-cxl")
  public static let guestPolicyAES256XTS = ErrorCode("guest-policy-aes-256-xts")
  public static let guestPolicyRAPL = ErrorCode("guest-policy-rapl-disabled")
  public static let guestPolicyCiphertextHiding = ErrorCode("guest-policy-ciphertext-hiding")
  public static let guestPolicyPageSwap = ErrorCode("guest-policy-page-swap-disabled")
  public static let guestPolicyUnknown = ErrorCode("guest-policy-unknown-bits")

  public static let platformSMT = ErrorCode("platform-smt")
  public static let platformTSME = ErrorCode("platform-tsme")
  public static let platformECC = ErrorCode("platform-ecc")
  public static let platformRAPL = ErrorCode("platform-rapl-disabled")
  public static let platformCiphertextHiding = ErrorCode("platform-ciphertext-hiding")
  public static let platformAliasCheck = ErrorCode("platform-alias-check")
  public static let platformTIO = ErrorCode("platform-tio")
  public static let platformUnknown = ErrorCode("platform-unknown-bits")
}
