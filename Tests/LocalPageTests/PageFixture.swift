import CloisterClient
import Foundation
import HTTPMessages
import InMemoryParties
import LocalEndpoint
import StrictJSON
import TestSupport
import Testing

/// The page of a person with tokens and no consent, in front of a deployment in memory.
struct PageFixture {
  static let authority = "127.0.0.1:8642"

  let deployment: InMemoryDeployment
  let client: CloisterClient
  let state: ClientState
  let endpoint: LocalEndpoint
  let secret: String

  init(_ options: InMemoryDeployment.Options = .init()) async throws {
    deployment = try await InMemoryDeployment.started(options)
    client = try await deployment.makeClientWithTokens()
    state = await client.state
    try state.consent.change { $0.revoke("summarize") }
    let session = PageSession()
    secret = session.secret
    let address = EndpointAddress()
    address.bind(host: "127.0.0.1", port: 8642)
    let clock = deployment.clock
    endpoint = LocalEndpoint(
      address: address,
      sections: [
        PageSection(session: session, client: client, state: state, clock: ClientClock { clock.now })
      ])
    deployment.network.forgetMessages()
  }

  /// With the feature and some tasks on.
  static func granted(
    _ tasks: String..., options: InMemoryDeployment.Options = .init()
  ) async throws -> PageFixture {
    let fixture = try await PageFixture(options)
    for task in tasks { try fixture.state.consent.change { $0.grant(task) } }
    return fixture
  }

  // MARK: Requests as the page's script makes them

  func request(_ method: String, _ path: String, _ body: [UInt8] = []) -> WholeRequest {
    var fields = [HTTPField("host", Self.authority), HTTPField("x-cloister-page", secret)]
    if method == "POST" { fields.append(HTTPField("content-type", "application/json")) }
    return WholeRequest(
      method: method, path: "/page/api/" + path, fields: fields, body: body, peerAddress: "127.0.0.1")
  }

  func request(_ path: String, _ value: JSONValue) -> WholeRequest { request("POST", path, value.canonicalBytes) }

  func upload(_ bytes: [UInt8], named name: String) -> WholeRequest {
    request("POST", "chat", bytes).with("content-type", "application/octet-stream").with("cloister-file-name", name)
  }

  func ask(_ request: WholeRequest) async throws -> WholeResponse {
    let endpoint = endpoint
    let response = try await StreamedAnswer { await endpoint.respond(to: StreamedRequest(request), $0) }.response()
    return WholeResponse(
      status: response.status, fields: response.fields, body: try await response.body.collect(byteLimit: 8 << 20))
  }

  /// What a request is answered with.
  func json(_ request: WholeRequest) async throws -> PageJSON {
    let response = try await ask(request)
    let value = PageJSON(try JSONValue(parsing: response.body))
    try #require(response.status == 200, "\(value["code"]?.text ?? "")")
    return value
  }

  func get(_ path: String) async throws -> PageJSON { try await json(request("GET", path)) }

  func post(_ path: String, _ value: JSONValue) async throws -> PageJSON { try await json(request(path, value)) }

  /// The code that a request is refused with, in the page's form; that nothing left the device is checked too.
  func refusal(_ request: WholeRequest) async throws -> String? {
    let response = try await ask(request)
    #expect(response.status >= 400)
    #expect(deployment.network.messages.isEmpty)
    var refusal = try JSONObject(parsing: response.body, name: "refusal")
    let code = try refusal.string("code")
    #expect(try !refusal.string("message").isEmpty)
    #expect(try !refusal.string("advice").isEmpty)
    try refusal.finish()
    return code
  }

  /// The lines of a streamed answer.
  func events(_ path: String, _ value: JSONValue) async throws -> [PageJSON] {
    let response = try await ask(request(path, value))
    try #require(response.status == 200)
    return try response.body.split(separator: 0x0A).map { PageJSON(try JSONValue(parsing: Array($0))) }
  }

  // MARK: The chat of the tests

  static let chatText = ChatText.messages.enumerated().map { index, message in
    "13/03/2026, 09:\(10 + index) - \(message.sender): \(message.text)\n"
  }.joined()

  /// - Returns: the open chat's identifier.
  func openChat() async throws -> String {
    let chat = try await json(upload(Array(Self.chatText.utf8), named: "WhatsApp%20Chat%20with%20Picnic.txt"))
    return try #require(chat["id"]?.text)
  }

  /// Opens the chat and shows the preview of its newest messages.
  func preview(count: Int64 = 3) async throws -> (chat: String, preview: PageJSON) {
    let identifier = try await openChat()
    let preview = try await post(
      "preview",
      ["chat": .string(identifier), "range": "unread", "count": .integer(count), "redact": false, "reader": "Ada"])
    return (identifier, preview)
  }
}

/// Members of an answer, for tests.
struct PageJSON {
  let value: JSONValue

  init(_ value: JSONValue) { self.value = value }

  subscript(_ member: String) -> PageJSON? {
    guard case .object(let members) = value, let member = members[member], member != .null else { return nil }
    return PageJSON(member)
  }

  var text: String? { if case .string(let text) = value { text } else { nil } }
  var number: Int64? { if case .integer(let number) = value { number } else { nil } }
  var flag: Bool? { if case .boolean(let flag) = value { flag } else { nil } }
  var elements: [PageJSON] { if case .array(let elements) = value { elements.map(PageJSON.init) } else { [] } }
  var names: Set<String> { if case .object(let members) = value { Set(members.keys) } else { [] } }
}
