public import DurableFiles
public import TransparencyLog
import WireFormat

/// The witness's key and last notes as files of one folder, each replaced whole.
public struct FileWitnessStore: WitnessStore {
  private let folder: DurableFolder

  private static let keyName = "key"

  /// - Parameter files: the witness's folder.
  public init(_ files: any DurableFileSystem) { folder = DurableFolder(files) }

  /// - Parameter folder: made where it is missing.
  /// - Throws: `witness-state-unusable`.
  public init(folder: String) throws(WitnessError) {
    do { self.init(try PosixFileSystem(root: folder)) } catch { throw WitnessError(error) }
  }

  /// Keeps other processes out of a folder while it lives.
  /// - Throws: `witness-state-unusable`.
  public static func lock(folder: String) throws(WitnessError) -> FolderLock {
    do { return try FolderLock(folder: folder) } catch {
      throw WitnessError(WitnessError.stateUnusable, "another process holds the state folder, or it is missing")
    }
  }

  public func note(of originDigest: String) throws(WitnessError) -> [UInt8]? { try read("note-" + originDigest) }

  public func keep(_ note: [UInt8], of originDigest: String) throws(WitnessError) {
    try replace("note-" + originDigest, with: note, mode: .everyone)
  }

  /// The witness's key; nil where there is none.
  /// - Parameter name: the key's name, which the file does not hold.
  /// - Throws: `witness-state-unusable`.
  public func key(name: String) throws(WitnessError) -> NoteSigningKey? {
    guard let bytes = try read(Self.keyName) else { return nil }
    guard let seed = [UInt8](hexadecimal: String(decoding: bytes, as: UTF8.self)),
      let key = try? NoteSigningKey(name: name, type: .cosignature, seed: seed)
    else { throw WitnessError(WitnessError.stateUnusable, "the key file does not hold a key") }
    return key
  }

  /// The witness's key; made first, readable by its owner alone, where there is none.
  /// - Throws: `witness-state-unusable`, `note-key-malformed`.
  public func createOrReadKey(name: String) throws(WitnessError) -> NoteSigningKey {
    if let key = try key(name: name) { return key }
    let key: NoteSigningKey
    do { key = try NoteSigningKey(name: name, type: .cosignature) } catch { throw WitnessError(error) }
    try replace(Self.keyName, with: Array(key.seed.hexadecimal.utf8), mode: .owner)
    return key
  }

  private func read(_ name: String) throws(WitnessError) -> [UInt8]? {
    do { return try folder.read(name) } catch { throw WitnessError(error) }
  }

  private func replace(_ name: String, with bytes: [UInt8], mode: FileMode) throws(WitnessError) {
    do { try folder.replace(name, with: bytes, mode: mode) } catch { throw WitnessError(error) }
  }
}
