/// Makes words comparable: lower case, letters of Latin, Greek and Cyrillic without their marks.
enum FoldedWord {
  static func folded(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    for scalar in scalars { append(scalar, to: &view) }
    return String(view)
  }

  static func folded(_ text: String) -> String { folded(text.unicodeScalars) }

  private static func append(_ scalar: Unicode.Scalar, to view: inout String.UnicodeScalarView) {
    switch scalar.value {
    case 0x41...0x5A: view.append(Unicode.Scalar(UInt8(scalar.value + 32)))
    case 0..<0x80: view.append(scalar)
    case 0x300...0x36F, 0xFE00...0xFE0F: break
    default:
      for lowered in scalar.properties.lowercaseMapping.unicodeScalars {
        if let plain = plain[lowered] {
          view.append(contentsOf: plain)
        } else if !isMark(lowered) {
          view.append(lowered)
        }
      }
    }
  }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool { (0x300...0x36F).contains(scalar.value) }

  /// Letters with marks, in lower case, each list behind the plain letter.
  private static let plain: [Unicode.Scalar: [Unicode.Scalar]] = {
    var plain: [Unicode.Scalar: [Unicode.Scalar]] = [:]
    let lists =
      "a:àáâãäåāăąǎ c:çćĉċč d:ďđ e:èéêëēĕėęěẽ g:ĝğġģ h:ĥħ i:ìíîïĩīĭįı j:ĵ k:ķ l:ĺļľŀł n:ñńņň o:òóôõöøōŏőơ r:ŕŗř s:śŝşšș "
      + "t:ţťŧț u:ùúûüũūŭůűųư w:ŵ y:ýÿŷ z:źżž ss:ß ae:æ oe:œ е:ёѐ и:ѝ α:ά ε:έ η:ή ι:ίϊΐ ο:ό υ:ύϋΰ ω:ώ σ:ς"
    for list in lists.split(separator: " ") {
      let parts = list.split(separator: ":")
      for scalar in parts[1].unicodeScalars { plain[scalar] = Array(parts[0].unicodeScalars) }
    }
    return plain
  }()

  /// Of a word: letters, their marks and digits.
  static func isPart(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return isASCIIPart(scalar) }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
      .spacingMark, .decimalNumber:
      return true
    default: return false
    }
  }

  private static func isASCIIPart(_ scalar: Unicode.Scalar) -> Bool {
    (0x30...0x39).contains(scalar.value) || (0x61...0x7A).contains(Placeholder.lower(scalar).value)
  }

  /// Scripts that write words without blanks between them, where a name is a part of what stands together.
  static func isUnspaced(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0E00...0x0EFF, 0x1780...0x17FF, 0x3040...0x30FF, 0x3400...0x9FFF, 0xAC00...0xD7AF, 0xF900...0xFAFF: true
    default: false
    }
  }

  /// The words of a text.
  static func words(of text: String) -> [String] {
    text.unicodeScalars.split { !isPart($0) }.map { String($0) }
  }
}
