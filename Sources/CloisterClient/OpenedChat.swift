package import ChatHistory

extension ChatExport {
  /// The chat, for a person who chooses from it on this device. Sends nothing.
  /// - Throws: `chat-excluded`, the codes of `ChatHistory` and `ChatImports`.
  package func opened(under consent: Consent) throws(ClientError) -> Chat { try chat(under: consent) }
}
