import Inference
import TestSupport
import Testing

/// What a reader sees of a text, read another way than the rules read it.
struct ReadText {
  /// Letters with apostrophes inside, in lower case.
  let words: [String]
  /// Between white space: numbers, links, addresses, with the marks behind them cut off.
  let things: [String]
  /// Words with a capital that do not begin a line or a sentence.
  let names: [String]

  init(_ text: String) {
    words = text.split { !($0.isLetter || $0 == "'" || $0 == "’") }.map {
      $0.lowercased().replacing("’", with: "'").trimmingApostrophes
    }.filter { !$0.isEmpty }
    let lines = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    things = lines.flatMap { $0 }.filter { $0.contains { $0.isNumber || $0 == "@" || $0 == "/" } }.map { thing in
      String(thing.reversed().drop { ".,!?".contains($0) }.reversed())
    }
    names = lines.flatMap { line in
      zip(line.dropFirst(), line).filter { word, before in
        word.first?.isUppercase == true && before.last.map { !".!?😀🎉".contains($0) } == true
          && word.contains { $0.isLowercase }
      }.map { word, _ in String(word.filter(\.isLetter)) }
    }
  }

  private static let negations: Set<String> = [
    "not", "no", "never", "none", "nobody", "nothing", "without", "cannot", "neither", "nor", "nicht", "nie", "niemals",
    "niemand", "nichts", "ohne", "kein", "keine", "keinen", "nein",
  ]

  var negationCount: Int { words.count { Self.negations.contains($0) || $0.hasSuffix("n't") } }
}

extension String {
  fileprivate var trimmingApostrophes: String {
    var text = self[...]
    while text.first == "'" { text = text.dropFirst() }
    while text.last == "'" { text = text.dropLast() }
    return String(text)
  }
}

@Suite("A draft rewritten by rules, without a model")
struct RuleBasedRewritingTests {
  private func rewritten(_ draft: String, _ tone: RewriteRequest.Tone) async throws -> String {
    try await EmbeddedEngine().rewrite(try RewriteRequest(draft: draft, tone: tone)).content
  }

