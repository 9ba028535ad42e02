import Foundation
import Redaction

/// A chat of `Tests/Vectors/redaction`: who writes, and messages in which what should be found is marked.
struct AnnotatedMessages {
  struct Mark {
    let kind: String
    /// Of the text's scalars.
    let range: Range<Int>
  }

  struct Message {
    var text: [Unicode.Scalar] = []
    var marks: [Mark] = []

    var string: String { Self.string(text) }

    static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
      var view = String.UnicodeScalarView()
      view.append(contentsOf: scalars)
      return String(view)
    }
  }

  struct Malformed: Error {}

  let name: String
  let senders: [String]
  let messages: [Message]

  private static let folder = URL(fileURLWithPath: "Tests/Vectors/redaction")

  static func all(_ set: String) throws -> [AnnotatedMessages] {
    let folder = folder.appendingPathComponent(set)
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      .map { try AnnotatedMessages(folder.appendingPathComponent($0)) }
  }

  private init(_ file: URL) throws {
    name = file.deletingPathExtension().lastPathComponent
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    guard let first = lines.first else { throw Malformed() }
    let senders = first.split(separator: "|").map(String.init)
    self.senders = senders
    messages = try lines.dropFirst().map { line in
      guard let colon = line.firstRange(of: ": "), senders.contains(String(line[..<colon.lowerBound])) else {
        throw Malformed()
      }
      return try Self.message(line[colon.upperBound...])
    }
  }

  private static func message(_ marked: Substring) throws -> Message {
    var message = Message()
    var rest = Array(marked.unicodeScalars)[...]
    while let scalar = rest.popFirst() {
      guard scalar == "⟦" else {
        message.text.append(scalar)
        continue
      }
      guard let colon = rest.firstIndex(of: ":"), let end = rest.firstIndex(of: "⟧"), colon < end else {
        throw Malformed()
      }
      let start = message.text.count
      message.text += rest[(colon + 1)..<end]
      message.marks.append(Mark(kind: Message.string(rest[..<colon]), range: start..<message.text.count))
      rest = rest[(end + 1)...]
    }
    return message
  }

  var redactor: Redactor { Redactor(names: senders, texts: messages.map(\.string)) }
}
