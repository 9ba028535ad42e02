public import ErrorCodes

/// Why a process could not be confined, or a file not sealed.
public struct ConfinementError: CodedError, Equatable {
  public let code: ErrorCode
  public let message: String

  public init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }

  public static func == (left: ConfinementError, right: ConfinementError) -> Bool { left.code == right.code }
}

extension ConfinementError {
  /// A file could not be copied into memory and sealed there, or what was handed on is not sealed.
  public static let notSealed = ErrorCode("confinement-not-sealed")
  /// The process could not be started anew from its sealed copy.
  public static let notExecuted = ErrorCode("confinement-not-executed")
  /// Protections that the configuration does not give up are lacking on this machine.
  public static let protectionLacking = ErrorCode("confinement-protection-lacking")
  /// The launcher of engines gave no sandbox.
  public static let noSandbox = ErrorCode("confinement-no-sandbox")
}
