import Crypto
import LogMonitor
import OperatorMonitor
import TestDeployment
import TestSupport
import Testing
import Trust
import WireFormat

@Suite("Audit of an operator: artifacts")
struct ArtifactAuditTests {
  private let content = Array("#!/bin/sh\n".utf8)
  private let tree: ArtifactTree

  init() throws {
    tree = try ArtifactTree(
      purpose: "node",
      files: [.init(path: "bin/run", mode: 0o100755, content: content), .init(path: "empty", content: [])])
  }

  private func name(_ bytes: [UInt8]) -> String { Array(SHA256.hash(data: bytes)).hexadecimal }

  private func store() -> MemoryFiles {
    MemoryFiles([
      tree.digest.hexadecimal: tree.canonicalBytes, name(content): content, name([]): [],
    ])
  }

  private func audit(
    _ store: MemoryFiles, purpose: String = "node", digest: [UInt8]? = nil, memory: OperatorAudit.Memory = .init(),
    options: OperatorAudit.Options = .init()
  ) async throws -> OperatorAudit.Result {
    var published = try PublishedOperator()
    var plan = published.fixture.plan()
    plan.releases[0].entry.artifacts = [.init(name: "node", purpose: purpose, digest: digest ?? tree.digest)]
    try published.publish(plan)
    return try await published.audit(artifacts: store, memory: memory, options: options)
  }

  @Test("every file of a good artifact is fetched and verified, and not fetched again by later audits")
  func good() async throws {
    let result = try await audit(store())
    #expect(result.failures.isEmpty)
    #expect(result.report.artifactCount == 1)
    #expect(result.memory.artifacts == ["node:\(tree.digest.hexadecimal)"])
    // One of those that were good is looked at again each time; here there is one, and another that is not fetched.
    var memory = result.memory
    memory.artifacts.insert("other:00")
    let files = store()
    var fetches = 0
    for _ in 0..<20 { fetches += try await audit(files, memory: memory).report.artifactCount }
    #expect((1..<20).contains(fetches))
  }

  @Test("a manifest or file that is gone is found missing")
  func missing() async throws {
    let whole = store()
    for path in whole.paths {
      let store = whole.copy()
      store[path] = nil
      #expect(try await audit(store).failures == ["audit-artifact-missing"])
    }
  }

  @Test("a manifest or file with another byte, one more or one less is refused")
  func changed() async throws {
    let whole = store()
    for path in whole.paths {
      let bytes = try #require(whole[path])
      for change in [bytes + [0], Array(bytes.dropLast()), bytes.isEmpty ? [0] : bytes.dropLast() + [0xFF]]
      where change != bytes {
        let store = whole.copy()
        store[path] = Array(change)
        #expect(try await audit(store).failures == ["audit-artifact-mismatch"])
      }
    }
  }

  @Test("a tree for another purpose than the release names is refused")
  func purpose() async throws {
    let memory = OperatorAudit.Memory(artifacts: ["node:\(tree.digest.hexadecimal)"])
    for memory in [OperatorAudit.Memory(), memory] {
      #expect(try await audit(store(), purpose: "model", memory: memory).failures == ["audit-artifact-mismatch"])
    }
  }

  @Test("every release that nodes may still run is looked at, not only the newest of its name")
  func olderRelease() async throws {
    var published = try PublishedOperator()
    var plan = published.fixture.plan()
    plan.releases[0].entry.artifacts = [.init(name: "node", purpose: "node", digest: tree.digest)]
    try published.publish(plan)
    var newer = plan.releases[0].entry
    newer.artifacts = []
    newer.issued += 1
    published.enter(newer.statement, by: published.bothPublishers)
    #expect(try await published.audit(artifacts: MemoryFiles()).failures == ["audit-artifact-missing"])
  }

  @Test("a file above the audit's limits is a warning and not taken for verified, and hides no other file")
  func tooLarge() async throws {
    var one = OperatorAudit.Options()
    one.artifactByteLimit = content.count - 1
    var all = OperatorAudit.Options()
    all.artifactTotalByteLimit = UInt64(content.count - 1)
    for options in [one, all] {
      let result = try await audit(store(), options: options)
      #expect(result.failures.isEmpty)
      #expect(result.codes.contains("audit-artifact-too-large"))
      #expect(result.memory.artifacts.isEmpty)
      let store = store()
      store[name([])] = [1]
      #expect(try await audit(store, options: options).failures == ["audit-artifact-mismatch"])
    }
  }
}
