import HTTPMessages
import InMemoryParties
import Inference
import Node
import Testing

@Suite("What a node's metrics tell")
struct NodeMetricsTests {
  /// Makes noise that is 7 for every count: each number it is asked for below a bound is the highest.
  private struct HighestNumbers: RandomNumberGenerator, Sendable {
    mutating func next() -> UInt64 { .max }
  }

  private static let tasks = ["summarize", "rewrite", "reply", "complete", "embed", "models", "refused"]
  private static let levels = ["0-4", "5-16", "17-64", "65+"]

  private static func deployment(_ options: InMemoryDeployment.Options = .init()) async throws -> InMemoryDeployment {
    try await InMemoryDeployment.started(options)
  }

  private static func metrics(_ deployment: InMemoryDeployment) async throws -> String {
    let answer = try await deployment.get("/metrics", from: DeploymentNames.node(0))
    #expect(answer.status == 200)
    #expect(answer.field("content-type") == "text/plain; version=0.0.4; charset=utf-8")
    return String(decoding: answer.body, as: UTF8.self)
  }

  private static func ask(
    _ deployment: InMemoryDeployment, count: Int, path: String = "/v1/tasks/summarize"
  ) async throws {
    let handmade = try await HandmadeRequest(deployment)
    let node = deployment.bundleIndex(ofNode: 0, in: handmade.bundle)
    for _ in 0..<count {
      let request = try HandmadeRequest.innerRequest(
        path: path, body: HandmadeRequest.summarizeBody(HandmadeRequest.transcript(saying: "agreed")))
      let sealed = try handmade.sealToNode(request, node: node)
      let answer = try await handmade.send(
        handmade.nodeRequest(sealed.encapsulatedRequest), to: DeploymentNames.node(0))
      #expect(answer.status == 200)
    }
  }

  /// Lines without their values.
  private static func shape(_ text: String) -> [String] {
    text.split(separator: "\n").map { line in
      line.hasPrefix("#") ? String(line) : line.split(separator: " ").dropLast().joined(separator: " ")
    }
  }

  @Test("metrics: only names, labels and values of the list, on every line")
  func schema() async throws {
    let deployment = try await Self.deployment()
    try await Self.ask(deployment, count: 2)
    await deployment.passMinutes(60)
    let names = [
      "cloister_node_up", "cloister_node_epochs_total", "cloister_node_keys", "cloister_node_weakness",
      "cloister_node_load", "cloister_node_requests", "cloister_node_requests_period",
      "cloister_node_requests_withheld",
    ]
    let labels =
      Self.tasks.map { #"{task="\#($0)"}"# } + Self.levels.map { #"{requests="\#($0)"}"# }
      + Protection.allCases.map { #"{name="\#($0.rawValue)"}"# } + [""]
    for line in Self.shape(try await Self.metrics(deployment)) {
      if line.hasPrefix("#") {
        let words = line.split(separator: " ")
        #expect(["HELP", "TYPE"].contains(words[1]) && names.contains(String(words[2])), "\(line)")
      } else {
        let name = line.prefix { $0 != "{" }
        #expect(names.contains(String(name)) && labels.contains(String(line.dropFirst(name.count))), "\(line)")
      }
    }
  }

  @Test("metrics: two nodes that differ by one request give the same lines")
  func sameLines() async throws {
    let one = try await Self.deployment()
    let other = try await Self.deployment()
    try await Self.ask(one, count: 1)
    for deployment in [one, other] { #expect(try await !Self.metrics(deployment).contains("task=")) }
    #expect(try await Self.metrics(one) == Self.metrics(other))
    for deployment in [one, other] { await deployment.passMinutes(60) }
    let (left, right) = (try await Self.metrics(one), try await Self.metrics(other))
    #expect(Self.shape(left) == Self.shape(right))
    #expect(left.contains("task="))
    #expect(try await Self.metrics(one) == left)
  }

  @Test("metrics: each request is counted once, as what it asks for or as refused")
  func countedOnce() async throws {
    var options = InMemoryDeployment.Options()
    options.noise = HighestNumbers()
    let deployment = try await Self.deployment(options)
    // With noise of 7, a count of 18 is published as 30, of 28 as 40, of 0 as 10.
    try await Self.ask(deployment, count: 18)
    try await Self.ask(deployment, count: 28, path: "/v1/none")
    await deployment.passMinutes(60)
    let text = try await Self.metrics(deployment)
    let expected = ["summarize": 30, "refused": 40]
    for task in Self.tasks {
      #expect(text.contains("cloister_node_requests{task=\"\(task)\"} \(expected[task] ?? 10)\n"), "\(text)")
    }
    #expect(text.contains("cloister_node_requests_period 1\n"))
    #expect(text.contains("cloister_node_requests_withheld 0\n"))
  }

  @Test("metrics and health: a few requests under way do not show, and the load is read once a minute")
  func load() async throws {
    let gate = WaitingEngine.Gate()
    var options = InMemoryDeployment.Options()
    options.engine = { _ in WaitingEngine(gate) }
    let deployment = try await Self.deployment(options)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<4 { group.addTask { try await Self.ask(deployment, count: 1) } }
      await gate.arrivals(4)
      #expect(try await Self.metrics(deployment).contains(#"cloister_node_load{requests="0-4"} 1"#))
      group.addTask { try await Self.ask(deployment, count: 1) }
      await gate.arrivals(5)
      #expect(try await Self.metrics(deployment).contains(#"cloister_node_load{requests="0-4"} 1"#))
      deployment.clock.advance(bySeconds: 60)
      #expect(try await Self.metrics(deployment).contains(#"cloister_node_load{requests="5-16"} 1"#))
      let health = try await deployment.get("/health", from: DeploymentNames.node(0))
      #expect(String(decoding: health.body, as: UTF8.self).contains(#""load":"5-16""#))
      await gate.open()
      try await group.waitForAll()
    }
  }
}
