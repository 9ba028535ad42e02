import CloisterClient
import ErrorCodes
import HTTPMessages
import Inference
import StrictJSON

/// A refusal in the form that OpenAI's clients read: `{"error": {"message", "type", "param", "code"}}`, with our code.
struct OpenAIFailure: Sendable {
  let error: EndpointError

  init(_ error: EndpointError) { self.error = error }

  var json: JSONValue { ["error": .object(members)] }

  var members: [String: JSONValue] {
    [
      "message": .string("\(error.code): \(error.message)\(error.member.map { ": \($0)" } ?? "")"),
      "type": .string(type), "param": error.member.map { .string($0) } ?? .null, "code": .string(error.code.rawValue),
    ]
  }

  /// - Parameter receipt: of a request that was sent before it failed.
  func response(receipt: String? = nil) -> WholeResponse {
    var response = WholeResponse(status: status, contentType: "application/json", body: json.canonicalBytes)
    // Every request of an app is sent once: to ask again takes a token and is a new request, which is for a person or
    // the app to decide. OpenAI's clients would do it by themselves.
    response.fields.append(HTTPField("x-should-retry", "false"))
    if let receipt { response.fields.append(HTTPField(OpenAISection.receiptField, receipt)) }
    return response
  }

  private var type: String {
    switch status {
    case 401: "authentication_error"
    case 403: "permission_error"
    case 429: "insufficient_quota"
    case 500...: "api_error"
    default: "invalid_request_error"
    }
  }

  /// Whatever is not named here failed at or behind the machines that were asked, or in verifying them: 502.
  var status: Int { Self.statuses[error.code] ?? 502 }

  private static let statuses: [ErrorCode: Int] = [
    EndpointError.hostForeign: 421, EndpointError.originForeign: 403, EndpointError.siteForeign: 403,
    EndpointError.keyMissing: 401, EndpointError.keyUnknown: 401, EndpointError.secretWrong: 401,
    EndpointError.notFound: 404, EndpointError.methodNotAllowed: 405, EndpointError.contentType: 415,
    EndpointError.bodyTooLarge: 413, EndpointError.bodyInterrupted: 400, EndpointError.busy: 503,
    EndpointError.valueUnsupported: 400,
    JSONError.malformed: 400, JSONError.duplicateMember: 400, JSONError.unknownMember: 400,
    JSONError.missingMember: 400, JSONError.wrongType: 400, InferenceError.requestInvalid: 400,
    InferenceError.embeddingsInvalid: 400,
    ClientError.consentMissing: 403, ClientError.appConsentMissing: 403, ClientError.chatExcluded: 403,
    ClientError.walletEmpty: 429, ClientError.engineCannot: 422, ClientError.chatTooLong: 422,
    ClientError.answerTooLarge: 422,
    ClientError.policyMissing: 503, ClientError.conflictKept: 503, ClientError.epochUnavailable: 503,
    ClientError.nodeBusy: 503, ClientError.engineTooSlow: 504, ClientError.stateUnusable: 500,
    ClientError.stateDamaged: 500, ClientError.walletDamaged: 500, ClientError.walletKeyMissing: 500,
    ClientError.uncodedError: 500,
  ]
}
