import ErrorCodes
public import Trust
import WireFormat

/// The receipts of past requests, one file each, named by their random identifiers.
public struct ReceiptStore: Sendable {
  let folder: StateFolder
  /// What tells a receipt's day, and what repeats its checks.
  let policies: PolicyStore
  let epochs: EpochStore

  static let suffix = ".json"

  /// 128 random bits, hexadecimal.
  static func newIdentifier() -> String {
    (0..<16).map { _ in UInt8.random(in: 0...255) }.hexadecimal
  }

  /// Under the lock, so that a purge sees which bundles are referred to.
  func keep(_ receipt: Receipt) throws(ClientError) {
    try folder.withLock { () throws(ClientError) in
      try folder.write(Self.fileName(receipt.identifier), Self.encoded(receipt))
    }
  }

  /// As `keep`, but only the end of the process is sure to leave the receipt; `settle` makes it outlast a loss of power.
  func put(_ receipt: Receipt) throws(ClientError) {
    try folder.withLock { () throws(ClientError) in
      try folder.put(Self.fileName(receipt.identifier), Self.encoded(receipt))
    }
  }

  func settle(_ identifier: String) throws(ClientError) { try folder.settle(Self.fileName(identifier)) }

  private static func fileName(_ identifier: String) -> String { identifier + suffix }

  private static func encoded(_ receipt: Receipt) -> [UInt8] { Array((receipt.json.indentedText + "\n").utf8) }

  /// Writes into a receipt that its last attempt brought no whole answer, and why, where the person has not removed it
  /// meanwhile. The request fails by the same code, so that a receipt which cannot be written anew stays as it is.
  func note(_ failure: ErrorCode, in receipt: Receipt) async {
    guard let last = receipt.hops.indices.last else { return }
    var receipt = receipt
    receipt.hops[last].failure = receipt.hops[last].failure ?? failure
    let (name, bytes) = (Self.fileName(receipt.identifier), Self.encoded(receipt))
    _ = await DiskWork.run { () throws(ClientError) in
      try folder.withLock { () throws(ClientError) in
        if try folder.read(name) != nil { try folder.write(name, bytes) }
      }
    }
  }

  /// Takes back the receipt of a request that never left.
  func discard(_ identifier: String) throws(ClientError) { try folder.erase(Self.fileName(identifier)) }

  /// Newest epoch first, without those that cannot be read or are of another version.
  /// - Throws: `state-unusable`, where the folder cannot be read.
  public func all() throws(ClientError) -> [Receipt] { try listing().receipts }

  /// The same, and what lies there beside them.
  /// - Throws: `state-unusable`, where the folder cannot be read.
  public func listing() throws(ClientError) -> ReceiptListing {
    var listing = ReceiptListing()
    for name in try folder.names() where name.hasSuffix(Self.suffix) {
      do throws(ClientError) {
        // Empty: the power failed as its request left, before anything of an answer was shown.
        guard let bytes = try folder.read(name), !bytes.isEmpty else { continue }
        listing.receipts.append(try coded { try Receipt(parsing: bytes) })
      } catch {
        if error.code == TrustError.receiptVersion {
          listing.otherVersionCount += 1
        } else {
          let identifier = String(name.dropLast(Self.suffix.count))
          listing.unreadable.append(.init(identifier: identifier, code: error.code))
        }
      }
    }
    listing.receipts.sort { ($0.epoch, $0.identifier) > ($1.epoch, $1.identifier) }
    return listing
  }

  /// - Parameter identifier: the whole identifier, or the beginning of only one.
  /// - Throws: `receipt-unknown`, `receipt-version`, `trust-malformed`, `state-unusable`.
  public func receipt(_ identifier: String) throws(ClientError) -> Receipt {
    let matches = try folder.names().filter { $0.hasSuffix(Self.suffix) && $0.hasPrefix(identifier) }
    guard matches.count == 1, !identifier.isEmpty, let bytes = try folder.read(matches[0]), !bytes.isEmpty else {
      throw ClientError(ClientError.receiptUnknown, "\(matches.count) receipts have this identifier, expected 1")
    }
    return try coded { try Receipt(parsing: bytes) }
  }

  /// Where a receipt lies.
  public func path(_ identifier: String) -> String { folder.path + "/" + identifier + Self.suffix }
}
