import HTTPMessages
import Trust

/// Fetches an epoch's file through a relay: the same request from everybody, without any header field of its own.
struct EpochFetch {
  let policy: TrustPolicy
  let exchange: any HTTPExchange

  static let byteLimit = EpochFile.byteLimit

  /// - Throws: `epoch-unavailable`, and the codes of `HTTPMessages`.
  func file(epoch: UInt64) async throws(ClientError) -> [UInt8] {
    var refusal = ClientError(ClientError.epochUnavailable, "policy names no relay")
    for relay in policy.relays.shuffled() {
      let answer: WholeResponse
      do {
        answer = try await exchange.send(
          WholeRequest(method: "GET", path: "/to/\(policy.operatorOrigin)/epoch/\(epoch)"), to: relay.server,
          bodyLimit: Self.byteLimit)
      } catch {
        refusal = ClientError(error, at: relay)
        continue
      }
      if answer.status == 200 { return answer.body }
      refusal = ClientError(
        ClientError.epochUnavailable, "epoch \(epoch): relay \(relay.server) answered with status \(answer.status)")
    }
    throw refusal
  }
}

extension ClientError {
  /// What failed on the way to a relay or back. The relay is named as the policy has it, so that the person sees which
  /// one cannot be reached.
  init(_ error: HTTPExchangeError, at relay: TrustPolicy.Relay) {
    self.init(error.code, "relay \(relay.server): \(error.message)")
  }
}
