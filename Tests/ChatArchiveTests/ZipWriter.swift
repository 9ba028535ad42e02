/// Writes small zip archives byte by byte, well-formed ones and others.
struct ZipWriter {
  struct Entry {
    var name: [UInt8]
    var content: [UInt8]
    /// What is stored; the content itself where nil.
    var packed: [UInt8]?
    var method: UInt16 = 0
    var flags: UInt16 = 0x0800
    /// As headers say; the content's own where nil.
    var byteCount: UInt32?
    var checksum: UInt32?

    init(_ name: String, _ content: String) {
      self.name = Array(name.utf8)
      self.content = Array(content.utf8)
    }
  }

  static func archive(_ entries: [Entry], comment: [UInt8] = []) -> [UInt8] {
    var archive: [UInt8] = []
    var directory: [UInt8] = []
    for entry in entries {
      let fields = fields(of: entry)
      directory += [0x50, 0x4B, 0x01, 0x02, 20, 0] + fields
      directory += [UInt8](repeating: 0, count: 10)
      directory += little(UInt32(archive.count)) + entry.name
      archive += [0x50, 0x4B, 0x03, 0x04] + fields + entry.name
      archive += entry.packed ?? entry.content
    }
    let count = little(UInt16(truncatingIfNeeded: entries.count))
    let start = little(UInt32(archive.count))
    archive += directory
    archive += [0x50, 0x4B, 0x05, 0x06, 0, 0, 0, 0]
    archive += count + count + little(UInt32(directory.count)) + start
    return archive + little(UInt16(comment.count)) + comment
  }

  /// What the headers in the archive and in its directory share: from the version to the lengths of name and extra field.
  private static func fields(of entry: Entry) -> [UInt8] {
    var fields = little(20 as UInt16) + little(entry.flags) + little(entry.method)
    fields += [0, 0, 0xCD, 0x5C]
    fields += little(entry.checksum ?? checksum(entry.content))
    fields += little(UInt32((entry.packed ?? entry.content).count))
    fields += little(entry.byteCount ?? UInt32(entry.content.count))
    return fields + little(UInt16(entry.name.count)) + [0, 0]
  }

  private static func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    (0..<Value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> Value($0 * 8)) }
  }

  /// CRC-32 of IEEE 802.3, which zip uses.
  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var sum: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 0 ? sum >> 1 : (sum >> 1) ^ 0xEDB8_8320 }
    }
    return ~sum
  }
}
