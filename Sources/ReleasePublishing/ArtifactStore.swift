import Crypto
import Foundation
public import Trust
import WireFormat

/// Reads artifacts from files and folders and keeps their contents by digest, as any web server can serve them to
/// auditors (docs/formats/artifact-tree.md). Without a folder it only computes.
public struct ArtifactStore {
  private let folder: URL?

  /// - Throws: `artifact-unusable`.
  public init(folder: String?) throws(PublishingError) {
    self.folder = folder.map { URL(fileURLWithPath: $0, isDirectory: true) }
    guard let url = self.folder else { return }
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
      throw Self.unusable("the store's folder cannot be made")
    }
  }

  /// A file, which becomes a tree of one file under its own name, or a folder with everything below it. Folders themselves
  /// are no part of a tree: an empty one leaves no trace. A link is followed where it is the path itself, and kept below it.
  /// - Throws: `artifact-unusable`, `artifact-kind`, `trust-malformed`.
  public func add(_ path: String, purpose: String) throws -> ArtifactTree {
    let root = URL(fileURLWithPath: path).resolvingSymlinksInPath()
    var files: [ArtifactTree.File] = []
    if try mode(of: root.path) & S_IFMT == S_IFDIR {
      try addFolder(root.path, prefix: "", to: &files)
    } else {
      files.append(try add(root.path, as: URL(fileURLWithPath: path).lastPathComponent))
    }
    let tree = try ArtifactTree(purpose: purpose, files: files)
    try keep(tree.canonicalBytes)
    return tree
  }

  private func addFolder(
    _ folder: String, prefix: String, to files: inout [ArtifactTree.File]
  ) throws(PublishingError) {
    let names: [String]
    do { names = try FileManager.default.contentsOfDirectory(atPath: folder) } catch {
      throw Self.unusable("the folder \(prefix.isEmpty ? folder : prefix) cannot be read")
    }
    for name in names {
      let path = folder + "/" + name
      if try mode(of: path) & S_IFMT == S_IFDIR {
        try addFolder(path, prefix: prefix + name + "/", to: &files)
      } else {
        files.append(try add(path, as: prefix + name))
      }
    }
  }

  private func add(_ path: String, as name: String) throws(PublishingError) -> ArtifactTree.File {
    let mode = try mode(of: path)
    switch mode & S_IFMT {
    case S_IFLNK:
      guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path) else {
        throw Self.unusable("the link \(name) cannot be read")
      }
      let content = Array(target.utf8)
      try keep(content)
      return ArtifactTree.File(path: name, mode: 0o120777, content: content)
    case S_IFREG:
      let (byteCount, digest) = try copy(path, name)
      return ArtifactTree.File(path: name, mode: UInt32(mode), byteCount: byteCount, contentDigest: digest)
    default: throw PublishingError(PublishingError.artifactKind, "\(name) is no file, link or folder")
    }
  }

  private func mode(of path: String) throws(PublishingError) -> mode_t {
    var status = stat()
    guard lstat(path, &status) == 0 else { throw Self.unusable("\(path) cannot be read") }
    return status.st_mode
  }

  /// Hashes a file of any size and copies it in one pass, so that what is kept is what was hashed.
  private func copy(_ path: String, _ name: String) throws(PublishingError) -> (byteCount: UInt64, digest: [UInt8]) {
    guard let source = FileHandle(forReadingAtPath: path) else { throw Self.unusable("\(name) cannot be read") }
    defer { try? source.close() }
    let temporary = folder?.appendingPathComponent(".\(UUID().uuidString)")
    defer { if let temporary { try? FileManager.default.removeItem(at: temporary) } }
    if let temporary, !FileManager.default.createFile(atPath: temporary.path, contents: nil) {
      throw Self.unusable("the store cannot be written")
    }
    let sink = temporary.flatMap { FileHandle(forWritingAtPath: $0.path) }
    guard temporary == nil || sink != nil else { throw Self.unusable("the store cannot be written") }
    var hash = SHA256()
    var byteCount: UInt64 = 0
    do {
      while let piece = try source.read(upToCount: 1 << 20), !piece.isEmpty {
        hash.update(data: piece)
        byteCount += UInt64(piece.count)
        try sink?.write(contentsOf: piece)
      }
      try sink?.close()
      let digest = Array(hash.finalize())
      if let temporary { try move(temporary, to: digest) }
      return (byteCount, digest)
    } catch let error as PublishingError {
      throw error
    } catch {
      throw Self.unusable("\(name) cannot be read, or the store not written")
    }
  }

  private func keep(_ content: [UInt8]) throws(PublishingError) {
    guard let folder else { return }
    do {
      try Data(content).write(
        to: folder.appendingPathComponent(Array(SHA256.hash(data: content)).hexadecimal), options: .atomic)
    } catch {
      throw Self.unusable("the store cannot be written")
    }
  }

  private func move(_ temporary: URL, to digest: [UInt8]) throws(PublishingError) {
    guard let folder else { return }
    let target = folder.appendingPathComponent(digest.hexadecimal).path
    guard rename(temporary.path, target) == 0 else { throw Self.unusable("the store cannot be written") }
  }

  private static func unusable(_ what: String) -> PublishingError {
    PublishingError(PublishingError.artifactUnusable, what)
  }
}
