import Inference
import Testing

@Suite("Spelling, word by word")
struct SpellingTests {
  /// A dictionary of a few words; those with a small letter may begin with a capital too.
  private struct FewWords: SpellingDictionary {
    let language: Language
    let words: Set<String>

    init(_ text: String, _ language: Language = .english) {
      self.language = language
      words = Set(text.split(separator: " ").map(String.init))
    }

    func contains(_ word: String) -> Bool {
      words.contains(word) || (word.first?.isUppercase == true && words.contains(word.lowercased()))
    }
  }

  private static let english = FewWords(
    "we will receive the letter tomorrow and it is separate don't not there a letters because I Berlin he said")

  private func mended(_ draft: String, _ dictionaries: [FewWords] = [english]) async throws -> WrittenText {
    try await EmbeddedEngine(dictionaries: dictionaries).rewrite(try RewriteRequest(draft: draft, tone: .spelling))
  }

  @Test(
    "a slip of the hand is mended",
    arguments: [
      ("we will recieve the letter", "we will receive the letter"), ("the leter is there", "the letter is there"),
      ("the lettter is there", "the letter is there"), ("we will recieve it tommorow", "we will receive it tomorrow"),
      ("it is seperate and there", "it is separate and there"), ("we dont receive it", "we don't receive it"),
      ("he said i will receive it in berlin", "he said I will receive it in Berlin"),
    ])
  func slips(draft: String, expected: String) async throws {
    let text = try await mended(draft)
    #expect(text.content == expected)
    #expect(text.isRuleBased)
  }

  @Test("German: ss for ß, ae for ä, and the capital of a noun")
  func german() async throws {
    let words = FewWords("wir grüßen die Straße heißen für Haus und das ist groß", .german)
    let text = try await mended("wir heissen und gruessen die haus und das ist gross fuer die Strasse", [words])
    #expect(text.content == "wir heißen und grüßen die Haus und das ist groß für die Strasse")
    #expect(text.unknownWords == ["Strasse"])
    #expect(text.language == .german)
  }

  @Test("a word with two equally near ones stays, and is listed once")
  func ambiguous() async throws {
    let words = FewWords("we have a house horse and the mouse")
    let text = try await mended("we have a hourse and the hourse", [words])
    #expect(text.content == "we have a hourse and the hourse")
    #expect(text.unknownWords == ["hourse"])
  }

  @Test("a word that nothing is near to stays, and is listed")
  func unknown() async throws {
    let text = try await mended("we will receive the quittenmarmelade")
    #expect(text.content == "we will receive the quittenmarmelade")
    #expect(text.unknownWords == ["quittenmarmelade"])
  }

  @Test(
    "what may be a name, a number, a link or an abbreviation stays",
    arguments: [
      "Recieve said the letter is there", "he said it is Leter and there", "the letter is at https://recieve.example",
      "the letter is 3th and there", "it is LETER and there", "the leter@example.org is there", "the iLeter is there",
      "Hi Recieve,\nthe letter is there",
    ])
  func names(draft: String) async throws { #expect(try await mended(draft).content == draft) }

  @Test("no word becomes a negation or stops being one", arguments: ["it is nto there", "he said it is ont there"])
  func negations(draft: String) async throws {
    let text = try await mended(draft)
    #expect(text.content == draft)
    #expect(text.unknownWords.count == 1)
  }

  @Test("of several dictionaries the one that knows the draft's words is used")
  func choosesDictionary() async throws {
    let german = FewWords("wir sind nicht das Haus morgen", .german)
    #expect(try await mended("wir sind nihct morgn", [Self.english, german]).language == .german)
  }

  @Test("refused: spelling without a dictionary of the draft's language")
  func noDictionary() async throws {
    let refused = InferenceError(InferenceError.engineCannot, "")
    await #expect(throws: refused) { _ = try await mended("we will receive the letter", []) }
    await #expect(throws: refused) { _ = try await mended("nous sommes ici demain avec the letter") }
    await #expect(throws: refused) { _ = try await mended("1234 👍") }
  }

  @Test("so many words are listed, and no more")
  func listLimit() async throws {
    let letters = "abcdefghij"
    let unknown = letters.flatMap { first in letters.map { "qx\(first)\($0)zzqvv" } }
    let known = Array(repeating: "letter", count: 120)
    let text = try await mended((known + unknown).joined(separator: " "))
    #expect(text.unknownWords == Array(unknown.prefix(64)))
  }

  @Test("a long word is not looked at")
  func longWord() async throws {
    let long = String(repeating: "abc", count: 11)
    #expect(try await mended("we will receive \(long)").unknownWords.isEmpty)
  }
}
