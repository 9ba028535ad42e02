import StrictJSON
import Trust

/// What each party could see of one request: the README's table, with this request's own values.
struct PartySights {
  struct Row {
    let party: String
    let runBy: String
    let sees: String
    let neverSees: String

    var json: JSONValue {
      [
        "party": .string(party), "runBy": .string("run by \(runBy)"), "sees": .string(sees),
        "neverSees": .string(neverSees),
      ]
    }
  }

  let rows: [Row]

  init(_ receipt: Receipt) {
    let size = "\(receipt.requestClass / 1024) KiB"
    let origin = receipt.operatorOrigin
    rows = [
      Row(party: "This device", runBy: "you", sees: "everything of its own", neverSees: "–"),
      Row(
        party: "Issuer", runBy: origin, sees: "which account draws tokens, when, from which address",
        neverSees: "the finished token, this or any request"),
      Row(
        party: "Relay", runBy: receipt.relay, sees: "your address, the time, and that the request is one of \(size)",
        neverSees: "token, task, content"),
      Row(
        party: "Gateway", runBy: origin, sees: "a token that names nobody, which machine, \(size), the time",
        neverSees: "your address, account, content"),
      Row(
        party: "Machine",
        runBy:
          "\(origin), \(receipt.isSimulated ? "SIMULATED: it can look inside" : "inside hardware that keeps it out")",
        sees: "the content, while it answers", neverSees: "your address, account"),
      Row(
        party: "Engine", runBy: "the machine", sees: "the content of the request it works on",
        neverSees: "keys, everything else"),
      Row(
        party: "Log and witnesses", runBy: "\(origin); others", sees: "software and keys that everybody may see",
        neverSees: "anything about you"),
    ]
  }
}
