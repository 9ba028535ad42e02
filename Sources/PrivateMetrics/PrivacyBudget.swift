/// What may be lost within any stretch of time of one length, and what of it is lost already.
///
/// Pure: the caller says what time it is, monotonic. A spent budget refuses; it never gives less noise a try.
public struct PrivacyBudget: Sendable {
  /// Lost with each publication.
  public let loss: PrivacyLoss
  /// The most that is lost within one window, wherever it begins.
  public let total: PrivacyLoss
  public let window: Duration
  /// When each publication was made that is still in the window, in order.
  private var publications: [ContinuousClock.Instant] = []

  public init(loss: PrivacyLoss, total: PrivacyLoss, window: Duration) {
    self.loss = loss
    self.total = total
    self.window = window
  }

  /// Publications that fit one window.
  public var publicationLimit: Int { total.count(of: loss) }

  /// False where one more publication would lose more than the total; nothing may be published then.
  public mutating func spend(at now: ContinuousClock.Instant) -> Bool {
    publications.removeAll { $0 + window <= now }
    guard publications.count < publicationLimit else { return false }
    publications.append(now)
    return true
  }
}
