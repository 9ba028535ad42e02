import BinaryHTTP
package import ErrorCodes
package import Inference
import StrictJSON
package import Trust

/// What a decrypted request asks for, in its closed typed form.
package enum TaskRequest: Sendable {
  case summarize(SummaryRequest)
  case rewrite(RewriteRequest)
  case reply(ReplyRequest)
  case complete(ChatCompletionRequest)
  case embed(EmbeddingsRequest)
  case listModels
}

/// Why a task is not done, inside the encryption.
package struct TaskRefusal: Error {
  package let code: ErrorCode
  package let status: Int

  init(_ code: ErrorCode, status: Int) {
    self.code = code
    self.status = status
  }

  init(_ error: InferenceError) {
    switch error.code {
    case InferenceError.engineFailed, InferenceError.engineKeepsState: self.init(error.code, status: 502)
    case InferenceError.engineTooSlow: self.init(error.code, status: 504)
    case NodeError.busy: self = .busy
    default: self.init(error.code, status: 422)
    }
  }

  static let malformed = TaskRefusal(NodeError.requestMalformed, status: 400)
  static let unknown = TaskRefusal(NodeError.requestUnknown, status: 404)
  static let busy = TaskRefusal(NodeError.busy, status: 503)
  static let answerTooLarge = TaskRefusal(NodeError.answerTooLarge, status: 500)

  /// Whether the engine was at work when a bound ended it.
  var isLimit: Bool { code == InferenceError.engineTooSlow || code == NodeError.answerTooLarge }

  private var codeMember: JSONValue { ["code": .string(code.rawValue)] }

  var response: BinaryHTTP.Response { .json(codeMember, status: status) }

  /// Behind a status that was sent before.
  var event: [UInt8] { ServerSentEvents.event(JSONValue.object(["error": codeMember]).canonicalBytes) }

  /// The most bytes that any refusal takes as an event.
  static let eventByteLimit = 128
}

extension BinaryHTTP.Response {
  static func json(_ value: JSONValue, status: Int = 200) -> BinaryHTTP.Response {
    BinaryHTTP.Response(
      statusCode: status, headerFields: ["content-type": TaskRequest.jsonType], content: value.canonicalBytes)
  }
}

extension TaskRequest {
  static let jsonType = "application/json"

  /// The class that the answer must have, whatever becomes of it, and what is asked for.
  package static func decode(_ bytes: [UInt8]) -> (answerClass: AnswerClass, request: Result<TaskRequest, TaskRefusal>)
  {
    guard let message = try? BinaryHTTP.Request(decoding: bytes) else { return (.block, .failure(.malformed)) }
    let classNames = message.headerFields.values(named: AnswerClass.fieldName)
    guard classNames.count <= 1, let answerClass = AnswerClass(rawValue: classNames.first ?? AnswerClass.block.rawValue)
    else { return (.block, .failure(.malformed)) }
    do throws(TaskRefusal) {
      return (answerClass, .success(try TaskRequest(message, answerClass)))
    } catch {
      return (answerClass, .failure(error))
    }
  }

  private init(_ message: BinaryHTTP.Request, _ answerClass: AnswerClass) throws(TaskRefusal) {
    // No 100 (Continue) comes before an answer (RFC 9458, section 5.1).
    guard message.headerFields["expect"] == nil else { throw .malformed }
    do {
      switch (message.method, message.path) {
      case ("POST", "/v1/tasks/summarize"):
        self = .summarize(try SummaryRequest(parsing: try Self.content(of: message)))
      case ("POST", "/v1/tasks/rewrite"):
        self = .rewrite(try RewriteRequest(parsing: try Self.content(of: message)))
      case ("POST", "/v1/tasks/reply"):
        self = .reply(try ReplyRequest(parsing: try Self.content(of: message)))
      case ("POST", "/v1/chat/completions"):
        let completion = try ChatCompletionRequest(parsing: try Self.content(of: message))
        // A stream of events is the form of the classes that have room for one.
        guard completion.stream == answerClass.isStream else { throw TaskRefusal.malformed }
        self = .complete(completion)
      case ("POST", "/v1/embeddings"):
        self = .embed(try EmbeddingsRequest(parsing: try Self.content(of: message)))
      case ("GET", "/v1/models"): self = .listModels
      default: throw TaskRefusal.unknown
      }
    } catch let refusal as TaskRefusal {
      throw refusal
    } catch let error as InferenceError {
      throw TaskRefusal(error)
    } catch {
      throw .malformed
    }
  }

  /// The one form of request that clients write: JSON, the class of the answer, no other header field.
  private static func content(of message: BinaryHTTP.Request) throws(TaskRefusal) -> [UInt8] {
    let others = message.headerFields.fields.filter { $0.name != AnswerClass.fieldName }
    guard others.count == 1, message.headerFields["content-type"] == jsonType, message.trailerFields.isEmpty else {
      throw .malformed
    }
    return message.content
  }
}
