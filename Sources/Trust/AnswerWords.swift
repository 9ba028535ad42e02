import StrictJSON

/// Words of a task's answer as a model says them, in events of a stream before its one document
/// (docs/formats/message-shape.md): joined, they are the document's text.
public enum AnswerWords {
  private static let member: StaticString = "words"

  /// The data of the event.
  public static func event(_ words: String) -> [UInt8] { JSONValue.object(["words": .string(words)]).canonicalBytes }

  /// Nil for an event of another kind. Untrusted text.
  /// - Throws: `trust-malformed`.
  public static func words(inEvent data: [UInt8]) throws(TrustError) -> String? {
    guard data.starts(with: Array(#"{"words""#.utf8)) else { return nil }
    do {
      var object = try JSONObject(parsing: data, name: "words")
      let words = try object.string(member)
      try object.finish()
      return words
    } catch {
      throw TrustError(TrustError.malformed, "an event of words is not of its schema")
    }
  }
}
