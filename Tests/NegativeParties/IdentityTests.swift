import CloisterClient
import Foundation
import HTTPMessages
import InMemoryParties
import PrivacyPass
import Testing

@Suite("Nothing that identifies a person passes the relay", .keepsFolders)
struct IdentityTests {
  private static let ohttp = [
    HTTPField("content-type", "message/ohttp-chunked-req"), HTTPField("incremental", "?1"),
  ]

  @Test("identity: client, relay and gateway say content type and streaming, and nothing else")
  func contentTypeAlone() async throws {
    let deployment = try await InMemoryDeployment.started()
    let client = try await deployment.makeClientWithTokens()
    _ = try await client.summarize(ChatText.export())
    let senders = ["client", "relay", "gateway"]
    for sender in senders {
      let requests = deployment.network.messages.filter {
        $0.sender == sender && $0.request.path.hasSuffix("/.well-known/ohttp-gateway")
      }.map(\.request)
      #expect(requests.map(\.fields) == [Self.ohttp])
    }
    let fetches = deployment.network.messages.filter { $0.request.path.contains("/epoch/") }
    #expect(fetches.map(\.sender).sorted() == ["client", "relay"])
    #expect(fetches.allSatisfy { $0.request.fields.isEmpty && $0.request.body.isEmpty })
  }

  @Test("identity: two people's fetches are the same request, byte for byte")
  func sameFetch() async throws {
    let deployment = try await InMemoryDeployment.started()
    for account in InMemoryDeployment.accountNames {
      _ = try await deployment.makeClient(account: account).currentEpoch()
    }
    let fetches = deployment.network.messages(to: DeploymentNames.relay).map(\.request)
    #expect(fetches.count == 2)
    #expect(Set(fetches.map { "\($0.method) \($0.path) \($0.fields.count) \($0.body.count)" }).count == 1)
  }

  @Test("identity: the account's key and name reach the issuer alone")
  func accountStaysAtIssuer() async throws {
    let deployment = try await InMemoryDeployment.started()
    let client = try await deployment.makeClientWithTokens()
    _ = try await client.summarize(ChatText.export())
    let key = try #require(deployment.identity.accountKeys["ada"]).hexadecimal
    let search = MarkerSearch(key)
    let places = deployment.network.messages.filter {
      search.isFound(in: $0.request) || $0.response.map { search.isFound(in: $0) } ?? false
    }
    #expect(Set(places.map(\.server)) == [DeploymentNames.issuer])
    for file in try TemporaryFolder.files(under: deployment.partiesFolder) {
      #expect(!search.isFound(in: file.bytes))
      if String(decoding: file.bytes, as: UTF8.self).contains(#""account":"ada""#) {
        #expect(file.path.hasSuffix("/observed/issuer.jsonl"))
      }
    }
    #expect(!deployment.logLines.lines.contains { $0.contains(key) || $0.contains("ada") })
  }

  @Test("identity: the client's address reaches the relay and, for tokens, the issuer")
  func addressStaysAtRelay() async throws {
    let address = "127.0.0.173"
    let deployment = try await InMemoryDeployment.started()
    let client = try await deployment.makeClientWithTokens(address: address)
    _ = try await client.summarize(ChatText.export())
    let search = MarkerSearch(address)
    let seen = try TemporaryFolder.files(under: deployment.partiesFolder).filter { search.isFound(in: $0.bytes) }
    #expect(Set(seen.map { URL(fileURLWithPath: $0.path).lastPathComponent }) == ["issuer.jsonl", "relay.jsonl"])
    #expect(!deployment.network.messages.contains { search.isFound(in: $0.request) })
    #expect(!deployment.logLines.lines.contains { search.isFound(in: $0) })
  }

  @Test("identity: a token travels in clear nowhere, and only the gateway knows its digest")
  func tokenStaysSealed() async throws {
    let deployment = try await InMemoryDeployment.started()
    let handmade = try await HandmadeRequest(deployment)
    let token = try await handmade.drawToken()
    let request = try HandmadeRequest.innerRequest(
      body: HandmadeRequest.summarizeBody(HandmadeRequest.transcript(saying: "agreed")))
    let answer = try await handmade.askNode(
      request, authorization: PrivateTokenAuthorization.fieldValue(for: token))
    #expect(answer.statusCode == 200)
    for secret in [token.encoded, token.nonce, token.authenticator] {
      #expect(try MarkerSearch(bytes: secret).places(in: deployment).isEmpty)
    }
    let digest = try MarkerSearch(bytes: token.digest).places(in: deployment)
    #expect(
      Set(digest.map { URL(fileURLWithPath: $0).lastPathComponent }).isSubset(of: [
        "gateway.jsonl", "spent-tokens.sqlite", "spent-tokens.sqlite-wal",
      ]))
    #expect(digest.contains { $0.hasSuffix("gateway.jsonl") })
  }
}
