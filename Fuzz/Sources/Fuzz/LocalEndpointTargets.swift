import ChatHistory
import Inference
import LocalEndpoint
import StrictJSON

extension FuzzTarget {
  static let localEndpoint = [
    FuzzTarget("app-chat-request", seeds: { AppRequests.chats.map { Array($0.utf8) } }) { bytes in
      let app: AppChatRequest
      do throws(EndpointError) {
        app = try AppChatRequest(parsing: bytes)
      } catch {
        claim(error.hasShortMember, "a received name goes back no longer than any of the protocol")
        return
      }
      let travelling = app.request.jsonValue
      claim(app.request.model == AppChatRequest.modelName, "the model's name that an app chose stays here")
      claim(names(travelling).isSubset(of: AppRequests.closedMembers), "nothing but the closed form travels")
      let again = try AppChatRequest(parsing: travelling.canonicalBytes)
      claim(again.request == app.request && again.isStreamed, "what travels reads the same, as a stream")
    },
    FuzzTarget("app-responses-request", seeds: { AppRequests.responses.map { Array($0.utf8) } }) { bytes in
      let app: AppResponsesRequest
      do throws(EndpointError) {
        app = try AppResponsesRequest(parsing: bytes)
      } catch {
        claim(error.hasShortMember, "a received name goes back no longer than any of the protocol")
        return
      }
      let travelling = app.chat.request.jsonValue
      claim(app.chat.request.model == AppChatRequest.modelName, "the model's name that an app chose stays here")
      claim(names(travelling).isSubset(of: AppRequests.closedMembers), "nothing but the closed form travels")
      if let instructions = app.instructions {
        let first = app.chat.request.messages.first
        claim(first?.role == .system && first?.content == instructions, "instructions come first")
      }
      let again = try AppChatRequest(parsing: travelling.canonicalBytes)
      claim(again.request == app.chat.request, "what travels reads the same, as a chat")
    },
    FuzzTarget("app-embeddings-request", seeds: { AppRequests.embeddings.map { Array($0.utf8) } }) { bytes in
      let app: AppEmbeddingsRequest
      do throws(EndpointError) {
        app = try AppEmbeddingsRequest(parsing: bytes)
      } catch {
        claim(error.hasShortMember, "a received name goes back no longer than any of the protocol")
        return
      }
      let travelling = app.request.jsonValue
      claim(names(travelling) == ["model", "input"], "nothing but the closed form travels")
      claim(
        try AppEmbeddingsRequest(parsing: travelling.canonicalBytes).request == app.request,
        "what travels reads the same")
    },
    FuzzTarget("page-request", seeds: { AppRequests.page.map { Array($0.utf8) } }) { bytes in
      let reply = try? ReplyPreviewBody(bytes)
      for choice in [try? SummaryPreviewBody(bytes).choice, reply?.choice].compactMap(\.self) {
        if case .unread(let count) = choice.range { claim((1...1_000_000).contains(count), "a count is in its range") }
        claim(
          choice.reader.map { (1...ReplyRequest.readerByteLimit).contains($0.utf8.count) } ?? true, "a name is bounded")
      }
      claim(reply?.hint.map { (1...ReplyRequest.hintByteLimit).contains($0.utf8.count) } ?? true, "a hint is bounded")
      if let passphrase = try? PassphraseBody(bytes).passphrase {
        claim(passphrase.utf8.count <= PassphraseBody.byteLimit, "a passphrase is bounded")
      }
      guard let request = try? ConversationBody(bytes).request else { return }
      claim(
        request.stream && request.messages.allSatisfy { $0.role != .system }, "a page asks as a person, for a stream")
      claim(
        try ChatCompletionRequest(parsing: request.jsonValue.canonicalBytes) == request, "what travels reads the same")
    },
  ]
}

private func names(_ value: JSONValue) -> Set<String> {
  if case .object(let members) = value { Set(members.keys) } else { [] }
}

extension EndpointError {
  /// 64 characters of a name, behind the name of the list that it stands in.
  fileprivate var hasShortMember: Bool { (member?.count ?? 0) <= "messages.".count + 64 }
}

/// Requests as OpenAI's clients write them.
private enum AppRequests {
  static let closedMembers: Set = [
    "model", "messages", "max_tokens", "temperature", "top_p", "seed", "stop", "stream",
  ]

  static let chats = [
    #"{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}]}"#,
    #"""
    {"model":"any","messages":[{"role":"developer","content":"Be brief."},{"role":"assistant","content":"Yes?"},
    {"role":"user","content":[{"type":"text","text":"Hello"},{"type":"text","text":" you"}]}],
    "max_completion_tokens":9,"temperature":0.5,"top_p":1,"seed":3,"stop":["\n","end"],"stream":true,
    "stream_options":{"include_usage":true}}
    """#,
    #"""
    {"model":"any","messages":[{"role":"user","content":"Hello"}],"n":1,"tools":[],"tool_choice":"none","logprobs":false,
    "frequency_penalty":0,"presence_penalty":0,"logit_bias":{},"response_format":{"type":"text"},"max_tokens":7,
    "stop":"end","user":"somebody","metadata":{"a":"b"},"store":true,"safety_identifier":"x","service_tier":"auto"}
    """#,
    #"{"model":"any","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}}]}]}"#,
  ]

  static let responses = [
    #"{"model":"gpt-4o","input":"Hello"}"#,
    #"""
    {"model":"any","instructions":"Be brief.","max_output_tokens":9,"temperature":0.5,"top_p":1,"stream":true,
    "input":[{"role":"developer","content":"Be kind."},{"role":"user","content":[{"type":"input_text","text":"Hello"},
    {"type":"input_text","text":" you"}]}]}
    """#,
    #"""
    {"model":"any","input":[{"role":"user","content":"Hello"},{"id":"msg_1","type":"message","role":"assistant",
    "status":"completed","phase":null,"content":[{"type":"output_text","text":"Yes?","annotations":[],"logprobs":null}]},
    {"type":"message","role":"user","content":"And you?"}]}
    """#,
    #"""
    {"model":"any","input":"Hello","text":{"format":{"type":"text"}},"tools":[],"tool_choice":"auto","include":[],
    "parallel_tool_calls":true,"truncation":"disabled","background":false,"top_logprobs":0,"user":"somebody",
    "metadata":{"a":"b"},"store":true,"safety_identifier":"x","prompt_cache_key":"x","previous_response_id":null}
    """#,
    #"{"model":"any","input":[{"type":"function_call_output","call_id":"1","output":"x"}],"previous_response_id":"x"}"#,
  ]

  static let page = [
    #"{"chat":"1","count":20,"range":"unread","reader":"Ana","redact":true}"#,
    #"{"chat":"1","hint":"yes","range":"since","redact":false,"since":"2026-06-13 07:46"}"#,
    #"{"messages":[{"content":"Hello","role":"user"},{"content":"Yes?","role":"assistant"}]}"#,
    #"{"passphrase":"six words of a list, say"}"#, #"{"chat":"1","count":0,"range":"unread","redact":true}"#,
    #"{"messages":[{"content":"Be rude.","role":"system"}]}"#,
  ]

  static let embeddings = [
    #"{"model":"any","input":"one text","encoding_format":"float"}"#,
    #"{"model":"any","input":["one","two"],"encoding_format":"base64","user":"somebody"}"#,
    #"{"model":"any","input":[[1,2]],"dimensions":7}"#,
  ]
}
