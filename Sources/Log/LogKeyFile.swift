public import DurableFiles
public import TransparencyLog
import WireFormat

/// Where the key of a log lies: in the log's own folder, as a file that only its owner reads.
public enum LogKeyFile {
  private static let name = "key"

  /// The folder of a log below the state folder: named by its origin, which never changes.
  public static func folder(state: String, origin: String) -> String {
    state + "/" + Checkpoint.originDigest(origin).prefix(16)
  }

  /// Keeps other processes out of every log of a state folder while it lives.
  /// - Throws: `log-state-unusable`.
  public static func lock(state: String) throws(LogError) -> FolderLock {
    do { return try FolderLock(folder: state) } catch {
      throw LogError(LogError.stateUnusable, "another process holds the state folder, or it is missing")
    }
  }

  /// The log's files, in that folder; it is made where it is missing.
  /// - Throws: `log-state-unusable`.
  public static func files(state: String, origin: String) throws(LogError) -> PosixFileSystem {
    do { return try PosixFileSystem(root: folder(state: state, origin: origin)) } catch { throw LogError(error) }
  }

  /// The log's key; made first where there is none.
  /// - Throws: `log-state-unusable`, `note-key-malformed`.
  public static func createOrRead(state: String, origin: String) throws(LogError) -> NoteSigningKey {
    if let key = try read(state: state, origin: origin) { return key }
    do {
      let key = try NoteSigningKey(name: origin, type: .ed25519)
      let folder = DurableFolder(try files(state: state, origin: origin))
      try folder.replace(name, with: Array(key.seed.hexadecimal.utf8), mode: .owner)
      return key
    } catch let error as TransparencyLogError {
      throw LogError(error)
    } catch let error as FileFailure {
      throw LogError(error)
    } catch let error as LogError {
      throw error
    } catch {
      throw LogError(LogError.stateUnusable, "the key cannot be made")
    }
  }

  /// The log's key; nil where there is none.
  /// - Throws: `log-state-unusable`.
  public static func read(state: String, origin: String) throws(LogError) -> NoteSigningKey? {
    let bytes: [UInt8]?
    do {
      bytes = try DurableFolder(try PosixFileSystem(root: folder(state: state, origin: origin))).read(name)
    } catch {
      throw LogError(error)
    }
    guard let bytes else { return nil }
    guard let seed = [UInt8](hexadecimal: String(decoding: bytes, as: UTF8.self)),
      let key = try? NoteSigningKey(name: origin, type: .ed25519, seed: seed)
    else { throw LogError(LogError.stateUnusable, "the key file does not hold a key") }
    return key
  }
}
