import Foundation
import HTTPMessages
import Trust

/// The epoch under way, verified: from memory, from the state's bundles, or through a relay.
struct EpochSource {
  let state: ClientState
  let exchange: any HTTPExchange
  let now: Date

  /// - Throws: `conflict-kept`, `policy-missing`, the codes of `EpochFetch`, `EpochVerifier` and `EpochMemory`.
  func current(cached: VerifiedEpoch?, timings: inout Timings) async throws(ClientError) -> VerifiedEpoch {
    try state.requireNoConflict()
    let trusted = try state.policies.current()
    let epochs = try EpochAge(schedule: trusted.policy.epochs).currentEpochs(now: now)
    if let cached, cached.trusted == trusted, cached.number == epochs[0] {
      try cached.requireCurrent(at: now)
      return cached
    }
    var refusal: ClientError?
    for number in epochs {
      let file: [UInt8]
      let start = ContinuousClock.now
      do {
        file = try await self.file(number, policy: trusted.policy)
      } catch {
        // The bundle of the epoch before is good for some minutes, and for them alone.
        if refusal == nil { refusal = error }
        continue
      }
      let fetched = ContinuousClock.now
      let epoch = try verify(file, trusted: trusted)
      timings.transport += fetched - start
      timings.verification += ContinuousClock.now - fetched
      return epoch
    }
    throw refusal ?? ClientError(ClientError.epochUnavailable, "no epoch is under way")
  }

  private func file(_ number: UInt64, policy: TrustPolicy) async throws(ClientError) -> [UInt8] {
    if let memory = try state.epochs.memory(), memory.epoch == number,
      let stored = try state.epochs.file(bundleDigest: memory.bundleDigest)
    {
      return stored
    }
    return try await EpochFetch(policy: policy, exchange: exchange).file(epoch: number)
  }

  private func verify(_ file: [UInt8], trusted: TrustedPolicy) throws(ClientError) -> VerifiedEpoch {
    var epoch = try EpochVerifier(trusted).verify(file, at: .now(now))
    if let successor = epoch.successor {
      // The newer policy decides on the bundle that carries it.
      epoch = try EpochVerifier(successor).verify(file, at: .now(now))
      try state.policies.succeed(trusted, by: successor)
    }
    _ = try epoch.tokenKey()
    try state.epochs.accept(epoch, file: file, conflicts: state.conflicts)
    return epoch
  }
}
