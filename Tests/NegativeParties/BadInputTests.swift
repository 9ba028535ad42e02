import HTTPMessages
import InMemoryParties
import Testing

/// One endpoint of one party, with a body that it takes and the limit of bodies.
struct Endpoint: Sendable, CustomStringConvertible {
  let server: String
  var method = "POST"
  let path: String
  var fields: [HTTPField] = []
  /// In bytes; nil where every body is one too many.
  var limit: Int?
  /// Which message of the deployment's own traffic shows a good body.
  var sender = ""

  var description: String { "\(method) \(path) at \(server.dropFirst("http://".count))" }

  private static let ohttp = [HTTPField("content-type", "message/ohttp-req")]
  private static let base = "/to/\(DeploymentNames.operatorOrigin)"

  static let takingBodies = [
    Endpoint(
      server: DeploymentNames.relay, path: base + "/.well-known/ohttp-gateway", fields: ohttp, limit: 540_672,
      sender: "client"),
    Endpoint(
      server: DeploymentNames.gateway, path: "/.well-known/ohttp-gateway", fields: ohttp, limit: 540_672,
      sender: "relay"),
    Endpoint(
      server: DeploymentNames.node(0), path: "/.well-known/ohttp-gateway", fields: ohttp, limit: 528_384,
      sender: "gateway"),
    Endpoint(server: DeploymentNames.node(0), path: "/keys", limit: 524_288, sender: "gateway"),
    Endpoint(server: DeploymentNames.node(0), path: "/notes", limit: 65_536, sender: "gateway"),
    Endpoint(
      server: DeploymentNames.issuer, path: "/token-request",
      fields: [HTTPField("content-type", "application/private-token-request")], limit: 259_004, sender: "client"),
    Endpoint(server: DeploymentNames.log, path: "/logs/epochs/add", limit: 131_070, sender: "gateway"),
    Endpoint(server: DeploymentNames.witness(0), path: "/add-checkpoint", limit: 139_264, sender: "log"),
  ]

  static let withoutBodies = [
    Endpoint(server: DeploymentNames.relay, method: "GET", path: "/health"),
    Endpoint(server: DeploymentNames.relay, method: "GET", path: base + "/epoch/1"),
    Endpoint(server: DeploymentNames.relay, method: "GET", path: base + "/logs/epochs/checkpoint"),
    Endpoint(server: DeploymentNames.gateway, method: "GET", path: "/health"),
    Endpoint(server: DeploymentNames.gateway, method: "GET", path: "/epoch/1"),
    Endpoint(server: DeploymentNames.gateway, method: "GET", path: "/.well-known/ohttp-gateway"),
    Endpoint(server: DeploymentNames.node(0), method: "GET", path: "/health"),
    Endpoint(server: DeploymentNames.node(0), method: "GET", path: "/metrics"),
    Endpoint(server: DeploymentNames.issuer, method: "GET", path: "/health"),
    Endpoint(server: DeploymentNames.issuer, method: "GET", path: "/.well-known/private-token-issuer-directory"),
    Endpoint(
      server: DeploymentNames.issuer, method: "GET",
      path: "/plans/\(DeploymentNames.plan)/.well-known/private-token-issuer-directory"),
    Endpoint(server: DeploymentNames.issuer, method: "GET", path: "/keys/0"),
    Endpoint(server: DeploymentNames.log, method: "GET", path: "/health"),
    Endpoint(server: DeploymentNames.log, method: "GET", path: "/logs/epochs/checkpoint"),
    Endpoint(server: DeploymentNames.log, method: "GET", path: "/logs/epochs/tile/0/000.p/2"),
    Endpoint(server: DeploymentNames.log, method: "GET", path: "/logs/epochs/tile/entries/000.p/2"),
    Endpoint(server: DeploymentNames.log, method: "GET", path: "/logs/epochs/consistency/1/2"),
    Endpoint(server: DeploymentNames.witness(0), method: "GET", path: "/health"),
  ]
}

@Suite("Bad input at every endpoint gets a status and a code, and the party lives on", .keepsFolders)
struct BadInputTests {
  private static let servers = [
    DeploymentNames.relay, DeploymentNames.gateway, DeploymentNames.issuer, DeploymentNames.log,
    DeploymentNames.node(0), DeploymentNames.node(1), DeploymentNames.node(2), DeploymentNames.witness(0),
  ]
  private static let marker = "not-what-is-expected-2291"

  /// A deployment in which one request was answered, so that every endpoint has seen a good body.
  private func used() async throws -> (InMemoryDeployment, any HTTPExchange) {
    let deployment = try await InMemoryDeployment.started()
    let client = try await deployment.makeClientWithTokens()
    _ = try await client.summarize(ChatText.export())
    return (deployment, deployment.network.exchange(from: "stranger", address: "127.0.0.99"))
  }

