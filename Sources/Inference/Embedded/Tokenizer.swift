/// A piece of one message: offsets count Unicode scalars.
struct Token {
  enum Kind: Equatable {
    case word
    /// Digits with what stands inside and behind them: `9:40`, `20.3`, `1pm`, `7th`.
    case number
    case link
    case emoji
    case lineBreak
    case symbol(Unicode.Scalar)
  }

  let kind: Kind
  let range: Range<Int>
  let followsSpace: Bool
  let isCapitalized: Bool
}

/// Splits a message into tokens, in one pass and for any scalars.
struct Tokenizer {
  private let scalars: [Unicode.Scalar]
  private var position = 0
  private var tokens: [Token] = []

  static func tokens(of scalars: [Unicode.Scalar]) -> [Token] {
    var tokenizer = Tokenizer(scalars: scalars)
    tokenizer.run()
    return tokenizer.tokens
  }

  private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

  private mutating func run() {
    var followsSpace = true
    while position < scalars.count {
      let start = position
      let scalar = scalars[position]
      let kind: Token.Kind
      if scalar == "\n" || scalar == "\r" || scalar == "\u{2028}" || scalar == "\u{2029}" {
        position += 1
        kind = .lineBreak
      } else if Self.isSpace(scalar) || Self.isIgnorable(scalar) {
        position += 1
        followsSpace = followsSpace || Self.isSpace(scalar)
        continue
      } else if Self.isDigit(scalar) {
        takeNumber()
        kind = .number
      } else if Self.isLetter(scalar) {
        kind = takeWord()
      } else {
        position += 1
        kind = Self.isEmoji(scalar) ? .emoji : .symbol(scalar)
      }
      tokens.append(
        Token(
          kind: kind, range: start..<position, followsSpace: followsSpace,
          isCapitalized: kind == .word && Self.isUppercase(scalar)))
      followsSpace = kind == .lineBreak
    }
  }

  private func scalar(at offset: Int) -> Unicode.Scalar? { offset < scalars.count ? scalars[offset] : nil }

  private mutating func takeNumber() {
    while let next = scalar(at: position) {
      if Self.isDigit(next) || Self.isLetter(next) {
        position += 1
      } else if let after = scalar(at: position + 1), Self.isDigit(after),
        next == "." || next == ":" || next == "," || next == "/" || next == "-"
      {
        position += 2
      } else {
        return
      }
    }
  }

  private mutating func takeWord() -> Token.Kind {
    let start = position
    while let next = scalar(at: position) {
      if Self.isLetter(next) || Self.isDigit(next) || Self.isMark(next) {
        position += 1
      } else if next == "'" || next == "\u{2019}", let after = scalar(at: position + 1), Self.isLetter(after) {
        position += 2
      } else {
        break
      }
    }
    let length = position - start
    guard length <= 5, isLinkStart(start..<position) else { return .word }
    while let next = scalar(at: position), !Self.isSpace(next), next != "\n" { position += 1 }
    return .link
  }

  private func isLinkStart(_ range: Range<Int>) -> Bool {
    guard let next = scalar(at: range.upperBound), next == ":" || next == "." else { return false }
    let word = Folding.folded(scalars[range])
    return next == ":" ? (word == "http" || word == "https") : word == "www"
  }

  static func isDigit(_ scalar: Unicode.Scalar) -> Bool { (0x30...0x39).contains(scalar.value) }

  static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || scalar == "\t" || scalar.value == 0xA0
      || (scalar.value > 0x7F && scalar.properties.isWhitespace) || scalar.value == 0x0B || scalar.value == 0x0C
  }

  /// Format characters and controls, which neither part words nor belong to them.
  static func isIgnorable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x206F, 0xFE00...0xFE0F, 0xFEFF: true
    default: false
    }
  }

  static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x41...0x5A, 0x61...0x7A: true
    case 0..<0xAA: false
    case 0xC0...0x24F: scalar.value != 0xD7 && scalar.value != 0xF7
    default: scalar.properties.isAlphabetic
    }
  }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool { (0x300...0x36F).contains(scalar.value) }

  private static func isUppercase(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x80 ? (0x41...0x5A).contains(scalar.value) : scalar.properties.isUppercase
  }

  static func isEmoji(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1F000...0x1FAFF, 0x2600...0x27BF, 0x2B00...0x2BFF, 0x2300...0x23FF, 0x3030, 0x303D, 0xE0020...0xE007F: true
    default: false
    }
  }
}
