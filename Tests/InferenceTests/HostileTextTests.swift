import Inference
import Testing

@Suite("Hostile text for the embedded engine")
struct HostileTextTests {
  /// Found by fuzzing: cutting a sentence took time in the square of its marks, a minute for what one request can hold.
  @Test(
    "sentences of marks alone take no more time than words", .timeLimit(.minutes(10)),
    arguments: ["(", "( ", "- ", "meet me there "])
  func marks(repeated: String) throws {
    let time = try #require(LocalMinute(year: 2026, month: 6, day: 13, hour: 7, minute: 45))
    let text = "Meet me there " + String(repeating: repeated, count: 120_000 / repeated.utf8.count)
    let messages = (0..<4).map { _ in ChatMessage(time: time, sender: "Ann", text: text) }
    let summary = EmbeddedEngine().summary(of: SummaryRequest(messages: messages))
    #expect(summary.isExtractive)
  }
}
