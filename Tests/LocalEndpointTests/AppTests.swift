import CloisterClient
import ErrorCodes
import HTTPMessages
import TestSupport
import Testing

@Suite("Apps: a key and a consent each")
struct AppTests {
  @Test("refused: the key of an app that was revoked, while another app's goes on")
  func revoked() async throws {
    let endpoint = try EndpointFixture()
    let other = try endpoint.client.state.apps.add("other")
    try endpoint.client.state.apps.revoke("other")
    let refusal = try await endpoint.refusal(endpoint.request().with("authorization", "Bearer " + other))
    #expect(refusal == Refusal(401, "endpoint-key-unknown"))
    #expect(try await endpoint.ask(endpoint.request()).status == 200)
  }

  @Test("refused: a task that was granted to another app alone")
  func otherApp() async throws {
    let endpoint = try EndpointFixture()
    let other = try endpoint.client.state.apps.add("other")
    let refusal = try await endpoint.refusal(endpoint.request().with("authorization", "Bearer " + other))
    #expect(refusal == Refusal(403, "app-consent-missing"))
  }

  @Test("refused: a task that the person took back, from the app or from themselves")
  func takenBack() async throws {
    let endpoint = try EndpointFixture()
    try endpoint.client.state.consent.change { $0.revoke(ChatAnswer.task, fromApp: EndpointFixture.appName) }
    #expect(try await endpoint.refusal(endpoint.request()) == Refusal(403, "app-consent-missing"))
    try endpoint.client.state.consent.change {
      $0.grant(ChatAnswer.task, toApp: EndpointFixture.appName)
      $0.revoke(ChatAnswer.task)
    }
    #expect(try await endpoint.refusal(endpoint.request()) == Refusal(403, "consent-missing"))
  }

  @Test("a key is kept as a digest alone, and is another one each time")
  func digest() throws {
    let endpoint = try EndpointFixture()
    let apps = endpoint.client.state.apps
    let other = try apps.add("other")
    #expect(other != endpoint.key)
    let stored = try String(contentsOfFile: endpoint.client.path + "/apps.json", encoding: .utf8)
    for key in [endpoint.key, other] {
      #expect(!stored.contains(key.dropFirst("sk-cloister-".count)))
      #expect(try apps.app(withKey: key) != nil)
      #expect(try apps.app(withKey: String(key.dropLast())) == nil)
    }
  }

  @Test(
    "refused: a name that cannot be told from others or is none",
    arguments: ["", "a b", "a\n", "ä", String(repeating: "a", count: 65)])
  func name(name: String) throws {
    let endpoint = try EndpointFixture()
    // Its folder goes with it.
    defer { withExtendedLifetime(endpoint) {} }
    let apps = endpoint.client.state.apps
    #expect(throws: ClientError(ClientError.appName, "")) { try apps.add(name) }
  }

  @Test("refused: a second app of a name, and one that is not there")
  func second() throws {
    let endpoint = try EndpointFixture()
    // Its folder goes with it.
    defer { withExtendedLifetime(endpoint) {} }
    let apps = endpoint.client.state.apps
    #expect(throws: ClientError(ClientError.appExists, "")) { try apps.add(EndpointFixture.appName) }
    #expect(throws: ClientError(ClientError.appUnknown, "")) { try apps.revoke("other") }
    #expect(throws: ClientError(ClientError.appUnknown, "")) { try apps.app(named: "other") }
  }

  @Test("consent of apps outlasts the process, and goes with the app")
  func consentIsKept() throws {
    let endpoint = try EndpointFixture()
    defer { withExtendedLifetime(endpoint) {} }
    let state = endpoint.client.state
    #expect(try state.consent.current().appTasks == [EndpointFixture.appName: [ChatAnswer.task]])
    try state.consent.change { $0.forgetApp(EndpointFixture.appName) }
    #expect(try state.consent.current().appTasks.isEmpty)
  }
}
