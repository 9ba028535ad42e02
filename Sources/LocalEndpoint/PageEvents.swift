import CloisterClient
import ErrorCodes
import HTTPMessages
import StrictJSON

/// An answer to the page's script as it comes: one JSON object a line. The last line says `done`, or `error` with a
/// code; an answer without either was cut short.
struct PageEvents: Sendable {
  private let answer: any ResponseWriter

  init(_ answer: any ResponseWriter) { self.answer = answer }

  /// To be called before the others.
  func begin() async throws(HTTPExchangeError) {
    try await answer.begin(status: 200, fields: [HTTPField("content-type", "application/x-ndjson")])
  }

  /// What is being done now, in words.
  func step(_ text: String) async throws(HTTPExchangeError) {
    try await send(["event": "step", "text": .string(text)])
  }

  /// More of the answer. Content.
  func text(_ text: String) async throws(HTTPExchangeError) {
    try await send(["event": "text", "text": .string(text)])
  }

  func done(receipt: String, notes: [String]) async throws(HTTPExchangeError) {
    try await send([
      "event": "done", "receipt": .string(receipt), "notes": .array(notes.map { .string($0) }),
    ])
  }

  func fail(_ error: any CodedError) async {
    guard case .object(var members) = PageRefusal(error).json else { return }
    members["event"] = "error"
    // A writer that throws has lost its reader.
    try? await send(.object(members))
  }

  private func send(_ event: JSONValue) async throws(HTTPExchangeError) {
    try await answer.write(event.canonicalBytes + [0x0A])
  }
}
