/// Takes names and numbers out of texts before they leave the device, and puts them back into the answer.
///
/// A word of a known name, in whatever form, becomes `Name1`, `Name1s`, `Name1v2` …; telephone numbers, addresses of
/// e-mail and the web, card and account numbers become `Phone1` and so on, the same thing the same placeholder. What no
/// list or pattern knows stays: names of others, places, what was said. It makes a text tell less, not nothing.
///
/// Holds what was redacted: neither printable nor encodable, never logged or stored; it ends with the request.
public struct Redactor: Sendable {
  private var numbers: [RedactedKind: PlaceholderNumbers]
  private var originals: [Placeholder: String] = [:]
  private var placeholders: [RedactedKind: [String: Placeholder]] = [:]
  private var names = NameTable()

  /// - Parameters:
  ///   - names: of everybody in the chat, and whatever else the person wants replaced.
  ///   - texts: all that will be redacted, so that nothing in it is taken for a placeholder; names behind at signs in it
  ///     count as known.
  public init(names: [String], texts: [String]) {
    numbers = PlaceholderNumbers.free(in: names + texts)
    add(names, formsLimit: Self.nameFormsLimit)
    add(texts.flatMap(Mentions.names), formsLimit: Self.mentionFormsLimit)
  }

  // Each word has some hundred forms, and a single message can name thousands of people who do not exist.
  /// Words of known names whose forms are looked for; of further ones only what is written as the name is.
  package static let nameFormsLimit = 2_048
  /// The same, of those who are mentioned.
  package static let mentionFormsLimit = 512

  private mutating func add(_ names: [String], formsLimit: Int) {
    var count = 0
    for name in names {
      for word in FoldedWord.words(of: name) where NameTable.isName(word) && !self.names.holds(word) {
        self.names.add(word, number: placeholder(.name, for: word).number, withForms: count < formsLimit)
        count += 1
      }
    }
  }

  private mutating func placeholder(_ kind: RedactedKind, for original: String) -> Placeholder {
    if let known = placeholders[kind]?[original] { return known }
    let placeholder = Placeholder(kind: kind, number: numbers[kind, default: PlaceholderNumbers()].next())
    placeholders[kind, default: [:]][original] = placeholder
    originals[placeholder] = original
    return placeholder
  }

  /// How many different things of a kind were replaced so far, every known name among them.
  public func count(of kind: RedactedKind) -> Int { placeholders[kind]?.count ?? 0 }

  /// What puts everything back that was replaced so far.
  public var restorer: Restorer { Restorer(originals: originals) }

  /// The name of a sender. One without any word, such as an emoji or an initial, is replaced whole.
  public mutating func redactName(_ name: String) -> String { redactName(name, byteCountLimit: .max) }

  package mutating func redactName(_ name: String, byteCountLimit: Int) -> String {
    let redacted = redact(name, byteCountLimit: byteCountLimit).text
    return redacted == name && !name.isEmpty ? placeholder(.name, for: name).text : redacted
  }

  public mutating func redact(_ text: String) -> String { redact(text, byteCountLimit: .max).text }

  /// The beginning of a text, with `…` behind it where something is missing. It is cut neither within what is replaced nor
  /// within a placeholder, of which a part could be another one.
  ///
  /// - Parameter byteCountLimit: of the text that is taken, and of the result; at least of `…`. What lies above it is read
  ///   all the same, so that a name or number that lies across it is known; pass no longer text than that takes.
  package mutating func redact(_ text: String, byteCountLimit: Int) -> (text: String, isCut: Bool) {
    let scalars = Array(text.unicodeScalars)
    var output = LimitedText(byteCountLimit)
    var position = 0
    for replacement in replacements(in: scalars) {
      guard output.append(scalars[position..<replacement.range.lowerBound]),
        output.append(replacement.text, for: scalars[replacement.range])
      else { return (output.cut, true) }
      position = replacement.range.upperBound
    }
    return output.append(scalars[position...]) ? (String(scalars: output.kept), false) : (output.cut, true)
  }