  @Test("professional: contractions are written out, marks calmed, ornaments left out, capitals set")
  func professional() async throws {
    let draft = """
      Hi Anna!!! 😀

      i can't come tomorrow, we're busy at the office. don't you think it's weird?? Please send it NOW!!! 😀
      I've 3 files at https://x.org/a!!! :)
      btw the team isn't ready. why can't the others help? we don't know.

      Best,
      Kai 😀
      """
    #expect(
      try await rewritten(draft, .professional) == """
        Hi Anna!!! 😀

        I cannot come tomorrow, we are busy at the office. Don't you think it's weird? Please send it now!
        I have 3 files at https://x.org/a!!!
        by the way the team is not ready. Why can't the others help? We do not know.

        Best,
        Kai 😀
        """)
  }

  @Test("professional, in German")
  func professionalGerman() async throws {
    let draft =
      "Hallo Leute,\nhab's gesehen, das ist ok!! Bitte SOFORT kommen!!! die kosten sind ca. 5 Euro. das wird gut 😀"
    #expect(
      try await rewritten(draft, .professional)
        == "Hallo Leute,\nhabe es gesehen, das ist in Ordnung! Bitte sofort kommen! Die kosten sind ca. 5 Euro. Das wird gut"
    )
  }

  @Test("concise: listed phrases become short and fillers go, with capitals and commas as they should be")
  func concise() async throws {
    let draft = """
      Basically, I actually wanted to ask in order to be sure. To be honest, it is very good. Due to the fact that the \
      train is late, we will come at this point in time.
      """
    #expect(
      try await rewritten(draft, .concise)
        == "I wanted to ask to be sure. It is good. Because the train is late, we will come now.")
  }

  @Test("concise, in German: a clause that begins with weil keeps its comma, a sentence its verb in place")
  func conciseGerman() async throws {
    let draft = """
      Ich wollte eigentlich sehr gerne kommen. Er fehlt aufgrund der Tatsache, dass er krank ist. Eigentlich ist das \
      schade, und zum jetzigen Zeitpunkt ist es so.
      """
    #expect(
      try await rewritten(draft, .concise)
        == "Ich wollte gerne kommen. Er fehlt, weil er krank ist. Eigentlich ist das schade, und jetzt ist es so.")
  }

  @Test(
    "a filler that says something stays",
    arguments: [
      "This is not very good for the team.", "Do you really think that it is so?", "It is the very first one of them.",
      "Thank you very much for all of this.", "The food was good and it was, honestly, hot.",
      "I do not really know it.",
      "You should answer honestly if they ask.", "Really?", "I want to tell the truth to all of you.",
      "Das ist nicht sehr schön für uns.", "Ist das wirklich so, wie er das sagt?",
      "Eigentlich ist das für uns schade.",
      "Wir kommen, aber eigentlich wollten wir das nicht.",
    ])
  func meaningfulFillers(draft: String) async throws {
    #expect(try await rewritten(draft, .concise) == draft)
  }

  @Test(
    "what could be a name, a thing or an abbreviation stays",
    arguments: [
      "I like the WHO report and the IT team in the US.", "The NASA team met ANNA about the plan for it.",
      "The file is at https://can't.example/really!!! and it is here.", "Write to don't@example.org about it, please.",
      "The iPhone and the e.g. of them are here.", "We saw the film I'm and we liked it, with Will and Mark.",
    ])
  func names(draft: String) async throws {
    let text = try await rewritten(draft, .professional)
    #expect(ReadText(text).things == ReadText(draft).things)
    for word in draft.split(separator: " ") where word.contains(where: { $0.isUppercase }) && word.count > 3 {
      #expect(text.contains(word))
    }
  }

  @Test("a language without rules has its marks calmed and nothing else")
  func otherLanguage() async throws {
    #expect(try await rewritten("i ragazzi sono qui!!! 😀", .professional) == "i ragazzi sono qui!")
    #expect(
      try await rewritten("los chicos no están aquí, la verdad", .concise) == "los chicos no están aquí, la verdad")
  }

  @Test(
    "an emoji that says something stays, as does one that is all there is", arguments: ["Coming tomorrow 👎", "👍", "😀"])
  func emoji(draft: String) async throws {
    #expect(try await rewritten(draft, .professional) == draft)
  }

  @Test("white space, blank lines and indentation stay")
  func layout() async throws {
    let draft = "\n  - the  first of them\n\n\t- we have the\tsecond \n"
    #expect(try await rewritten(draft, .concise) == draft)
    #expect(try await rewritten(draft, .professional) == draft)
  }

  @Test("it is labelled as made by rules, in the draft's language")
  func label() async throws {
    let text = try await EmbeddedEngine().rewrite(
      try RewriteRequest(draft: "das ist ok für die Leute", tone: .professional))
    #expect(text.isRuleBased && text.unknownWords.isEmpty)
    #expect(text.language == .german)
  }

  @Test("refused: a tone that needs a model", arguments: [RewriteRequest.Tone.friendlier, .clearer])
  func needsModel(tone: RewriteRequest.Tone) async throws {
    await #expect(throws: InferenceError(InferenceError.engineCannot, "")) { _ = try await rewritten("hello", tone) }
  }

  @Test("refused: a draft one byte above the limit; one at it is rewritten")
  func draftLimit() async throws {
    _ = try await rewritten(String(repeating: "x", count: 8_192), .concise)
    await #expect(throws: InferenceError(InferenceError.draftTooLong, "")) {
      _ = try await rewritten(String(repeating: "x", count: 8_193), .concise)
    }
  }

  @Test(
    "nothing is invented and nothing that counts is lost, over drafts put together at random",
    arguments: [Language.english, .german], [RewriteRequest.Tone.concise, .professional])
  func invented(language: Language, tone: RewriteRequest.Tone) async throws {
    var generator = SeededGenerator(seed: 8)
    let substitutes = EmbeddedEngine.substitutes(in: language)
    var changed = 0
    for _ in 0..<400 {
      let draft = InventedDraft.text(in: language, using: &generator)
      let text = try await rewritten(draft, tone)
      let (before, after) = (ReadText(draft), ReadText(text))
      let invented = after.words.filter { !before.words.contains($0) && !substitutes.contains($0) }
      #expect(invented.isEmpty, "\(draft) -> \(text)")
      #expect(after.things == before.things, "\(draft) -> \(text)")
      #expect(after.negationCount == before.negationCount, "\(draft) -> \(text)")
      let kept = Set(InventedDraft.words(of: text))
      let lost = before.names.filter { !kept.contains($0) && !InventedDraft.wordsOfRules.contains($0) }
      #expect(lost.isEmpty, "\(draft) -> \(text)")
      #expect(try await rewritten(draft, tone) == text)
      changed += text == draft ? 0 : 1
    }
    #expect(changed > 100)
  }
}

