public import struct Foundation.Date

/// The time within which a request's `Date` field must lie so that a gateway which remembers requests for a while can
/// tell every replay (RFC 9458, section 6.5.1). Not a secret.
public struct DateWindow: Sendable, Equatable {
  /// How far clocks of client and gateway may be apart, the request's way included.
  public let tolerance: Duration
  /// Whether a request without the field is refused. Without it, a request can be replayed once it is forgotten: only
  /// for requests whose replay does no harm, or that something else keeps from being replayed, as a token does.
  public let isRequired: Bool

  /// - Parameter tolerance: more than zero.
  public init(tolerance: Duration = .seconds(300), isRequired: Bool = true) {
    precondition(tolerance > .zero, "the tolerance of a date window is more than zero")
    self.tolerance = tolerance
    self.isRequired = isRequired
  }

  /// How long a request must be remembered: its date may lie one tolerance ahead when it comes, and is good for one more.
  public var recordDuration: Duration { tolerance * 2 }

  /// - Parameter field: the value of the request's `Date` field, nil where it has none.
  public func accepts(_ field: String?, at now: Date) -> Bool {
    guard let field else { return !isRequired }
    guard let date = HTTPDate.parse(field, now: now) else { return false }
    return abs(date.timeIntervalSince(now)) <= tolerance.seconds
  }
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
