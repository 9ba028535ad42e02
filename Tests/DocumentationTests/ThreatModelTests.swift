import Testing

@Suite("docs/threat-model.md: refusals and their tests")
struct ThreatModelTests {
  /// The rows of the two tables that map refusals to tests.
  private static func rows() throws -> [[String]] {
    let page = try Documentation.text("docs/threat-model.md")
    let sections = page.components(separatedBy: "\n## ").filter {
      $0.hasPrefix("What is refused") || $0.hasPrefix("What went wrong elsewhere")
    }
    return sections.flatMap { Documentation.tableRows(in: $0) }
  }

  @Test("each refusal names a test or says what it waits for")
  func everyRow() throws {
    let rows = try Self.rows()
    #expect(rows.count > 100)
    for row in rows {
      #expect(row.count == 3, "\(row)")
      for entry in row[2].components(separatedBy: "<br>") {
        let names = entry.contains(/^[A-Za-z]+: “.+”$/)
        #expect(names || (entry.hasPrefix("waits for: ") && entry.count > 12), "\(row)")
      }
    }
  }

  @Test("every test that the page names exists, in the folder that it names")
  func namedTestsExist() throws {
    var sources: [String: String] = [:]
    for path in Documentation.files(below: "Tests", suffix: ".swift") {
      sources[path.components(separatedBy: "/")[1], default: ""] += try Documentation.text(path)
    }
    for row in try Self.rows() {
      for match in row[2].matches(of: /([A-Za-z]+): “([^”]+)”/) {
        let (folder, name) = (String(match.output.1), String(match.output.2))
        #expect(sources[folder]?.contains("\"\(name)\"") == true, "\(folder): \(name)")
      }
    }
  }
}
