import Foundation
import Testing

@Suite("The SDK's articles")
struct ArticleTests {
  private static let folder = "Sources/CloisterClient/CloisterClient.docc"

  private struct Block {
    let page: String
    /// The file that the code stands in; nil where the page names none.
    let source: String?
    let lines: [String]
  }

  private static func blocks() throws -> [Block] {
    try Documentation.files(below: folder, suffix: ".md").flatMap { page -> [Block] in
      let lines = try Documentation.text(page).components(separatedBy: "\n")
      return lines.indices.filter { lines[$0] == "```swift" }.map { opening in
        let closing = lines[opening...].firstIndex(of: "```") ?? lines.endIndex
        let marker = opening > 0 ? lines[opening - 1].firstMatch(of: #/^<!-- code: (\S+) -->$/#) : nil
        return Block(
          page: page, source: marker.map { String($0.output.1) }, lines: Array(lines[(opening + 1)..<closing]))
      }
    }
  }

  /// Lines without the indentation that all of them share.
  private static func dedented(_ lines: ArraySlice<String>) -> [String] {
    let indent = lines.filter { !$0.isEmpty }.map { $0.prefix { $0 == " " }.count }.min() ?? 0
    return lines.map { String($0.dropFirst(indent)) }
  }

  @Test("every block of code stands, line for line, in a file that the build compiles")
  func compiled() throws {
    let blocks = try Self.blocks()
    #expect(blocks.count >= 8)
    for block in blocks {
      let source = try #require(block.source, "\(block.page) has code of no file")
      let lines = try Documentation.text(source).components(separatedBy: "\n")
      let count = block.lines.count
      let isThere = lines.indices.contains { start in
        start + count <= lines.endIndex && Self.dedented(lines[start..<(start + count)]) == block.lines
      }
      #expect(isThere, "\(block.page): \(block.lines.first ?? "") is not in \(source)")
    }
  }

  @Test("every symbol and article that a page names in a link exists")
  func links() throws {
    let sources = try
      (["Sources/CloisterClient", "Sources/Inference"]
      .flatMap { Documentation.files(below: $0, suffix: ".swift") })
      .map(Documentation.text).joined()
    for page in Documentation.files(below: Self.folder, suffix: ".md") {
      let text = try Documentation.text(page)
      for match in text.matches(of: #/``(?:CloisterClient\/)?([A-Za-z]+)``/#) where match.output.1 != "CloisterClient" {
        #expect(sources.contains(" \(match.output.1)"), "\(page) names \(match.output.1)")
      }
      for match in text.matches(of: #/<doc:([A-Za-z]+)>/#) {
        let path = "\(Self.folder)/\(match.output.1).md"
        #expect(FileManager.default.fileExists(atPath: Documentation.root.appendingPathComponent(path).path))
      }
    }
  }
}
