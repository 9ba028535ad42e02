/// Words that are names and other words besides. In small letters they are left alone.
enum CommonWords {
  static func contains(_ folded: String) -> Bool { words.contains(folded) }

  /// Words of a display name that are nobody's name.
  static func isParticle(_ folded: String) -> Bool { particles.contains(folded) }

  private static let words = Set(
    ("will mark may rose grace faith hope bill art rob drew pat sue jack frank sunny joy amber april june august"
      + " dawn eve ray guy rich dean chase hunter summer autumn crystal pearl ruby violet lily daisy iris ivy olive heather"
      + " ernst wolf engel mai rosa klein gross kurz lang braun schwarz weiss fuchs bach stein berg sommer winter koch bauer"
      + " muller becker fischer wagner richter kaiser konig vogel jung alt tante onkel mann frau kind"
      + " sol luz mar paz pilar rosario dolores mercedes blanca leon angel cruz flores reyes campos santos casa marine claire"
      + " pierre blanche luce gioia vita bella bianca rossi can deniz umut baris nur su ay gul ece yeter toprak ali bey"
      + " work home office club garden team wolke stella luna nova mia roman max alle alles eine einen einer eines meine"
      + " any ane ano ana ani rose rosen mark marke marken marks marie ole toms anne mine mina mini")
      .split(separator: " ").map(String.init))

  private static let particles = Set(
    ("von van de der den del della di da do dos das la le les el al bin ibn abu the and und y e i of zu zum zur af av mc st"
      + " mr mrs ms dr prof herr frau sir").split(separator: " ").map(String.init))
}
