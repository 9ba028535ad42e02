/// Summarises a chat of any length: whole where it fits the context window, else by notes of its parts, which are put
/// together until they fit. The same chat takes the same calls in the same order.
///
/// One call after the other: a request has one place at its node, and one at the engine.
struct ChatSummarizing {
  /// Of one part's notes in the message to the model.
  static let noteByteLimit = 1_024

  private let messages: [ChatMessage]
  private let reader: [QuotedData.Section]

  init(_ request: SummaryRequest) {
    messages = request.messages
    reader = request.reader.map { [.reader($0)] } ?? []
  }

  /// - Parameter receive: gets the words of the last call, which are the summary.
  /// - Throws: `chat-too-long` before the first call where it would take more of them than are left.
  func summary(_ calls: inout ModelCalls, _ receive: WordsReceiver?) async throws(InferenceError) -> String {
    let room = room(.summary, calls)
    let parts = QuotedChat(messages, byteLimit: room).parts(byteLimit: room)
    guard parts.count > 1 else {
      return try await calls.answer(.summary, [.chat(parts.first ?? [])] + reader, receive).text
    }
    return try await summaryOfParts(&calls, receive)
  }

  private func summaryOfParts(
    _ calls: inout ModelCalls, _ receive: WordsReceiver?
  ) async throws(InferenceError) -> String {
    let partRoom = room(.notes, calls)
    let parts = QuotedChat(messages, byteLimit: partRoom).parts(byteLimit: partRoom)
    let merging = NoteMerging(room: min(room(.notesOfNotes, calls), room(.summaryOfNotes, calls)))
    try calls.demand(parts.count + merging.callCount(noteCount: parts.count))
    var notes: [QuotedData.Section] = []
    for part in parts {
      notes.append(merging.section(try await calls.answer(.notes, [.chat(part)] + reader).text))
    }
    while notes.count > merging.groupLimit {
      var merged: [QuotedData.Section] = []
      for group in merging.groups(notes) {
        merged.append(merging.section(try await calls.answer(.notesOfNotes, group + reader).text))
      }
      notes = merged
    }
    return try await calls.answer(.summaryOfNotes, notes + reader, receive).text
  }

  /// What is left beside the reader's name, for lines of one section.
  private func room(_ prompt: Prompt, _ calls: ModelCalls) -> Int {
    calls.room(prompt) - reader.reduce(QuotedData.Section.chat([]).byteCount) { $0 + $1.byteCount }
  }
}

extension QuotedData.Section {
  static func chat(_ lines: [String]) -> Self { Self(name: "chat", lines: lines) }

  static func reader(_ name: String) -> Self {
    Self(name: "reader", lines: [QuotedText.cut(QuotedText.singleLine(name), byteLimit: 128)])
  }

  static func hint(_ text: String) -> Self {
    Self(name: "hint", lines: [QuotedText.cut(QuotedText.singleLine(text), byteLimit: ReplyRequest.hintByteLimit)])
  }
}
