extension SEVSNP.AppraisalRules {
  /// What was launched, by whom, and who asked.
  func checkLaunch(_ report: SEVSNP.Report, referenceValues: ReferenceValues?, _ recorder: inout CheckRecorder) {
    // Without any reference value the refusal has a code of its own, which stands first.
    if let referenceValues, !referenceValues.isEmpty(for: .sevSNP) {
      recorder.require(
        "measurement", referenceValues.sevSNPMeasurements.contains(Array(report.measurement)),
        else: AttestationError.measurement, "measurement is none of the reference values")
    }
    if let vmpl {
      recorder.require(
        "vmpl", report.vmpl == vmpl, else: AttestationError.vmpl, "VMPL is \(report.vmpl), expected \(vmpl)")
    }
    if let minimumGuestSVN {
      recorder.require(
        "guest-svn", report.guestSVN >= minimumGuestSVN, else: AttestationError.guestSVN,
        "guest SVN is \(report.guestSVN), expected \(minimumGuestSVN) or more")
    }
    if let hostData {
      recorder.require(
        "host-data", report.hostData.elementsEqual(hostData), else: AttestationError.hostData,
        "host data is not what the policy names")
    }
    checkIdentityBlock(report, &recorder)
    checkMigrationAgent(report, &recorder)
  }

  /// A guest without a migration agent has all bits of the agent's report identifier set; some sources say clear.
  private func checkMigrationAgent(_ report: SEVSNP.Report, _ recorder: inout CheckRecorder) {
    guard let migrationAgents else { return }
    let agent = report.migrationAgentReportID
    recorder.require(
      "migration-agent",
      agent.allSatisfy { $0 == 0xFF } || agent.allSatisfy { $0 == 0 } || migrationAgents.contains(Array(agent)),
      else: AttestationError.migrationAgent, "guest has a migration agent that the policy does not name")
  }

  /// The keys of the ID block; the author key's flag must fit its digest.
  private func checkIdentityBlock(_ report: SEVSNP.Report, _ recorder: inout CheckRecorder) {
    if let idKeyDigests {
      recorder.require(
        "id-key", idKeyDigests.contains(Array(report.idKeyDigest)), else: AttestationError.idKey,
        "digest of the ID key is not what the policy names")
    }
    if let authorKeyDigests {
      let hasDigest = report.authorKeyDigest.contains { $0 != 0 }
      recorder.require(
        "author-key",
        authorKeyDigests.contains(Array(report.authorKeyDigest)) && hasDigest == report.isAuthorKeyEnabled,
        else: AttestationError.authorKey, "digest of the author key is not what the policy names")
    }
  }
}
