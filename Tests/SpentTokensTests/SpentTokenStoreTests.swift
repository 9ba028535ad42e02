import ErrorCodes
import SpentTokens
import Testing

/// One contract, run on every store.
@Suite("Stores of spent tokens", .postgreSQLServer)
struct SpentTokenStoreTests {
  /// How many of these tasks won.
  private func wins(_ tasks: [@Sendable () async throws -> Bool]) async throws -> Int {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for task in tasks { group.addTask { try await task() } }
      return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
  }

  @Test("a token is spent once", arguments: StoreKind.allCases)
  func once(kind: StoreKind) async throws {
    try await kind.withStore { store async throws in
      try await store.hold(issuerDays: 3...4)
      #expect(try await store.spend(tokenDigest: digest(1), issuerDay: 4))
      #expect(try await !store.spend(tokenDigest: digest(1), issuerDay: 4))
      #expect(try await store.spend(tokenDigest: digest(2), issuerDay: 4))
      #expect(try await !store.spend(tokenDigest: digest(1), issuerDay: 4))
      #expect(try await store.spend(tokenDigest: digest(1), issuerDay: 3))
    }
  }

  @Test("of many concurrent redeemers of one token exactly one wins", arguments: StoreKind.allCases)
  func concurrent(kind: StoreKind) async throws {
    try await kind.withStore { store async throws in
      try await store.hold(issuerDays: 1...1)
      for token in 0..<8 as Range<UInt64> {
        let one = { @Sendable () async throws in try await store.spend(tokenDigest: digest(token), issuerDay: 1) }
        #expect(try await wins(Array(repeating: one, count: 8)) == 1)
      }
    }
  }

  @Test("two gateways racing with one token redeem it once", arguments: StoreKind.allCases)
  func twoGateways(kind: StoreKind) async throws {
    try await kind.withStores(2) { stores async throws in
      for store in stores { try await store.hold(issuerDays: 1...1) }
      for token in 0..<50 as Range<UInt64> {
        let tasks = stores.map { store in
          { @Sendable () async throws in try await store.spend(tokenDigest: digest(token), issuerDay: 1) }
        }
        #expect(try await wins(tasks) == 1)
      }
    }
  }

  @Test("thousands of tokens at once, each shown to two gateways, are spent once each", arguments: StoreKind.allCases)
  func thousands(kind: StoreKind) async throws {
    try await kind.withStores(2) { stores async throws in
      try await stores[0].hold(issuerDays: 1...2)
      let tasks = (0..<4_000 as Range<UInt64>).flatMap { token in
        stores.map { store in
          { @Sendable () async throws in try await store.spend(tokenDigest: digest(token), issuerDay: 1 + token % 2) }
        }
      }
      #expect(try await wins(tasks.shuffled()) == 4_000)
    }
  }

