import Confinement
import Crypto
import ErrorCodes
import Foundation
import InMemoryParties
import Inference
import Node
import SimulatedTEE
import StrictJSON
import TestSupport
import Testing
import WireFormat

@Suite("The node's process at its start")
struct NodeStartTests {
  private struct Started {
    let folder: TemporaryFolder
    let configuration: String
    let chip: String
  }

  /// A configuration and a simulated chip as files.
  /// - Parameter engine: in place of the embedded one.
  private func files(engine: JSONValue = "embedded", dictionaries: JSONValue? = nil) async throws -> Started {
    let identity = try await InMemoryDeployment().identity
    guard case .object(var members) = identity.nodeConfiguration else { throw CancellationError() }
    members["engine"] = engine
    members["dictionaries"] = dictionaries
    members["weaknesses"] = .array(try await Self.weaknessesHere())
    let folder = try TemporaryFolder()
    let started = Started(folder: folder, configuration: folder.path("node.json"), chip: folder.path("chip.json"))
    try Data(JSONValue.object(members).canonicalBytes).write(to: URL(fileURLWithPath: started.configuration))
    try identity.chips[0].save(to: URL(fileURLWithPath: started.chip))
    return started
  }

  private static func report() async throws -> [String: JSONValue] {
    let run = try await CommandRun.run("cloister-node", ["check", "--json"])
    guard run.status == 0,
      case .object(let members) = try JSONValue(parsing: Array(run.standardOutput.utf8), byteLimit: 65_536)
    else { throw CancellationError() }
    return members
  }

  private static func weaknessesHere() async throws -> [JSONValue] {
    guard case .array(let names)? = try await report()["weaknesses"] else { return [] }
    return names
  }

  private func arguments(_ files: Started, _ more: String...) -> [String] {
    ["run", "--listen", "127.0.0.1:0", "--configuration", files.configuration, "--simulated-chip", files.chip] + more
  }

  @Test("check names each protection once, as held or as lacking")
  func check() async throws {
    let report = try await Self.report()
    guard case .array(let held)? = report["protections"], case .array(let lacking)? = report["weaknesses"] else {
      Issue.record("the report is not of its form")
      return
    }
    #expect(held.count + lacking.count == Protection.allCases.count)
    // These ask nothing of the machine but a kernel that Debian 12 has.
    for protection in [Protection.sealedExecutable, .noDumps, .wipedMemory, .closedFiles, .closedSystemCalls] {
      #expect(held.contains(.string(protection.summary)), "\(protection)")
    }
  }

