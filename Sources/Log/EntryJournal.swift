import Crypto

/// Entries that no tile holds yet, each behind its index and length and before a checksum.
///
/// A record: the index (8 bytes, big endian), the entry's length (4 bytes, big endian), the entry, and the first 8 bytes
/// of SHA-256 over all of these. A crash may tear what was written last, and that was acknowledged to nobody: reading
/// ends before the first record that is not whole.
enum EntryJournal {
  private static let headByteCount = 12
  private static let checksumByteCount = 8

  /// The entries from an index on, in order.
  /// - Parameters:
  ///   - bytes: the file.
  ///   - firstIndex: the size of the tree that tiles hold; records below it are of no use any more.
  static func entries(in bytes: [UInt8], from firstIndex: UInt64) -> [[UInt8]] {
    var entries: [[UInt8]] = []
    var rest = bytes[...]
    while let record = record(in: rest), record.index <= firstIndex + UInt64(entries.count) {
      if record.index == firstIndex + UInt64(entries.count) { entries.append(record.entry) }
      rest = rest.dropFirst(record.byteCount)
    }
    return entries
  }

  static func encode(_ entries: some Sequence<[UInt8]>, from firstIndex: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    for (index, entry) in zip(firstIndex..., entries) {
      let start = bytes.count
      withUnsafeBytes(of: index.bigEndian) { bytes.append(contentsOf: $0) }
      withUnsafeBytes(of: UInt32(truncatingIfNeeded: entry.count).bigEndian) { bytes.append(contentsOf: $0) }
      bytes.append(contentsOf: entry)
      bytes.append(contentsOf: checksum(bytes[start...]))
    }
    return bytes
  }

  private static func record(in bytes: ArraySlice<UInt8>) -> (index: UInt64, entry: [UInt8], byteCount: Int)? {
    guard bytes.count >= headByteCount else { return nil }
    let start = bytes.startIndex
    let index = bytes[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let length = bytes[start + 8..<start + headByteCount].reduce(0) { $0 << 8 | Int($1) }
    let end = start + headByteCount + length
    guard index < .max, bytes.count >= headByteCount + length + checksumByteCount,
      bytes[end..<end + checksumByteCount].elementsEqual(checksum(bytes[start..<end]))
    else { return nil }
    return (index, Array(bytes[start + headByteCount..<end]), headByteCount + length + checksumByteCount)
  }

  private static func checksum(_ bytes: ArraySlice<UInt8>) -> some Sequence<UInt8> {
    var hasher = SHA256()
    bytes.withUnsafeBytes { hasher.update(bufferPointer: $0) }
    return hasher.finalize().prefix(checksumByteCount)
  }
}
