import ErrorCodes
public import HTTPMessages
public import PartyHosting
import PrivacyPass
import StrictJSON

/// The issuer over HTTP.
///
/// - `GET /.well-known/private-token-issuer-directory` (RFC 9578, section 4): for strangers.
/// - `POST /token-request`: a token request with `Authorization: Bearer <account key>`.
/// - `GET /keys/<issuer day>`: the day's keys, for the gateway to put into its bundle.
/// - `GET /health`.
extension IssuerService: Party {
  public static let requestPath = "/token-request"
  private static let keysPath = "/keys/"
  private static let healthPath = "/health"

  public nonisolated var name: String { "issuer" }

  public nonisolated func requestBodyLimit(method: String, path: String) -> Int? {
    switch path {
    case Self.requestPath: TokenRequest.byteCount
    case IssuerDirectory.path, Self.healthPath: 0
    default: Self.issuerDay(path: path) == nil ? nil : 0
    }
  }

  public nonisolated func respond(to request: WholeRequest) async -> WholeResponse {
    do throws(IssuerError) {
      switch (request.method, request.path) {
      case ("POST", Self.requestPath): return try await answerTokenRequest(request)
      case ("GET", IssuerDirectory.path):
        let directory = try await directory(issuerRequestURI: Self.requestPath)
        return WholeResponse(contentType: IssuerDirectory.mediaType, body: directory.json.canonicalBytes)
      case ("GET", Self.healthPath): return .json(#"{"status":"ok"}"#)
      case ("GET", let path) where path.hasPrefix(Self.keysPath):
        guard let day = Self.issuerDay(path: path) else { return .notFound }
        return .json(try await planKeys(ofDay: day).json.canonicalText)
      default:
        return requestBodyLimit(method: request.method, path: request.path) == nil ? .notFound : .methodNotAllowed
      }
    } catch {
      return Self.refusal(error)
    }
  }

  private nonisolated func answerTokenRequest(_ request: WholeRequest) async throws(IssuerError) -> WholeResponse {
    let account = try account(for: Self.accountKey(of: request))
    observe { $0.account = account.name }
    guard request.field("content-type") == TokenRequest.mediaType else {
      throw IssuerError(IssuerError.requestMalformed, "request is not of the media type of token requests")
    }
    let response = try await issue(request.body, account: account)
    return WholeResponse(contentType: TokenResponse.mediaType, body: response.encoded)
  }

  /// The key of `Authorization: Bearer <64 hexadecimal digits>` (RFC 6750, section 2.1).
  private static func accountKey(of request: WholeRequest) -> AccountKey? {
    guard let value = request.field("authorization") else { return nil }
    let parts = value.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
    return AccountKey(hexadecimal: parts[1])
  }

  /// The day of `/keys/<day>`, in the one decimal form of a number.
  private static func issuerDay(path: String) -> UInt64? {
    guard path.hasPrefix(keysPath) else { return nil }
    let text = path.dropFirst(keysPath.count)
    guard let day = UInt64(text), String(day) == text else { return nil }
    return day
  }

  /// RFC 9578, section 6.2, answers 422 to a request that names an unknown key or is none.
  private static func refusal(_ error: IssuerError) -> WholeResponse {
    let status =
      switch error.code {
      case IssuerError.accountUnknown: 401
      case IssuerError.requestMalformed, IssuerError.keyUnknown: 422
      case IssuerError.quotaExceeded: 429
      default: 503
      }
    var response = WholeResponse.refusal(error.code, status: status)
    if status == 401 { response.fields.append(HTTPField("www-authenticate", "Bearer")) }
    return response
  }
}
