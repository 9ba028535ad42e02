import Foundation
import StrictJSON
import TestDeployment
import TestSupport
import Testing
import Trust

/// `cloister init` and `cloister doctor` as a person runs them first.
@Suite struct FirstRunTests {
  private static func policyFile(_ folder: ScratchFolder) throws -> String {
    try folder.write(try DeploymentFixture.shared.get().signedPolicy().encoded, as: "policy.dsse")
  }

  @Test("init makes the state, adopts the policy, explains each member, and says what is still to do")
  func initialize() async throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let state = folder.path + "/state"
    let run = try await CommandRun.cloister("init", Self.policyFile(folder), "--state", state)
    #expect(run.status == 0, "\(run.standardError)")
    #expect(run.standardOutput.contains("operator \(DeploymentFixture.origin)"))
    #expect(run.standardError.contains("cloister consent grant") && run.standardError.contains("--account-key"))
    #expect(run.standardError.contains("SIMULATED"))
    let again = try await CommandRun.cloister("init", "--state", state, "--json")
    #expect(again.status == 0)
    let digest = try members(again.standardOutput)["policy"]
    let policy = try DeploymentFixture.shared.get().policy
    #expect(digest == .string(TrustPolicy.digest(ofPayload: policy.statement.payload)))
  }

  @Test(
    "a state of one character's path is made and opened, also as the current folder",
    arguments: ["s", "é", "s/", "./s//", "."])
  func shortPath(path: String) async throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let script = "cd \"$1\" && cloister init --state \"$2\" && cloister consent status --state \"$2\""
    let run = try await CommandRun.shell(script, [folder.path, path])
    #expect(run.status == 0, "\(run.standardError)")
    #expect(FileManager.default.fileExists(atPath: "\(folder.path)/\(path)/version"))
  }

  @Test("init without a policy makes a state and says whom to get one from")
  func withoutPolicy() async throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let run = try await CommandRun.cloister("init", "--state", folder.path + "/state")
    #expect(run.status == 0)
    #expect(run.standardError.contains("cloister init POLICY"))
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/state/policy-explained.jsonc"))
  }

  @Test("a policy that its publishers did not sign is refused by init, and no state is made")
  func unsigned() async throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let fixture = try DeploymentFixture.shared.get()
    let file = try folder.write(fixture.signedPolicy(signers: [fixture.publishers[0]]).encoded, as: "policy.dsse")
    let run = try await CommandRun.cloister("init", file, "--state", folder.path + "/state")
    #expect(run.status == 1)
    #expect(run.standardError.contains("statement-signatures"))
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/state"))
  }

  @Test("the explained policy has a comment above every member, and without them it is the policy")
  func explained() async throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let state = folder.path + "/state"
    _ = try await CommandRun.cloister("init", Self.policyFile(folder), "--state", state)
    let text = try String(contentsOfFile: state + "/policy-explained.jsonc", encoding: .utf8)
    let lines = text.components(separatedBy: "\n")
    let json = lines.filter { !$0.trimmingCharacters(in: .whitespaces).hasPrefix("//") }.joined(separator: "\n")
    let policy = try DeploymentFixture.shared.get().policy
    #expect(try JSONValue(parsing: Array(json.utf8)) == policy.json)
    // Every member around the appraisal; of the appraisal, every rule that has a value of its own.
    for (index, line) in lines.enumerated() {
      guard let name = line.firstMatch(of: #/^(?: {2}| {4})"([A-Za-z]+)": /#)?.output.1 else { continue }
      let isExplained = lines[index - 1].trimmingCharacters(in: .whitespaces).hasPrefix("// ")
      #expect(isExplained, "\(name) has no comment")
    }
    #expect(text.contains("// Rule: 0\n      \"vmpl\": 0"))
  }

  @Test(
    "the explained policy, edited, is adopted as custom with its comments left in; as a published one it is refused")
  func edited() async throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let state = folder.path + "/state"
    _ = try await CommandRun.cloister("init", Self.policyFile(folder), "--state", state)
    let explained = state + "/policy-explained.jsonc"
    let text = try String(contentsOfFile: explained, encoding: .utf8)
    let edited = try folder.write(
      Array(text.replacing(#""minimumSecurityVersion": 5"#, with: #""minimumSecurityVersion": 6"#).utf8), as: "edited")
    #expect(try await CommandRun.cloister("policy", "trust", edited, "--state", state).status != 0)
    let run = try await CommandRun.cloister("policy", "trust", edited, "--custom", "--state", state)
    #expect(run.status == 0, "\(run.standardError)")
    #expect(run.standardError.contains("CUSTOM POLICY"))
  }

  @Test("the doctor says what is wrong and how to mend it, with exit status 1; nothing is made where nothing is")
  func doctor() async throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let state = folder.path + "/state"
    let missing = try await CommandRun.cloister("doctor", "--offline", "--state", state)
    #expect(missing.status == 1)
    #expect(missing.standardOutput.contains("cloister init --state \(state)\n"))
    #expect(!FileManager.default.fileExists(atPath: state))
    _ = try await CommandRun.cloister("init", Self.policyFile(folder), "--state", state)
    let run = try await CommandRun.cloister("doctor", "--offline", "--state", state, "--json")
    #expect(run.status == 1)
    let output = try members(run.standardOutput)
    #expect(output["healthy"] == false)
    guard case .array(let checks)? = output["checks"] else { throw NotAnObject() }
    var codes: [String: JSONValue] = [:]
    for check in checks {
      guard case .object(let members) = check, case .string(let name)? = members["check"] else { throw NotAnObject() }
      #expect(Set(members.keys) == ["check", "verdict", "sentence", "remedy", "code"])
      codes[name] = members["code"]
    }
    #expect(codes["consent"] == "consent-missing" && codes["account"] == "account-missing")
    #expect(codes["relay"] == .null)
  }
}
