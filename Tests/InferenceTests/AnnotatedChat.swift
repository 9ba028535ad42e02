import Foundation
import Inference

/// A chat of `Tests/Vectors` with the points that its author expects in a summary.
struct AnnotatedChat {
  /// A point is held where one item of `who` has all the words.
  struct Point: Decodable {
    let kind: String
    let who: String
    let words: [String]
    let messages: [Int]
  }

  private struct Annotations: Decodable {
    let language: String
    let reader: String
    let points: [Point]
  }

  /// `summaries`: the engine was tuned on these.
  static let names = ["de-fussball", "de-haus", "en-bakery", "en-family", "es-clase", "es-viaje"]
  /// `summaries-other`: no weight was fitted to these, though their scores chose among fitted ones.
  static let otherNames = ["de-lern", "de-weihnacht", "en-allotment", "en-office", "es-lectura", "es-oficina"]

  let messages: [ChatMessage]
  let reader: String
  let language: String
  let points: [Point]

  init(_ name: String, in folderName: String = "summaries") throws {
    let folder = URL(fileURLWithPath: FileManager.default.currentDirectoryPath, isDirectory: true)
      .appendingPathComponent("Tests/Vectors/" + folderName, isDirectory: true)
    let transcript = try String(contentsOf: folder.appendingPathComponent("\(name).txt"), encoding: .utf8)
    messages = Self.messages(of: transcript)
    let annotations = try JSONDecoder().decode(
      Annotations.self, from: Data(contentsOf: folder.appendingPathComponent("\(name).points.json")))
    reader = annotations.reader
    language = annotations.language
    points = annotations.points
  }

  /// Lines `[yyyy-MM-dd HH:mm] Sender: text`; lines indented by two spaces continue a text.
  static func messages(of transcript: String) -> [ChatMessage] {
    var messages: [ChatMessage] = []
    for line in transcript.split(separator: "\n") {
      if line.hasPrefix("["), let time = LocalMinute(line.dropFirst().prefix(16)),
        let colon = line.dropFirst(19).range(of: ": ")
      {
        let sender = String(line.dropFirst(19)[..<colon.lowerBound])
        messages.append(ChatMessage(time: time, sender: sender, text: String(line[colon.upperBound...])))
      } else if let last = messages.popLast() {
        let text = last.text + "\n" + line.dropFirst(2)
        messages.append(ChatMessage(time: last.time, sender: last.sender, text: text))
      }
    }
    return messages
  }

  var request: SummaryRequest { SummaryRequest(messages: messages, reader: reader) }

  /// Words of the texts alone, without names and times.
  var wordCount: Int { messages.reduce(0) { $0 + Self.wordCount($1.text) } }

  var wordLimit: Int { min(180, wordCount / 5) }

  static func wordCount(_ text: String) -> Int { text.split(whereSeparator: \.isWhitespace).count }

  func recall(of lines: [(sender: String, text: String)]) -> Double {
    let held = points.count { point in
      lines.contains { line in
        line.sender == point.who
          && point.words.allSatisfy { line.text.lowercased().contains($0.lowercased()) }
      }
    }
    return Double(held) / Double(points.count)
  }

  /// The recall of whole messages taken in an order until the word limit, each with its sender and a time.
  func baselineRecall(_ order: [Int]) -> Double {
    var wordsLeft = wordLimit
    var lines: [(sender: String, text: String)] = []
    for index in order {
      let cost = Self.wordCount(messages[index].text) + Self.wordCount(messages[index].sender) + 1
      guard cost <= wordsLeft else { break }
      wordsLeft -= cost
      lines.append((messages[index].sender, messages[index].text))
    }
    return recall(of: lines)
  }

  var lastMessagesRecall: Double { baselineRecall(messages.indices.reversed()) }

  var longestMessagesRecall: Double {
    baselineRecall(
      messages.indices.sorted { left, right in
        let counts = (Self.wordCount(messages[left].text), Self.wordCount(messages[right].text))
        return counts.0 != counts.1 ? counts.0 > counts.1 : left < right
      })
  }
}
