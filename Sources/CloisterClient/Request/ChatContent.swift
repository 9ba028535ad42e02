import ChatHistory
import Trust

/// The content of a request that holds part of a chat: as much of it as the largest class of requests has room for.
enum ChatContent {
  /// The largest class, less what Binary HTTP adds to the content.
  private static let limit = RequestClass.largest.byteCount - 1_024

  /// - Parameter content: the request's content with a transcript in it.
  static func fitting(
    _ chat: Chat, _ range: ChatSelection.Range, content: (String) -> [UInt8]
  ) -> (selection: ChatSelection, content: [UInt8]) {
    var transcriptLimit = ChatTranscript.byteCountLimit
    while true {
      let selection = ChatSelection(chat, range, byteCountLimit: transcriptLimit)
      let bytes = content(selection.transcript)
      let excess = bytes.count - limit
      if excess <= 0 || transcriptLimit == 0 { return (selection, bytes) }
      // Escapes make the text longer than the transcript is.
      transcriptLimit = max(transcriptLimit - excess, 0)
    }
  }
}
