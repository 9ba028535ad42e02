import CloisterClient
import Redaction
import StrictJSON

extension OutgoingPreview {
  /// The chat as it would travel on standard output, what it amounts to on standard error; or everything as JSON, with
  /// the request's body byte for byte.
  func show(json: Bool) {
    if json {
      CommandOutput.data(jsonValue)
      return
    }
    CommandOutput.note("This would leave the device. Nothing was sent.")
    // Whatever a terminal would act on is escaped here and travels as it is.
    let lines = transcript.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map {
      String($0).printable
    }
    CommandOutput.data(lines.joined(separator: "\n"))
    CommandOutput.note(notes.joined(separator: "\n"))
  }

  private var notes: [String] {
    var notes: [String] = []
    var extent = "\(messageCount) messages"
    if !senders.isEmpty { extent += " of \(senders.map(\.printable).joined(separator: ", "))" }
    if let firstTime, let lastTime {
      extent += ", on \(dayCount) day\(dayCount == 1 ? "" : "s"), \(firstTime.minuteText) to \(lastTime.minuteText)"
    }
    notes.append(extent + ".")
    if let reader { notes.append("Your own name travels as \(reader.printable).") }
    if mediaCount > 0 {
      notes.append(
        "\(mediaCount) of them have media, which stay; captions\(redaction == nil ? " and file names" : "") travel.")
    }
    notes += Notices.selection(
      omission, isDateOrderAmbiguous: isDateOrderAmbiguous, isDayPeriodAmbiguous: isDayPeriodAmbiguous)
    if let redaction {
      let counts = RedactedKind.allCases.compactMap { kind in
        redaction.replacedCounts[kind].flatMap { $0 > 0 ? "\(kind.rawValue) \($0)" : nil }
      }
      notes.append(
        "Replaced, and put back into the answer: \(counts.isEmpty ? "nothing" : counts.joined(separator: ", ")).")
      notes.append("What stands above is all there is to see: look for names that were missed (--redact-name).")
    }
    if let sizeClassByteCount {
      notes.append("Sealed to one verified node: \(content.count) bytes, padded to \(sizeClassByteCount).")
    }
    return notes
  }

  private var jsonValue: JSONValue {
    [
      "sent": false, "path": .string(path), "content": .string(String(decoding: content, as: UTF8.self)),
      "transcript": .string(transcript), "reader": reader.map { .string($0) } ?? .null,
      "messages": .integer(Int64(messageCount)), "senders": .array(senders.map { .string($0) }),
      "first": firstTime.map { .string($0.minuteText) } ?? .null,
      "last": lastTime.map { .string($0.minuteText) } ?? .null, "days": .integer(Int64(dayCount)),
      "media": .integer(Int64(mediaCount)), "omitted": omission.json,
      "dateOrderAmbiguous": .boolean(isDateOrderAmbiguous),
      "dayPeriodAmbiguous": .boolean(isDayPeriodAmbiguous),
      "sizeClass": sizeClassByteCount.map { .integer(Int64($0)) } ?? .null,
      "replaced": redaction.map { counts in
        .object(
          Dictionary(
            uniqueKeysWithValues: counts.replacedCounts.map { ($0.key.rawValue, JSONValue.integer(Int64($0.value))) }))
      } ?? .null,
    ]
  }
}
