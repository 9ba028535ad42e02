import Crypto
import Foundation
import StrictJSON
import WireFormat

/// What one party saw, found by searching everything it wrote: its record, its output, its files.
struct PartySight {
  enum Finding: String {
    case yes
    case no
    /// The party kept no record, so nothing can be said.
    case notRecorded = "not recorded"
  }

  let party: String
  var address = Finding.notRecorded
  var account = Finding.notRecorded
  var token = Finding.notRecorded
  var content = Finding.notRecorded

  var json: JSONValue {
    [
      "party": .string(party), "clientAddress": .string(address.rawValue), "account": .string(account.rawValue),
      "token": .string(token.rawValue), "content": .string(content.rawValue),
    ]
  }

  /// What to search for.
  struct Traces {
    let clientAddress: String
    let accountNames: [String]
    /// SHA-256 of each token that was spent.
    let tokenDigests: [[UInt8]]
    /// Random pairs of words of the chat.
    let words: [String]
  }

  init(party: String) { self.party = party }

  init(party: String, record: URL, others: [URL], traces: Traces) {
    self.party = party
    guard let recorded = try? Data(contentsOf: record), !recorded.isEmpty else { return }
    let written = [recorded] + others.flatMap(Self.contents)
    func finding(_ needles: [Data]) -> Finding {
      needles.contains { needle in written.contains { $0.range(of: needle) != nil } } ? .yes : .no
    }
    // The quote ends the address, so that 127.0.0.2 is not found in 127.0.0.21.
    address = finding([Data("\"\(traces.clientAddress)\"".utf8), Data("\(traces.clientAddress):".utf8)])
    account = finding(traces.accountNames.map { Data($0.utf8) })
    token = finding(traces.tokenDigests.flatMap { [Data($0), Data($0.hexadecimal.utf8)] })
    content = finding(traces.words.map { Data($0.utf8) })
    if Self.openedContent(recorded) { content = .yes }
  }

  /// True when the party itself noted that content lay open to it, by the layer that it decrypted.
  private static func openedContent(_ record: Data) -> Bool {
    record.split(separator: UInt8(ascii: "\n")).contains { line in
      guard case .object(let members)? = try? JSONValue(parsing: Array(line)) else { return false }
      return members["content"] == .boolean(true) && members["opened"] == .string("inner")
    }
  }

  private static func contents(of url: URL) -> [Data] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else { return [] }
    guard isFolder.boolValue else { return (try? Data(contentsOf: url)).map { [$0] } ?? [] }
    let files = FileManager.default.enumerator(at: url, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL }
    return (files ?? []).compactMap { try? Data(contentsOf: $0) }
  }
}

/// The table "what each party saw".
struct SightTable {
  let rows: [PartySight]

  var text: String {
    let header = ["party", "your address", "your account", "the token", "the chat"]
    let cells =
      [header]
      + rows.map { [$0.party, $0.address.rawValue, $0.account.rawValue, $0.token.rawValue, $0.content.rawValue] }
    let widths = header.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
    return cells.map { row in
      zip(row, widths).map { cell, width in cell.padding(toLength: width + 2, withPad: " ", startingAt: 0) }.joined()
        .trimmingCharacters(in: .whitespaces)
    }.joined(separator: "\n")
  }

  var json: JSONValue { .array(rows.map(\.json)) }
}
