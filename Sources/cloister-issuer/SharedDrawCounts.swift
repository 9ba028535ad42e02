import Foundation
import Issuer
import PostgreSQLDrawCounts

/// Counts of draws in a database that several issuers share, where the state folder says so: in a file, so that every
/// command that works on the state counts, exports and erases in one place.
enum SharedDrawCounts {
  private static let fileName = "counts.conninfo"

  /// - Returns: nil where draws are counted beside the accounts.
  /// - Throws: `issuer-configuration-invalid` where the file cannot be read, or others may read the password in it; and
  ///   as `PostgreSQLDrawCounts`.
  static func configured(stateFolder: String) async throws(IssuerError) -> (any DrawCountStore)? {
    let path = "\(stateFolder)/\(fileName)"
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    guard let mode = attributes?[.posixPermissions] as? Int, mode & 0o077 == 0,
      let data = FileManager.default.contents(atPath: path)
    else {
      throw IssuerError(
        IssuerError.configurationInvalid, "\(fileName) in the state folder cannot be read, or can be read by others")
    }
    let parameters = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    return try await PostgreSQLDrawCounts(parameters: parameters)
  }
}
