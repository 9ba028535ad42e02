import Foundation
import TestSupport
import Testing

/// The executable, as it is run.
@Suite("cloister-relay as a process", .timeLimit(.minutes(10)))
struct RelayProcessTests {
  private func withProcess(
    _ arguments: [String], _ body: (_ process: ChildProcess, _ port: Int) async throws -> Void
  ) async throws {
    let process = try CommandRun.start(
      "cloister-relay", ["--listen", "127.0.0.1:0", "--exit-with-parent"] + arguments, errors: .discarded)
    let outcome: Result<Void, any Error>
    do {
      let line = await process.readLine()
      try #require(line.hasPrefix("listening 127.0.0.1:"))
      outcome = .success(try await body(process, try #require(line.split(separator: ":").last.flatMap { Int($0) })))
    } catch {
      outcome = .failure(error)
    }
    process.terminate()
    #expect(await process.wait() == 0)
    try outcome.get()
  }

  @Test("SIGTERM: the exchange under way is completed, and then the relay ends")
  func drains() async throws {
    let gateway = try await WireServer.start()
    try await withProcess(["--gateway", "operator.test=http://127.0.0.1:\(gateway.port)"]) { process, port in
      let client = try await Wire.connect(to: port)
      try await client.send(post(4))
      let upstream = try #require(await gateway.next())
      try await upstream.read(until: "qqqq")
      process.terminate()
      // Once nobody is accepted any more, the relay has heard it.
      while let late = try? await Wire.connect(to: port) { await late.close() }
      try await upstream.send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
      #expect(await client.readUntilClosed().hasSuffix("\r\n\r\nok"))
      // It ends by itself: its standard output closes before it is told a second time.
      #expect(await process.readToEnd().isEmpty)
    }
    await gateway.stop()
  }

  @Test("--gateway repeated for one operator: where nobody listens is passed over")
  func severalGateways() async throws {
    let nobody = try ReservedPort()
    let gateway = try await WireServer.start()
    let ports = [Int(nobody.number), gateway.port]
    try await withProcess(
      ports.flatMap { ["--gateway", "operator.test=http://127.0.0.1:\($0)"] } + ["--upstream-spares", "0"]
    ) { _, port in
      let client = try await Wire.connect(to: port)
      var upstream: Wire?
      for _ in 0..<8 {
        try await client.send(post(4))
        if upstream == nil { upstream = await gateway.next() }
        try await upstream?.read(until: "qqqq")
        upstream?.forget()
        try await upstream?.send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
        try await client.read(until: "\r\n\r\nok")
        client.forget()
      }
    }
    await gateway.stop()
  }

  @Test("--observe writes what the relay saw: sizes and names, never content")
  func observes() async throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("observed-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: file) }
    let gateway = try await WireServer.start()
    try await withProcess(
      ["--gateway", "operator.test=http://127.0.0.1:\(gateway.port)", "--observe", file]
    ) { _, port in
      let client = try await Wire.connect(to: port)
      try await client.send(post(4, extra: "cookie: marker-of-content\r\n"))
      let upstream = try #require(await gateway.next())
      try await upstream.read(until: "qqqq")
      try await upstream.send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
      try await client.read(until: "ok")
    }
    let line = try String(contentsOfFile: file, encoding: .utf8)
    #expect(line.contains(#""peer":"127.0.0.1""#))
    #expect(line.contains(#""requestByteCount":4"#))
    #expect(line.contains(#""responseByteCount":2"#))
    #expect(!line.contains("marker-of-content"))
    #expect(!line.contains("qqqq"))
    await gateway.stop()
  }

  @Test(
    "arguments that cannot be meant are refused",
    arguments: [
      [], ["--gateway", "operator.test"], ["--gateway", "operator.test=ftp://127.0.0.1"],
      ["--gateway", "operator.test=http://127.0.0.1:1/path"],
      ["--gateway", "a.test=http://127.0.0.1:1", "--gateway", "a.test=http://127.0.0.1:1"],
      [
        "--gateway", "a.test=http://127.0.0.1:1", "--log", "a.test=http://127.0.0.1:2", "--log",
        "a.test=http://127.0.0.1:3",
      ],
      ["--gateway", "a.test=http://127.0.0.1:1", "--log", "b.test=http://127.0.0.1:2"],
      ["--gateway", "a.test=http://127.0.0.1:1", "--tls-certificate", "/nowhere"],
      ["--gateway", "a.test=http://127.0.0.1:1", "--upstream-head-seconds", "0"],
    ])
  func refusedArguments(arguments: [String]) async throws {
    let run = try await CommandRun.run("cloister-relay", ["--listen", "127.0.0.1:0", "--exit-with-parent"] + arguments)
    #expect(run.status != 0)
    #expect(!run.standardOutput.contains("listening"))
  }

  @Test("memory stays flat over 50,000 requests and 100 times each misbehaviour; `make soak` does more")
  func soak() async throws {
    let run = try await CommandRun.run(
      "cloister-bench", ["relay-soak", "--requests", "50000", "--misbehaviours", "100"])
    #expect(run.status == 0, "\(run.standardOutput)\(run.standardError)")
  }
}
