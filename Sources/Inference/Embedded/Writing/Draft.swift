/// A draft as rules see it: lines of chunks between white space. Written again unchanged, it is the same text.
///
/// What could be a name of a thing rather than a word (a number, a link, an address, anything with a digit or a mark
/// inside) is opaque, and greeting and closing are fixed: no rule touches either.
struct Draft {
  struct Chunk {
    enum Kind {
      /// Letters, with apostrophes and hyphens inside.
      case word
      /// Punctuation, emoji or a smiley alone.
      case marks
      /// Anything else.
      case opaque
    }

    let kind: Kind
    var space = ""
    var opening = ""
    var core = ""
    var closing = ""
    var isFixed = false

    var text: String { opening + core + closing }

    /// Whether rules may read it as a word.
    var isWord: Bool { kind == .word && !isFixed }

    /// A period, a question or an exclamation mark behind it.
    var endsSentence: Bool {
      closing.unicodeScalars.contains { $0 == "." || $0 == "!" || $0 == "?" || $0 == "…" }
        || (kind == .opaque && (core.hasSuffix(".") || core.hasSuffix("!") || core.hasSuffix("?")))
    }

    var endsClause: Bool { !closing.isEmpty || (kind == .opaque && core.hasSuffix(",")) }
  }

  struct Line {
    var chunks: [Chunk]
    /// White space at the end.
    var tail = ""
  }

  var lines: [Line]

  /// - Parameter text: sanitized, so that the newline is the only line break.
  init(_ text: String) {
    lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { Line(Array($0)) }
  }

  var text: String {
    lines.map { line in line.chunks.map { $0.space + $0.text }.joined() + line.tail }.joined(separator: "\n")
  }

  /// The words that rules may touch.
  var words: [Chunk] { lines.flatMap { line in line.chunks.filter(\.isWord) } }
}

extension Draft.Line {
  fileprivate init(_ scalars: [Unicode.Scalar]) {
    chunks = []
    var position = 0
    while position < scalars.count {
      let start = position
      while position < scalars.count, scalars[position].properties.isWhitespace { position += 1 }
      let space = String(scalars[start..<position])
      let chunkStart = position
      while position < scalars.count, !scalars[position].properties.isWhitespace { position += 1 }
      guard chunkStart < position else {
        tail = space
        return
      }
      chunks.append(Draft.Chunk(scalars[chunkStart..<position], space: space))
    }
  }
}

extension Draft.Chunk {
  private static let openingMarks = Set("\"'“”„‚‘«»([{*-–—>•…".unicodeScalars)
  private static let closingMarks = Set(".,;:!?…\"'“”’‘»«)]}*-–—".unicodeScalars)
  /// With one of these in it, a chunk is a link, an address or the like to its last character.
  private static let linkMarks = Set("/@=&%_#\\.:".unicodeScalars)

  fileprivate init(_ scalars: ArraySlice<Unicode.Scalar>, space: String) {
    let text = String(scalars)
    if WritingRules.smileys.contains(text) {
      self.init(kind: .marks, space: space, closing: text)
      return
    }
    var core = scalars
    while let first = core.first, Self.openingMarks.contains(first) { core = core.dropFirst() }
    let opening = scalars[..<core.startIndex]
    while let last = core.last, Self.closingMarks.contains(last) || Self.isEmojiPart(last) { core = core.dropLast() }
    let closing = scalars[core.endIndex...]
    if core.isEmpty {
      self.init(kind: .marks, space: space, opening: String(opening), closing: String(closing))
    } else if Self.isWord(core) {
      self.init(
        kind: .word, space: space, opening: String(opening), core: String(core), closing: String(closing))
    } else {
      var end = scalars.endIndex
      if !core.contains(where: Self.linkMarks.contains) {
        while end > core.endIndex, scalars[end - 1] == "!" || scalars[end - 1] == "?" { end -= 1 }
      }
      self.init(
        kind: .opaque, space: space, core: String(scalars[..<end]), closing: String(scalars[end...]))
    }
  }

  private static func isWord(_ scalars: ArraySlice<Unicode.Scalar>) -> Bool {
    var wasLetter = false
    for scalar in scalars {
      let isLetter = Tokenizer.isLetter(scalar) || (wasLetter && (0x300...0x36F).contains(scalar.value))
      guard isLetter || (wasLetter && (scalar == "'" || scalar == "’" || scalar == "-")) else { return false }
      wasLetter = isLetter
    }
    return wasLetter
  }

  /// An emoji, or what joins and varies them.
  static func isEmojiPart(_ scalar: Unicode.Scalar) -> Bool {
    Tokenizer.isEmoji(scalar) || scalar.value == 0x200D || scalar.value == 0xFE0F
  }
}

extension String {
  init(_ scalars: some Sequence<Unicode.Scalar>) {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    self.init(view)
  }
}
