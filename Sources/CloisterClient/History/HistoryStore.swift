import HybridPublicKeyEncryption
import WireFormat

/// The answers that a person chose to keep: none, until they say so. Sealed on the disk; kept without the passphrase and
/// read with it alone.
///
/// Each entry is a file, replaced whole and removed for good. Whoever can read the folder reads no entry. What an attacker
/// who can write it can still do: remove entries, bring back a whole older copy of one that was removed, and add entries of
/// their own, since whoever has the public key can seal. And put another key in the place of this one: they read every
/// answer that is kept from then on, since none asks for the passphrase, but nothing older. The next unlocking refuses
/// that key (`history-locked`); where the old one was put back by then, what was sealed to the other is damaged, unless
/// they sealed it anew.
public struct HistoryStore: Sendable {
  let folder: StateFolder

  private static let keyName = "key"
  /// Its presence says that answers are kept.
  private static let onName = "on"
  private static let suffix = ".entry"

  /// Whether answers are kept from now on.
  /// - Throws: `state-unusable`.
  public var isOn: Bool {
    get throws(ClientError) { try folder.read(Self.onName, byteLimit: 64) != nil }
  }

  /// Whether there is a history, on or off: then it has its passphrase.
  /// - Throws: `state-unusable`.
  public var exists: Bool {
    get throws(ClientError) { try folder.read(Self.keyName, byteLimit: HistoryKeyFile.byteCount + 1) != nil }
  }

  /// How many entries there are, readable or not.
  /// - Throws: `state-unusable`.
  public var entryCount: Int { get throws(ClientError) { try identifiers().count } }

  /// As `entryCount`, where the key is there and of its form, or there is no history.
  /// - Throws: `history-damaged`, `state-unusable`.
  func checkedEntryCount() throws(ClientError) -> Int {
    let count = try entryCount
    let isOn = try isOn
    let isEmpty = count == 0 && !isOn
    if try keyFile() == nil, !isEmpty { throw Self.keyMissing }
    return count
  }

  private static let keyMissing = ClientError(ClientError.historyDamaged, "key of the history is not there")

  /// Keeps answers from now on. A history that is there already stays under its own passphrase.
  ///
  /// - Parameter source: gives the key of a new history; that of the old one where there is one.
  /// - Throws: `history-locked` where the history there is sealed with another passphrase, `history-damaged` also where
  ///   there are entries and no key, `state-unusable`.
  public func turnOn(_ source: any HistoryKeySource) throws(ClientError) {
    try folder.withLock { () throws(ClientError) in
      if let file = try keyFile() {
        _ = try file.privateKey(source)
      } else {
        // Whoever lost the key may still find it: nothing is taken away unasked, and a second key would hide the first.
        guard try entryNames().isEmpty else { throw Self.keyMissing }
        try folder.write(Self.keyName, try HistoryKeyFile(sealingWith: source).encoded)
      }
      try folder.write(Self.onName, [])
    }
  }

  /// Keeps no further answer. What was kept stays until it is purged.
  /// - Throws: `state-unusable`.
  public func turnOff() throws(ClientError) {
    try folder.withLock { () throws(ClientError) in try folder.erase(Self.onName) }
  }

  /// Keeps an answer where the history is on; asks for no passphrase.
  ///
  /// - Returns: whether it was kept.
  /// - Throws: `history-damaged`, `history-too-large`, `state-unusable`.
  @discardableResult
  public func keep(_ entry: HistoryEntry) throws(ClientError) -> Bool {
    guard try isOn else { return false }
    guard HistoryEntry.isIdentifier(entry.receiptIdentifier) else {
      throw ClientError(ClientError.historyDamaged, "entry is not named by a receipt")
    }
    return try folder.withLock { () throws(ClientError) in
      // Turned off, or purged with its key, in between.
      guard try isOn, let file = try keyFile() else { return false }
      let sealed = try HistoryCipher.seal(
        try entry.content(), identifier: entry.receiptIdentifier, to: file.publicKey)
      try folder.write(entry.receiptIdentifier + Self.suffix, sealed)
      return true
    }
  }

