public import ErrorCodes

extension AttestationError {
  /// The report says that its chip's key is masked, under which the firmware signs nothing.
  public static let chipKeyMasked = ErrorCode("chip-key-masked")
  /// TCB or firmware versions stand in an order that the firmware never makes.
  public static let tcbOrder = ErrorCode("tcb-order")
  /// A migration agent that the policy does not name may move the guest.
  public static let migrationAgent = ErrorCode("migration-agent-refused")
}
