import ChatHistory
import ErrorCodes
import Testing

@Suite("chat transcript")
struct TranscriptTests {
  private func message(
    _ text: String, sender: String? = "Ana", kind: Message.Kind = .text, attachment: String? = nil,
    isEdited: Bool = false
  ) throws -> Message {
    Message(
      time: try time("2026-08-31 13:09:57"), sender: sender, kind: kind, text: text, attachment: attachment,
      isEdited: isEdited)
  }

  @Test("a transcript looks as its format says")
  func form() throws {
    let text = ChatTranscript.text(of: [
      try message("Bob added Ana", sender: nil, kind: .system), try message("hi\n\n[2026-08-31 13:09] Bob: no"),
      try message("", kind: .deleted), try message("the beds", kind: .media, attachment: "a.jpg", isEdited: true),
      try message("", kind: .media), try message("Missed voice call", kind: .system),
    ])
    #expect(
      text == """
        [2026-08-31 13:09 system] Bob added Ana
        [2026-08-31 13:09] Ana: hi
        \u{20} \n  [2026-08-31 13:09] Bob: no
        [2026-08-31 13:09 deleted] Ana:\u{20}
        [2026-08-31 13:09 edited media a.jpg] Ana: the beds
        [2026-08-31 13:09 media] Ana:\u{20}
        [2026-08-31 13:09 call] Ana: Missed voice call

        """)
    #expect(try ChatTranscript.parse(text).count == 6)
  }

  private static let hostileTexts = [
    "", " ", "  ", "\n", "\n\n", "a\n", "\r\n", "a\rb", "a\r\n\r\nb", "[2026-01-01 00:00] Bob: x",
    "a\n[2026-01-01 00:00] Bob: x", "a\r[2026-01-01 00:00] Bob: x", "a\u{2028}[2026-01-01 00:00] Bob: x",
    "a\u{85}[2026-01-01 00:00] Bob: x", "a\u{B}[x", "a\u{C}b", "a\u{0}b\u{1B}[31m", "a\tb", "\u{301}", "\n\u{301}x",
    "] Bob: x", ": ", ": x", "a\n  [2026-01-01 00:00] Bob: x", "🤓\u{200D}🤓", "\u{202E}x", "<media>", "e\u{301}",
  ]

  @Test("no text, name or file name can forge a message line or a mark", arguments: hostileTexts)
  func hostile(text: String) throws {
    for original in [
      try message(text), try message(text, sender: nil, kind: .system),
      try message(text, kind: .media, attachment: text),
      try message("t", sender: text), try message("t", sender: "x" + text + "y"), try message(text, kind: .system),
      try message(text, kind: .deleted, isEdited: true),
      try message("t", sender: "a" + text, kind: .media, attachment: "b" + text),
    ] {
      let other = try message("other")
      let transcript = ChatTranscript.text(of: [other, original, other])
      let expected = [other, original, other].map(ChatTranscript.canonical)
      let messages = try ChatTranscript.parse(transcript)
      #expect(messages == expected)
      #expect(transcript.utf8.split(separator: 0x0A).count(where: { $0.first == UInt8(ascii: "[") }) == 3)
      #expect(ChatTranscript.byteCount(of: original) == ChatTranscript.text(of: [original]).utf8.count)
    }
  }

  @Test("an ordinary text comes back unchanged, without its seconds")
  func unchanged() throws {
    let original = try message("one\n\n  three: 'x' \"y\"\tz ", isEdited: true)
    let canonical = ChatTranscript.canonical(original)
    #expect(canonical.text == original.text)
    #expect(canonical.time == LocalTime("2026-08-31 13:09"))
  }

  @Test("names lose only what would end them early")
  func names() throws {
    #expect(ChatTranscript.canonical(try message("x", sender: "a: : b\n")).sender == "a::b")
    #expect(ChatTranscript.canonical(try message("x", sender: " \n")).kind == .system)
    #expect(ChatTranscript.canonical(try message("x", kind: .media, attachment: "a]b.jpg")).attachment == "a)b.jpg")
  }

  @Test("a name of blanks behind a colon is made canonical in the time of its length")
  func blanksBehindColon() throws {
    let blanks = String(repeating: " ", count: 100_000)
    let start = ContinuousClock.now
    #expect(ChatTranscript.canonical(try message("x", sender: "a:\(blanks)b:\(blanks)")).sender == "a:b:")
    let colons = ChatTranscript.canonical(try message("x", sender: String(repeating: "a: ", count: 50_000)))
    #expect(colons.sender?.utf8.count == ChatTranscript.nameByteCountLimit)
    // A pass over the text for each blank took hours.
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  @Test("chat-transcript-malformed: a sender or file name of one byte above its limit is refused")
  func nameLimit() throws {
    for (count, isAccepted) in [
      (ChatTranscript.nameByteCountLimit, true), (ChatTranscript.nameByteCountLimit + 1, false),
    ] {
      let name = String(repeating: "n", count: count)
      for text in ["[2026-08-31 13:09] \(name): x\n", "[2026-08-31 13:09 media \(name)] Ana: x\n"] {
        #expect(((try? ChatTranscript.parse(text)) != nil) == isAccepted)
      }
    }
  }

  @Test("an empty transcript holds no messages")
  func empty() throws { #expect(try ChatTranscript.parse("").isEmpty) }

  @Test(
    "chat-transcript-malformed: anything but the canonical form is refused",
    arguments: [
      "x\n", "\n", "  x\n", "[2026-08-31 13:09] Ana: x", "[2026-08-31 13:09] Ana: x\n\n",
      "[2026-08-31 13:09] Ana: x\n y\n",
      "[2026-08-31T13:09] Ana: x\n", "[2026-02-30 13:09] Ana: x\n", "[2026-08-31 13:09:00] Ana: x\n",
      "[2026-08-31] Ana: x\n",
      "[2026-08-31 13:09] Ana\n", "[2026-08-31 13:09]Ana: x\n", "[2026-08-31 13:09] : x\n",
      "[2026-08-31 13:09]  Ana: x\n",
      "[2026-08-31 13:09 secret] Ana: x\n", "[2026-08-31 13:09 media edited] Ana\n", "[2026-08-31 13:09 call] x\n",
      "[2026-08-31 13:09 system edited] x\n", "[2026-08-31 13:09 media ] Ana: x\n",
      "[2026-08-31 13:09  media] Ana: x\n",
      "[2026-08-31 13:09] Ana: x\r\n", "[2026-08-31 13:09] Ana: a\u{2028}b\n", "[2026-08-31 13:09] Ana: a\u{0}b\n",
      "[2026-08-31 13:09] A\u{7}na: x\n", "[२०२६-08-31 13:09] Ana: x\n", "[2026-08-31 13:09\n  ] Ana: x\n",
    ])
  func malformed(text: String) {
    #expect(throws: ChatHistoryError(ChatHistoryError.transcriptMalformed, "")) { try ChatTranscript.parse(text) }
  }

  @Test("bytes that are no UTF-8 are refused")
  func invalidUTF8() {
    let bytes = Array("[2026-08-31 13:09] Ana: ".utf8) + [0xFF, 0x0A]
    #expect(throws: ChatHistoryError(ChatHistoryError.transcriptMalformed, "")) { try ChatTranscript.parse(bytes) }
  }

  @Test("a transcript cut anywhere but behind a message is refused or lacks the end of a text")
  func everyTruncation() throws {
    let messages = [try message("hi\nyou"), try message("", kind: .media, attachment: "a.jpg")]
    let bytes = Array(ChatTranscript.text(of: messages).utf8)
    var accepted = 0
    for length in 0..<bytes.count where (try? ChatTranscript.parse(Array(bytes[..<length]))) != nil { accepted += 1 }
    // Nothing, the first line, and the first message.
    #expect(accepted == 3)
    for index in bytes.indices {
      for value in [0, 0x0A, 0x20, 0x5B, 0x5D, 0x80, 0xFF] as [UInt8] {
        var changed = bytes
        changed[index] = value
        _ = try? ChatTranscript.parse(changed)
      }
    }
  }

  @Test("a text above its limit is cut when written and refused when read")
  func textLimit() throws {
    let limit = ChatTranscript.textByteCountLimit
    let atLimit = try message(String(repeating: "x", count: limit))
    let written = ChatTranscript.text(of: [atLimit])
    #expect(try ChatTranscript.parse(written) == [ChatTranscript.canonical(atLimit)])
    let above = ChatTranscript.canonical(try message(String(repeating: "ä", count: limit)))
    #expect(above.text.utf8.count <= limit && above.text.hasSuffix("ä…"))
    let forged = written.dropLast() + "x\n"
    #expect(throws: ChatHistoryError(ChatHistoryError.transcriptTooLarge, "")) {
      try ChatTranscript.parse(String(forged))
    }
  }

  @Test("one message always fits, even one of line breaks alone")
  func oneFits() throws {
    let name = String(repeating: "n", count: 1000)
    let worst = try message(String(repeating: "\n", count: 100_000), sender: name, kind: .media, attachment: name)
    #expect(ChatTranscript.byteCount(of: worst) <= ChatTranscript.byteCountLimit)
    #expect(try ChatTranscript.parse(ChatTranscript.text(of: [worst])) == [ChatTranscript.canonical(worst)])
  }

  @Test("chat-transcript-too-large: one byte or one message above the limit is refused")
  func limits() throws {
    let bytes = [UInt8](repeating: 0x20, count: ChatTranscript.byteCountLimit + 1)
    #expect(throws: ChatHistoryError(ChatHistoryError.transcriptTooLarge, "")) { try ChatTranscript.parse(bytes) }
    #expect(throws: ChatHistoryError(ChatHistoryError.transcriptMalformed, "")) {
      try ChatTranscript.parse(Array(bytes.dropLast()))
    }
  }
}
