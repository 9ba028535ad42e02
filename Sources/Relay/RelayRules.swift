package import ErrorCodes
import HTTPMessages
import PartyHosting

/// What a relay carries and what it passes on (RFC 9458, section 2): decisions over a request's head, with no sockets.
///
/// - `POST /to/<origin>/.well-known/ohttp-gateway`: an encapsulated request, by its media type alone.
/// - `GET /to/<origin>/epoch/<n>` and `/to/<origin>/logs/…`: public files, the same for everyone.
///
/// Of a client's request only method, media type and body pass. Of an answer only status, media type and body do:
/// public files are frozen or short-lived by their names, so no field about caching is needed.
package struct RelayRules: Sendable {
  /// Requests of Oblivious HTTP (RFC 9458, section 9) and of its chunked form.
  private static let carriedMediaTypes = [chunkedRequest, "message/ohttp-req"]
  private static let chunkedRequest = "message/ohttp-chunked-req"
  private static let chunkedResponse = "message/ohttp-chunked-res"

  package enum Decision: Sendable, Equatable {
    /// The relay's own state is asked for.
    case health
    case refuse(ErrorCode, status: Int)
    case forward(Forwarding)
  }

  /// A request as it is written anew for an operator's server.
  package struct Forwarding: Sendable, Equatable {
    /// Indices in `servers`, of those that serve this alike: one of them is asked.
    package let servers: [Int]
    package let method: RelayMethod
    package let path: String
    /// Of a request with a body; in lower case, however its client writes it.
    package let mediaType: String?

    /// Whether the body is a stream whose parts are passed on as they come. The relay says `Incremental: ?1` of every
    /// such request, whatever its client says.
    package var isIncremental: Bool { mediaType == chunkedRequest }
  }

  /// Scheme and authority of every server that the relay dials.
  package let servers: [String]
  private let operators: [String: (gateways: [Int], log: [Int])]
  /// The gateways at every path here that has some, for the one look-up of most requests.
  private let gatewayPaths: [String: [Int]]

  package init(_ operators: [String: RelayConfiguration.Operator]) {
    var servers: [String] = []
    func index(of server: String) -> Int {
      if let known = servers.firstIndex(of: server) { return known }
      servers.append(server)
      return servers.count - 1
    }
    var known: [String: (gateways: [Int], log: [Int])] = [:]
    var paths: [String: [Int]] = [:]
    for (origin, entry) in operators.sorted(by: { $0.key < $1.key }) {
      let gateways = entry.gateways.map(index(of:))
      known[origin] = (gateways, entry.log.map { [index(of: $0)] } ?? [])
      paths["/to/\(origin)\(RelayTarget.gatewayPath)"] = gateways
    }
    self.servers = servers
    self.operators = known
    gatewayPaths = paths
  }

  /// - Parameters:
  ///   - mediaType: the value of the one `content-type`; nil where there is none or more than one.
  ///   - hasBody: whether the head announces a body.
  package func decide(method: String, path: String, mediaType: String?, hasBody: Bool) -> Decision {
    if method == "POST", let gateways = gatewayPaths[path] { return post(mediaType, to: gateways) }
    if path == "/health" { return .health }
    guard Self.isPlain(path) else { return .refuse(RelayError.requestRefused, status: 400) }
    guard let target = RelayTarget(path: path) else { return .refuse(HostingError.notFound, status: 404) }
    guard let servers = operators[target.origin] else { return .refuse(RelayError.gatewayUnknown, status: 404) }
    switch (method, target.resource) {
    case ("GET", .epoch(let path)): return get(path, from: servers.gateways, hasBody: hasBody)
    case ("GET", .log(let path)):
      guard !servers.log.isEmpty else { return .refuse(HostingError.notFound, status: 404) }
      return get(path, from: servers.log, hasBody: hasBody)
    default: return .refuse(HostingError.methodNotAllowed, status: 405)
    }
  }

  private func post(_ mediaType: String?, to gateways: [Int]) -> Decision {
    guard let mediaType = Self.carriedMediaTypes.first(where: { $0.isMediaType(mediaType) }) else {
      return .refuse(RelayError.mediaType, status: 415)
    }
    return .forward(
      Forwarding(servers: gateways, method: .post, path: RelayTarget.gatewayPath, mediaType: mediaType))
  }

  private func get(_ path: String, from servers: [Int], hasBody: Bool) -> Decision {
    guard !hasBody else { return .refuse(RelayError.requestRefused, status: 400) }
    return .forward(Forwarding(servers: servers, method: .get, path: path, mediaType: nil))
  }

  /// Whether an answer of this media type is a stream, of which the relay says `Incremental: ?1`.
  package static func isIncremental(answer mediaType: String?) -> Bool { chunkedResponse.isMediaType(mediaType) }

  /// Letters, digits and `/._~:-`, without `..`: nothing that could mean a query, another path or another request line.
  private static func isPlain(_ path: String) -> Bool {
    var previous: UInt8 = 0
    for byte in path.utf8 {
      switch byte {
      case UInt8(ascii: "."): if previous == byte { return false }
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "_"), UInt8(ascii: "~"),
        UInt8(ascii: ":"), UInt8(ascii: "-"):
        break
      default: return false
      }
      previous = byte
    }
    return true
  }
}

/// The methods that a relay passes on.
package enum RelayMethod: String, Sendable {
  case get = "GET"
  case post = "POST"
}

/// What a path of the relay names: an operator, and one of its public resources.
struct RelayTarget: Equatable {
  static let gatewayPath = "/.well-known/ohttp-gateway"

  enum Resource: Equatable {
    case gateway
    /// The path at the gateway.
    case epoch(String)
    /// The path at the log.
    case log(String)
  }

  let origin: String
  let resource: Resource

  init?(path: String) {
    guard path.hasPrefix("/to/") else { return nil }
    let parts = path.dropFirst("/to/".count).split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty else { return nil }
    origin = String(parts[0])
    let rest = "/" + parts[1]
    if rest == Self.gatewayPath {
      resource = .gateway
    } else if let epoch = UInt64(rest.dropFirst("/epoch/".count)), rest == "/epoch/\(epoch)" {
      resource = .epoch(rest)
    } else if rest.hasPrefix("/logs/"), rest.hasSuffix("/checkpoint") || rest.contains("/tile/") {
      resource = .log(rest)
    } else {
      return nil
    }
  }
}
