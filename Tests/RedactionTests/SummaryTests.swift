import Inference
import Redaction
import Testing

@Suite("A redacted chat and the engine without a model")
struct RedactedSummaryTests {
  @Test("of an invented chat the summary is the same, redacted and put back or not")
  func summary() throws {
    let messages: [(String, String)] = [
      ("Ada King", "Morning! Shall we move the picnic to Saturday the 14th?"),
      ("Ben", "Saturday works. Who brings the blankets?"),
      ("Cleo Park", "I can bring two blankets and the big umbrella"),
      ("Ada King", "Great, then we meet at the north gate at 11:30"),
      ("Ben", "Agreed, north gate at 11:30 it is"),
      ("Cleo Park", "Ada, could you ask your brother for the grill?"),
      ("Ada King", "I will ask him tonight"), ("Ben", "Cleo's cake is decided then: we take the cherry one"),
    ]
    func summary(_ messages: [(String, String)], reader: String) throws -> String {
      let request = SummaryRequest(
        messages: try messages.enumerated().map { index, message in
          let time = try #require(LocalMinute(year: 2026, month: 3, day: 13, hour: 9, minute: 10 + index))
          return ChatMessage(time: time, sender: message.0, text: message.1)
        }, reader: reader)
      return EmbeddedEngine().summary(of: request).rendered()
    }
    var redactor = Redactor(names: messages.map(\.0), texts: messages.map(\.1))
    let redacted = messages.map { (redactor.redactName($0.0), redactor.redact($0.1)) }
    let answer = try summary(redacted, reader: redactor.redactName("Ada King"))
    for word in ["Ada", "King", "Ben", "Cleo", "Park"] { #expect(!answer.contains(word)) }
    #expect(redactor.restorer.restored(answer) == (try summary(messages, reader: "Ada King")))
  }
}
