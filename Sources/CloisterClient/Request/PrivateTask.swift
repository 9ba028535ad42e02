import BinaryHTTP
import Trust

/// One thing that a node is asked to do. Holds what the person wrote: neither printable nor encodable.
struct PrivateTask: Sendable {
  /// The role of the nodes that answer people.
  static let assistantRole = "assistant"

  /// The word of consent and receipt.
  let name: String
  /// The release role of the nodes that do it.
  let nodeRole: String
  /// One of these must be what the nodes' release says that they can be asked for, where it says so.
  let capabilities: Set<ReleaseEntry.Capability>
  let path: String
  /// JSON.
  let content: [UInt8]
  let answerClass: AnswerClass

  /// The fixed, minimal request, padded to its class.
  /// - Throws: `request-too-large`.
  func request(origin: String) throws(ClientError) -> (bytes: [UInt8], requestClass: RequestClass) {
    let request = BinaryHTTP.Request(
      method: "POST", scheme: "https", authority: origin, path: path,
      headerFields: ["content-type": "application/json", AnswerClass.fieldName: answerClass.rawValue], content: content)
    let bytes = request.encoded()
    guard let requestClass = RequestClass.smallest(holding: bytes.count) else {
      throw ClientError(
        ClientError.requestTooLarge, "request has \(bytes.count) bytes, at most \(RequestClass.largest.byteCount)")
    }
    return (bytes + [UInt8](repeating: 0, count: requestClass.byteCount - bytes.count), requestClass)
  }
}