  @Test("a token of a day without a table is refused", arguments: StoreKind.allCases)
  func dayWithoutTable(kind: StoreKind) async throws {
    try await kind.withStore { store async throws in
      await #expect(throws: refusal(SpentTokenError.dayClosed)) {
        try await store.spend(tokenDigest: digest(1), issuerDay: 1)
      }
      try await store.hold(issuerDays: 4...5)
      for day in [0, 3, 6, .max] as [UInt64] {
        await #expect(throws: refusal(SpentTokenError.dayClosed)) {
          try await store.spend(tokenDigest: digest(1), issuerDay: day)
        }
      }
    }
  }

  @Test("a dropped day spends nothing any more, and later days are kept", arguments: StoreKind.allCases)
  func dropping(kind: StoreKind) async throws {
    try await kind.withStores(2) { stores async throws in
      let store = stores[0]
      try await store.hold(issuerDays: 3...5)
      for day in 3...5 as ClosedRange<UInt64> { #expect(try await store.spend(tokenDigest: digest(1), issuerDay: day)) }
      try await stores[1].hold(issuerDays: 5...6)
      // A gateway whose clock is behind opens nothing again.
      try await store.hold(issuerDays: 3...5)
      for store in stores {
        for day in 3...4 as ClosedRange<UInt64> {
          await #expect(throws: refusal(SpentTokenError.dayClosed)) {
            try await store.spend(tokenDigest: digest(2), issuerDay: day)
          }
        }
        #expect(try await !store.spend(tokenDigest: digest(1), issuerDay: 5))
      }
      #expect(try await store.spend(tokenDigest: digest(1), issuerDay: 6))
    }
  }

  @Test("a record that was lost opens no day that was served before", arguments: StoreKind.allCases)
  func lostRecord(kind: StoreKind) async throws {
    try await kind.withLoss { store, lost async throws in
      try await store.hold(issuerDays: 3...4)
      #expect(try await store.spend(tokenDigest: digest(1), issuerDay: 4))
      let next = try await lost()
      // Twice, as after one more start.
      for _ in 0..<2 {
        try await next.hold(issuerDays: 3...5, servedThrough: 4)
        for day in 3...4 as ClosedRange<UInt64> {
          await #expect(throws: refusal(SpentTokenError.dayClosed)) {
            try await next.spend(tokenDigest: digest(1), issuerDay: day)
          }
        }
      }
      #expect(try await next.spend(tokenDigest: digest(1), issuerDay: 5))
      #expect(try await !next.spend(tokenDigest: digest(1), issuerDay: 5))
    }
  }

  @Test("a record that is there keeps its days, whatever was served", arguments: StoreKind.allCases)
  func keptRecord(kind: StoreKind) async throws {
    try await kind.withStores(2) { stores async throws in
      try await stores[0].hold(issuerDays: 3...4)
      #expect(try await stores[0].spend(tokenDigest: digest(1), issuerDay: 4))
      try await stores[1].hold(issuerDays: 4...5, servedThrough: 5)
      #expect(try await !stores[1].spend(tokenDigest: digest(1), issuerDay: 4))
      #expect(try await stores[1].spend(tokenDigest: digest(1), issuerDay: 5))
    }
  }

  @Test("the smallest and the largest day are days like others", arguments: StoreKind.allCases)
  func boundaryDays(kind: StoreKind) async throws {
    try await kind.withStore { store async throws in
      for day in [0, UInt64(Int64.max), UInt64(Int64.max) + 1, .max] {
        try await store.hold(issuerDays: day...day)
        #expect(try await store.spend(tokenDigest: digest(1), issuerDay: day))
        #expect(try await !store.spend(tokenDigest: digest(1), issuerDay: day))
      }
    }
  }
}

@Suite("Issuer days that a store holds")
struct IssuerDaysTests {
  @Test("a day is opened once and days move forward only")
  func moves() {
    let first = IssuerDays.move(from: nil, to: IssuerDays(4...5))
    #expect(first.held == IssuerDays(4...5) && first.opened == [4, 5] && first.dropped == [])
    let next = IssuerDays.move(from: first.held, to: IssuerDays(5...6))
    #expect(next.held == IssuerDays(5...6) && next.opened == [6] && next.dropped == [4])
    let back = IssuerDays.move(from: next.held, to: IssuerDays(4...5))
    #expect(back.held == next.held && back.opened == [] && back.dropped == [])
    let later = IssuerDays.move(from: next.held, to: IssuerDays(9...10))
    #expect(later.held == IssuerDays(9...10) && later.opened == [9, 10] && later.dropped == [5, 6])
  }

  @Test(
    "a record that no store wrote is refused",
    arguments: [("", "1"), ("1", ""), ("2", "1"), ("0", "8"), ("-1", "1"), ("0", "18446744073709551616")])
  func malformed(first: String, last: String) {
    #expect(throws: refusal(SpentTokenError.unavailable)) { try IssuerDays(first: first, last: last) }
  }
}
