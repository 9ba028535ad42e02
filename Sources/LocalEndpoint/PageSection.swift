public import CloisterClient
import ErrorCodes
public import HTTPMessages
import PageFiles

/// The local page: its static files under `/page/`, and the routes that its script calls under `/page/api/`
/// (docs/operations/page.md).
///
/// The files are the same for everybody and need no secret. Every route of the script needs the run's, and each changes
/// something only by POST.
public struct PageSection: EndpointSection {
  private let session: PageSession
  private let model: PageModel

  /// - Parameters:
  ///   - session: holds the secret of this run.
  ///   - client: the person's.
  ///   - state: what that client remembers.
  ///   - clock: says which tokens are good now.
  public init(session: PageSession, client: CloisterClient, state: ClientState, clock: ClientClock = .system) {
    self.session = session
    model = PageModel(client: client, state: state, clock: clock)
  }

  static let folder = "/page/"
  private static let routes = "/page/api/"

  public func serves(_ path: String) -> Bool { path == "/" || path == "/page" || path.hasPrefix(Self.folder) }

  public func route(for request: StreamedRequest, path: String) throws(EndpointError) -> EndpointRoute {
    if path.hasPrefix(Self.routes) {
      try session.requireSecret(of: request)
      return try PageRoute(method: request.method, path: path.dropFirst(Self.routes.count)).endpointRoute(model)
    }
    guard path.hasPrefix(Self.folder) else { return try Self.fileRoute(request.method, Self.redirection) }
    guard let file = PageFile.named(String(path.dropFirst(Self.folder.count))) else {
      throw EndpointError(EndpointError.notFound, "the page has no such file")
    }
    return try Self.fileRoute(
      request.method,
      WholeResponse(
        status: 200, fields: [HTTPField("content-type", file.mediaType)] + PagePolicy.fields, body: file.bytes))
  }

  public func refusal(_ error: EndpointError) -> WholeResponse {
    PageRefusal(error).response
  }

  private static func fileRoute(
    _ method: String, _ response: WholeResponse
  ) throws(EndpointError) -> EndpointRoute {
    guard method == "GET" else {
      throw EndpointError(EndpointError.methodNotAllowed, "a file of the page is only read")
    }
    return EndpointRoute(body: nil) { _, answer in
      // A writer that throws has lost its reader.
      try? await answer.send(response)
    }
  }

  /// The browser keeps what stands behind `#`.
  private static let redirection = WholeResponse(
    status: 308, fields: [HTTPField("location", folder)] + PagePolicy.fields)
}

/// What browsers are told of the page: it runs its own script alone, asks this endpoint alone, and stands in no frame.
enum PagePolicy {
  static let contentSecurity = [
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self'",
    "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].joined(separator: "; ")

  static let fields = [
    HTTPField("content-security-policy", contentSecurity), HTTPField("referrer-policy", "no-referrer"),
    HTTPField("cross-origin-opener-policy", "same-origin"), HTTPField("x-frame-options", "DENY"),
    HTTPField(
      "permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=(), display-capture=()"),
  ]
}
