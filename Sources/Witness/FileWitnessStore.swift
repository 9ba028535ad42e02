import Foundation
public import TransparencyLog
import WireFormat

/// The witness's key and last notes as files of one folder, each replaced whole: written aside, synced, renamed.
public struct FileWitnessStore: WitnessStore {
  private let folder: String

  private static let keyName = "key"

  /// - Throws: `witness-state-unusable`.
  public init(folder: String) throws(WitnessError) {
    self.folder = folder
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw Self.failure("the folder cannot be made")
    }
  }

  public func note(of originDigest: String) throws(WitnessError) -> [UInt8]? { try read("note-" + originDigest) }

  public func keep(_ note: [UInt8], of originDigest: String) throws(WitnessError) {
    try replace("note-" + originDigest, with: note, mode: 0o644)
  }

  /// The witness's key; nil where there is none.
  /// - Parameter name: the key's name, which the file does not hold.
  /// - Throws: `witness-state-unusable`.
  public func key(name: String) throws(WitnessError) -> NoteSigningKey? {
    guard let bytes = try read(Self.keyName) else { return nil }
    guard let seed = [UInt8](hexadecimal: String(decoding: bytes, as: UTF8.self)),
      let key = try? NoteSigningKey(name: name, type: .cosignature, seed: seed)
    else { throw Self.failure("the key file does not hold a key") }
    return key
  }

  /// The witness's key; made first, readable by its owner alone, where there is none.
  /// - Throws: `witness-state-unusable`, `note-key-malformed`.
  public func createOrReadKey(name: String) throws(WitnessError) -> NoteSigningKey {
    if let key = try key(name: name) { return key }
    let key: NoteSigningKey
    do { key = try NoteSigningKey(name: name, type: .cosignature) } catch { throw WitnessError(error) }
    try replace(Self.keyName, with: Array(key.seed.hexadecimal.utf8), mode: 0o600)
    return key
  }

  private func read(_ name: String) throws(WitnessError) -> [UInt8]? {
    let file = folder + "/" + name
    guard FileManager.default.fileExists(atPath: file) else { return nil }
    guard let data = FileManager.default.contents(atPath: file) else { throw Self.failure("a file cannot be read") }
    return Array(data)
  }

  private func replace(_ name: String, with bytes: [UInt8], mode: mode_t) throws(WitnessError) {
    let file = folder + "/" + name
    let temporary = file + ".new"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw Self.failure("a file cannot be made") }
    let isWritten = Self.write(bytes, to: descriptor) && fsync(descriptor) == 0
    guard close(descriptor) == 0, isWritten, rename(temporary, file) == 0 else {
      throw Self.failure("a file cannot be written")
    }
    let folderDescriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folderDescriptor >= 0 else { throw Self.failure("the folder cannot be opened") }
    let isSynced = fsync(folderDescriptor) == 0
    guard close(folderDescriptor) == 0, isSynced else { throw Self.failure("the folder cannot be synced") }
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  private static func failure(_ what: StaticString) -> WitnessError {
    WitnessError(WitnessError.stateUnusable, "\(what)")
  }
}
