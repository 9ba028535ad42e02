import CloisterClient
import ErrorCodes
import Foundation
import HTTPMessages
import TestDeployment
import Testing
import Trust

@Suite("The doctor: what keeps a person from asking")
struct DoctorTests {
  private static func examine(
    _ harness: ClientHarness, at time: Date? = nil, online: Bool = true, freeByteCount: Int? = 1 << 40
  ) async -> Diagnosis {
    let time = time ?? harness.fixture.time(in: ClientHarness.epoch)
    return await ClientDoctor(
      path: harness.client.path, exchange: online ? harness.client.parties : nil, clock: ClientClock { time },
      freeByteCount: { _ in freeByteCount }
    ).examine()
  }

  private static func check(_ name: Diagnosis.CheckName, _ diagnosis: Diagnosis) throws -> Diagnosis.Check {
    try #require(diagnosis.checks.first { $0.name == name })
  }

  @Test("a client that can ask is healthy, and every point is looked at once, in its order")
  func healthy() async throws {
    let harness = try ClientHarness { plan, _ in plan.releases[0].entry.capabilities = [.chat] }
    let diagnosis = await Self.examine(harness)
    #expect(diagnosis.isHealthy)
    #expect(diagnosis.checks.map(\.name) == Diagnosis.CheckName.allCases)
    for check in diagnosis.checks { #expect(check.verdict == (check.name == .policy ? .warning : .good), "\(check)") }
    #expect(try Self.check(.policy, diagnosis).sentence.contains("SIMULATED"))
  }

  @Test("all that it sends is the fixed fetch of the epoch under way; no token is spent, nothing is remembered")
  func sendsNothing() async throws {
    let harness = try ClientHarness()
    _ = await Self.examine(harness)
    #expect(harness.client.hasSentNothing)
    #expect(harness.client.parties.arrivals.count == 1)
    #expect(try harness.client.state.wallet.tokenCounts().values.reduce(0, +) == 2)
    #expect(!FileManager.default.fileExists(atPath: harness.client.path + "/memory.json"))
  }

  @Test("without an exchange nothing is sent, and what would need it is not checked")
  func offline() async throws {
    let harness = try ClientHarness()
    let diagnosis = await Self.examine(harness, online: false)
    #expect(harness.client.parties.arrivals.isEmpty)
    #expect(diagnosis.isHealthy)
    for name in [Diagnosis.CheckName.relay, .epoch, .nodes, .tasks, .clock] {
      #expect(try Self.check(name, diagnosis).verdict == .notChecked)
    }
  }

  @Test("what the nodes' release rules out or does not say is named before a request is refused")
  func tasks() async throws {
    func check(_ capabilities: Set<ReleaseEntry.Capability>?) async throws -> Diagnosis.Check {
      let harness = try ClientHarness { plan, _ in plan.releases[0].entry.capabilities = capabilities }
      let diagnosis = await Self.examine(harness)
      #expect(diagnosis.isHealthy && harness.client.hasSentNothing)
      return try Self.check(.tasks, diagnosis)
    }
    let rules = try await check([.rules])
    #expect(rules.verdict == .warning && rules.code == ClientError.engineCannot)
    #expect(
      rules.sentence == "The nodes can be asked for: summaries and drafts by rules. "
        + "They cannot be asked for: drafts in every tone and replies, chats, embeddings.")
    #expect(rules.remedy?.contains("nodes with a model") == true)
    let unknown = try await check(nil)
    #expect(unknown.verdict == .warning && unknown.sentence.contains("does not say") && unknown.remedy != nil)
    let model = try await check([.chat])
    #expect(model.verdict == .good && model.sentence.hasSuffix("They cannot be asked for: embeddings."))
  }

