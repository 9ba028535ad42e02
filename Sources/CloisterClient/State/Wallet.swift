import Crypto
package import PrivacyPass

/// Unspent tokens, sealed, one file for each issuer day and plan. A token leaves the disk before it leaves the machine.
///
/// Several processes may use one wallet: whoever reads and writes holds the folder's lock.
public struct Wallet: Sendable {
  let folder: StateFolder
  private let keySource: any WalletKeySource

  /// Tokens of one issuer day and plan.
  public struct Holding: Sendable, Equatable {
    public let issuerDay: UInt64
    public let plan: TokenPlan
    public let tokenCount: Int
  }

  /// - Parameter folder: its own folder, for nothing else.
  init(folder: StateFolder, keySource: any WalletKeySource) {
    self.folder = folder
    self.keySource = keySource
  }

  /// What is left, oldest issuer day first.
  /// - Throws: `wallet-damaged`, `wallet-key-missing`, `state-unusable`.
  public func holdings() throws(ClientError) -> [Holding] {
    try folder.withLock { () throws(ClientError) in
      var holdings: [Holding] = []
      for name in try tokenFileNames() {
        guard let file = try open(name) else { continue }
        holdings.append(Holding(issuerDay: file.issuerDay, plan: file.plan, tokenCount: file.tokens.count))
      }
      return holdings
    }
  }

  /// How many tokens each issuer day has left, of all plans.
  /// - Throws: as `holdings`.
  public func tokenCounts() throws(ClientError) -> [UInt64: Int] {
    try holdings().reduce(into: [:]) { $0[$1.issuerDay, default: 0] += $1.tokenCount }
  }

  /// How many tokens are good on an issuer day, that day's and those of the day before: of one plan or of all.
  /// - Throws: as `holdings`.
  public func tokenCount(goodOn issuerDay: UInt64, plan: TokenPlan? = nil) throws(ClientError) -> Int {
    try holdings().reduce(0) { count, holding in
      let isGood = Self.goodDays(on: issuerDay).contains(holding.issuerDay)
      return isGood && (plan == nil || plan == holding.plan) ? count + holding.tokenCount : count
    }
  }

  /// Takes as much of the disk as the day's file will need with so many tokens more, until `giveRoomBack`. An issuer signs
  /// them once: where there is no room, or no key to seal them with, it must not be asked.
  /// - Throws: `wallet-damaged`, `wallet-key-missing`, `state-unusable`.
  func takeRoom(forTokens count: Int, issuerDay: UInt64, plan: TokenPlan) throws(ClientError) {
    try folder.withLock { () throws(ClientError) in
      let kept = try open(WalletFile.name(issuerDay: issuerDay, plan: plan))?.tokens.count ?? 0
      _ = try keyForWriting()
      let byteCount = WalletFile.byteLimit(tokenCount: kept + count)
      try folder.put(Self.roomName, [UInt8](repeating: 0, count: byteCount))
    }
  }

  /// - Throws: `state-unusable`.
  func giveRoomBack() throws(ClientError) {
    try folder.withLock { () throws(ClientError) in try folder.erase(Self.roomName) }
  }

  /// No name of tokens; what a crash leaves goes with the next draw.
  private static let roomName = "room"

  /// Adds all of the tokens in one step, or none.
  /// - Throws: `wallet-damaged`, `wallet-key-missing`, `state-unusable`.
  package func keep(_ tokens: [Token], issuerDay: UInt64, plan: TokenPlan) throws(ClientError) {
    guard !tokens.isEmpty else { return }
    try folder.withLock { () throws(ClientError) in
      let name = WalletFile.name(issuerDay: issuerDay, plan: plan)
      var file = try open(name) ?? WalletFile(issuerDay: issuerDay, plan: plan)
      file.tokens += tokens.map(\.encoded)
      guard file.tokens.count <= WalletFile.tokenLimit else {
        throw ClientError(ClientError.stateUnusable, "wallet holds more than \(WalletFile.tokenLimit) tokens of a day")
      }
      try folder.write(name, try file.sealed(under: try keyForWriting()))
    }
  }

