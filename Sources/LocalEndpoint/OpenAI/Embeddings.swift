import CloisterClient
import HTTPMessages
import Inference
import StrictJSON
import Trust

/// `/v1/embeddings`: a vector for each of an app's texts, over the private path.
struct Embeddings: Sendable {
  static let body = EndpointRoute.Body("application/json", byteLimit: EmbeddingsRequest.byteLimit)

  let client: CloisterClient
  let state: ClientState
  /// One with room for the vectors of many texts.
  let answerClass: AnswerClass
  let places: AnswerPlaces

  /// - Throws: the codes of `AppEmbeddingsRequest`, `app-consent-missing`, `endpoint-busy`, and those of the client.
  func answer(_ body: [UInt8], of app: App, _ answer: any ResponseWriter) async throws(EndpointError) {
    let asked = try AppEmbeddingsRequest(parsing: body)
    try fromClient { () throws(ClientError) in
      try state.consent.current().requireGranted(EmbeddingsAnswer.task, toApp: app.name)
    }
    try places.take()
    let embeddings = try await embeddings(asked.request)
    var response = WholeResponse(
      contentType: "application/json", body: Self.json(embeddings.response, asked.encoding).canonicalBytes)
    response.fields.append(HTTPField(OpenAISection.receiptField, embeddings.receiptIdentifier))
    // A writer that throws has lost its reader.
    try? await answer.send(response)
  }

  /// Asks in a task of its own, since that of an exchange is cancelled with it: what the relay sees is the same whatever
  /// becomes of the app. The place is given back when the answer's class has ended.
  private func embeddings(_ request: EmbeddingsRequest) async throws(EndpointError) -> EmbeddingsAnswer {
    let (client, answerClass, places) = (client, answerClass, places)
    let asking = Task { () throws -> EmbeddingsAnswer in
      do {
        let answer = try await client.embed(request, answerClass: answerClass)
        Task {
          try? await answer.remainder?.finish()
          places.giveBack()
        }
        return answer
      } catch {
        places.giveBack()
        throw error
      }
    }
    do {
      return try await asking.value
    } catch let error as ClientError {
      throw EndpointError(error)
    } catch {
      throw EndpointError(ClientError.uncodedError, "the answer failed without a code")
    }
  }

  private static func json(_ response: EmbeddingsResponse, _ encoding: AppEmbeddingsRequest.Encoding) -> JSONValue {
    switch encoding {
    case .base64: response.jsonValue
    case .float:
      [
        "object": "list", "model": .string(response.model),
        "data": .array(
          response.vectors.enumerated().map { index, vector in
            [
              "object": "embedding", "index": .integer(Int64(index)),
              "embedding": .array(vector.map { .number(Double($0)) }),
            ]
          }),
        "usage": [
          "prompt_tokens": .integer(response.promptTokenCount), "total_tokens": .integer(response.promptTokenCount),
        ],
      ]
    }
  }
}
