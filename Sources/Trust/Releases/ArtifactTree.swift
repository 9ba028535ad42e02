import Crypto
import StrictJSON
import WireFormat

/// The manifest of an artifact: each file by path, mode, length and content, and what all of it is for
/// (docs/formats/artifact-tree.md). Its digest names the artifact in a release entry.
public struct ArtifactTree: Sendable, Equatable {
  /// Of the canonical bytes.
  public static let byteLimit = 16 << 20
  public static let fileLimit = 65_536
  public static let pathByteLimit = 4_096

  /// A regular file, or a symbolic link, whose content is its target.
  public struct File: Sendable, Equatable {
    /// Relative, with `/` between its components, of which none is empty, `.` or `..`.
    public let path: String
    /// Type and permission bits as POSIX has them: a regular file's are from `0o100000` to `0o107777`, a link's `0o120777`.
    public let mode: UInt32
    /// Of the content.
    public let byteCount: UInt64
    /// SHA-256 of the content, 32 bytes.
    public let contentDigest: [UInt8]

    public init(path: String, mode: UInt32, byteCount: UInt64, contentDigest: [UInt8]) {
      self.path = path
      self.mode = mode
      self.byteCount = byteCount
      self.contentDigest = contentDigest
    }

    public init(path: String, mode: UInt32 = 0o100644, content: [UInt8]) {
      self.init(
        path: path, mode: mode, byteCount: UInt64(content.count), contentDigest: Array(SHA256.hash(data: content)))
    }

    public var isLink: Bool { mode == Self.linkMode }

    static let linkMode: UInt32 = 0o120777
    static let fileModes: ClosedRange<UInt32> = 0o100000...0o107777

    fileprivate var isWellFormed: Bool {
      let components = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      return path.utf8.count <= ArtifactTree.pathByteLimit && !path.utf8.contains(0)
        && components.allSatisfy { !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) }
        && (isLink || Self.fileModes.contains(mode)) && byteCount <= UInt64(Int64.max) && contentDigest.count == 32
    }
  }

  public let purpose: String
  /// In the order of their paths' UTF-8 bytes.
  public let files: [File]

  /// - Parameter files: in any order.
  /// - Throws: `trust-malformed` for no file or too many, a path that is unsafe, named twice or below another file, and
  ///   a mode of anything but a regular file or link.
  public init(purpose: String, files: [File]) throws(TrustError) {
    let sorted = files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    guard (1...Self.fileLimit).contains(files.count), sorted.allSatisfy(\.isWellFormed) else {
      throw TrustError(TrustError.malformed, "artifact tree has no file, too many, or one that cannot be named")
    }
    guard !Self.holdsPathTwiceOrBelowFile(sorted) else {
      throw TrustError(TrustError.malformed, "artifact tree names a path twice, or one below a file")
    }
    self.purpose = purpose
    self.files = sorted
  }

  private static func holdsPathTwiceOrBelowFile(_ files: [File]) -> Bool {
    // With the slash before every other byte, what lies below a path comes right behind it.
    func key(_ file: File) -> [UInt8] { file.path.utf8.map { $0 == UInt8(ascii: "/") ? 0 : $0 } }
    let keys = files.map(key).sorted { $0.lexicographicallyPrecedes($1) }
    return zip(keys, keys.dropFirst()).contains { $1.starts(with: $0) && ($1.count == $0.count || $1[$0.count] == 0) }
  }

  /// An artifact of one file.
  /// - Throws: as `init(purpose:files:)`.
  public init(purpose: String, file: File) throws(TrustError) { try self.init(purpose: purpose, files: [file]) }

  /// Reads a manifest; only the one canonical form is taken.
  /// - Throws: `trust-malformed`.
  public init(parsing bytes: [UInt8]) throws(TrustError) {
    do {
      var object = try JSONObject(parsing: bytes, name: "artifact tree", byteLimit: Self.byteLimit)
      guard try object.string("type") == "tree" else {
        throw TrustError(TrustError.malformed, "manifest is not of an artifact tree")
      }
      let files = try object.array("files").map(File.init)
      try self.init(purpose: try object.string("purpose"), files: files)
      try object.finish()
    } catch let error as TrustError {
      throw error
    } catch {
      throw TrustError(TrustError.malformed, "artifact tree is not of its schema")
    }
    guard canonicalBytes == bytes else {
      throw TrustError(TrustError.malformed, "artifact tree is not in its canonical form")
    }
  }

  public var canonicalBytes: [UInt8] {
    JSONValue.object(["type": "tree", "purpose": .string(purpose), "files": .array(files.map(\.json))]).canonicalBytes
  }

  /// SHA-256 of the canonical bytes.
  public var digest: [UInt8] { Array(SHA256.hash(data: canonicalBytes)) }
}

extension ArtifactTree.File {
  fileprivate var json: JSONValue {
    [
      "path": .string(path), "mode": .string(String(mode, radix: 8)),
      "length": .integer(Int64(clamping: byteCount)), "content": .string(contentDigest.hexadecimal),
    ]
  }

  fileprivate init(_ value: JSONValue) throws {
    var object = try JSONObject(value, name: "file")
    let text = try object.string("mode")
    guard let mode = UInt32(text, radix: 8) else {
      throw TrustError(TrustError.malformed, "a file's mode is not octal")
    }
    self.init(
      path: try object.string("path"), mode: mode, byteCount: try object.count("length"),
      contentDigest: try object.digest("content", byteCount: 32))
    try object.finish()
  }
}
