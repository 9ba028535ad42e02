public import CloisterClient
import ErrorCodes
public import Foundation
public import LogMonitor
import TransparencyLog
import Trust

/// Verifies everything that an operator published: both logs whole, each entry by its schema, each epoch's file with the
/// evidence of every node, promises, expiry and artifacts, as seen from several places.
public struct OperatorAudit: Sendable {
  private let trusted: TrustedPolicy
  private let vantagePoints: [VantagePoint]
  private let artifacts: (any PublishedFiles)?
  private let options: Options

  public struct Options: Sendable {
    /// How many of the epochs verified before are fetched and verified again, drawn at random.
    public var recheckedEpochCount = 8
    /// Artifacts' files above it are not fetched, in bytes.
    public var artifactByteLimit = 256 << 20

    public init() {}
  }

  /// - Parameters:
  ///   - trusted: a policy of the operator; the ones that follow it come from the release log.
  ///   - vantagePoints: one at least. The first is read whole, the others must show the same.
  ///   - artifacts: files by their digests; nil leaves artifacts unchecked.
  public init(
    trusted: TrustedPolicy, vantagePoints: [VantagePoint], artifacts: (any PublishedFiles)?,
    options: Options = Options()
  ) {
    precondition(!vantagePoints.isEmpty, "an audit looks from somewhere")
    self.trusted = trusted
    self.vantagePoints = vantagePoints
    self.artifacts = artifacts
    self.options = options
  }

  /// What an audit leaves for the next.
  public struct Memory: Sendable, Equatable {
    /// The first epoch whose file was not found good yet.
    public var nextEpoch: UInt64
    /// Digests of artifacts that were found good.
    public var artifacts: Set<[UInt8]>

    public init(nextEpoch: UInt64 = 0, artifacts: Set<[UInt8]> = []) {
      self.nextEpoch = nextEpoch
      self.artifacts = artifacts
    }
  }

  /// Notes from elsewhere that each log must extend or be extended by.
  public struct Sightings: Sendable {
    public var epochLog: [LogAudit.Sighting]
    public var releaseLog: [LogAudit.Sighting]

    public init(epochLog: [LogAudit.Sighting] = [], releaseLog: [LogAudit.Sighting] = []) {
      self.epochLog = epochLog
      self.releaseLog = releaseLog
    }
  }

  public struct Result: Sendable {
    public let report: OperatorReport
    /// For each log, what the next audit is held against.
    public let epochLog: LogAudit.Report
    public let releaseLog: LogAudit.Report
    public let memory: Memory
  }

  /// Epoch files are to be had for a year at least (docs/formats/epoch-file.md).
  private static let retentionSeconds: TimeInterval = 365 * 86_400

  private var policy: TrustPolicy { trusted.policy }

  /// What cannot be read is a finding too.
  /// - Parameters:
  ///   - now: the auditor's clock.
  ///   - progress: told what is looked at.
  public func run(
    memory: Memory, sightings: Sightings, now: Date, progress: @escaping @Sendable (String) -> Void = { _ in }
  ) async -> Result {
    let epochLog = await audit(policy.epochLog, VantagePoint.epochLog, sightings.epochLog, now, progress)
    let releaseLog = await audit(policy.releaseLog, VantagePoint.releaseLog, sightings.releaseLog, now, progress)
    let entries = LoggedEntries(releaseLog.entries, trusted: trusted)
    var report = OperatorReport(
      operatorOrigin: policy.operatorOrigin, isSimulated: policy.isSimulated, time: now,
      policyVersion: entries.policyInForce.policy.version)
    report.vantagePoints = vantagePoints.map(\.name)
    report.epochLog = .init(epochLog, policy.epochLog)
    report.releaseLog = .init(releaseLog, policy.releaseLog)
    report.findings = Self.named("epoch log", epochLog.findings) + Self.named("release log", releaseLog.findings)
    report.findings += entries.findings
    var memory = memory
    guard epochLog.isComplete, releaseLog.isComplete else {
      return Result(report: report, epochLog: epochLog, releaseLog: releaseLog, memory: memory)
    }
    let leaves = readLeaves(epochLog.entries, trusted: entries.trusted, &report)
    let missingFiles = await auditEpochs(
      leaves, entries, trees: (Self.tree(epochLog.entries), Self.tree(releaseLog.entries)), now, &memory, &report,
      progress)
    checkCurrent(entries, now, &report)
    let missingArtifacts = await auditArtifacts(&memory, &report, progress)
    report.promises = PromiseAudit(
      entries: entries, epochs: policy.epochs, voidEpochs: report.voidEpochs, missingFiles: missingFiles,
      artifacts: (missingArtifacts, artifacts != nil), now: now
    ).verdicts()
    report.findings += PromiseAudit.findings(report.promises)
    return Result(report: report, epochLog: epochLog, releaseLog: releaseLog, memory: memory)
  }

  private static func tree(_ entries: [[UInt8]]) -> MerkleTree {
    MerkleTree(leafHashes: entries.lazy.map { RFC6962.leafHash($0) })
  }

