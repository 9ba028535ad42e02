public import CloisterClient
import Foundation
public import HTTPMessages
import Inference
import StrictJSON
public import Trust

/// What clients of OpenAI's protocol find under `/v1`: an app comes with its key and gets what the person allowed it.
public struct OpenAISection: EndpointSection {
  /// The field of every answer that names the request's receipt.
  public static let receiptField = "x-cloister-receipt"

  private let client: CloisterClient
  private let state: ClientState
  private let chats: AppChats
  private let embeddings: Embeddings

  /// - Parameters:
  ///   - state: that of the client.
  ///   - answerClass: how answers look on the wire, for every app; one that has room for a stream.
  public init(client: CloisterClient, state: ClientState, answerClass: AnswerClass = .frames) {
    self.init(client: client, state: state, answerClass: answerClass, answerLimit: AnswerPlaces.standardLimit)
  }

  /// - Parameter answerLimit: how many answers are under way at a time.
  package init(client: CloisterClient, state: ClientState, answerClass: AnswerClass = .frames, answerLimit: Int) {
    self.client = client
    self.state = state
    let places = AnswerPlaces(limit: answerLimit)
    chats = AppChats(client: client, state: state, answerClass: answerClass, places: places)
    embeddings = Embeddings(client: client, state: state, answerClass: answerClass, places: places)
  }

  public func serves(_ path: String) -> Bool { path == "/v1" || path.hasPrefix("/v1/") }

  public func refusal(_ error: EndpointError) -> WholeResponse { OpenAIFailure(error).response() }

  public func route(for request: StreamedRequest, path: String) throws(EndpointError) -> EndpointRoute {
    let app = try app(of: request)
    switch path {
    case "/v1/chat/completions":
      try Self.require("POST", request)
      return EndpointRoute(body: AppChats.body) { request, answer throws(EndpointError) in
        let asked = try AppChatRequest(parsing: request.body)
        try await chats.answer(asked, in: CompletionForm(asked), of: app, answer)
      }
    case "/v1/models":
      try Self.require("GET", request)
      return EndpointRoute(body: nil) { _, answer throws(EndpointError) in
        let models = try await models()
        try? await answer.send(.json(models.jsonValue.canonicalText))
      }
    case _ where path.hasPrefix(Self.modelPrefix):
      try Self.require("GET", request)
      let name = String(path.dropFirst(Self.modelPrefix.count)).removingPercentEncoding
      return EndpointRoute(body: nil) { _, answer throws(EndpointError) in
        guard let name, try await models().identifiers.contains(name) else {
          throw EndpointError(EndpointError.notFound, "no verified node is of this release", member: "model")
        }
        try? await answer.send(.json(ModelList.jsonValue(name).canonicalText))
      }
    case "/v1/embeddings":
      try Self.require("POST", request)
      return EndpointRoute(body: Embeddings.body) { request, answer throws(EndpointError) in
        try await embeddings.answer(request.body, of: app, answer)
      }
    case "/v1/responses":
      try Self.require("POST", request)
      return EndpointRoute(body: AppChats.body) { request, answer throws(EndpointError) in
        let asked = try AppResponsesRequest(parsing: request.body)
        try await chats.answer(asked.chat, in: ResponseForm(asked), of: app, answer)
      }
    default:
      throw EndpointError(EndpointError.notFound, "nothing is under this path; the base URL of apps ends with /v1")
    }
  }

  private static let modelPrefix = "/v1/models/"

  private static func require(_ method: String, _ request: StreamedRequest) throws(EndpointError) {
    guard request.method == method else {
      throw EndpointError(EndpointError.methodNotAllowed, "method is not \(method)")
    }
  }

  /// - Throws: `endpoint-key-missing`, `endpoint-key-unknown`, `state-damaged`, `state-unusable`.
  private func app(of request: StreamedRequest) throws(EndpointError) -> App {
    let scheme = "bearer "
    let values = request.values("authorization")
    guard values.count == 1, let value = values.first, value.lowercased().hasPrefix(scheme) else {
      throw EndpointError(
        EndpointError.keyMissing, "request has no key of an app: cloister app add prints one, to be sent as API key")
    }
    let key = String(value.dropFirst(scheme.count))
    guard let app = try fromClient({ () throws(ClientError) in try state.apps.app(withKey: key) }) else {
      throw EndpointError(EndpointError.keyUnknown, "no app has this key, or it was revoked")
    }
    return app
  }

  /// The releases that answer, by name: those of the verified bundle's nodes. What an engine says of itself is not asked.
  private func models() async throws(EndpointError) -> ModelList {
    do {
      return ModelList(identifiers: try await client.offeredReleases().map(\.name))
    } catch {
      throw EndpointError(error)
    }
  }
}

/// The client's refusals, as the endpoint's.
func fromClient<Value>(_ body: () throws(ClientError) -> Value) throws(EndpointError) -> Value {
  do { return try body() } catch { throw EndpointError(error) }
}
