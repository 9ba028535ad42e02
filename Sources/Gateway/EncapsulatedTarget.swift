package import BinaryHTTP
import ErrorCodes
package import HTTPMessages
package import ObliviousHTTP
import StrictJSON

/// What answers decrypted requests, behind the encapsulation.
package protocol EncapsulatedTarget: Sendable {
  /// Answers one decrypted request. Content that is not read when this returns is thrown away.
  func respond(to head: DecryptedHead, content: ByteStream) async -> TargetAnswer

  /// Answers bytes that decrypted and are no Binary HTTP request.
  /// - Parameter head: nil where not even that could be read.
  func refuseMalformed(_ head: DecryptedHead?, _ form: OHTTPForm) -> TargetAnswer
}

/// Control data and header section of a decrypted request, which says nothing about who wrote it.
package struct DecryptedHead: Sendable {
  package let controlData: RequestControlData
  package let fields: FieldSection
  /// How the request was encapsulated, and its answer will be.
  package let form: OHTTPForm

  package init(controlData: RequestControlData, fields: FieldSection, form: OHTTPForm) {
    self.controlData = controlData
    self.fields = fields
    self.form = form
  }
}

/// One answer and its shape on the wire.
package struct TargetAnswer: Sendable {
  package enum Message: Sendable {
    case whole(BinaryHTTP.Response)
    /// A head and content that follows it.
    /// - Parameter orElse: goes out instead while nothing was sent and the content turns out broken.
    case stream(BinaryHTTP.Response, content: ByteStream, orElse: BinaryHTTP.Response)
  }

  package let message: Message
  package let shape: AnswerShape

  package init(_ message: Message, shape: AnswerShape) {
    self.message = message
    self.shape = shape
  }
}

extension BinaryHTTP.Response {
  /// A refusal that names its stable code and nothing else.
  static func refusal(_ code: ErrorCode, status: Int) -> BinaryHTTP.Response {
    BinaryHTTP.Response(
      statusCode: status, headerFields: ["content-type": "application/json"],
      content: JSONValue.object(["code": .string(code.rawValue)]).canonicalBytes)
  }
}
