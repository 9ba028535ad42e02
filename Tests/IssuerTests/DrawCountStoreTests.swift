import Foundation
import Issuer
import PostgreSQLClient
import PostgreSQLDrawCounts
import TemporaryPostgreSQL
import Testing

/// One contract, run on both stores of counts.
@Suite("Stores of draw counts", .postgreSQLServer)
struct DrawCountStoreTests {
  enum Kind: CaseIterable, Sendable {
    case sqlite, postgresql

    /// Runs `body` with two stores over one fresh record, as two issuers of one operator.
    func withStores(_ body: ([any DrawCountStore]) async throws -> Void) async throws {
      switch self {
      case .sqlite:
        try await IssuerFixture.with { fixture async throws in
          try await body([try fixture.accounts().draws, try fixture.accounts().draws])
        }
      case .postgresql:
        let parameters = try TemporaryPostgreSQL.current.freshSchema()
        let stores = try await [
          PostgreSQLDrawCounts(parameters: parameters), PostgreSQLDrawCounts(parameters: parameters),
        ]
        try await body(stores)
      }
    }
  }

  private static let exceeded = IssuerError(IssuerError.quotaExceeded, "")

  private func count(
    _ store: any DrawCountStore, _ draws: [UInt64: Int], account: String = "a", plan: String = "p"
  ) async throws {
    try await store.count(
      draws.sorted { $0.key < $1.key }.map { TokenDraw(day: $0.key, tokenCount: $0.value) }, account: account,
      plan: plan, limit: 10)
  }

  @Test("tokens are counted up to the limit, all of a draw or none, each day and plan apart", arguments: Kind.allCases)
  func counting(kind: Kind) async throws {
    try await kind.withStores { stores async throws in
      let store = stores[0]
      await #expect(throws: Self.exceeded) { try await count(store, [5: 11]) }
      try await count(store, [5: 4])
      await #expect(throws: Self.exceeded) { try await count(stores[1], [5: 7]) }
      // Day 4 is not counted either.
      await #expect(throws: Self.exceeded) { try await count(store, [4: 1, 5: 7]) }
      try await count(stores[1], [4: 10, 5: 6])
      await #expect(throws: Self.exceeded) { try await count(store, [5: 1]) }
      try await count(store, [5: 10], account: "b")
      try await count(store, [5: 10], plan: "q")
      try await store.drop(daysBefore: 5)
      try await count(store, [4: 10])
      await #expect(throws: Self.exceeded) { try await count(store, [5: 1]) }
    }
  }

  @Test("two issuers that race give an account its limit and no token more", arguments: Kind.allCases)
  func race(kind: Kind) async throws {
    try await kind.withStores { stores async throws in
      let counted = try await withThrowingTaskGroup(of: Bool.self) { group in
        for index in 0..<60 {
          group.addTask {
            do {
              try await count(stores[index % 2], [5: 1, 6: 1])
              return true
            } catch let error as IssuerError where error == Self.exceeded {
              return false
            }
          }
        }
        return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(counted == 10)
      let counts = try await stores[0].counts(ofAccount: "a")
      #expect(counts.map(\.tokenCount) == [10, 10])
    }
  }

  @Test("accounts are counted by plan for one day, each once", arguments: Kind.allCases)
  func accountsOfDay(kind: Kind) async throws {
    try await kind.withStores { stores async throws in
      for (day, plan, account) in [
        (5, "p", "a"), (5, "p", "a"), (5, "p", "b"), (5, "q", "a"), (6, "p", "a"), (6, "p", "b"), (6, "p", "c"),
      ] {
        try await count(stores[0], [UInt64(day): 1], account: account, plan: plan)
      }
      #expect(try await stores[1].accountCounts(ofDay: 5) == ["p": 2, "q": 1])
      #expect(try await stores[1].accountCounts(ofDay: 6) == ["p": 3])
      #expect(try await stores[1].accountCounts(ofDay: 4) == [:])
    }
  }

  @Test("an account's counts are told by day and plan, and erased without another's", arguments: Kind.allCases)
  func accountCounts(kind: Kind) async throws {
    try await kind.withStores { stores async throws in
      for (day, plan, account) in [(6, "p", "a"), (5, "q", "a"), (5, "p", "a"), (5, "p", "b")] {
        try await count(stores[0], [UInt64(day): day], account: account, plan: plan)
      }
      #expect(
        try await stores[1].counts(ofAccount: "a") == [
          DrawCount(day: 5, plan: "p", tokenCount: 5), DrawCount(day: 5, plan: "q", tokenCount: 5),
          DrawCount(day: 6, plan: "p", tokenCount: 6),
        ])
      #expect(try await stores[1].counts(ofAccount: "c").isEmpty)
      #expect(try await stores[1].erase(account: "a"))
      #expect(try await !stores[0].erase(account: "a"))
      #expect(try await stores[0].counts(ofAccount: "a").isEmpty)
      #expect(try await stores[0].counts(ofAccount: "b").count == 1)
    }
  }

