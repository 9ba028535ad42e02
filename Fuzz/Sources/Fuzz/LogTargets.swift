import Log

extension FuzzTarget {
  static let log = [
    // A checksum hides what lies behind it, so the bytes are entries of a journal too, and what stands behind them.
    FuzzTarget("entry-journal", seeds: { LogSeeds.journals }) { bytes in
      let read = EntryJournal.entries(in: bytes, from: 0)
      claim(
        EntryJournal.entries(in: EntryJournal.encode(read, from: 0), from: 0) == read, "written entries read the same")
      let entries = bytes.cutByContent
      let journal = EntryJournal.encode(entries, from: 3)
      claim(EntryJournal.entries(in: journal, from: 3) == entries, "entries are written and read again")
      claim(
        EntryJournal.entries(in: journal, from: 4) == Array(entries.dropFirst()), "what tiles hold already is left out")
      claim(
        EntryJournal.entries(in: journal + bytes, from: 3).starts(with: entries), "what follows takes no entry away")
      claim(
        EntryJournal.entries(in: Array(journal.dropLast()), from: 3) == Array(entries.dropLast()),
        "a torn record is no entry")
    },
    FuzzTarget("log-entry", seeds: { LogSeeds.entries }) { bytes in
      let places = (0..<8 as Range<UInt64>).filter { index in
        (try? EntryAdmission.indexIsEpoch.admit(bytes, at: index)) != nil
      }
      claim(places.count <= 1, "an epoch's leaf has one place")
    },
  ]
}

private enum LogSeeds {
  static let journals = [
    EntryJournal.encode([[], [1], [2, 2]], from: 0), EntryJournal.encode([[7]], from: 9),
    Array(EntryJournal.encode([[1], [2, 2]], from: 0).dropLast()),
  ]

  /// Payloads: `{"epoch":3}`, `{"epoch":-1}` and `{}`.
  static let entries = ["eyJlcG9jaCI6M30=", "eyJlcG9jaCI6LTF9", "e30="].map {
    Array(#"{"payload":"\#($0)","payloadType":"x","signatures":[]}"#.utf8)
  }
}
