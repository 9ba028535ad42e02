import StaticPages

extension ReceiptReport {
  private static let simulatedNotice =
    "The machines behind these requests were simulated. They protect nobody; they only show how it works."

  /// The report as one static page of HTML, without scripts and without anything from elsewhere.
  public var page: String {
    StaticPage(
      title: "Private requests \(period.sentence)",
      body: [verdict, simulatedLine, useSection, failureSection, machineSection, partySection, policySection, limits]
        .filter { !$0.isEmpty }.joined(separator: "\n")
    ).html
  }

  /// The report in lines of plain text.
  public var text: String { lines.joined(separator: "\n") }

  /// For a terminal each is to be escaped by itself: a receipt may hold a newline.
  package var lines: [String] {
    let parties = [("operator", operators), ("relay", relays)].flatMap { role, shares in
      shares.map { "  \(role) \($0.name): \(Self.requests($0.requestCount))" }
    }
    return
      ["Private requests \(period.sentence): \(requestCount)"] + sentences
      + (simulatedCount > 0 ? ["SIMULATED (\(simulatedCount)): \(Self.simulatedNotice)"] : [])
      + uses.map { "  \($0.day.text)  \($0.task): \(Self.requests($0.requestCount))" }
      + failures.map { "  \(ReceiptFailure($0.code).words): \(Self.requests($0.requestCount))" }
      + machines.map { machine in
        "  \(machine.hop.release) \(machine.hop.releaseVersion) on \(machine.hop.platform): "
          + "\(Self.requests(machine.requestCount)), \(machine.hop.verified.count) checks passed, "
          + "\(machine.hop.skipped.count) left out by the policy"
      } + parties
      + policies.map {
        "  policy version \($0.policy.version), \($0.policy.provenance): \(Self.requests($0.requestCount))"
      }
  }

  /// What the receipts come to.
  private var sentences: [String] {
    var sentences: [String] = []
    if let repetition {
      let refusedCount = repetition.refusals.values.reduce(0, +)
      sentences.append(
        "Every check behind \(repetition.verifiedCount) of \(Self.receipts(requestCount)) was repeated, and none failed."
      )
      if refusedCount > 0 {
        let codes = repetition.refusals.keys.map(\.rawValue).sorted().joined(separator: ", ")
        sentences.append("\(Self.receipts(refusedCount)) could not be verified again: \(codes).")
      }
    } else {
      sentences.append("The checks were not repeated for this report.")
    }
    if undatedCount > 0 {
      sentences.append(
        "\(Self.receipts(undatedCount)) are left out: the policy that tells their day is not in the state, or they are "
          + "damaged or of another version.")
    }
    return sentences
  }

  private static func requests(_ count: Int) -> String { count == 1 ? "1 request" : "\(count) requests" }

  private static func receipts(_ count: Int) -> String { count == 1 ? "1 receipt" : "\(count) receipts" }

  private var verdict: String {
    let isGood = repetition.map(\.refusals.isEmpty) ?? true
    let head = requestCount == 0 ? "No request left this device." : "\(Self.requests(requestCount)) left this device."
    return "<p class=\"verdict \(isGood ? "good" : "bad")\">\(head) "
      + sentences.map(\.escapedForHTML).joined(separator: " ") + "</p>"
  }

  private var simulatedLine: String {
    simulatedCount == 0 ? "" : "<p class=\"simulated\">\(Self.simulatedNotice)</p>"
  }

  private var useSection: String {
    guard !uses.isEmpty else { return "" }
    return "<h2>What was asked</h2>"
      + StaticPage.table(
        ["Day (UTC)", "Task", "Requests"],
        uses.map { [$0.day.text, $0.task.escapedForHTML, "\($0.requestCount)"] })
  }

  private var failureSection: String {
    guard !failures.isEmpty else { return "" }
    return "<h2>What was not answered</h2>"
      + StaticPage.table(
        ["Why", "Requests"],
        failures.map { [ReceiptFailure($0.code).words.escapedForHTML, "\($0.requestCount)"] })
  }

