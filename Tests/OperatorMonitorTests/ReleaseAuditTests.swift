import CloisterClient
import Foundation
import LogMonitor
import OperatorMonitor
import StrictJSON
import TestDeployment
import TestSupport
import Testing
import TransparencyLog
import Trust

@Suite("Audit of an operator: release log")
struct ReleaseAuditTests {
  @Test("an entry that one publisher signed, of an unknown type, with another member or no statement at all is refused")
  func entries() async throws {
    let release = ReleaseEntry(
      name: "other", version: "1", securityVersion: 1, role: "assistant", artifacts: [], measurements: [],
      engineManifestDigest: [UInt8](repeating: 0, count: 32), issued: 1)
    var signers = try PublishedOperator.withOneEpoch()
    signers.enter(release.statement, by: [signers.fixture.publishers[0]])
    var type = try PublishedOperator.withOneEpoch()
    type.enter(Statement(payloadType: "text/plain", payload: [1]), by: type.bothPublishers)
    var member = try PublishedOperator.withOneEpoch()
    let payload = String(decoding: release.statement.payload, as: UTF8.self)
    let extended = payload.replacingOccurrences(of: #"{"accelerators""#, with: #"{"a":1,"accelerators""#)
    #expect(extended != payload)
    member.enter(
      Statement(payloadType: ReleaseEntry.payloadType, payload: Array(extended.utf8)), by: member.bothPublishers)
    var noStatement = try PublishedOperator.withOneEpoch()
    noStatement.fixture.enterStatement(Array("{}".utf8))
    for published in [signers, type, member, noStatement] {
      let result = try await published.audit()
      #expect(result.failures == ["audit-entry-refused"])
      let entry = try #require(published.fixture.releaseLog.entries.last)
      #expect(result.report.findings.last { $0.severity == .failure }?.evidence == [entry])
    }
  }

  @Test("an entry that the log holds twice is a warning")
  func repeated() async throws {
    var published = try PublishedOperator.withOneEpoch()
    published.fixture.enterStatement(try #require(published.fixture.releaseLog.entries.first))
    let result = try await published.audit()
    #expect(result.failures.isEmpty)
    #expect(result.codes.contains("audit-entry-repeated"))
  }

  @Test("a publisher's list that is older than its list before is refused")
  func listGoesBack() async throws {
    var published = try PublishedOperator.withOneEpoch()
    published.enter(RevocationEntry(issued: 1).statement, by: [published.fixture.publishers[0]])
    #expect(try await published.audit().failures == ["audit-entry-order"])
  }

  @Test("two policies of one version are proven by both")
  func secondPolicy() async throws {
    var published = try PublishedOperator.withOneEpoch()
    var other = published.fixture.policy
    other.issuer.tokensPerDay += 1
    published.enter(other.statement, by: published.bothPublishers)
    let result = try await published.audit()
    #expect(result.failures == ["audit-policy-second"])
    #expect(result.report.findings.first { $0.code == AuditFinding.policySecond }?.severity == .proof)
  }

  @Test("a bundle that holds back a revocation list that was in the log is refused, with the list")
  func withheldList() async throws {
    var published = try PublishedOperator.withOneEpoch()
    let issued = UInt64(published.now.timeIntervalSince1970)
    published.enter(
      RevocationEntry(chipIdentifiers: [[1]], issued: issued).statement, by: [published.fixture.publishers[1]])
    let list = try #require(published.fixture.releaseLog.entries.last)
    // Both epochs come after the list, and carry the one before it.
    for offset in [UInt64(1), 2] {
      var plan = published.nextPlan(PublishedOperator.firstEpoch + offset)
      if offset == 2 { plan.nodes = [] }
      plan.revocations[1] = published.fixture.plan().revocations[1]
      try published.publish(plan)
    }
    let result = try await published.audit()
    #expect(result.failures == ["audit-entry-withheld"])
    let findings = result.report.findings.filter { $0.code == AuditFinding.entryWithheld }
    // In the first it may have come while the bundle was made.
    #expect(findings.map(\.severity) == [.warning, .failure])
    #expect(findings.allSatisfy { $0.evidence == [list] })
  }

  @Test("a bundle that holds back a newer policy is refused; one that carries it is verified by it")
  func withheldPolicy() async throws {
    for isWithheld in [true, false] {
      var published = try PublishedOperator.withOneEpoch()
      var newer = published.fixture.policy
      newer.version += 1
      published.enter(newer.statement, by: published.bothPublishers)
      for offset in [UInt64(1), 2] {
        var plan = published.nextPlan(PublishedOperator.firstEpoch + offset)
        if offset == 2 { plan.nodes = [] }
        if !isWithheld { plan.policy = .init(newer, signers: published.bothPublishers) }
        try published.publish(plan)
      }
      let result = try await published.audit()
      #expect(result.failures == (isWithheld ? ["audit-entry-withheld"] : []))
      #expect(result.report.policyVersion == newer.version)
      #expect(result.policy.policy.version == newer.version)
    }
  }

  @Test("publishers that a newer policy left out sign nothing any more, and their successor policy is refused")
  func formerPublishers() async throws {
    var published = try PublishedOperator.withOneEpoch()
    let former = published.bothPublishers
    let new = [StatementSigningKey(), StatementSigningKey()]
    var newer = published.fixture.policy
    newer.version += 1
    newer.publishers = try Publishers(keys: new.map(\.publicKey), threshold: 2)
    // The new publisher's list comes right before the policy that names it.
    published.enter(RevocationEntry(issued: 10).statement, by: [new[0]])
    published.enter(newer.statement, by: former + new)
    published.enter(PromiseEntry(promises: [.artifactRetention(seconds: 1)], issued: 1, until: 2).statement, by: new)
    #expect(try await published.audit().failures.isEmpty)
    // The same log, by the newest policy: those before it are found backwards.
    let signed = published.fixture.signedPolicy(newer, signers: former + new)
    #expect(try await published.audit(trusted: signed).failures.isEmpty)

    var stolen = newer
    stolen.version += 1
    stolen.publishers = published.fixture.policy.publishers
    var taken = published
    taken.enter(stolen.statement, by: former)
    let result = try await taken.audit()
    #expect(result.failures == ["audit-entry-refused"])
    #expect(result.policy.policy.version == newer.version)
    var list = published
    list.enter(RevocationEntry(issued: 11).statement, by: [former[0]])
    #expect(try await list.audit().failures == ["audit-entry-refused"])
  }

  @Test("a successor that its own publishers did not sign is none: nobody could be handed it")
  func successorByOthersAlone() async throws {
    var published = try PublishedOperator.withOneEpoch()
    var newer = published.fixture.policy
    newer.version += 1
    newer.publishers = try Publishers(keys: (0..<2).map { _ in StatementSigningKey().publicKey }, threshold: 2)
    published.enter(newer.statement, by: published.bothPublishers)
    let result = try await published.audit()
    #expect(result.failures == ["audit-entry-refused"])
    #expect(result.policy.policy.version == published.fixture.policy.version)
    let statement = published.fixture.signedPolicy(newer)
    #expect(throws: ClientError(TrustError.tooFewSignatures, "")) {
      try TrustedPolicy(successorOf: published.fixture.policy, statement: statement)
    }
  }

  @Test("a head of the release log from before the nodes' note hides what came in between, and is refused")
  func frozenHead() async throws {
    var published = try PublishedOperator()
    var plan = published.fixture.plan()
    plan.releaseLogTime = plan.evidenceNoteTime.addingTimeInterval(-3_600)
    try published.publish(plan)
    #expect(try await published.audit().failures == ["audit-entry-withheld"])
  }

  @Test("a successor of another operator, log or kind of roots is no successor")
  func otherOperator() async throws {
    let changes: [(inout TrustPolicy) throws -> Void] = [
      { $0.operatorOrigin = "other.test" },
      { $0.epochLog = try NoteSigningKey(name: "other.test/epochs", type: .ed25519).verifierKey },
    ]
    for change in changes {
      var published = try PublishedOperator.withOneEpoch()
      var other = published.fixture.policy
      other.version += 1
      try change(&other)
      published.enter(other.statement, by: published.bothPublishers)
      let result = try await published.audit()
      #expect(result.failures == ["audit-entry-order"])
      #expect(result.policy.policy.version == published.fixture.policy.version)
    }
  }

  @Test("a policy to judge by that the log does not hold is refused, and proven where it holds another of that version")
  func ownPolicy() async throws {
    let published = try PublishedOperator.withOneEpoch()
    var own = published.fixture.policy
    own.issuer.tokensPerDay += 1
    let result = try await published.audit(trusted: published.fixture.signedPolicy(own))
    #expect(result.failures.isSuperset(of: ["audit-policy-not-logged", "audit-policy-second"]))
  }

  @Test("a bundle under a policy that is in no log is refused")
  func unknownPolicy() async throws {
    var published = try PublishedOperator()
    var other = published.fixture.policy
    other.version += 1
    var plan = published.fixture.plan()
    plan.policy = .init(other, signers: [published.fixture.publishers[0]])
    try published.publish(plan)
    #expect(try await published.audit().failures == ["audit-entry-refused", "audit-policy-not-logged"])
  }

  @Test("a release that has expired, and a list that was not entered again, are warnings")
  func expiry() async throws {
    let published = try PublishedOperator.withOneEpoch()
    let later = published.now.addingTimeInterval(15 * 86_400)
    let result = try await published.audit(now: later)
    #expect(result.failuresOfOldLog.isEmpty)
    #expect(result.codes.isSuperset(of: ["audit-release-expired", "audit-revocation-stale"]))
    #expect(result.report.releases.map(\.isCurrent) == [false])
  }

  @Test("an entry that is dated ahead of the auditor's clock is a warning")
  func future() async throws {
    var published = try PublishedOperator.withOneEpoch()
    let now = UInt64(published.now.timeIntervalSince1970)
    published.enter(
      PromiseEntry(promises: [.artifactRetention(seconds: 1)], issued: now + 400, until: now + 500).statement,
      by: published.bothPublishers)
    let result = try await published.audit()
    #expect(result.failures.isEmpty)
    #expect(result.codes.contains("audit-entry-future"))
  }

  @Test("a revoked release is shown as revoked")
  func revoked() async throws {
    var published = try PublishedOperator.withOneEpoch()
    let release = try #require(published.fixture.releaseLog.entries.first)
    published.enter(
      RevocationEntry(
        releaseLeafHashes: [RFC6962.leafHash(release).rawRepresentation],
        issued: UInt64(published.now.timeIntervalSince1970)
      ).statement, by: [published.fixture.publishers[2]])
    let result = try await published.audit()
    #expect(result.report.releases.map(\.isRevoked) == [true])
  }
}

@Suite("Audit of an operator: promises")
struct PromiseAuditTests {
  private static func verdict(
    _ promise: PromiseEntry.Promise, issued: Int64 = 0, until: Int64 = 1_000_000,
    _ change: (inout PublishedOperator, UInt64) throws -> MemoryFiles? = { _, _ in nil }, artifacts: MemoryFiles? = nil
  ) async throws -> (PromiseVerdict.State?, Set<String>) {
    var published = try PublishedOperator.withOneEpoch()
    let now = Int64(published.now.timeIntervalSince1970)
    published.enter(
      PromiseEntry(promises: [promise], issued: UInt64(now - 9_000 + issued), until: UInt64(now + until)).statement,
      by: published.bothPublishers)
    let files = try change(&published, UInt64(now))
    let result = try await published.audit(files, artifacts: artifacts)
    return (result.report.promises.first?.state, result.failures)
  }

