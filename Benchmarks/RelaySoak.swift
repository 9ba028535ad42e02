import ArgumentParser
import Foundation
import NIOCore
import NIOPosix

/// A relay under many requests and many peers that misbehave: it lives, and its memory stays flat.
struct RelaySoak: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "relay-soak",
    abstract: "Sends many requests, and peers that misbehave, through cloister-relay and watches its memory.",
    discussion: """
      Ends with status 1 where a request of the load fails, where the relay ends, where the most resident memory
      of the whole run is more than --growth-limit-kib above that of the warm-up, or where it keeps files open.
      """)

  @Option(help: "How many requests of the load.")
  var requests = 1_000_000

  @Option(help: "How many times each misbehaviour.")
  var misbehaviours = 10_000

  @Option(help: "Connections of clients.")
  var connections = 64

  @Option(
    name: .customLong("growth-limit-kib"), help: "How much more resident memory than the warm-up, in KiB.")
  var growthLimitKiB = 8_192

  private static let misbehavioursAtATime = 256

  mutating func run() async throws {
    let upstream = try BenchProcess(
      CommandLine.arguments[0], ["relay-upstream"], processor: nil, announcesPort: true)
    defer { upstream.stop() }
    let bad = try await MisbehavingUpstream.start()
    let relay = try BenchProcess(
      BenchProcess.sibling("cloister-relay"),
      [
        "--listen", "127.0.0.1:0", "--exit-with-parent", "--gateway", "operator.test=http://127.0.0.1:\(upstream.port)",
        "--gateway", "bad.test=http://127.0.0.1:\(bad)",
        // Longer than a busy machine takes for anything that is not meant to run into them.
        "--upstream-head-seconds", "10", "--upstream-stall-seconds", "\(Misbehaviour.stallSeconds)",
        "--stall-seconds", "\(Misbehaviour.stallSeconds)",
      ], processor: nil, announcesPort: true)
    defer { relay.stop() }

    try await load(relay, requests: max(10_000, requests / 20))
    // As many at a time as later. What they held at once the allocator gives back sooner or later: only the most is steady.
    for misbehaviour in Misbehaviour.allCases {
      _ = try await run(misbehaviour, relay, count: min(misbehaviours, Self.misbehavioursAtATime))
    }
    let (memory, files) = (relay.memory.peakResidentKiB, relay.openFileCount)
    print("the warm-up: at most \(memory) KiB resident, \(files) files open after it")
    try await load(relay, requests: requests)
    print("after \(requests) requests: \(relay.memory.residentKiB) KiB resident")
    for misbehaviour in Misbehaviour.allCases {
      let outcomes = try await run(misbehaviour, relay, count: misbehaviours)
      print("\(misbehaviour.rawValue), \(misbehaviours) times (\(outcomes)): \(relay.memory.residentKiB) KiB resident")
    }
    try await load(relay, requests: 1_000)
    let growth = relay.memory.peakResidentKiB - memory
    print("at most \(growth) KiB more than the warm-up (bar \(growthLimitKiB)), \(relay.openFileCount) files open")
    guard relay.isRunning, growth <= growthLimitKiB, relay.openFileCount <= files + 256 else { throw ExitCode.failure }
  }

  private func load(_ relay: BenchProcess, requests: Int) async throws {
    let outcome = try await RelayLoad(port: relay.port, connections: connections, bodyByteCount: 4_096)
      .run(requests: requests)
    guard outcome.requestCount == requests, outcome.failureCount == 0 else {
      throw ValidationError("\(requests - outcome.requestCount) of \(requests) requests failed")
    }
  }

  /// - Returns: how many ended with which status.
  private func run(_ misbehaviour: Misbehaviour, _ relay: BenchProcess, count: Int) async throws -> String {
    let port = relay.port
    let outcomes = try await withThrowingTaskGroup(of: String.self) { group in
      var outcomes: [String: Int] = [:]
      for number in 0..<count {
        if number >= Self.misbehavioursAtATime, let outcome = try await group.next() {
          outcomes[outcome, default: 0] += 1
        }
        group.addTask { try await misbehaviour.clientRun(port: port) }
      }
      for try await outcome in group { outcomes[outcome, default: 0] += 1 }
      return outcomes
    }
    guard outcomes.keys.allSatisfy({ misbehaviour.outcomes.contains($0) }) else {
      throw ValidationError("\(misbehaviour.rawValue): \(outcomes)")
    }
    return outcomes.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
  }
}