  @Test("where there is no state, none is made", arguments: [false, true])
  func noState(isEmptyFolder: Bool) async throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("cloister-\(UUID().uuidString)").path
    if isEmptyFolder { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false) }
    defer { try? FileManager.default.removeItem(atPath: path) }
    let diagnosis = await ClientDoctor(path: path, exchange: nil).examine()
    let check = try Self.check(.stateFolder, diagnosis)
    #expect(check.verdict == .bad && check.remedy == "`cloister init`")
    #expect(diagnosis.checks.dropFirst().allSatisfy { $0.verdict == .notChecked })
    #expect((try? FileManager.default.contentsOfDirectory(atPath: path)) == (isEmptyFolder ? [] : nil))
  }

  /// One thing that is wrong, the check that says so, and the code that a request would be refused with.
  struct Ailment: Sendable, CustomStringConvertible {
    let check: Diagnosis.CheckName
    let verdict: Diagnosis.Verdict
    let code: ErrorCode?
    let make: @Sendable (ClientHarness) throws -> Void
    var description: String { "\(check.rawValue): \(code?.rawValue ?? "-")" }

    static func remove(_ name: String) -> @Sendable (ClientHarness) throws -> Void {
      { try FileManager.default.removeItem(atPath: $0.client.path + "/" + name) }
    }

    static func write(_ text: String, _ name: String) -> @Sendable (ClientHarness) throws -> Void {
      { try Data(text.utf8).write(to: URL(fileURLWithPath: $0.client.path + "/" + name)) }
    }

    static let all = [
      Ailment(check: .stateFolder, verdict: .warning, code: nil) {
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: $0.client.path)
      },
      Ailment(check: .stateFolder, verdict: .bad, code: ClientError.stateVersion, make: write("2\n", "version")),
      Ailment(check: .stateFolder, verdict: .bad, code: ClientError.stateForeign, make: remove("version")),
      Ailment(check: .stateFiles, verdict: .bad, code: ClientError.stateDamaged, make: write("{}", "memory.json")),
      Ailment(check: .stateFiles, verdict: .bad, code: ClientError.stateDamaged, make: write("{}", "draws.json")),
      Ailment(check: .policy, verdict: .bad, code: ClientError.policyMissing, make: remove("policy.dsse")),
      Ailment(check: .policy, verdict: .bad, code: TrustError.malformed, make: write("{}", "policy.dsse")),
      Ailment(
        check: .conflicts, verdict: .bad, code: ClientError.conflictKept, make: write("", "conflicts/0-x-second.epoch")),
      Ailment(check: .consent, verdict: .bad, code: ClientError.consentMissing) {
        try $0.client.state.consent.change { $0.revoke("summarize") }
      },
      Ailment(check: .consent, verdict: .bad, code: ClientError.stateDamaged, make: write("[]", "consent.json")),
      Ailment(check: .account, verdict: .warning, code: ClientError.accountMissing, make: remove("account.key")),
      Ailment(check: .tokens, verdict: .bad, code: ClientError.walletEmpty, make: remove("wallet")),
      Ailment(check: .tokens, verdict: .bad, code: ClientError.walletKeyMissing, make: remove("wallet.key")),
      Ailment(
        check: .receipts, verdict: .warning, code: TrustError.malformed, make: write("{}", "receipts/00.json")),
      Ailment(check: .receipts, verdict: .warning, code: ClientError.stateUnusable) {
        let path = $0.client.state.receipts.path("00")
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path)
      },
      Ailment(check: .receipts, verdict: .warning, code: ClientError.stateUnusable) {
        try remove("receipts")($0)
        try write("", "receipts")($0)
      },
      Ailment(check: .relay, verdict: .bad, code: ClientError.epochUnavailable) {
        $0.client.parties.behave { $0.relayStatus = 502 }
      },
      Ailment(check: .epoch, verdict: .bad, code: TrustError.malformed) {
        $0.client.parties.serve([1, 2, 3], epoch: ClientHarness.epoch)
      },
    ]
  }

  @Test("each thing that is wrong is named, with its code and how to mend it", arguments: Ailment.all)
  func ailment(_ ailment: Ailment) async throws {
    let harness = try ClientHarness()
    try ailment.make(harness)
    let diagnosis = await Self.examine(harness)
    let check = try Self.check(ailment.check, diagnosis)
    #expect(check.verdict == ailment.verdict, "\(check)")
    #expect(check.code == ailment.code, "\(check)")
    #expect(check.remedy?.isEmpty == false)
    #expect(diagnosis.isHealthy == (ailment.verdict == .warning))
    #expect(harness.client.hasSentNothing)
  }

  @Test("damaged receipts are counted with their codes, beside those of another version, with what mends it")
  func damagedReceipts() async throws {
    let harness = try ClientHarness()
    try Ailment.write("{}", "receipts/00.json")(harness)
    try Ailment.write(ClientFixture.marker, "receipts/01.json")(harness)
    try Ailment.write(#"{"type":"cloister-receipt","version":4}"#, "receipts/02.json")(harness)
    let check = try Self.check(.receipts, await Self.examine(harness))
    #expect(check.verdict == .warning && check.code == TrustError.malformed)
    #expect(
      check.sentence == "2 receipts are damaged and cannot be read (trust-malformed). "
        + "1 receipts are of another version and cannot be read.")
    for command in ["`cloister receipts list`", "`cloister receipts purge --all`"] {
      #expect(check.remedy?.contains(command) == true)
    }
  }

  @Test("tokens that were drawn and spent already: the next issuer day is named")
  func drawnAlready() async throws {
    let harness = try ClientHarness(tokenCount: 0)
    let day = harness.fixture.epochs.issuerDay(of: ClientHarness.epoch)
    try Data(#"{"count":2,"day":\#(day)}"#.utf8)
      .write(to: URL(fileURLWithPath: harness.client.path + "/draws.json"))
    let check = try Self.check(.tokens, await Self.examine(harness))
    #expect(check.verdict == .bad && check.code == ClientError.walletEmpty)
    let next = harness.fixture.epochs.beginning(of: (day + 1) * EpochSchedule.epochsPerIssuerDay)
    #expect(check.remedy?.contains(next.formatted(.iso8601)) == true)
  }

  @Test("a full disk is named before it breaks a request, and one that cannot be measured is a warning")
  func disk() async throws {
    let harness = try ClientHarness()
    let full = await Self.examine(harness, freeByteCount: 1_000)
    #expect(try Self.check(.diskSpace, full).verdict == .bad && !full.isHealthy)
    let unknown = await Self.examine(harness, freeByteCount: nil)
    #expect(try Self.check(.diskSpace, unknown).verdict == .warning && unknown.isHealthy)
    #expect((ClientDoctor.freeByteCount(harness.client.path) ?? 0) > 0)
  }

  @Test("a clock before the first epoch, behind the witnesses, or ahead of them is named")
  func clock() async throws {
    let harness = try ClientHarness()
    let epochs = harness.fixture.epochs
    let early = await Self.examine(harness, at: epochs.beginning(of: 0).addingTimeInterval(-1))
    #expect(try Self.check(.clock, early).code == TrustError.beforeFirstEpoch)
    _ = try await harness.client.client.currentEpoch()
    let behind = await Self.examine(harness, at: epochs.beginning(of: ClientHarness.epoch - 24))
    #expect(try Self.check(.clock, behind).code == ClientError.noteFuture)
    #expect(!behind.isHealthy)
    // An hour on, a gateway that still gives the old file.
    harness.client.parties.serve(harness.file, epoch: ClientHarness.epoch + 1)
    let ahead = await Self.examine(harness, at: harness.fixture.time(in: ClientHarness.epoch + 1))
    #expect(try Self.check(.clock, ahead).code == ClientError.epochNotCurrent)
  }

  @Test("an epoch that does not follow what is remembered is refused, and no proof is kept by looking")
  func rollback() async throws {
    var harness = try ClientHarness()
    let other = try harness.fixture.publish(harness.fixture.plan(ClientHarness.epoch + 1))
    let time = harness.fixture.time(in: ClientHarness.epoch + 1)
    harness.client.parties.serve(other, epoch: ClientHarness.epoch + 1)
    _ = try await harness.client.client(at: time).currentEpoch()
    let overlap = harness.fixture.epochs.beginning(of: ClientHarness.epoch + 1).addingTimeInterval(-60)
    let check = try Self.check(.epoch, await Self.examine(harness, at: overlap))
    #expect(check.verdict == .bad && check.code == ClientError.logRollback)
    #expect(try FileManager.default.contentsOfDirectory(atPath: harness.client.path + "/conflicts").isEmpty)
  }

  @Test("a relay that fails is named, by its server")
  func failingRelay() async throws {
    let harness = try ClientHarness()
    harness.client.parties.behave { $0.relayStatus = 502 }
    let check = try Self.check(.relay, await Self.examine(harness))
    #expect(check.sentence.contains(DeploymentFixture.relayServer), "\(check.sentence)")
  }

  @Test("an issuer that failed this client is named, by code")
  func issuer() async throws {
    let harness = try ClientHarness()
    harness.client.parties.behave { $0.issuerStatus = 500 }
    _ = try? await harness.client.client.drawTokens()
    let check = try Self.check(.issuer, await Self.examine(harness))
    #expect(check.verdict == .warning)
    #expect(check.sentence.contains(ClientError.issuerRefused.rawValue))
  }

  @Test("an account that drew on another device casts no suspicion on the issuer by itself")
  func drawnElsewhere() async throws {
    let harness = try ClientHarness()
    harness.client.parties.behave { ($0.issuerStatus, $0.issuerCode) = (429, "issuer-quota-exceeded") }
    _ = try? await harness.client.client.drawTokens()
    let check = try Self.check(.issuer, await Self.examine(harness))
    #expect(check.verdict == .warning)
    #expect(!check.sentence.contains("failed") && check.remedy?.contains("another device") == true)
  }

  @Test("a file of the state that was changed is named, and blames neither the operator nor its epoch")
  func changedFile() async throws {
    let harness = try ClientHarness()
    try Data("xx\n".utf8).write(to: URL(fileURLWithPath: harness.client.path + "/memory.json"))
    let diagnosis = await Self.examine(harness)
    #expect(try Self.check(.stateFiles, diagnosis).sentence.contains("memory.json"))
    #expect(try Self.check(.epoch, diagnosis).verdict == .notChecked)
    #expect(try Self.check(.relay, diagnosis).verdict == .good)
  }

  @Test("a policy edited by hand is named")
  func custom() async throws {
    let harness = try ClientHarness()
    var policy = harness.fixture.policy
    policy.releases[0].minimumSecurityVersion = 7
    try harness.client.state.policies.trust(try TrustedPolicy(custom: policy.statement))
    // A simulated one is called simulated first.
    #expect(try Self.check(.policy, await Self.examine(harness)).verdict == .warning)
  }
}