  private static func named(_ log: String, _ findings: [AuditFinding]) -> [AuditFinding] {
    findings.map { AuditFinding($0.code, $0.severity, "\(log): \($0.message)", evidence: $0.evidence) }
  }

  // MARK: Logs

  private func audit(
    _ key: NoteVerifierKey, _ prefix: String, _ sightings: [LogAudit.Sighting], _ now: Date,
    _ progress: @escaping @Sendable (String) -> Void
  ) async -> LogAudit.Report {
    var sightings = sightings
    for other in vantagePoints.dropFirst() {
      let note = try? await other.files.read(prefix + "/checkpoint", byteLimit: SignedNote.byteLimit)
      sightings.append(LogAudit.Sighting(.elsewhere(other.name), note: note))
    }
    // The log asks for fresh cosignatures every five minutes, whatever the length of an epoch.
    let largestAge = max(policy.epochs.seconds(scaledMinutes: EpochSchedule.quorumAgeMinutes), 600)
    return await LogAudit(
      verifier: LogVerifier(logKey: key, witnesses: policy.witnesses.policy),
      files: PrefixedFiles(vantagePoints[0].files, prefix: prefix), largestQuorumAge: largestAge, keepsEntries: true
    ).run(sightings: sightings, now: now) { progress("\(key.name): \($0) of \($1) entries") }
  }

  /// The digest of each epoch's bundle; nil for one that was missed or whose leaf is refused.
  private func readLeaves(
    _ entries: [[UInt8]], trusted: [TrustedPolicy], _ report: inout OperatorReport
  ) -> [[UInt8]?] {
    let keys = trusted.map(\.policy.operatorKey).reduce(into: [StatementKey]()) { keys, key in
      if !keys.contains(key) { keys.append(key) }
    }
    return entries.enumerated().map { index, entry in
      let leaf = keys.lazy.compactMap { key in
        (try? Statement(parsing: entry)).flatMap { try? EpochLeaf(verifying: $0, operatorKey: key) }
      }.first
      guard let leaf, leaf.operatorOrigin == policy.operatorOrigin, leaf.epoch == UInt64(index) else {
        report.findings.append(
          AuditFinding(
            AuditFinding.leafRefused, .failure,
            "entry \(index) of the epoch log is no leaf of that epoch by the operator",
            evidence: [entry]))
        return nil
      }
      if leaf.bundleDigest == nil { report.voidEpochs.append(UInt64(index)) }
      return leaf.bundleDigest
    }
  }

  // MARK: Epochs

  /// - Returns: epochs whose file is missing.
  private func auditEpochs(
    _ leaves: [[UInt8]?], _ entries: LoggedEntries, trees: (epochs: MerkleTree, releases: MerkleTree), _ now: Date,
    _ memory: inout Memory, _ report: inout OperatorReport, _ progress: @Sendable (String) -> Void
  ) async -> [UInt64] {
    let audit = EpochFileAudit(entries: entries, epochTree: trees.epochs, releaseTree: trees.releases)
    let first = min(memory.nextEpoch, UInt64(leaves.count))
    // The last of those before is looked at once more, for its keys.
    let again = Set((0..<first).shuffled().prefix(options.recheckedEpochCount)).union(first > 0 ? [first - 1] : [])
    var missing: [UInt64] = []
    var before: (epoch: UInt64, keys: EpochFileAudit.Keys)?
    for voidEpoch in report.voidEpochs where voidEpoch >= first && voidEpoch > 0 {
      report.findings.append(
        AuditFinding(AuditFinding.epochVoid, .warning, "epoch \(voidEpoch) was missed, and its leaf says so"))
    }
    memory.nextEpoch = UInt64(leaves.count)
    for number in again.sorted() + Array(first..<UInt64(leaves.count)) where leaves[Int(number)] != nil {
      progress("epoch \(number) of \(leaves.count)")
      guard let file = await epochFile(number, now, &report) else {
        if isKept(number, now) { missing.append(number) }
        continue
      }
      let outcome = audit.verify(file, epoch: number)
      report.findings += outcome.findings
      report.nodeCount += outcome.nodeCount
      if outcome.findings.allSatisfy({ $0.severity == .warning }) {
        report.epochFileCount += 1
      } else {
        memory.nextEpoch = min(memory.nextEpoch, number)
      }
      if let keys = outcome.keys {
        if let before { report.findings += keys.findings(against: before.keys, "epochs \(before.epoch) and \(number)") }
        before = (number, keys)
      }
    }
    memory.nextEpoch = min(memory.nextEpoch, missing.min() ?? .max)
    return missing
  }

  private func isKept(_ epoch: UInt64, _ now: Date) -> Bool {
    now.timeIntervalSince(policy.epochs.end(of: epoch)) < Self.retentionSeconds
  }

