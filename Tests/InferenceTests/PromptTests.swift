import Inference
import StrictJSON
import Testing

@Suite("The prompts of a release")
struct PromptTests {
  @Test("the release names every prompt by its whole text")
  func canonical() throws {
    guard case .object(let members) = try JSONValue(parsing: Prompt.canonicalBytes) else {
      Issue.record("prompts are no object")
      return
    }
    #expect(members.count == Prompt.all.count)
    for prompt in Prompt.all { #expect(members[prompt.name] == .string(prompt.instruction)) }
    #expect(
      members.keys.sorted() == [
        "notes", "notes-of-notes", "reply", "rewrite-clearer", "rewrite-concise", "rewrite-friendlier",
        "rewrite-professional", "rewrite-spelling", "summary", "summary-of-notes",
      ])
  }

  @Test("no prompt is longer than the budget reckons with", arguments: Prompt.all.map(\.instruction))
  func lengths(instruction: String) {
    #expect(instruction.utf8.count <= Prompt.byteLimit)
    #expect(AnswerSanitizer.sanitized(instruction) == instruction)
  }
}
