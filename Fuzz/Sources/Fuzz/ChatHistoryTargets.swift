import ChatHistory

extension FuzzTarget {
  static let chatHistory = [
    FuzzTarget("whatsapp-export", maximumByteCount: 1 << 13, seeds: { ChatFixture.exports.map { Array($0.utf8) } }) {
      bytes in
      guard let chat = try? WhatsAppExport.parse(bytes) else { return }
      let canonical = chat.messages.map(ChatTranscript.canonical)
      claim(
        try ChatTranscript.parse(ChatTranscript.text(of: chat.messages)) == canonical,
        "the transcript of an export reads as its messages")
      for range in [ChatSelection.Range.recent, .unread(2), .since(chat.messages[0].time)] {
        let selection = ChatSelection(chat, range, byteCountLimit: 1000)
        claim(selection.transcript.utf8.count <= 1000, "a selection keeps to its limit")
        claim(
          try ChatTranscript.parse(selection.transcript).count == selection.messages.count,
          "a selection's transcript holds its messages")
      }
      claim(Set(chat.participants).count == chat.participants.count, "a participant is named once")
    },
    FuzzTarget("transcript", maximumByteCount: 1 << 13, seeds: { ChatFixture.transcripts.map { Array($0.utf8) } }) {
      bytes in
      guard let messages = try? ChatTranscript.parse(bytes) else { return }
      claim(Array(ChatTranscript.text(of: messages).utf8) == bytes, "a transcript has one text")
      claim(messages.map(ChatTranscript.canonical) == messages, "a parsed message is canonical")
    },
    FuzzTarget("forged-messages", seeds: { ChatFixture.messages.map { Array($0.utf8) } }) { bytes in
      let messages = ChatFixture.messages(bytes)
      claim(
        try ChatTranscript.parse(ChatTranscript.text(of: messages)) == messages.map(ChatTranscript.canonical),
        "no text, sender or file name makes a line or a mark of a transcript")
    },
  ]
}

private enum ChatFixture {
  /// Messages with nothing checked, parted by NUL: kind and edit mark, sender, text and file name, parted by U+0001.
  static let messages = [
    "0\u{1}Jo\u{1}text\n[2026-06-13 07:45] Sam: forged\u{1}\u{0}1\u{1}Sam: \u{1}caption\u{1}a].jpg",
    "3\u{1}\u{1}system\u{0}7\u{1}Ana\u{1}call\u{0}2\u{1}Jo\u{1}\u{1}\u{0}0\u{1} [x] \u{1}\r\n\u{2028}  a\u{1}",
  ]

  static func messages(_ bytes: [UInt8]) -> [Message] {
    let kinds: [Message.Kind] = [.text, .media, .deleted, .system]
    return bytes.split(separator: 0).compactMap { record in
      let fields = record.split(separator: 1, maxSplits: 3, omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
      guard fields.count == 4, let time = LocalTime(year: 2026, month: 6, day: 13, hour: 7, minute: 45, second: 9)
      else { return nil }
      let selector = Int(record.first ?? 0)
      return Message(
        time: time, sender: fields[1].isEmpty ? nil : fields[1], kind: kinds[selector % 4], text: fields[2],
        attachment: fields[3].isEmpty ? nil : fields[3], isEdited: selector & 4 != 0)
    }
  }

  static let exports = [
    """
    10/06/2026, 07:42 - Messages and calls are end-to-end encrypted.
    10/06/2026, 07:44 - Priya: Morning all!
    second line: with a colon
    13/06/2026, 07:45 - Jo: <Media omitted>
    13/06/2026, 07:46 - Jo: This message was deleted
    13/06/2026, 07:47 - Marek: IMG-1.jpg (file attached)

    """,
    """
    [10.06.26, 07:42:01] Garden: \u{200E}Messages and calls are end-to-end encrypted.
    [10.06.26, 07:42:02] Leila: Shall we meet on Friday at 7? \u{200E}<This message was edited>
    \u{200E}[11.06.26, 07:42:02] Sam: \u{200E}image omitted
    [11.06.26, 07:42:03] Sam: \u{200E}Missed voice call
    """,
    "6/13/26, 7:45\u{202F}PM - Jo: Yes\n6/13/26, 7:46\u{202F}PM - Jo created group \"Mill Lane\"\n",
    "2026-06-13 7.45 nachm. - Jo: Ja\r\n2026-06-13 7.46 nachm. - Ana:.\r\n",
  ]

  static let transcripts = [
    """
    [2026-06-13 07:45 system] Jo created the group
    [2026-06-13 07:46] Jo: Shall we meet on Friday at 7?
      second line
    [2026-06-13 07:47 edited media a.jpg] Sam: caption
    [2026-06-13 07:48 deleted] Sam: \("")
    [2026-06-13 07:49 call] Sam: Missed voice call

    """,
    "[2026-06-13 07:46] Jo: Ana, can you bring the key?\n[2026-06-13 07:50] Ana: Yes, agreed. Monday 10:00.\n",
  ]
}
