import CloisterSDK
import Foundation
import HTTPMessages
import PartyHosting
import StrictJSON

/// A service for the machine it runs on: `POST /summaries` with a WhatsApp export answers a private summary.
///
/// It is as trusted as the person's own device: it reads the chat. So it listens on loopback, logs neither content nor
/// names, and passes on the code of a refusal, never a text that came from elsewhere.
@main
struct ServerSideApp {
  static func main() async throws {
    let arguments = CommandLine.arguments
    let endsWithParent = arguments.last == "--exit-with-parent"
    guard arguments.count == (endsWithParent ? 4 : 3), arguments[1] == "--state" else {
      FileHandle.standardError.write(Data("usage: server-side-app --state FOLDER [--exit-with-parent]\n".utf8))
      exit(arguments.dropFirst() == ["--help"] ? 0 : 64)
    }
    let state = try ClientState(path: arguments[2])
    let process = try PartyProcess(
      label: "server-side-app", listen: "127.0.0.1:0", observePath: nil, endsWithParent: endsWithParent)
    try await withCloister(state: state) { client in
      try await process.run(SummaryService(client: client))
    }
  }
}

private struct SummaryService: WholeMessageParty {
  let name = "server-side-app"
  let client: CloisterClient

  func requestBodyLimit(method: String, path: String) -> Int? {
    method == "POST" && path == "/summaries" ? ChatExport.byteLimit : nil
  }

  func respond(to request: WholeRequest) async -> WholeResponse {
    guard request.path == "/summaries" else { return .notFound }
    guard request.method == "POST" else { return .methodNotAllowed }
    // A page of some website can send plain text to loopback without asking, but neither read an answer nor name this type.
    guard request.field("content-type") == "application/vnd.whatsapp-export" else {
      return .refusal(Self.contentType, status: 415)
    }
    do {
      let answer = try await client.summarize(ChatExport(fileName: "export.txt", bytes: request.body))
      let json: JSONValue = [
        "summary": .string(answer.summary), "receipt": .string(answer.receiptIdentifier),
        "simulated": .boolean(answer.isSimulated),
      ]
      return .json(json.canonicalText)
    } catch {
      return .refusal(error.code, status: Self.askersMistakes.contains(error.code) ? 422 : 502)
    }
  }

  private static let contentType = ErrorCode(rawValue: "content-type")

  /// What another export mends.
  private static let askersMistakes: Set<ErrorCode> = [
    ChatHistoryError.notAnExport, ChatHistoryError.tooLarge, ClientError.chatExcluded, ClientError.requestTooLarge,
  ]
}
