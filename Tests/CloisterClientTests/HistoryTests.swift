import CloisterClient
import Crypto
import ErrorCodes
import Foundation
import TestDeployment
import Testing

@Suite("History: answers that a person keeps")
struct HistoryTests {
  /// 1 MiB of memory instead of 128.
  private static func passphrase(_ text: String = "correct horse") throws -> HistoryPassphrase {
    try HistoryPassphrase(text, logRounds: 10)
  }

  private static func identifier(_ digit: Character) -> String { String(repeating: digit, count: 32) }

  private static func entry(_ digit: Character, day: Int = 0, _ answer: String = "We meet on Friday.") -> HistoryEntry {
    HistoryEntry(
      receiptIdentifier: identifier(digit), time: Date(timeIntervalSince1970: 1_790_000_000 + Double(day) * 86_400),
      task: "summarize", subject: ClientFixture.marker, answer: answer, isSimulated: true)
  }

  /// A history with entries a, b and c, of three days.
  private final class Kept {
    let state = TemporaryState()
    var store: HistoryStore { get throws { try state.open().history } }
    var folder: String { state.path + "/history" }

    init() throws {
      try store.turnOn(passphrase())
      for (day, digit) in "abc".enumerated() { try store.keep(entry(digit, day: day)) }
    }

    func path(_ digit: Character) -> String { "\(folder)/\(identifier(digit)).entry" }

    func change(_ path: String, _ edit: (inout [UInt8]) -> Void) throws {
      var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
      edit(&bytes)
      try Data(bytes).write(to: URL(fileURLWithPath: path))
    }
  }

  @Test("it is off until a person says so, and keeps nothing while it is")
  func off() throws {
    let state = TemporaryState()
    let store = try state.open().history
    #expect(try !store.isOn)
    #expect(try !store.keep(Self.entry("a")))
    #expect(try store.entryCount == 0)
    #expect(code { _ = try store.entries(Self.passphrase()) } == ClientError.historyEmpty)
  }

  @Test("one entry is removed for good, and what names none is refused")
  func removed() throws {
    let kept = try Kept()
    try kept.store.remove(Self.identifier("b"))
    #expect(try kept.store.entries(Self.passphrase()).readable.map(\.receiptIdentifier.first) == ["c", "a"])
    #expect(!FileManager.default.fileExists(atPath: kept.path("b")))
    for name in [Self.identifier("b"), "a", "", "../key", "key"] {
      #expect(code { try kept.store.remove(name) } == ClientError.historyUnknown, "\(name)")
    }
    #expect(try kept.store.entryCount == 2)
  }

  @Test("it exists from its first day on until it is purged")
  func exists() throws {
    let state = TemporaryState()
    let store = try state.open().history
    #expect(try !store.exists)
    try store.turnOn(Self.passphrase())
    try store.turnOff()
    #expect(try store.exists)
    _ = try store.purge()
    #expect(try !store.exists)
  }

  @Test("what was kept without the passphrase is read with it, newest first")
  func kept() throws {
    let kept = try Kept()
    let (readable, damaged) = try kept.store.entries(Self.passphrase())
    #expect(readable == [Self.entry("c", day: 2), Self.entry("b", day: 1), Self.entry("a")])
    #expect(damaged.isEmpty)
    #expect(try kept.store.entry("b", Self.passphrase()) == Self.entry("b", day: 1))
    #expect(code { _ = try kept.store.entry("d", Self.passphrase()) } == ClientError.historyUnknown)
    #expect(code { _ = try kept.store.entry("", Self.passphrase()) } == ClientError.historyUnknown)
  }

  @Test("turned off it keeps nothing more, and what was kept can still be read")
  func turnedOff() throws {
    let kept = try Kept()
    try kept.store.turnOff()
    #expect(try !kept.store.keep(Self.entry("d")))
    #expect(try kept.store.entries(Self.passphrase()).readable.count == 3)
    try kept.store.turnOn(try Self.passphrase())
    #expect(try kept.store.keep(Self.entry("d")))
    #expect(try kept.store.entryCount == 4)
  }

