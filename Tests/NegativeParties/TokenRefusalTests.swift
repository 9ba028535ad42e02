import Foundation
import Gateway
import InMemoryParties
import PrivacyPass
import SpentTokens
import Testing

@Suite("Tokens that a gateway refuses, each with the one answer token-refused", .keepsFolders)
struct TokenRefusalTests {
  private static let request = HandmadeRequest.summarizeBody(HandmadeRequest.transcript(saying: "agreed"))

  private func expectRefused(
    _ authorization: String, by deployment: InMemoryDeployment, _ handmade: HandmadeRequest
  ) async throws {
    let answer = try await handmade.askNode(
      try HandmadeRequest.innerRequest(body: Self.request), authorization: authorization)
    #expect(answer.statusCode == 401)
    #expect(answer.refusalCode == "token-refused")
    let atNodes = deployment.network.messages.filter {
      $0.sender == "gateway" && $0.request.path == "/.well-known/ohttp-gateway"
    }
    #expect(atNodes.isEmpty)
  }

  @Test("token: replayed")
  func replayed() async throws {
    let deployment = try await InMemoryDeployment.started()
    let handmade = try await HandmadeRequest(deployment)
    let authorization = try await handmade.drawAuthorization()
    let request = try HandmadeRequest.innerRequest(body: Self.request)
    #expect(try await handmade.askNode(request, authorization: authorization).statusCode == 200)
    deployment.network.forgetMessages()
    try await expectRefused(authorization, by: deployment, handmade)
  }

  @Test("token: replayed by whoever repeats the client's message on its way")
  func repeatedOnItsWay() async throws {
    let deployment = try await InMemoryDeployment.started()
    let client = try await deployment.makeClientWithTokens()
    deployment.network.intercept(DeploymentNames.gateway) { request, deliver in
      if request.method == "POST" { _ = await deliver(request) }
      return await deliver(request)
    }
    await #expect(throws: (any Error).self) { try await client.summarize(ChatText.export()) }
    let atNodes = deployment.network.messages.filter {
      $0.sender == "gateway" && $0.request.path == "/.well-known/ohttp-gateway"
    }
    #expect(atNodes.count == 1)
  }