/// Drafts of phrases in a row, which need not make sense.
private enum InventedDraft {
  private static let english = [
    "I can't come", "we don't know", "they're not there", "it is very good", "actually", "basically,",
    "due to the fact that",
    "in order to", "Anna", "with Ben Miller", "at 18:30", "on 3.5.2027", "https://example.org/a?b=c", "ann@example.org",
    "+49 170 1234567", "never", "not", "nobody", "without", "pls", "btw", "really nice", "no", "NOW", "PLEASE", "US",
    "lol",
    "To be honest,", "don't you", "isn't it", "why can't the others", "the very first", "42%", "#plan", "@ben", "and",
    "but",
    "u", "i", "we've 7 of them", "prior to", "the train to Berlin", "won't", "thanks",
  ]
  private static let german = [
    "ich kann nicht kommen", "wir wissen nichts", "das ist sehr gut", "eigentlich", "wirklich schön", "sozusagen",
    "aufgrund der Tatsache, dass", "für den Fall, dass", "zum jetzigen Zeitpunkt", "mit Anna Weiß", "um 18:30 Uhr",
    "am 3.5.2027", "https://example.org/a?b=c", "ann@example.org", "nie", "kein Zug", "keine Zeit", "ohne uns", "ok",
    "vllt", "geht's dir", "hab's", "BITTE", "JETZT", "USA", "haha", "nein", "niemand", "und", "aber", "weil",
    "in naher Zukunft",
    "des Weiteren", "der Zug nach Köln", "42 %", "#plan", "@ben", "voll und ganz", "nicht wirklich", "sehr geehrte",
    "die Leute",
  ]
  private static let ends = [".", "!", "?", "!!!", "??", "?!", ",", "…", " 😀", " :)", "\n", "", "", "", "", ""]

  static func text(in language: Language, using generator: inout SeededGenerator) -> String {
    let phrases = language == .german ? german : english
    // Enough of the language's words that it is known.
    var text = language == .german ? "Das ist für die Leute und" : "This is for all of the people and"
    for _ in 0..<Int.random(in: 2...14, using: &generator) {
      let phrase = phrases.randomElement(using: &generator) ?? ""
      text += (text.hasSuffix("\n") ? "" : " ") + phrase + (ends.randomElement(using: &generator) ?? "")
    }
    return text
  }

  /// What stands with a capital in phrases that a rule leaves out or has fewer words for: no names.
  static let wordsOfRules: Set<String> = ["To", "Tatsache", "Fall", "Zeitpunkt", "Zukunft", "Weiteren"]

  static func words(of text: String) -> [String] {
    text.split { $0.isWhitespace }.map { String($0.filter(\.isLetter)) }
  }
}