  @Test("lists as often as promised keep the promise; a gap, or too long a time since the last, breaks it")
  func revocationInterval() async throws {
    // Lists are from 9,000 seconds ago, when the promise begins.
    #expect(try await Self.verdict(.revocationInterval(seconds: 9_000)) == (.kept, []))
    #expect(try await Self.verdict(.revocationInterval(seconds: 8_000)) == (.broken, ["audit-promise-broken"]))
    let (state, _) = try await Self.verdict(.revocationInterval(seconds: 5_000)) { published, now in
      for publisher in published.fixture.publishers {
        published.enter(RevocationEntry(issued: now - 4_500).statement, by: [publisher])
      }
      return nil
    }
    #expect(state == .kept)
    let (other, _) = try await Self.verdict(.revocationInterval(seconds: 5_000)) { published, now in
      for publisher in published.fixture.publishers.dropLast() {
        published.enter(RevocationEntry(issued: now - 4_500).statement, by: [publisher])
      }
      return nil
    }
    #expect(other == .broken)
  }

  @Test("more missed epochs than promised within the time break the promise; those before it do not count")
  func missedEpochs() async throws {
    let day: UInt64 = 86_400
    let all = -Int64(60 * 3_600)
    #expect(try await Self.verdict(.missedEpochs(atMost: 24, withinSeconds: day), issued: all) == (.kept, []))
    #expect(
      try await Self.verdict(.missedEpochs(atMost: 23, withinSeconds: day), issued: all)
        == (.broken, ["audit-promise-broken"]))
    #expect(try await Self.verdict(.missedEpochs(atMost: 0, withinSeconds: day), issued: 8_500) == (.kept, []))
    // More than there can be, within more time than there is.
    let everything = PromiseEntry.Promise.missedEpochs(atMost: UInt64(Int64.max), withinSeconds: 1 << 40)
    #expect(try await Self.verdict(everything, issued: all) == (.kept, []))
  }

