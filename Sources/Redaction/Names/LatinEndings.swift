/// Endings of names in Latin letters, folded.
enum LatinEndings {
  /// What is added to the whole word.
  static let added: [String] = split(
    // German, Dutch, English, Scandinavian
    "s es ens chen lein le i je tje y ie"
      // Polish, Czech, Slovak, Slovene, Croatian, of words that end in a consonant
      + " a u e em om ovi owi ovo ova ovu ove ev eva in ina inu iem ie ami ach ow y ku kiem"
      // Turkish without its apostrophe
      + " nin nun in un ye ya yi yu lar ler de da den dan te ta ten tan le la yle yla cigim cim abi abla"
      // Spanish, Italian, Portuguese diminutives of words that end in a consonant
      + " ito ita cito cita ino ina inho inha zinho zinha"
      // Romanian, Hungarian, Finnish, Estonian, the commonest
      + " ul ului ei nak nek hoz hez val vel t n lle lta ssa n")

  /// What takes the place of the word's end.
  static func changed(_ base: String) -> [(stem: String, endings: [String])] {
    guard let last = base.last else { return [] }
    let stem = String(base.dropLast())
    var changes: [(String, [String])] = []
    switch last {
    case "a":
      changes.append((stem, feminine))
      if let softened = softened(stem) { changes.append((softened, ["e", "ie", "i"])) }
      if stem.hasSuffix("sk") || stem.hasSuffix("ck") { changes.append((stem, ["iej", "ich", "im", "imi"])) }
      if stem.hasSuffix("i") { changes.append((String(stem.dropLast()), ["i", "ii", "io"])) }
    case "e":
      changes.append((stem, split("a u o em om ou inho inha ito ita")))
    case "o":
      changes.append((stem, split("a u e om em owi ovi ito inho ino ei")))
    case "y", "i":
      changes.append((stem, split("ego emu iego iemu im ym eho emu ho mu ie i y")))
    default: break
    }
    // A vowel that comes and goes: Marek, Marka; Paweł, Pawła; Pavel, Pavla.
    let letters = Array(base)
    if letters.count >= 4, letters[letters.count - 2] == "e", "kclr".contains(last) {
      changes.append((String(letters.dropLast(2)) + String(last), oblique))
    }
    if !"aeiouy".contains(last), let softened = softened(base) { changes.append((softened, ["e", "ie"])) }
    return changes
  }

  private static let feminine = split(
    "y i e ie o u ou om ami ach in ina inu ino ine inej eczka eczko ita ito itas inha inho ina ucha uska usia usi icka ulka"
      + " ei ele chen lein")
  private static let oblique = split("a u owi ovi em om ie e iem ku kiem ow y i ova ovo ovu")

  /// Consonants that change before an ending: Monika, Monice; Piotr, Piotrze; Marta, Marcie.
  private static func softened(_ stem: String) -> String? {
    for (old, new) in [("ch", "sz"), ("k", "c"), ("g", "dz"), ("h", "z"), ("r", "rz"), ("t", "c"), ("d", "dz")] {
      if stem.hasSuffix(old) { return String(stem.dropLast(old.count)) + new }
    }
    return nil
  }

  private static func split(_ list: String) -> [String] { list.split(separator: " ").map(String.init) }
}
