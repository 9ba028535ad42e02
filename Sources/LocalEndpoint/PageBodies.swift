package import ChatHistory
import ErrorCodes
package import Inference
import StrictJSON

// What the page's script sends: JSON objects with these members and no other.

enum PageBody {
  /// A conversation, the largest, is 256 KiB to a node.
  static let byteLimit = 320 << 10
}

/// Reads one body; what is not of its schema is refused with the code of StrictJSON or `page-request-invalid`.
private func read<Body>(
  _ bytes: [UInt8], _ name: StaticString, _ members: (inout JSONObject) throws -> Body
) throws(EndpointError) -> Body {
  do {
    var object = try JSONObject(parsing: bytes, name: name, byteLimit: PageBody.byteLimit)
    let body = try members(&object)
    try object.finish()
    return body
  } catch let error as any CodedError {
    throw EndpointError(error)
  } catch {
    throw EndpointError(EndpointError.pageRequest, "\(name) is not of its schema")
  }
}

/// A text that may be left out, but not be empty.
private func text(_ object: inout JSONObject, _ name: StaticString, byteLimit: Int) throws -> String? {
  guard let value = object.optional(name) else { return nil }
  guard case .string(let text) = value, (1...byteLimit).contains(text.utf8.count) else {
    throw invalid("\(name) is no text of 1 to \(byteLimit) bytes")
  }
  return text
}

private func invalid(_ message: String) -> EndpointError { EndpointError(EndpointError.pageRequest, message) }

struct EmptyBody {
  init(_ bytes: [UInt8]) throws(EndpointError) { try read(bytes, "body") { _ in } }
}

struct FeatureBody {
  let isOn: Bool

  init(_ bytes: [UInt8]) throws(EndpointError) { isOn = try read(bytes, "feature") { try $0.boolean("on") } }
}

struct ConsentBody {
  let task: PageTask
  let isGranted: Bool

  init(_ bytes: [UInt8]) throws(EndpointError) {
    (task, isGranted) = try read(bytes, "consent") { object in
      guard let task = PageTask(rawValue: try object.string("task")) else { throw invalid("no such task") }
      return (task, try object.boolean("granted"))
    }
  }
}

struct ChoiceBody {
  let chat: String
  let name: String

  init(_ bytes: [UInt8]) throws(EndpointError) {
    (chat, name) = try read(bytes, "choice") { (try $0.string("chat"), try $0.string("name")) }
  }
}

struct ExclusionBody {
  let chat: String

  init(_ bytes: [UInt8]) throws(EndpointError) { chat = try read(bytes, "exclusion") { try $0.string("chat") } }
}

/// The excluded chat's place in the list, and its name there, so that a list that changed meanwhile allows no other.
struct InclusionBody {
  let index: Int
  let name: String

  init(_ bytes: [UInt8]) throws(EndpointError) {
    (index, name) = try read(bytes, "inclusion") { object in
      guard let index = Int(exactly: try object.count("index")) else { throw invalid("index is out of its range") }
      return (index, try object.string("name"))
    }
  }
}

/// Which messages of the open chat, and who reads them.
package struct MessageChoice {
  let chat: String
  package let range: ChatSelection.Range
  package let reader: String?

  fileprivate init(_ object: inout JSONObject) throws {
    chat = try object.string("chat")
    range = try Self.range(&object)
    reader = try text(&object, "reader", byteLimit: ReplyRequest.readerByteLimit)
  }

  private static func range(_ object: inout JSONObject) throws -> ChatSelection.Range {
    switch try object.string("range") {
    case "recent": return .recent
    case "unread":
      guard let count = Int(exactly: try object.count("count")), (1...1_000_000).contains(count) else {
        throw invalid("count is not from 1 to 1000000")
      }
      return .unread(count)
    case "since":
      guard let time = LocalTime(try object.string("since")) else {
        throw invalid("since is no time: yyyy-MM-dd HH:mm")
      }
      return .since(time)
    default: throw invalid("range is none of recent, unread and since")
    }
  }
}

package struct SummaryPreviewBody {
  package let choice: MessageChoice
  let isRedacted: Bool

  package init(_ bytes: [UInt8]) throws(EndpointError) {
    (choice, isRedacted) = try read(bytes, "preview") { (try MessageChoice(&$0), try $0.boolean("redact")) }
  }
}

package struct ReplyPreviewBody {
  package let choice: MessageChoice
  let isRedacted: Bool
  /// What the reply should say.
  package let hint: String?

  package init(_ bytes: [UInt8]) throws(EndpointError) {
    (choice, isRedacted, hint) = try read(bytes, "preview") { object in
      (
        try MessageChoice(&object), try object.boolean("redact"),
        try text(&object, "hint", byteLimit: ReplyRequest.hintByteLimit)
      )
    }
  }
}

/// What a chat holds is asked about by the preview that the person saw, and by nothing else.
struct ShownPreviewBody {
  let preview: String

  init(_ bytes: [UInt8]) throws(EndpointError) { preview = try read(bytes, "request") { try $0.string("preview") } }
}

struct RewriteBody {
  /// In bytes; a node takes less.
  static let draftByteLimit = 64 << 10

  let draft: String
  let tone: RewriteRequest.Tone

  init(_ bytes: [UInt8]) throws(EndpointError) {
    (draft, tone) = try read(bytes, "writing") { object in
      let draft = try object.string("draft")
      guard draft.utf8.count <= Self.draftByteLimit else {
        throw invalid("draft is above \(Self.draftByteLimit) bytes")
      }
      guard let tone = RewriteRequest.Tone(rawValue: try object.string("tone")) else { throw invalid("no such tone") }
      return (draft, tone)
    }
  }
}

package struct ConversationBody {
  package let request: ChatCompletionRequest

  package init(_ bytes: [UInt8]) throws(EndpointError) {
    request = try read(bytes, "conversation") { object in
      let messages = try object.array("messages").map { element in
        var message = try JSONObject(element, name: "message")
        guard let role = ChatCompletionRequest.Role(rawValue: try message.string("role")), role != .system else {
          throw invalid("role is neither user nor assistant")
        }
        let content = try message.string("content")
        try message.finish()
        return ChatCompletionRequest.Message(role: role, content: content)
      }
      return try ChatCompletionRequest(
        model: AppChatRequest.modelName, messages: messages, stream: true)
    }
  }
}

struct ReceiptBody {
  let identifier: String

  init(_ bytes: [UInt8]) throws(EndpointError) { identifier = try read(bytes, "receipt") { try $0.string("id") } }
}

/// What opens the history. Secret.
package struct PassphraseBody {
  package static let byteLimit = 1_024

  package let passphrase: String

  package init(_ bytes: [UInt8]) throws(EndpointError) {
    passphrase = try read(bytes, "passphrase") { object in
      let passphrase = try object.string("passphrase")
      guard passphrase.utf8.count <= Self.byteLimit else {
        throw invalid("passphrase is above \(Self.byteLimit) bytes")
      }
      return passphrase
    }
  }
}

/// Deleting says that it means all: an empty request does nothing.
struct PurgeBody {
  init(_ bytes: [UInt8]) throws(EndpointError) {
    try read(bytes, "purge") { object in
      guard try object.string("confirm") == "all" else { throw invalid("confirm does not say all") }
    }
  }
}