  @Test(
    "another passphrase opens nothing, and turns nothing on",
    arguments: ["correct horsf", "Correct horse", "correct horse "])
  func wrongPassphrase(_ text: String) throws {
    let kept = try Kept()
    let wrong = try Self.passphrase(text)
    #expect(code { _ = try kept.store.entries(wrong) } == ClientError.historyLocked)
    #expect(code { _ = try kept.store.entry("a", wrong) } == ClientError.historyLocked)
    #expect(code { try kept.store.turnOn(wrong) } == ClientError.historyLocked)
    #expect(
      code { _ = try kept.store.purge(before: CalendarDay(of: .distantFuture), wrong) } == ClientError.historyLocked)
  }

  @Test("a short passphrase is refused, and the same letters as other scalars are the same passphrase")
  func passphrases() throws {
    #expect(code { _ = try HistoryPassphrase("7 bytes") } == ClientError.historyPassphraseWeak)
    #expect(code { _ = try HistoryPassphrase("8 bytes.") } == nil)
    let state = TemporaryState()
    try state.open().history.turnOn(try Self.passphrase("caf\u{E9} au lait"))
    #expect(code { _ = try state.open().history.entries(Self.passphrase("cafe\u{301} au lait")) } == nil)
  }

  @Test("neither answer, subject nor task stands in any file, and files of one size class have one size")
  func sealed() throws {
    let kept = try Kept()
    try kept.store.keep(Self.entry("d", "Yes."))
    var sizes: Set<Int> = []
    for name in try FileManager.default.contentsOfDirectory(atPath: kept.folder) {
      let data = try Data(contentsOf: URL(fileURLWithPath: kept.folder + "/" + name))
      for word in [ClientFixture.marker, "Friday", "summarize", "correct horse"] {
        #expect(data.firstRange(of: Data(word.utf8)) == nil, "\(name)")
      }
      if name.hasSuffix(".entry") { sizes.insert(data.count) }
    }
    #expect(sizes.count == 1)
  }

  @Test("a flipped bit anywhere in an entry makes that entry damaged, and leaves the others readable")
  func flippedBytes() throws {
    let kept = try Kept()
    let path = kept.path("b")
    let size = try Data(contentsOf: URL(fileURLWithPath: path)).count
    // Version, encapsulated key, ciphertext and tag; each byte of a file would take minutes.
    for offset in [0, 1, 600, 1_120, 1_121, 2_000, size - 16, size - 1] {
      try kept.change(path) { $0[offset] ^= 1 }
      let (readable, damaged) = try kept.store.entries(Self.passphrase())
      #expect(readable.map(\.receiptIdentifier.first) == ["c", "a"], "\(offset)")
      #expect(damaged == [Self.identifier("b")])
      #expect(code { _ = try kept.store.entry("b", Self.passphrase()) } == ClientError.historyDamaged)
      try kept.change(path) { $0[offset] ^= 1 }
    }
    #expect(try kept.store.entries(Self.passphrase()).damaged.isEmpty)
  }

  @Test("an entry cut short or with a byte too many is damaged", arguments: [0, 1, 1_120, 1_137, 4_000, -1])
  func truncated(_ count: Int) throws {
    let kept = try Kept()
    try kept.change(kept.path("b")) { if count < 0 { $0.append(0) } else { $0 = Array($0.prefix(count)) } }
    #expect(try kept.store.entries(Self.passphrase()).damaged == [Self.identifier("b")])
  }

  @Test("two entries with their names swapped are both damaged")
  func swapped() throws {
    let kept = try Kept()
    let a = try Data(contentsOf: URL(fileURLWithPath: kept.path("a")))
    try Data(contentsOf: URL(fileURLWithPath: kept.path("b"))).write(to: URL(fileURLWithPath: kept.path("a")))
    try a.write(to: URL(fileURLWithPath: kept.path("b")))
    #expect(try kept.store.entries(Self.passphrase()).damaged == [Self.identifier("a"), Self.identifier("b")])
  }

  @Test("an entry of another history does not open in this one")
  func otherHistory() throws {
    let (kept, other) = (try Kept(), try Kept())
    try Data(contentsOf: URL(fileURLWithPath: other.path("a"))).write(to: URL(fileURLWithPath: kept.path("a")))
    #expect(try kept.store.entries(Self.passphrase()).damaged == [Self.identifier("a")])
  }

  @Test("an older copy of an entry under its own name is taken: the stated limit of sealing files one by one")
  func rollback() throws {
    let kept = try Kept()
    let old = try Data(contentsOf: URL(fileURLWithPath: kept.path("a")))
    try kept.store.keep(Self.entry("a", "Newer."))
    try old.write(to: URL(fileURLWithPath: kept.path("a")))
    #expect(try kept.store.entry("a", Self.passphrase()).answer == "We meet on Friday.")
  }

  @Test("an entry that is brought back after a purge of all does not open in the history that follows")
  func broughtBack() throws {
    let kept = try Kept()
    let old = try Data(contentsOf: URL(fileURLWithPath: kept.path("a")))
    #expect(try kept.store.purge() == 3)
    #expect(try !kept.store.isOn)
    #expect(code { _ = try kept.store.entries(Self.passphrase()) } == ClientError.historyEmpty)
    try kept.store.turnOn(try Self.passphrase())
    try old.write(to: URL(fileURLWithPath: kept.path("a")))
    #expect(try kept.store.entries(Self.passphrase()).damaged == [Self.identifier("a")])
  }

  @Test("a flipped bit of the key file's salt, public key or seal locks the history")
  func changedKey() throws {
    let kept = try Kept()
    let path = kept.folder + "/key"
    let size = try Data(contentsOf: URL(fileURLWithPath: path)).count
    #expect(size == HistoryKeyFile.byteCount)
    for offset in [3, 18, 19, 700, 1_234, 1_235, 1_247, size - 16, size - 1] {
      try kept.change(path) { $0[offset] ^= 1 }
      #expect(code { _ = try kept.store.entries(Self.passphrase()) } == ClientError.historyLocked, "\(offset)")
      try kept.change(path) { $0[offset] ^= 1 }
    }
    #expect(try kept.store.entries(Self.passphrase()).readable.count == 3)
  }

  @Test("answers whose key is missing are neither erased nor joined by others: the key may be found again")
  func missingKey() throws {
    let kept = try Kept()
    let key = try Data(contentsOf: URL(fileURLWithPath: kept.folder + "/key"))
    try FileManager.default.removeItem(atPath: kept.folder + "/key")
    #expect(code { try kept.store.turnOn(Self.passphrase()) } == ClientError.historyDamaged)
    #expect(code { _ = try kept.store.entries(Self.passphrase()) } == ClientError.historyDamaged)
    #expect(try !kept.store.keep(Self.entry("d")))
    #expect(try kept.store.entryCount == 3)
    try key.write(to: URL(fileURLWithPath: kept.folder + "/key"))
    #expect(try kept.store.entries(Self.passphrase()).readable.count == 3)
  }

  @Test("a history key that was replaced is told at the next unlocking, and what was sealed to it even after that")
  func replacedKey() throws {
    let (kept, other) = (try Kept(), TemporaryState())
    try other.open().history.turnOn(try Self.passphrase("of somebody else"))
    let paths = (mine: kept.folder + "/key", theirs: other.path + "/history/key")
    let mine = try Data(contentsOf: URL(fileURLWithPath: paths.mine))
    try Data(contentsOf: URL(fileURLWithPath: paths.theirs)).write(to: URL(fileURLWithPath: paths.mine))
    // Nothing asks for the passphrase here: the stated limit.
    #expect(try kept.store.keep(Self.entry("d")))
    #expect(code { _ = try kept.store.entries(Self.passphrase()) } == ClientError.historyLocked)
    #expect(code { try kept.store.turnOn(Self.passphrase()) } == ClientError.historyLocked)
    #expect(try kept.store.entries(Self.passphrase("of somebody else")).readable == [Self.entry("d")])
    try mine.write(to: URL(fileURLWithPath: paths.mine))
    let (readable, damaged) = try kept.store.entries(Self.passphrase())
    #expect(readable.count == 3 && damaged == [Self.identifier("d")])
  }

  @Test("a key file of another version, source, cost or length is damaged: it neither seals nor opens")
  func malformedKey() throws {
    let kept = try Kept()
    let path = kept.folder + "/key"
    let edits: [(inout [UInt8]) -> Void] = [
      { $0[0] = 2 }, { $0[1] = 0 }, { $0[1] = 2 }, { $0[1] = 3 }, { $0[2] = 9 }, { $0[2] = 19 }, { $0[2] = 255 },
      { $0.append(0) }, { $0.removeLast() }, { $0 = [] },
    ]
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    for edit in edits {
      try kept.change(path, edit)
      #expect(code { _ = try kept.store.entries(Self.passphrase()) } == ClientError.historyDamaged)
      #expect(code { _ = try kept.store.keep(Self.entry("d")) } == ClientError.historyDamaged)
      try whole.write(to: URL(fileURLWithPath: path))
    }
  }

  @Test("a key file that asks for fewer rounds than it was sealed with locks the history")
  func fewerRounds() throws {
    let state = TemporaryState()
    try state.open().history.turnOn(try HistoryPassphrase("correct horse", logRounds: 11))
    let path = state.path + "/history/key"
    var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(bytes[2] == 11)
    bytes[2] = 10
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    #expect(code { _ = try state.open().history.entries(Self.passphrase()) } == ClientError.historyLocked)
  }

  @Test("every truncation of a key file is refused")
  func truncatedKey() throws {
    let kept = try Kept()
    let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: kept.folder + "/key")))
    #expect(try HistoryKeyFile(decoding: bytes).encoded == bytes)
    for count in 0..<bytes.count {
      #expect(code { _ = try HistoryKeyFile(decoding: Array(bytes.prefix(count))) } == ClientError.historyDamaged)
    }
    #expect(code { _ = try HistoryKeyFile(decoding: bytes + [0]) } == ClientError.historyDamaged)
  }

  @Test("every truncation of an entry's content, another padding and another name are refused")
  func content() throws {
    let entry = Self.entry("a")
    let content = try entry.content()
    #expect(content.count == 4_096)
    #expect(try HistoryEntry(decoding: content, identifier: Self.identifier("a")) == entry)
    for count in 0..<content.count {
      #expect(
        code { _ = try HistoryEntry(decoding: Array(content.prefix(count)), identifier: Self.identifier("a")) }
          == ClientError.historyDamaged)
    }
    var padded = content
    padded[4_095] = 1
    for bytes in [padded, content + [UInt8](repeating: 0, count: 4_096), content + [0]] {
      #expect(
        code { _ = try HistoryEntry(decoding: bytes, identifier: Self.identifier("a")) } == ClientError.historyDamaged)
    }
    #expect(
      code { _ = try HistoryEntry(decoding: content, identifier: Self.identifier("b")) } == ClientError.historyDamaged)
  }

  @Test("an answer that is too large is refused, and an entry whose name could be a path as well")
  func refusedEntries() throws {
    let kept = try Kept()
    let large = Self.entry("d", String(repeating: "x", count: 1 << 20))
    #expect(code { _ = try kept.store.keep(large) } == ClientError.historyTooLarge)
    for name in ["../../version", "", Self.identifier("g"), Self.identifier("A"), Self.identifier("a") + "a"] {
      let entry = HistoryEntry(
        receiptIdentifier: name, time: Date(), task: "summarize", answer: "x", isSimulated: true)
      #expect(code { _ = try kept.store.keep(entry) } == ClientError.historyDamaged)
    }
    #expect(try kept.store.entryCount == 3)
  }

  @Test("a purge before a day removes the older entries alone, and leaves damaged ones")
  func purgeBefore() throws {
    let kept = try Kept()
    try kept.change(kept.path("a")) { $0[2_000] ^= 1 }
    #expect(try kept.store.purge(before: Self.entry("c", day: 2).day, Self.passphrase()) == 1)
    let (readable, damaged) = try kept.store.entries(Self.passphrase())
    #expect(readable.map(\.receiptIdentifier) == [Self.identifier("c")])
    #expect(damaged == [Self.identifier("a")])
  }

  @Test("what a crash left aside of an entry is no entry, and goes with a purge of all")
  func leftAside() throws {
    let kept = try Kept()
    let aside = kept.folder + "/." + Self.identifier("d") + ".entry.1.2"
    try Data("half".utf8).write(to: URL(fileURLWithPath: aside))
    #expect(try kept.store.entries(Self.passphrase()).readable.count == 3)
    #expect(try kept.store.entryCount == 3)
    _ = try kept.store.purge()
    #expect(!FileManager.default.fileExists(atPath: aside))
  }

  @Test("a purge that a crash ends after its first step leaves nothing that opens")
  func purgeCrash() throws {
    let kept = try Kept()
    // The key goes first.
    try FileManager.default.removeItem(atPath: kept.folder + "/key")
    #expect(code { _ = try kept.store.entries(Self.passphrase()) } == ClientError.historyDamaged)
    #expect(try !kept.store.keep(Self.entry("d")))
    // Said again, it goes on.
    #expect(try kept.store.purge() == 3)
    try kept.store.turnOn(try Self.passphrase())
    #expect(try kept.store.entryCount == 0)
  }

  @Test("a key store's source takes the passphrase's place; a passphrase does not open its history")
  func keyStore() throws {
    let state = TemporaryState()
    let store = try state.open().history
    let source = OneKey()
    try store.turnOn(source)
    try store.keep(Self.entry("a"))
    #expect(try store.entries(source).readable == [Self.entry("a")])
    #expect(code { _ = try store.entries(Self.passphrase()) } == ClientError.historyLocked)
    #expect(code { _ = try store.entries(OneKey()) } == ClientError.historyLocked)
  }

  @Test("the passphrase costs 128 MiB of scrypt")
  func cost() throws {
    guard case .scrypt(let logRounds, let salt) = try HistoryPassphrase("correct horse").newDerivation() else {
      Issue.record("no scrypt")
      return
    }
    #expect(logRounds == 17 && salt.count == 16)
  }
}

/// A key store with one key.
private struct OneKey: HistoryKeySource {
  let key = SymmetricKey(size: .bits256)
  func newDerivation() -> HistoryKeyDerivation { .keyStore }
  func wrappingKey(_ derivation: HistoryKeyDerivation) throws(ClientError) -> SymmetricKey { key }
}
