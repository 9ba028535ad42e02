import StrictJSON
import WireFormat

/// The nodes that an orchestrator put a request to, as its answer names them: in a field of an answer that is whole, and
/// in the first event of a stream (docs/formats/message-shape.md).
///
/// The orchestrator is attested, so its word counts; who they are is for the reader to verify.
public enum AnswerHops {
  public static let fieldName = "cloister-hops"
  public static let countLimit = 8

  /// - Parameter nodes: SHA-256 of each node's key configuration, in the order in which they were asked.
  public static func fieldValue(_ nodes: [[UInt8]]) -> String { nodes.map(\.hexadecimal).joined(separator: ",") }

  /// The data of the event.
  public static func event(_ nodes: [[UInt8]]) -> [UInt8] {
    JSONValue.object(["hops": .array(nodes.map { .string($0.hexadecimal) })]).canonicalBytes
  }

  /// - Throws: `trust-malformed`.
  public static func nodes(inField value: String) throws(TrustError) -> [[UInt8]] {
    try nodes(value.split(separator: ",", maxSplits: countLimit, omittingEmptySubsequences: false).map(String.init))
  }

  /// Nil for an event of another kind.
  /// - Throws: `trust-malformed`.
  public static func nodes(inEvent data: [UInt8]) throws(TrustError) -> [[UInt8]]? {
    guard data.starts(with: Array(#"{"hops""#.utf8)) else { return nil }
    let names: [String]
    do {
      var object = try JSONObject(parsing: data, name: "hops")
      names = try object.strings("hops")
      try object.finish()
    } catch {
      throw malformed
    }
    return try nodes(names)
  }

  private static func nodes(_ names: [String]) throws(TrustError) -> [[UInt8]] {
    let nodes = names.compactMap { [UInt8](hexadecimal: $0) }.filter { $0.count == 32 }
    guard (1...countLimit).contains(names.count), nodes.count == names.count else { throw malformed }
    return nodes
  }

  private static let malformed = TrustError(
    TrustError.malformed, "an answer does not name one to eight nodes by their digests")
}
