import StrictJSON
import TestDeployment
import TestSupport
import Testing
import Trust

/// `cloister policy check`, `explain` and `diff` as a person runs them.
@Suite struct PolicyCommandTests {
  static let weak = #"{"sevSNP": {"vmpl": null, "guestPolicy": {"smt": "either"}}}"#
  static let simulated = #"{"anchors": {"simulated": ["\#(String(repeating: "ab", count: 32))"]}}"#

  @Test("a well-formed policy is 0, each relaxation a warning; anything else is 1")
  func check() async throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let strict = try await CommandRun.cloister("policy", "check", folder.write(Array("{}\n".utf8), as: "strict"))
    #expect(strict.status == 0)
    #expect(strict.standardError.isEmpty)
    let weak = try await CommandRun.cloister("policy", "check", folder.write(Array(Self.weak.utf8), as: "weak"))
    #expect(weak.status == 0)
    #expect(weak.standardError.split(separator: "\n").count == 2)
    #expect(weak.standardError.contains("vmpl: the check is left out"))
    #expect(weak.standardError.contains("guest-policy-smt"))
    for text in ["", "[]", "{", #"{"unknown": 1}"#, #"{"payloadType": "x"}"#, #"{"type": "policy"}"#] {
      let run = try await CommandRun.cloister("policy", "check", folder.write(Array(text.utf8), as: "bad"), "--json")
      #expect(run.status == 1, "\(text)")
      #expect(try members(run.standardOutput)["verdict"] == "refused")
    }
    #expect(try await CommandRun.cloister("policy", "check", "/no/such/file").status == 64)
  }

  @Test("the JSON of a check names every relaxation")
  func checkJSON() async throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let run = try await CommandRun.cloister(
      "policy", "check", folder.write(Array(Self.weak.utf8), as: "weak"), "--json")
    let output = try members(run.standardOutput)
    #expect(output["verdict"] == "accepted")
    #expect(output["simulated"] == .boolean(false))
    guard case .array(let relaxations)? = output["relaxations"] else { throw NotAnObject() }
    #expect(relaxations.count == 2)
  }

  @Test("an explanation names roots, rules and each relaxation, and says simulated loudly")
  func explain() async throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let weak = try await CommandRun.cloister("policy", "explain", folder.write(Array(Self.weak.utf8), as: "weak"))
    #expect(weak.status == 0)
    for words in ["amd-genoa", "vmpl: NOT CHECKED", "guestPolicy.debug: must be clear", "WEAKER THAN STRICT: vmpl"] {
      #expect(weak.standardOutput.contains(words), "\(words)")
    }
    let simulated = try await CommandRun.cloister(
      "policy", "explain", folder.write(Array(Self.simulated.utf8), as: "simulated"))
    #expect(simulated.standardOutput.hasPrefix("SIMULATED"))
    #expect(simulated.standardOutput.contains("protect nobody"))
  }

  @Test("a diff is 0 for the same policy, 1 for another, and says which is weaker")
  func diff() async throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let strict = try folder.write(Array("{}".utf8), as: "strict")
    let same = try folder.write(Array(#"{"sevSNP": {"vmpl": 0}}"#.utf8), as: "same")
    let weak = try folder.write(Array(Self.weak.utf8), as: "weak")
    #expect(try await CommandRun.cloister("policy", "diff", strict, same).status == 0)
    let weaker = try await CommandRun.cloister("policy", "diff", strict, weak)
    #expect(weaker.status == 1)
    #expect(weaker.standardOutput.contains("weaker  sevSNP.vmpl"))
    let stronger = try await CommandRun.cloister("policy", "diff", weak, strict, "--json")
    #expect(stronger.status == 1)
    #expect(stronger.standardOutput.contains(#""effect": "stronger""#))
    #expect(!stronger.standardOutput.contains(#""effect": "weaker""#))
    #expect(try await CommandRun.cloister("policy", "diff", strict, "/dev/null").status == 2)
  }
}

