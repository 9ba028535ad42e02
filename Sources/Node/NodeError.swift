public import ErrorCodes

/// Why a node refuses to start, to take what the host says, or to answer.
public struct NodeError: CodedError, Equatable {
  public let code: ErrorCode
  public let message: String

  public init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }

  public static func == (left: NodeError, right: NodeError) -> Bool { left.code == right.code }
}

extension NodeError {
  /// The measured configuration cannot be used: the node does not start.
  public static let configurationInvalid = ErrorCode("node-configuration-invalid")
  /// The machine lacks a protection that the configuration does not give up: the node does not start.
  public static let unprotected = ErrorCode("node-unprotected")
  /// A file of the engine is not the one that the configuration names: the node does not start.
  public static let engineFileRefused = ErrorCode("node-engine-file-refused")
  /// What the host says is not of its schema.
  public static let hostMessageMalformed = ErrorCode("node-host-message-malformed")
  /// The note is not a cosigned head of the configured epoch log.
  public static let noteRefused = ErrorCode("node-note-refused")
  /// The note is older than one the node was given before.
  public static let noteOlder = ErrorCode("node-note-older")
  /// The release entry is not one that describes this node.
  public static let releaseRefused = ErrorCode("node-release-refused")
  /// The bundle's policy is not of the operator, logs, witnesses and publishers that the node was measured with.
  public static let peerPolicyRefused = ErrorCode("node-peer-policy-refused")
  /// The host told no address of a node that this one calls.
  public static let peerAddressMissing = ErrorCode("node-peer-address-missing")
  /// This node calls no other.
  public static let peersUnwanted = ErrorCode("node-peers-unwanted")
  /// No node that this one may call was verified for the epoch.
  public static let noPeer = ErrorCode("node-no-peer")
  /// The hardware gave no evidence.
  public static let noEvidence = ErrorCode("node-no-evidence")
  /// No key is alive for this request: none was made, or its epoch is over.
  public static let noEpoch = ErrorCode("node-no-epoch")
  /// The same encapsulated request came twice.
  public static let replay = ErrorCode("node-replay")
  /// As many requests as the node takes at a time are under way.
  public static let busy = ErrorCode("node-busy")
  /// The decrypted request is not one that the node takes.
  public static let requestMalformed = ErrorCode("request-malformed")
  /// The decrypted request names a resource that the node does not have.
  public static let requestUnknown = ErrorCode("request-unknown")
  /// The answer does not fit its class.
  public static let answerTooLarge = ErrorCode("answer-too-large")
}
