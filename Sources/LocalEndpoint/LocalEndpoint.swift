public import HTTPMessages
public import PartyHosting

/// What this device offers to its own apps and to its own page, on loopback: the private path behind OpenAI's protocol
/// and behind the page. It speaks to nobody but through the client.
///
/// It refuses whatever a foreign web page could have caused, never writes a CORS field, and hands the rest to the
/// section whose path it is.
public struct LocalEndpoint: Party {
  public let name = "proxy"
  private let requestGuard: RequestGuard
  private let sections: [any EndpointSection]

  /// - Parameters:
  ///   - address: told where the server listens, once it does.
  ///   - sections: the first one that serves a path answers it; the last one also refuses what belongs to none.
  public init(address: EndpointAddress, sections: [any EndpointSection]) {
    precondition(!sections.isEmpty, "an endpoint without a section has no form of refusals")
    requestGuard = RequestGuard(address: address)
    self.sections = sections
  }

  /// The limit is the route's, so that a refusal has the form of its section.
  public func requestBodyLimit(method: String, path: String) -> Int? { .max }

  public func respond(to request: StreamedRequest, _ answer: any ResponseWriter) async {
    let answer = EndpointAnswer(answer)
    let path = String(request.path.prefix { $0 != "?" })
    guard let section = sections.first(where: { $0.serves(path) }) ?? sections.last else { return }
    do throws(EndpointError) {
      try requestGuard.admit(request)
      let route = try section.route(for: request, path: path)
      let whole = try await Self.whole(request, route.body)
      try await route.respond(whole, answer)
    } catch {
      // Where the answer has begun, this changes nothing.
      try? await answer.send(section.refusal(error))
    }
  }

  /// - Throws: `endpoint-content-type`, `request-too-large`, `http-interrupted`.
  private static func whole(
    _ request: StreamedRequest, _ expected: EndpointRoute.Body?
  ) async throws(EndpointError) -> WholeRequest {
    if let expected {
      let types = request.values("content-type").map { type in
        type.prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
      }
      guard types == [expected.mediaType] else {
        throw EndpointError(EndpointError.contentType, "content type is not \(expected.mediaType)")
      }
    }
    let limit = expected?.byteLimit ?? 0
    let tooLarge = EndpointError(EndpointError.bodyTooLarge, "body is above \(limit) bytes")
    // A length that is announced is refused before the body is sent.
    guard request.field("content-length").flatMap(Int.init) ?? 0 <= limit else { throw tooLarge }
    do {
      return try await WholeRequest(collecting: request, byteLimit: limit)
    } catch {
      guard error.code == HTTPExchangeError.bodyTooLarge else { throw EndpointError(error) }
      throw tooLarge
    }
  }
}

/// Adds to every answer what keeps it where it belongs: no cache keeps it, no other page reads or shows it, no browser
/// takes it for something else. Never a field of CORS.
private struct EndpointAnswer: ResponseWriter {
  private static let fields = [
    HTTPField("cache-control", "no-store"), HTTPField("cross-origin-resource-policy", "same-origin"),
    HTTPField("x-content-type-options", "nosniff"),
  ]

  private let answer: any ResponseWriter

  init(_ answer: any ResponseWriter) { self.answer = answer }

  func begin(status: Int, fields: [HTTPField]) async throws(HTTPExchangeError) {
    try await answer.begin(status: status, fields: fields + Self.fields)
  }

  func write(_ bytes: [UInt8]) async throws(HTTPExchangeError) { try await answer.write(bytes) }

  func abort() async { await answer.abort() }

  func send(_ response: WholeResponse) async throws(HTTPExchangeError) {
    var response = response
    response.fields += Self.fields
    try await answer.send(response)
  }
}
