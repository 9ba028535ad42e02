import Foundation
import Testing

@Suite("Pages")
struct LinkTests {
  private static func pages() -> [String] {
    let atRoot = ["README.md", "ARCHITECTURE.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md"]
    return atRoot + Documentation.files(below: "docs", suffix: ".md")
      + Documentation.files(below: "Sources", suffix: "README.md")
  }

  private static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: Documentation.root.appendingPathComponent(path).path)
  }

  @Test("every link to a file of the tree leads to one")
  func links() throws {
    for page in Self.pages() {
      let folder = page.components(separatedBy: "/").dropLast().joined(separator: "/")
      for match in try Documentation.text(page).matches(of: /\]\(([^)#:]+)\)/) {
        let target = (folder.isEmpty ? "" : folder + "/") + match.output.1
        #expect(Self.exists(target), "\(page) links to \(match.output.1)")
      }
    }
  }

  @Test("every page that is named in a text or a source exists")
  func namedPages() throws {
    let sources = Documentation.files(below: "Sources", suffix: ".swift")
    for file in Self.pages() + sources {
      for match in try Documentation.text(file).matches(of: /docs\/[a-z0-9\/-]+\.md/) {
        #expect(Self.exists(String(match.output)), "\(file) names \(match.output)")
      }
    }
  }

  @Test("every source file that the architecture names exists")
  func namedSources() throws {
    for match in try Documentation.text("ARCHITECTURE.md").matches(of: /`([A-Za-z]+(?:\/[A-Za-z]+)+\.swift)`/) {
      let path = String(match.output.1)
      #expect(
        Self.exists("Sources/\(path)") || Self.exists("Sources/CloisterClient/\(path)"), "\(path)")
    }
  }

  @Test(
    "each party says what it learns, must never learn and trusts",
    arguments: [
      "Gateway", "Issuer", "Log", "Node", "Relay", "Witness",
    ])
  func partyPages(party: String) throws {
    let page = try Documentation.text("Sources/\(party)/README.md")
    for answer in [
      "What it does:", "What it learns:", "What it must never learn:", "What it trusts:", "How to run it alone",
    ] {
      #expect(page.contains("\n\(answer)"), "\(party) does not say: \(answer)")
    }
  }
}
