import CloisterClient
import ErrorCodes
import Foundation
import StrictJSON
import Trust
import WireFormat

// What past requests left, for the page. None of it is content.
extension PageModel {
  func listReceipts() throws(EndpointError) -> JSONValue {
    try requireOn()
    let listing = try fromClient { () throws(ClientError) in try state.receipts.listing() }
    return [
      "receipts": .array(listing.receipts.map { $0.pageListing(beginning: state.beginning(of: $0)) }),
      "unreadable": .array(listing.unreadable.map(\.json)),
      "otherVersions": .integer(Int64(listing.otherVersionCount)),
    ]
  }

  /// The file that `cloister receipts export` writes: rounded to days, without what names a request.
  func exportReceipts() throws(EndpointError) -> JSONValue {
    try requireOn()
    return try fromClient { () throws(ClientError) in RoundedReceipt.export(try state.receipts.rounded().receipts) }
  }

  func purgeReceipts(_ body: PurgeBody) throws(EndpointError) -> JSONValue {
    try requireOn()
    let purge = try fromClient { () throws(ClientError) in try state.receipts.purge() }
    return ["purged": .integer(Int64(purge.receiptCount))]
  }

  private func receipt(_ identifier: String) throws(EndpointError) -> Receipt {
    try requireOn()
    return try fromClient { () throws(ClientError) in try state.receipts.receipt(identifier) }
  }

  /// One receipt told step by step, with the ages of its proofs, which are verified again for it.
  func showReceipt(_ identifier: String) throws(EndpointError) -> JSONValue {
    let receipt = try receipt(identifier)
    var members = receipt.pageMembers
    members["path"] = .string(state.receipts.path(receipt.identifier))
    do throws(ClientError) {
      let ages = try state.proofAges(of: receipt)
      members["ages"] = .array(ages.map { $0.pageJSON(receipt) })
      members["agesFailure"] = .null
    } catch {
      members["ages"] = []
      members["agesFailure"] = PageRefusal(error).json
    }
    return .object(members)
  }

  /// Repeats every check, offline.
  func verifyReceipt(_ identifier: String) throws(EndpointError) -> JSONValue {
    let receipt = try receipt(identifier)
    try fromClient { () throws(ClientError) in try state.receipts.verify(receipt) }
    return ["checks": .integer(Int64(receipt.checkCount))]
  }
}

extension Receipt {
  fileprivate var checkCount: Int {
    allHops.reduce(0) { sum, hop in sum + hop.verified.count + hop.accelerators.reduce(0) { $0 + $1.verified.count } }
  }

  /// - Parameter beginning: of the epoch: the finest time that a receipt knows.
  fileprivate func pageListing(beginning: Date?) -> JSONValue {
    [
      "id": .string(identifier), "taskTitle": .string(PageTask.title(task)), "operator": .string(operatorOrigin),
      "hour": .string(beginning.map { "In the hour from \(PageTime.text($0))" } ?? "In epoch \(epoch)"),
      "checks": .integer(Int64(checkCount)), "simulated": .boolean(isSimulated),
      "failure": failureWords.map { .string($0) } ?? .null,
    ]
  }

  fileprivate var pageMembers: [String: JSONValue] {
    [
      "id": .string(identifier), "taskTitle": .string(PageTask.title(task)), "simulated": .boolean(isSimulated),
      "sentences": .array(ReceiptNarrative(self).sentences.map { .string($0) }),
      "hops": .array(
        hops.enumerated().flatMap { index, hop in
          let order = index == 0 ? "the first machine" : "the second machine, since the first did not answer"
          return [hop.pageJSON(order, isSimulated: isSimulated)]
            + hop.called.map { $0.pageJSON("the \($0.role) machine that it called", isSimulated: isSimulated) }
        }),
      "parties": .array(PartySights(self).rows.map(\.json)),
      "agesCaption": "When this epoch’s keys were published. A receipt knows no finer time.",
    ]
  }
}

extension Receipt.Hop {
  fileprivate func pageJSON(_ order: String, isSimulated: Bool) -> JSONValue {
    [
      "order": .string(order),
      "node": .string(node.hexadecimal), "release": .string(release), "version": .string(releaseVersion),
      "platform": .string(CheckSteps.platformName(platform)),
      "steps": .array(CheckSteps(self, isSimulated: isSimulated).steps.map(\.json)),
      "skipped": .array(
        (skipped + accelerators.flatMap(\.skipped)).map {
          ["name": .string($0), "words": .string(CheckWords.of($0))]
        }),
      "relaxations": .array((relaxations + accelerators.flatMap(\.relaxations)).map { .string($0) }),
      "weaknesses": .array(weaknesses.map { .string($0) }),
    ]
  }
}

extension ProofAge {
  fileprivate func pageJSON(_ receipt: Receipt) -> JSONValue {
    [
      "proof": .string(title(receipt)), "made": .string(PageTime.text(made)),
      "age": .string(PageTime.duration(age)), "allowed": .string("at most \(PageTime.duration(allowedAge))"),
    ]
  }

  private func title(_ receipt: Receipt) -> String {
    func machine(_ hop: Int) -> String { receipt.allHops.count == 1 ? "" : " of machine \(hop + 1)" }
    return switch proof {
    case .epochNote: "Witnesses’ signatures on the hour’s keys"
    case .releaseLogHead: "Witnesses’ signatures on the list of releases"
    case .evidenceNote(let hop): "Note inside the hardware report\(machine(hop))"
    case .release(let hop): "Publishers’ entry of the software\(machine(hop))"
    case .revocations(let publisher): "Publisher \(publisher + 1)’s list of what is withdrawn"
    }
  }
}

/// Times and durations in words.
enum PageTime {
  /// `2026-06-10 07:42 UTC`
  static func text(_ date: Date) -> String {
    let minutes = date.formatted(
      .iso8601.year().month().day().dateTimeSeparator(.space).time(includingFractionalSeconds: false))
    return "\(minutes.prefix(16)) UTC"
  }

  static func duration(_ seconds: TimeInterval) -> String {
    let whole = Int(exactly: seconds.rounded()) ?? 0
    let (count, unit) =
      switch whole {
      case ..<90: (whole, "second")
      case ..<5_400: ((whole + 30) / 60, "minute")
      case ..<129_600: ((whole + 1_800) / 3_600, "hour")
      default: ((whole + 43_200) / 86_400, "day")
      }
    return "\(count) \(unit)\(count == 1 ? "" : "s")"
  }
}
