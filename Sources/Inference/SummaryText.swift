/// The plain text of an extractive summary: a label, then per section a title and one line `Sender (when): words` each.
struct SummaryText {
  let sections: [Summary.Section]
  let wording: SummaryWording

  var text: String {
    var lines = [wording.label + (sections.isEmpty ? "" : ":")]
    if sections.isEmpty { lines.append(wording.nothing) }
    let times = sections.flatMap { section in section.items.map(\.time) }
    let stamp = TimeStamp(times: times, wording: wording)
    for section in sections {
      lines.append(wording.titles[section.kind] ?? "")
      var previous: Summary.Item?
      for item in section.items {
        let when = stamp.text(item.time)
        let text = Self.line(item.text)
        // The time is said where it is another than that of the quotation before.
        let time = previous.map { stamp.text($0.time) } == when ? "" : " (\(when))"
        if previous?.sender == item.sender, time.isEmpty {
          lines[lines.count - 1] += text.hasPrefix("…") ? " \(text)" : " … \(text)"
        } else {
          lines.append("  \(Self.line(item.sender))\(time): \(text)")
        }
        previous = item
      }
    }
    return lines.joined(separator: "\n")
  }

  private static func line(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        AnswerSanitizer.sanitized(text).unicodeScalars.map { scalar in
          scalar.properties.isWhitespace ? " " : scalar
        }))
  }

  /// One word for a time: the clock within one day, the weekday within a week, else the date.
  struct TimeStamp {
    private enum Form {
      case clock
      case weekday
      case date
    }
    private let form: Form
    private let wording: SummaryWording

    init(times: [LocalMinute], wording: SummaryWording) {
      let days = times.map(\.dayNumber)
      let span = (days.max() ?? 0) - (days.min() ?? 0)
      form = span == 0 ? .clock : span < 7 ? .weekday : .date
      self.wording = wording
    }

    func text(_ time: LocalMinute) -> String {
      switch form {
      case .clock: "\(time.hour):\(time.minute < 10 ? "0" : "")\(time.minute)"
      case .weekday: wording.weekdays[time.weekday]
      case .date: wording.date(time.day, wording.months[time.month - 1])
      }
    }
  }
}
