public import BinaryHTTP

public import struct Foundation.Date

/// Why a `ReplayRecord` refuses a request.
public enum ReplayRefusal: Sendable, Equatable {
  /// The `Date` field is missing, no date, or outside the window. The client may try once more, in a new encapsulation,
  /// with the date of the answer.
  case dateNotAcceptable
  /// The request was answered before.
  case replayed
  /// The record is full: the gateway can tell no replay of this request later.
  case full

  /// The answer, to be sealed like any other. It carries the gateway's date, by which a client corrects its own, and is
  /// kept by no cache.
  public func response(at now: Date) -> Response {
    var response = Response(statusCode: 400, headerFields: ["cache-control": "no-store", "date": HTTPDate.text(now)])
    switch self {
    case .dateNotAcceptable:
      response.statusCode = OHTTPProblem.dateNotAcceptable.statusCode
      response.headerFields = [
        "cache-control": "no-store", "content-type": OHTTPProblem.mediaType, "date": HTTPDate.text(now),
      ]
      response.content = OHTTPProblem.dateNotAcceptable.content
    case .replayed: break
    case .full: response.statusCode = 503
    }
    return response
  }
}