  @Test("boot: LD_PRELOAD, GLIBC_TUNABLES, SWIFT_* and kin are nothing to a node, whose environment is empty")
  func environment() async throws {
    let files = try await files()
    let settings = [
      "LD_PRELOAD=/tmp/none.so", "LD_LIBRARY_PATH=/tmp", "GLIBC_TUNABLES=glibc.malloc.check=3",
      "SWIFT_BACKTRACE=enable=yes",
      "MALLOC_PERTURB_=7", "HTTPS_PROXY=http://127.0.0.1:9", "SSL_CERT_FILE=/tmp/none.pem", "TZ=/tmp/none",
    ]
    let node = try ChildProcess(
      "/usr/bin/env",
      settings + [CommandRun.folder.appendingPathComponent("cloister-node").path]
        + arguments(files, "--exit-with-parent"), errors: .discarded)
    let line = String(decoding: await node.read(), as: UTF8.self)
    #expect(line.hasPrefix("listening 127.0.0.1:"))
    let environment = FileManager.default.contents(atPath: "/proc/\(node.identifier)/environ")
    // Nobody but root may read that of a process which cannot be dumped.
    if getuid() == 0 { #expect(environment == Data()) } else { #expect(environment == nil) }
    node.endInput()
    #expect(await node.wait() == 0)
  }

  @Test(
    "boot: another user's process, or one of the same, cannot look into the node",
    .enabled(if: getuid() != 0, "root looks into everything"))
  func lookingIn() async throws {
    let files = try await files()
    let node = try CommandRun.start("cloister-node", arguments(files, "--exit-with-parent"), errors: .discarded)
    #expect(String(decoding: await node.read(), as: UTF8.self).hasPrefix("listening"))
    #expect(open("/proc/\(node.identifier)/mem", O_RDONLY) == -1)
    node.endInput()
    _ = await node.wait()
  }

  @Test("boot: an orchestrator, which may dial, gives up everything else, and what its release must say names the role")
  func orchestrator() async throws {
    let files = try await files(engine: [
      "peer": "model", "name": "m", "parallel": 1, "contextTokens": 4_096, "answerTokens": 512,
    ])
    let node = try CommandRun.start("cloister-node", arguments(files, "--exit-with-parent"), errors: .discarded)
    #expect(String(decoding: await node.read(), as: UTF8.self).hasPrefix("listening"))
    node.endInput()
    #expect(await node.wait() == 0)
    let measured = try await CommandRun.run("cloister-node", ["measure", "--configuration", files.configuration])
    guard case .object(let members) = try JSONValue(parsing: Array(measured.standardOutput.utf8)) else { return }
    #expect(members["calls"] == ["model"] && members["capabilities"] == ["chat"])
  }

  @Test(
    "boot: a model of other nodes that is not of its schema, or of the node's own role",
    arguments: [
      ["peer": "assistant", "name": "m", "parallel": 1, "contextTokens": 4_096, "answerTokens": 512],
      ["peer": "", "name": "m", "parallel": 1, "contextTokens": 4_096, "answerTokens": 512],
      ["peer": "model", "name": "m", "parallel": 0, "contextTokens": 4_096, "answerTokens": 512],
      ["peer": "model", "name": "m", "parallel": 1, "contextTokens": 1, "answerTokens": 512],
      ["peer": "model", "name": "m", "parallel": 1, "contextTokens": 4_096, "answerTokens": 512, "more": 1],
      ["peer": "model", "name": "m", "parallel": 1, "contextTokens": 4_096],
      ["peer": "model", "name": "m", "parallel": 1, "answerTokens": 512],
      ["peer": "model", "name": "m", "parallel": 1, "contextTokens": "4096", "answerTokens": 512],
      ["peer": "model"],
    ] as [JSONValue])
  func otherPeerModel(engine: JSONValue) async throws {
    guard case .object(var members) = try await InMemoryDeployment().identity.nodeConfiguration else { return }
    members["engine"] = engine
    #expect(throws: (any Error).self) { try NodeConfiguration(parsing: JSONValue.object(members).canonicalBytes) }
  }

  @Test("boot: a binary or model other than the configuration names, and no port opens")
  func otherEngine() async throws {
    let engine = CommandRun.folder.appendingPathComponent("hostile-engine").path
    let wrong = String(repeating: "0", count: 64)
    let files = try await files(engine: [
      "name": "m", "binary": ["path": .string(engine), "digest": .string(wrong)], "models": [],
      "arguments": ["honest", "{socket}"], "environment": [], "capabilities": ["chat"], "parallel": 1,
      "contextTokens": 4_096,
      "answerTokens": 512, "memoryBytes": 0, "startSeconds": 5,
    ])
    let run = try await CommandRun.run("cloister-node", arguments(files))
    #expect(run.status != 0 && !run.standardOutput.contains("listening"))
    #expect(run.standardError.contains("node-engine-file-refused"))
  }

  @Test("boot: a pickle that the configuration names as a model, and no port opens")
  func pickledModel() async throws {
    let engine = CommandRun.folder.appendingPathComponent("hostile-engine")
    let folder = try TemporaryFolder()
    let pickle = Data([0x80, 0x04, 0x95] + [UInt8](repeating: 0x2E, count: 64))
    try pickle.write(to: URL(fileURLWithPath: folder.path("model.gguf")))
    let files = try await files(engine: [
      "name": "m",
      "binary": ["path": .string(engine.path), "digest": .string(Self.digest(try Data(contentsOf: engine)))],
      "models": [
        ["path": .string(folder.path("model.gguf")), "digest": .string(Self.digest(pickle)), "format": "gguf"]
      ],
      "arguments": ["honest", "{socket}"], "environment": [], "capabilities": ["chat"], "parallel": 1,
      "contextTokens": 4_096,
      "answerTokens": 512, "memoryBytes": 0, "startSeconds": 5,
    ])
    let run = try await CommandRun.run("cloister-node", arguments(files))
    #expect(run.status != 0 && !run.standardOutput.contains("listening"))
    #expect(run.standardError.contains("model-format-refused"))
  }

  /// Debian's, which `scripts/prepare` installs.
  private static func dictionary(wordsDigest: String? = nil) throws -> JSONValue {
    func file(_ name: String, _ digest: String?) throws -> JSONValue {
      let path = "/usr/share/hunspell/" + name
      let own = Self.digest(try Data(contentsOf: URL(fileURLWithPath: path)))
      return ["path": .string(path), "digest": .string(digest ?? own)]
    }
    return [
      [
        "language": "en", "affix": try file("en_US.aff", nil), "words": try file("en_US.dic", wordsDigest),
      ]
    ]
  }

  @Test("boot: dictionaries are read from sealed memory, behind the closed file system")
  func dictionaries() async throws {
    let files = try await files(dictionaries: try Self.dictionary())
    let node = try CommandRun.start("cloister-node", arguments(files, "--exit-with-parent"), errors: .discarded)
    #expect(String(decoding: await node.read(), as: UTF8.self).hasPrefix("listening"))
    node.endInput()
    #expect(await node.wait() == 0)
  }

  @Test("boot: a dictionary other than the configuration names, and no port opens")
  func otherDictionary() async throws {
    let files = try await files(dictionaries: try Self.dictionary(wordsDigest: String(repeating: "0", count: 64)))
    let run = try await CommandRun.run("cloister-node", arguments(files))
    #expect(run.status != 0 && !run.standardOutput.contains("listening"))
    #expect(run.standardError.contains("node-engine-file-refused"))
  }

  @Test("boot: dictionaries beside another engine, of an unknown language, or two of one")
  func refusedDictionaries() async throws {
    guard case .object(var members) = try await InMemoryDeployment().identity.nodeConfiguration else { return }
    func refusal(_ dictionaries: JSONValue) -> (any CodedError)? {
      members["dictionaries"] = dictionaries
      do {
        _ = try NodeConfiguration(parsing: JSONValue.object(members).canonicalBytes)
        return nil
      } catch { return error as? any CodedError }
    }
    let file: JSONValue = ["path": "/d", "digest": .string(String(repeating: "0", count: 64))]
    func dictionary(_ language: JSONValue) -> JSONValue { ["language": language, "affix": file, "words": file] }
    #expect(refusal([dictionary("en"), dictionary("de")]) == nil)
    for refused: JSONValue in [
      [dictionary("en"), dictionary("en")], [dictionary("xx")], [dictionary(7)], ["en"], "en",
      [["language": "en", "affix": file]],
    ] { #expect(refusal(refused)?.code == InferenceError.engineProgramInvalid) }
    members["engine"] = "unix:/run/engine.sock"
    members["weaknesses"] = ["engine-not-isolated"]
    #expect(refusal([dictionary("en")])?.code == NodeError.configurationInvalid)
  }

  private static func digest(_ bytes: Data) -> String { Array(SHA256.hash(data: bytes)).hexadecimal }

  @Test("boot: descriptors handed in by hand that are not sealed")
  func unsealed() async throws {
    let files = try await files()
    let run = try await CommandRun.run("cloister-node", arguments(files, "--sealed", "0:0::::"))
    #expect(run.status != 0 && !run.standardOutput.contains("listening"))
    #expect(run.standardError.contains("confinement-not-sealed"))
  }

  @Test("boot: a protection that is lacking and that the configuration does not name", arguments: Protection.allCases)
  func unprotected(protection: Protection) async throws {
    guard case .object(var members) = try await InMemoryDeployment().identity.nodeConfiguration else { return }
    let strict = try NodeConfiguration(parsing: JSONValue.object(members).canonicalBytes)
    let report = ProtectionReport([protection: false])
    #expect(throws: NodeError(NodeError.unprotected, "")) { try report.check(against: strict) }
    members["weaknesses"] = [.string(protection.rawValue)]
    let naming = try NodeConfiguration(parsing: JSONValue.object(members).canonicalBytes)
    #expect(throws: Never.self) { try report.check(against: naming) }
    #expect(naming.weaknesses == [protection.rawValue])
  }

  @Test("health: open system calls that the configuration names are not shown as closed, whatever came of the try")
  func namedWeakness() async throws {
    guard case .object(var members) = try await InMemoryDeployment().identity.nodeConfiguration else {
      Issue.record("the configuration is no object")
      return
    }
    for (weaknesses, isShown) in [([], true), (["system-calls-open"], false)] as [(JSONValue, Bool)] {
      members["weaknesses"] = weaknesses
      let configuration = try NodeConfiguration(parsing: JSONValue.object(members).canonicalBytes)
      let report = ProtectionReport([.noDumps: true], beforeClosing: configuration)
      #expect(report.inForce.contains(.closedSystemCalls) == isShown)
      #expect(throws: Never.self) { try report.check(against: configuration) }
    }
  }

  @Test("boot: an engine whose memory can be swapped out, behind a node whose own is locked")
  func swappedEngine() {
    let head = "Filename\tType\tSize\tUsed\tPriority"
    let device = "/dev/zram0 partition 1048572 0 100"
    func held(_ isLocked: Bool, _ startsEngine: Bool, _ swaps: [String]?) -> Bool {
      ProcessProtections.staysOutOfSwap(isLocked: isLocked, startsEngine: startsEngine, swaps: swaps)
    }
    #expect(held(true, false, [head, device]) && held(true, true, [head]) && held(false, true, [head]))
    #expect(!held(true, true, [head, device]) && !held(false, false, [head, device]))
    // What cannot be read says nothing.
    #expect(!held(true, true, nil) && !held(true, true, []) && held(true, false, nil))
  }

  @Test("boot: a weakness that does not exist, or an engine of somebody else's that is not named as one")
  func weaknesses() async throws {
    guard case .object(let good) = try await InMemoryDeployment().identity.nodeConfiguration else { return }
    for change: [String: JSONValue] in [["weaknesses": ["none"]], ["engine": "unix:/run/engine.sock"]] {
      let bytes = JSONValue.object(good.merging(change) { _, new in new }).canonicalBytes
      #expect(throws: NodeError(NodeError.configurationInvalid, "")) { try NodeConfiguration(parsing: bytes) }
    }
  }
}
