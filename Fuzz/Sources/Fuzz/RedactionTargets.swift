import Redaction

extension FuzzTarget {
  /// Names, a text, and the lengths of pieces that an answer comes in.
  static let redaction = [
    FuzzTarget("redaction", maximumByteCount: 1 << 11, seeds: { RedactionFixture.seeds.map { Array($0.utf8) } }) {
      bytes in
      let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
      let names = parts[0].split(separator: "|").map(String.init)
      let text = parts.count > 1 ? parts[1] : ""
      var redactor = Redactor(names: names, texts: [text])
      let redacted = redactor.redact(text)
      let restorer = redactor.restorer
      claim(Array(restorer.restored(redacted).utf8) == Array(text.utf8), "a text comes back as it was")
      // What was not redacted may look like anything.
      for answer in [redacted, text] {
        var streamed = restorer
        var pieces = ""
        for piece in Array(answer.utf8).cutByContent.map({ String(decoding: $0, as: UTF8.self) }) where !piece.isEmpty {
          pieces += streamed.append(piece)
        }
        guard !answer.utf8.contains(where: { $0 >= 0x80 }) else { continue }
        claim(pieces + streamed.finish() == restorer.restored(answer), "pieces add up to the whole")
      }
    }
  ]
}

private enum RedactionFixture {
  static let seeds = [
    "Anna Müller|José\u{0}Annas Auto, josé: +49 170 1234567, Name1, https://example.org/a?b, a@b.org, 4111 1111 1111 1111",
    "Иван|田中\u{0}Ивану 田中さん DE89 3704 0044 0532 0130 00 @⁨Zoe⁩ 13.06.2026",
  ]
}