  private func expectAlive(_ deployment: InMemoryDeployment) async throws {
    for server in Self.servers {
      let health = try await deployment.get("/health", from: server)
      #expect(health.status == 200)
    }
  }

  private func expectRefusal(_ answer: WholeResponse, _ what: String) {
    #expect((400..<600).contains(answer.status), "\(what): status \(answer.status)")
    #expect(Self.code(of: answer) != nil, "\(what): no code")
    let search = MarkerSearch(Self.marker)
    #expect(!search.isFound(in: answer), "\(what): the answer repeats what was sent")
  }

  /// `{"code": …}`, a problem type, or the one line of a witness; nil for anything else.
  private static func code(of answer: WholeResponse) -> String? {
    if let code = answer.refusalCode { return code }
    let text = String(decoding: answer.body, as: UTF8.self)
    switch answer.field("content-type") {
    case "application/problem+json": return text.contains("#ohttp-key") ? "ohttp-key" : nil
    case "text/plain; charset=utf-8":
      let code = text.prefix { $0 != ":" }
      return code.isEmpty || code.contains(" ") ? nil : String(code)
    case "text/x.tlog.size": return "size"
    default: return nil
    }
  }

  private func goodBody(_ endpoint: Endpoint, _ deployment: InMemoryDeployment) throws -> WholeRequest {
    let message = try #require(
      deployment.network.messages.last {
        let isNode = endpoint.server.hasPrefix("http://node-") && $0.server.hasPrefix("http://node-")
        return $0.sender == endpoint.sender && $0.request.path == endpoint.path
          && ($0.server == endpoint.server || isNode)
      })
    return message.request
  }

