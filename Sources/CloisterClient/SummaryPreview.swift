package import ChatHistory
import Trust

/// What a summary's request would hold, before anything is sent. Holds content: neither printable nor encodable.
package struct SummaryPreview: Sendable {
  /// The messages as they travel, and what stays behind.
  package let selection: ChatSelection
  /// What the node reads: JSON, byte for byte.
  package let content: [UInt8]
  /// The size that whoever carries the request sees, in bytes.
  package let requestClassByteCount: Int

  /// - Throws: `chat-excluded`, the codes of `ChatHistory`, `policy-missing`, `request-too-large`.
  package init(
    _ export: ChatExport, range: ChatSelection.Range, reader: String?, state: ClientState
  ) throws(ClientError) {
    let chat = try export.chat(under: try state.consent.current())
    // The class of the answer changes one word of the request, of the same class in each case.
    let task = SummaryTask(chat: chat, range: range, reader: reader, answerClass: .block)
    selection = task.selection
    content = task.task.content
    let policy = try state.policies.current().policy
    requestClassByteCount = try task.task.request(origin: policy.operatorOrigin).requestClass.byteCount
  }
}

extension ChatExport {
  /// The chat, for whoever chooses from it on this device.
  /// - Throws: `chat-excluded`, the codes of `ChatHistory`.
  package func opened(under consent: Consent) throws(ClientError) -> Chat { try chat(under: consent) }
}
