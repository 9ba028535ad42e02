public import ErrorCodes

/// Why a gateway refuses to start, to publish an epoch, or to pass a request on.
public struct GatewayError: CodedError, Equatable {
  public let code: ErrorCode
  public let message: String

  public init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }

  public static func == (left: GatewayError, right: GatewayError) -> Bool { left.code == right.code }
}

extension GatewayError {
  public static let configurationInvalid = ErrorCode("gateway-configuration-invalid")
  /// The epoch asked for was never published, or not yet.
  public static let epochUnknown = ErrorCode("epoch-unknown")
  /// The log, the issuer or a file did not give what a bundle needs.
  public static let epochIncomplete = ErrorCode("epoch-incomplete")
  /// The issuer gives a plan another key than an epoch of the same issuer day was published with: clients would take it for
  /// a proof against the operator.
  public static let secondIssuerKey = ErrorCode("epoch-second-issuer-key")
  /// The gateway's clock and the witnesses' are too far apart: no epoch is made by it.
  public static let clockWrong = ErrorCode("gateway-clock-wrong")
  /// Fewer than two nodes gave keys and evidence.
  public static let tooFewNodes = ErrorCode("epoch-too-few-nodes")
  /// The token is malformed, of another key or day, or was spent before; which one is not said.
  public static let tokenRefused = ErrorCode("token-refused")
  /// No current bundle names this node.
  public static let nodeUnknown = ErrorCode("node-unknown")
  /// The node that the client drew gave no answer.
  public static let nodeUnreachable = ErrorCode("node-unreachable")
  /// The decrypted request is not one that the gateway passes on.
  public static let requestMalformed = ErrorCode("gateway-request-malformed")
  /// No epoch is published yet.
  public static let notReady = ErrorCode("gateway-not-ready")
}
