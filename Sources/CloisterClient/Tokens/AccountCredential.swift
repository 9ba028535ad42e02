/// Gives what an account shows the issuer when it draws: `Authorization: Bearer`, and nowhere else.
///
/// It is asked anew for each draw, so that a token of an identity provider, which is over within minutes, can be
/// fetched or refreshed then.
public protocol AccountCredential: Sendable {
  /// - Returns: 1 to 8,192 printable ASCII characters without blanks. Secret: it is neither kept nor logged.
  /// - Throws: `account-missing`; `account-credential-unavailable` where it cannot be had now.
  func bearer() async throws(ClientError) -> String
}

/// The key that the operator gave the person, as the state keeps it.
struct KeptAccountKey: AccountCredential {
  let draws: DrawStore

  func bearer() throws(ClientError) -> String { try draws.accountKey() }
}

/// What can stand in `Authorization: Bearer`.
enum AccountBearer {
  /// As much as the issuer reads of an identity provider's token.
  static let byteLimit = 8 << 10

  static func isWellFormed(_ bearer: String) -> Bool {
    (1...byteLimit).contains(bearer.utf8.count) && bearer.utf8.allSatisfy { (0x21...0x7E).contains($0) }
  }
}
