public import LogMonitor
import Synchronization
public import TransparencyLog

extension MerkleTree {
  /// The files of a log with this tree, in the layout of C2SP tlog-tiles, without its checkpoint.
  /// - Parameters:
  ///   - entry: the entry of an index.
  ///   - write: takes each path with its bytes.
  public func writeFiles(
    entry: (Int) -> [UInt8], _ write: (_ path: String, _ bytes: [UInt8]) throws -> Void
  ) throws {
    for tile in Tile.added(from: 0, to: treeSize) {
      try write(tile.path, try hashes(of: tile).flatMap(\.rawRepresentation))
      guard tile.level == 0 else { continue }
      var bundle = EntryBundle()
      let start = Int(tile.index) * Tile.fullWidth
      for index in start..<start + tile.width { try bundle.append(entry(index)) }
      try write(tile.entriesPath, bundle.encoded)
    }
  }
}

/// Published files in memory, some of them changed.
public final class MemoryFiles: PublishedFiles {
  private let files: Mutex<[String: [UInt8]]>
  private let reads = Mutex<[String]>([])

  public init(_ files: [String: [UInt8]] = [:]) { self.files = Mutex(files) }

  public func read(_ path: String, byteLimit: Int) async throws(LogMonitorError) -> [UInt8]? {
    reads.withLock { $0.append(path) }
    guard let bytes = self[path] else { return nil }
    guard bytes.count <= byteLimit else { throw LogMonitorError(LogMonitorError.fileTooLarge, "in memory") }
    return bytes
  }

  public subscript(path: String) -> [UInt8]? {
    get { files.withLock { $0[path] } }
    set { files.withLock { $0[path] = newValue } }
  }

  public var paths: [String] { files.withLock { $0.keys.sorted() } }

  /// Paths in the order in which they were read.
  public var readPaths: [String] { reads.withLock { $0 } }

  public func copy() -> MemoryFiles { MemoryFiles(files.withLock { $0 }) }
}
