import HTTPMessages
import InMemoryParties
import Testing

@Suite("What a relay refuses, and what it does not pass on", .keepsFolders)
struct RelayRefusalTests {
  private static let base = "/to/\(DeploymentNames.operatorOrigin)"
  private static let gatewayPath = base + "/.well-known/ohttp-gateway"
  private static let ohttp = [HTTPField("content-type", "message/ohttp-req")]

  private func ask(_ request: WholeRequest, _ deployment: InMemoryDeployment) async throws -> WholeResponse {
    try await deployment.network.exchange(from: "client", address: "127.0.0.2").send(
      request, to: DeploymentNames.relay, bodyLimit: 8 << 20)
  }

  private func forwarded(_ deployment: InMemoryDeployment) -> [WholeRequest] {
    deployment.network.messages.filter { $0.sender == "relay" }.map(\.request)
  }

  /// A method and a path, in one text.
  private func request(_ line: String) -> WholeRequest {
    let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
    return WholeRequest(method: parts[0], path: parts[1], fields: Self.ohttp, body: parts[0] == "POST" ? [1] : [])
  }

  private static let queries = [
    "GET \(base)/epoch/1?user=7", "GET \(base)/epoch/1?", "POST \(gatewayPath)?user=7",
    "GET \(base)/logs/epochs/checkpoint?a=b", "GET \(base)/logs/epochs/tile/0/000?x", "GET \(base)/epoch/%31",
    "GET \(base)/logs/epochs/tile/../../../epoch/1",
  ]

  @Test("relay: query", arguments: queries)
  func query(line: String) async throws {
    let deployment = try await InMemoryDeployment.started()
    let answer = try await ask(request(line), deployment)
    #expect(answer.status == 400)
    #expect(answer.refusalCode == "relay-request-refused")
    #expect(forwarded(deployment).isEmpty)
  }

  @Test("relay: body on a GET", arguments: [base + "/epoch/1", base + "/logs/epochs/checkpoint"])
  func bodyOnGet(path: String) async throws {
    let deployment = try await InMemoryDeployment.started()
    let hosted = try await ask(WholeRequest(method: "GET", path: path, body: [1]), deployment)
    #expect(hosted.status == 413)
    #expect(hosted.refusalCode == "request-too-large")
    #expect(forwarded(deployment).isEmpty)
  }

  @Test(
    "relay: other media type",
    arguments: [nil, "application/json", "message/ohttp-res", "message/ohttp-req; v=1", "MESSAGE/OHTTP-REQ;v=1"])
  func otherMediaType(mediaType: String?) async throws {
    let deployment = try await InMemoryDeployment.started()
    let fields = mediaType.map { [HTTPField("content-type", $0)] } ?? []
    let answer = try await ask(
      WholeRequest(method: "POST", path: Self.gatewayPath, fields: fields, body: [1]), deployment)
    #expect(answer.status == 415)
    #expect(answer.refusalCode == "relay-media-type")
    #expect(forwarded(deployment).isEmpty)
  }

  @Test(
    "relay: operator that is not on its list",
    arguments: ["other.test", "operator.test.evil.test", "127.0.0.5", "gateway.test", "OPERATOR.TEST"])
  func unknownOperator(origin: String) async throws {
    let deployment = try await InMemoryDeployment.started()
    for request in [
      WholeRequest(method: "GET", path: "/to/\(origin)/epoch/1"),
      WholeRequest(method: "POST", path: "/to/\(origin)/.well-known/ohttp-gateway", fields: Self.ohttp, body: [1]),
    ] {
      let answer = try await ask(request, deployment)
      #expect(answer.status == 404)
      #expect(answer.refusalCode == "relay-gateway-unknown")
    }
    #expect(forwarded(deployment).isEmpty)
  }

  private static let otherResources = [
    "GET \(gatewayPath)", "PUT \(gatewayPath)", "POST \(base)/epoch/1", "DELETE \(base)/epoch/1",
    "POST \(base)/logs/epochs/add", "POST \(base)/logs/epochs/checkpoint", "GET \(base)/logs/epochs/refresh",
    "GET \(base)/health", "GET \(base)/keys/0", "GET \(base)/epoch/01",
    "CONNECT node-1.test:80", "GET http://node-1.test/health", "GET \(base)", "GET /to//epoch/1",
  ]

  @Test("relay: other method or resource", arguments: otherResources)
  func otherResource(line: String) async throws {
    let deployment = try await InMemoryDeployment.started()
    let answer = try await ask(request(line), deployment)
    #expect([404, 405].contains(answer.status))
    #expect(["not-found", "method-not-allowed"].contains(answer.refusalCode))
    #expect(forwarded(deployment).isEmpty)
  }

  @Test("relay: request above its limit")
  func oversized() async throws {
    let deployment = try await InMemoryDeployment.started()
    let answer = try await ask(
      WholeRequest(
        method: "POST", path: Self.gatewayPath, fields: Self.ohttp, body: Array(repeating: 0, count: 540_673)),
      deployment)
    #expect(answer.status == 413)
    #expect(answer.refusalCode == "request-too-large")
    #expect(forwarded(deployment).isEmpty)
  }

  @Test("relay: cookies, conditions, ranges and every other field of a client stay behind")
  func fieldsStayBehind() async throws {
    let deployment = try await InMemoryDeployment.started()
    let identifying = [
      "cookie", "authorization", "if-none-match", "if-modified-since", "if-match", "range", "user-agent",
      "accept-language", "referer", "x-forwarded-for", "forwarded", "via", "traceparent", "accept",
    ].map { HTTPField($0, "marker-7d1f") }
    _ = try await ask(WholeRequest(method: "GET", path: Self.base + "/epoch/1", fields: identifying), deployment)
    _ = try await ask(
      WholeRequest(method: "GET", path: Self.base + "/logs/epochs/checkpoint", fields: identifying), deployment)
    _ = try await ask(
      WholeRequest(method: "POST", path: Self.gatewayPath, fields: identifying + Self.ohttp, body: [1]), deployment)
    let requests = forwarded(deployment)
    #expect(requests.map(\.fields) == [[], [], Self.ohttp])
  }

  @Test("relay: fields of an answer but its content type stay behind")
  func answerFieldsStayBehind() async throws {
    let deployment = try await InMemoryDeployment.started()
    deployment.network.intercept(DeploymentNames.gateway) { request, deliver in
      var answer = await deliver(request)
      answer.fields += [HTTPField("set-cookie", "a=b"), HTTPField("etag", "\"7\""), HTTPField("location", "/x")]
      return answer
    }
    let answer = try await deployment.fetchEpoch(1, from: "127.0.0.2")
    #expect(answer.status == 200)
    #expect(answer.fields == [HTTPField("content-type", "application/octet-stream")])
  }

  @Test("relay: a gateway that does not answer, or says too much, becomes relay-gateway-unreachable")
  func gatewayGone() async throws {
    let deployment = try await InMemoryDeployment.started()
    deployment.network.intercept(DeploymentNames.gateway) { _, _ in
      WholeResponse(status: 200, body: Array(repeating: 0, count: (6 << 20) + 1))
    }
    #expect(try await deployment.fetchEpoch(1, from: "127.0.0.2").refusalCode == "relay-gateway-unreachable")
    deployment.network.kill(DeploymentNames.gateway)
    let answer = try await deployment.fetchEpoch(1, from: "127.0.0.2")
    #expect(answer.status == 502)
    #expect(answer.refusalCode == "relay-gateway-unreachable")
  }
}
