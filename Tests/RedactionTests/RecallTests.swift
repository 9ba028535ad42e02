import Foundation
import Redaction
import Testing

/// How much redaction finds, on annotated chats (Tests/Vectors/redaction). docs/redaction.md has the figures.
@Suite("Recall and precision of redaction")
struct RecallTests {
  /// Counts of one kind over several chats.
  private struct Score {
    var marked = 0
    var found = 0
    var replaced = 0
    var right = 0

    var recall: Double { marked == 0 ? 1 : Double(found) / Double(marked) }
    var precision: Double { replaced == 0 ? 1 : Double(right) / Double(replaced) }
  }

  private static let kinds = ["name", "phone", "mail", "link", "card", "account", "other"]

  /// A mark is found where every letter and digit of it is replaced; a replacement is right where it touches a mark of
  /// its kind.
  private static func scores(_ set: String) throws -> [String: Score] {
    var scores: [String: Score] = [:]
    for chat in try AnnotatedMessages.all(set) {
      var redactor = chat.redactor
      for message in chat.messages {
        let replacements = redactor.replacements(in: message.text)
        for mark in message.marks {
          scores[mark.kind, default: Score()].marked += 1
          let isFound = mark.range.allSatisfy { index in
            !isLetterOrDigit(message.text[index]) || replacements.contains { $0.range.contains(index) }
          }
          if isFound { scores[mark.kind, default: Score()].found += 1 }
        }
        for replacement in replacements {
          let kind = replacement.kind.rawValue
          scores[kind, default: Score()].replaced += 1
          let isRight = message.marks.contains { $0.kind == kind && $0.range.overlaps(replacement.range) }
          if isRight { scores[kind, default: Score()].right += 1 }
        }
      }
    }
    return scores
  }

  private static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || scalar.properties.numericType != nil
  }

  private static func row(_ set: String, _ kind: String, _ score: Score) -> String {
    let recall = "\(score.found) of \(score.marked), \(percent(score.recall))"
    let precision = score.replaced == 0 ? "–" : "\(score.right) of \(score.replaced), \(percent(score.precision))"
    return "| \(set) | \(kind) | \(recall) | \(precision) |"
  }

  private static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }

  @Test(
    "redaction finds at least what the page says, on chats that its rules were written with and on others",
    arguments: [("tuned", 0.95, 0.95), ("held-out", 0.75, 0.85)])
  func floors(set: String, names: Double, numbers: Double) throws {
    let scores = try Self.scores(set)
    let page = try String(contentsOf: URL(fileURLWithPath: "docs/redaction.md"), encoding: .utf8)
    for kind in Self.kinds {
      let score = try #require(scores[kind], "\(kind)")
      let row = Self.row(set, kind, score)
      print(row)
      #expect(page.contains(row), "docs/redaction.md has other figures")
      switch kind {
      case "other": #expect(score.found == 0, "what is not looked for is not found, and the page says so")
      case "name": #expect(score.recall >= names && score.precision >= 0.95)
      case "phone": #expect(score.recall >= numbers && score.precision >= 0.95)
      default: #expect(score.recall >= 0.95 && score.precision >= 0.95)
      }
    }
  }

  @Test(
    "every chat comes back as it was, and no name's own word of a sender is left in it",
    arguments: ["tuned", "held-out"])
  func restores(set: String) throws {
    for chat in try AnnotatedMessages.all(set) {
      var redactor = chat.redactor
      for message in chat.messages {
        let redacted = redactor.redact(message.string)
        #expect(redactor.restorer.restored(redacted) == message.string, "\(chat.name)")
      }
      for sender in chat.senders {
        let redacted = redactor.redactName(sender)
        #expect(redacted.hasPrefix("Name"))
        #expect(redactor.restorer.restored(redacted) == sender)
      }
    }
  }
}
