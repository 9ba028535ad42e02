public import ErrorCodes
public import HTTPMessages

/// What one party answers to whom: pure of sockets, so that tests call it in memory.
public protocol Party: Sendable {
  /// Names the party in its log lines, such as `gateway`.
  var name: String { get }

  /// The largest request body, in bytes, that is read for this method and path; nil where there is nothing.
  func requestBodyLimit(method: String, path: String) -> Int?

  /// Answers one request; the response ends when this returns. The body fails above its limit.
  ///
  /// The task is cancelled when whoever asked goes away. What is left of a request behind its answer is read and thrown
  /// away, within the limits of hosting.
  func respond(to request: StreamedRequest, _ answer: any ResponseWriter) async

  /// True where no answer computes for longer than some hundred microseconds at a time: it is then computed on the
  /// thread of its connection, which saves changing threads twice.
  var answersQuickly: Bool { get }
}

extension Party {
  public var answersQuickly: Bool { false }
}

/// A party, or what hosting asks of one, that takes and gives whole messages.
public protocol WholeMessageParty: Party {
  func respond(to request: WholeRequest) async -> WholeResponse
}

extension WholeMessageParty {
  public func respond(to request: StreamedRequest, _ answer: any ResponseWriter) async {
    let response =
      if let body = request.body.whole {
        await respond(
          to: WholeRequest(
            method: request.method, path: request.path, fields: request.fields, body: body,
            peerAddress: request.peerAddress))
      } else { await wholeAnswer(to: request) }
    // A writer that throws has lost its reader; there is nobody to tell.
    try? await answer.send(response)
  }
}

extension WholeMessageParty {
  /// Reads the body to its end and asks `respond`.
  private func wholeAnswer(to request: StreamedRequest) async -> WholeResponse {
    do {
      let limit = requestBodyLimit(method: request.method, path: request.path) ?? 0
      return await respond(to: try await WholeRequest(collecting: request, byteLimit: limit))
    } catch {
      return error.code == HTTPExchangeError.bodyTooLarge ? .requestTooLarge : .requestInterrupted
    }
  }
}

extension WholeResponse {
  /// A refusal that names its stable code and nothing else: `{"code":"..."}`.
  public static func refusal(_ code: ErrorCode, status: Int) -> WholeResponse {
    WholeResponse(status: status, contentType: "application/json", body: Array(#"{"code":"\#(code.rawValue)"}"#.utf8))
  }

  public static let notFound = WholeResponse.refusal(HostingError.notFound, status: 404)

  public static let methodNotAllowed = WholeResponse.refusal(HostingError.methodNotAllowed, status: 405)

  static let requestInterrupted = WholeResponse.refusal(HTTPExchangeError.interrupted, status: 400)

  public static let requestTooLarge = WholeResponse.refusal(HostingError.requestTooLarge, status: 413)

  public static func json(_ text: String, status: Int = 200) -> WholeResponse {
    WholeResponse(status: status, contentType: "application/json", body: Array(text.utf8))
  }
}

/// What hosting a party refuses by itself, before the party is asked.
public struct HostingError: CodedError, Equatable {
  public let code: ErrorCode
  public let message: String

  public init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }

  public static func == (left: HostingError, right: HostingError) -> Bool { left.code == right.code }
}

extension HostingError {
  public static let notFound = ErrorCode("not-found")
  public static let methodNotAllowed = ErrorCode("method-not-allowed")
  /// A request body is above the limit of its path.
  public static let requestTooLarge = ErrorCode("request-too-large")
  /// `--observe` was asked for on an address that others can reach.
  public static let observationNotLocal = ErrorCode("observe-not-local")
  /// A configuration value or state file cannot be used.
  public static let configurationInvalid = ErrorCode("configuration-invalid")
}
