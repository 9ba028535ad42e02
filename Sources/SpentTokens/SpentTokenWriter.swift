import Dispatch
import Synchronization

/// Group commit: everything that redeemers ask while one transaction is on its way to the disk goes into the next one.
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
    let continuation: CheckedContinuation<Result<Bool, SpentTokenError>, Never>
  }

  private struct Waiting {
    var redeemers: [Redeemer] = []
    var isWriting = false
  }

  private let waiting = Mutex(Waiting())
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
    let result = await withCheckedContinuation { continuation in
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
    let (isAdmitted, starts) = waiting.withLock { waiting in
      guard waiting.redeemers.count < Self.waitingLimit else { return (false, false) }
      waiting.redeemers.append(redeemer)
      let starts = !waiting.isWriting
      waiting.isWriting = true
      return (true, starts)
    }
    if starts { queue.async { self.writeNextBatch() } }
    if !isAdmitted {
      redeemer.continuation.resume(
        returning: .failure(SpentTokenError(SpentTokenError.overloaded, "too many redeemers wait for the store")))
    }
  }

  /// Writes one batch and queues the next, so that `perform` has its turn between them.
  private func writeNextBatch() {
    let batch = waiting.withLock { waiting in
      guard waiting.redeemers.count > Self.batchLimit else { return waiting.redeemers.take() }
      let batch = Array(waiting.redeemers.prefix(Self.batchLimit))
      waiting.redeemers.removeFirst(Self.batchLimit)
      return batch
    }
    write(batch)
    let isEmpty = waiting.withLock { waiting in
      waiting.isWriting = !waiting.redeemers.isEmpty
      return waiting.redeemers.isEmpty
    }
    if !isEmpty { queue.async { self.writeNextBatch() } }
  }

  private func write(_ batch: [Redeemer]) {
    let oldest = ContinuousClock.now - waitLimit
    for (issuerDay, all) in Dictionary(grouping: batch, by: \.issuerDay) {
      let redeemers = all.filter { $0.since >= oldest }
      for late in all where late.since < oldest { late.continuation.resume(returning: .failure(.tooSlow)) }
      guard !redeemers.isEmpty else { continue }
      let digests = Set(redeemers.lazy.map(\.digest)).sorted()
      do throws(SpentTokenError) {
        var new = try database.withLock { database throws(SpentTokenError) in
          try database.store(digests, issuerDay: issuerDay)
        }
        // The first of several redeemers of one token takes it.
        for redeemer in redeemers {
          redeemer.continuation.resume(returning: .success(new.remove(redeemer.digest) != nil))
        }
      } catch {
        for redeemer in redeemers { redeemer.continuation.resume(returning: .failure(error)) }
      }
    }
  }
}

extension Array {
  /// Everything in it, which leaves it empty.
  fileprivate mutating func take() -> [Element] {
    defer { self = [] }
    return self
  }
}
