import ErrorCodes
public import HTTPMessages
import IdentityTokens
public import PartyHosting
import PrivacyPass
import StrictJSON

/// The issuer over HTTP.
///
/// - `GET /.well-known/private-token-issuer-directory` (RFC 9578, section 4): for strangers; behind `/plans/<name>`
///   with the keys of that plan alone.
/// - `POST /token-request`: a token request, or a batch of them, as the media type says, with
///   `Authorization: Bearer <account key, or token of an identity provider>`.
/// - `GET /keys/<issuer day>`: the day's keys, for the gateway to put into its bundle.
/// - `GET /health`.
extension IssuerService: WholeMessageParty {
  public static let requestPath = "/token-request"
  private static let keysPath = "/keys/"
  private static let plansPath = "/plans/"
  private static let healthPath = "/health"

  public nonisolated var name: String { "issuer" }

  public nonisolated func requestBodyLimit(method: String, path: String) -> Int? {
    switch path {
    case Self.requestPath: max(TokenRequest.byteCount, BatchedTokenRequest.byteLimit)
    case IssuerDirectory.path, Self.healthPath: 0
    default: Self.issuerDay(path: path) == nil && plan(ofDirectory: path) == nil ? nil : 0
    }
  }

  public nonisolated func respond(to request: WholeRequest) async -> WholeResponse {
    do throws(IssuerError) {
      switch (request.method, request.path) {
      case ("POST", Self.requestPath): return try await answerTokenRequest(request)
      case ("GET", IssuerDirectory.path): return try await answerDirectory(ofPlan: nil)
      case ("GET", Self.healthPath): return .json(#"{"status":"ok"}"#)
      case ("GET", let path) where path.hasPrefix(Self.keysPath):
        guard let day = Self.issuerDay(path: path) else { return .notFound }
        return .json(try await planKeys(ofDay: day).json.canonicalText)
      case ("GET", let path) where path.hasPrefix(Self.plansPath):
        guard let plan = plan(ofDirectory: path) else { return .notFound }
        return try await answerDirectory(ofPlan: plan)
      default:
        return requestBodyLimit(method: request.method, path: request.path) == nil ? .notFound : .methodNotAllowed
      }
    } catch {
      return Self.refusal(error)
    }
  }

  private nonisolated func answerDirectory(ofPlan plan: String?) async throws(IssuerError) -> WholeResponse {
    let directory = try await directory(issuerRequestURI: Self.requestPath, ofPlan: plan)
    var answer = WholeResponse(contentType: IssuerDirectory.mediaType, body: directory.json.canonicalBytes)
    answer.fields.append(HTTPField("cache-control", "max-age=\(directoryAge())"))
    return answer
  }

  private nonisolated func answerTokenRequest(_ request: WholeRequest) async throws(IssuerError) -> WholeResponse {
    let account = try await authenticator.account(authorization: request.field("authorization"))
    observe { $0.account = account.label }
    let mediaType = request.field("content-type")
    if TokenRequest.mediaType.isMediaType(mediaType) {
      let response = try await issue(request.body, account: account)
      return WholeResponse(contentType: TokenResponse.mediaType, body: response.encoded)
    }
    if BatchedTokenRequest.mediaType.isMediaType(mediaType) {
      var response = try await answerBatch(request.body, account: account)
      if response.status == 200, let claim = await crowdClaim(ofPlan: account.plan.name) {
        response.fields.append(HTTPField(CrowdClaim.fieldName, claim.fieldValue))
      }
      return response
    }
    throw IssuerError(IssuerError.requestMalformed, "request is not of a media type of token requests")
  }

  /// A batch that is one gets all of its tokens or none, and then status 400 for whatever is wrong with its requests
  /// (draft-ietf-privacypass-batched-tokens, section 6.2).
  private nonisolated func answerBatch(
    _ body: [UInt8], account: AccountAuthenticator.DrawingAccount
  ) async throws(IssuerError) -> WholeResponse {
    let batch: BatchedTokenRequest
    do { batch = try BatchedTokenRequest(decoding: body) } catch { throw Self.malformed(error) }
    let responses: [TokenResponse]
    do {
      responses = try await issue(batch.requests, account: account)
    } catch {
      return Self.refusal(error, malformedStatus: 400)
    }
    let encoded: [UInt8]
    do { encoded = try BatchedTokenResponse(responses).encoded } catch { throw Self.malformed(error) }
    return WholeResponse(contentType: BatchedTokenResponse.mediaType, body: encoded)
  }

  /// The day of `/keys/<day>`, in the one decimal form of a number.
  private static func issuerDay(path: String) -> UInt64? {
    guard path.hasPrefix(keysPath) else { return nil }
    let text = path.dropFirst(keysPath.count)
    guard let day = UInt64(text), String(day) == text else { return nil }
    return day
  }

  /// The plan of `/plans/<name>/.well-known/private-token-issuer-directory`, where the issuer has it.
  private nonisolated func plan(ofDirectory path: String) -> String? {
    guard path.hasPrefix(Self.plansPath), path.hasSuffix(IssuerDirectory.path) else { return nil }
    let name = path.dropFirst(Self.plansPath.count).dropLast(IssuerDirectory.path.count)
    return configuration.plans.first { $0.name == name }?.name
  }

  /// RFC 9578, section 6.2, answers 422 to a request that names an unknown key or is none.
  private static func refusal(_ error: IssuerError, malformedStatus: Int = 422) -> WholeResponse {
    let status =
      switch error.code {
      case IssuerError.requestMalformed, IssuerError.keyUnknown: malformedStatus
      case IssuerError.accountRevoked, IssuerError.planUnknown, IdentityTokenError.planUnknown: 403
      case IssuerError.quotaExceeded, IssuerError.attemptsExceeded: 429
      case IssuerError.accountUnknown: 401
      case IssuerError.stateUnavailable, IssuerError.busy, IdentityTokenError.providerUnavailable: 503
      // Every other reason is one of a provider's token.
      default: 401
      }
    var response = WholeResponse.refusal(error.code, status: status)
    if status == 401 { response.fields.append(HTTPField("www-authenticate", "Bearer")) }
    return response
  }
}
