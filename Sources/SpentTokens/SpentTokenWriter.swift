import Dispatch
import Synchronization

/// Group commit: everything that redeemers ask while one transaction is on its way to the disk goes into the next one.
///
/// A transaction costs much the same for one token as for many, and redeemers of a busy gateway ask again soon. So the
/// next one waits, no longer than the last one took, until half of those are there who asked lately, and takes no more
/// of them: then one half is being written while the other half is being verified. Where the disk is so slow that all of
/// them are back within a fraction of one transaction, it waits for all: one transaction beats two. Whoever asks alone
/// does not wait.
///
/// The database is used on a dispatch queue of its own, one call at a time, so that its blocking calls hold no thread
/// of Swift's pool. A block is on that queue only while somebody waits; nothing is left behind.
package final class SpentTokenWriter<Database: SpentTokenDatabase>: Sendable {
  /// The most tokens in one transaction.
  package static var batchLimit: Int { 1_024 }
  /// The most redeemers that wait; a gateway holds fewer requests than that.
  package static var waitingLimit: Int { 16_384 }

  private struct Redeemer: Sendable {
    let digest: TokenDigest
    let issuerDay: UInt64
    let since: ContinuousClock.Instant
    /// Unsafe, and so free of reference counts in the hot path: resumed once, where a redeemer leaves `waiting`, or
    /// at once by `admit`, which did not put it there.
    let continuation: UnsafeContinuation<Result<Bool, SpentTokenError>, Never>

    /// By issuer day, then by digest, then by arrival.
    static func areInOrder(_ left: Redeemer, _ right: Redeemer) -> Bool {
      if left.issuerDay != right.issuerDay { return left.issuerDay < right.issuerDay }
      return left.digest != right.digest ? left.digest < right.digest : left.since < right.since
    }
  }

  /// The longest wait for redeemers to come back.
  private static var returnLimit: Duration { .milliseconds(5) }

  private struct Waiting {
    var redeemers: [Redeemer] = []
    var isWriting = false
    /// How many are being written, or were answered and may come back.
    var absentCount = 0
    /// The most redeemers of the next batch.
    var batchCount = SpentTokenWriter.batchLimit
    /// At how many redeemers the writer is to be woken; nil while it does not wait.
    var wantedCount: Int?
  }

  /// What a redeemer's arrival asks for.
  private enum Admission { case refused, waits, startsWriter, wakesWriter }

  private let waiting = Mutex(Waiting())
  /// Signalled once for each time that `wantedCount` was reached.
  private let areWantedThere = DispatchSemaphore(value: 0)
  private let database: Mutex<Database>
  private let queue: DispatchQueue
  private let waitLimit: Duration

  /// - Parameter waitLimit: a redeemer that waited so long while others were written is refused without a try.
  package init(_ database: consuming sending Database, label: String, waitLimit: Duration) {
    self.database = Mutex(database)
    self.waitLimit = waitLimit
    queue = DispatchQueue(label: label)
  }

  package func spend(tokenDigest: [UInt8], issuerDay: UInt64) async throws(SpentTokenError) -> Bool {
    let digest = TokenDigest(tokenDigest)
    let result = await withUnsafeContinuation { continuation in
      let redeemer = Redeemer(
        digest: digest, issuerDay: issuerDay, since: ContinuousClock.now, continuation: continuation)
      admit(redeemer)
    }
    return try result.get()
  }

  /// Runs `body` between two transactions.
  package func perform<Value: Sendable>(
    _ body: @escaping @Sendable (inout Database) throws(SpentTokenError) -> Value
  ) async throws(SpentTokenError) -> Value {
    let result: Result<Value, SpentTokenError> = await withCheckedContinuation { continuation in
      queue.async {
        let result = self.database.withLock { database -> Result<Value, SpentTokenError> in
          do throws(SpentTokenError) { return .success(try body(&database)) } catch { return .failure(error) }
        }
        continuation.resume(returning: result)
      }
    }
    return try result.get()
  }

  private func admit(_ redeemer: Redeemer) {
    let admission = waiting.withLock { waiting -> Admission in
      guard waiting.redeemers.count < Self.waitingLimit else { return .refused }
      waiting.redeemers.append(redeemer)
      waiting.absentCount = max(0, waiting.absentCount - 1)
      guard waiting.isWriting else {
        waiting.isWriting = true
        return .startsWriter
      }
      guard let wanted = waiting.wantedCount, waiting.redeemers.count >= wanted else { return .waits }
      waiting.wantedCount = nil
      return .wakesWriter
    }
    switch admission {
    case .waits: break
    case .startsWriter: queue.async { self.writeNextBatch() }
    case .wakesWriter: areWantedThere.signal()
    case .refused:
      redeemer.continuation.resume(
        returning: .failure(SpentTokenError(SpentTokenError.overloaded, "too many redeemers wait for the store")))
    }
  }

  /// Writes one batch and queues the next, so that `perform` has its turn between them.
  private func writeNextBatch() {
    let batch = waiting.withLock { waiting in
      let batch = waiting.redeemers.takeFirst(waiting.batchCount)
      waiting.absentCount += batch.count
      return batch
    }
    let start = ContinuousClock.now
    write(batch)
    let batchCount = waitForReturning(from: batch, writtenIn: min(ContinuousClock.now - start, Self.returnLimit))
    let isEmpty = waiting.withLock { waiting in
      waiting.batchCount = batchCount
      waiting.isWriting = !waiting.redeemers.isEmpty
      return waiting.redeemers.isEmpty
    }
    if !isEmpty { queue.async { self.writeNextBatch() } }
  }

  /// Waits for redeemers that were answered, those of `batch` and earlier ones.
  ///
  /// - Parameter batch: in the order of arrival.
  /// - Returns: how many the next batch is to have at most.
  private func waitForReturning(from batch: [Redeemer], writtenIn duration: Duration) -> Int {
    let (waitingCount, absentCount) = waiting.withLock { ($0.redeemers.count, $0.absentCount) }
    let count = min(waitingCount + absentCount, Self.batchLimit)
    guard count > 1, let first = batch.first, let last = batch.last else { return Self.batchLimit }
    let expected = (last.since - first.since) * (Double(absentCount) / Double(batch.count))
    if expected < duration / 4, wait(for: count, atMost: duration / 2) { return Self.batchLimit }
    let half = (count + 1) / 2
    if wait(for: half, atMost: duration) { return half }
    // They do not come back, or not soon.
    waiting.withLock { $0.absentCount /= 2 }
    return Self.batchLimit
  }

  /// - Returns: whether so many redeemers wait.
  private func wait(for count: Int, atMost limit: Duration) -> Bool {
    let isReached = waiting.withLock { waiting in
      guard waiting.redeemers.count < count else { return true }
      waiting.wantedCount = count
      return false
    }
    if isReached { return true }
    let deadline = DispatchTime.now() + .nanoseconds(Int(limit / .nanoseconds(1)))
    guard areWantedThere.wait(timeout: deadline) == .timedOut else { return true }
    let wasReached = waiting.withLock { waiting in
      defer { waiting.wantedCount = nil }
      return waiting.wantedCount == nil
    }
    // Reached after the time was up: its signal is not left for the next wait.
    if wasReached { areWantedThere.wait() }
    return wasReached
  }

  private func write(_ batch: [Redeemer]) {
    let oldest = ContinuousClock.now - waitLimit
    var redeemers: [Redeemer] = []
    redeemers.reserveCapacity(batch.count)
    for redeemer in batch {
      if redeemer.since >= oldest {
        redeemers.append(redeemer)
      } else {
        redeemer.continuation.resume(returning: .failure(.tooSlow))
      }
    }
    redeemers.sort(by: Redeemer.areInOrder)
    var rest = redeemers[...]
    while let issuerDay = rest.first?.issuerDay {
      let redeemersOfDay = rest.prefix { $0.issuerDay == issuerDay }
      rest = rest[redeemersOfDay.endIndex...]
      write(redeemersOfDay, issuerDay: issuerDay)
    }
  }

  /// - Parameter redeemers: sorted, of one issuer day.
  private func write(_ redeemers: ArraySlice<Redeemer>, issuerDay: UInt64) {
    var digests: [TokenDigest] = []
    digests.reserveCapacity(redeemers.count)
    for redeemer in redeemers where redeemer.digest != digests.last { digests.append(redeemer.digest) }
    do throws(SpentTokenError) {
      let areNew = try database.withLock { database throws(SpentTokenError) in
        try database.store(digests, issuerDay: issuerDay)
      }
      var index = digests.startIndex
      var isFirst = true
      for redeemer in redeemers {
        if redeemer.digest != digests[index] { (index, isFirst) = (index + 1, true) }
        // The first of several redeemers of one token takes it.
        redeemer.continuation.resume(returning: .success(isFirst && areNew[index]))
        isFirst = false
      }
    } catch {
      for redeemer in redeemers { redeemer.continuation.resume(returning: .failure(error)) }
    }
  }
}

extension Array {
  /// The first elements, at most `limit` of them, which leave it.
  fileprivate mutating func takeFirst(_ limit: Int) -> [Element] {
    guard count > limit else {
      defer { self = [] }
      return self
    }
    defer { removeFirst(limit) }
    return Array(prefix(limit))
  }
}