  /// Takes the oldest token of the plan that is still good: from here on it is erased, whether it is sent or not.
  ///
  /// The file without it has taken the old one's place, and that is durable, before this returns: a crash can lose a
  /// token but never send one twice.
  /// - Throws: `wallet-empty`, `wallet-damaged`, `wallet-key-missing`, `state-unusable`.
  package func claim(goodOn issuerDay: UInt64, plan: TokenPlan) throws(ClientError) -> ClaimedToken {
    let claimed = try folder.withLock { () throws(ClientError) -> (issuerDay: UInt64, bytes: [UInt8])? in
      for day in Self.goodDays(on: issuerDay) {
        let name = WalletFile.name(issuerDay: day, plan: plan)
        guard var file = try open(name), !file.tokens.isEmpty else { continue }
        let bytes = file.tokens.removeFirst()
        if file.tokens.isEmpty {
          try folder.erase(name)
        } else {
          try folder.write(name, try file.sealed(under: try keyForWriting()))
        }
        return (day, bytes)
      }
      return nil
    }
    guard let claimed else { throw ClientError(ClientError.walletEmpty, "no token is left") }
    guard let token = try? Token(decoding: claimed.bytes) else { throw WalletFile.damaged("holds no token") }
    return ClaimedToken(token: token, issuerDay: claimed.issuerDay, plan: plan)
  }

  /// Takes back a token that was claimed and not sent to anybody.
  /// - Throws: as `keep`.
  package func putBack(_ token: consuming ClaimedToken) throws(ClientError) {
    try keep([token.token], issuerDay: token.issuerDay, plan: token.plan)
  }

  /// Removes tokens that no gateway takes any more, and what crashes and earlier versions left.
  func eraseExpired(before issuerDay: UInt64) throws(ClientError) {
    try folder.withLock { () throws(ClientError) in
      try folder.eraseTemporaries()
      for name in try folder.names() {
        // Days are compared without trusting the sum: a name may say any number.
        if let day = WalletFile.issuerDay(ofName: name), day >= issuerDay || issuerDay - day == 1 { continue }
        try folder.erase(name)
      }
    }
  }

  /// SHA-256 of every token, which is what a gateway remembers of a spent one.
  /// - Throws: as `holdings`.
  package func tokenDigests() throws(ClientError) -> Set<[UInt8]> {
    try folder.withLock { () throws(ClientError) in
      var digests: Set<[UInt8]> = []
      for name in try tokenFileNames() {
        guard let file = try open(name) else { continue }
        digests.formUnion(file.tokens.map { Array(SHA256.hash(data: $0)) })
      }
      return digests
    }
  }

  /// Older first.
  fileprivate static func goodDays(on issuerDay: UInt64) -> [UInt64] {
    issuerDay > 0 ? [issuerDay - 1, issuerDay] : [issuerDay]
  }

  private func tokenFileNames() throws(ClientError) -> [String] {
    try folder.names().filter { WalletFile.issuerDay(ofName: $0) != nil }
  }

  /// Nil where there is none. The caller holds the lock.
  private func open(_ name: String) throws(ClientError) -> WalletFile? {
    guard let bytes = try folder.read(name, byteLimit: WalletFile.byteLimit) else { return nil }
    guard let key = try keySource.existingKey() else { throw Self.keyMissing }
    return try WalletFile(opening: bytes, name: name, key: key)
  }

  /// A new key is made only where nothing is sealed under a lost one.
  private func keyForWriting() throws(ClientError) -> SymmetricKey {
    if let key = try keySource.existingKey() { return key }
    guard try tokenFileNames().isEmpty else { throw Self.keyMissing }
    return try keySource.makeKey()
  }

  private static let keyMissing = ClientError(
    ClientError.walletKeyMissing, "the wallet holds tokens, and the key that seals it is not there")
}

/// One token on its way out: it exists in memory alone and can be sent once.
package struct ClaimedToken: ~Copyable, Sendable {
  fileprivate let token: Token
  /// The one that it was drawn for.
  fileprivate let issuerDay: UInt64
  fileprivate let plan: TokenPlan

  fileprivate init(token: Token, issuerDay: UInt64, plan: TokenPlan) {
    self.token = token
    self.issuerDay = issuerDay
    self.plan = plan
  }

  /// Whether the wallet would give it to a request of this plan.
  package func isGood(on issuerDay: UInt64, plan: TokenPlan) -> Bool {
    self.plan == plan && Wallet.goodDays(on: issuerDay).contains(self.issuerDay)
  }

  /// What a request presents.
  package consuming func presented() -> PresentedToken { PresentedToken(self) }
}

/// A token in a request. Whether that left the device is known only behind it.
package struct PresentedToken: ~Copyable, Sendable {
  /// The `authorization` field that spends it (RFC 9577, section 2.2).
  package let authorization: String
  private let claimed: ClaimedToken

  fileprivate init(_ token: consuming ClaimedToken) {
    authorization = PrivateTokenAuthorization.fieldValue(for: token.token)
    claimed = token
  }

  /// The token again, for its wallet: only where no byte of the request was sent.
  package consuming func takenBack() -> ClaimedToken { claimed }
}
