import Foundation
import PrivacyPass

/// The private keys of the issuer, one file per issuer day and plan, readable by their owner alone:
/// `<day>-<plan>.pem` in a folder of their own.
///
/// An attacker who can read it can forge tokens of those days, and still learns nothing about who spends which.
/// Several issuers may share the folder: whoever makes a key holds its lock.
///
/// Beside them `erased` names the newest day whose keys were erased, so that a clock that jumped ahead and came back gives
/// no day a second key.
struct IssuerKeyStore {
  private static let lockName = ".lock"
  private static let erasedName = "erased"
  private static let folderMode = 0o700
  private static let fileMode = 0o600
  private static let suffix = ".pem"
  /// Attempts at a key whose last key ID byte is not another's: with three days and 16 plans, 64 always find one.
  private static let attemptLimit = 64

  private let folder: String

  /// - Throws: `issuer-state-unavailable`.
  init(folder: String) throws(IssuerError) {
    self.folder = folder
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: Self.folderMode])
    } catch {
      throw Self.unavailable("key folder cannot be made")
    }
  }

  /// The stored key, or nil where that day has none yet.
  ///
  /// - Throws: `issuer-state-unavailable` where others may read the file, or it holds no key.
  func load(day: UInt64, plan: String) throws(IssuerError) -> TokenIssuer? {
    let path = path(day: day, plan: plan)
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    guard let mode = attributes?[.posixPermissions] as? Int, mode & 0o077 == 0 else {
      throw Self.unavailable("key file of issuer day \(day) can be read by others")
    }
    guard let data = FileManager.default.contents(atPath: path),
      let issuer = try? TokenIssuer(pemRepresentation: String(decoding: data, as: UTF8.self))
    else { throw Self.unavailable("key file of issuer day \(day) holds no issuer key") }
    return issuer
  }

  /// Runs `body` while no other issuer makes keys: a day must never get a second key. Waits for as long as another one
  /// takes, some 0.1 s for each of its plans.
  ///
  /// - Throws: `issuer-state-unavailable`.
  func locked<Value>(_ body: () throws(IssuerError) -> Value) throws(IssuerError) -> Value {
    let descriptor = open("\(folder)/\(Self.lockName)", O_RDWR | O_CREAT | O_CLOEXEC, mode_t(Self.fileMode))
    guard descriptor >= 0 else { throw Self.unavailable("key folder cannot be locked") }
    defer { close(descriptor) }
    while flock(descriptor, LOCK_EX) != 0 {
      guard errno == EINTR else { throw Self.unavailable("key folder cannot be locked") }
    }
    return try body()
  }

  /// Makes and stores a new key, whose truncated token key ID is none of those in use. It is on the disk when this
  /// returns, since a day must never get a second key. The caller holds the lock, and has found no key stored.
  ///
  /// - Throws: `issuer-key-unknown` for a day whose keys may have been erased; `issuer-state-unavailable`.
  func make(day: UInt64, plan: String, avoiding truncatedKeyIDs: Set<UInt8>) throws(IssuerError) -> TokenIssuer {
    if let erased = try newestErasedDay(), day <= erased {
      throw IssuerError(
        IssuerError.keyUnknown, "keys of issuer day \(erased) are erased, so that no day up to it gets another one")
    }
    for _ in 0..<Self.attemptLimit {
      guard let issuer = try? TokenIssuer() else { break }
      guard !truncatedKeyIDs.contains(issuer.publicKey.truncatedTokenKeyID) else { continue }
      let contents = issuer.withPKCS8PEMRepresentation { Data($0.utf8) }
      try write(contents, to: path(day: day, plan: plan))
      return issuer
    }
    throw Self.unavailable("no key could be made for issuer day \(day)")
  }

  /// Deletes the keys of all days before `day`, and remembers for good that there were some.
  ///
  /// - Throws: `issuer-state-unavailable`; then no key was deleted.
  func drop(daysBefore day: UInt64) throws(IssuerError) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let old = names.compactMap { name -> (name: String, day: UInt64)? in
      guard name.hasSuffix(Self.suffix), let old = UInt64(name.prefix { $0 != "-" }), old < day else { return nil }
      return (name, old)
    }
    guard let newest = old.map(\.day).max() else { return }
    try locked { () throws(IssuerError) in
      if let erased = try newestErasedDay(), erased >= newest { return }
      try write(Data(String(newest).utf8), to: "\(folder)/\(Self.erasedName)")
    }
    for (name, _) in old { try? FileManager.default.removeItem(atPath: "\(folder)/\(name)") }
  }

  /// Nil where no key was erased yet.
  private func newestErasedDay() throws(IssuerError) -> UInt64? {
    let path = "\(folder)/\(Self.erasedName)"
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    guard let data = FileManager.default.contents(atPath: path), let day = UInt64(String(decoding: data, as: UTF8.self))
    else { throw Self.unavailable("record of erased keys names no day") }
    return day
  }

  private func path(day: UInt64, plan: String) -> String { "\(folder)/\(day)-\(plan)\(Self.suffix)" }

  private func write(_ contents: Data, to path: String) throws(IssuerError) {
    let temporaryPath = path + ".new"
    do {
      try? FileManager.default.removeItem(atPath: temporaryPath)
      guard
        FileManager.default.createFile(
          atPath: temporaryPath, contents: nil, attributes: [.posixPermissions: Self.fileMode]),
        let file = FileHandle(forWritingAtPath: temporaryPath)
      else { throw Self.unavailable("key file cannot be made") }
      try file.write(contentsOf: contents)
      try file.synchronize()
      try file.close()
      guard rename(temporaryPath, path) == 0 else { throw Self.unavailable("key file cannot be written") }
      let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      defer { close(descriptor) }
      guard fsync(descriptor) == 0 else { throw Self.unavailable("key folder cannot be written") }
    } catch {
      throw Self.unavailable("key file cannot be written")
    }
  }

  private static func unavailable(_ message: String) -> IssuerError {
    IssuerError(IssuerError.stateUnavailable, message)
  }
}
