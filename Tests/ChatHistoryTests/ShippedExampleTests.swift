import ChatHistory
import Foundation
import Testing

@Suite("the shipped example")
struct ShippedExampleTests {
  @Test("the garden group reads as a chat of five people over five days and fits one request")
  func garden() throws {
    let file = URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
      .appendingPathComponent("examples/garden-group.txt")
    let chat = try WhatsAppExport.parse(Array(try Data(contentsOf: file)))
    #expect(chat.participants == ["Priya", "Jo", "Marek", "Leila", "Sam"])
    #expect(chat.dateOrder == .dayMonthYear && !chat.isDateOrderAmbiguous)
    #expect(Set(chat.messages.map(\.time.day)).count == 5)
    #expect(chat.messages.contains { $0.kind == .deleted })
    #expect(chat.messages.contains { $0.attachment != nil })
    #expect(chat.messages.contains { $0.isEdited })
    #expect(ChatSelection(chat).omission.isEmpty)
    let transcript = ChatSelection(chat).transcript
    let expected = chat.messages.map(ChatTranscript.canonical)
    #expect(try ChatTranscript.parse(transcript) == expected)
  }
}
