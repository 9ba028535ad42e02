/// Makes words comparable: lower case, no accents, one kind of apostrophe.
enum Folding {
  static func folded(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    for scalar in scalars { append(scalar, to: &view) }
    return String(view)
  }

  private static func append(_ scalar: Unicode.Scalar, to view: inout String.UnicodeScalarView) {
    switch scalar.value {
    case 0x41...0x5A: view.append(Unicode.Scalar(UInt8(scalar.value + 32)))
    case 0..<0x80: view.append(scalar)
    case 0x2018, 0x2019, 0x02BC, 0xB4: view.append("'")
    case 0xDF: view.append(contentsOf: "ss".unicodeScalars)
    case 0xC0...0x17F:
      if let base = plainLetter(scalar) { view.append(base) } else { view.append(contentsOf: lowercased(scalar)) }
    case 0x300...0x36F: break
    case 0xFE00...0xFE0F, 0x200B...0x200F, 0x2060...0x206F, 0xFEFF: break
    default: view.append(contentsOf: lowercased(scalar))
    }
  }

  private static func lowercased(_ scalar: Unicode.Scalar) -> String.UnicodeScalarView {
    scalar.properties.lowercaseMapping.unicodeScalars
  }

  /// The letter under the accents of Latin letters that English, German, Spanish and their neighbours use.
  private static func plainLetter(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
    switch scalar.value {
    case 0xC0...0xC5, 0xE0...0xE5, 0x100...0x105: "a"
    case 0xC7, 0xE7, 0x106...0x10D: "c"
    case 0xC8...0xCB, 0xE8...0xEB, 0x112...0x11B: "e"
    case 0xCC...0xCF, 0xEC...0xEF, 0x128...0x131: "i"
    case 0xD1, 0xF1, 0x143...0x148: "n"
    case 0xD2...0xD6, 0xF2...0xF6, 0x14C...0x151: "o"
    case 0xD9...0xDC, 0xF9...0xFC, 0x168...0x173: "u"
    case 0xDD, 0xFD, 0xFF: "y"
    case 0x15A...0x161: "s"
    case 0x179...0x17E: "z"
    default: nil
    }
  }
}
