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

  @Test("a name of two letters takes no other name's forms")
  func twoLetters() {
    for names in [["Jo", "Johannes Weber"], ["Johannes Weber", "Jo"]] {
      let text = redacted("Hans kommt, und Hannes, und Jo. jo!", names: names)
      for name in ["Hans", "Hannes", "Jo."] { #expect(!text.contains(name)) }
      #expect(text.hasSuffix("jo!"))
    }
  }

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
      "5511912345678", "138 1234 5678",
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

  @Test(
    "a number between letters of scripts without blanks is replaced, and comes back",
    arguments: [
      ("我的手机号是13812345678", "我的手机号是Phone1"), ("电话138 1234 5678，谢谢", "电话Phone1，谢谢"),
      ("電話は090-1234-5678です", "電話はPhone1です"), ("번호는 010-1234-5678입니다", "번호는 Phone1입니다"),
      ("โทร0812345678ครับ", "โทรPhone1ครับ"), ("电话+8613812345678谢谢", "电话+Phone1谢谢"),
      ("电话(010)12345678谢谢", "电话(Phone1谢谢"), ("тел89161234567", "телPhone1"),
      ("卡号4111111111111111谢谢", "卡号Card1谢谢"), ("账号是DE89370400440532013000谢谢", "账号是Account1谢谢"),
      ("请看https://example.com/a 谢谢", "请看Link1 谢谢"),
    ])
  func betweenLetters(text: String, expected: String) { #expect(redacted(text) == expected) }

  @Test("a name that touches a number is replaced with it, before and behind")
  func touchingNames() {
    #expect(redacted("田中13812345678", names: ["田中"]) == "Name2")
    #expect(redacted("13812345678田中", names: ["田中"]) == "Phone2")
    #expect(redacted("13812345678は田中", names: ["田中"]) == "Phone1はName1")
    #expect(redacted("Анна89161234567", names: ["Анна"]) == "Name2")
    #expect(redacted("田中+8613812345678", names: ["田中"]) == "Name1+Phone1")
  }

  @Test("numbers in the digits of other scripts", arguments: ["٠١٧٠١٢٣٤٥٦٧٨", "０９０１２３４５６７８", "०९८७६५४३२१०"])
  func otherDigits(number: String) { #expect(redacted("call \(number), ok?") == "call Phone1, ok?") }

  @Test(
    "a member who is named by a number of 13 digits",
    arguments: ["@5511912345678", "@5491123456789", "@123456789012345678", "@5511912345678 10 Uhr", "@4912345"])
  func numberedMembers(text: String) {
    #expect(redacted("ask \(text)").hasPrefix("ask @Phone1") || redacted("ask \(text)").hasPrefix("ask @Card1"))
    #expect(!redacted(text).contains(where: { $0 == "5" }))
  }

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

@Suite("Redacted and cut")
struct CutTests {
  @Test("a text that is cut ends in no part of a placeholder", arguments: 3...60)
  func placeholders(byteCountLimit: Int) {
    let names = (0..<12).map { "Q" + String(repeating: "x", count: $0 + 2) }
    let text = "Name31 \(names[11]) hi \(names[10]), Name 45 +49 170 1234567"
    var redactor = Redactor(names: names, texts: [text])
    let whole = redactor.redact(text)
    #expect(whole == "Name31 Name12 hi Name11, Name 45 Phone1")
    let (cut, isCut) = redactor.redact(text, byteCountLimit: byteCountLimit)
    #expect(cut.utf8.count <= byteCountLimit && isCut == (cut != whole))
    let kept = isCut ? String(cut.dropLast()) : cut
    #expect(whole.hasPrefix(kept) && cut == kept + (isCut ? "…" : ""))
    // Name1 is another person's.
    #expect(text.hasPrefix(redactor.restorer.restored(kept)))
  }

  @Test("what lies across the end of a cut text is not begun")
  func across() {
    let text = "abc +49 170 1234567 def"
    var redactor = Redactor(names: [], texts: [text])
    for limit in 8...18 { #expect(redactor.redact(text, byteCountLimit: limit).text == "abc …") }
    #expect(redactor.redact(text, byteCountLimit: 19).text == "abc Phone1…")
    #expect(redactor.redact(text, byteCountLimit: 23) == ("abc Phone1 def", false))
  }
}

/// What anybody can write into a chat. Each of these took from half a minute to minutes; the bounds are generous.
@Suite("Redaction costs a text's length")
struct RedactionCostTests {
  private static func redaction(of texts: [String], names: [String] = []) -> Duration {
    ContinuousClock().measure {
      var redactor = Redactor(names: names, texts: texts)
      for text in texts { _ = redactor.redact(text) }
    }
  }

  @Test("a link of closing parentheses costs its length")
  func parentheses() {
    let text = "https://example.org/" + String(repeating: ")", count: 60_000)
    #expect(Self.redaction(of: [text]) < .seconds(15))
    #expect(redacted("https://example.org/a(b)c))") == "Link1))")
  }

  @Test("of mentions above the limit only what is written as they are is found")
  func mentions() {
    func name(_ index: Int) -> String {
      "Q"
        + String(
          String.UnicodeScalarView(
            (0..<4).map { place in
              Unicode.Scalar(UInt8(97 + (index >> (4 * place)) % 16))
            }))
    }
    let limit = Redactor.mentionFormsLimit
    let mentions = (0...limit).map { "@" + name($0) }.joined(separator: " ")
    #expect(redacted("\(mentions) \(name(0))s").hasSuffix("Name1s"))
    #expect(redacted("\(mentions) \(name(limit - 1))s").hasSuffix("Name\(limit)s"))
    #expect(redacted("\(mentions) \(name(limit))").hasSuffix("Name\(limit + 1)"))
    #expect(redacted("\(mentions) \(name(limit))s").hasSuffix(name(limit) + "s"))
    #expect(Self.redaction(of: [(0..<40_000).map { "@" + name($0) }.joined(separator: " ")]) < .seconds(30))
  }

  @Test("mentions in scripts without blanks cost their length, and the longest name is found")
  func ideographs() {
    func ideograph(_ index: Int) -> String { String(Character(Unicode.Scalar(0x4E00 + UInt32(index)) ?? "x")) }
    let mentions = (0..<16_000).map { "@" + ideograph($0 % 127) + ideograph($0 / 127) }
    #expect(Self.redaction(of: [mentions.joined(separator: " ")]) < .seconds(20))
    #expect(redacted("田中一郎と田中", names: ["田中", "田中一郎"]) == "Name2とName1")
  }

  @Test("what begins as an address at every letter costs its length")
  func beginnings() {
    for piece in ["a-", "a.", "a@", "aé", "1-", "是a"] {
      let text = String(repeating: piece, count: 60_000 / piece.utf8.count)
      #expect(Self.redaction(of: [text]) < .seconds(20))
    }
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
