import Attestation
import StrictJSON
import Testing
import TransparencyLog
import Trust

@Suite("docs/formats: worked examples")
struct FormatExampleTests {
  @Test("the example in the page is what the library computes", arguments: try Self.all())
  func example(_ example: FormatExample) throws {
    let block = try #require(try Documentation.example(example.name, in: example.page), "\(example.page) lacks it")
    #expect(example.matches(block), "\(example.page) should say:\n\(example.expected)")
  }

  @Test("every example in a page is one that is re-computed, and every page of a format has one")
  func complete() throws {
    let computed = Set(try Self.all().map { "\($0.page) \($0.name)" })
    var written: Set<String> = []
    for page in Set(try Self.all().map(\.page)) {
      for match in try Documentation.text(page).matches(of: /<!-- example: ([a-z-]+) -->/) {
        written.insert("\(page) \(match.output.1)")
      }
    }
    #expect(written == computed)
  }

  static func all() throws -> [FormatExample] {
    try statement() + nodeBinding() + epochLeaf() + bundle() + epochFile() + trustPolicy() + releaseLog()
      + artifactTree() + receipt() + messageShape()
  }

  private static func statement() throws -> [FormatExample] {
    let page = "docs/formats/statement.md"
    let type = "application/vnd.cloister.example+json"
    var statement = Statement(payloadType: type, payload: JSONValue.object(["type": "example"]).canonicalBytes)
    statement.sign(with: try ExampleValues.publisher())
    let publicKey = try ExampleValues.publisher().publicKey
    let payload = String(decoding: statement.payload, as: UTF8.self)
    return [
      FormatExample(page: page, name: "statement-public-key", content: .hexadecimal(publicKey.rawRepresentation)),
      FormatExample(page: page, name: "statement-keyid", content: .line(publicKey.identifier)),
      FormatExample(
        page: page, name: "statement-signed-bytes",
        content: .line("DSSEv1 \(type.utf8.count) \(type) \(payload.utf8.count) \(payload)")),
      FormatExample(page: page, name: "statement", content: .line(String(decoding: statement.encoded, as: UTF8.self))),
    ]
  }

  private static func nodeBinding() -> [FormatExample] {
    let page = "docs/formats/node-binding.md"
    return [
      FormatExample(page: page, name: "node-binding", content: .hexadecimal(ExampleValues.binding.encoded)),
      FormatExample(
        page: page, name: "node-binding-report-data", content: .hexadecimal(ExampleValues.binding.reportData)),
      FormatExample(
        page: page, name: "accelerator-nonce",
        content: .hexadecimal(
          AcceleratorBinding.nonce(
            noteDigest: ExampleValues.binding.noteDigest, keyConfiguration: ExampleValues.keyConfiguration))),
      FormatExample(
        page: page, name: "accelerator-digest",
        content: .hexadecimal(
          AcceleratorBinding.digest(of: [
            Evidence(platform: .nvidiaGPU, report: ExampleValues.bytes(from: 0xE0, count: 4), endorsements: [])
          ]))),
    ]
  }

  private static func epochLeaf() throws -> [FormatExample] {
    let page = "docs/formats/epoch-leaf.md"
    let key = try ExampleValues.operatorKey()
    let leaf = EpochLeaf(
      operatorOrigin: ExampleValues.origin, epoch: 41, bundleDigest: ExampleValues.bytes(from: 0x00)
    ).signed(by: key)
    let void = EpochLeaf(operatorOrigin: ExampleValues.origin, epoch: 42, bundleDigest: nil).signed(by: key)
    func text(_ bytes: [UInt8]) -> FormatExample.Content { .line(String(decoding: bytes, as: UTF8.self)) }
    return [
      FormatExample(page: page, name: "epoch-leaf-payload", content: text(leaf.payload)),
      FormatExample(page: page, name: "epoch-leaf-void-payload", content: text(void.payload)),
      FormatExample(page: page, name: "epoch-leaf", content: text(leaf.encoded)),
      FormatExample(
        page: page, name: "epoch-leaf-hash",
        content: .hexadecimal(RFC6962.leafHash(leaf.encoded).rawRepresentation)),
    ]
  }

