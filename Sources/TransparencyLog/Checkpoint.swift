import Crypto
import WireFormat

/// What a log says of itself: its size and root (C2SP tlog-checkpoint). The text of a note; unverified by itself.
public struct Checkpoint: Sendable {
  /// Names the log.
  public let origin: String
  /// The number of leaves.
  public let treeSize: UInt64
  public let rootHash: TreeHash
  /// Opaque, not empty, without newlines. Nobody audits them.
  public let extensionLines: [String]

  /// - Throws: `checkpoint-malformed` for a line that is empty or holds control characters.
  public init(
    origin: String, treeSize: UInt64, rootHash: TreeHash, extensionLines: [String] = []
  ) throws(TransparencyLogError) {
    guard ([origin] + extensionLines).allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { $0 >= 0x20 } }) else {
      throw Self.malformed("a line is empty or has control characters")
    }
    self.origin = origin
    self.treeSize = treeSize
    self.rootHash = rootHash
    self.extensionLines = extensionLines
  }

  /// Parses a note's text; only the one canonical form is taken.
  /// - Throws: `checkpoint-malformed`.
  public init(parsing text: String) throws(TransparencyLogError) {
    guard let lines = terminatedLines(Array(text.utf8)[...]), lines.count >= 3 else {
      throw Self.malformed("fewer than three lines")
    }
    guard let treeSize = Decimal64.parse(lines[1]) else { throw Self.malformed("the tree size is no number") }
    guard let rootHash = try? TreeHash(base64: lines[2]) else { throw Self.malformed("the root hash is no hash") }
    try self.init(
      origin: String(lines[0]), treeSize: treeSize, rootHash: rootHash, extensionLines: lines[3...].map(String.init))
    guard self.text.isSameBytes(as: text) else { throw Self.malformed("not in the canonical form") }
  }

  /// The note's text, newline included.
  public var text: String {
    ([origin, String(treeSize), rootHash.base64] + extensionLines).joined(separator: "\n") + "\n"
  }

  /// Names a log in paths (C2SP tlog-witness): lower-case hexadecimal SHA-256 of its origin.
  public static func originDigest(_ origin: String) -> String {
    Array(SHA256.hash(data: Array(origin.utf8))).hexadecimal
  }

  private static func malformed(_ what: StaticString) -> TransparencyLogError {
    TransparencyLogError(TransparencyLogError.checkpointMalformed, "\(what)")
  }
}

extension Checkpoint: Equatable {
  public static func == (left: Checkpoint, right: Checkpoint) -> Bool { left.text.isSameBytes(as: right.text) }
}