  /// What of a text, by the indices of its scalars, becomes what, in the text's order.
  package mutating func replacements(in scalars: [Unicode.Scalar]) -> [Replacement] {
    var replacements: [Replacement] = []
    var position = 0
    var isBoundary = true
    var sentence = SentenceStart()
    while position < scalars.count {
      let scalar = scalars[position]
      if !isBoundary, scalar == "+" || scalar == "(",
        let end = DigitRun(scalars, at: position).flatMap({ PhoneNumber.end($0) }), Self.isEnd(scalars, end)
      {
        // Right behind a word: the sign stays, so that the placeholder is known again.
        replace(position + 1..<end, .phone, in: scalars, &replacements)
        (position, isBoundary) = (end, Self.isWordPart(scalars, at: end))
      } else if !isBoundary {
        isBoundary = !FoldedWord.isPart(scalar)
        sentence.pass(scalar)
        position += 1
      } else if let (kind, end) = Self.pattern(scalars, at: position) {
        replace(position..<end, kind, in: scalars, &replacements)
        sentence.passWord()
        (position, isBoundary) = (end, Self.isWordPart(scalars, at: end))
      } else if let end = Self.date(scalars, at: position) {
        sentence.passWord()
        (position, isBoundary) = (end, false)
      } else if FoldedWord.isPart(scalar) {
        let end = Self.wordEnd(scalars, from: position)
        for replacement in words(position..<end, of: scalars, isSentenceStart: sentence.isHere) {
          append(replacement, in: scalars, &replacements)
        }
        sentence.passWord()
        // A placeholder behind a letter or digit of ASCII would not be known again.
        (position, isBoundary) = (end, Self.isWordPart(scalars, at: end))
      } else {
        sentence.pass(scalar)
        position += 1
      }
    }
    return replacements
  }

  private mutating func replace(
    _ range: Range<Int>, _ kind: RedactedKind, in scalars: [Unicode.Scalar], _ replacements: inout [Replacement]
  ) {
    let original = String(scalars: scalars[range])
    append(Replacement(kind, range, placeholder(kind, for: original).text), in: scalars, &replacements)
  }

  /// Two placeholders without anything between them would not be known again: both things become one.
  private mutating func append(
    _ replacement: Replacement, in scalars: [Unicode.Scalar], _ replacements: inout [Replacement]
  ) {
    guard let last = replacements.last, last.range.upperBound == replacement.range.lowerBound else {
      return replacements.append(replacement)
    }
    let range = last.range.lowerBound..<replacement.range.upperBound
    let whole = placeholder(last.kind, for: String(scalars: scalars[range]))
    replacements[replacements.count - 1] = Replacement(last.kind, range, whole.text)
  }

  /// Whether a word goes on there. Where one was taken only up to there, something else begins.
  private static func isWordPart(_ text: [Unicode.Scalar], at position: Int) -> Bool {
    position < text.count && FoldedWord.isPart(text[position])
  }

  /// Where the word ends, or a number or address begins in it, as in scripts without blanks.
  private static func wordEnd(_ text: [Unicode.Scalar], from start: Int) -> Int {
    var position = start + 1
    while position < text.count, FoldedWord.isPart(text[position]) {
      let (before, scalar) = (text[position - 1], text[position])
      if !before.isASCII, DigitRun.digit(before) == nil, scalar.isASCII || DigitRun.digit(scalar) != nil,
        pattern(text, at: position) != nil
      {
        break
      }
      position += 1
    }
    return position
  }

  private static func pattern(_ text: [Unicode.Scalar], at start: Int) -> (RedactedKind, Int)? {
    let scalar = text[start]
    if scalar == "+" || scalar == "(" || DigitRun.digit(scalar) != nil {
      if let end = MailAddress.end(text, at: start) { return (.mail, end) }
      guard let run = DigitRun(text, at: start) else { return nil }
      if let end = CardNumber.end(run), isEnd(text, end) { return (.card, end) }
      let isMention = start > 0 && text[start - 1] == "@"
      if let end = PhoneNumber.end(run, isMention: isMention), isEnd(text, end) { return (.phone, end) }
      return nil
    }
    guard FoldedWord.isPart(scalar) else { return nil }
    if let end = LinkPattern.end(text, at: start) {
      // The host of an address of e-mail is none.
      if end < text.count, text[end] == "@" { return MailAddress.end(text, at: start).map { (.mail, $0) } }
      return (.link, end)
    }
    if let end = MailAddress.end(text, at: start) { return (.mail, end) }
    return AccountNumber.end(text, at: start).map { (.account, $0) }
  }

  /// A date is no number that begins at its month.
  private static func date(_ text: [Unicode.Scalar], at start: Int) -> Int? {
    guard DigitRun.digit(text[start]) != nil else { return nil }
    return DigitRun(text, at: start).flatMap(PhoneNumber.dateEnd)
  }

  /// Letters of other scripts may follow a number, as they may follow its placeholder.
  private static func isEnd(_ text: [Unicode.Scalar], _ end: Int) -> Bool {
    end == text.count || (Placeholder.isBoundary(text[end]) && DigitRun.digit(text[end]) == nil)
  }

  /// The names in one word; several only in scripts without blanks.
  private mutating func words(
    _ range: Range<Int>, of text: [Unicode.Scalar], isSentenceStart: Bool
  ) -> [Replacement] {
    let scalars = text[range]
    if scalars.contains(where: FoldedWord.isUnspaced) { return unspaced(scalars, of: text) }
    guard let match = names.match(scalars, isSentenceStart: isSentenceStart) else { return [] }
    return [Replacement(.name, scalars.indices, word(String(scalars: scalars), match))]
  }

