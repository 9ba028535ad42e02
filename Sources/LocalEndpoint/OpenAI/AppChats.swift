import CloisterClient
import ErrorCodes
import HTTPMessages
import Inference
import Synchronization
import Trust

/// An app's chats over the private path, each event by event or gathered, in the form of the protocol that asked.
struct AppChats: Sendable {
  static let body = EndpointRoute.Body("application/json", byteLimit: AppChatRequest.byteLimit)

  let client: CloisterClient
  let state: ClientState
  let answerClass: AnswerClass
  let places: AnswerPlaces

  /// - Throws: before anything was sent: `app-consent-missing`, `endpoint-busy`, and the codes of the client.
  func answer(
    _ asked: AppChatRequest, in form: any AnswerForm, of app: App, _ answer: any ResponseWriter
  ) async throws(EndpointError) {
    try fromClient { () throws(ClientError) in
      try state.consent.current().requireGranted(ChatAnswer.task, toApp: app.name)
    }
    try places.take()
    let places = places
    let events = PrivateChat(asked.request, answerClass, client: client) { places.giveBack() }.events
    var written = AppAnswer(in: form, isStreamed: asked.isStreamed)
    do {
      for try await event in events {
        switch event {
        case .began(let receipt): written.receipt = receipt
        case .chunk(let chunk): try await written.take(chunk, answer)
        }
      }
      try await written.finish(answer)
    } catch is HTTPExchangeError {
      // Nobody reads any more.
    } catch let error as any CodedError {
      try? await written.fail(EndpointError(error), answer)
    } catch {
      try? await written.fail(EndpointError(ClientError.uncodedError, "the answer failed without a code"), answer)
    }
  }
}

/// How many answers are under way at a time, whichever app asked. An answer keeps its place until its class has ended,
/// even where the app hung up: only then is what it holds free.
final class AnswerPlaces: Sendable {
  static let standardLimit = 64

  private let limit: Int
  private let taken = Mutex(0)

  init(limit: Int) { self.limit = limit }

  /// - Throws: `endpoint-busy`.
  func take() throws(EndpointError) {
    let isFree = taken.withLock { taken in
      guard taken < limit else { return false }
      taken += 1
      return true
    }
    guard isFree else { throw EndpointError(EndpointError.busy, "\(limit) answers are under way already") }
  }

  func giveBack() { taken.withLock { $0 -= 1 } }
}
