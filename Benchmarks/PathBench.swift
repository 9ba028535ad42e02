import ArgumentParser
import Foundation
import StrictJSON

/// What the private path adds to the engine's own time, from a process's arguments to the last byte of its answer.
struct PathBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "path",
    abstract: "Times `cloister summarize` against a deployment on loopback, process by process.",
    discussion: """
      Added time is the time from the client's arguments to the last byte, minus the engine's own time in the node.
      Cached: one process asks again and again, with bundle and appraisal cached; bar 15 ms. Cold: a new process with an
      empty cache, wallet filled; bar 60 ms. Between them, a new process that finds the bundle on disk and appraises
      anew.
      """)

  @Option(help: "How many warm requests.")
  var count = 50

  @Option(help: "How many cold requests.")
  var coldCount = 10

  mutating func run() async throws {
    let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    let cloister = folder.appendingPathComponent("cloister")
    try printCached(cloister)
    let demo = Process()
    demo.executableURL = cloister
    demo.arguments = ["demo", "--keep", "--tokens", "\(count + coldCount + 8)"]
    let errors = Pipe()
    demo.standardInput = FileHandle.nullDevice
    demo.standardOutput = FileHandle.nullDevice
    demo.standardError = errors
    try demo.run()
    defer {
      demo.interrupt()
      demo.waitUntilExit()
    }
    var said = ""
    while !said.contains("/client\n"), case let more = errors.fileHandleForReading.availableData, !more.isEmpty {
      said += String(decoding: more, as: UTF8.self)
    }
    guard let line = said.split(separator: "\n").first(where: { $0.contains("--state ") }),
      let state = line.split(separator: " ").last.map(String.init)
    else { throw ValidationError("the demo did not start: \(said)") }

    var warm = Sample()
    for _ in 0..<count { warm.add(try addedTime(cloister, state: state)) }
    var cold = Sample()
    for _ in 0..<coldCount {
      try? FileManager.default.removeItem(atPath: state + "/bundles")
      cold.add(try addedTime(cloister, state: state))
    }
    for (name, sample) in [("new process, bundle on disk", warm), ("new process, cold", cold)] {
      print(
        "\(name): median \(sample.median.millisecondText) added over \(sample.durations.count) requests "
          + "(\(sample.range.least.millisecondText) to \(sample.range.most.millisecondText))")
    }
  }

  private func printCached(_ cloister: URL) throws {
    var object = try JSONObject(
      parsing: try output(of: cloister, ["demo", "--timings", "--json"]), name: "demo output")
    var timings = try object.object("timings")
    let count = try timings.count("cachedRequests")
    guard case .number(let median) = try timings.value("cachedAddedMillisecondsMedian") else { return }
    print("cached: median \(median) ms added over \(count) requests")
  }

  private func output(of executable: URL, _ arguments: [String]) throws -> [UInt8] {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw ValidationError("a request failed") }
    return Array(data)
  }

  private func addedTime(_ cloister: URL, state: String) throws -> Duration {
    let answer = try output(
      of: cloister, ["summarize", "examples/garden-group.txt", "--state", state, "--json", "--timings"])
    var object = try JSONObject(parsing: answer, name: "answer")
    var timings = try object.object("timings")
    return .microseconds(try timings.integer("addedMicroseconds"))
  }
}