/// The same commands over trust policies, whose appraisal part is one of several.
@Suite struct TrustPolicyCommandTests {
  @Test("a trust policy is checked and explained, signed or bare, and says which it is and that it is simulated")
  func kinds() async throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let fixture = try DeploymentFixture.shared.get()
    let signed = try folder.write(fixture.signedPolicy().encoded, as: "policy.dsse")
    let bare = try folder.write(fixture.policy.json.canonicalBytes, as: "policy.json")
    for (file, words) in [(signed, "signed by its own publishers"), (bare, "nobody signed this file")] {
      let check = try await CommandRun.cloister("policy", "check", file)
      #expect(check.status == 0)
      #expect(check.standardOutput.contains(words))
      #expect(check.standardError.contains("SIMULATED"))
      let explanation = try await CommandRun.cloister("policy", "explain", file)
      #expect(explanation.status == 0)
      #expect(explanation.standardOutput.hasPrefix("SIMULATED"))
      #expect(!explanation.standardOutput.contains("every machine is refused"), "the releases name what may run")
      for fact in [
        words, DeploymentFixture.origin, DeploymentFixture.relayServer, "2 of \(fixture.publishers.count) publishers",
      ] {
        #expect(explanation.standardOutput.contains(fact), "\(fact)")
      }
    }
  }

  @Test("a trust policy that too few publishers signed is refused with the code of a client")
  func unsigned() async throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let fixture = try DeploymentFixture.shared.get()
    let statement = fixture.signedPolicy(signers: [fixture.publishers[0]])
    let run = try await CommandRun.cloister(
      "policy", "check", folder.write(statement.encoded, as: "policy.dsse"), "--json")
    #expect(run.status == 1)
    #expect(try members(run.standardOutput)["code"] == "statement-signatures")
  }

  @Test(
    "a lower floor of a release is weaker, a longer epoch too; a trust policy and an appraisal policy do not compare")
  func diff() async throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let fixture = try DeploymentFixture.shared.get()
    var changed = fixture.policy
    changed.releases[0].minimumSecurityVersion += 1
    changed.appraisal.sevSNP.vmpl = nil
    let before = try folder.write(changed.json.canonicalBytes, as: "before")
    changed = fixture.policy
    let after = try folder.write(changed.json.canonicalBytes, as: "after")
    let run = try await CommandRun.cloister("policy", "diff", before, after)
    #expect(run.status == 1)
    let name = fixture.policy.releases[0].name
    #expect(run.standardOutput.contains("weaker  releases.\(name).minimumSecurityVersion"))
    #expect(run.standardOutput.contains("stronger  appraisal.sevSNP.vmpl"))
    let appraisal = try folder.write(Array("{}".utf8), as: "appraisal")
    #expect(try await CommandRun.cloister("policy", "diff", before, appraisal).status == 2)
  }
}

/// `cloister endorsements fetch`, as far as nobody is asked.
@Suite struct EndorsementsCommandTests {
  @Test(
    "what the arguments cannot be is wrong usage",
    arguments: [
      [], ["--platform", "sev-snp", "--out", "/tmp/x"], ["--platform", "tdx", "--out", "/tmp/x"],
      ["--platform", "nvidia-gpu", "--out", "/tmp/x"], ["--platform", "nitro"],
      ["--platform", "nitro", "--product", "genoa", "--out", "/tmp/x"],
      ["--platform", "sev-snp", "--evidence", "/dev/null", "--product", "rome", "--out", "/tmp/x"],
    ] as [[String]])
  func usage(arguments: [String]) async throws {
    #expect(try await CommandRun.cloister(["endorsements", "fetch"] + arguments).status == 64)
  }

  @Test("an address that is none and evidence that is none are refused before anybody is asked")
  func refused() async throws {
    let address = try await CommandRun.cloister(
      "endorsements", "fetch", "--platform", "nitro", "--out", "/tmp/x", "--nitro-root-url", "ftp://nowhere.test")
    #expect(address.status == 1)
    #expect(address.standardError.contains("fetch-address-invalid"))
    let evidence = try await CommandRun.cloister(
      "endorsements", "fetch", "--platform", "sev-snp", "--out", "/tmp/x", "--evidence", "/dev/null")
    #expect(evidence.status == 1)
    #expect(evidence.standardError.contains("evidence-length"))
  }
}
