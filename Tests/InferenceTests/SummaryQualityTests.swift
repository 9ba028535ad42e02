import Inference
import Testing

/// What people can expect of a summary without a model, on six annotated chats.
@Suite("Quality of extractive summaries")
struct SummaryQualityTests {
  @Test(
    "a summary holds most points, is short, and beats the newest and the longest messages",
    arguments: AnnotatedChat.names)
  func holdsPoints(name: String) throws {
    let chat = try AnnotatedChat(name)
    let summary = EmbeddedEngine().summary(of: chat.request)
    let words = AnnotatedChat.wordCount(summary.rendered())
    let recall = chat.recall(of: summary.sections.flatMap(\.items).map { ($0.sender, $0.text) })
    let last = chat.lastMessagesRecall
    let longest = chat.longestMessagesRecall
    print(
      "\(name): \(words) of \(chat.wordLimit) words, recall \(percent(recall)), "
        + "last messages \(percent(last)), longest messages \(percent(longest))")
    #expect((40...400).contains(chat.messages.count))
    #expect(words <= chat.wordLimit)
    #expect(recall >= 0.8)
    #expect(recall >= last + 0.2)
    #expect(recall >= longest + 0.2)
  }

  @Test("on chats that it was not fitted to, it holds more than the newest or the longest messages, and stays short")
  func otherChats() throws {
    var recalls: [Double] = []
    var baselines: [Double] = []
    for name in AnnotatedChat.otherNames {
      let chat = try AnnotatedChat(name, in: "summaries-other")
      let summary = EmbeddedEngine().summary(of: chat.request)
      let recall = chat.recall(of: summary.sections.flatMap(\.items).map { ($0.sender, $0.text) })
      print("\(name): recall \(percent(recall))")
      #expect(AnnotatedChat.wordCount(summary.rendered()) <= chat.wordLimit)
      recalls.append(recall)
      baselines.append(max(chat.lastMessagesRecall, chat.longestMessagesRecall))
    }
    let mean = recalls.reduce(0, +) / Double(recalls.count)
    let baseline = baselines.reduce(0, +) / Double(baselines.count)
    print("other chats: mean recall \(percent(mean)), better baseline of each \(percent(baseline))")
    #expect(mean >= baseline + 0.2)
    #expect(mean >= 0.55)
  }

  private func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }

  @Test("every quotation stands in a message of its sender and time", arguments: AnnotatedChat.names)
  func quotes(name: String) throws {
    let chat = try AnnotatedChat(name)
    for item in EmbeddedEngine().summary(of: chat.request).sections.flatMap(\.items) {
      let sources = chat.messages.filter { $0.sender == item.sender && $0.time == item.time }.map(\.text)
      let pieces = item.text.split(separator: "…").map { $0.trimmingPrefix(while: \.isWhitespace) }
      #expect(!pieces.isEmpty)
      for piece in pieces {
        let end = piece.lastIndex { !$0.isWhitespace }
        let words = end.map { String(piece[...$0]) } ?? ""
        #expect(sources.contains { $0.contains(words) })
      }
    }
  }

  @Test("every line names its sender, and the label says extractive", arguments: AnnotatedChat.names)
  func namesSenders(name: String) throws {
    let chat = try AnnotatedChat(name)
    let summary = EmbeddedEngine().summary(of: chat.request)
    #expect(summary.isExtractive)
    #expect(summary.language.rawValue == chat.language)
    let lines = summary.rendered().split(separator: "\n")
    #expect(lines.first?.lowercased().contains("extra") == true)
    let senders = Set(chat.messages.map(\.sender))
    for line in lines.dropFirst() where line.hasPrefix("  ") {
      #expect(senders.contains { line.dropFirst(2).hasPrefix($0) })
    }
  }

  @Test("the points of each chat stand in the messages they name", arguments: AnnotatedChat.names)
  func annotations(name: String) throws {
    let chat = try AnnotatedChat(name)
    #expect(chat.points.count >= 7)
    for point in chat.points {
      #expect(!point.messages.isEmpty)
      for index in point.messages {
        #expect(chat.messages[index].sender == point.who)
        #expect(point.words.allSatisfy { chat.messages[index].text.lowercased().contains($0.lowercased()) })
      }
    }
  }
}
