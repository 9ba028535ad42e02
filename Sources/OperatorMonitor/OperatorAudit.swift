public import CloisterClient
import ErrorCodes
public import Foundation
public import LogMonitor
import TransparencyLog
import Trust
import WireFormat

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
    /// Of all artifacts' files that one audit fetches, in bytes.
    public var artifactTotalByteLimit: UInt64 = 4 << 30

    public init() {}
  }

  /// - Parameters:
  ///   - trusted: a policy of the operator; the ones before and after it come from the release log.
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
    /// Every epoch below was looked at.
    public var nextEpoch: UInt64
    /// Those of them that were not found good, and are looked at again.
    public var openEpochs: Set<UInt64>
    /// What the newest epochs offered.
    public var recentKeys: [EpochKeys]
    /// Artifacts that were found good: purpose and digest.
    public var artifacts: Set<String>
    /// Failures that leaves of the log fix for ever, though later audits no longer see both sides: code by message.
    public var lasting: [String: String]

    /// Keys of how many epochs are remembered: a whole issuer day.
    static let recentCount = Int(EpochSchedule.epochsPerIssuerDay)

    public init(
      nextEpoch: UInt64 = 0, openEpochs: Set<UInt64> = [], recentKeys: [EpochKeys] = [], artifacts: Set<String> = [],
      lasting: [String: String] = [:]
    ) {
      self.nextEpoch = nextEpoch
      self.openEpochs = openEpochs
      self.recentKeys = recentKeys
      self.artifacts = artifacts
      self.lasting = lasting
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
    /// The newest policy that follows the trusted one, by which the next audit judges.
    public let policy: TrustedPolicy
  }

  /// Epoch files are to be had for a year at least (docs/formats/epoch-file.md).
  private static let retentionSeconds: TimeInterval = 365 * 86_400
  /// Of all evidence that one audit keeps, in bytes.
  private static let evidenceByteLimit = 32 << 20
  private static let lastingCodes = [
    AuditFinding.nodeKeyReused, AuditFinding.issuerKeySecond, AuditFinding.entryWithheld,
  ]

  private var policy: TrustPolicy { trusted.policy }

  /// What cannot be read is a finding too.
  /// - Parameters:
  ///   - now: the auditor's clock.
  ///   - progress: told what is looked at.
  public func run(
    memory: Memory, sightings: Sightings, now: Date, progress: @escaping @Sendable (String) -> Void = { _ in }
  ) async -> Result {
    // Epochs first: whatever a bundle shows of the release log was in it before its leaf.
    let epochLog = await audit(policy.epochLog, VantagePoint.epochLog, sightings.epochLog, now, progress)
    let releaseLog = await audit(policy.releaseLog, VantagePoint.releaseLog, sightings.releaseLog, now, progress)
    let entries = LoggedEntries(
      releaseLog.isComplete ? releaseLog.entries : [trusted.statement.encoded], trusted: trusted)
    let inForce = entries.policies.inForce
    var report = OperatorReport(
      operatorOrigin: policy.operatorOrigin, isSimulated: policy.isSimulated, time: now,
      policyVersion: inForce.policy.version)
    report.vantagePoints = vantagePoints.map(\.name)
    report.epochLog = .init(epochLog, policy.epochLog)
    report.releaseLog = .init(releaseLog, policy.releaseLog)
    let place = vantagePoints[0].name
    report.findings =
      Self.named("epoch log at \(place)", epochLog.findings)
      + Self.named("release log at \(place)", releaseLog.findings)
    var memory = memory
    if releaseLog.isComplete {
      report.findings += entries.findings
      checkCurrent(entries, now, &report)
      let missing = await auditArtifacts(entries, now, &memory, &report, progress)
      // What epochs show is held against both logs.
      if epochLog.isComplete {
        await judge(epochLog.entries, releaseLog.entries, entries, missing, now, &memory, &report, progress)
      }
    }
    var room = 2 * Self.evidenceByteLimit
    report.findings = Self.bounded(report.findings, &room)
    return Result(report: report, epochLog: epochLog, releaseLog: releaseLog, memory: memory, policy: inForce)
  }

  private func judge(
    _ epochEntries: [[UInt8]], _ releaseEntries: [[UInt8]], _ entries: LoggedEntries,
    _ missingArtifacts: [ReleaseEntry]?, _ now: Date, _ memory: inout Memory, _ report: inout OperatorReport,
    _ progress: @Sendable (String) -> Void
  ) async {
    let leaves = readLeaves(epochEntries, entries.policies, &report)
    checkMissedEpochs(leafCount: UInt64(leaves.count), since: memory.nextEpoch, now, &report)
    let audit = EpochFileAudit(
      entries: entries, epochTree: Self.tree(epochEntries), releaseTree: Self.tree(releaseEntries),
      schedule: policy.epochs)
    let missingFiles = await auditEpochs(leaves, audit, now, &memory, &report, progress)
    report.promises = PromiseAudit(
      entries: entries, schedule: policy.epochs, missedEpochs: report.voidEpochs + report.epochsWithoutLeaf,
      missingFiles: missingFiles, missingArtifacts: missingArtifacts, now: now
    ).verdicts()
    report.findings += PromiseAudit.findings(report.promises)
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
    _ entries: [[UInt8]], _ policies: PolicyHistory, _ report: inout OperatorReport
  ) -> [[UInt8]?] {
    let keys = policies.eras.map(\.policy.policy.operatorKey).reduce(into: [StatementKey]()) { keys, key in
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

  /// Epochs that are over have a leaf each, if only a void one.
  private func checkMissedEpochs(
    leafCount: UInt64, since first: UInt64, _ now: Date, _ report: inout OperatorReport
  ) {
    for epoch in report.voidEpochs where epoch >= first && epoch > 0 {
      report.findings.append(
        AuditFinding(AuditFinding.epochVoid, .warning, "epoch \(epoch) was missed, and its leaf says so"))
    }
    guard let current = try? policy.epochs.epoch(at: now), leafCount < current else { return }
    // As many as could be told apart are enough for any promise.
    report.epochsWithoutLeaf = leafCount..<min(current, leafCount + (1 << 20))
    report.findings.append(
      AuditFinding(
        AuditFinding.epochLogBehind, .failure,
        "the epoch log has \(leafCount) leaves, and epoch \(current) is under way"))
  }

  // MARK: Epochs

  /// - Returns: epochs whose file is missing though it is demanded.
  private func auditEpochs(
    _ leaves: [[UInt8]?], _ audit: EpochFileAudit, _ now: Date, _ memory: inout Memory,
    _ report: inout OperatorReport, _ progress: @Sendable (String) -> Void
  ) async -> [UInt64] {
    let count = UInt64(leaves.count)
    let first = min(memory.nextEpoch, count)
    let again = Set((0..<first).shuffled().prefix(options.recheckedEpochCount))
      .union(memory.openEpochs.filter { $0 < first })
    var missing: [UInt64] = []
    var evidenceRoom = Self.evidenceByteLimit
    // Places that do not answer are asked once in an audit.
    var silentPlaces: Set<Int> = []
    for number in again.sorted() + Array(first..<count) {
      guard let digest = leaves[Int(number)] else { continue }
      progress("epoch \(number) of \(count)")
      let isDemanded =
        now.timeIntervalSince(policy.epochs.end(of: number)) < Self.retentionSeconds
        || PromiseAudit.demandsFile(of: number, audit.entries, policy.epochs, now: now)
      let fetch = await fetch(number, isNewest: number + 1 == count, isDemanded: isDemanded, &silentPlaces)
      report.findings += Self.bounded(fetch.findings, &evidenceRoom)
      if fetch.isMissing { missing.append(number) }
      var isGood = fetch.findings.allSatisfy { $0.severity == .warning } && !fetch.isOpen
      if let file = fetch.file {
        let before = memory.recentKeys.last { $0.epoch < number }
        let outcome = audit.verify(file, epoch: number, digest: digest, before: before)
        var findings = outcome.findings
        if let keys = outcome.keys {
          findings += memory.recentKeys.filter { $0.epoch != number }.flatMap { keys.findings(against: $0) }
          memory.remember(keys)
        }
        report.findings += Self.bounded(findings, &evidenceRoom)
        for finding in findings where finding.severity == .failure && Self.lastingCodes.contains(finding.code) {
          memory.lasting[finding.message] = finding.code.rawValue
        }
        report.nodeCount += outcome.nodeCount
        isGood = isGood && !outcome.isOpen && findings.allSatisfy { $0.severity == .warning }
        if isGood { report.epochFileCount += 1 }
      }
      if isGood { memory.openEpochs.remove(number) } else { memory.openEpochs.insert(number) }
    }
    memory.nextEpoch = max(memory.nextEpoch, count)
    let messages = Set(report.findings.map(\.message))
    for (message, name) in memory.lasting.sorted(by: { $0.key < $1.key }) where !messages.contains(message) {
      guard let code = Self.lastingCodes.first(where: { $0.rawValue == name }) else { continue }
      report.findings.append(AuditFinding(code, .failure, message))
    }
    return missing
  }

  /// The same findings, without the evidence for which there is no room.
  private static func bounded(_ findings: [AuditFinding], _ room: inout Int) -> [AuditFinding] {
    findings.map { finding in
      let byteCount = finding.evidence.reduce(0) { $0 + $1.count }
      guard byteCount <= room else { return AuditFinding(finding.code, finding.severity, finding.message) }
      room -= byteCount
      return finding
    }
  }

  private struct Fetch {
    /// As the first place shows it.
    var file: [UInt8]?
    var findings: [AuditFinding] = []
    var isMissing = false
    /// It could not be looked at everywhere, and is to be looked at again.
    var isOpen = false
  }

  /// The file as the first place shows it, which all others must show too.
  private func fetch(
    _ epoch: UInt64, isNewest: Bool, isDemanded: Bool, _ silentPlaces: inout Set<Int>
  ) async -> Fetch {
    var fetch = Fetch()
    for (index, place) in vantagePoints.enumerated() {
      guard !silentPlaces.contains(index) else {
        fetch.isOpen = true
        continue
      }
      let bytes: [UInt8]?
      do {
        bytes = try await place.files.read(VantagePoint.epochFile(epoch), byteLimit: EpochFile.byteLimit)
      } catch {
        fetch.isOpen = true
        if error.code == LogMonitorError.sourceUnreadable { silentPlaces.insert(index) }
        fetch.findings.append(
          AuditFinding(
            error.code, index == 0 ? .failure : .warning, "epoch \(epoch) at \(place.name): \(error.message)"))
        continue
      }
      if index == 0 { fetch.file = bytes }
      guard let bytes else {
        guard isDemanded else { continue }
        // The newest leaf is in the log a moment before its file is there.
        fetch.isOpen = true
        fetch.isMissing = fetch.isMissing || (index == 0 && !isNewest)
        fetch.findings.append(
          AuditFinding(
            AuditFinding.epochFileMissing, index == 0 && !isNewest ? .failure : .warning,
            "epoch \(epoch) is not at \(place.name)"))
        continue
      }
      if let whole = fetch.file, whole != bytes {
        fetch.findings.append(
          AuditFinding(
            AuditFinding.epochFileDiffers, .failure,
            "epoch \(epoch) has other bytes at \(place.name) than at \(vantagePoints[0].name)",
            evidence: [whole, bytes]))
      }
    }
    return fetch
  }

  // MARK: Releases

  /// What clients would refuse now: releases and lists that were not entered again in time.
  private func checkCurrent(_ entries: LoggedEntries, _ now: Date, _ report: inout OperatorReport) {
    let policy = entries.policies.inForce.policy
    let latest = now.timeIntervalSince1970 + LogAudit.largestClockDistance
    for index in entries.indices(datedAfter: UInt64(max(latest, 0))) {
      report.findings.append(
        AuditFinding(AuditFinding.entryFuture, .warning, "entry \(index) of the release log is dated ahead"))
    }
    let revoked = Set(
      policy.publishers.keys.flatMap {
        entries.newestRevocations(of: $0, treeSize: .max)?.entry.releaseLeafHashes ?? []
      })
    for rule in policy.releases {
      guard let newest = entries.releases.last(where: { $0.entry.name == rule.name && $0.entry.role == rule.role })
      else {
        report.findings.append(
          AuditFinding(AuditFinding.releaseExpired, .warning, "the policy names a release that was never entered"))
        continue
      }
      let isCurrent = isCurrent(newest.entry, now)
      if !isCurrent {
        report.findings.append(
          AuditFinding(AuditFinding.releaseExpired, .warning, "entry \(newest.index): the release has expired"))
      }
      report.releases.append(
        .init(
          entry: newest.entry, index: newest.index, isCurrent: isCurrent, isRevoked: revoked.contains(newest.leafHash)))
    }
    let bound = policy.epochs.seconds(scaledMinutes: EpochSchedule.revocationAgeMinutes)
    for publisher in policy.publishers.keys {
      let newest = entries.newestRevocations(of: publisher, treeSize: .max)
      guard let newest, now.timeIntervalSince1970 - Double(newest.entry.issued) <= bound else {
        report.findings.append(
          AuditFinding(
            AuditFinding.revocationStale, .warning,
            "publisher \(publisher.identifier) has no revocation list of the last \(Int64(bound)) seconds"))
        continue
      }
    }
  }

  private func isCurrent(_ release: ReleaseEntry, _ now: Date) -> Bool {
    now.timeIntervalSince1970 - Double(release.issued)
      <= policy.epochs.seconds(scaledMinutes: EpochSchedule.releaseAgeMinutes)
  }

  /// Every release that nodes may still run, and every one whose artifacts a promise demands.
  /// - Returns: releases of which an artifact is missing; nil where none was looked for.
  private func auditArtifacts(
    _ entries: LoggedEntries, _ now: Date, _ memory: inout Memory, _ report: inout OperatorReport,
    _ progress: @Sendable (String) -> Void
  ) async -> [ReleaseEntry]? {
    guard let artifacts else { return nil }
    var audit = ArtifactAudit(
      files: artifacts, fileByteLimit: options.artifactByteLimit, totalByteLimit: options.artifactTotalByteLimit)
    var missing: [ReleaseEntry] = []
    // One of those that were good before is looked at again.
    var known = memory.artifacts
    if let again = known.randomElement() { known.remove(again) }
    var outcomes: [String: ArtifactAudit.Outcome] = [:]
    for release in entries.releases
    where isCurrent(release.entry, now) || PromiseAudit.demandsArtifacts(of: release.entry, entries, now: now) {
      for artifact in release.entry.artifacts {
        let name = "\(artifact.purpose):\(artifact.digest.hexadecimal)"
        guard !known.contains(name) else { continue }
        progress("artifact \(artifact.name)")
        let outcome: ArtifactAudit.Outcome
        do {
          if let known = outcomes[name] { outcome = known } else { outcome = try await audit.verify(artifact) }
        } catch {
          let code = (error as? any CodedError)?.code ?? LogMonitorError.sourceUnreadable
          report.findings.append(
            AuditFinding(code, .failure, "release entry \(release.index): \(artifact.name) cannot be read"))
          continue
        }
        if outcomes.updateValue(outcome, forKey: name) == nil, outcome == .verified { report.artifactCount += 1 }
        if outcome == .verified { memory.artifacts.insert(name) } else { memory.artifacts.remove(name) }
        if case .missing = outcome { missing.append(release.entry) }
        if let finding = outcome.finding("release entry \(release.index)") { report.findings.append(finding) }
      }
    }
    return missing
  }
}

extension OperatorAudit.Memory {
  fileprivate mutating func remember(_ keys: EpochKeys) {
    recentKeys.removeAll { $0.epoch == keys.epoch }
    recentKeys.append(keys)
    recentKeys.sort { $0.epoch < $1.epoch }
    recentKeys = recentKeys.suffix(Self.recentCount)
  }
}

extension ArtifactAudit.Outcome {
  fileprivate func finding(_ release: String) -> AuditFinding? {
    switch self {
    case .verified: nil
    case .missing(let name):
      AuditFinding(AuditFinding.artifactMissing, .failure, "\(release): \(name) cannot be fetched")
    case .mismatch(let name):
      AuditFinding(AuditFinding.artifactMismatch, .failure, "\(release): \(name) has other bytes than the release says")
    case .incomplete(let name):
      AuditFinding(AuditFinding.artifactTooLarge, .warning, "\(release): \(name) is above the limits of this audit")
    }
  }
}

extension OperatorReport.Log {
  fileprivate init(_ report: LogAudit.Report, _ key: NoteVerifierKey) {
    self.init(origin: key.name, checkpoint: report.checkpoint, isComplete: report.isComplete)
  }
}
