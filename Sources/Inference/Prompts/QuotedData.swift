/// The one user message of a prompt: untrusted text alone, in named sections, each line of it behind a mark.
///
///     data-0 chat
///     > (2025-01-02 10:00) Ann: when do we
///     >   meet?
///     data-0 end
///
/// The lines between the sections begin with a marker that no line of the text holds: the first of `data-0`, `data-1`, …
/// that is not in it. So the text can begin no section, and end none.
struct QuotedData: Sendable {
  struct Section: Sendable {
    let name: String
    /// Of `QuotedText`.
    let lines: [String]

    /// In the message, with the line that begins it.
    var byteCount: Int {
      QuotedData.headByteCount + name.utf8.count + lines.reduce(0) { $0 + QuotedData.byteCount($1) }
    }
  }

  private static let mark = "> "
  private static let markerPrefix = "data-"
  /// Of a marker's number: no text within the limits of a request holds more markers than this has numbers.
  private static let digitLimit = 7

  /// Of a line that begins a section, less its name: the marker, a space, the line break.
  static let headByteCount = markerPrefix.utf8.count + digitLimit + 2
  private static let end = "end"
  /// Of the last line.
  static let endByteCount = headByteCount + end.utf8.count

  /// Of a line of a section in the message.
  static func byteCount(_ line: String) -> Int { mark.utf8.count + line.utf8.count + 1 }

  private let sections: [Section]

  init(_ sections: [Section]) { self.sections = sections }

  var text: String {
    let marker = Self.marker(notIn: sections)
    var lines: [String] = []
    for section in sections {
      lines.append("\(marker) \(section.name)")
      lines += section.lines.map { Self.mark + $0 }
    }
    lines.append("\(marker) \(Self.end)")
    return lines.joined(separator: "\n")
  }

  private static func marker(notIn sections: [Section]) -> String {
    var taken: Set<Int> = []
    for section in sections {
      for line in section.lines { takeNumbers(in: line, into: &taken) }
    }
    var number = 0
    while taken.contains(number) { number += 1 }
    return "\(markerPrefix)\(number)"
  }

  /// Of `data-123` the numbers 1, 12 and 123: the text holds the marker of each. One pass, upper case as lower.
  private static func takeNumbers(in line: String, into taken: inout Set<Int>) {
    let prefix = Array(markerPrefix.utf8)
    var matched = 0
    var number: Int?
    var digitCount = 0
    for byte in line.utf8 {
      let folded = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
      if matched == prefix.count, digitCount < digitLimit, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
        let next = (number ?? 0) * 10 + Int(byte - UInt8(ascii: "0"))
        taken.insert(next)
        (number, digitCount) = (next, digitCount + 1)
      } else {
        if matched == prefix.count { matched = 0 }
        // The prefix repeats no letter it begins with: whoever fails to match it can only begin it again.
        matched = folded == prefix[matched] ? matched + 1 : folded == prefix[0] ? 1 : 0
        (number, digitCount) = (nil, 0)
      }
    }
  }
}
