import Inference
import StrictJSON
import Testing

@Suite("Embeddings")
struct EmbeddingsTests {
  private static func read(_ text: String, inputs: Int = 2) throws -> EmbeddingsResponse {
    try EmbeddingsResponse(parsingEngineAnswer: Array(text.utf8), inputCount: inputs)
  }

  @Test("an engine's vectors are put in the order of the texts, and its other members dropped")
  func engineAnswer() throws {
    let response = try Self.read(
      #"""
      {"model":"m","object":"list","timings":{"cache_n":7},"usage":{"prompt_tokens":5,"total_tokens":5},"data":[
        {"index":1,"embedding":[1,-2.5e-3],"object":"embedding","text":"a secret"},{"index":0,"embedding":[0.5,0]}]}
      """#)
    #expect(response.vectors == [[0.5, 0], [1, -2.5e-3]])
    #expect(response.promptTokenCount == 5)
    #expect(!response.jsonValue.canonicalText.contains("secret") && !response.jsonValue.canonicalText.contains("cache"))
  }

  @Test("what is written is OpenAI's base64 form: little-endian, 32 bits")
  func base64() throws {
    let response = try EmbeddingsResponse(model: "m", vectors: [[1, -0.5]], promptTokenCount: 3)
    let expected: JSONValue = [
      "object": "list", "model": "m",
      "data": [["object": "embedding", "index": 0, "embedding": "AACAPwAAAL8="]],
      "usage": ["prompt_tokens": 3, "total_tokens": 3],
    ]
    #expect(response.jsonValue == expected)
    #expect(try EmbeddingsResponse(parsing: response.jsonValue.canonicalBytes, inputCount: 1) == response)
  }

  @Test(
    "an engine's answer that is not a vector for each text is engine-failed",
    arguments: [
      #"{"data":[{"index":0,"embedding":[1]}]}"#,
      #"{"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}]}"#,
      #"{"data":[{"index":0,"embedding":[1]},{"index":2,"embedding":[1]}]}"#,
      #"{"data":[{"index":0,"embedding":[1]},{"index":-1,"embedding":[1]}]}"#,
      #"{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[1,2]}]}"#,
      #"{"data":[{"index":0,"embedding":[]},{"index":1,"embedding":[]}]}"#,
      #"{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":["1"]}]}"#,
      #"{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[1e300]}]}"#,
      #"{"data":[{"index":0,"embedding":"AACAPw=="},{"index":1,"embedding":"AACAPw=="}]}"#,
      #"{"data":[{"index":0},{"index":1}]}"#, #"{"data":{}}"#, #"[]"#, "",
    ])
  func engineRefusals(answer: String) {
    #expect(throws: InferenceError(InferenceError.engineFailed, "")) { try Self.read(answer) }
  }

  @Test("a node's vectors with a number that is none, or cut, are refused", arguments: ["AADAfw==", "AACAPwA=", "%"])
  func nodeRefusals(vector: String) {
    let answer = Array(#"{"data":[{"index":0,"embedding":"\#(vector)"}]}"#.utf8)
    #expect(throws: InferenceError(InferenceError.engineFailed, "")) {
      try EmbeddingsResponse(parsing: answer, inputCount: 1)
    }
  }

  @Test("one text and many are read alike")
  func requests() throws {
    let one = try EmbeddingsRequest(parsing: Array(#"{"input":"a","model":"m"}"#.utf8))
    let many = try EmbeddingsRequest(parsing: Array(#"{"input":["a"],"model":"m"}"#.utf8))
    #expect(one == many && one.inputs == ["a"])
  }

  @Test(
    "a request with an unknown member, no text, an empty one, tokens, or too many is refused",
    arguments: [
      #"{"input":["a"],"model":"m","user":"u"}"#, #"{"input":["a"],"model":"m","dimensions":4}"#,
      #"{"input":[],"model":"m"}"#, #"{"input":[""],"model":"m"}"#, #"{"input":"","model":"m"}"#,
      #"{"input":[1,2],"model":"m"}"#, #"{"input":[["a"]],"model":"m"}"#, #"{"input":["a"]}"#, #"{"model":"m"}"#,
      #"{"input":[\#((0...64).map { _ in #""a""# }.joined(separator: ","))],"model":"m"}"#, "{}", "",
    ])
  func requestRefusals(request: String) {
    #expect(throws: InferenceError.self) { try EmbeddingsRequest(parsing: Array(request.utf8)) }
  }

  /// Answers a vector for each text, and keeps what it was asked.
  private final class VectorTransport: EngineTransport {
    func post(
      _ body: [UInt8], to path: String, answerByteLimit: Int
    ) async throws(InferenceError) -> [UInt8] {
      guard path == "/v1/embeddings", body == Array(#"{"input":["a"],"model":"own"}"#.utf8) else {
        throw InferenceError(InferenceError.engineFailed, "not what was to be asked")
      }
      return Array(#"{"data":[{"index":0,"embedding":[1,2]}],"model":"own"}"#.utf8)
    }

    func postStreaming(
      _ body: [UInt8], to path: String, receive: ([UInt8]) async throws(InferenceError) -> Void
    ) async throws(InferenceError) {
      throw InferenceError(InferenceError.engineFailed, "no stream was to be asked for")
    }
  }

  @Test("an engine is asked for vectors under its own name, written anew")
  func asking() async throws {
    let engine = OpenAICompatibleEngine(model: "own", transport: VectorTransport(), capabilities: [.embeddings])
    let response = try await engine.embed(EmbeddingsRequest(model: "any", inputs: ["a"]))
    #expect(response.vectors == [[1, 2]])
  }

  @Test("a capability that the release does not name is engine-cannot, before the engine sees anything")
  func unnamedCapability() async throws {
    let refusal = InferenceError(InferenceError.engineCannot, "")
    let chatting = OpenAICompatibleEngine(model: "own", transport: VectorTransport())
    await #expect(throws: refusal) { try await chatting.embed(EmbeddingsRequest(model: "any", inputs: ["a"])) }
    let embedding = OpenAICompatibleEngine(model: "own", transport: VectorTransport(), capabilities: [.embeddings])
    let chat = try ChatCompletionRequest(model: "any", messages: [.init(role: .user, content: "a")])
    await #expect(throws: refusal) { try await embedding.complete(chat) }
    await #expect(throws: refusal) { try await embedding.stream(chat) { _ in } }
    await #expect(throws: refusal) { try await EmbeddedEngine().embed(EmbeddingsRequest(model: "any", inputs: ["a"])) }
  }
}
