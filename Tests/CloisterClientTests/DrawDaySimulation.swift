import TestSupport
import Trust

/// Issuer days of many clients as issuer and gateway see them together: who drew when, and for each request the time,
/// the size class and the issuer day of its token. What the bytes say is measured elsewhere (`UnlinkabilityTests`):
/// they are the same for everyone or uniformly random.
///
/// Times are seconds since the first issuer day began.
struct DrawDaySimulation {
  static let dayLength = 86_400
  static let firstMeasuredDay = 2

  struct Parameters {
    var clientCount = 2_000
    var dayCount = 6
    var tokensPerDay = 6
    /// Requests that a person wants to make on a day, on average; each person has a habit of their own around it.
    var wishesPerDay = 4.0
    /// The part of the clients that are off over their minute on a day: they draw nothing.
    var absence = 0.05
    /// The part of the clients of a day that had no tokens before: they draw when the person says so, and ask at once.
    var newcomers = 0.03
    /// Breaks the property on purpose: tokens are drawn right before the first request of a day.
    var drawsBeforeRequest = false
  }

  struct Request {
    let time: Int
    let tokenDay: Int
    let sizeClass: Int
    /// The truth, which the attacker is to guess.
    let client: Int
  }

  let parameters: Parameters
  /// For each issuer day the time at which each client drew; nil where it did not.
  private(set) var draws: [[Int?]]
  /// For each issuer day the clients that had not drawn before; issuer and gateway can tell them by their accounts.
  private(set) var newcomers: [Set<Int>]
  private(set) var requests: [Request] = []

  init(_ parameters: Parameters, seed: UInt64) {
    self.parameters = parameters
    draws = Array(repeating: Array(repeating: nil, count: parameters.clientCount), count: parameters.dayCount)
    newcomers = Array(repeating: [], count: parameters.dayCount)
    var generator = SeededGenerator(seed: seed)
    for client in 0..<parameters.clientCount { simulate(client, using: &generator) }
    requests.sort { $0.time < $1.time }
  }

  /// How many clients drew on a day.
  func crowd(of day: Int) -> Int { draws[day].count { $0 != nil } }

  private mutating func simulate(_ client: Int, using generator: inout SeededGenerator) {
    // A habit: how often this person asks, at which time of the day, and with how much text.
    let wishesPerDay = parameters.wishesPerDay * Double.random(in: 0.25...1.75, using: &generator)
    let favouriteHour = Int.random(in: 0..<24, using: &generator)
    let sizeClass = Int.random(in: RequestClass.allCases.indices, using: &generator)
    let isNewcomer = Double.random(in: 0..<1, using: &generator) < parameters.newcomers * Double(parameters.dayCount)
    let firstDay = isNewcomer ? Int.random(in: 0..<parameters.dayCount, using: &generator) : 0
    if isNewcomer { newcomers[firstDay].insert(client) }
    var tokens: [Int: Int] = [:]
    for day in firstDay..<parameters.dayCount {
      var wishes = Self.wishes(wishesPerDay, favouriteHour, day: day, using: &generator)
      if isNewcomer, day == firstDay {
        let start = wishes.first ?? day * Self.dayLength + Int.random(in: 0..<Self.dayLength, using: &generator)
        draws[day][client] = start
        wishes = [start + 5] + wishes.filter { $0 > start }
      } else {
        draws[day][client] = drawTime(day, wishes, using: &generator)
      }
      for time in wishes {
        guard let tokenDay = spend(at: time, day: day, client: client, &tokens) else { continue }
        requests.append(Request(time: time, tokenDay: tokenDay, sizeClass: sizeClass, client: client))
      }
    }
  }

  private func drawTime(_ day: Int, _ wishes: [Int], using generator: inout SeededGenerator) -> Int? {
    if Double.random(in: 0..<1, using: &generator) < parameters.absence { return nil }
    guard parameters.drawsBeforeRequest else {
      return day * Self.dayLength + 60 * Int.random(in: 0..<1_440, using: &generator)
    }
    return wishes.first.map { max($0 - 2, day * Self.dayLength) }
  }

  /// Half of the wishes in the hours around the person's favourite one, half at any time. In order.
  private static func wishes(
    _ perDay: Double, _ favouriteHour: Int, day: Int, using generator: inout SeededGenerator
  ) -> [Int] {
    let count = (0..<16).count { _ in Double.random(in: 0..<16, using: &generator) < perDay }
    return (0..<count).map { _ in
      let second =
        Bool.random(using: &generator)
        ? (favouriteHour * 3_600 + Int.random(in: -7_200..<7_200, using: &generator) + dayLength) % dayLength
        : Int.random(in: 0..<dayLength, using: &generator)
      return day * dayLength + second
    }.sorted()
  }

  /// The wallet's rule: older tokens first, none older than the day before. A wish without a token is refused, and
  /// causes nothing.
  private func spend(at time: Int, day: Int, client: Int, _ tokens: inout [Int: Int]) -> Int? {
    for tokenDay in [day - 1, day] where tokenDay >= 0 {
      guard let drawn = draws[tokenDay][client], drawn <= time else { continue }
      let spent = tokens[tokenDay, default: 0]
      guard spent < parameters.tokensPerDay else { continue }
      tokens[tokenDay] = spent + 1
      return tokenDay
    }
    return nil
  }
}
