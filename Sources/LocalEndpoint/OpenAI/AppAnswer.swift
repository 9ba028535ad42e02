import HTTPMessages
import Inference

/// An answer as it is written to an app, in events as they come or whole.
struct AppAnswer {
  private var form: any AnswerForm
  private let isStreamed: Bool
  /// Everything so far.
  private var gathered: ChatCompletionChunk?
  private var hasBegun = false

  init(in form: any AnswerForm, isStreamed: Bool) {
    self.form = form
    self.isStreamed = isStreamed
  }

  /// Of the request, as soon as it was sent.
  var receipt: String {
    get { form.receipt }
    set { form.receipt = newValue }
  }

  private var receiptField: HTTPField { HTTPField(OpenAISection.receiptField, receipt) }

  mutating func take(_ chunk: ChatCompletionChunk, _ answer: any ResponseWriter) async throws(HTTPExchangeError) {
    let isFirst = gathered == nil
    if isFirst { gathered = chunk } else { gathered?.append(chunk) }
    guard isStreamed else { return }
    try await write(form.events(for: chunk, isFirst: isFirst), answer)
  }

  /// Behind the last chunk of an answer that is verified whole.
  mutating func finish(_ answer: any ResponseWriter) async throws(HTTPExchangeError) {
    let whole = gathered ?? Self.wordless
    guard isStreamed else {
      var response = WholeResponse(contentType: "application/json", body: form.json(whole).canonicalBytes)
      response.fields.append(receiptField)
      return try await answer.send(response)
    }
    let opening = gathered == nil ? form.events(for: whole, isFirst: true) : []
    try await write(opening + form.ending(of: whole), answer)
  }

  /// An answer without a word is whole too.
  private static let wordless = ChatCompletionChunk(
    identifier: "", created: 0, model: "", content: "", finishReason: .stop)

  /// A refusal with a status of its own or, behind events, as the last event; OpenAI's clients throw either.
  mutating func fail(_ error: EndpointError, _ answer: any ResponseWriter) async throws(HTTPExchangeError) {
    let failure = OpenAIFailure(error)
    guard hasBegun else {
      return try await answer.send(failure.response(receipt: receipt.isEmpty ? nil : receipt))
    }
    try await write(form.event(of: failure), answer)
  }

  /// The head comes with the first event, so that what fails before it has a status of its own.
  private mutating func write(_ events: [UInt8], _ answer: any ResponseWriter) async throws(HTTPExchangeError) {
    guard !events.isEmpty else { return }
    if !hasBegun {
      hasBegun = true
      try await answer.begin(
        status: 200, fields: [HTTPField("content-type", ServerSentEvents.mediaType), receiptField])
    }
    try await answer.write(events)
  }
}
