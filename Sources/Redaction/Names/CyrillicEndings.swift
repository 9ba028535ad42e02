/// Cases of names in Cyrillic letters, folded, as Russian, Ukrainian, Bulgarian and Serbian have them.
enum CyrillicEndings {
  static func forms(of base: String) -> [String] {
    guard let last = base.last else { return [] }
    let stem = String(base.dropLast())
    var forms: [String] = []
    switch last {
    case "а", "я":
      forms += split("ы и е у ю ой ою ей ею і ї єю ією о ин ина ину иной ині ам ами ах очка очке очку очки").map {
        stem + $0
      }
      forms.append(stem)
    case "й", "ь":
      forms += split("я ю ем ём е и єм ям ям ями ев єві еві").map { stem + $0 }
    case "о", "е":
      forms += split("а у ом ові").map { stem + $0 }
    default:
      forms += split("а у ом ем е ы и ов ові еві ам ами ах ик ика ику чик і").map { base + $0 }
    }
    // A vowel that comes and goes: Павел, Павла.
    let letters = Array(base)
    if letters.count >= 4, "её".contains(letters[letters.count - 2]), "лкцр".contains(last) {
      let short = String(letters.dropLast(2)) + String(last)
      forms += split("а у ом ем е ы и").map { short + $0 }
    }
    // Surnames decline as adjectives do.
    if base.hasSuffix("ий") || base.hasSuffix("ый") || base.hasSuffix("ая") {
      forms += split("ого ему ому им ым ой ую").map { String(base.dropLast(2)) + $0 }
    }
    if base.hasSuffix("ов") || base.hasSuffix("ев") || base.hasSuffix("ин") {
      forms += split("а у ым е ой ы ых").map { base + $0 }
    }
    return forms
  }

  private static func split(_ list: String) -> [String] { list.split(separator: " ").map(String.init) }
}
