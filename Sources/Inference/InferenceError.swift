public import ErrorCodes
import StrictJSON

/// Why an engine gave no answer, or why a request never reached one. Messages never hold text of a chat or an answer.
public struct InferenceError: CodedError, Equatable {
  public let code: ErrorCode
  public let message: String

  public init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }

  /// What an engine's answer with a status other than 200 means. Its text is left alone: it may hold the request.
  ///
  /// Requests are written anew from a closed form, so a server that refuses one does so for its length: llama-server,
  /// vLLM and OpenAI with status 400, others with 413.
  public init(engineStatus status: Int) {
    self =
      status == 400 || status == 413
      ? InferenceError(Self.engineRefused, "the engine refused the request with status \(status)")
      : InferenceError(Self.engineFailed, "the engine answered with status \(status)")
  }

  /// A JSON refusal keeps its code.
  init(_ error: JSONError) {
    self.init(error.code, error.message)
  }

  public static func == (left: InferenceError, right: InferenceError) -> Bool { left.code == right.code }
}

extension InferenceError {
  /// The engine has no means for this task: free chat asked of the embedded engine.
  public static let engineCannot = ErrorCode("engine-cannot")
  /// An engine outside this machine, or one reached other than by a Unix socket, was named.
  public static let engineNotLocal = ErrorCode("engine-not-local")
  /// The description of an engine that the node should run cannot be used.
  public static let engineProgramInvalid = ErrorCode("engine-program-invalid")
  /// The description of what other nodes do for this one cannot be used.
  public static let enginePeerInvalid = ErrorCode("engine-peer-invalid")
  /// The files of a dictionary for spelling cannot be used.
  public static let dictionaryUnusable = ErrorCode("dictionary-unusable")
  /// The engine could not be reached, or its answer is not one of its protocol.
  public static let engineFailed = ErrorCode("engine-failed")
  /// The engine did not take a request: it is longer than the engine's context window.
  public static let engineRefused = ErrorCode("engine-refused")
  /// The engine was not done in its time.
  public static let engineTooSlow = ErrorCode("engine-too-slow")
  /// The engine keeps something of a request for another one.
  public static let engineKeepsState = ErrorCode("engine-keeps-state")
  /// An event of a stream above its limit.
  public static let eventTooLong = ErrorCode("event-too-long")
  /// A chat that would take more calls to the engine than one request may make.
  public static let chatTooLong = ErrorCode("chat-too-long")
  /// A draft that does not fit one call to the engine, or comes back longer than an answer may be.
  public static let draftTooLong = ErrorCode("draft-too-long")
  /// A request for a rewriting or a reply with nothing to work on, or a text outside its limits.
  public static let taskInvalid = ErrorCode("task-request-invalid")
  /// An embeddings request without a text, with an empty one, or with too many.
  public static let embeddingsInvalid = ErrorCode("embeddings-request-invalid")
  /// A completion request with a value out of its range.
  public static let requestInvalid = ErrorCode("completion-request-invalid")
}