  @Test("bad input: truncated, extended, changed or of another version", arguments: Endpoint.takingBodies)
  func malformed(endpoint: Endpoint) async throws {
    let (deployment, exchange) = try await used()
    let good = try goodBody(endpoint, deployment)
    #expect(good.body.count > 100)
    let lengths = [0, 1, 2, 3, 7, 50, good.body.count / 2, good.body.count - 1]
    var changes: [(String, [UInt8])] =
      lengths.map { ("first \($0) bytes", Array(good.body.prefix($0))) }
      + [
        ("one byte more", good.body + [0]), ("first byte", [good.body[0] ^ 0x80] + good.body.dropFirst()),
        ("text", Array(Self.marker.utf8)), ("JSON", Array(#"{"\#(Self.marker)":[[[[1]]]]}"#.utf8)),
        ("deep JSON", Array(repeating: 0x5B, count: 200)), ("zeros", Array(repeating: 0, count: 200)),
        ("ones", Array(repeating: 0xFF, count: 200)), ("line feeds", Array(repeating: 0x0A, count: 200)),
      ]
    // A blinded message says nothing: the issuer signs whatever is below its modulus.
    if endpoint.path != "/token-request" {
      changes.append(("last byte", good.body.dropLast() + [(good.body.last ?? 0) ^ 0x80]))
    }
    for (what, body) in changes {
      var request = good
      request.body = body
      expectRefusal(try await exchange.send(request, to: endpoint.server, bodyLimit: 1 << 20), what)
    }
    try await expectAlive(deployment)
    #expect(!deployment.logLines.lines.contains { $0.contains(Self.marker) })
  }

  @Test("bad input: a body of the limit is read, one byte more is not", arguments: Endpoint.takingBodies)
  func oversized(endpoint: Endpoint) async throws {
    let (deployment, exchange) = try await used()
    let limit = try #require(endpoint.limit)
    var request = try goodBody(endpoint, deployment)
    request.body = Array(repeating: 0x20, count: limit)
    let atLimit = try await exchange.send(request, to: endpoint.server, bodyLimit: 1 << 20)
    expectRefusal(atLimit, "at the limit")
    #expect(atLimit.refusalCode != "request-too-large")
    request.body.append(0x20)
    let aboveLimit = try await exchange.send(request, to: endpoint.server, bodyLimit: 1 << 20)
    #expect(aboveLimit.status == 413)
    #expect(aboveLimit.refusalCode == "request-too-large")
    try await expectAlive(deployment)
  }

  @Test("bad input: a body where none belongs")
  func unexpectedBody() async throws {
    let (deployment, exchange) = try await used()
    for endpoint in Endpoint.withoutBodies {
      let request = WholeRequest(method: endpoint.method, path: endpoint.path, body: Array(Self.marker.utf8))
      let answer = try await exchange.send(request, to: endpoint.server, bodyLimit: 1 << 20)
      #expect(answer.status == 413, "\(endpoint)")
      #expect(answer.refusalCode == "request-too-large", "\(endpoint)")
    }
    try await expectAlive(deployment)
  }

  @Test("bad input: another method", arguments: ["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "BREW"])
  func otherMethod(method: String) async throws {
    let (deployment, exchange) = try await used()
    // Health is answered whatever the method.
    for endpoint in Endpoint.takingBodies + Endpoint.withoutBodies where !endpoint.path.hasSuffix("/health") {
      let request = WholeRequest(method: method, path: endpoint.path, fields: endpoint.fields)
      expectRefusal(try await exchange.send(request, to: endpoint.server, bodyLimit: 1 << 20), "\(method) \(endpoint)")
    }
    try await expectAlive(deployment)
  }

  @Test("bad input: another media type", arguments: Endpoint.takingBodies.filter { !$0.fields.isEmpty })
  func otherMediaType(endpoint: Endpoint) async throws {
    let (deployment, exchange) = try await used()
    let good = try goodBody(endpoint, deployment)
    for mediaType in [nil, "", "text/plain", "message/ohttp-res", "application/json; \(Self.marker)"] {
      var request = good
      request.fields.removeAll { $0.name == "content-type" }
      if let mediaType { request.fields.append(HTTPField("content-type", mediaType)) }
      expectRefusal(
        try await exchange.send(request, to: endpoint.server, bodyLimit: 1 << 20), mediaType ?? "no media type")
    }
    try await expectAlive(deployment)
  }

  private static let strangePaths = [
    "", "*", "/", "//", "/..", "/%", "/%00", "/\u{1F4A5}", "/health/", "/health?x", "/logs", "/logs/", "/logs/epochs",
    "/logs/none/checkpoint", "/logs/epochs/tile/99/000", "/logs/epochs/tile/0/x999", "/logs/epochs/tile/0/000.p/0",
    "/logs/epochs/tile/entries/x18446744073709551615/000", "/logs/epochs/consistency/9/1",
    "/logs/epochs/consistency/18446744073709551615/18446744073709551615", "/logs/epochs/consistency/-1/2",
    "/keys/18446744073709551615", "/keys/18446744073709551616", "/keys/-1", "/keys/7", "/epoch/18446744073709551615",
    "/checkpoint/", "/checkpoint/zz", "//checkpoint", "/to/", "/to/\(DeploymentNames.operatorOrigin)/",
    "/to/\(DeploymentNames.operatorOrigin)/epoch/18446744073709551616", "/nodes/x",
    "/" + String(repeating: "a", count: 20_000), "/" + marker,
  ]

  @Test("bad input: paths that nobody has")
  func strangePath() async throws {
    let (deployment, exchange) = try await used()
    for server in Self.servers {
      for path in Self.strangePaths {
        for method in ["GET", "POST"] {
          let answer = try await exchange.send(
            WholeRequest(method: method, path: path), to: server, bodyLimit: 1 << 20)
          expectRefusal(answer, "\(method) \(path.prefix(60)) at \(server)")
        }
      }
    }
    try await expectAlive(deployment)
  }

  private static let wrongSubmissionKeys = [nil, "", "Bearer", "Bearer ", "Bearer wrong", "Basic YTpi"]

  @Test("bad input: the log's submission key missing or wrong")
  func submissionKey() async throws {
    let (deployment, exchange) = try await used()
    for authorization in Self.wrongSubmissionKeys {
      for path in ["/logs/epochs/add", "/logs/epochs/refresh", "/logs/releases/add"] {
        let fields = authorization.map { [HTTPField("authorization", $0)] } ?? []
        let answer = try await exchange.send(
          WholeRequest(method: "POST", path: path, fields: fields, body: [1]), to: DeploymentNames.log,
          bodyLimit: 1 << 20)
        #expect(answer.status == 401)
        #expect(answer.refusalCode == "log-submission-refused")
      }
    }
    try await expectAlive(deployment)
  }

  private static let wrongAccountKeys = [
    nil, "", "Bearer", "Bearer zz", "Bearer \(String(repeating: "0", count: 64))", "Basic YTpi",
  ]

  @Test("bad input: the account's key missing or wrong")
  func accountKey() async throws {
    let (deployment, exchange) = try await used()
    let endpoint = try #require(Endpoint.takingBodies.first { $0.path == "/token-request" })
    for authorization in Self.wrongAccountKeys {
      var request = try goodBody(endpoint, deployment)
      request.fields.removeAll { $0.name == "authorization" }
      if let authorization { request.fields.append(HTTPField("authorization", authorization)) }
      let answer = try await exchange.send(request, to: DeploymentNames.issuer, bodyLimit: 1 << 20)
      #expect(answer.status == 401)
      #expect(answer.refusalCode == "issuer-account-unknown")
    }
    try await expectAlive(deployment)
  }
}
