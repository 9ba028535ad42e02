import ErrorCodes
public import Foundation
public import HTTPMessages
import JWTKit
import StrictJSON

/// Whom a provider's token names, after every check.
public struct VerifiedIdentity: Sendable, Equatable {
  /// The provider's issuer URL.
  public let issuer: String
  /// Unique within the issuer. Personal data: to be made a pseudonym at once, and never stored or logged.
  public let subject: String
  public let plan: String
}

/// Decides whether a bearer token is one of a configured provider's, for us, and good now (OpenID Connect Core 1.0,
/// section 3.1.3.7; RFC 7519; RFC 8725).
///
/// An access token and an ID token are treated alike. Whoever holds one can draw that account's tokens while it is good.
public struct IdentityTokenVerifier: Sendable {
  /// Seconds by which the provider's clock and ours may differ.
  public static let clockTolerance: TimeInterval = 60
  /// The longest subject, in ASCII characters (OpenID Connect Core 1.0, section 2), and the most audiences.
  static let subjectByteLimit = 255
  static let audienceLimit = 16
  /// Times beyond are no times: seconds since 1970.
  private static let timeLimit = 1e12

  private let providers: [String: (provider: IdentityProvider, cache: IdentityKeyCache)]
  private let now: @Sendable () -> Date

  /// - Parameters:
  ///   - exchange: how keys are fetched: over sockets, or in memory for tests.
  ///   - now: the clock.
  public init(
    providers: [IdentityProvider], exchange: any HTTPExchange, now: @escaping @Sendable () -> Date = { Date() }
  ) {
    let entries = providers.map { provider in
      (provider.issuer, (provider, IdentityKeyCache(provider: provider, exchange: exchange, now: now)))
    }
    self.providers = Dictionary(entries, uniquingKeysWith: { first, _ in first })
    self.now = now
  }

  /// All plans that tokens may lead to.
  public var plans: Set<String> { providers.values.reduce(into: []) { $0.formUnion($1.provider.plans) } }

  /// - Throws: `identity-token-malformed`, `identity-token-issuer`, `identity-token-algorithm`,
  ///   `identity-provider-unavailable`, `identity-token-key-unknown`, `identity-token-signature`,
  ///   `identity-token-audience`, `identity-token-expired`, `identity-token-not-yet-valid`, `identity-token-subject`,
  ///   `identity-token-plan`; the first that applies, in this order.
  public func verify(_ text: some StringProtocol) async throws(IdentityTokenError) -> VerifiedIdentity {
    let token = try UnverifiedIdentityToken(parsing: text)
    guard case .string(let issuer)? = token.claims["iss"], let (provider, cache) = providers[issuer] else {
      throw Self.error(IdentityTokenError.issuerUnknown, "issuer of the token is no configured identity provider")
    }
    try await Self.verifySignature(of: token, provider: provider, cache: cache)
    try Self.checkAudience(token.claims, provider)
    try checkTimes(token.claims)
    return VerifiedIdentity(
      issuer: issuer, subject: try Self.subject(token.claims), plan: try Self.plan(token.claims, provider: provider))
  }

  private static func verifySignature(
    of token: UnverifiedIdentityToken, provider: IdentityProvider, cache: IdentityKeyCache
  ) async throws(IdentityTokenError) {
    guard let algorithm = IdentityTokenAlgorithm(rawValue: token.algorithm), provider.algorithms.contains(algorithm)
    else { throw error(IdentityTokenError.algorithmRefused, "algorithm of the token is not allowed") }
    let keys = try await cache.keys(for: token.keyID).keys(keyID: token.keyID, algorithm: algorithm)
    guard !keys.isEmpty else {
      throw error(IdentityTokenError.keyUnknown, "token names no key of the identity provider")
    }
    guard keys.contains(where: { (try? $0.verify(token.signature, signs: token.signedBytes)) == true }) else {
      throw error(IdentityTokenError.signatureInvalid, "signature of the token does not verify")
    }
  }

  /// A token whose `aud` names others alone is for others, whatever else it says (RFC 7519, section 4.1.3).
  private static func checkAudience(
    _ claims: [String: JSONValue], _ provider: IdentityProvider
  ) throws(IdentityTokenError) {
    guard names(provider.audience, claims[provider.audienceClaim]),
      claims["aud"].map({ names(provider.audience, $0) }) ?? true
    else { throw error(IdentityTokenError.audienceMismatch, "token has another audience") }
  }

  private static func names(_ audience: String, _ claim: JSONValue?) -> Bool {
    switch claim {
    case .array(let values)?: values.count <= audienceLimit && values.contains(.string(audience))
    case let value: value == .string(audience)
    }
  }

  private func checkTimes(_ claims: [String: JSONValue]) throws(IdentityTokenError) {
    let now = now().timeIntervalSince1970
    guard let end = try Self.time("exp", of: claims), now < end + Self.clockTolerance else {
      throw Self.error(IdentityTokenError.expired, "token is no longer good, or for ever")
    }
    for name in ["nbf", "iat"] {
      guard let beginning = try Self.time(name, of: claims) else { continue }
      guard now >= beginning - Self.clockTolerance else {
        throw Self.error(IdentityTokenError.notYetValid, "token is not good yet")
      }
    }
  }

  /// A NumericDate (RFC 7519, section 2): seconds since 1970, which may have a fraction.
  private static func time(
    _ name: String, of claims: [String: JSONValue]
  ) throws(IdentityTokenError) -> TimeInterval? {
    let seconds: Double
    switch claims[name] {
    case nil: return nil
    case .integer(let value)?: seconds = Double(value)
    case .number(let value)?: seconds = value
    default: throw UnverifiedIdentityToken.malformed("a time of the claims is no number")
    }
    guard (0...timeLimit).contains(seconds) else {
      throw UnverifiedIdentityToken.malformed("a time of the claims is out of range")
    }
    return seconds
  }

  private static func subject(_ claims: [String: JSONValue]) throws(IdentityTokenError) -> String {
    guard case .string(let subject)? = claims["sub"], (1...subjectByteLimit).contains(subject.utf8.count),
      subject.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
    else {
      throw error(
        IdentityTokenError.subjectMalformed, "subject is not 1 to \(subjectByteLimit) printable ASCII characters")
    }
    return subject
  }

  /// Where the claim has several values, the first of them that maps to a plan.
  private static func plan(
    _ claims: [String: JSONValue], provider: IdentityProvider
  ) throws(IdentityTokenError) -> String {
    var values: [JSONValue] = []
    switch provider.planClaim.flatMap({ claims[$0] }) {
    case .array(let list)?: values = list
    case let value?: values = [value]
    case nil: break
    }
    for case .string(let value) in values {
      if let plan = provider.plansByClaimValue[value] { return plan }
    }
    guard let plan = provider.defaultPlan else {
      throw error(IdentityTokenError.planUnknown, "token leads to no plan")
    }
    return plan
  }

  private static func error(_ code: ErrorCode, _ message: String) -> IdentityTokenError {
    IdentityTokenError(code, message)
  }
}
