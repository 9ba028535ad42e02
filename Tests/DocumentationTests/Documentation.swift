import Foundation

/// The checkout that the tests run in: its pages and sources.
enum Documentation {
  /// The package's root, which is where `swift test` runs.
  static let root = URL(fileURLWithPath: FileManager.default.currentDirectoryPath, isDirectory: true)

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  /// Files below a folder by the end of their name, as paths from the root, sorted.
  static func files(below folder: String, suffix: String) -> [String] {
    let base = root.appendingPathComponent(folder).resolvingSymlinksInPath()
    guard let paths = FileManager.default.enumerator(atPath: base.path) else { return [] }
    return paths.compactMap { $0 as? String }.filter { $0.hasSuffix(suffix) }.map { "\(folder)/\($0)" }.sorted()
  }

  /// The lines of the fenced block behind `<!-- example: NAME -->` in a page; nil where there is none.
  static func example(_ name: String, in page: String) throws -> [String]? {
    let lines = try text(page).components(separatedBy: "\n")
    guard let marker = lines.firstIndex(of: "<!-- example: \(name) -->"),
      let opening = lines[marker...].firstIndex(where: { $0.hasPrefix("```") }),
      let closing = lines[(opening + 1)...].firstIndex(of: "```")
    else { return nil }
    return Array(lines[(opening + 1)..<closing])
  }

  /// The rows of a page's tables, header and rule left out: the trimmed cells of each.
  static func tableRows(in text: String) -> [[String]] {
    var rows: [[String]] = []
    for line in text.components(separatedBy: "\n") {
      guard line.hasPrefix("|"), line.hasSuffix("|") else { continue }
      let cells = line.dropFirst().dropLast().replacing("\\|", with: "\u{1}")
        .components(separatedBy: "|")
        .map { $0.replacing("\u{1}", with: "|").trimmingCharacters(in: .whitespaces) }
      if cells.allSatisfy({ !$0.isEmpty && $0.allSatisfy { $0 == "-" || $0 == ":" } }) {
        rows.removeLast()
      } else {
        rows.append(cells)
      }
    }
    return rows
  }
}
