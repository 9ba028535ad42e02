import Foundation
import StrictJSON

/// Decides whether an entry may stand at an index. The log orders what its submitter sends and judges no more than
/// this.
public struct EntryAdmission: Sendable {
  private let rule: @Sendable (_ entry: [UInt8], _ index: UInt64) throws(LogError) -> Void

  /// - Parameter rule: throws the refusal; `index` is where the entry would stand, the tree's size so far.
  public init(_ rule: @escaping @Sendable (_ entry: [UInt8], _ index: UInt64) throws(LogError) -> Void) {
    self.rule = rule
  }

  package func admit(_ entry: [UInt8], at index: UInt64) throws(LogError) { try rule(entry, index) }

  /// Every entry: for a log of releases, whose readers verify the publishers' signatures.
  public static let everyEntry = EntryAdmission { (_, _) throws(LogError) in }

  /// DSSE envelopes whose JSON payload has a member `epoch` equal to the index.
  /// Refuses with `log-entry-malformed` and `log-epoch-index`.
  public static let indexIsEpoch = EntryAdmission { (entry, index) throws(LogError) in
    guard case .object(let envelope)? = try? JSONValue(parsing: entry), case .string(let text)? = envelope["payload"],
      let payload = Data(base64Encoded: text), case .object(let leaf)? = try? JSONValue(parsing: Array(payload)),
      case .integer(let epoch)? = leaf["epoch"]
    else { throw LogError(LogError.entryMalformed, "an epoch leaf has no JSON payload with an epoch") }
    guard epoch >= 0, UInt64(epoch) == index else {
      throw LogError(LogError.epochIndex, "the next leaf is of epoch \(index), not \(epoch)")
    }
  }
}
