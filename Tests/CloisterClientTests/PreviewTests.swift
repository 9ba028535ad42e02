import ChatHistory
import CloisterClient
import Redaction
import TestDeployment
import Testing

@Suite("What would leave the device, before it does")
struct PreviewTests {
  private static let lines = """
    12/03/2026, 09:14 - Messages and calls are end-to-end encrypted.
    12/03/2026, 09:15 - Ana Lopez: Call me on +34 612 345 678, Ben!
    13/03/2026, 09:16 - Ben: <Media omitted>
    13/03/2026, 09:17 - Ben: Ana's mail is ana@example.org

    """
  private static let export = ChatExport(fileName: "WhatsApp Chat with Ana.txt", bytes: Array(lines.utf8))

  @Test("the preview is the body that the node then reads, byte for byte, and sends nothing", arguments: [false, true])
  func sameBytes(isRedacted: Bool) async throws {
    let client = try ClientHarness().client
    let redaction = isRedacted ? ChatRedaction() : nil
    let preview = try client.client.preview(summarizing: Self.export, reader: "Ben", redaction: redaction)
    #expect(client.parties.arrivals.isEmpty)
    _ = try await client.client.summarize(Self.export, reader: "Ben", redaction: redaction)
    #expect(client.parties.contents == [preview.content])
    #expect((preview.redaction != nil) == isRedacted)
  }

  @Test("it counts messages, senders, days and media, and tells the size class")
  func counts() throws {
    let preview = try ClientHarness().client.client.preview(summarizing: Self.export, reader: "Ben")
    #expect(preview.messageCount == 4 && preview.mediaCount == 1 && preview.dayCount == 2)
    #expect(preview.senders == ["Ana Lopez", "Ben"] && preview.reader == "Ben")
    #expect(preview.firstTime == LocalTime("2026-03-12 09:14") && preview.lastTime == LocalTime("2026-03-13 09:17"))
    #expect(preview.sizeClassByteCount == 8192 && preview.path == "/v1/tasks/summarize")
    #expect(preview.transcript.contains("+34 612 345 678") && preview.omission.isEmpty)
    #expect(String(decoding: preview.content, as: UTF8.self).contains("Ana Lopez"))
  }

  @Test("it asks for no consent and no policy, but an excluded chat is not read")
  func consent() throws {
    let folder = TemporaryState()
    defer { withExtendedLifetime(folder) {} }
    let state = try folder.open()
    #expect(try state.preview(summarizing: Self.export).messageCount == 4)
    try state.consent.change { $0.exclude(.init(title: "Ana", senders: [])) }
    #expect(throws: ClientError(ClientError.chatExcluded, "")) { try state.preview(summarizing: Self.export) }
  }

  @Test("redacted, no name, number or system line leaves, and the answer has them again")
  func redacted() async throws {
    let client = try ClientHarness().client
    client.parties.behave { $0.summary = "Name1 (Phone1) told Name3; mail: Mail1. Name9 stays." }
    let answer = try await client.client.summarize(Self.export, redaction: ChatRedaction(furtherNames: ["Toledo"]))
    let content = String(decoding: try #require(client.parties.contents.first), as: UTF8.self)
    for word in ["Ana", "Lopez", "Ben", "612", "example.org", "encrypted"] { #expect(!content.contains(word)) }
    #expect(content.contains("Name1 Name2: Call me on Phone1, Name3!"))
    #expect(answer.summary == "Ana (+34 612 345 678) told Ben; mail: ana@example.org. Name9 stays.")
    #expect(answer.messageCount == 3)
  }

  @Test("a text that is too long to be sent is cut before it is redacted, behind a whole placeholder, and counted once")
  func cut() throws {
    let folder = TemporaryState()
    defer { withExtendedLifetime(folder) {} }
    let names = (0..<12).map { "Q" + String(repeating: "x", count: $0 + 2) }
    // Every name in it is the twelfth: Name1 is what the second message says.
    let text = String(repeating: "\(names[11]) x ", count: 3_000) + String(repeating: "y", count: 100_000)
    let lines = "12/03/2026, 09:15 - Ben: \(text)\n12/03/2026, 09:16 - Ben: Name\u{7}1\n"
    let preview = try folder.open().preview(
      summarizing: ChatExport(fileName: "x.txt", bytes: Array(lines.utf8)),
      redaction: ChatRedaction(furtherNames: names))
    #expect(preview.omission.shortenedCount == 1 && preview.messageCount == 2)
    #expect(preview.transcript.utf8.count < 33 << 10)
    let words = preview.transcript.split(separator: "\n")[0].split(separator: " ").dropFirst(3)
    #expect(words.allSatisfy { ["Name14", "x"].contains($0) || $0.hasSuffix("…") })
    // What the text itself has is nobody's placeholder, as it travels.
    #expect(preview.transcript.hasSuffix(": Name 1\n") && !preview.transcript.contains("Name1:"))
  }

  @Test("what is put back is made safe to print like any answer")
  func sanitized() async throws {
    let client = try ClientHarness().client
    client.parties.behave { $0.summary = "Name1" }
    let lines = "12/03/2026, 09:15 - \u{1F600}\u{202E}: hello\n"
    let answer = try await client.client.summarize(
      ChatExport(fileName: "x.txt", bytes: Array(lines.utf8)), redaction: ChatRedaction())
    #expect(!answer.summary.unicodeScalars.contains("\u{202E}"))
  }

  @Test("of a file with several chats the chosen one is read, and excluded by the name it was chosen by")
  func chosen() throws {
    let text = #"""
      {"chats": {"list": [
       {"name": "Garden", "id": 1, "messages": [{"date": "2026-03-12T09:15:00", "from": "Ana", "text": "one"}]},
       {"name": "Work", "id": 2, "messages": [{"date": "2026-03-12T09:15:00", "from": "Ben", "text": "two"}]}]}}
      """#
    let folder = TemporaryState()
    defer { withExtendedLifetime(folder) {} }
    let state = try folder.open()
    let garden = ChatExport(fileName: "result.json", bytes: Array(text.utf8), chatName: "Garden")
    #expect(try garden.listings().map(\.name) == ["Garden", "Work"])
    #expect(try state.preview(summarizing: garden).transcript == "[2026-03-12 09:15] Ana: one\n")
    try state.consent.change { $0.exclude(.init(title: "Garden", senders: [])) }
    #expect(throws: ClientError(ClientError.chatExcluded, "")) { try state.preview(summarizing: garden) }
    let byIdentifier = ChatExport(fileName: "result.json", bytes: Array(text.utf8), chatName: "1")
    #expect(throws: ClientError(ClientError.chatExcluded, "")) { try state.preview(summarizing: byIdentifier) }
    let work = ChatExport(fileName: "result.json", bytes: Array(text.utf8), chatName: "Work")
    #expect(try state.preview(summarizing: work).messageCount == 1)
  }
}
