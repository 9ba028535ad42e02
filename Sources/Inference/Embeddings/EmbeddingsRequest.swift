public import StrictJSON

/// The closed form of an OpenAI embeddings request that Cloister accepts; a member not named here is refused.
///
///     {"model": …, "input": [text, …]}
///
/// `input` may be one text too. Vectors come back whole, in the form that `EmbeddingsResponse` has.
public struct EmbeddingsRequest: Sendable, Equatable {
  public static let byteLimit = 256 << 10
  public static let inputLimit = 64

  public let model: String
  public let inputs: [String]

  /// - Throws: `embeddings-request-invalid` without a text, with an empty one, or with too many.
  public init(model: String, inputs: [String]) throws(InferenceError) {
    func demand(_ condition: Bool, _ message: String) throws(InferenceError) {
      guard condition else { throw InferenceError(InferenceError.embeddingsInvalid, message) }
    }
    try demand(
      (1...ChatCompletionRequest.modelByteLimit).contains(model.utf8.count), "model has \(model.utf8.count) bytes")
    try demand((1...Self.inputLimit).contains(inputs.count), "input has \(inputs.count) texts")
    try demand(inputs.allSatisfy { !$0.isEmpty }, "input has an empty text")
    self.model = model
    self.inputs = inputs
  }

  /// Decodes an untrusted body.
  /// - Throws: the code of the JSON refusal, `embeddings-request-invalid`.
  public init(parsing bytes: [UInt8]) throws(InferenceError) {
    do {
      var object = try JSONObject(parsing: bytes, name: "embeddings request", byteLimit: Self.byteLimit)
      let model = try object.string("model")
      let inputs = try Self.texts(try object.value("input"))
      try object.finish()
      try self.init(model: model, inputs: inputs)
    } catch let error as JSONError {
      throw InferenceError(error)
    } catch let error as InferenceError {
      throw error
    } catch {
      throw InferenceError(InferenceError.embeddingsInvalid, "request is not an embeddings request")
    }
  }

  private static func texts(_ value: JSONValue) throws(JSONError) -> [String] {
    let elements = if case .array(let elements) = value { elements } else { [value] }
    var texts: [String] = []
    for element in elements {
      guard case .string(let text) = element else {
        throw JSONError(JSONError.wrongType, "member input of embeddings request holds something else than text")
      }
      texts.append(text)
    }
    return texts
  }

  public var jsonValue: JSONValue {
    ["model": .string(model), "input": .array(inputs.map(JSONValue.string))]
  }
}
