import ChatHistory
import CloisterClient
import HTTPTransport
import Inference
import Trust

/// A client with connections of its own, for one request.
struct PrivateConnection {
  let client: CloisterClient
  private let exchange: SocketHTTPExchange
  private let issuerExchange: SocketHTTPExchange
  private let answerClass: AnswerClass

  init(state: StateOptions, path: RequestOptions) throws {
    exchange = SocketHTTPExchange(localAddress: path.clientAddress)
    issuerExchange = SocketHTTPExchange(localAddress: path.clientAddress)
    client = CloisterClient(state: try state.open(), exchange: exchange, issuerExchange: issuerExchange)
    answerClass = path.answer
  }

  func summarize(
    _ chat: ChatExport, range: ChatSelection.Range, reader: String?, redaction: ChatRedaction?
  ) async throws(ClientError) -> SummaryAnswer {
    try await progressing("waiting for the summary") { [client, answerClass] in
      try await client.summarize(
        chat, range: range, reader: reader, redaction: redaction, answerClass: answerClass, startedAt: Cloister.launch)
    }
  }

  func rewrite(_ draft: String, tone: RewriteRequest.Tone) async throws(ClientError) -> RewriteAnswer {
    try await progressing("waiting for the rewriting") { [client, answerClass] in
      try await client.rewrite(draft, tone: tone, answerClass: answerClass, startedAt: Cloister.launch)
    }
  }

  func reply(
    to chat: ChatExport, range: ChatSelection.Range, reader: String?, hint: String?, redaction: ChatRedaction?
  ) async throws(ClientError) -> ReplyAnswer {
    try await progressing("waiting for the reply") { [client, answerClass] in
      try await client.reply(
        chat, range: range, reader: reader, hint: hint, redaction: redaction, answerClass: answerClass,
        startedAt: Cloister.launch)
    }
  }

  func end() async {
    await exchange.shutdown()
    await issuerExchange.shutdown()
  }

  private func progressing<Value: Sendable>(
    _ text: String, _ body: @Sendable () async throws -> Value
  ) async throws(ClientError) -> Value {
    do {
      return try await withProgress(text, body)
    } catch let error as ClientError {
      throw error
    } catch {
      throw ClientError(ClientError.uncodedError, "the request failed without a code")
    }
  }
}
