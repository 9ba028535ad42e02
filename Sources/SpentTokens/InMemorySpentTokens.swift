/// Spent tokens of one process: forgotten with it, so for tests and for a gateway whose keys end with it too.
public actor InMemorySpentTokens: SpentTokenStore {
  private var digestsByDay: [UInt64: Set<[UInt8]>] = [:]
  private var firstDay: UInt64 = 0

  public init() {}

  public func spend(tokenDigest: [UInt8], issuerDay: UInt64) async throws(SpentTokenError) -> Bool {
    precondition(tokenDigest.count == tokenDigestByteCount, "a token digest has 32 bytes")
    guard issuerDay >= firstDay else { return false }
    return digestsByDay[issuerDay, default: []].insert(tokenDigest).inserted
  }

  public func drop(daysBefore issuerDay: UInt64) async throws(SpentTokenError) {
    firstDay = max(firstDay, issuerDay)
    digestsByDay = digestsByDay.filter { $0.key >= issuerDay }
  }
}
