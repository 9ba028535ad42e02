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
  /// Of all files together.
  private(set) var remainingByteCount: UInt64
  /// Contents that were verified, by digest.
  private var verified: Set<[UInt8]> = []

  init(files: any PublishedFiles, fileByteLimit: Int, totalByteLimit: UInt64) {
    self.files = files
    self.fileByteLimit = fileByteLimit
    remainingByteCount = totalByteLimit
  }

  enum Outcome: Sendable, Equatable {
    case verified
    case missing(String)
    case mismatch(String)
    /// Everything that was fetched is right, but not all was.
    case incomplete(String)
  }

  /// - Throws: `LogMonitorError` where files cannot be read.
  mutating func verify(_ artifact: ReleaseEntry.Artifact) async throws -> Outcome {
    let name = artifact.name
    guard let manifest = try await read(artifact.digest, ArtifactTree.byteLimit) else {
      return .missing("manifest of \(name)")
    }
    guard Array(SHA256.hash(data: manifest)) == artifact.digest, let tree = try? ArtifactTree(parsing: manifest),
      tree.purpose == artifact.purpose
    else { return .mismatch("manifest of \(name)") }
    var skipped: String?
    for file in tree.files where !verified.contains(file.contentDigest) {
      guard file.byteCount <= UInt64(fileByteLimit), file.byteCount <= remainingByteCount else {
        skipped = "\(file.path) of \(name)"
        continue
      }
      guard let content = try await read(file.contentDigest, Int(file.byteCount)) else {
        return .missing("\(file.path) of \(name)")
      }
      guard UInt64(content.count) == file.byteCount, Array(SHA256.hash(data: content)) == file.contentDigest else {
        return .mismatch("\(file.path) of \(name)")
      }
      remainingByteCount -= file.byteCount
      verified.insert(file.contentDigest)
    }
    return skipped.map { .incomplete($0) } ?? .verified
  }

  /// A file by its name, which is its digest. One above its limit is read as bytes of another length, which refuses it.
  private func read(_ digest: [UInt8], _ byteLimit: Int) async throws -> [UInt8]? {
    do {
      return try await files.read(digest.hexadecimal, byteLimit: byteLimit)
    } catch {
      guard error.code == LogMonitorError.fileTooLarge else { throw error }
      return byteLimit == 0 ? [0] : []
    }
  }
}
