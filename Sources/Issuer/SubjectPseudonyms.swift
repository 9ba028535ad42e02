import Crypto
import Foundation
import WireFormat

/// Turns whom an identity provider vouches for into the name of an account: HMAC-SHA-256 of issuer and subject under a
/// secret of this issuer, so that its tables hold neither, and nobody without the secret finds anyone in them.
///
///     HMAC-SHA-256(secret, issuer URL | 0x00 | subject), 64 hexadecimal digits
///
/// The secret is 32 bytes in `pseudonym.key` of the state folder. An attacker who can read it and the accounts can test
/// whether a subject that he knows drew tokens; if it is lost, everybody of a provider starts afresh, and revocations of
/// them are void.
public struct SubjectPseudonyms: Sendable {
  private static let fileName = "pseudonym.key"
  private static let secretByteCount = 32

  private let secret: SymmetricKey

  /// Reads the secret, or makes it where there is none.
  ///
  /// - Throws: `issuer-state-unavailable` where the file cannot be read or made, others may read it, or it is no secret.
  public init(stateFolder: String) throws(IssuerError) {
    let path = "\(stateFolder)/\(Self.fileName)"
    if !FileManager.default.fileExists(atPath: path) { try Self.make(at: path) }
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    guard let mode = attributes?[.posixPermissions] as? Int, mode & 0o077 == 0 else {
      throw Self.unavailable("secret of pseudonyms can be read by others")
    }
    guard let data = FileManager.default.contents(atPath: path), data.count == Self.secretByteCount else {
      throw Self.unavailable("secret of pseudonyms has not \(Self.secretByteCount) bytes")
    }
    secret = SymmetricKey(data: data)
  }

  public func pseudonym(issuer: String, subject: String) -> String {
    let message = Array(issuer.utf8) + [0] + Array(subject.utf8)
    return Array(HMAC<SHA256>.authenticationCode(for: message, using: secret)).hexadecimal
  }

  private static func make(at path: String) throws(IssuerError) {
    let temporaryPath = "\(path).\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: temporaryPath) }
    let contents = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
    guard
      FileManager.default.createFile(atPath: temporaryPath, contents: nil, attributes: [.posixPermissions: 0o600]),
      let file = FileHandle(forWritingAtPath: temporaryPath)
    else { throw unavailable("secret of pseudonyms cannot be made") }
    do {
      try file.write(contentsOf: contents)
      try file.synchronize()
      try file.close()
    } catch {
      throw unavailable("secret of pseudonyms cannot be written")
    }
    // A link is made once: of two processes, both read the first one's secret.
    try? FileManager.default.linkItem(atPath: temporaryPath, toPath: path)
  }

  private static func unavailable(_ message: String) -> IssuerError {
    IssuerError(IssuerError.stateUnavailable, message)
  }
}