  /// The file as the first place shows it, which all others must show too.
  private func epochFile(_ epoch: UInt64, _ now: Date, _ report: inout OperatorReport) async -> [UInt8]? {
    var whole: [UInt8]?
    for (index, place) in vantagePoints.enumerated() {
      let bytes: [UInt8]?
      do throws(LogMonitorError) {
        bytes = try await place.files.read(VantagePoint.epochFile(epoch), byteLimit: EpochFile.byteLimit)
      } catch {
        report.findings.append(
          AuditFinding(
            error.code, index == 0 ? .failure : .warning, "epoch \(epoch) at \(place.name): \(error.message)"))
        continue
      }
      if bytes == nil, isKept(epoch, now) {
        report.findings.append(
          AuditFinding(
            AuditFinding.epochFileMissing, index == 0 ? .failure : .warning, "epoch \(epoch) is not at \(place.name)"))
      }
      if let whole, let bytes, whole != bytes {
        report.findings.append(
          AuditFinding(
            AuditFinding.epochFileDiffers, .failure,
            "epoch \(epoch) has other bytes at \(place.name) than at \(vantagePoints[0].name)",
            evidence: [whole, bytes]
          ))
      }
      if index == 0 { whole = bytes }
    }
    return whole
  }

  // MARK: Releases

  /// What clients would refuse now: releases and lists that were not entered again in time.
  private func checkCurrent(_ entries: LoggedEntries, _ now: Date, _ report: inout OperatorReport) {
    let policy = entries.policyInForce.policy
    let age = { (issued: UInt64) in now.timeIntervalSince1970 - Double(issued) }
    let latest = now.timeIntervalSince1970 + LogAudit.largestClockDistance
    for index in entries.indices(datedAfter: UInt64(max(latest, 0))) {
      report.findings.append(
        AuditFinding(AuditFinding.entryFuture, .warning, "entry \(index) of the release log is dated ahead"))
    }
    let revoked = Set(entries.revocations.values.flatMap { $0.last?.entry.releaseLeafHashes ?? [] })
    for rule in policy.releases {
      guard let newest = entries.releases.last(where: { $0.entry.name == rule.name && $0.entry.role == rule.role })
      else {
        report.findings.append(
          AuditFinding(AuditFinding.releaseExpired, .warning, "the policy names a release that was never entered"))
        continue
      }
      let isCurrent =
        age(newest.entry.issued) <= policy.epochs.seconds(scaledMinutes: EpochSchedule.releaseAgeMinutes)
      if !isCurrent {
        report.findings.append(
          AuditFinding(AuditFinding.releaseExpired, .warning, "entry \(newest.index): the release has expired"))
      }
      report.releases.append(
        .init(
          entry: newest.entry, index: newest.index, isCurrent: isCurrent, isRevoked: revoked.contains(newest.leafHash)))
    }
    for publisher in policy.publishers.keys {
      let newest = entries.newestRevocations(of: publisher, treeSize: .max)
      let bound = policy.epochs.seconds(scaledMinutes: EpochSchedule.revocationAgeMinutes)
      guard let newest, age(newest.entry.issued) <= bound else {
        report.findings.append(
          AuditFinding(
            AuditFinding.revocationStale, .warning,
            "publisher \(publisher.identifier) has no revocation list of the last \(Int(bound)) seconds"))
        continue
      }
    }
  }

  /// - Returns: releases of which an artifact is missing.
  private func auditArtifacts(
    _ memory: inout Memory, _ report: inout OperatorReport, _ progress: @Sendable (String) -> Void
  ) async -> [ReleaseEntry] {
    guard let artifacts else { return [] }
    let audit = ArtifactAudit(files: artifacts, fileByteLimit: options.artifactByteLimit)
    var missing: [ReleaseEntry] = []
    // One of those that were good before is looked at again.
    var known = memory.artifacts
    if let again = known.randomElement() { known.remove(again) }
    for release in report.releases where release.isCurrent {
      for artifact in release.entry.artifacts where !known.contains(artifact.digest) {
        progress("artifact \(artifact.name)")
        let (code, what): (ErrorCode, String)
        do throws(LogMonitorError) {
          switch try await audit.verify(artifact) {
          case .verified:
            report.artifactCount += 1
            memory.artifacts.insert(artifact.digest)
            continue
          case .missing(let name):
            missing.append(release.entry)
            (code, what) = (AuditFinding.artifactMissing, "\(name) cannot be fetched")
          case .mismatch(let name):
            (code, what) = (AuditFinding.artifactMismatch, "\(name) has other bytes than the release says")
          case .tooLarge(let name):
            (code, what) = (AuditFinding.artifactTooLarge, "\(name) is above the limit of this audit")
          }
        } catch {
          (code, what) = (error.code, error.message)
        }
        memory.artifacts.remove(artifact.digest)
        report.findings.append(
          AuditFinding(
            code, code == AuditFinding.artifactTooLarge ? .warning : .failure, "release entry \(release.index): \(what)"
          ))
      }
    }
    return missing
  }
}

extension OperatorReport.Log {
  fileprivate init(_ report: LogAudit.Report, _ key: NoteVerifierKey) {
    self.init(origin: key.name, checkpoint: report.checkpoint, isComplete: report.isComplete)
  }
}
