public import Trust
import WireFormat

/// A receipt in sentences that a person understands. It says nothing that the receipt does not hold.
public struct ReceiptNarrative: Sendable {
  public let sentences: [String]

  public var text: String { sentences.joined(separator: "\n") }

  public init(_ receipt: Receipt) {
    var sentences: [String] = []
    if receipt.isSimulated {
      sentences.append(
        "SIMULATED: the machines behind this request were simulated. This protects nobody; it only shows how it works.")
    }
    if receipt.policyProvenance != TrustedPolicy.Provenance.published.rawValue {
      sentences.append("CUSTOM POLICY: the rules were edited by hand on this device; no publisher vouches for them.")
    }
    sentences.append(
      "Task “\(receipt.task)” went to \(receipt.operatorOrigin) in epoch \(receipt.epoch), padded to "
        + "\(receipt.requestClass / 1024) KiB, through the relay of \(receipt.relay); the answer's shape was "
        + "“\(receipt.answerClass)”.")
    sentences.append(contentsOf: Self.nodes(receipt))
    sentences.append(
      "The keys used were the only ones of that epoch: the epoch's log entry was checked under the signatures of "
        + "enough independent witnesses.")
    sentences.append(
      "The trust policy was version \(receipt.policyVersion) (\(receipt.policyProvenance), "
        + "\(receipt.policyDigest.prefix(16))…).")
    sentences.append(
      "Everything can be checked again without network: bundle \(receipt.bundleDigest.hexadecimal.prefix(16))…, "
        + "receipt \(receipt.identifier).")
    self.sentences = sentences
  }

  private static func nodes(_ receipt: Receipt) -> [String] {
    let report = receipt.isSimulated ? "simulated report" : "hardware report"
    let hops = receipt.hops
    return hops.enumerated().flatMap { index, hop in
      let order = hops.count == 1 ? "It" : index == 0 ? "First it" : "Then, since that node did not answer, it"
      return node(hop, report, "\(order) was encrypted on this device to node") + passedOn(by: hop, report)
        + (hop.failure.map { ["It was not answered there: \(ReceiptFailure($0).words)."] } ?? [])
    }
  }

  private static func passedOn(by hop: Receipt.Hop, _ report: String) -> [String] {
    guard hop.calls.isEmpty || !hop.called.isEmpty || !hop.calledRefused.isEmpty else {
      return [
        "It may have passed its part on to a node of the role \(hop.calls.joined(separator: " or ")); it did not say to "
          + "whom."
      ]
    }
    return hop.called.flatMap { node($0, report, "That node passed its part on, encrypted to the \($0.role) node") }
      + hop.calledRefused.map {
        "REFUSED: it said that it passed its part on to node \($0.hexadecimal.prefix(16))…, which did not pass the checks."
      }
  }

  private static func node(_ hop: Receipt.Hop, _ report: String, _ beginning: String) -> [String] {
    var sentences = [
      "\(beginning) \(hop.node.hexadecimal.prefix(16))…, which proved by its \(hop.platform) \(report) that it "
        + "runs release \(hop.release) \(hop.releaseVersion); \(hop.verified.count) checks passed."
    ]
    sentences += exceptions(skipped: hop.skipped, relaxations: hop.relaxations)
    for accelerator in hop.accelerators {
      sentences.append(
        "Its report also vouches for an accelerator, which proved by its own \(accelerator.platform) report what it "
          + "runs; \(accelerator.verified.count) checks passed.")
      sentences += exceptions(skipped: accelerator.skipped, relaxations: accelerator.relaxations)
    }
    if !hop.weaknesses.isEmpty {
      sentences.append("Known weaknesses of this release: \(hop.weaknesses.joined(separator: ", ")).")
    }
    return sentences
  }

  private static func exceptions(skipped: [String], relaxations: [String]) -> [String] {
    (skipped.isEmpty ? [] : ["Not checked, because the policy leaves it out: \(skipped.joined(separator: ", "))."])
      + (relaxations.isEmpty ? [] : ["Weaker than the strict rules: \(relaxations.joined(separator: "; "))."])
  }
}
