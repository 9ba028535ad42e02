import CloisterClient
import StrictJSON

extension RewriteAnswer {
  /// What the person should know beside the text.
  func notes(_ hint: CommandHint) -> [String] {
    var notes: [String] = []
    if !unknownWords.isEmpty {
      notes.append("In no dictionary, and left as they are: \(unknownWords.joined(separator: ", "))")
    }
    notes.append(
      "Rewritten by \(isRuleBased ? "rules, without a model" : "a model") (\(engine)). Receipt \(receiptIdentifier): "
        + hint.command("receipts show \(receiptIdentifier.prefix(8))"))
    return notes
  }

  func json(withTimings: Bool) -> JSONValue {
    var members: [String: JSONValue] = [
      "text": .string(text), "engine": .string(engine), "ruleBased": .boolean(isRuleBased),
      "unknownWords": .array(unknownWords.map { .string($0) }), "receipt": .string(receiptIdentifier),
      "simulated": .boolean(isSimulated),
    ]
    if withTimings { members["timings"] = timings.json }
    return .object(members)
  }
}

extension ReplyAnswer {
  /// What the person should know beside the text.
  func notes(_ hint: CommandHint) -> [String] {
    var notes = Notices.selection(
      omission, isDateOrderAmbiguous: isDateOrderAmbiguous, isDayPeriodAmbiguous: isDayPeriodAmbiguous)
    notes.append(
      "Drafted by \(engine) from \(messageCount) messages. Receipt \(receiptIdentifier): "
        + hint.command("receipts show \(receiptIdentifier.prefix(8))"))
    return notes
  }

  func json(withTimings: Bool) -> JSONValue {
    var members: [String: JSONValue] = [
      "text": .string(text), "engine": .string(engine), "receipt": .string(receiptIdentifier),
      "simulated": .boolean(isSimulated), "messages": .integer(Int64(messageCount)),
      "omitted": omission.json,
      "dateOrderAmbiguous": .boolean(isDateOrderAmbiguous),
      "dayPeriodAmbiguous": .boolean(isDayPeriodAmbiguous),
    ]
    if withTimings { members["timings"] = timings.json }
    return .object(members)
  }
}
