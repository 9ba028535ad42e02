import ErrorCodes
import FakeIdentityProvider
import Foundation
import IdentityTokens
import StrictJSON
import Synchronization

/// One provider, its verifier, and a clock that the test sets.
struct VerifierFixture {
  final class Clock: Sendable {
    private let time = Mutex(Date(timeIntervalSince1970: 1_800_000_000))

    var now: Date { time.withLock { $0 } }

    func advance(_ seconds: TimeInterval) { time.withLock { $0 += seconds } }
  }

  let provider = FakeIdentityProvider()
  let clock = Clock()
  let verifier: IdentityTokenVerifier

  init(
    keySet: String? = FakeIdentityProvider.server + FakeIdentityProvider.keySetPath,
    algorithms: Set<IdentityTokenAlgorithm> = [.rs256, .es256],
    audienceClaim: String = "aud", planClaim: String? = nil, plans: [String: String] = [:],
    defaultPlan: String? = "standard"
  ) throws {
    let configuration = try IdentityProvider(
      issuer: FakeIdentityProvider.issuer, audience: FakeIdentityProvider.audience,
      audienceClaim: audienceClaim, keySet: keySet, algorithms: algorithms, planClaim: planClaim,
      plansByClaimValue: plans, defaultPlan: defaultPlan)
    let clock = clock
    verifier = IdentityTokenVerifier(providers: [configuration], exchange: provider) { clock.now }
  }

  /// The claims of an ordinary token of now.
  var claims: [String: JSONValue] { FakeIdentityProvider.claims(at: clock.now) }

  /// The code of the refusal; nil where the token is accepted.
  func refusal(_ token: String) async -> ErrorCode? {
    do throws(IdentityTokenError) {
      _ = try await verifier.verify(token)
      return nil
    } catch {
      return error.code
    }
  }
}
