public import ErrorCodes

extension SEVSNP {
  /// The bits of the guest policy above the ABI version (AMD 56860, GUEST_POLICY). The raw value is the name in
  /// policies.
  public enum GuestPolicyBit: String, Sendable, CaseIterable {
    case smt, reservedOne, migrationAgent, debug, singleSocket, cxl, aes256XTS, raplDisabled, ciphertextHiding
    case pageSwapDisabled

    public var index: Int {
      switch self {
      case .smt: 16
      case .reservedOne: 17
      case .migrationAgent: 18
      case .debug: 19
      case .singleSocket: 20
      case .cxl: 21
      case .aes256XTS: 22
      case .raplDisabled: 23
      case .ciphertextHiding: 24
      case .pageSwapDisabled: 25
      }
    }

    /// The code of a refusal for this bit, which is also the name of its check.
    public var code: ErrorCode {
      switch self {
      case .smt: AttestationError.guestPolicySMT
      case .reservedOne: AttestationError.guestPolicyReservedOne
      case .migrationAgent: AttestationError.guestPolicyMigration
      case .debug: AttestationError.guestPolicyDebug
      case .singleSocket: AttestationError.guestPolicySingleSocket
      case .cxl: AttestationError.guestPolicyCXL
      case .aes256XTS: AttestationError.guestPolicyAES256XTS
      case .raplDisabled: AttestationError.guestPolicyRAPL
      case .ciphertextHiding: AttestationError.guestPolicyCiphertextHiding
      case .pageSwapDisabled: AttestationError.guestPolicyPageSwap
      }
    }
  }

  /// The bits of PLATFORM_INFO (AMD 56860). The raw value is the name in policies.
  public enum PlatformInfoBit: String, Sendable, CaseIterable {
    case smt, tsme, ecc, raplDisabled, ciphertextHiding, aliasCheck, tio

    public var index: Int {
      switch self {
      case .smt: 0
      case .tsme: 1
      case .ecc: 2
      case .raplDisabled: 3
      case .ciphertextHiding: 4
      case .aliasCheck: 5
      case .tio: 7
      }
    }

    /// The code of a refusal for this bit, which is also the name of its check.
    public var code: ErrorCode {
      switch self {
      case .smt: AttestationError.platformSMT
      case .tsme: AttestationError.platformTSME
      case .ecc: AttestationError.platformECC
      case .raplDisabled: AttestationError.platformRAPL
      case .ciphertextHiding: AttestationError.platformCiphertextHiding
      case .aliasCheck: AttestationError.platformAliasCheck
      case .tio: AttestationError.platformTIO
      }
    }
  }
}
