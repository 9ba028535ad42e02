import ErrorCodes
public import Trust
import WireFormat

/// What a purge removed.
public struct ReceiptPurge: Sendable, Equatable {
  public let receiptCount: Int
  /// Epoch files that no receipt refers to any more.
  public let bundleCount: Int
  /// Receipts that stayed because nobody can tell their day: their policy is gone, or they are damaged or of another
  /// version.
  public let undatedCount: Int
}

extension ReceiptStore {
  /// The day on which a receipt's epoch began, by its policy's schedule; nil where that policy is not in the state.
  /// - Throws: `state-unusable`.
  public func day(of receipt: Receipt) throws(ClientError) -> CalendarDay? {
    do {
      let schedule = try policies.policy(digest: receipt.policyDigest).policy.epochs
      return CalendarDay(of: schedule.beginning(of: receipt.epoch))
    } catch {
      guard error.code == ClientError.stateUnusable else { return nil }
      throw error
    }
  }

  /// The receipts of a period, rounded to their days, oldest day first; and how many have none.
  /// - Throws: `state-unusable`.
  public func rounded(
    _ period: DayRange = .all
  ) throws(ClientError) -> (receipts: [RoundedReceipt], undatedCount: Int) {
    let (dated, undatedCount) = try dated(period)
    return (dated.map { RoundedReceipt($0, day: $1) }, undatedCount)
  }

  private func dated(
    _ period: DayRange
  ) throws(ClientError) -> (receipts: [(Receipt, CalendarDay)], undatedCount: Int) {
    var receipts: [(Receipt, CalendarDay)] = []
    let listing = try listing()
    var undatedCount = listing.unreadable.count + listing.otherVersionCount
    for receipt in listing.receipts {
      guard let day = try day(of: receipt) else {
        undatedCount += 1
        continue
      }
      if period.contains(day) { receipts.append((receipt, day)) }
    }
    return (receipts.sorted { $0.1 < $1.1 }, undatedCount)
  }

  /// The person's report of a period.
  ///
  /// - Parameter repeatingChecks: whether every check behind each receipt is repeated, offline: some milliseconds each.
  /// - Throws: `state-unusable`.
  public func report(
    _ period: DayRange = .all, repeatingChecks: Bool = true
  ) throws(ClientError) -> ReceiptReport {
    let (dated, undatedCount) = try dated(period)
    var repetition: ReceiptReport.Repetition? = repeatingChecks ? .init() : nil
    if repeatingChecks {
      for (receipt, _) in dated {
        do throws(ClientError) {
          try verify(receipt)
          repetition?.verifiedCount += 1
        } catch {
          repetition?.refusals[error.code, default: 0] += 1
        }
      }
    }
    return ReceiptReport(
      dated.map { RoundedReceipt($0, day: $1) }, period: period, undatedCount: undatedCount, repetition: repetition)
  }

  /// Repeats every check behind a receipt, offline, from what the state keeps.
  /// - Throws: `receipt-bundle-missing`, `receipt-policy-missing`, `receipt-mismatch`, and the code of any check.
  public func verify(_ receipt: Receipt) throws(ClientError) {
    let trusted = try policies.policy(digest: receipt.policyDigest)
    guard let file = try epochs.file(bundleDigest: receipt.bundleDigest) else {
      throw ClientError(ClientError.receiptBundleMissing, "bundle of the receipt is not in the state")
    }
    try ReceiptVerifier(trusted).verify(receipt, file: file)
  }

  /// Removes receipts for good, and every stored epoch file that no receipt and no memory of the log refers to any more.
  ///
  /// - Parameter day: the first day that stays; nil removes all, damaged ones among them.
  /// - Throws: `state-damaged`, `state-unusable`.
  public func purge(before day: CalendarDay? = nil) throws(ClientError) -> ReceiptPurge {
    try folder.withLock { () throws(ClientError) in
      if day == nil { try folder.eraseTemporaries() }
      var (receiptCount, undatedCount) = (0, 0)
      var references: Set<[UInt8]> = []
      var isEveryReferenceKnown = true
      for name in try folder.names() where name.hasSuffix(Self.suffix) {
        // A file that the disk does not give counts as damaged: it keeps no other one from being removed.
        let receipt = (try? folder.read(name)).flatMap { try? Receipt(parsing: $0) }
        if try isPurged(receipt, before: day) {
          try folder.erase(name)
          receiptCount += 1
          continue
        }
        if let receipt { references.insert(receipt.bundleDigest) } else { isEveryReferenceKnown = false }
        if try receipt.map({ (receipt) throws(ClientError) in try self.day(of: receipt) == nil }) ?? true {
          undatedCount += 1
        }
      }
      let bundleCount = isEveryReferenceKnown ? try epochs.eraseFiles(except: references) : 0
      return ReceiptPurge(receiptCount: receiptCount, bundleCount: bundleCount, undatedCount: undatedCount)
    }
  }

  private func isPurged(_ receipt: Receipt?, before day: CalendarDay?) throws(ClientError) -> Bool {
    guard let day else { return true }
    guard let receipt, let own = try self.day(of: receipt) else { return false }
    return own < day
  }
}
