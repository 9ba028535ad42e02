import Crypto
import TransparencyLog
import WireFormat

/// Entries that no tile holds yet, each behind its index and length and before a checksum.
///
/// A record: the index (8 bytes, big endian), the entry's length (4 bytes, big endian), the entry, and the first 8 bytes
/// of SHA-256 over all of these. A crash may tear what was written last, and that was acknowledged to nobody: reading
/// ends before the first record that is not whole.
package enum EntryJournal {
  private static let checksumByteCount = 8

  /// The entries from an index on, in order.
  /// - Parameters:
  ///   - bytes: the file.
  ///   - firstIndex: the size of the tree that tiles hold; records below it are of no use any more.
  package static func entries(in bytes: [UInt8], from firstIndex: UInt64) -> [[UInt8]] {
    var entries: [[UInt8]] = []
    var cursor = WireCursor(bytes)
    while let record = try? record(&cursor), record.index <= firstIndex + UInt64(entries.count) {
      if record.index == firstIndex + UInt64(entries.count) { entries.append(record.entry) }
    }
    return entries
  }

  /// Records that follow one another, the first of this index.
  package static func encode(_ entries: some Sequence<[UInt8]>, from firstIndex: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    for (index, entry) in zip(firstIndex..., entries) {
      var record = WireWriter(reservingCapacity: entry.count + 20)
      record.writeInteger(index)
      record.writePrefixed(UInt32.self, entry)
      record.write(checksum(record.bytes[...]))
      bytes += record.bytes
    }
    return bytes
  }

  private static func record(_ cursor: inout WireCursor) throws(WireError) -> (index: UInt64, entry: [UInt8]) {
    let start = cursor.remainder
    let index = try cursor.readInteger(UInt64.self, field: "index")
    let entry = try cursor.readPrefixedBytes(UInt32.self, limit: EntryBundle.entryByteLimit, field: "entry")
    guard try cursor.readBytes(checksumByteCount, field: "checksum").elementsEqual(checksum(start[..<entry.endIndex]))
    else { throw WireError(WireError.invalidValue, "checksum") }
    return (index, Array(entry))
  }

  private static func checksum(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var hasher = SHA256()
    bytes.withUnsafeBytes { hasher.update(bufferPointer: $0) }
    return Array(hasher.finalize().prefix(checksumByteCount))
  }
}
