import ErrorCodes
import HTTPMessages
import StrictJSON

/// A refusal as the page shows it: what happened, the stable code, and what to do.
struct PageRefusal {
  let code: ErrorCode
  let message: String
  let advice: String

  init(_ error: any CodedError) {
    code = error.code
    let known = PageAdvice.of(error.code)
    message = known.words ?? Self.sentence(error.message)
    advice = known.advice.replacing("`", with: "")
  }

  var json: JSONValue {
    ["code": .string(code.rawValue), "message": .string(message), "advice": .string(advice)]
  }

  var response: WholeResponse { .page(json, status: status) }

  private var status: Int {
    switch code {
    case EndpointError.secretWrong, EndpointError.pageOff: 403
    case EndpointError.hostForeign, EndpointError.originForeign, EndpointError.siteForeign: 403
    case EndpointError.notFound: 404
    case EndpointError.methodNotAllowed: 405
    case EndpointError.pageChatUnknown, EndpointError.pagePreviewUnknown: 409
    case EndpointError.bodyTooLarge: 413
    case EndpointError.contentType: 415
    default: 400
    }
  }

  /// Messages of libraries begin in lower case and end without a full stop.
  private static func sentence(_ message: String) -> String {
    guard let first = message.first else { return message }
    return first.uppercased() + message.dropFirst() + "."
  }
}
