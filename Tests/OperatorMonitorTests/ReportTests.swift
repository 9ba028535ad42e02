import LogMonitor
import OperatorMonitor
import StrictJSON
import TestDeployment
import Testing
import Trust

@Suite("Report of an audit")
struct ReportTests {
  @Test("the page is one document without scripts or anything from elsewhere, and hostile names stay text")
  func page() async throws {
    var published = try PublishedOperator()
    published.fixture.policy.releases[0].name = "<script>alert(1)</script>\"\u{301}"
    var plan = published.fixture.plan()
    plan.releases[0].entry.name = published.fixture.policy.releases[0].name
    try published.publish(plan)
    let report = try await published.audit().report
    let page = report.page
    #expect(report.isGood)
    // By bytes: the combining mark makes one character with what stands before it.
    #expect(Array(page.utf8).firstRange(of: Array("&lt;script&gt;alert(1)&lt;/script&gt;&quot;".utf8)) != nil)
    for forbidden in ["<script", "http-equiv=\"refresh", " src=", " href=", "onload", "@import", "url("] {
      #expect(!page.contains(forbidden))
    }
    #expect(page.contains("Nothing speaks against this operator."))
    #expect(page.contains("simulated and protect nobody"))
  }

  @Test("findings are in page, JSON and metrics, by their codes")
  func findings() async throws {
    var published = try PublishedOperator.withOneEpoch()
    published.fixture.enterStatement([1])
    let report = try await published.audit().report
    #expect(report.page.contains("<code>audit-entry-refused</code>"))
    #expect(report.page.contains("One finding speaks against this operator."))
    guard case .object(let members) = report.json, case .array(let findings)? = members["findings"] else {
      Issue.record("no findings in JSON")
      return
    }
    #expect(findings.count == report.findings.count)
    #expect(members["verdict"] == "refused")
    let metrics = report.metrics(runCount: 7)
    #expect(metrics.contains("cloister_audit_runs_total 7\n"))
    #expect(metrics.contains("cloister_audit_good 0\n"))
    #expect(metrics.contains(#"cloister_audit_findings{code="audit-entry-refused",severity="failure"} 1"#))
    #expect(metrics.contains(#"cloister_audit_log_entries{log="epochs"} 49"#))
  }

  @Test(
    "promises are put in words",
    arguments: [
      (
        PromiseEntry.Promise.revocationInterval(seconds: 86_400),
        "Each publisher enters its revocation list at least every day."
      ),
      (.missedEpochs(atMost: 1, withinSeconds: 7_200), "At most 1 epoch is missed within any 2 hours."),
      (.epochFileRetention(seconds: 90), "Every epoch's file can be fetched for 90 seconds after its epoch."),
      (
        .artifactRetention(seconds: 1_209_600),
        "Every artifact of a release can be fetched for 14 days after its entry."
      ),
    ])
  func sentences(promise: PromiseEntry.Promise, sentence: String) {
    #expect(promise.sentence == sentence)
  }
}