  @Test("token: presented twenty times at once, admitted once")
  func presentedAtOnce() async throws {
    let deployment = try await InMemoryDeployment.started()
    let handmade = try await HandmadeRequest(deployment)
    let authorization = try await handmade.drawAuthorization()
    let request = try HandmadeRequest.innerRequest(body: Self.request)
    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<20 {
        group.addTask { try await handmade.askNode(request, authorization: authorization).statusCode }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(statuses.filter { $0 == 200 }.count == 1)
    #expect(statuses.filter { $0 == 401 }.count == 19)
  }

  @Test("token: presented to two gateways at once, admitted by one")
  func presentedToTwoGateways() async throws {
    let deployment = try await InMemoryDeployment.started()
    let second = "http://gateway-2.test"
    _ = try await deployment.startGateway(at: second)
    let handmade = try await HandmadeRequest(deployment)
    let authorization = try await handmade.drawAuthorization()
    let inner = try HandmadeRequest.innerRequest(body: Self.request)
    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
      for index in 0..<20 {
        let message = try handmade.sealToNode(inner).encapsulatedRequest
        let request = try handmade.outerRequest(authorization: authorization, content: message)
        let gateway = index.isMultiple(of: 2) ? DeploymentNames.gateway : second
        group.addTask { try await handmade.ask(request, gateway: gateway).statusCode }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(statuses.filter { $0 == 200 }.count == 1)
    #expect(statuses.filter { $0 == 401 }.count == 19)
  }

  @Test("token: spent before the gateway was started again")
  func replayedAfterRestart() async throws {
    let deployment = try await InMemoryDeployment.started()
    let handmade = try await HandmadeRequest(deployment)
    let authorization = try await handmade.drawAuthorization()
    let request = try HandmadeRequest.innerRequest(body: Self.request)
    #expect(try await handmade.askNode(request, authorization: authorization).statusCode == 200)
    _ = try await deployment.startGateway(at: DeploymentNames.gateway)
    deployment.network.forgetMessages()
    try await expectRefused(authorization, by: deployment, handmade)
  }

  @Test("token: spent before the record of spent tokens was lost")
  func replayedAfterLoss() async throws {
    let deployment = try await InMemoryDeployment.started()
    let handmade = try await HandmadeRequest(deployment)
    let spent = try await handmade.drawAuthorization()
    let unspent = try await handmade.drawAuthorization()
    let request = try HandmadeRequest.innerRequest(body: Self.request)
    #expect(try await handmade.askNode(request, authorization: spent).statusCode == 200)
    let folder = deployment.partiesFolder + "/gateway"
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.hasPrefix("spent-tokens") {
      try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
    }
    let gateway = try await deployment.startGateway(at: DeploymentNames.gateway)
    for authorization in [spent, unspent] {
      let answer = try await handmade.askNode(request, authorization: authorization)
      #expect(answer.statusCode == 503)
      #expect(answer.refusalCode == "token-day-closed")
    }
    // The next day's tokens were offered to nobody while there was no record.
    deployment.clock.advance(bySeconds: 24 * Double(deployment.options.epochSeconds))
    await gateway.publishDueEpochs()
    let nextDay = try await HandmadeRequest(deployment)
    #expect(try await nextDay.askNode(request, authorization: try await nextDay.drawAuthorization()).statusCode == 200)
  }

  @Test("token: of another issuer's key")
  func otherKey() async throws {
    let deployment = try await InMemoryDeployment.started()
    let handmade = try await HandmadeRequest(deployment)
    let stranger = try TokenIssuer()
    let pending = try PendingToken(challenge: try handmade.challenge, key: stranger.publicKey)
    let response = try stranger.issue(pending.request)
    let token = try pending.finalize(response)
    try await expectRefused(PrivateTokenAuthorization.fieldValue(for: token), by: deployment, handmade)
  }

  /// What a challenge names; the right ones by default.
  struct Names: Sendable {
    var issuer = DeploymentNames.issuerName
    var origin = DeploymentNames.operatorOrigin
    var day: UInt64 = 0
  }

  @Test(
    "token: of another issuer, origin or day",
    arguments: [Names(issuer: "other.test"), Names(origin: "other.test"), Names(day: 1)])
  func otherChallenge(names: Names) async throws {
    let deployment = try await InMemoryDeployment.started()
    let handmade = try await HandmadeRequest(deployment)
    let challenge = try TokenChallenge.cloister(
      issuerName: names.issuer, originInfo: names.origin, issuerDay: names.day)
    let token = try await handmade.drawToken(challenge: challenge)
    try await expectRefused(PrivateTokenAuthorization.fieldValue(for: token), by: deployment, handmade)
  }

  @Test("token: with any of its fields changed", arguments: [0, 1, 2, 33, 34, 65, 66, 97, 98, 200, 353])
  func changedByte(offset: Int) async throws {
    let deployment = try await InMemoryDeployment.started()
    let handmade = try await HandmadeRequest(deployment)
    var bytes = try await handmade.drawToken().encoded
    bytes[offset] ^= 1
    try await expectRefused(
      "PrivateToken token=\"\(Base64URLText.encode(bytes))\"", by: deployment, handmade)
  }

  @Test(
    "token: malformed",
    arguments: [
      "", "PrivateToken", "PrivateToken token=\"\"", "PrivateToken token=\"AAAA\"", "Bearer AAAA",
      "PrivateToken token=AAAA, PrivateToken token=AAAA", "PrivateToken token=\"////\"",
      "PrivateToken token=\"" + String(repeating: "A", count: 12_000) + "\"",
    ])
  func malformed(authorization: String) async throws {
    let deployment = try await InMemoryDeployment.started()
    try await expectRefused(authorization, by: deployment, try await HandmadeRequest(deployment))
  }

  @Test("token: none at all")
  func missing() async throws {
    let deployment = try await InMemoryDeployment.started()
    let handmade = try await HandmadeRequest(deployment)
    let message = try handmade.sealToNode(try HandmadeRequest.innerRequest(body: Self.request)).encapsulatedRequest
    let answer = try await handmade.ask(try handmade.outerRequest(authorization: nil, content: message))
    #expect(answer.statusCode == 401)
    #expect(answer.refusalCode == "token-refused")
  }

  @Test("token: while the record of spent tokens cannot answer")
  func storeUnavailable() async throws {
    let deployment = try await InMemoryDeployment.started()
    let handmade = try await HandmadeRequest(deployment)
    let key = try IssuerPublicKey(subjectPublicKeyInfo: handmade.bundle.issuerKeys[0].publicKey)
    let store = try SQLiteSpentTokens(path: deployment.folder.path("closed.sqlite"))
    try await store.close()
    let day = DailyTokenVerifier.IssuerDay(issuerDay: 0, keys: [key], challenge: try handmade.challenge)
    let admission = Admission(verifier: DailyTokenVerifier(days: [day]), store: store)
    let admitted = try admission.verify(authorization: try await handmade.drawAuthorization())
    await #expect(throws: SpentTokenError(SpentTokenError.unavailable, "")) { try await admission.spend(admitted) }
  }
}