  @Test("the largest days and limits are counted like others", arguments: Kind.allCases)
  func boundaries(kind: Kind) async throws {
    try await kind.withStores { stores async throws in
      for day in [0, UInt64(Int64.max), .max] {
        try await stores[0].count(
          [TokenDraw(day: day, tokenCount: 100_000)], account: "d\(day)", plan: "p", limit: 100_000)
        await #expect(throws: Self.exceeded) {
          try await stores[1].count([TokenDraw(day: day, tokenCount: 1)], account: "d\(day)", plan: "p", limit: 100_000)
        }
      }
    }
  }
}

@Suite("Counts of draws in PostgreSQL", .postgreSQLServer)
struct PostgreSQLDrawCountsTests {
  @Test("fsync, full_page_writes and synchronous_commit are on")
  func durability() async throws {
    let counts = try await PostgreSQLDrawCounts(parameters: try TemporaryPostgreSQL.current.freshSchema())
    let expected = ["fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"]
    #expect(try await counts.durabilitySettings() == expected)
  }

  @Test(
    "a server that would lose counts, or note times, is refused",
    arguments: ["synchronous_commit=off", "log_statement=all", "log_min_duration_statement=0"])
  func settings(setting: String) async throws {
    let parameters = try TemporaryPostgreSQL.current.freshSchema(options: "-c \(setting)")
    await #expect(throws: IssuerError(IssuerError.configurationInvalid, "")) {
      try await PostgreSQLDrawCounts(parameters: parameters)
    }
  }

  @Test("parameters that libpq cannot read are refused, and never shown")
  func malformed() async throws {
    let error = await #expect(throws: IssuerError(IssuerError.configurationInvalid, "")) {
      try await PostgreSQLDrawCounts(parameters: "no_such_setting=secret")
    }
    #expect(error?.message.contains("secret") == false)
  }

  @Test("two issuers with states of their own and one database share a quota, a person's data and their erasure")
  func twoIssuers() async throws {
    let parameters = try TemporaryPostgreSQL.current.freshSchema()
    try await IssuerFixture.with { fixture async throws in
      let quota = 12
      let other = try fixture.copy()
      defer { try? FileManager.default.removeItem(atPath: other.folder) }
      var services: [IssuerService] = []
      for fixture in [fixture, other] {
        services.append(
          try await fixture.service(quota: quota, draws: try await PostgreSQLDrawCounts(parameters: parameters)))
      }
      let key = try await IssuerFixture.key(services[0], day: 5)
      #expect(try await IssuerFixture.key(services[1], day: 5) == key)
      let issued = try await withThrowingTaskGroup(of: Int.self) { [services] group in
        for index in 0..<3 * quota {
          group.addTask {
            try await IssuerFixture.draw(services[index % 2], account: fixture.ada, key: key, day: 5).status
          }
        }
        return try await group.reduce(0) { $0 + ($1 == 200 ? 1 : 0) }
      }
      #expect(issued == quota)
      let accounts = try AccountStore(
        path: IssuerConfiguration.accountsPath(stateFolder: fixture.folder),
        draws: try await PostgreSQLDrawCounts(parameters: parameters))
      guard case .object(let data) = try await accounts.export(.name("ada")) else {
        Issue.record("export is no object")
        return
      }
      #expect(data["draws"] == [["day": 5, "plan": "standard", "count": .integer(Int64(quota))]])
      try await accounts.erase(.name("ada"))
      let counts = try await PostgreSQLDrawCounts(parameters: parameters)
      #expect(try await counts.counts(ofAccount: fixture.ada.identifier).isEmpty)
    }
  }

  @Test("while the database is down no token is issued, and afterwards nothing is given twice")
  func down() async throws {
    try await TemporaryPostgreSQL.withServer { server in try await killAndStart(server) }
  }

  private func killAndStart(_ server: TemporaryPostgreSQL) async throws {
    var limits = PostgreSQLLimits()
    limits.firstReconnectDelay = .zero
    limits.lastReconnectDelay = .zero
    let counts = try await PostgreSQLDrawCounts(parameters: server.parameters, limits: limits)
    try await IssuerFixture.with { fixture async throws in
      let service = try await fixture.service(draws: counts)
      let key = try await IssuerFixture.key(service, day: 5)
      func status() async throws -> Int {
        try await IssuerFixture.draw(service, account: fixture.ada, key: key, day: 5).status
      }
      #expect(try await status() == 200)
      await server.kill()
      #expect(try await status() == 503)
      await server.start()
      // The quota is 3; what was acknowledged before is counted.
      #expect(try await [status(), status(), status()] == [200, 200, 429])
    }
  }
}
