import Trust

/// Issuer and gateway together, who guess by maximum likelihood which account a request came from.
///
/// They know how clients behave: from other days of other clients, whose truth they are told, they estimate how likely
/// a request is to come from an account, by everything that distinguishes accounts at that time: how long ago it drew
/// the day's tokens, when on the day before it drew, whether the token is of this day, and the time of the day.
struct AccountGuesser {
  /// How long before a request an account drew the tokens of that request's day, in seconds: upper bounds.
  private static let ageLimits = [10, 60, 600, 3_600, 3 * 3_600, 6 * 3_600, 12 * 3_600, 24 * 3_600, 48 * 3_600]
  /// The quarter of the day before the token's on which the account drew, or not at all.
  private static let previousCount = 5
  private static let cellCount = ageLimits.count * previousCount
  /// Eighths of this day and whether the token is of the day before, and the size class.
  private static let contextCount = 8 * 2 * RequestClass.allCases.count

  private var hits = [[Double]](repeating: Array(repeating: 0, count: cellCount), count: contextCount)
  private var chances = [[Double]](repeating: Array(repeating: 0, count: cellCount), count: contextCount)

  /// Learns from days whose truth is known.
  init(training simulation: DrawDaySimulation) {
    let view = View(simulation)
    for request in simulation.requests where view.isMeasured(request) {
      let context = Self.context(request)
      let candidates = view.candidates(for: request)
      hits[context][view.cell(of: request.client, for: request)] += 1
      for cell in 0..<Self.cellCount { chances[context][cell] += Double(candidates[cell]) }
    }
  }

  /// How often the guess is right, averaged over the requests of clients that are not newcomers, times the number of
  /// clients that drew on the token's day. Accounts of equal likelihood are guessed at random, which is averaged too.
  ///
  /// The attacker is told which requests are newcomers', and so never guesses one of those.
  func successTimesCrowd(_ simulation: DrawDaySimulation) -> (value: Double, requestCount: Int) {
    let view = View(simulation)
    var sum = 0.0
    var count = 0
    for request in simulation.requests where view.isMeasured(request) {
      let rates = (hits[Self.context(request)], chances[Self.context(request)])
      let candidates = view.candidates(for: request)
      let best = (0..<Self.cellCount).filter { candidates[$0] > 0 }.max { left, right in
        rates.0[left] / max(rates.1[left], 1) < rates.0[right] / max(rates.1[right], 1)
      }
      count += 1
      if let best, best == view.cell(of: request.client, for: request) {
        sum += Double(view.crowds[request.tokenDay]) / Double(candidates[best])
      }
    }
    return (sum / Double(count), count)
  }

  private static func context(_ request: DrawDaySimulation.Request) -> Int {
    let day = request.time / DrawDaySimulation.dayLength
    let eighth = request.time % DrawDaySimulation.dayLength * 8 / DrawDaySimulation.dayLength
    return (eighth * 2 + (day == request.tokenDay ? 0 : 1)) * RequestClass.allCases.count + request.sizeClass
  }

  /// The accounts of some days, sorted so that candidates are counted quickly.
  private struct View {
    let simulation: DrawDaySimulation
    /// For each day and part of the day before: the times at which non-newcomers drew, sorted.
    private let times: [[[Int]]]
    let crowds: [Int]

    init(_ simulation: DrawDaySimulation) {
      self.simulation = simulation
      crowds = simulation.draws.indices.map(simulation.crowd)
      times = simulation.draws.indices.map { day in
        var parts = [[Int]](repeating: [], count: previousCount)
        for (client, time) in simulation.draws[day].enumerated() {
          guard let time, !simulation.newcomers[day].contains(client) else { continue }
          parts[Self.previous(client, day, simulation)].append(time)
        }
        return parts.map { $0.sorted() }
      }
    }

    func isMeasured(_ request: DrawDaySimulation.Request) -> Bool {
      let day = request.time / DrawDaySimulation.dayLength
      return day >= DrawDaySimulation.firstMeasuredDay
        && !simulation.newcomers[request.tokenDay].contains(request.client)
        && !simulation.newcomers[day].contains(request.client)
    }

    func cell(of client: Int, for request: DrawDaySimulation.Request) -> Int {
      let age = request.time - (simulation.draws[request.tokenDay][client] ?? 0)
      let ageIndex = ageLimits.firstIndex { age < $0 } ?? ageLimits.count - 1
      return Self.previous(client, request.tokenDay, simulation) * ageLimits.count + ageIndex
    }

    /// How many accounts of each cell can have sent the request: those that drew before it.
    func candidates(for request: DrawDaySimulation.Request) -> [Int] {
      var counts = [Int](repeating: 0, count: cellCount)
      for (part, sorted) in times[request.tokenDay].enumerated() {
        var above = Self.count(sorted, upTo: request.time)
        for (index, limit) in ageLimits.enumerated() {
          let below = index == ageLimits.count - 1 ? 0 : Self.count(sorted, upTo: request.time - limit)
          counts[part * ageLimits.count + index] = above - below
          above = below
        }
      }
      return counts
    }

    private static func previous(_ client: Int, _ day: Int, _ simulation: DrawDaySimulation) -> Int {
      guard day > 0, let time = simulation.draws[day - 1][client] else { return previousCount - 1 }
      return time % DrawDaySimulation.dayLength * (previousCount - 1) / DrawDaySimulation.dayLength
    }

    /// How many of the sorted numbers are not above `limit`.
    private static func count(_ sorted: [Int], upTo limit: Int) -> Int {
      var (low, high) = (0, sorted.count)
      while low < high {
        let middle = (low + high) / 2
        if sorted[middle] <= limit { low = middle + 1 } else { high = middle }
      }
      return low
    }
  }
}
