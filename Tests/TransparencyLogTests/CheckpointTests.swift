import Testing
import TransparencyLog

@Suite("checkpoints")
struct CheckpointTests {
  /// The example of C2SP tlog-checkpoint.
  private static let text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"

  @Test("the specification's example reads back as it was written")
  func example() throws {
    let checkpoint = try Checkpoint(parsing: Self.text)
    #expect(checkpoint.origin == "example.com/behind-the-sofa")
    #expect(checkpoint.treeSize == 20_852_163)
    #expect(checkpoint.extensionLines.isEmpty)
    #expect(checkpoint.text == Self.text)
    #expect(try Checkpoint(parsing: Self.text + "one\ntwo\n").extensionLines == ["one", "two"])
  }

  @Test("no truncation of a checkpoint parses")
  func truncations() {
    for length in 0..<Self.text.count {
      #expect(throws: malformed) { try Checkpoint(parsing: String(Self.text.prefix(length))) }
    }
  }

  @Test(
    "a checkpoint is taken in its one canonical form alone",
    arguments: [
      "o\n01\n\(hash)\n", "o\n+1\n\(hash)\n", "o\n-1\n\(hash)\n", "o\n 1\n\(hash)\n", "o\n\n\(hash)\n",
      "\n1\n\(hash)\n",
      "o\n18446744073709551616\n\(hash)\n", "o\n1\n\(hash)\n\n", "o\n1\n\(hash)\n\nx\n", "o\n1\nAAAA\n",
      "o\r\n1\n\(hash)\n",
      "o\n1\n\(hash.dropLast(2))l=\n", "o\n1\n\(hash) \n", "o\n٣\n\(hash)\n",
    ])
  func otherForms(text: String) {
    #expect(throws: malformed) { try Checkpoint(parsing: text) }
  }

  @Test("tree sizes up to the largest 64-bit number are taken")
  func sizes() throws {
    for size in [0, 1, UInt64.max] {
      let checkpoint = try Checkpoint(origin: "o", treeSize: size, rootHash: RFC6962.emptyRoot)
      #expect(try Checkpoint(parsing: checkpoint.text) == checkpoint)
    }
  }

  @Test("canonically equivalent origins are different logs")
  func unicode() throws {
    let composed = try Checkpoint(origin: "caf\u{E9}", treeSize: 0, rootHash: RFC6962.emptyRoot)
    let decomposed = try Checkpoint(origin: "cafe\u{301}", treeSize: 0, rootHash: RFC6962.emptyRoot)
    #expect(composed != decomposed)
  }

  @Test("a checkpoint cannot be made with lines that would not read back")
  func badLines() {
    for line in ["", "a\nb", "a\u{0}"] {
      #expect(throws: malformed) { try Checkpoint(origin: line, treeSize: 0, rootHash: RFC6962.emptyRoot) }
      #expect(throws: malformed) {
        try Checkpoint(origin: "o", treeSize: 0, rootHash: RFC6962.emptyRoot, extensionLines: [line])
      }
    }
  }

  private static let hash = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
  private let malformed = TransparencyLogError(TransparencyLogError.checkpointMalformed, "")
}