  /// What can be read, newest first, and the identifiers of what cannot.
  /// - Throws: `history-empty` where there never was one, `history-locked`, `history-damaged` for a damaged key or a missing one,
  ///   `state-unusable`.
  public func entries(
    _ source: any HistoryKeySource
  ) throws(ClientError) -> (readable: [HistoryEntry], damaged: [String]) {
    let key = try unlocked(source)
    var (readable, damaged): ([HistoryEntry], [String]) = ([], [])
    for identifier in try identifiers() {
      do throws(ClientError) {
        if let entry = try entry(identifier, key) { readable.append(entry) }
      } catch {
        guard error.code == ClientError.historyDamaged else { throw error }
        damaged.append(identifier)
      }
    }
    readable.sort { ($0.time, $0.receiptIdentifier) > ($1.time, $1.receiptIdentifier) }
    return (readable, damaged)
  }

  /// - Parameter identifier: of the receipt, whole, or the beginning of only one.
  /// - Throws: as `entries`; `history-unknown`; `history-damaged` for this entry.
  public func entry(_ identifier: String, _ source: any HistoryKeySource) throws(ClientError) -> HistoryEntry {
    let key = try unlocked(source)
    let matches = try identifiers().filter { $0.hasPrefix(identifier) }
    guard matches.count == 1, !identifier.isEmpty, let entry = try entry(matches[0], key) else {
      throw ClientError(ClientError.historyUnknown, "\(matches.count) entries have this identifier, expected 1")
    }
    return entry
  }

  /// Removes one entry for good, readable or not. Needs no passphrase.
  /// - Parameter identifier: of the receipt, whole.
  /// - Throws: `history-unknown`, `state-unusable`.
  public func remove(_ identifier: String) throws(ClientError) {
    try folder.withLock { () throws(ClientError) in
      guard try identifiers().contains(identifier) else {
        throw ClientError(ClientError.historyUnknown, "no entry has this identifier")
      }
      try folder.erase(identifier + Self.suffix)
    }
  }

  /// Removes everything for good, the key with it, and turns the history off. Needs no passphrase.
  /// - Returns: how many entries.
  /// - Throws: `state-unusable`.
  public func purge() throws(ClientError) -> Int {
    try folder.withLock { () throws(ClientError) in
      // The key first: without it nothing that a crash leaves can be read.
      try folder.erase(Self.keyName)
      try folder.erase(Self.onName)
      try folder.eraseTemporaries()
      let names = try entryNames()
      for name in names { try folder.erase(name) }
      return names.count
    }
  }

  /// Removes the entries of the days before one. Damaged ones stay: nobody can tell their day.
  /// - Returns: how many.
  /// - Throws: as `entries`.
  public func purge(before day: CalendarDay, _ source: any HistoryKeySource) throws(ClientError) -> Int {
    let old = try entries(source).readable.filter { $0.day < day }
    return try folder.withLock { () throws(ClientError) in
      for entry in old { try folder.erase(entry.receiptIdentifier + Self.suffix) }
      return old.count
    }
  }

  private func unlocked(_ source: any HistoryKeySource) throws(ClientError) -> KEMPrivateKey {
    guard let file = try keyFile() else {
      guard try entryNames().isEmpty else { throw Self.keyMissing }
      throw ClientError(ClientError.historyEmpty, "no history is kept")
    }
    return try file.privateKey(source)
  }

  private func keyFile() throws(ClientError) -> HistoryKeyFile? {
    try folder.read(Self.keyName, byteLimit: HistoryKeyFile.byteCount + 1)
      .map { (bytes) throws(ClientError) in try HistoryKeyFile(decoding: bytes) }
  }

  private func entry(_ identifier: String, _ key: KEMPrivateKey) throws(ClientError) -> HistoryEntry? {
    guard let bytes = try folder.read(identifier + Self.suffix, byteLimit: HistoryCipher.byteLimit + 1) else {
      return nil
    }
    let content = try HistoryCipher.open(bytes, identifier: identifier, with: key)
    return try HistoryEntry(decoding: content, identifier: identifier)
  }

  private func entryNames() throws(ClientError) -> [String] {
    try folder.names().filter { $0.hasSuffix(Self.suffix) }
  }

  private func identifiers() throws(ClientError) -> [String] {
    try entryNames().map { String($0.dropLast(Self.suffix.count)) }.filter(HistoryEntry.isIdentifier)
  }
}
