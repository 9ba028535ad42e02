import Foundation
import StrictJSON
import TestDeployment
import TestSupport
import Testing
import Trust
import WireFormat

/// `cloister release …` and `cloister policy create|sign` as publishers run them.
@Suite struct ReleaseCommandTests {
  private let folder: ScratchFolder
  private let policy: String
  private let keys: [String]
  private static let hash = String(repeating: "ab", count: 48)

  init() throws {
    folder = try ScratchFolder()
    let fixture = try DeploymentFixture.shared.get()
    policy = try folder.write(fixture.signedPolicy().encoded, as: "policy.dsse")
    keys = try fixture.publishers.enumerated().map { [folder] index, key in
      try key.withUnsafeSeed { try folder.write(Array($0.hexadecimal.utf8), as: "publisher-\(index).seed") }
    }
  }

  private func path(_ name: String) -> String { "\(folder.path)/\(name)" }

  private func create(_ output: String = "release.dsse", _ more: [String] = []) async throws -> CommandRun {
    let image = try folder.write([1, 2, 3], as: "image")
    return try await CommandRun.cloister(
      [
        "release", "create", "--name", "assistant", "--version", "1.0", "--security-version", "4", "--role",
        "assistant",
        "--artifact", "image:node:\(image)", "--measurement", "sev-snp=\(Self.hash),\(Self.hash)", "--engine-manifest",
        String(Self.hash.prefix(64)), "--output", path(output),
      ] + more)
  }

  private func sign(_ name: String, _ key: Int) async throws -> CommandRun {
    try await CommandRun.cloister("release", "sign", path(name), "--key", keys[key])
  }

  private func show(_ name: String) async throws -> CommandRun {
    try await CommandRun.cloister("release", "show", path(name), "--policy", policy, "--json")
  }

  @Test("a release counts once two different publishers signed it; one key signs once")
  func signatures() async throws {
    defer { folder.remove() }
    #expect(try await create().status == 0)
    for (key, status) in [(0, 1), (1, 0)] as [(Int, Int32)] {
      #expect(try await sign("release.dsse", key).status == 0)
      #expect(try await show("release.dsse").status == status)
    }
    let again = try await sign("release.dsse", 0)
    #expect(again.status == 1)
    #expect(again.standardError.contains("entry-signed-already"))
    // What was signed is shown before it is signed.
    #expect(again.standardError.contains("Release assistant 1.0, security version 4, as assistant."))
    #expect(try members(try await show("release.dsse").standardOutput)["verified"] == .boolean(true))
  }

