import HTTPMessages
import LocalEndpoint
import TestSupport
import Testing

@Suite("Refused: what a foreign page or program could send to the local endpoint")
struct ForeignRequestTests {
  @Test(
    "a wrong host, and a name that DNS points here",
    arguments: [
      "127.0.0.1", "127.0.0.1:8643", "localhost:8642", "rebound.example:8642", "[::1]:8642", "127.0.0.1:8642.", "",
    ])
  func host(host: String) async throws {
    let endpoint = try EndpointFixture()
    let refusal = try await endpoint.refusal(endpoint.request().with("host", host))
    #expect(refusal == Refusal(421, "endpoint-host-foreign"))
  }

  @Test("no host, and two")
  func hostCount() async throws {
    let endpoint = try EndpointFixture()
    var twice = endpoint.request()
    twice.fields.append(HTTPField("host", EndpointFixture.authority))
    for request in [endpoint.request().without("host"), twice] {
      #expect(try await endpoint.refusal(request) == Refusal(421, "endpoint-host-foreign"))
    }
  }

  @Test("whoever names another host, or a path without /v1, is told the one that serves")
  func told() async throws {
    let endpoint = try EndpointFixture()
    var request = endpoint.request().without("host")
    request.fields.append(HTTPField("host", "localhost:8642"))
    let host = String(decoding: try await endpoint.ask(request).body, as: UTF8.self)
    #expect(host.contains("http://127.0.0.1:8642/v1"), "\(host)")
    request = endpoint.request()
    request.path = "/chat/completions"
    let path = String(decoding: try await endpoint.ask(request).body, as: UTF8.self)
    #expect(path.contains("the base URL of apps ends with /v1"), "\(path)")
  }

  @Test("everything, until the endpoint knows where it listens")
  func unbound() async throws {
    let fixture = try EndpointFixture()
    let unbound = LocalEndpoint(
      address: EndpointAddress(), sections: [OpenAISection(client: fixture.client.client, state: fixture.client.state)])
    let answer = CollectedAnswer()
    await unbound.respond(to: StreamedRequest(fixture.request()), answer)
    #expect(try Refusal(answer.response) == Refusal(421, "endpoint-host-foreign"))
  }

  @Test(
    "a foreign origin, and that of a page without one",
    arguments: [
      "https://evil.example", "null", "http://localhost:8642", "https://127.0.0.1:8642", "http://127.0.0.1:8643",
      "http://127.0.0.1", "",
    ])
  func origin(origin: String) async throws {
    let endpoint = try EndpointFixture()
    let refusal = try await endpoint.refusal(endpoint.request().with("origin", origin))
    #expect(refusal == Refusal(403, "endpoint-origin-foreign"))
  }

  @Test("a request that another site caused, as the browser says", arguments: ["cross-site", "same-site", "none"])
  func site(site: String) async throws {
    let endpoint = try EndpointFixture()
    let refusal = try await endpoint.refusal(endpoint.request().with("sec-fetch-site", site))
    #expect(refusal == Refusal(403, "endpoint-site-foreign"))
  }

  @Test("the endpoint's own origin and site pass")
  func own() async throws {
    let endpoint = try EndpointFixture()
    let request = endpoint.request().with("origin", "http://" + EndpointFixture.authority)
      .with("sec-fetch-site", "same-origin")
    #expect(try await endpoint.ask(request).status == 200)
  }

  @Test(
    "a content type that a form or a plain script may send, and any other",
    arguments: [
      "text/plain", "text/plain;charset=UTF-8", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
      "application/jsonx", "text/plain; application/json", "",
    ])
  func contentType(type: String) async throws {
    let endpoint = try EndpointFixture()
    let refusal = try await endpoint.refusal(endpoint.request().with("content-type", type))
    #expect(refusal == Refusal(415, "endpoint-content-type"))
  }

  @Test("no content type, and two")
  func contentTypeCount() async throws {
    let endpoint = try EndpointFixture()
    var twice = endpoint.request()
    twice.fields.append(HTTPField("content-type", "application/json"))
    for request in [endpoint.request().without("content-type"), twice] {
      #expect(try await endpoint.refusal(request) == Refusal(415, "endpoint-content-type"))
    }
  }

  @Test("a missing key, an empty one, one of another scheme, and two")
  func missingKey() async throws {
    let endpoint = try EndpointFixture()
    var twice = endpoint.request()
    twice.fields.append(HTTPField("authorization", "Bearer " + endpoint.key))
    let requests = [
      endpoint.request().without("authorization"), endpoint.request().with("authorization", ""),
      endpoint.request().with("authorization", "Basic " + endpoint.key), twice,
    ]
    for request in requests {
      #expect(try await endpoint.refusal(request) == Refusal(401, "endpoint-key-missing"))
    }
  }

  @Test("a key that no app has, on every path", arguments: ["/v1/chat/completions", "/v1/models", "/v1/other"])
  func unknownKey(path: String) async throws {
    let endpoint = try EndpointFixture()
    var request = endpoint.request().with("authorization", "Bearer sk-cloister-0000")
    request.path = path
    #expect(try await endpoint.refusal(request) == Refusal(401, "endpoint-key-unknown"))
  }

  @Test("a preflight gets no field of CORS, and no answer has one")
  func preflight() async throws {
    let endpoint = try EndpointFixture()
    var preflight = WholeRequest(
      method: "OPTIONS", path: "/v1/chat/completions",
      fields: [
        HTTPField("host", EndpointFixture.authority), HTTPField("origin", "https://evil.example"),
        HTTPField("access-control-request-method", "POST"),
      ])
    let answers = [
      try await endpoint.ask(preflight), try await endpoint.ask(endpoint.request()),
      try await endpoint.ask(endpoint.request(EndpointFixture.chat(stream: true))),
    ]
    #expect(answers.map(\.status) == [403, 200, 200])
    for answer in answers {
      #expect(!answer.fields.contains { $0.name.hasPrefix("access-control-") })
      #expect(answer.field("cross-origin-resource-policy") == "same-origin")
      #expect(answer.field("cache-control") == "no-store")
    }
    preflight.fields.removeAll { $0.name == "origin" }
    preflight.fields.append(HTTPField("authorization", "Bearer " + endpoint.key))
    #expect(try Refusal(try await endpoint.ask(preflight)) == Refusal(405, "method-not-allowed"))
  }
}

@Suite("The secret of a run, by which the endpoint's own page is known")
struct PageSessionTests {
  @Test("refused: a page's request without this run's secret, with another run's, and with two")
  func secret() throws {
    let session = PageSession()
    func request(_ secrets: [String]) -> StreamedRequest {
      StreamedRequest(
        method: "POST", path: "/page/api/x", fields: secrets.map { HTTPField(PageSession.fieldName, $0) })
    }
    try session.requireSecret(of: request([session.secret]))
    for secrets in [[], [""], [PageSession().secret], [session.secret, session.secret]] {
      #expect(throws: EndpointError(EndpointError.secretWrong, "")) { try session.requireSecret(of: request(secrets)) }
    }
  }
}
