import ArgumentParser
import Foundation

/// What it costs that clients draw their nodes at random, against routing to the least loaded one: a simulation, the same
/// in every run with one seed.
struct BalanceBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "balance",
    abstract: "Simulates random draws of nodes against least-loaded routing.",
    discussion: """
      Requests arrive at random (Poisson) and take a time of mean 1; all waits are in that unit. A node works on so many
      requests at once as it has slots, and queues at most so many more; then it is busy. Random: a client draws two nodes and asks the second one
      only when the first is busy; when both are, the request is refused. Least loaded: the node with the fewest requests
      gets each one; it is refused when all are busy. "Spread" is the time's coefficient of variation.
      """)

  @Option(help: "Requests per case, after a tenth as many that are not counted.")
  var requests = 200_000

  @Option(help: "Requests that a node works on at once.")
  var slots = 1

  @Option(help: "Where the random numbers begin.")
  var seed: UInt64 = 1

  @Flag(help: "Every number of nodes, load and queue, not only what the docs show.")
  var all = false

  mutating func run() throws {
    print(
      "| nodes | load | spread | queue | refused | second asked | wait p50 | p95 | p99 | least loaded: refused | p99 |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    let spreads = all ? [0.0, 1, 2] : [1.0]
    for spread in spreads {
      for nodes in [4, 8, 16, 32, 64] {
        for load in all ? [0.5, 0.6, 0.7, 0.8, 0.9, 0.95] : [0.5, 0.7, 0.8, 0.9, 0.95] {
          for queue in all ? Array(0...8) : [0, 1, 2, 3, 4, 8] { row(nodes, load, spread, queue) }
        }
      }
    }
  }

  private func row(_ nodes: Int, _ load: Double, _ spread: Double, _ queue: Int) {
    func outcome(_ routing: Simulation.Routing) -> Simulation.Outcome {
      var simulation = Simulation(
        nodeCount: nodes, slotCount: slots, load: load, spread: spread, queueBound: queue, routing: routing, seed: seed)
      return simulation.run(requestCount: requests)
    }
    let random = outcome(.randomPair)
    let least = outcome(.leastLoaded)
    print(
      "| \(nodes) | \(load) | \(spread) | \(queue) | \(percent(random.refusedShare)) | "
        + "\(percent(random.secondAskedShare)) | \(tenths(random.wait(0.5))) | \(tenths(random.wait(0.95))) | "
        + "\(tenths(random.wait(0.99))) | \(percent(least.refusedShare)) | \(tenths(least.wait(0.99))) |")
  }

  private func percent(_ share: Double) -> String { "\((share * 10_000).rounded() / 100) %" }

  private func tenths(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}

/// Nodes with so many slots and a bounded queue each, first come, first served.
private struct Simulation {
  enum Routing { case randomPair, leastLoaded }

  struct Outcome {
    var refusedShare: Double
    var secondAskedShare: Double
    /// Of admitted requests, ascending.
    var waits: [Double]

    func wait(_ quantile: Double) -> Double {
      waits.isEmpty ? 0 : waits[min(Int(Double(waits.count) * quantile), waits.count - 1)]
    }
  }

  private let slotCount: Int
  private let load: Double
  private let spread: Double
  private let queueBound: Int
  private let routing: Routing
  /// When the requests at each node end, ascending.
  private var ends: [[Double]]
  private var time = 0.0
  private var random: SplitMix

  init(
    nodeCount: Int, slotCount: Int, load: Double, spread: Double, queueBound: Int, routing: Routing, seed: UInt64
  ) {
    self.slotCount = slotCount
    self.load = load
    self.spread = spread
    self.queueBound = queueBound
    self.routing = routing
    ends = Array(repeating: [], count: nodeCount)
    random = SplitMix(state: seed)
  }

  mutating func run(requestCount: Int) -> Outcome {
    var (refused, secondAsked) = (0, 0)
    var waits: [Double] = []
    for number in -(requestCount / 10)..<requestCount {
      time += -log(random.unit()) / (load * Double(ends.count * slotCount))
      let duration = duration()
      let isCounted = number >= 0
      let candidates = candidates()
      if routing == .randomPair, isCounted, isBusy(candidates[0]) { secondAsked += 1 }
      guard let node = candidates.first(where: { !isBusy($0) }) else {
        if isCounted { refused += 1 }
        continue
      }
      // It starts when so many before it have ended that a slot is free.
      let ahead = ends[node].count
      let start = ahead < slotCount ? time : ends[node][ahead - slotCount]
      let position = ends[node].lastIndex { $0 <= start + duration }.map { $0 + 1 } ?? 0
      ends[node].insert(start + duration, at: position)
      if isCounted { waits.append(start - time) }
    }
    waits.sort()
    return Outcome(
      refusedShare: Double(refused) / Double(requestCount),
      secondAskedShare: Double(secondAsked) / Double(requestCount),
      waits: waits)
  }

  private mutating func candidates() -> [Int] {
    let first = random.below(ends.count)
    switch routing {
    case .randomPair:
      let other = random.below(ends.count - 1)
      return [first, other < first ? other : other + 1]
    case .leastLoaded:
      // From a random one on, so that ties favour nobody.
      let order = ends.indices.map { ($0 + first) % ends.count }
      return [order.min { requestCount(at: $0) < requestCount(at: $1) } ?? first]
    }
  }

  private mutating func isBusy(_ node: Int) -> Bool { requestCount(at: node) >= slotCount + queueBound }

  private mutating func requestCount(at node: Int) -> Int {
    if let firstOpen = ends[node].firstIndex(where: { $0 > time }) {
      if firstOpen > 0 { ends[node].removeFirst(firstOpen) }
    } else if !ends[node].isEmpty {
      ends[node].removeAll(keepingCapacity: true)
    }
    return ends[node].count
  }

  /// Of mean 1 and the given coefficient of variation: fixed, exponential, or a mix of two exponentials.
  private mutating func duration() -> Double {
    guard spread > 0 else { return 1 }
    let exponential = -log(random.unit())
    guard spread > 1 else { return exponential }
    let squared = spread * spread
    let share = (1 + ((squared - 1) / (squared + 1)).squareRoot()) / 2
    return random.unit() < share ? exponential / (2 * share) : exponential / (2 * (1 - share))
  }
}

/// SplitMix64: the same numbers on every machine.
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }

  /// Above 0, at most 1.
  mutating func unit() -> Double { (Double(next() >> 11) + 1) / Double(1 << 53) }

  mutating func below(_ bound: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(bound)).high) }
}
