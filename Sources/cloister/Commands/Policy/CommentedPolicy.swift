import Attestation
import StrictJSON
import Trust

/// A trust policy as JSON with a comment above each member that says what it decides, and without them the policy again.
///
/// Comments are whole lines that begin with `//`: no line of the JSON does, since a string holds no newline.
struct CommentedPolicy {
  private(set) var text: String
  private let demands: [String: String]

  init(_ trusted: TrustPolicy) {
    text = Self.head
    demands = Dictionary(
      trusted.appraisal.demands.map { ("appraisal.\($0.member)", $0.words) }, uniquingKeysWith: { first, _ in first })
    write(trusted.json, path: "", indent: "")
    text += "\n"
  }

  /// The same bytes without the lines of comments.
  static func withoutComments(_ bytes: [UInt8]) -> [UInt8] {
    let slashes = Array("//".utf8)
    return Array(
      bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        .filter { line in !line.drop { $0 == 0x20 || $0 == 0x09 }.starts(with: slashes) }
        .joined(separator: [0x0A]))
  }

  private mutating func write(_ value: JSONValue, path: String, indent: String) {
    switch value {
    case .object(let members) where !members.isEmpty:
      text += "{\n"
      let sorted = members.sorted { $0.key < $1.key }
      for (index, (name, member)) in sorted.enumerated() {
        let inner = path.isEmpty ? name : "\(path).\(name)"
        if let comment = comment(inner) { text += "\(indent)  // \(comment)\n" }
        text += "\(indent)  \(JSONValue.string(name).canonicalText): "
        write(member, path: inner, indent: indent + "  ")
        text += index < sorted.count - 1 ? ",\n" : "\n"
      }
      text += "\(indent)}"
    case .array(let elements) where !elements.isEmpty:
      text += "[\n"
      for (index, element) in elements.enumerated() {
        text += "\(indent)  "
        // What an element's members mean is said once.
        write(element, path: index == 0 ? path : "\(path)[]", indent: indent + "  ")
        text += index < elements.count - 1 ? ",\n" : "\n"
      }
      text += "\(indent)]"
    default: text += value.canonicalText
    }
  }

  private func comment(_ path: String) -> String? {
    Self.comments[path] ?? demands[path].map { "Rule: \($0.printable)" }
  }

  private static let head = """
    // Whom this client trusts, and what it demands of machines before it sends anything. This is a copy to read: what
    // counts is the statement that the publishers signed, in the state's file policy.dsse.
    // Who edits it and adopts it (cloister policy trust --custom FILE) is alone with it: it is called custom everywhere.

    """

  /// By the path of the member; the appraisal's rules are put in words by its own library.
  static let comments: [String: String] = [
    "appraisal": "What is demanded of a machine's evidence, by kind of hardware.",
    "appraisal.anchors": "Whose hardware is believed: vendors' roots by name, or simulated ones, never both.",
    "appraisal.anchors.production": "Vendors, whose public keys are compiled in.",
    "appraisal.anchors.simulated": "SIMULATED roots: such machines protect nobody.",
    "appraisal.azureSNP": "AMD SEV-SNP on Azure, beside the rules for SEV-SNP.",
    "appraisal.nitro": "AWS Nitro Enclaves.",
    "appraisal.nvidia": "NVIDIA's GPUs and switches.",
    "appraisal.referenceValues":
      "What may run, by its measurements. A release's own measurements, from the log, take their place at a request.",
    "appraisal.sevSNP": "AMD SEV-SNP.",
    "appraisal.tdx": "Intel TDX.",
    "epochs": "How long machines' keys live, and when counting began.",
    "epochs.seconds": "The length of an epoch in seconds. Every age that is accepted grows with it.",
    "epochs.start": "When epoch 0 began, in seconds since 1970.",
    "issuer": "Who signs your tokens, blindly: the one party that knows your account, and that sees no request.",
    "issuer.name": "Its name in the tokens.",
    "issuer.plan": "The plan of service; you hide among those who drew on the same plan that day.",
    "issuer.server": "Where tokens are drawn.",
    "issuer.tokensPerDay": "How many are drawn each issuer day: always all of them.",
    "logs": "The operator's public logs, by name and key.",
    "logs.epochs": "One entry an epoch: the only keys that anybody is offered.",
    "logs.releases": "Every release, revocation, policy and promise.",
    "operator": "Who runs the machines.",
    "operator.key": "The key that signs each epoch.",
    "operator.origin": "Its name in everything it signs.",
    "publishers": "Who vouches for releases and for this policy: not the operator alone.",
    "publishers.keys": "Their public keys.",
    "publishers.threshold": "How many of them must sign.",
    "relays": "Who passes requests on: each sees your address, and nothing of what you say. One is taken at random.",
    "relays.operator": "Who runs it. It must not be the operator of the machines.",
    "relays.server": "Where it listens.",
    "releases": "The images that may answer you.",
    "releases.minimumSecurityVersion": "The oldest that is still accepted.",
    "releases.name": "The image's name in the log.",
    "releases.role": "What it may do.",
    "type": "The kind of this document.",
    "version": "Counts up. A client never goes back to a lower one.",
    "witnesses": "Who cosigns the logs, so that nobody is shown another history than everybody else.",
    "witnesses.declaredFaults": "How many of them may collude with the log without harm.",
    "witnesses.keys": "Their names and keys.",
    "witnesses.threshold": "How many must have cosigned.",
  ]
}
