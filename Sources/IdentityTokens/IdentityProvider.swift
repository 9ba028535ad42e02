import Foundation
import StrictJSON

/// One OpenID Connect provider whose bearer tokens open accounts, as the operator configures it:
///
/// - `issuer` (string): the provider's issuer URL, exactly as its tokens write it in `iss`.
/// - `audience` (string): what `aud` must contain.
/// - `audienceClaim` (string, optional, default: aud): the claim that must contain `audience` in tokens without `aud`,
///   such as `client_id`. Where there is an `aud`, that must contain it too.
/// - `keySet` (string, optional): URL of the JWK set; without it the discovery document names it.
/// - `algorithms` (strings, optional, default: RS256, ES256): allowed values of `alg`.
/// - `planClaim` (string, optional): the claim, a string or a list of strings, that chooses the plan.
/// - `plans` (object, optional): values of that claim and the plan that each stands for.
/// - `defaultPlan` (string, optional): the plan of everyone else; without it they are refused.
///
/// Whoever controls the provider, or the connection to a URL that is not https, opens accounts at will, and still learns
/// nothing about who spends which token.
public struct IdentityProvider: Sendable {
  /// The largest file of providers, in bytes, and the most providers in it.
  public static let byteLimit = 64 << 10
  public static let providerLimit = 8
  /// The longest URL, audience or claim, in bytes, and the most values that map to plans.
  static let textByteLimit = 512
  static let planMappingLimit = 64

  public let issuer: String
  public let audience: String
  /// Where tokens say whom they are for.
  public let audienceClaim: String
  public let algorithms: Set<IdentityTokenAlgorithm>
  public let planClaim: String?
  public let plansByClaimValue: [String: String]
  public let defaultPlan: String?
  let keySet: ProviderURL?
  let discovery: ProviderURL

  /// - Throws: `identity-configuration-invalid` for a URL that is neither https nor plain HTTP to loopback, an empty or
  ///   long text, no algorithm, or no way to a plan.
  public init(
    issuer: String, audience: String, audienceClaim: String = "aud", keySet: String? = nil,
    algorithms: Set<IdentityTokenAlgorithm> = [.rs256, .es256],
    planClaim: String? = nil, plansByClaimValue: [String: String] = [:], defaultPlan: String? = nil
  ) throws(IdentityTokenError) {
    guard let issuerURL = ProviderURL(issuer) else { throw Self.invalid("issuer is no https URL without a query") }
    self.discovery = issuerURL.appending("/.well-known/openid-configuration")
    self.keySet = try keySet.map { text throws(IdentityTokenError) in
      guard let url = ProviderURL(text, allowsQuery: true) else { throw Self.invalid("keySet is no https URL") }
      return url
    }
    guard (1...Self.textByteLimit).contains(audience.utf8.count) else {
      throw Self.invalid("audience has \(audience.utf8.count) bytes, expected 1 to \(Self.textByteLimit)")
    }
    guard (1...Self.textByteLimit).contains(audienceClaim.utf8.count) else {
      throw Self.invalid("audienceClaim has \(audienceClaim.utf8.count) bytes, expected 1 to \(Self.textByteLimit)")
    }
    guard !algorithms.isEmpty else { throw Self.invalid("no algorithm is allowed") }
    guard defaultPlan != nil || (planClaim != nil && !plansByClaimValue.isEmpty) else {
      throw Self.invalid("neither a default plan nor a claim leads to a plan")
    }
    guard (planClaim == nil) == plansByClaimValue.isEmpty, plansByClaimValue.count <= Self.planMappingLimit else {
      throw Self.invalid("planClaim and plans belong together, with at most \(Self.planMappingLimit) plans")
    }
    self.issuer = issuer
    self.audience = audience
    self.audienceClaim = audienceClaim
    self.algorithms = algorithms
    self.planClaim = planClaim
    self.plansByClaimValue = plansByClaimValue
    self.defaultPlan = defaultPlan
  }

  /// All plans that a token of this provider may lead to.
  public var plans: Set<String> { Set(plansByClaimValue.values).union(defaultPlan.map { [$0] } ?? []) }

  /// Reads the operator's file: an array of providers, each issuer once.
  ///
  /// - Throws: `identity-configuration-invalid`.
  public static func list(decoding bytes: [UInt8]) throws(IdentityTokenError) -> [IdentityProvider] {
    let values: [JSONValue]
    do throws(JSONError) {
      guard case .array(let elements) = try JSONValue(parsing: bytes, byteLimit: byteLimit) else {
        throw JSONError(JSONError.wrongType, "identity providers are not an array")
      }
      values = elements
    } catch {
      throw invalid(error.message)
    }
    guard (1...providerLimit).contains(values.count) else {
      throw invalid("\(values.count) identity providers, expected 1 to \(providerLimit)")
    }
    var providers: [IdentityProvider] = []
    for value in values { providers.append(try IdentityProvider(value)) }
    guard Set(providers.map(\.issuer)).count == providers.count else { throw invalid("an issuer stands twice") }
    return providers
  }

  private init(_ value: JSONValue) throws(IdentityTokenError) {
    var members: Members
    do { members = try Members(value) } catch { throw Self.invalid(error.message) }
    var algorithms: Set<IdentityTokenAlgorithm> = []
    for name in members.algorithms {
      guard let algorithm = IdentityTokenAlgorithm(rawValue: name) else {
        throw Self.invalid("algorithms name one that is not supported")
      }
      algorithms.insert(algorithm)
    }
    try self.init(
      issuer: members.issuer, audience: members.audience, audienceClaim: members.audienceClaim,
      keySet: members.keySet, algorithms: algorithms, planClaim: members.planClaim, plansByClaimValue: members.plans,
      defaultPlan: members.defaultPlan)
  }

  private struct Members {
    let issuer: String
    let audience: String
    let audienceClaim: String
    let keySet: String?
    let algorithms: [String]
    let planClaim: String?
    var plans: [String: String] = [:]
    let defaultPlan: String?

    init(_ value: JSONValue) throws(JSONError) {
      var object = try JSONObject(value, name: "identity provider")
      func has(_ name: String) -> Bool { object.remainingNames.contains(name) }
      issuer = try object.string("issuer")
      audience = try object.string("audience")
      audienceClaim = has("audienceClaim") ? try object.string("audienceClaim") : "aud"
      keySet = has("keySet") ? try object.string("keySet") : nil
      algorithms =
        has("algorithms")
        ? try object.strings("algorithms")
        : [IdentityTokenAlgorithm.rs256.rawValue, IdentityTokenAlgorithm.es256.rawValue]
      planClaim = has("planClaim") ? try object.string("planClaim") : nil
      defaultPlan = has("defaultPlan") ? try object.string("defaultPlan") : nil
      if has("plans") {
        var entries = try object.object("plans")
        for name in entries.remainingNames {
          guard case .string(let plan)? = entries.takeEntry(name) else {
            throw JSONError(JSONError.wrongType, "plans of identity provider are not strings")
          }
          plans[name] = plan
        }
      }
      try object.finish()
    }
  }

  static func invalid(_ message: String) -> IdentityTokenError {
    IdentityTokenError(IdentityTokenError.configurationInvalid, message)
  }
}
