package import Inference
import StrictJSON

/// What an app asks of `/v1/embeddings`, read into the closed form in which it leaves the device, by the rules of
/// `AppChatRequest`.
package struct AppEmbeddingsRequest: Sendable {
  /// The form of vectors in the app's answer.
  package enum Encoding: String, Sendable {
    case float
    case base64
  }

  package let request: EmbeddingsRequest
  package let encoding: Encoding

  /// - Throws: the codes of JSON refusals, `embeddings-request-invalid`, `completion-value-unsupported`.
  package init(parsing bytes: [UInt8]) throws(EndpointError) {
    var members = try AppMembers(parsing: bytes)
    members.drop(AppMembers.identifying)
    try members.dropModel()
    encoding = try Self.encoding(members.take("encoding_format"))
    guard let input = members.take("input") else {
      throw EndpointError(JSONError.missingMember, "request has no input", member: "input")
    }
    guard !Self.isTokens(input) else {
      throw EndpointError(
        EndpointError.valueUnsupported,
        "input is tokens of a model that is not asked; send texts (LangChain: check_embedding_ctx_length=False)",
        member: "input")
    }
    try members.finish()
    let form: JSONValue = ["model": .string(AppChatRequest.modelName), "input": input]
    do {
      request = try EmbeddingsRequest(parsing: form.canonicalBytes)
    } catch {
      throw EndpointError(error)
    }
  }

  /// Numbers, or lists of them, which some clients make of texts by themselves.
  private static func isTokens(_ input: JSONValue) -> Bool {
    guard case .array(let elements) = input else { return false }
    return elements.contains { element in
      switch element {
      case .integer, .array: true
      default: false
      }
    }
  }

  private static func encoding(_ value: JSONValue?) throws(EndpointError) -> Encoding {
    guard let value else { return .float }
    guard case .string(let name) = value, let encoding = Encoding(rawValue: name) else {
      throw EndpointError(
        EndpointError.valueUnsupported, "this value is not offered here", member: "encoding_format")
    }
    return encoding
  }
}
