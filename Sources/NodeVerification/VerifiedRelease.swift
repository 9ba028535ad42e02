import Trust

/// A release entry that may run: logged, signed, named by the policy, current and not revoked.
struct VerifiedRelease: Sendable {
  let entry: ReleaseEntry
  let leafHash: [UInt8]

  /// The names of the checks, as receipts list them.
  static let checks = [
    "release-logged", "release-signatures", "release-named", "release-security-version", "release-current",
    "release-not-revoked",
  ]

  /// - Throws: the codes of the log, `Statement` and `ReleaseEntry`; `release-unknown`, `release-version-low`,
  ///   `release-expired`, `release-entry-future`, `release-revoked`.
  init(_ logged: EpochBundle.LoggedStatement, in epoch: VerifiedEpoch, notes: inout LogNotes) throws(VerificationError)
  {
    let policy = epoch.policy
    leafHash = try notes.verifyEntry(logged.statement, proof: logged.proof).leafHash.rawRepresentation
    let entry = try coded {
      try ReleaseEntry(verifying: try Statement(parsing: logged.statement), publishers: policy.publishers)
    }
    guard let rule = policy.releases.first(where: { $0.name == entry.name && $0.role == entry.role }) else {
      throw VerificationError(VerificationError.releaseUnknown, "policy names no such release in this role")
    }
    guard entry.securityVersion >= rule.minimumSecurityVersion else {
      throw VerificationError(
        VerificationError.releaseVersion,
        "security version is \(entry.securityVersion), expected \(rule.minimumSecurityVersion) or more")
    }
    let age = try EpochAge(schedule: policy.epochs).ageOfEntry(issued: entry.issued, now: epoch.time)
    guard age <= policy.epochs.seconds(scaledMinutes: EpochSchedule.releaseAgeMinutes) else {
      throw VerificationError(VerificationError.releaseExpired, "release was entered \(age.wholeSeconds) seconds ago")
    }
    guard !epoch.revocations.releaseLeafHashes.contains(leafHash) else {
      throw VerificationError(VerificationError.releaseRevoked, "a publisher revoked the release")
    }
    self.entry = entry
  }
}
