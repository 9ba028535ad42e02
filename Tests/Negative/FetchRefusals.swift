import Foundation
import HTTPMessages
import TestDeployment
import Testing

@Suite("Refused: any request but the fixed ones")
struct FetchRefusals {
  @Test("the epoch is fetched without cookie, condition, range, query or any other field")
  func epochRequest() async throws {
    let client = try brokenEpoch { _, _ in }
    _ = try await client.summarize()
    let fetches = client.parties.arrivals.filter { $0.request.method == "GET" }
    #expect(fetches.map(\.request.path) == ["/to/operator.test/epoch/\(currentEpoch)"])
    #expect(fetches.allSatisfy { $0.request.fields.isEmpty && $0.request.body.isEmpty })
    #expect(fetches.allSatisfy { $0.server == DeploymentFixture.relayServer })
  }

  @Test("the encapsulated request says its content type and that it streams, and nothing else")
  func requestFields() async throws {
    let client = try brokenEpoch { _, _ in }
    _ = try await client.summarize()
    let posts = client.parties.arrivals.filter { $0.request.method == "POST" }
    #expect(posts.map(\.request.path) == ["/to/operator.test/.well-known/ohttp-gateway"])
    let fields = [HTTPField("content-type", "message/ohttp-chunked-req"), HTTPField("incremental", "?1")]
    #expect(posts.map(\.request.fields) == [fields])
  }

  @Test("what a client fetches does not depend on its past")
  func independentOfPast() async throws {
    var fixture = try SharedDeployment.copy()
    let first = try fixture.publish(fixture.plan())
    let second = try fixture.publish(fixture.plan(currentEpoch + 1))
    let time = fixture.time(in: currentEpoch + 1)
    let newcomer = try ClientFixture(fixture, time: time)
    let veteran = try ClientFixture(fixture, time: fixture.time(in: currentEpoch))
    for client in [newcomer, veteran] {
      client.parties.serve(first, epoch: currentEpoch)
      client.parties.serve(second, epoch: currentEpoch + 1)
    }
    _ = try await veteran.client.currentEpoch()
    _ = try await veteran.client(at: time).currentEpoch()
    _ = try await newcomer.client.currentEpoch()
    let last = try #require(veteran.parties.arrivals.last)
    let only = try #require(newcomer.parties.arrivals.last)
    #expect(last.request.path == only.request.path)
    #expect(last.request.fields == only.request.fields)
    #expect(last.request.body == only.request.body)
  }

  @Test("two requests of one class have one size on the wire")
  func requestSizes() async throws {
    let client = try brokenEpoch { _, _ in }
    _ = try await client.summarize()
    _ = try await client.client.summarize(
      .init(fileName: "chat.txt", bytes: Array("12/03/2026, 09:15 - Ana: Hi\n".utf8)))
    let sizes = client.parties.arrivals.filter { $0.request.method == "POST" }.map(\.request.body.count)
    #expect(sizes.count == 2)
    #expect(Set(sizes).count == 1)
  }
}