  private mutating func word(_ word: String, _ match: NameTable.Match) -> String {
    let stem = RedactedKind.name.stem
    // Cased as the name is, in small or in capital letters, with an ending or not: nothing needs to be remembered.
    for (spelling, stem) in [
      (match.base, stem), (match.base.lowercased(), stem.lowercased()), (match.base.uppercased(), stem.uppercased()),
    ] where word.unicodeScalars.starts(with: spelling.unicodeScalars) {
      let ending = word.unicodeScalars.dropFirst(spelling.unicodeScalars.count)
      if let first = ending.first, ("0"..."9").contains(first) || first == "v" || first == "V" { continue }
      return "\(stem)\(match.number)" + String(ending)
    }
    return form(word, of: match.number).text
  }

  /// Another form, which comes back as it was.
  private mutating func form(_ word: String, of number: Int) -> Placeholder {
    if let known = names.forms[number]?[word] { return known }
    let placeholder = Placeholder(kind: .name, number: number, form: (names.forms[number]?.count ?? 0) + 2)
    names.forms[number, default: [:]][word] = placeholder
    originals[placeholder] = word
    return placeholder
  }

  /// Names within what stands together, the longest first. Where a placeholder would not be known again, between others,
  /// letters or digits, all that stands together becomes one.
  private mutating func unspaced(_ scalars: ArraySlice<Unicode.Scalar>, of text: [Unicode.Scalar]) -> [Replacement] {
    var replacements: [Replacement] = []
    var position = scalars.startIndex
    while position < scalars.endIndex {
      let rest = scalars[position...]
      guard let (end, number) = names.unspaced.longest(rest) else {
        position += 1
        continue
      }
      let isFree =
        (position == 0 || Placeholder.isBoundary(text[position - 1]))
        && (end == text.count || Placeholder.isBoundary(text[end]))
      guard isFree, replacements.last.map({ $0.range.upperBound < position }) ?? true else {
        let whole = placeholder(.name, for: String(scalars: scalars))
        return [Replacement(.name, scalars.indices, whole.text)]
      }
      replacements.append(Replacement(.name, position..<end, Placeholder(kind: .name, number: number).text))
      position = end
    }
    return replacements
  }
}

/// A text up to a number of bytes, both as it comes and as it was.
private struct LimitedText {
  private(set) var kept: [Unicode.Scalar] = []
  /// What is kept of it where it must be cut.
  private var cutCount = 0
  private var byteCount = 0
  private var originalByteCount = 0
  private let limit: Int
  private static let ellipsis = "…"

  init(_ limit: Int) { self.limit = limit }

  private var fitsCut: Bool { byteCount <= limit - Self.ellipsis.utf8.count && originalByteCount <= limit }

  /// - Returns: whether everything fitted; nothing more is appended then.
  mutating func append(_ literal: ArraySlice<Unicode.Scalar>) -> Bool {
    for scalar in literal {
      byteCount += UTF8.width(scalar)
      originalByteCount += UTF8.width(scalar)
      guard byteCount <= limit, originalByteCount <= limit else { return false }
      kept.append(scalar)
      // The digits of what looks like a placeholder stay together.
      if fitsCut, DigitRun.digit(scalar) == nil { cutCount = kept.count }
    }
    return true
  }

  /// - Returns: whether it fitted whole.
  mutating func append(_ replacement: String, for original: ArraySlice<Unicode.Scalar>) -> Bool {
    byteCount += replacement.utf8.count
    originalByteCount += original.reduce(0) { $0 + UTF8.width($1) }
    guard byteCount <= limit, originalByteCount <= limit else { return false }
    kept += replacement.unicodeScalars
    if fitsCut { cutCount = kept.count }
    return true
  }

  var cut: String { String(scalars: kept.prefix(cutCount)) + Self.ellipsis }
}

/// One piece of a text, and what stands in its place.
package struct Replacement: Sendable {
  package let kind: RedactedKind
  /// Of the text's scalars.
  package let range: Range<Int>
  package let text: String

  init(_ kind: RedactedKind, _ range: Range<Int>, _ text: String) {
    self.kind = kind
    self.range = range
    self.text = text
  }
}

/// Whether a word begins a sentence, where a capital letter says nothing.
private struct SentenceStart {
  private(set) var isHere = true

  mutating func passWord() { isHere = false }

  /// Passes over what is of no word.
  mutating func pass(_ scalar: Unicode.Scalar) {
    if "\n.!?…:;–—-".unicodeScalars.contains(scalar) {
      isHere = true
    } else if FoldedWord.isPart(scalar) {
      isHere = false
    }
  }
}
