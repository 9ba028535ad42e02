import ArgumentParser
import Foundation

/// Our relay against nginx, with the same server behind both, in the same run.
struct RelayBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "relay",
    abstract: "Compares cloister-relay with nginx as a relay.",
    discussion: """
      nginx runs one worker, with connections to its upstream kept open and no buffering. Relay and upstream share one
      processor, the clients have another. Rounds alternate; each figure is the median of the rounds' ratios. Bars:
      0.6 of nginx's rate, 2 times its processor time per request, 2 times its p99.
      """)

  @Option(help: "How many rounds of each.")
  var rounds = 5

  @Option(help: "Seconds of one round.")
  var seconds: Int64 = 2

  @Option(help: "Connections of clients.")
  var connections = 32

  @Option(help: "Bytes of each request's body and of each answer's.")
  var bodyByteCount = 4_096

  mutating func run() async throws {
    guard let nginx = BenchProcess.inPath("nginx") else {
      throw ValidationError("nginx is not in PATH: install Debian's nginx-light and run this again")
    }
    try BenchProcess.stay(on: 1)
    let upstream = try BenchProcess(
      CommandLine.arguments[0], ["relay-upstream", "--body-byte-count", "\(bodyByteCount)"], processor: 0,
      announcesPort: true)
    defer { upstream.stop() }
    let ours = try BenchProcess(
      BenchProcess.sibling("cloister-relay"),
      [
        "--listen", "127.0.0.1:0", "--exit-with-parent", "--gateway", "operator.test=http://127.0.0.1:\(upstream.port)",
      ],
      processor: 0, announcesPort: true)
    defer { ours.stop() }
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("relay-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let nginxPort = try BenchProcess.freePort()
    try nginxConfiguration(folder.path, port: nginxPort, upstream: upstream.port)
      .write(to: folder.appendingPathComponent("nginx.conf"), atomically: true, encoding: .utf8)
    let theirs = try BenchProcess(
      nginx, ["-p", folder.path, "-c", "nginx.conf", "-e", "/dev/null"], processor: 0, announcesPort: false)
    defer { theirs.stop() }
    try await waitUntilAnswering(port: nginxPort)
    try await compare(ours: (ours, ours.port), theirs: (theirs, nginxPort))
  }

  private struct Round {
    var outcome: RelayLoad.Outcome
    var processorTime: Duration

    var perRequest: Duration { processorTime / max(1, outcome.requestCount) }
    var p99: Duration { outcome.latency(quantile: 0.99) }
  }

  private func round(_ relay: (process: BenchProcess, port: Int)) async throws -> Round {
    let before = relay.process.processorTime
    let load = RelayLoad(port: relay.port, connections: connections, bodyByteCount: bodyByteCount)
    let outcome = try await load.run(seconds: seconds)
    guard outcome.failureCount == 0 else { throw ValidationError("\(outcome.failureCount) requests failed") }
    return Round(outcome: outcome, processorTime: relay.process.processorTime - before)
  }

  private func compare(ours: (BenchProcess, Int), theirs: (BenchProcess, Int)) async throws {
    _ = try await round(ours)
    _ = try await round(theirs)
    var rates: [Double] = []
    var times: [Double] = []
    var latencies: [Double] = []
    for number in 1...rounds {
      let (our, their) = (try await round(ours), try await round(theirs))
      rates.append(our.outcome.perSecond / their.outcome.perSecond)
      times.append(our.perRequest.microseconds / their.perRequest.microseconds)
      latencies.append(our.p99.microseconds / their.p99.microseconds)
      for (name, round) in [("cloister-relay", our), ("nginx", their)] {
        print(
          "round \(number), \(name): \(Int(round.outcome.perSecond)) requests/s, \(round.perRequest.microsecondText) "
            + "of processor each, p99 \(round.p99.microsecondText)")
      }
    }
    let (rate, time, latency) = (rates.median, times.median, latencies.median)
    print("rate: \(rate.ratioText) of nginx's (bar at least 0.6)")
    print("processor time per request: \(time.ratioText) times nginx's (bar at most 2)")
    print("p99: \(latency.ratioText) times nginx's (bar at most 2)")
    guard rate >= 0.6, time <= 2, latency <= 2 else { throw ExitCode.failure }
  }

  /// nginx says nothing when it listens.
  private func waitUntilAnswering(port: Int) async throws {
    for _ in 0..<100 {
      let load = RelayLoad(port: port, connections: 1, bodyByteCount: bodyByteCount)
      if let outcome = try? await load.run(requests: 1), outcome.requestCount == 1 { return }
      try await Task.sleep(for: .milliseconds(50))
    }
    throw ValidationError("nginx did not start")
  }

  private func nginxConfiguration(_ folder: String, port: Int, upstream: Int) -> String {
    """
    worker_processes 1;
    daemon off;
    master_process off;
    pid \(folder)/nginx.pid;
    error_log /dev/null crit;
    events { worker_connections 4096; }
    http {
      access_log off;
      client_body_temp_path \(folder)/body;
      proxy_temp_path \(folder)/proxy;
      fastcgi_temp_path \(folder)/fastcgi;
      uwsgi_temp_path \(folder)/uwsgi;
      scgi_temp_path \(folder)/scgi;
      keepalive_requests 1000000000;
      upstream gateway {
        server 127.0.0.1:\(upstream);
        keepalive 256;
        keepalive_requests 1000000000;
      }
      server {
        listen 127.0.0.1:\(port);
        location = \(RelayLoad.path) {
          proxy_pass http://gateway/.well-known/ohttp-gateway;
          proxy_http_version 1.1;
          proxy_pass_request_headers off;
          proxy_set_header Connection "";
          proxy_set_header Content-Type $content_type;
          proxy_buffering off;
          proxy_request_buffering off;
        }
      }
    }
    """
  }
}

extension [Double] {
  fileprivate var median: Double { sorted()[count / 2] }
}

extension Double {
  fileprivate var ratioText: String { "\((self * 100).rounded() / 100)" }
}
