public import CloisterClient

/// Small chats for tests, in the forms that clients read and nodes take.
public enum ChatText {
  public static let messages: [(sender: String, text: String)] = [
    ("Ada", "Morning! Shall we move the picnic to Saturday the 14th?"),
    ("Ben", "Saturday works. Who brings the blankets?"),
    ("Cleo", "I can bring two blankets and the big umbrella"),
    ("Ada", "Great, then we meet at the north gate at 11:30"),
    ("Ben", "Agreed, north gate at 11:30 it is"),
    ("Cleo", "Ada, could you ask your brother for the grill?"),
    ("Ada", "I will ask him tonight"),
  ]

  /// A WhatsApp export in the dashed 24-hour form, as the app writes it.
  /// - Parameter marker: said by one of the senders.
  public static func export(saying marker: String? = nil, named name: String = "Picnic") -> ChatExport {
    let all = messages + (marker.map { [(sender: "Ben", text: "Decided: \($0), we meet on Friday at 18:00")] } ?? [])
    let lines = all.enumerated().map { index, message in
      "13/03/2026, 09:\(10 + index) - \(message.sender): \(message.text)\n"
    }
    return ChatExport(fileName: "WhatsApp Chat with \(name).txt", bytes: Array(lines.joined().utf8))
  }

  /// The same text form that clients put into requests (`ChatTranscript`).
  public static func transcript(_ messages: [(sender: String, text: String)]) -> String {
    messages.enumerated().map { index, message in
      "[2026-03-13 09:\(10 + index)] \(message.sender): \(message.text)\n"
    }.joined()
  }
}