  @Test("an epoch's file that is gone before its promised time breaks the promise")
  func epochFileRetention() async throws {
    // The last is gone after a year, and within the two that were promised.
    let cases: [(UInt64, TimeInterval, PromiseVerdict.State)] = [
      (100_000, 7_200, .broken), (100, 7_200, .kept), (63_072_000, 400 * 86_400, .broken),
    ]
    for (seconds, elapsed, state) in cases {
      var published = try PublishedOperator.withOneEpoch()
      try published.publish(published.nextPlan())
      published.enter(
        PromiseEntry(
          promises: [.epochFileRetention(seconds: seconds)], issued: 1, until: DeploymentFixture.start * 2
        ).statement, by: published.bothPublishers)
      let time = published.now.addingTimeInterval(elapsed)
      let files = try published.files(at: time)
      files["epoch/\(PublishedOperator.firstEpoch)"] = nil
      let result = try await published.audit(files, now: time)
      #expect(result.report.promises.map(\.state) == [state])
      #expect(result.failures.contains("audit-promise-broken") == (state == .broken))
    }
  }

  @Test("epochs that are over without a leaf count as missed")
  func missedWithoutLeaf() async throws {
    for (count, state) in [(UInt64(1), PromiseVerdict.State.broken), (2, .kept)] {
      var published = try PublishedOperator.withOneEpoch()
      published.enter(
        PromiseEntry(
          promises: [.missedEpochs(atMost: count, withinSeconds: 86_400)],
          issued: UInt64(published.now.timeIntervalSince1970), until: DeploymentFixture.start * 2
        ).statement, by: published.bothPublishers)
      let later = published.fixture.time(in: PublishedOperator.firstEpoch + 3)
      #expect(try await published.audit(now: later).report.promises.map(\.state) == [state])
    }
  }

  @Test("a promise about artifacts is not checked where none are fetched, and broken where one is gone")
  func artifactRetention() async throws {
    let promise = PromiseEntry.Promise.artifactRetention(seconds: 100_000)
    #expect(try await Self.verdict(promise, issued: -9_000).0 == .notChecked)
    let (state, codes) = try await Self.verdict(promise, issued: -9_000, artifacts: MemoryFiles())
    #expect(state == .broken)
    #expect(codes == ["audit-artifact-missing", "audit-promise-broken"])
  }

  @Test("a promise that does not bind yet is not checked")
  func later() async throws {
    #expect(try await Self.verdict(.revocationInterval(seconds: 1), issued: 20_000).0 == .notChecked)
  }
}
