import LogMonitor
import PrometheusFormat

extension OperatorReport {
  /// The report as metrics in the text format of Prometheus.
  /// - Parameter runCount: audits so far, this one among them.
  public func metrics(runCount: UInt64) -> String {
    var metrics = PrometheusText()
    metrics.add("cloister_audit_runs_total", .counter, "Audits since the auditor was started.", [([], runCount)])
    metrics.add(
      "cloister_audit_time_seconds", .gauge, "When the newest audit began, in seconds since 1970.",
      [([], Self.seconds(time))])
    metrics.add(
      "cloister_audit_good", .gauge, "1 where the newest audit found nothing beyond warnings.",
      [([], isGood ? 1 : 0)])
    let logs = [("epochs", epochLog), ("releases", releaseLog)]
    metrics.add(
      "cloister_audit_log_entries", .gauge, "Entries of the newest verified checkpoint.",
      logs.compactMap { name, log in log?.checkpoint.map { ([("log", name)], $0.checkpoint.treeSize) } })
    metrics.add(
      "cloister_audit_log_quorum_time_seconds", .gauge, "Quorum time of the newest verified checkpoint.",
      logs.compactMap { name, log in log?.checkpoint.map { ([("log", name)], Self.seconds($0.quorumTime)) } })
    metrics.add(
      "cloister_audit_epoch_files", .gauge, "Epoch files that the newest audit verified.", [([], epochFileCount)])
    metrics.add(
      "cloister_audit_nodes", .gauge, "Nodes whose evidence the newest audit verified.", [([], nodeCount)])
    metrics.add("cloister_audit_void_epochs", .gauge, "Epochs that were missed.", [([], voidEpochs.count)])
    metrics.add(
      "cloister_audit_epochs_without_leaf", .gauge, "Epochs that are over and have no leaf.",
      [([], epochsWithoutLeaf.count)])
    metrics.add(
      "cloister_audit_promises", .gauge, "Promises of the release log, by state.",
      [PromiseVerdict.State.kept, .broken, .notChecked].map { state in
        ([("state", state.rawValue)], promises.count { $0.state == state })
      })
    let findings = Dictionary(grouping: findings) { [$0.code.rawValue, $0.severity.rawValue] }
    metrics.add(
      "cloister_audit_findings", .gauge, "Findings of the newest audit, by code and severity.",
      findings.keys.sorted { $0.lexicographicallyPrecedes($1) }.map { key in
        ([("code", key[0]), ("severity", key[1])], findings[key]?.count ?? 0)
      })
    return metrics.text
  }
}
