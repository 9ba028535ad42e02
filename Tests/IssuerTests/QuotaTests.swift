import Foundation
import Issuer
import PrivacyPass
import Testing

@Suite("Quotas")
struct QuotaTests {
  private static let exceeded = IssuerError(IssuerError.quotaExceeded, "")

  @Test("two issuers on one file that race give an account its quota and no token more")
  func race() async throws {
    try await IssuerFixture.with { fixture async throws in
      let quota = 24
      let services = [try await fixture.service(quota: quota), try await fixture.service(quota: quota)]
      let key = try await IssuerFixture.key(services[0], day: 5)
      let account = fixture.ada
      let issued = try await withThrowingTaskGroup(of: Int.self) { group in
        for index in 0..<3 * quota {
          group.addTask {
            try await IssuerFixture.draw(services[index % 2], account: account, key: key, day: 5).status
          }
        }
        return try await group.reduce(0) { $0 + ($1 == 200 ? 1 : 0) }
      }
      #expect(issued == quota)
    }
  }

  @Test("what was counted before a crash stays counted: its tokens are lost, and none is given twice")
  func crash() async throws {
    try await IssuerFixture.with { fixture async throws in
      // As far as an issuer gets that dies between counting and answering.
      try await fixture.accounts().draws.count(
        [.init(day: 5, tokenCount: 2)], account: fixture.ada.identifier, plan: "standard", limit: IssuerFixture.quota)
      let service = try await fixture.service()
      let key = try await IssuerFixture.key(service, day: 5)
      #expect(try await IssuerFixture.draw(service, account: fixture.ada, key: key, day: 5).status == 200)
      #expect(try await IssuerFixture.draw(service, account: fixture.ada, key: key, day: 5).status == 429)
    }
  }

  @Test("counts of days before yesterday are dropped when a day begins")
  func drop() async throws {
    try await IssuerFixture.with(storedDays: [5, 6, 7]) { fixture async throws in
      let service = try await fixture.service()
      for day in 5...7 as ClosedRange<UInt64> {
        fixture.clock.set(day: day)
        let key = try await IssuerFixture.key(service, day: day)
        #expect(try await IssuerFixture.draw(service, account: fixture.ada, key: key, day: day).status == 200)
      }
      guard case .object(let data) = try await fixture.accounts().export(.name("ada")) else {
        Issue.record("export is no object")
        return
      }
      #expect(
        data["draws"] == [
          ["day": 6, "plan": "standard", "count": 1], ["day": 7, "plan": "standard", "count": 1],
        ])
    }
  }

  @Test("counts are on the disk before a token is signed: the file is synchronised at each commit")
  func synchronous() async throws {
    try await IssuerFixture.with { fixture async throws in
      // 2 is FULL (sqlite.org/pragma.html).
      #expect(try await fixture.accounts().synchronousLevel() == 2)
    }
  }

  @Test("a file that is no database, or cannot be written, stops the start")
  func unavailable() async throws {
    try await IssuerFixture.with { fixture async throws in
      for suffix in ["", "-wal", "-shm"] {
        try? FileManager.default.removeItem(atPath: fixture.folder + "/accounts.sqlite" + suffix)
      }
      try Data("no database at all".utf8).write(to: URL(fileURLWithPath: fixture.folder + "/accounts.sqlite"))
      await #expect(throws: IssuerError(IssuerError.stateUnavailable, "")) { try await fixture.service() }
    }
  }
}
