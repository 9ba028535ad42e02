import Foundation
import Testing

@Suite("docs/codes.md: the registry of codes")
struct CodeRegistryTests {
  private struct Declaration {
    let code: String
    let target: String
  }

  private static func declarations() throws -> [Declaration] {
    let pattern = /static let \w+ = ErrorCode\("([a-z0-9-]+)"\)/
    return try Documentation.files(below: "Sources", suffix: ".swift").flatMap { path in
      let target = path.split(separator: "/")[1]
      return try codeLines(of: path).compactMap { line in
        line.firstMatch(of: pattern).map { Declaration(code: String($0.output.1), target: String(target)) }
      }
    }
  }

  /// A source's lines without its comments.
  private static func codeLines(of path: String) throws -> [String] {
    try Documentation.text(path).components(separatedBy: "\n").filter {
      !$0.trimmingCharacters(in: .whitespaces).hasPrefix("//")
    }
  }

  private static func rows() throws -> [[String]] {
    Documentation.tableRows(in: try Documentation.text("docs/codes.md"))
  }

  @Test("the page lists exactly the codes that the sources declare")
  func sameSets() throws {
    let declared = Set(try Self.declarations().map { "`\($0.code)`" })
    let listed = Set(try Self.rows().map { $0[0] })
    #expect(!declared.isEmpty)
    #expect(declared.subtracting(listed).sorted() == [], "missing from the page: run scripts/codes --update")
    #expect(listed.subtracting(declared).sorted() == [], "no longer declared: run scripts/codes --update")
  }

  @Test("the page lists each code once, with its meaning in one sentence and who refuses")
  func rows() throws {
    let rows = try Self.rows()
    #expect(Set(rows.map { $0[0] }).count == rows.count)
    for row in rows {
      #expect(row.count == 3, "\(row)")
      #expect(row[1].hasSuffix(".") && row[1].count > 8, "\(row)")
      #expect(row.last?.isEmpty == false, "\(row)")
    }
  }

  @Test("no code has two meanings: only the client declares again what a party answers")
  func declaredOnce() throws {
    for (code, declarations) in Dictionary(grouping: try Self.declarations(), by: \.code) {
      let owners = declarations.filter { $0.target != "CloisterClient" }
      #expect(owners.count <= 1, "\(code) is declared by \(owners.map(\.target))")
      #expect(declarations.count - owners.count <= 1, "\(code) is declared twice by the client")
    }
  }

  @Test("codes are built only by their declarations")
  func noOtherSpelling() throws {
    for path in Documentation.files(below: "Sources", suffix: ".swift") {
      for line in try Self.codeLines(of: path) where line.contains("ErrorCode(\"") {
        #expect(line.contains(/static let \w+ = ErrorCode\("[a-z0-9-]+"\)/), "\(path): \(line)")
      }
    }
  }
}