  private var machineSection: String {
    guard !machines.isEmpty else { return "" }
    return "<h2>Which machines were asked, and what was verified</h2>"
      + StaticPage.table(
        ["Release", "Hardware", "Requests", "Verified before anything was sent"],
        machines.map { machine in
          let hop = machine.hop
          return [
            "\(hop.release) \(hop.releaseVersion)".escapedForHTML,
            ([hop.platform] + hop.accelerators.map(\.platform)).joined(separator: ", ").escapedForHTML,
            "\(machine.requestCount)", Self.checks(hop),
          ]
        })
  }

  private static func checks(_ hop: RoundedReceipt.Hop) -> String {
    var lines = ["\(hop.verified.count) checks: \(hop.verified.joined(separator: ", "))."]
    // What is less than strict is read without opening anything.
    var notable = exceptions(skipped: hop.skipped, relaxations: hop.relaxations)
    for accelerator in hop.accelerators {
      lines.append(
        "Accelerator \(accelerator.platform), \(accelerator.verified.count) checks: "
          + "\(accelerator.verified.joined(separator: ", ")).")
      notable += exceptions(skipped: accelerator.skipped, relaxations: accelerator.relaxations)
    }
    if !hop.weaknesses.isEmpty {
      notable.append("Known weaknesses of this release: \(hop.weaknesses.joined(separator: ", ")).")
    }
    notable += passedOn(by: hop)
    let count = hop.verified.count + hop.accelerators.reduce(0) { $0 + $1.verified.count }
    return "\(notable.map { "<p>\($0.escapedForHTML)</p>" }.joined())<details><summary>\(count) checks</summary>"
      + lines.map { "<p>\($0.escapedForHTML)</p>" }.joined() + "</details>"
  }

  private static func passedOn(by hop: RoundedReceipt.Hop) -> [String] {
    var lines = hop.called.map { called in
      "Passed its part on to a machine of release \(called.release) \(called.releaseVersion), \(called.platform), "
        + "\(called.verified.count) checks."
    }
    if hop.calledRefusedCount > 0 {
      lines.append("REFUSED: machines that it named and that did not pass the checks: \(hop.calledRefusedCount).")
    }
    if !hop.calls.isEmpty, lines.isEmpty {
      lines.append(
        "May have passed its part on to a machine of the role \(hop.calls.joined(separator: " or ")); it did not say to "
          + "whom.")
    }
    return lines
  }

  private static func exceptions(skipped: [String], relaxations: [String]) -> [String] {
    (skipped.isEmpty ? [] : ["Not checked, because the policy leaves it out: \(skipped.joined(separator: ", "))."])
      + (relaxations.isEmpty ? [] : ["Weaker than the strict rules: \(relaxations.joined(separator: "; "))."])
  }

  private var partySection: String {
    let rows = [("Operator", operators), ("Relay", relays)].flatMap { role, shares in
      shares.map { [role, $0.name.escapedForHTML, "\($0.requestCount)"] }
    }
    return rows.isEmpty ? "" : "<h2>Who took part</h2>" + StaticPage.table(["Party", "Name", "Requests"], rows)
  }

  private var policySection: String {
    guard !policies.isEmpty else { return "" }
    return "<h2>By which rules</h2>"
      + StaticPage.table(
        ["Trust policy", "Written by", "Requests"],
        policies.map {
          [
            "version \($0.policy.version), <code>\($0.policy.digest.prefix(16).description.escapedForHTML)…</code>",
            $0.policy.provenance == "custom"
              ? "you, by hand: no publisher vouches for it" : "the publishers", "\($0.requestCount)",
          ]
        })
  }

  private var limits: String {
    "<p>This page is made of the receipts on this device. It holds nothing of what you wrote or were answered, no chat's "
      + "name and no time finer than a day. The relay saw your address and not your words; the operator’s gateway saw a "
      + "token that nobody can lead back to you; only the machines above saw the words, while they answered.</p>"
  }
}
