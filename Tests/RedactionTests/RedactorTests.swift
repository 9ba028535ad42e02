import Redaction
import Testing

/// A redactor for one text, and what it makes of it.
private func redacted(_ text: String, names: [String] = []) -> String {
  var redactor = Redactor(names: names, texts: [text])
  let redacted = redactor.redact(text)
  #expect(redactor.restorer.restored(redacted) == text)
  return redacted
}

@Suite("What redaction finds, and what it leaves")
struct RedactorTests {
  @Test(
    "forms of a name",
    arguments: [
      ("Anna", "Anna's", "Name1's"), ("Anna", "annas", "name1s"), ("Anna", "ANNA!", "NAME1!"),
      ("Müller", "Mueller und Muller", "Name1v2 und Name1v3"), ("José García", "jose", "Name1v2"),
      ("Ayşe", "Ayşe'nin Ayse", "Name1'nin Name1v2"), ("Monika", "Monice", "Name1v2"),
      ("Marek", "z Markiem", "z Name1v2"),
      ("Иван", "у Ивана", "у Name1а"), ("Мария", "к Марии", "к Name1v2"), ("Alexander", "Sascha", "Name1v2"),
      ("田中", "田中さんと会う", "Name1さんと会う"), ("김민수", "김민수가 왔다", "Name1가 왔다"),
      ("田中", "田中田中が 田中9", "Name2 Name3"), ("Anna", "Anna+49 170 1234567", "Name1+Phone1"),
      ("Anna von der Heide", "die von der Heide", "die von der Name2"),
    ])
  func names(name: String, text: String, expected: String) { #expect(redacted(text, names: [name]) == expected) }

  @Test(
    "words that only look like a name stay",
    arguments: [
      ("Will", "we will see"), ("Mark", "10 mark"), ("Ana", "any time"), ("Jo", "jo, passt"), ("Sol", "hace sol"),
      ("Anna", "Annahme"), ("Tim", "time"), ("Ben", "benötigt"), ("Иван", "иванцы"),
    ])
  func others(name: String, text: String) { #expect(redacted(text, names: [name]) == text) }

  @Test("names behind at signs are known, those of an address of e-mail are not")
  func mentions() {
    #expect(redacted("@⁨Zoe Marsh⁩ and Zoe") == "@⁨Name1 Name2⁩ and Name1")
    #expect(redacted("@zoe_m is here. Ask zoe") == "@Name1_m is here. Ask Name1")
    #expect(redacted("a@zoe.org, Zoe") == "Mail1, Zoe")
  }

  @Test(
    "numbers that are dialled",
    arguments: [
      "+49 170 1234567", "+49 (0)170 1234567", "0170/1234567", "030 2312-500", "(212) 555-0199", "212.555.0167",
      "555-0142", "0049 30 2312500", "612 345 678", "06 12 34 56 78", "+380 67 123 45 67", "491701234567",
    ])
  func phones(number: String) { #expect(redacted("call \(number), ok?") == "call Phone1, ok?") }

  @Test(
    "dates, times, amounts and short numbers stay",
    arguments: [
      "13.06.2026", "13.06.26 07:45", "2026-06-13 07:45", "6/13/26", "06/2026", "10:30-12:00", "1.250,50 €",
      "1 250 000",
      "0,5", "10115 Berlin", "Zimmer 112", "2024-2026", "v1.2.3", "100.000.000", "20 x 30", "12-14 Uhr",
    ])
  func numbersThatStay(text: String) { #expect(redacted(text) == text) }

  @Test("cards are told by Luhn's check, one digit off is none")
  func cards() {
    #expect(redacted("4111 1111 1111 1111") == "Card1")
    #expect(redacted("4111-1111-1111-1111 12/28") == "Card1 12/28")
    #expect(redacted("378282246310005.") == "Card1.")
    #expect(!redacted("4111 1111 1111 1112").contains("Card"))
    #expect(!redacted("0000 0000 0000 0000").contains("Card"))
    #expect(!redacted("41111111111111111111").contains("Card"))
  }

  @Test("accounts are told by their check digits")
  func accounts() {
    #expect(redacted("an DE89 3704 0044 0532 0130 00 bitte") == "an Account1 bitte")
    #expect(redacted("gb82west12345698765432") == "Account1")
    #expect(!redacted("DE88 3704 0044 0532 0130 00").contains("Account"))
  }

  @Test(
    "links and addresses of e-mail, without the sentence around them",
    arguments: [
      ("see https://example.org/a?b=c#d.", "see Link1."), ("(www.example.com)", "(Link1)"),
      ("https://example.org/x_(y)", "Link1"), ("example.com/a, b", "Link1, b"), ("tg://join?x", "Link1"),
      ("mail a.b+c@sub.example.co.uk!", "mail Mail1!"), ("ü@example.de", "Mail1"),
    ])
  func addresses(text: String, expected: String) { #expect(redacted(text) == expected) }

  @Test(
    "what is no address stays", arguments: ["Ende.Anfang", "e.g. this", "a@b", "@home", "3.5 km", "foo.txt", "://x"])
  func noAddresses(text: String) { #expect(redacted(text, names: []).contains("Link") == false) }

  @Test("the same thing has the same placeholder, in every text")
  func same() {
    var redactor = Redactor(names: ["Anna"], texts: [])
    #expect(redactor.redact("Anna +49 170 1234567") == "Name1 Phone1")
    #expect(redactor.redact("+49 170 1234567, +49 170 1234568") == "Phone1, Phone2")
    #expect(redactor.count(of: .phone) == 2 && redactor.count(of: .name) == 1 && redactor.count(of: .link) == 0)
  }

  @Test("a sender without any word is replaced whole")
  func wordless() {
    var redactor = Redactor(names: ["❤️", "J."], texts: [])
    #expect(redactor.redactName("❤️") == "Name1")
    #expect(redactor.redactName("J.") == "Name2")
    #expect(redactor.redactName("❤️") == "Name1")
    #expect(redactor.redactName("+49 170 1234567") == "Phone1")
    #expect(redactor.restorer.restored("Name1 & name2") == "❤️ & j.")
  }
}

@Suite("Putting back")
struct RestorerTests {
  @Test("refused: a placeholder that the text itself had is never given out, whatever its case or separator")
  func collisions() {
    let text = "Name1, name 2 and NAME-3v2 met Anna"
    var redactor = Redactor(names: ["Anna"], texts: [text])
    #expect(redactor.redact(text) == "Name1, name 2 and NAME-3v2 met Name4")
    #expect(redactor.restorer.restored("Name1 Name2 Name3 Name4") == "Name1 Name2 Name3 Anna")
  }

  @Test("refused: a placeholder that was not given out stays, and what is put back is not looked at again")
  func unknown() {
    var redactor = Redactor(names: ["Anna"], texts: [])
    _ = redactor.redact("https://example.org/Name1")
    let restorer = redactor.restorer
    #expect(
      restorer.restored("Name2, Phone1, Name1234567, surname1, Name0") == "Name2, Phone1, Name1234567, surname1, Name0")
    #expect(restorer.restored("Link1") == "https://example.org/Name1")
  }

  @Test("an answer may write a placeholder in other letters, with a blank, or in a form that was not given out")
  func variations() {
    var redactor = Redactor(names: ["Anna"], texts: [])
    _ = redactor.redact("ask Annę")
    let restorer = redactor.restorer
    #expect(
      restorer.restored("**Name 1**, NAME1, Name1's name_1 Name1v2 Name1v9") == "**Anna**, ANNA, Anna's anna Annę Anna")
  }

  @Test("cut into pieces anywhere, an answer comes back the same", arguments: 1...9)
  func pieces(byteCount: Int) {
    var redactor = Redactor(names: ["Anna Böhm", "李小龍"], texts: [])
    _ = redactor.redact("pytam Annę 612 345 678 https://example.org")
    let answer = "Name1 Name2: name1v2s, Name 12, Phone1 & link1, Na, Name, Name1v, Name3さん PHONE, n Name1"
    let whole = redactor.restorer.restored(answer)
    #expect(
      whole
        == "Anna Böhm: annęs, Name 12, 612 345 678 & https://example.org, Na, Name, Annav, 李小龍さん PHONE, n Anna")
    let scalars = Array(answer.unicodeScalars)
    var restorer = redactor.restorer
    var result = ""
    for start in stride(from: 0, to: scalars.count, by: byteCount) {
      var piece = String.UnicodeScalarView()
      piece.append(contentsOf: scalars[start..<min(start + byteCount, scalars.count)])
      result += restorer.append(String(piece))
    }
    #expect(result + restorer.finish() == whole)
  }

  @Test("nothing but what may become a placeholder is held back")
  func latency() {
    var redactor = Redactor(names: ["Anna"], texts: [])
    _ = redactor.redact("Anna")
    var restorer = redactor.restorer
    #expect(restorer.append("Hello Na") == "Hello ")
    #expect(restorer.append("ple") == "Naple")
    #expect(restorer.append(" Name1") == " ")
    #expect(restorer.append(" ") == "Anna ")
    #expect(restorer.finish() == "")
  }
}
