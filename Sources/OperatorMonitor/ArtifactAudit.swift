import Crypto
import ErrorCodes
import LogMonitor
import Trust
import WireFormat

/// Fetches artifacts by their digests and verifies every file in them (docs/formats/artifact-tree.md).
struct ArtifactAudit {
  let files: any PublishedFiles
  /// Larger files are not fetched.
  let fileByteLimit: Int

  enum Outcome: Sendable, Equatable {
    case verified
    case missing(String)
    case mismatch(String)
    case tooLarge(String)
  }

  func verify(_ artifact: ReleaseEntry.Artifact) async throws(LogMonitorError) -> Outcome {
    let name = artifact.name
    do {
      guard let manifest = try await files.read(artifact.digest.hexadecimal, byteLimit: ArtifactTree.byteLimit) else {
        return .missing("manifest of \(name)")
      }
      guard Array(SHA256.hash(data: manifest)) == artifact.digest, let tree = try? ArtifactTree(parsing: manifest),
        tree.purpose == artifact.purpose
      else { return .mismatch("manifest of \(name)") }
      for file in tree.files {
        guard file.byteCount <= UInt64(fileByteLimit) else { return .tooLarge("\(file.path) of \(name)") }
        guard let content = try await files.read(file.contentDigest.hexadecimal, byteLimit: Int(file.byteCount)) else {
          return .missing("\(file.path) of \(name)")
        }
        guard UInt64(content.count) == file.byteCount, Array(SHA256.hash(data: content)) == file.contentDigest else {
          return .mismatch("\(file.path) of \(name)")
        }
      }
      return .verified
    } catch {
      guard error.code == LogMonitorError.fileTooLarge else { throw error }
      return .mismatch("a file of \(name)")
    }
  }
}
