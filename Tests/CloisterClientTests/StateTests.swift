import CloisterClient
import ErrorCodes
import Foundation
import TestDeployment
import Testing

@Suite("The state folder")
struct StateTests {
  @Test("a new folder has mode 0700 and a version")
  func made() throws {
    let temporary = TemporaryState()
    _ = try temporary.open()
    let attributes = try FileManager.default.attributesOfItem(atPath: temporary.path)
    #expect(attributes[.posixPermissions] as? Int == 0o700)
    #expect(try String(contentsOfFile: temporary.path + "/version", encoding: .utf8) == "1\n")
  }

  @Test("every file in it is readable by its owner alone")
  func fileModes() throws {
    let temporary = TemporaryState()
    let state = try temporary.open()
    try state.consent.change { $0.grant("summarize") }
    try state.keepAccountKey("account-key")
    for name in ["version", "consent.json", "account.key"] {
      let attributes = try FileManager.default.attributesOfItem(atPath: temporary.path + "/" + name)
      #expect(attributes[.posixPermissions] as? Int == 0o600)
    }
  }

  @Test(
    "without a HOME the state lies in the person's folder, never where the process happens to start",
    arguments: [[:], ["HOME": ""], ["HOME": "."], ["HOME": "/nobodys/home"]])
  func defaultPath(environment: [String: String]) {
    let path = ClientState.defaultPath(environment: environment)
    #expect(path.hasPrefix("/") && path.hasSuffix("/.local/state/cloister"))
    #expect(path.hasPrefix("/nobodys/home/") == (environment["HOME"] == "/nobodys/home"))
    #expect(!path.hasPrefix("/.local"))
  }

  @Test("opening a state whose permissions are right changes nothing, so that one mounted for reading can be read")
  func unchanged() throws {
    let temporary = TemporaryState()
    _ = try temporary.open()
    func changeTime() throws -> timespec {
      var status = stat()
      try #require(lstat(temporary.path, &status) == 0)
      return status.st_ctim
    }
    let before = try changeTime()
    _ = try temporary.open()
    let after = try changeTime()
    #expect(before.tv_sec == after.tv_sec && before.tv_nsec == after.tv_nsec)
  }

  @Test("permissions that were widened are narrowed again")
  func narrowed() throws {
    let temporary = TemporaryState()
    _ = try temporary.open()
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: temporary.path)
    _ = try temporary.open()
    let attributes = try FileManager.default.attributesOfItem(atPath: temporary.path)
    #expect(attributes[.posixPermissions] as? Int == 0o700)
  }

  @Test("a policy that another process adopts is in force at once, and one that it damages no longer")
  func policyOfAnotherProcess() throws {
    let temporary = TemporaryState()
    let (own, other) = (try temporary.open(), try temporary.open())
    let fixture = try DeploymentFixture()
    try own.policies.trust(TrustedPolicy(published: fixture.signedPolicy()))
    #expect(try own.policies.current().policy.version == fixture.policy.version)
    var next = fixture.policy
    next.version += 1
    try other.policies.trust(TrustedPolicy(published: fixture.signedPolicy(next)))
    #expect(try own.policies.current().policy.version == fixture.policy.version + 1)
    try Data("{}".utf8).write(to: URL(fileURLWithPath: temporary.path + "/policy.dsse"))
    #expect(throws: ClientError.self) { try own.policies.current() }
  }

  @Test("a folder with other content is not taken")
  func foreign() throws {
    let temporary = TemporaryState()
    try FileManager.default.createDirectory(atPath: temporary.path, withIntermediateDirectories: false)
    try Data([1]).write(to: URL(fileURLWithPath: temporary.path + "/notes.txt"))
    #expect(code { _ = try temporary.open() } == ClientError.stateForeign)
  }

  @Test("another version is not taken")
  func otherVersion() throws {
    let temporary = TemporaryState()
    _ = try temporary.open()
    try Data("2\n".utf8).write(to: URL(fileURLWithPath: temporary.path + "/version"))
    #expect(code { _ = try temporary.open() } == ClientError.stateVersion)
  }

  @Test("an account key of 8,192 characters is kept, and one more is not")
  func longAccountKey() throws {
    let temporary = TemporaryState()
    let state = try temporary.open()
    try state.keepAccountKey(String(repeating: "k", count: 8_192))
    #expect(
      code { try state.keepAccountKey(String(repeating: "k", count: 8_193)) } == ClientError.accountMissing)
  }

  @Test("an account key with blanks or line breaks is not kept", arguments: ["", "a b", "a\nb", "ä"])
  func accountKey(_ key: String) throws {
    let temporary = TemporaryState()
    let state = try temporary.open()
    #expect(code { try state.keepAccountKey(key) } == ClientError.accountMissing)
  }

  @Test("a damaged consent file grants nothing")
  func damagedConsent() throws {
    let temporary = TemporaryState()
    let state = try temporary.open()
    try state.consent.change { $0.grant("summarize") }
    try Data(#"{"version":1,"tasks":["summarize"]"#.utf8).write(
      to: URL(fileURLWithPath: temporary.path + "/consent.json"))
    #expect(code { _ = try state.consent.current() } == ClientError.stateDamaged)
  }
}
