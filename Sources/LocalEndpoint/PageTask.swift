import CloisterClient
import Inference

/// The tasks that a person can turn on in the page, by the words of consent and receipt.
enum PageTask: String, CaseIterable {
  case summarize
  case reply
  case rewrite
  case chat

  var title: String {
    switch self {
    case .summarize: "Summarise chats"
    case .reply: "Draft replies to chats"
    case .rewrite: "Help with writing"
    case .chat: "Chat with a model"
    }
  }

  var meaning: String {
    switch self {
    case .summarize: "The messages that you choose go to one verified machine. You see them before they leave."
    case .reply:
      "The messages that you choose go to one verified machine, with what you want to say. You see all of it before."
    case .rewrite: "The draft that you write goes to one verified machine, with the tone that you pick."
    case .chat: "What you type goes to one verified machine, with the conversation so far."
    }
  }

  /// Whether the operator's machines can do it; nil where nobody knows. Of a draft some tones may be missing.
  func isIn(_ offer: Offer) -> Bool? {
    switch self {
    case .summarize, .rewrite: offer.summaries
    case .reply: offer.writing
    case .chat: offer.chats
    }
  }

  /// The words for a receipt of any task.
  static func title(_ name: String) -> String {
    switch name {
    case "summarize": "Summary of a chat"
    case "rewrite": "Help with a draft"
    case "reply": "Draft of a reply"
    case "chat": "Chat with a model"
    case "embeddings": "Embedding of texts"
    default: "Task “\(name)”"
    }
  }
}

extension RewriteRequest.Tone {
  var title: String {
    switch self {
    case .concise: "Concise"
    case .professional: "Professional"
    case .friendlier: "Friendlier"
    case .clearer: "Clearer"
    case .spelling: "Spelling only"
    }
  }
}
