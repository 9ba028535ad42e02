import CloisterClient
import ErrorCodes
import Testing

@Suite("Consent")
struct ConsentTests {
  private static func chat(_ title: String?, _ senders: [String] = []) -> Consent.ExcludedChat {
    Consent.ExcludedChat(title: title, senders: senders)
  }

  private static func isExcluded(_ excluded: Consent.ExcludedChat, _ chat: Consent.ExcludedChat) -> Bool {
    var consent = Consent()
    consent.exclude(excluded)
    return code { try consent.requireNotExcluded(chat) } == ClientError.chatExcluded
  }

  @Test("nothing is granted before it is")
  func offByDefault() {
    var consent = Consent()
    #expect(code { try consent.requireGranted("summarize") } == ClientError.consentMissing)
    consent.grant("summarize")
    #expect(code { try consent.requireGranted("summarize") } == nil)
    #expect(code { try consent.requireGranted("rewrite") } == ClientError.consentMissing)
    consent.revoke("summarize")
    #expect(code { try consent.requireGranted("summarize") } == ClientError.consentMissing)
  }

  @Test("a chat is known by its title, whatever the case and the marks in it")
  func title() {
    #expect(Self.isExcluded(Self.chat("Book club"), Self.chat("BOOK \u{200E}club")))
    #expect(!Self.isExcluded(Self.chat("Book club"), Self.chat("Chess club", ["Ana"])))
  }

  @Test("chat-excluded: the second download of an excluded chat, whose file's name has a number behind the title")
  func secondDownload() {
    for (excluded, title) in [
      ("Garden", "Garden (1)"), ("Garden (1)", "Garden"), ("Garden (1)", "Garden (2)"), ("Garden", "garden(12)"),
      ("Garden", "Garden (1) (2)"),
    ] {
      #expect(Self.isExcluded(Self.chat(excluded), Self.chat(title)), "\(title)")
    }
    for title in ["Garden (old)", "Garden 1", "Garden ()", "(1)", "Gardens (1)", "Garden (2026)", "Garden (一)"] {
      #expect(!Self.isExcluded(Self.chat("Garden"), Self.chat(title)), "\(title)")
    }
    let second = ChatExport(fileName: "WhatsApp Chat with Garden (1).txt", bytes: Array("13/6/18, 9:25 - a: m".utf8))
    var consent = Consent()
    consent.exclude(Self.chat("Garden"))
    #expect(code { _ = try second.opened(under: consent) } == ClientError.chatExcluded)
  }

  @Test("chat-excluded: a chat of another title in which exactly the same three people or more wrote")
  func sameSenders() {
    let family = Self.chat("Family", ["Ana", "Ben", "Cem"])
    #expect(Self.isExcluded(family, Self.chat("Our family", ["cem", "Ana", "Ben"])))
    #expect(!Self.isExcluded(family, Self.chat("Work", ["Ana", "Ben", "Cem", "Dora"])))
    #expect(!Self.isExcluded(family, Self.chat("Work", ["Ana", "Ben"])))
    #expect(!Self.isExcluded(Self.chat("Family"), Self.chat("Work", ["Ana", "Ben", "Cem"])))
  }

  @Test("two people are in many chats: there two titles decide alone")
  func titleDecides() {
    #expect(!Self.isExcluded(Self.chat("Family", ["Ana", "Ben"]), Self.chat("Work", ["Ana", "Ben"])))
  }

  @Test("to allow one year's chat again leaves the exclusion of another year's")
  func years() {
    var consent = Consent()
    consent.exclude(Self.chat("Holiday (2025)"))
    consent.include(Self.chat("Holiday (2026)"))
    #expect(consent.excludedChats == [Self.chat("Holiday (2025)")])
  }

  @Test("to allow one chat again leaves the exclusion of another with the same senders")
  func includedAlone() {
    let family = Self.chat("Family", ["Ana", "Ben", "Cem"])
    var consent = Consent()
    consent.exclude(family)
    consent.include(Self.chat("Work", ["Ana", "Ben", "Cem"]))
    #expect(code { try consent.requireNotExcluded(family) } == ClientError.chatExcluded)
  }

  @Test(
    "without a title, senders that overlap by half or more are the same chat",
    arguments: [
      (["Ana", "Ben", "Cem", "Dora"], ["Ana", "Ben", "Eva", "Finn"], true),
      (["Ana", "Ben", "Cem", "Dora"], ["Ana", "Eva", "Finn", "Gil"], false),
      (["Ana", "Ben", "Cem", "Dora", "Eva", "Finn"], ["Ana", "Ben"], true),
      (["Ana", "Ben"], ["Ana", "Ben", "Cem", "Dora", "Eva", "Finn"], true),
      (["Ana", "Ben"], ["Ana", "Cem", "Dora"], false),
      (["Ana", "Ben"], ["Cem", "Dora"], false),
      (["Ana", "Ben"], [], false),
    ])
  func senders(_ known: [String], _ seen: [String], _ isSame: Bool) {
    #expect(Self.isExcluded(Self.chat(nil, known), Self.chat(nil, seen)) == isSame)
    #expect(Self.isExcluded(Self.chat("Title", known), Self.chat(nil, seen)) == isSame)
  }

  @Test("an exclusion can be taken back")
  func included() {
    var consent = Consent()
    consent.exclude(Self.chat("Family", ["Ana"]))
    consent.include(Self.chat("Family"))
    #expect(code { try consent.requireNotExcluded(Self.chat("Family")) } == nil)
  }

  @Test("consent survives a new process")
  func stored() throws {
    let temporary = TemporaryState()
    try temporary.open().consent.change { consent in
      consent.grant("summarize")
      consent.exclude(Self.chat(nil, ["Ana", "Ben"]))
    }
    let consent = try temporary.open().consent.current()
    #expect(consent.grantedTasks == ["summarize"])
    #expect(consent.excludedChats == [Self.chat(nil, ["Ana", "Ben"])])
  }

  @Test("the title comes from the names that the app gives to exports")
  func exportTitle() {
    #expect(ChatExport(fileName: "WhatsApp Chat with Book club.txt", bytes: []).title == "Book club")
    #expect(ChatExport(fileName: "WhatsApp Chat mit Familie.txt", bytes: []).title == "Familie")
    #expect(ChatExport(fileName: "_chat.txt", bytes: []).title == nil)
  }
}
