import CloisterClient
import StrictJSON

/// What the private path adds to the engine's own time, in the client, from arguments to last byte.
struct DemoTimings {
  static let requestCount = 50

  /// The first request: bundle fetched, nothing cached.
  let first: Timings
  /// Later ones, with bundle and verified chains cached.
  let cached: [Timings]

  static func measure(_ client: CloisterClient, _ export: ChatExport, first: Timings) async throws -> DemoTimings {
    var cached: [Timings] = []
    for _ in 0..<requestCount {
      cached.append(try await client.summarize(export, startedAt: .now).timings)
    }
    return DemoTimings(first: first, cached: cached)
  }

  private var medianAdded: Duration { cached.map(\.added).sorted()[cached.count / 2] }

  var text: String {
    """
    first request: engine \(first.engine.milliseconds) ms, added \(first.added.milliseconds) ms \
    (verifying \(first.verification.milliseconds) ms, transport \(first.transport.milliseconds) ms)
    cached, median of \(cached.count): added \(medianAdded.milliseconds) ms
    """
  }

  var json: JSONValue {
    [
      "firstAddedMilliseconds": .number(first.added.milliseconds),
      "firstEngineMilliseconds": .number(first.engine.milliseconds),
      "cachedAddedMillisecondsMedian": .number(medianAdded.milliseconds),
      "cachedRequests": .integer(Int64(cached.count)),
    ]
  }
}

extension Duration {
  /// To a hundredth.
  fileprivate var milliseconds: Double {
    let microseconds = components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    return Double(microseconds / 10) / 100
  }
}
