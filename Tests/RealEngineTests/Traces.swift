import Foundation
import HTTPMessages
import StrictJSON
import Synchronization
import Testing

/// A node that is given requests with markers, and the search for what it keeps of them.
struct Traces {
  typealias Asked = StatelessnessTests.Asked

  let node: NodeProcess
  private let markers: Markers
  private let forms: [Markers.Form]
  private let files: FileTraces
  private let engineName: String?
  private let socketCount: Int
  /// Whether this user may read the memory and the open files of node and engine.
  private let mayLook: Bool

  /// Starts the node.
  /// - Parameter engine: as in its configuration.
  init(_ markers: Markers, _ forms: [Markers.Form], engine: JSONValue, _ epochSeconds: UInt64) async throws {
    files = FileTraces(pattern: Array(markers.prefix.utf8), start: Date())
    node = try await NodeProcess.start(engine: engine, epochSeconds: epochSeconds)
    (self.markers, self.forms) = (markers, forms)
    engineName = if case .object(let members) = engine, case .string(let name)? = members["name"] { name } else { nil }
    mayLook = ProcessMemory.isReadable(node.identifier)
    if !mayLook { print("skipped: memory and open files of node and engine, which this user may not read") }
    await node.disconnect()
    socketCount = FileTraces.sockets(of: node.identifier).count
  }

  private func message(_ asked: Asked) throws -> [UInt8] {
    try NodeProcess.request(asked.path, asked.body, answerClass: asked.isStream ? .frames : .block)
  }

  private func engines() -> Set<Int32> {
    engineName.map { ProcessTree.engines(of: node.identifier, named: $0) } ?? []
  }

  private func remains(in process: Int32) throws -> Remains { try Remains(of: forms, in: process) }

  // MARK: While they run

  /// The control of every search below: what is there is found. Here of a request of which the end has not come.
  func expectFoundWhileHeld(_ request: Asked, number: Int) async throws {
    let status = try await node.ask(try message(request)) {
      guard mayLook else { return }
      var remains = Remains()
      let deadline = ContinuousClock.now + .seconds(20)
      while remains.copyCount(of: number, as: "UTF-8") == 0, ContinuousClock.now < deadline {
        remains = try self.remains(in: node.identifier)
      }
      #expect(remains.copyCount(of: number, as: "UTF-8") > 0, "the search finds nothing in a node that holds a request")
      print("node, while it holds a request: \(remains)")
    }
    #expect(status == 200)
    try expectFilesAreSearched()
  }

  private func expectFilesAreSearched() throws {
    for folder in ["/tmp", "/dev/shm"] where FileManager.default.isWritableFile(atPath: folder) {
      let file = "\(folder)/cloister-control-\(UUID().uuidString)"
      defer { try? FileManager.default.removeItem(atPath: file) }
      try Data("control \(markers.text(0))".utf8).write(to: URL(fileURLWithPath: file))
      #expect(files.found(under: folder).contains(file))
      let open = try FileHandle(forReadingFrom: URL(fileURLWithPath: file))
      #expect(files.openFiles(of: getpid()).found.contains(file))
      try open.close()
    }
  }

  /// While a request is worked on, its text and its tokens are in the engine. The engine is stopped then, so that the
  /// request is still under way when both processes are searched.
  func expectFoundInEngine(_ request: (Int) -> Asked) async throws {
    guard mayLook else { return }
    for number in 2..<40 {
      // The answer may be there before the engine was stopped; then another one is asked for.
      if try await isFoundInEngine(try message(request(number)), number: number) { return }
    }
    Issue.record("no request was still under way when its engine was searched")
  }

  private final class Flag: Sendable {
    private let state = Mutex(false)
    var isSet: Bool { state.withLock { $0 } }
    func set() { state.withLock { $0 = true } }
  }

  private func isFoundInEngine(_ message: [UInt8], number: Int) async throws -> Bool {
    guard let engine = engines().first else { return false }
    let isAnswered = Flag()
    let answer = Task { [node] in
      defer { isAnswered.set() }
      return try await node.ask(message).statusCode
    }
    let found = try stoppedAmid(engine, number, isAnswered)
    #expect(try await answer.value == 200)
    guard let found else { return false }
    print("engine, while it works: \(found.engine)\nnode, while its engine works: \(found.node)")
    return true
  }

  /// Nil where the answer was there before.
  private func stoppedAmid(
    _ engine: Int32, _ number: Int, _ isAnswered: Flag
  ) throws -> (engine: Remains, node: Remains)? {
    while !isAnswered.isSet {
      let found = try remains(in: engine)
      guard found.copyCount(of: number, as: "UTF-8") > 0, found.copyCount(of: number, as: "tokens") > 0 else {
        continue
      }
      kill(engine, SIGSTOP)
      defer { kill(engine, SIGCONT) }
      return isAnswered.isSet ? nil : (try remains(in: engine), try remains(in: node.identifier))
    }
    return nil
  }

