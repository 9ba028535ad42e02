import CloisterClient
import HTTPMessages
import Inference
import LocalEndpoint
import StrictJSON
import TestDeployment
import Testing

@Suite("Embeddings for apps")
struct EmbeddingsTests {
  private static func body(_ members: [String: JSONValue] = [:]) -> [UInt8] {
    let form: [String: JSONValue] = ["model": "any", "input": [.string(ClientFixture.marker)]]
    return JSONValue.object(form.merging(members) { _, new in new }).canonicalBytes
  }

  private func refusal(_ members: [String: JSONValue], granted: Bool = true) async throws -> Refusal {
    let endpoint = try EndpointFixture()
    if granted {
      try endpoint.client.state.consent.change {
        $0.grant(EmbeddingsAnswer.task)
        $0.grant(EmbeddingsAnswer.task, toApp: EndpointFixture.appName)
      }
    }
    var request = endpoint.request(Self.body(members))
    request.path = "/v1/embeddings"
    return try await endpoint.refusal(request)
  }

  @Test("refused: embeddings for an app that may chat alone")
  func consent() async throws {
    #expect(try await refusal([:], granted: false) == Refusal(403, "consent-missing"))
  }

  @Test("refused: embeddings that the verified release does not name, before a token is spent")
  func notNamed() async throws {
    let endpoint = try EndpointFixture(hasEmbedders: true) { $0.releases[0].entry.capabilities = [.chat] }
    try endpoint.client.state.consent.change {
      $0.grant(EmbeddingsAnswer.task)
      $0.grant(EmbeddingsAnswer.task, toApp: EndpointFixture.appName)
    }
    var request = endpoint.request(Self.body())
    request.path = "/v1/embeddings"
    #expect(try await endpoint.refusal(request) == Refusal(422, "engine-cannot"))
    #expect(try endpoint.client.state.receipts.all().isEmpty)
  }

  @Test("refused by name: a member or a value that is not offered")
  func members() async throws {
    #expect(try await refusal(["dimensions": 12]) == Refusal(400, "json-unknown-member", "dimensions"))
    #expect(
      try await refusal(["encoding_format": "hex"]) == Refusal(400, "completion-value-unsupported", "encoding_format"))
    #expect(try await refusal(["model": nil]) == Refusal(400, "json-missing-member", "model"))
    #expect(try await refusal(["input": nil]) == Refusal(400, "json-missing-member", "input"))
  }

  @Test("refused: no text, an empty one, too many, and what is none")
  func input() async throws {
    let many = JSONValue.array(Array(repeating: "a", count: 65))
    for input in [[], [""], "", many] as [JSONValue] {
      #expect(try await refusal(["input": input]) == Refusal(400, "embeddings-request-invalid"))
    }
    #expect(try await refusal(["input": [true]]) == Refusal(400, "json-wrong-type"))
  }

  @Test("refused: tokens in place of texts, with the setting that turns them off in the client")
  func tokens() async throws {
    for input in [[1, 2], [[1, 2]], [[1], [2, 3]], ["a", [1]]] as [JSONValue] {
      let refused = Refusal(400, "completion-value-unsupported", "input")
      #expect(try await refusal(["input": input]) == refused)
      do {
        _ = try AppEmbeddingsRequest(parsing: Self.body(["input": input]))
        Issue.record("tokens are taken")
      } catch {
        #expect(error.message.contains("check_embedding_ctx_length=False"))
      }
    }
  }

  @Test("a vector comes back for each text, as numbers or in base64, and names its receipt")
  func answered() async throws {
    let vectors = try EmbeddingsResponse(model: "test", vectors: [[0.5, -1.5], [1, 0.25]], promptTokenCount: 3)
    let forms: [(String, JSONValue)] = [("float", [.number(0.5), .number(-1.5)]), ("base64", "AAAAPwAAwL8=")]
    for (encoding, first) in forms {
      let endpoint = try EndpointFixture(events: [vectors.jsonValue.canonicalText, "[DONE]"], hasEmbedders: true)
      try endpoint.client.state.consent.change {
        $0.grant(EmbeddingsAnswer.task)
        $0.grant(EmbeddingsAnswer.task, toApp: EndpointFixture.appName)
      }
      var request = endpoint.request(
        Self.body(["input": ["a", "b"], "encoding_format": .string(encoding), "user": "person-4711"]))
      request.path = "/v1/embeddings"
      let answer = try await endpoint.ask(request)
      #expect(answer.status == 200)
      let receipt = try #require(endpoint.client.state.receipts.all().first)
      #expect(receipt.task == "embeddings" && answer.field("x-cloister-receipt") == receipt.identifier)
      guard case .object(let members)? = answer.json, case .array(let data)? = members["data"],
        case .object(let element)? = data.first
      else { throw JSONError(JSONError.wrongType, "") }
      #expect(data.count == 2 && element["index"] == 0 && element["embedding"] == first)
      #expect(members["usage"] == ["prompt_tokens": 3, "total_tokens": 3])
      let opened = try JSONValue(parsing: try #require(endpoint.client.parties.contents.first))
      #expect(opened == ["model": "default", "input": ["a", "b"]])
    }
  }

  @Test("a well-formed request, with a user that is dropped, is refused only where no node embeds")
  func noNode() async throws {
    #expect(try await refusal(["user": "person-4711", "encoding_format": "float"]) == Refusal(502, "too-few-chips"))
  }
}
