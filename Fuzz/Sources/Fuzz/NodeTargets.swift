import BinaryHTTP
import Inference
import Node
import StrictJSON
import Trust

extension FuzzTarget {
  static let node = [
    FuzzTarget("host-message", seeds: { [Array(#"{"note":"AA==","release":"AQ==","releaseProof":"Ag=="}"#.utf8)] }) {
      bytes in
      _ = try? HostMessage(parsing: bytes)
    },
    FuzzTarget("host-peers", seeds: { [Array(hostPeers.utf8)] }) { bytes in
      guard let peers = try? HostPeers(parsing: bytes) else { return }
      claim(
        peers.servers.values.allSatisfy { $0.hasPrefix("http") && $0.utf8.count <= 300 }, "an address is one of HTTP")
    },
    // The bytes are the plaintext: behind the encryption, as everything is that a client may write there.
    FuzzTarget("task-request", seeds: taskRequests) { bytes in
      let (answerClass, result) = TaskRequest.decode(bytes)
      let request: TaskRequest
      do throws(TaskRefusal) {
        request = try result.get()
      } catch {
        claim((400..<500).contains(error.status), "whoever asked is told that it is theirs")
        return
      }
      switch request {
      // Without a message of a person there is nothing to pass on.
      case .summarize(let summary) where !summary.messages.isEmpty:
        let again = try SummaryRequest(parsing: summary.body.canonicalBytes)
        claim(again.body == summary.body, "a summary that is passed on reads the same")
      case .reply(let reply):
        let again = try ReplyRequest(parsing: reply.body.canonicalBytes)
        claim(again.body == reply.body, "a reply that is passed on reads the same")
      case .rewrite(let rewriting):
        let again = try RewriteRequest(parsing: rewriting.body.canonicalBytes)
        claim(again.body == rewriting.body, "a draft that is passed on reads the same")
      case .complete(let completion):
        claim(completion.stream == answerClass.isStream, "a chat streams in the classes that have room for it")
      case .summarize, .embed, .listModels: break
      }
    },
    FuzzTarget("node-configuration", maximumByteCount: 1 << 13, seeds: nodeConfigurations) { bytes in
      guard let configuration = try? NodeConfiguration(parsing: bytes) else { return }
      claim(
        configuration.weaknesses == Set(configuration.weaknesses).sorted()
          && configuration.weaknesses.allSatisfy { Protection(rawValue: $0) != nil }, "weaknesses are known, each once")
      claim(!configuration.calls.contains(configuration.role), "a node calls none of its own role")
      claim(
        try EngineLocation(configuration.engine.jsonValue) == configuration.engine, "a written engine reads the same")
    },
  ]

  @Sendable private static func taskRequests() -> [[UInt8]] {
    let transcript = #"[2026-06-13 07:46] Jo: Friday at 7?\n[2026-06-13 07:47 media a.jpg] Sam: \n"#
    let bodies = [
      ("summarize", #"{"reader":"Sam","transcript":"\#(transcript)"}"#),
      ("reply", #"{"hint":"yes","transcript":"\#(transcript)"}"#),
      ("rewrite", #"{"draft":"I can come.","tone":"concise"}"#), ("rewrite", #"{"draft":" ","tone":"concise"}"#),
    ]
    return bodies.map { task, body in taskRequest("/v1/tasks/\(task)", "block", body) } + [
      taskRequest(
        "/v1/chat/completions", "frames",
        #"{"messages":[{"content":"Hello","role":"user"}],"model":"small","stream":true}"#)
    ]
  }

  private static func taskRequest(_ path: String, _ answerClass: String, _ body: String) -> [UInt8] {
    Request(
      method: "POST", scheme: "https", authority: "operator.test", path: path,
      headerFields: ["content-type": "application/json", "cloister-answer": answerClass], content: Array(body.utf8)
    ).encoded()
  }

  @Sendable private static func nodeConfigurations() throws -> [[UInt8]] {
    let file: JSONValue = [
      "path": "/opt/engine", "digest": .string(String(repeating: "0a", count: 32)),
    ]
    let program: JSONValue = [
      "name": "engine", "binary": file, "models": [], "arguments": ["--socket", "{socket}"], "environment": ["A=b"],
      "capabilities": ["chat"], "parallel": 4, "contextTokens": 8192, "answerTokens": 1024,
      "memoryBytes": 1_073_741_824,
      "startSeconds": 60,
    ]
    let engines: [JSONValue] = [
      "embedded", "unix:/run/engine", program, ["peer": "model", "name": "small", "parallel": 2],
      ["peer": "assistant", "name": "small", "parallel": 2],
    ]
    let policy = try TrustFixture.policy()
    return engines.map { engine in
      let configuration: JSONValue = [
        "role": "assistant", "operator": .string(policy.operatorOrigin), "epochs": policy.epochs.json,
        "epochLog": .string(policy.epochLog.encoded), "releaseLog": .string(policy.releaseLog.encoded),
        "witnesses": policy.witnesses.json, "publishers": policy.publishers.json, "engine": engine,
        "weaknesses": ["engine-not-isolated"],
      ]
      return configuration.canonicalBytes
    }
  }

  private static let hostPeers =
    #"{"file":"AA==","nodes":[{"node":"\#(String(repeating: "0", count: 64))","server":"http://127.0.0.1:80"}]}"#
}