  // MARK: Requests

  func drive(_ count: Int, atATime: Int, _ request: (Int) throws -> Asked) async throws {
    try await node.renewKey()
    let start = ContinuousClock.now
    let first = 1_000
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in first..<(first + count) {
        if number - first >= atATime { #expect(try await group.next() == true) }
        let asked = try request(number)
        let message = try self.message(asked)
        group.addTask { [node] in try await node.ask(message).statusCode == asked.status }
      }
      for try await isExpected in group { #expect(isExpected) }
    }
    print("\(count) requests in \(ContinuousClock.now - start)")
  }

  /// Half of them are read to their end, the other half given up amid.
  func driveStreams(_ count: Int, _ request: (Int) -> Asked) async throws {
    for number in 100_000..<(100_000 + count) {
      let stream = try await node.stream(try message(request(number)), until: number % 2 == 0 ? .max : 1)
      #expect(stream.frameCount > 0)
      #expect(number % 2 == 1 || stream.text.contains("[DONE]"))
    }
  }

  // MARK: What is left

  struct Limits {
    /// In the node: copies of a marker, whole or in part.
    var nodeCopyCount: Int
    /// In an engine: requests of which a marker is there.
    var engineRequestCount: Int
  }

  func expectLittle(_ moment: String, _ limits: Limits) async throws {
    try await expectNothingIsTold()
    for folder in ["/tmp", "/var/tmp", "/dev/shm", "/run"] { #expect(files.found(under: folder).isEmpty) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: node.workingFolder).isEmpty)
    await node.disconnect()
    guard mayLook else { return }
    let engines = engines()
    for process in ProcessTree.descendants(of: node.identifier) {
      expectNothingIsWritten(by: process)
      // A sandbox that is replaced meanwhile takes its memory with it.
      guard let remains = try? remains(in: process) else {
        #expect(process != node.identifier)
        continue
      }
      if process == node.identifier {
        print("node, \(moment): \(remains)")
        #expect(remains.copyCount <= limits.nodeCopyCount, "node, \(moment): \(remains)")
      } else if engines.contains(process) {
        print("engine, \(moment): \(remains)")
        #expect(remains.requestCount <= limits.engineRequestCount, "engine, \(moment): \(remains)")
        #expect(limits.engineRequestCount > 0 || remains.copyCount == 0, "engine, \(moment): \(remains)")
      } else {
        #expect(remains.copyCount == 0, "launcher or keeper, \(moment): \(remains)")
      }
    }
    try await expectNoOpenConnections()
  }

  private func expectNothingIsTold() async throws {
    for path in ["/health", "/metrics"] {
      let answer = try await node.send("GET", path)
      #expect(answer.status == 200)
      #expect(ByteSearch.places(of: files.pattern, in: answer.body[...]).isEmpty, "\(path)")
    }
    #expect(ByteSearch.places(of: files.pattern, in: node.output[...]).isEmpty, "standard output or error")
  }

  /// In open files, memory files among them, and in the whole root of a sandbox.
  private func expectNothingIsWritten(by process: Int32) {
    let open = files.openFiles(of: process)
    #expect(open.found.isEmpty)
    if process == node.identifier { #expect(open.names.contains { $0.hasPrefix("/memfd:") }) }
    let root = "/proc/\(process)/root/."
    var own = stat()
    var others = stat()
    guard stat("/", &own) == 0, stat(root, &others) == 0, own.st_ino != others.st_ino || own.st_dev != others.st_dev
    else { return }
    let sockets = (try? FileManager.default.contentsOfDirectory(atPath: root + "/run")) ?? []
    #expect(sockets.allSatisfy { $0 == "engine.sock" })
    #expect(files.found(under: root, except: ["proc"]).isEmpty)
  }

  /// Connections end in the kernel's time.
  private func expectNoOpenConnections() async throws {
    let deadline = ContinuousClock.now + .seconds(20)
    var sockets = FileTraces.sockets(of: node.identifier)
    while sockets.count > socketCount, ContinuousClock.now < deadline {
      await Task.yield()
      sockets = FileTraces.sockets(of: node.identifier)
    }
    #expect(sockets.count <= socketCount)
    #expect(sockets.waitingByteCount == 0)
  }

  /// Waits until every engine that got requests is gone, and the node has no key any more.
  func awaitReplacement() async throws {
    try await node.endEpochs()
    let start = ContinuousClock.now
    let before = engines()
    var isOver = false
    while !isOver {
      let health = String(decoding: try await node.send("GET", "/health").body, as: UTF8.self)
      let now = engines()
      isOver =
        health.contains(#""waiting""#) && now.isDisjoint(with: before) && now.count == (engineName == nil ? 0 : 1)
      try #require(ContinuousClock.now - start < .seconds(120), "engine or key is still there")
    }
    print("engine and key were replaced \(ContinuousClock.now - start) after the requests")
  }
}
