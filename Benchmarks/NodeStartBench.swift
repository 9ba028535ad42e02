import ArgumentParser
import Foundation
import InMemoryParties
import StrictJSON

/// How long a node takes from its start to its first request.
struct NodeStartBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "node-start",
    abstract: "Times starts of cloister-node without a model, until it listens.",
    discussion: """
      Each start has both lives of the node: it copies itself into sealed memory, gives up files, network and system \
      calls, and tries that each is closed. Its chip is simulated. Bar: 300 ms at p50.
      """)

  @Option(help: "How many starts.")
  var count = 20

  mutating func run() async throws {
    let binary = BenchProcess.sibling("cloister-node")
    let folder = try TemporaryFolder()
    try await write(to: folder, check: binary)
    var sample = Sample()
    for round in 0..<count + 1 {
      let start = ContinuousClock.now
      let node = try BenchProcess(
        binary,
        [
          "run", "--listen", "127.0.0.1:0", "--configuration", folder.path("node.json"), "--simulated-chip",
          folder.path("chip.json"), "--exit-with-parent",
        ], processor: nil, announcesPort: true, isQuiet: true)
      // The first reads the file from the disk.
      if round > 0 { sample.add(ContinuousClock.now - start) }
      node.stop()
    }
    let size = try FileManager.default.attributesOfItem(atPath: binary)[.size] as? Int ?? 0
    print(
      "\(count) starts until it listens: median \(sample.median.millisecondText) (\(sample.range.least.millisecondText) to "
        + "\(sample.range.most.millisecondText)), bar 300 ms; the file has \(size / 1_000_000) MB")
    guard sample.median <= .milliseconds(300) else { throw ValidationError("the bar is missed") }
  }

  /// A configuration that names as weaknesses what this machine does not give.
  private func write(to folder: TemporaryFolder, check binary: String) async throws {
    let check = Process()
    let output = Pipe()
    check.executableURL = URL(fileURLWithPath: binary)
    (check.arguments, check.standardOutput) = (["check", "--json"], output)
    try check.run()
    let report = try JSONValue(parsing: Array(output.fileHandleForReading.readDataToEndOfFile()))
    let deployment = try await InMemoryDeployment()
    guard case .object(let members) = report, case .object(var configuration) = deployment.identity.nodeConfiguration
    else { throw ValidationError("cloister-node check printed no report") }
    configuration["weaknesses"] = members["weaknesses"]
    try Data(JSONValue.object(configuration).canonicalBytes).write(to: folder.url.appendingPathComponent("node.json"))
    try deployment.identity.chips[0].save(to: folder.url.appendingPathComponent("chip.json"))
  }
}
