import CloisterSDK
import Foundation

/// A chat on the terminal: each line on standard input is a question, and the conversation goes with it.
///
/// Before the first one: `cloister init POLICY`, `cloister tokens draw --account-key FILE`, and consent to chats. The nodes
/// of the operator must run a model; the embedded engine answers `engine-cannot`.
@main
struct CommandLineChat {
  static func main() async throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard arguments.isEmpty || (arguments.count == 2 && arguments.first == "--state") else {
      say("usage: command-line-chat [--state FOLDER]")
      exit(arguments == ["--help"] ? 0 : 64)
    }
    let path = arguments.last ?? ClientState.defaultPath
    try await withCloister(state: ClientState(path: path)) { client in
      try await converse(with: client)
    }
  }

  private static func converse(with client: CloisterClient) async throws {
    var conversation: [ChatCompletionRequest.Message] = []
    say("Ask, a line at a time; an empty line ends.")
    while let question = readLine(), !question.isEmpty {
      do {
        let answer = try await reply(to: question, after: conversation, client)
        conversation.append(.init(role: .user, content: question))
        conversation.append(.init(role: .assistant, content: answer))
      } catch let error as ClientError {
        say(advice(error))
      }
    }
  }

  /// Shows the answer as it comes. It ends with the class of the answer, not with its last word, so that nobody who
  /// watches the wire learns how long it was.
  private static func reply(
    to question: String, after conversation: [ChatCompletionRequest.Message], _ client: CloisterClient
  ) async throws -> String {
    var whole = ""
    let answer = try await client.ask(question, after: conversation)
    if answer.isSimulated { say("SIMULATED: the machines behind this are simulated and protect nobody.") }
    for try await text in answer {
      whole += text
      FileHandle.standardOutput.write(Data(text.utf8))
    }
    FileHandle.standardOutput.write(Data("\n".utf8))
    say("receipt \(answer.receiptIdentifier)")
    return whole
  }

  /// What a person can do about a refusal. Whatever it is, nothing of theirs was sent unless a machine was verified.
  private static func advice(_ error: ClientError) -> String {
    switch error.code {
    case ClientError.consentMissing: "You have not opted in to chats."
    case ClientError.walletEmpty: "No token is left: cloister tokens draw"
    case ClientError.engineCannot: "The operator's nodes run no model that can answer freely (engine-cannot)."
    case ClientError.nodeBusy: "Both machines were busy: ask again."
    default: "Refused: \(error.code): \(error.message)"
    }
  }

  private static func say(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
}
