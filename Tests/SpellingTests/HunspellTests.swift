import Inference
import Spelling
import Testing

/// Debian's dictionaries, which `scripts/prepare` installs.
@Suite("Spelling with Hunspell's dictionaries")
struct HunspellTests {
  private static let english = Result { try dictionary(.english, "en_US") }
  private static let german = Result { try dictionary(.german, "de_DE") }

  private static func dictionary(_ language: Language, _ name: String) throws -> HunspellDictionary {
    try HunspellDictionary(
      language: language, affixPath: "/usr/share/hunspell/\(name).aff", wordsPath: "/usr/share/hunspell/\(name).dic")
  }

  private func mended(_ draft: String) throws -> WrittenText {
    try EmbeddedEngine(dictionaries: [Self.english.get(), Self.german.get()])
      .rewritten(try RewriteRequest(draft: draft, tone: .spelling))
  }

  @Test("words that are known, bent and joined, and words that are not")
  func known() throws {
    let (english, german) = (try Self.english.get(), try Self.german.get())
    for word in ["receive", "letters", "don't", "Berlin", "well-known"] { #expect(english.contains(word), "\(word)") }
    for word in ["recieve", "germany", "dont", ""] { #expect(!english.contains(word), "\(word)") }
    for word in ["vielleicht", "Häuser", "Haustürschlüssel", "heißt"] { #expect(german.contains(word), "\(word)") }
    for word in ["vieleicht", "haus", "heisst"] { #expect(!german.contains(word), "\(word)") }
  }

  @Test("what is no word is none, whatever stands in it")
  func noWord() throws {
    let english = try Self.english.get()
    for word in ["and\0", "and or", "7", "a/b", "日本", "e\u{301}", String(repeating: "a", count: 129)] {
      #expect(!english.contains(word))
    }
  }

  @Test(
    "common mistakes in English are mended",
    arguments: [
      ("i will recieve the letter tommorow", "I will receive the letter tomorrow"),
      ("it was definately a seperate question", "it was definitely a separate question"),
      ("we can acommodate them becuase it is their house", "we can accommodate them because it is their house"),
      ("the goverment was there untill it occured in germany", "the government was there until it occurred in Germany"),
      ("she didnt beleive it was neccessary", "she didn't believe it was necessary"),
    ])
  func english(draft: String, expected: String) throws { #expect(try mended(draft).content == expected) }

  @Test(
    "common mistakes in German are mended",
    arguments: [
      ("das ist vieleicht nähmlich gut und heisst so", "das ist vielleicht nämlich gut und heißt so"),
      ("wir sind fuer das haus und kommen mit dem", "wir sind für das Haus und kommen mit dem"),
    ])
  func german(draft: String, expected: String) throws { #expect(try mended(draft).content == expected) }

  @Test("names, and words that nothing clear is near to, stay and are listed")
  func stays() throws {
    let text = try mended("Yesterday Kathrina and Mr Ottolengi were in the quxfoobarish place, wich is nto there")
    #expect(text.content == "Yesterday Kathrina and Mr Ottolengi were in the quxfoobarish place, wich is nto there")
    #expect(text.unknownWords == ["Kathrina", "Ottolengi", "quxfoobarish", "wich", "nto"])
  }

  @Test("the same draft has the same answer, and nothing of one draft is in the next")
  func stateless() throws {
    let first = try mended("we will recieve the quxfoobar here")
    for _ in 0..<50 { _ = try mended("the teh and the quxfoobar quxfoobar are there and recieve") }
    #expect(try mended("we will recieve the quxfoobar here") == first)
  }

  @Test("many at once get the answers of one alone")
  func concurrent() async throws {
    let expected = try mended("she didnt think it was definately there for the house")
    try await withThrowingTaskGroup(of: WrittenText.self) { group in
      for _ in 0..<16 { group.addTask { try mended("she didnt think it was definately there for the house") } }
      for try await text in group { #expect(text == expected) }
    }
  }

  @Test("refused: files that are missing, swapped, or of another language")
  func unusable() {
    let refused = InferenceError(InferenceError.dictionaryUnusable, "")
    #expect(throws: refused) { _ = try Self.dictionary(.english, "none") }
    #expect(throws: refused) { _ = try Self.dictionary(.german, "en_US") }
    #expect(throws: refused) {
      _ = try HunspellDictionary(
        language: .english, affixPath: "/usr/share/hunspell/en_US.dic", wordsPath: "/usr/share/hunspell/en_US.aff")
    }
  }
}
