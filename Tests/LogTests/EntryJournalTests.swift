import Log
import Testing

@Suite("The journal of entries that no tile holds yet")
struct EntryJournalTests {
  private static let entries: [[UInt8]] = [[], [1], [2, 2], [UInt8](repeating: 3, count: 300)]
  /// Index, length and checksum around each entry.
  private static let overhead = 20

  @Test("entries are read from the index on that tiles do not hold")
  func whole() {
    let bytes = EntryJournal.encode(Self.entries, from: 7)
    #expect(EntryJournal.entries(in: bytes, from: 7) == Self.entries)
    #expect(EntryJournal.entries(in: bytes, from: 9) == Array(Self.entries[2...]))
    #expect(EntryJournal.entries(in: bytes, from: 11).isEmpty)
    #expect(EntryJournal.entries(in: [], from: 7).isEmpty)
  }

  @Test("refused: entries that begin behind the tree, since those between are lost")
  func gap() {
    #expect(EntryJournal.entries(in: EntryJournal.encode(Self.entries, from: 7), from: 6).isEmpty)
  }

  @Test("a journal cut anywhere keeps the records before, and no part of one")
  func truncated() {
    let bytes = EntryJournal.encode(Self.entries, from: 7)
    var ends = [0]
    for entry in Self.entries { ends.append((ends.last ?? 0) + Self.overhead + entry.count) }
    #expect(ends.last == bytes.count)
    for count in 0...bytes.count {
      let wholeCount = ends.filter { $0 <= count }.count - 1
      #expect(EntryJournal.entries(in: Array(bytes[..<count]), from: 7) == Array(Self.entries[..<wholeCount]))
    }
  }

  @Test("bytes behind the last record are no entry, and take none away")
  func trailing() {
    let bytes = EntryJournal.encode(Self.entries, from: 7)
    for tail in [[0], [UInt8](repeating: 0, count: 20), [UInt8](repeating: 0xFF, count: 100)] as [[UInt8]] {
      #expect(EntryJournal.entries(in: bytes + tail, from: 7) == Self.entries)
    }
  }

  @Test("refused: a record of which any bit changed, and every one behind it")
  func changed() {
    let bytes = EntryJournal.encode(Self.entries.prefix(3), from: 7)
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 0x10
      let before = [0, Self.overhead, 2 * Self.overhead + 1].filter { $0 <= index }.count - 1
      #expect(EntryJournal.entries(in: changed, from: 7) == Array(Self.entries[..<before]))
    }
  }
}
