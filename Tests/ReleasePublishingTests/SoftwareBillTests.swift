import ReleasePublishing
import StrictJSON
import Testing
import Trust

@Suite("Software bills of materials")
struct SoftwareBillTests {
  private static let manifest = #"""
    {"targets": [
      {"name": "tool", "dependencies": [{"byName": ["Inner", null]}, {"product": ["Logging", "swift-log", null, null]}]},
      {"name": "Inner", "dependencies": [{"target": ["Core", null]}, {"product": ["NIO", "Swift-NIO", null, null]}]},
      {"name": "Core", "dependencies": []},
      {"name": "other", "dependencies": [{"product": ["Unused", "unused", null, null]}]}]}
    """#
  private static let graph = #"""
    {"identity": "root", "dependencies": [
      {"identity": "swift-log", "dependencies": []},
      {"identity": "unused", "dependencies": []},
      {"identity": "swift-nio", "dependencies": [{"identity": "swift-atomics", "dependencies": []}]}]}
    """#
  private static let pins = #"""
    {"pins": [
      {"identity": "swift-log", "location": "https://github.com/apple/swift-log.git", "state": {"version": "1.0.0", "revision": "aa"}},
      {"identity": "swift-nio", "location": "https://github.com/apple/swift-nio", "state": {"version": "2.0.0", "revision": "bb"}},
      {"identity": "swift-atomics", "location": "https://github.com/apple/swift-atomics", "state": {"revision": "cc"}},
      {"identity": "unused", "location": "https://github.com/a/unused", "state": {"version": "9.0.0"}}]}
    """#

  private static func bill(
    _ manifest: String = manifest, _ graph: String = graph, _ pins: String = pins, product: String = "tool"
  ) throws -> SoftwareBill {
    try SoftwareBill(
      manifest: Array(manifest.utf8), graph: Array(graph.utf8), pins: Array(pins.utf8), product: product)
  }

  @Test("what the executable reaches is listed, with versions, revisions and who depends on whom; nothing else is")
  func components() throws {
    let json = try Self.bill().json(version: "1.2.3", others: [("swift", "6.3")])
    let log = "pkg:swift/github.com/apple/swift-log@1.0.0"
    let nio = "pkg:swift/github.com/apple/swift-nio@2.0.0"
    let atomics = "pkg:swift/github.com/apple/swift-atomics@cc"
    #expect(json.at("bomFormat") == "CycloneDX")
    #expect(json.at("specVersion") == "1.6")
    #expect(json.at("metadata", "component", "name") == "tool")
    #expect(json.at("metadata", "component", "version") == "1.2.3")
    guard case .array(let components)? = json.at("components"), case .array(let dependencies)? = json.at("dependencies")
    else {
      Issue.record("no lists")
      return
    }
    #expect(
      components.map { $0.at("purl") } == [.string(atomics), .string(log), .string(nio), "pkg:generic/swift@6.3"])
    #expect(
      components[1].at("pedigree", "commits") == [["uid": "aa", "url": "https://github.com/apple/swift-log.git"]])
    #expect(dependencies.first == ["ref": "tool", "dependsOn": [.string(log), .string(nio), "pkg:generic/swift@6.3"]])
    #expect(dependencies.contains(["ref": .string(nio), "dependsOn": [.string(atomics)]]))
    #expect(try Self.bill().json(version: "1.2.3", others: [("swift", "6.3")]).canonicalBytes == json.canonicalBytes)
  }

  @Test("an executable that is not there, a package without a pin and what is not JSON are refused")
  func refusals() {
    let refusal = PublishingError(PublishingError.packagesMalformed, "")
    #expect(throws: refusal) { try Self.bill(product: "missing") }
    #expect(throws: refusal) { try Self.bill(Self.manifest, Self.graph, #"{"pins": []}"#) }
    #expect(throws: refusal) { try Self.bill(Self.manifest, "{}", Self.pins) }
    #expect(throws: refusal) { try Self.bill("", Self.graph, Self.pins) }
  }

  @Test("entries have the names by which gateways look for them, whatever a release is called")
  func publicationNames() {
    var release = ReleaseEntry(
      name: "assistant", version: "1", securityVersion: 1, role: "assistant", artifacts: [], measurements: [],
      engineManifestDigest: [], issued: 1)
    #expect(PublicationFile.name(of: .release(release)) == "release-assistant-assistant.dsse")
    release.name = "../policy"
    #expect(PublicationFile.name(of: .release(release)) == "release-2e2e2f706f6c696379-assistant.dsse")
    #expect(PublicationFile.name(of: .promise(PromiseEntry(promises: [], issued: 1, until: 2))) == nil)
  }
}

extension JSONValue {
  fileprivate func at(_ path: String...) -> JSONValue? {
    path.reduce(Optional(self)) { value, member in
      guard case .object(let members)? = value else { return nil }
      return members[member]
    }
  }
}