  private static func bundle() throws -> [FormatExample] {
    let page = "docs/formats/bundle.md"
    let encoded = try ExampleValues.bundle.encoded()
    let content = encoded.prefix((encoded.lastIndex { $0 != 0 } ?? 0) + 1)
    return [
      FormatExample(page: page, name: "bundle", content: .hexadecimal(Array(content))),
      FormatExample(page: page, name: "bundle-digest", content: .hexadecimal(EpochBundle.digest(of: encoded))),
    ]
  }

  private static func epochFile() -> [FormatExample] {
    [
      FormatExample(
        page: "docs/formats/epoch-file.md", name: "epoch-file", content: .hexadecimal(ExampleValues.file.encoded))
    ]
  }

  private static func trustPolicy() throws -> [FormatExample] {
    let page = "docs/formats/trust-policy.md"
    let policy = try ExampleValues.policy()
    return [
      FormatExample(page: page, name: "trust-policy", content: .lines(policy.json.indentedText)),
      FormatExample(
        page: page, name: "trust-policy-digest",
        content: .line(TrustPolicy.digest(ofPayload: policy.statement.payload))),
    ]
  }

  private static func releaseLog() throws -> [FormatExample] {
    let page = "docs/formats/release-log.md"
    var release = ExampleValues.release.statement
    release.sign(with: try ExampleValues.publisher())
    release.sign(with: try ExampleValues.secondPublisher())
    let revocation = try JSONValue(parsing: ExampleValues.revocation.statement.payload)
    let promise = try JSONValue(parsing: ExampleValues.promise.statement.payload)
    return [
      FormatExample(page: page, name: "release", content: .lines(ExampleValues.release.json.indentedText)),
      FormatExample(
        page: page, name: "release-leaf-hash",
        content: .hexadecimal(RFC6962.leafHash(release.encoded).rawRepresentation)),
      FormatExample(page: page, name: "revocation", content: .lines(revocation.indentedText)),
      FormatExample(page: page, name: "promise", content: .lines(promise.indentedText)),
    ]
  }

  private static func artifactTree() throws -> [FormatExample] {
    let page = "docs/formats/artifact-tree.md"
    let tree = try ExampleValues.artifactTree()
    let manifest = try JSONValue(parsing: tree.canonicalBytes)
    return [
      FormatExample(page: page, name: "artifact-tree", content: .lines(manifest.indentedText)),
      FormatExample(page: page, name: "artifact-tree-digest", content: .hexadecimal(tree.digest)),
    ]
  }

  private static func receipt() -> [FormatExample] {
    [
      FormatExample(
        page: "docs/formats/receipt.md", name: "receipt", content: .lines(ExampleValues.receipt.json.indentedText))
    ]
  }

  private static func messageShape() -> [FormatExample] {
    let page = "docs/formats/message-shape.md"
    let sizes = AnswerClass.allCases.flatMap { answerClass in
      let layout = AnswerLayout(answerClass)
      return Set([0, layout.frameCount / 2, layout.frameCount - 1]).sorted().map { frame in
        let numbers = [
          layout.nodePlaintextByteCount, layout.nodeEncapsulatedByteCount(ofFrame: frame),
          layout.gatewayPlaintextByteCount(ofFrame: frame), layout.gatewayEncapsulatedByteCount(ofFrame: frame),
        ]
        return "\(answerClass.rawValue) frame \(frame): " + numbers.map { "\($0)" }.joined(separator: " ")
      }
    }
    var frames = AnswerFrames(streaming: .frames)
    _ = frames.append(Array("data: {\"summary\":\"agreed\"}\n\ndata: [DONE]\n\n".utf8))
    return [
      FormatExample(page: page, name: "frame-sizes", content: .lines(sizes.joined(separator: "\n"))),
      FormatExample(page: page, name: "first-frame", content: .hexadecimal(frames.next())),
    ]
  }
}
