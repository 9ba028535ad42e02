/// Spent tokens of one process: forgotten with it, so for tests and for a gateway whose keys end with it too.
public actor InMemorySpentTokens: SpentTokenStore {
  private var held: IssuerDays?
  private var digestsByDay: [UInt64: Set<TokenDigest>] = [:]

  public init() {}

  public func spend(tokenDigest: [UInt8], issuerDay: UInt64) async throws(SpentTokenError) -> Bool {
    guard digestsByDay[issuerDay] != nil else { throw SpentTokenError.dayClosed(issuerDay) }
    return digestsByDay[issuerDay, default: []].insert(TokenDigest(tokenDigest)).inserted
  }

  public func hold(issuerDays: ClosedRange<UInt64>, servedThrough servedDay: UInt64?) async throws(SpentTokenError) {
    let move = IssuerDays.move(from: held, to: IssuerDays(issuerDays), servedThrough: servedDay)
    for day in move.opened { digestsByDay[day] = [] }
    for day in move.dropped { digestsByDay[day] = nil }
    held = move.held
  }
}