  @Test("renewing changes the time alone, takes the signatures away, and never goes back")
  func renew() async throws {
    defer { folder.remove() }
    #expect(try await create("release.dsse", ["--issued", "2026-11-01T00:00:00Z"]).status == 0)
    #expect(try await sign("release.dsse", 0).status == 0)
    let renewed = try await CommandRun.cloister(
      "release", "renew", path("release.dsse"), "--issued", "2026-11-10T00:00:00Z", "--output", path("renewed.dsse"))
    #expect(renewed.status == 0)
    func read(_ name: String) throws -> (Statement, ReleaseEntry) {
      let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path(name)))).dropLast()
      let statement = try Statement(parsing: Array(bytes))
      return (statement, try ReleaseEntry(parsingPayload: statement.payload))
    }
    var (_, before) = try read("release.dsse")
    let (statement, after) = try read("renewed.dsse")
    #expect(statement.signatures.isEmpty)
    #expect(after.issued - before.issued == 9 * 86_400)
    before.issued = after.issued
    #expect(before == after)
    let back = try await CommandRun.cloister(
      "release", "renew", path("renewed.dsse"), "--issued", "2026-11-09T00:00:00Z", "--output", path("back.dsse"))
    #expect(back.status == 1)
    #expect(!FileManager.default.fileExists(atPath: path("back.dsse")))
  }

  @Test("a revocation list carries on the one before, and names a release by its entry")
  func revoke() async throws {
    defer { folder.remove() }
    #expect(try await create().status == 0)
    let first = try await CommandRun.cloister(
      "release", "revoke", "--chip", "0102", "--issued", "2026-11-01T00:00:00Z", "--output", path("first.dsse"))
    #expect(first.status == 0)
    // An entry that nobody signed is in no log.
    let unsigned = try await CommandRun.cloister(
      "release", "revoke", "--release", path("release.dsse"), "--output", path("no.dsse"))
    #expect(unsigned.status == 1)
    #expect(try await sign("release.dsse", 0).status == 0)
    let older = try await CommandRun.cloister(
      "release", "revoke", "--list", path("first.dsse"), "--issued", "2026-11-01T00:00:00Z", "--output", path("no.dsse")
    )
    #expect(older.status == 1)
    let second = try await CommandRun.cloister(
      "release", "revoke", "--list", path("first.dsse"), "--release", path("release.dsse"), "--chip", "0102",
      "--output",
      path("second.dsse"))
    #expect(second.status == 0)
    #expect(try await sign("second.dsse", 2).status == 0)
    let shown = try members(try await show("second.dsse").standardOutput)
    guard case .object(let entry)? = shown["entry"], case .array(let releases)? = entry["releases"] else {
      throw NotAnObject()
    }
    #expect(entry["chips"] == ["0102"])
    let release = try members(
      try await CommandRun.cloister("release", "show", path("release.dsse"), "--json").standardOutput)
    #expect(releases == [try #require(release["leafHash"])])
    let policy = try await CommandRun.cloister("release", "revoke", "--release", policy, "--output", path("no.dsse"))
    #expect(policy.status == 1)
  }

  @Test("a promise goes through its schema")
  func promise() async throws {
    defer { folder.remove() }
    let good = try await CommandRun.cloister(
      "release", "promise", "--revocation-interval", "86400", "--missed-epochs", "2/86400", "--until",
      "2099-01-01T00:00:00Z", "--output", path("promise.dsse"))
    #expect(good.status == 0)
    #expect(good.standardError.contains("Each publisher enters its revocation list at least every day."))
    let past = try await CommandRun.cloister(
      "release", "promise", "--revocation-interval", "86400", "--until", "2001-01-01T00:00:00Z", "--output",
      path("past.dsse"))
    #expect(past.status == 2)
  }

  @Test("a policy is made from a template with the strict appraisal, and follows the one before by one version")
  func policyCreate() async throws {
    defer { folder.remove() }
    var template = try DeploymentFixture.shared.get().policy
    template.version += 1
    guard case .object(var parts) = template.json else { throw NotAnObject() }
    parts["type"] = nil
    let next = try folder.write(JSONValue.object(parts).canonicalBytes, as: "next.json")
    let made = try await CommandRun.cloister(
      "policy", "create", next, "--follows", policy, "--output", path("next.dsse"))
    #expect(made.status == 0)
    for key in keys.prefix(2) {
      #expect(try await CommandRun.cloister("policy", "sign", path("next.dsse"), "--key", key).status == 0)
    }
    #expect(try await CommandRun.cloister("policy", "show", path("next.dsse")).status == 0)
    let again = try await CommandRun.cloister(
      "policy", "create", next, "--follows", path("next.dsse"), "--output", path("again.dsse"))
    #expect(again.status == 1)
    parts["appraisal"] = nil
    let strict = try folder.write(JSONValue.object(parts).canonicalBytes, as: "strict.json")
    #expect(try await CommandRun.cloister("policy", "create", strict, "--output", path("strict.dsse")).status == 0)
    let shown = try await CommandRun.cloister("policy", "check", path("strict.json"))
    #expect(shown.status == 1)
    let strictPolicy = try members(
      try await CommandRun.cloister("release", "show", path("strict.dsse"), "--json").standardOutput)
    guard case .object(let entry)? = strictPolicy["entry"], case .object(let appraisal)? = entry["appraisal"] else {
      throw NotAnObject()
    }
    #expect(appraisal["anchors"] != nil)
    // A release is no policy, whoever asks for its signature.
    #expect(try await create().status == 0)
    let other = try await CommandRun.cloister("policy", "sign", path("release.dsse"), "--key", keys[0])
    #expect(other.status == 1)
  }

  @Test("a key is readable by its owner alone, and never written over another")
  func keygen() async throws {
    defer { folder.remove() }
    let made = try await CommandRun.cloister("release", "keygen", path("new.seed"))
    #expect(made.status == 0)
    let mode = try FileManager.default.attributesOfItem(atPath: path("new.seed"))[.posixPermissions] as? Int
    #expect(mode == 0o600)
    let seed = try Data(contentsOf: URL(fileURLWithPath: path("new.seed")))
    #expect(!made.standardOutput.contains(String(decoding: seed, as: UTF8.self).prefix(64)))
    #expect(try await CommandRun.cloister("release", "keygen", path("new.seed")).status == 64)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path("new.seed"))) == seed)
  }

  @Test("an entry that too few publishers signed is refused before the log is asked")
  func publishUnsigned() async throws {
    defer { folder.remove() }
    #expect(try await create().status == 0)
    #expect(try await sign("release.dsse", 0).status == 0)
    let key = try folder.write(Array("key".utf8), as: "submission.key")
    // Nobody listens there.
    let run = try await CommandRun.cloister(
      "release", "publish", path("release.dsse"), "--policy", policy, "--log", "http://127.0.0.1:9/logs/releases",
      "--submission-key", key)
    #expect(run.status == 1)
    #expect(run.standardError.contains("statement-signatures"))
  }
}
