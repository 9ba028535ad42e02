/// Bytes of a model file, which may be far larger than memory.
///
/// A verdict holds for the bytes that the reader gave: it must read from what the engine will map, such as a sealed
/// memory file, and not open a path anew.
public protocol ModelReader {
  /// The length of the file.
  var byteCount: UInt64 { get }

  /// Reads `count` bytes from `offset` on. Asked only for ranges within `byteCount`, never for more than 16 MiB.
  ///
  /// - Throws: where fewer bytes can be read. What is thrown goes no further than `model-unreadable`.
  func read(at offset: UInt64, count: Int) throws -> [UInt8]
}

/// A model file that is in memory.
public struct ModelBytes: ModelReader, Sendable {
  private let bytes: [UInt8]

  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  public var byteCount: UInt64 { UInt64(bytes.count) }

  /// - Throws: `model-unreadable` for a range beyond the end.
  public func read(at offset: UInt64, count: Int) throws(ModelFileError) -> [UInt8] {
    guard let start = Int(exactly: offset), start <= bytes.count, count >= 0, count <= bytes.count - start else {
      throw ModelFileError(ModelFileError.unreadable, "\(count) bytes from byte \(offset) on are not in the file")
    }
    return Array(bytes[start..<start + count])
  }
}

extension ModelReader {
  /// Exactly the bytes asked for.
  ///
  /// - Throws: `model-unreadable`.
  func bytes(at offset: UInt64, count: Int) throws(ModelFileError) -> [UInt8] {
    guard let bytes = try? read(at: offset, count: count), bytes.count == count else {
      throw ModelFileError(ModelFileError.unreadable, "\(count) bytes from byte \(offset) on cannot be read")
    }
    return bytes
  }
}
