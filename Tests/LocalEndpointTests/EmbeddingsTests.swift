import CloisterClient
import HTTPMessages
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
    #expect(try await refusal(["input": [[1, 2]]]) == Refusal(400, "json-wrong-type"))
  }

  @Test("a well-formed request, with a user that is dropped, is refused only where no node embeds")
  func noNode() async throws {
    #expect(try await refusal(["user": "person-4711", "encoding_format": "float"]) == Refusal(502, "too-few-chips"))
  }
}
