import ChatHistory
import CloisterClient
import StrictJSON

/// Sentences that several commands say in the same words.
enum Notices {
  static let simulated = "SIMULATED: the machines behind this are simulated and protect nobody."
  static let redacted =
    "Redacted: names and numbers that were found stayed on this device. Others may have travelled: see --preview."
  static let custom = "CUSTOM POLICY: edited by hand on this device; no publisher vouches for it."
}

extension Notices {
  /// What of a chat did not go into a request, or was guessed.
  static func selection(
    _ omission: ChatSelection.Omission, isDateOrderAmbiguous: Bool, isDayPeriodAmbiguous: Bool
  ) -> [String] {
    var notes: [String] = []
    if omission.outsideRangeCount > 0 { notes.append("Left out: \(omission.outsideRangeCount) older messages.") }
    if omission.overLimitCount > 0 {
      notes.append("Left out: \(omission.overLimitCount) messages of the range, which do not fit one request.")
    }
    if omission.shortenedCount > 0 { notes.append("Cut off: the end of \(omission.shortenedCount) long messages.") }
    if omission.unexportedCount > 0 {
      notes.append("Left out: \(omission.unexportedCount) messages of which the export holds neither time nor words.")
    }
    if isDateOrderAmbiguous {
      notes.append("The export does not tell days from months; the order of dates is a guess.")
    }
    if isDayPeriodAmbiguous {
      notes.append("The export's words for morning and afternoon are not known; times may be 12 hours off.")
    }
    return notes
  }
}

extension SummaryAnswer {
  /// What the person should know beside the summary.
  func notes(_ hint: CommandHint) -> [String] {
    var notes = Notices.selection(
      omission, isDateOrderAmbiguous: isDateOrderAmbiguous, isDayPeriodAmbiguous: isDayPeriodAmbiguous)
    notes.append(
      "\(messageCount) messages, \(isExtractive ? "quoted" : "summarised") by \(engine). Receipt \(receiptIdentifier): "
        + hint.command("receipts show \(receiptIdentifier.prefix(8))"))
    return notes
  }

  func json(withTimings: Bool) -> JSONValue {
    var members: [String: JSONValue] = [
      "summary": .string(summary), "engine": .string(engine), "extractive": .boolean(isExtractive),
      "receipt": .string(receiptIdentifier), "simulated": .boolean(isSimulated),
      "messages": .integer(Int64(messageCount)),
      "omitted": omission.json,
      "dateOrderAmbiguous": .boolean(isDateOrderAmbiguous),
      "dayPeriodAmbiguous": .boolean(isDayPeriodAmbiguous),
    ]
    if withTimings { members["timings"] = timings.json }
    return .object(members)
  }
}

extension ChatSelection.Omission {
  var json: JSONValue {
    [
      "outsideRange": .integer(Int64(outsideRangeCount)), "overLimit": .integer(Int64(overLimitCount)),
      "shortened": .integer(Int64(shortenedCount)), "unexported": .integer(Int64(unexportedCount)),
    ]
  }
}

extension Timings {
  /// Microseconds.
  var json: JSONValue {
    [
      "totalMicroseconds": .integer(total.microseconds), "engineMicroseconds": .integer(engine.microseconds),
      "verificationMicroseconds": .integer(verification.microseconds),
      "transportMicroseconds": .integer(transport.microseconds), "addedMicroseconds": .integer(added.microseconds),
    ]
  }

  var text: String {
    func milliseconds(_ duration: Duration) -> String {
      let tenths = duration.microseconds / 100
      return "\(tenths / 10).\(tenths % 10) ms"
    }
    return "total \(milliseconds(total)), engine \(milliseconds(engine)), verification \(milliseconds(verification)), "
      + "transport \(milliseconds(transport)); added by the private path \(milliseconds(added))"
  }
}

extension Duration {
  fileprivate var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}
