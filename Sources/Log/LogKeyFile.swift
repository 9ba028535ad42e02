public import DurableFiles
import Foundation
public import TransparencyLog
import WireFormat

/// Where the key of a log lies: in the log's own folder, as a file that only its owner reads.
public enum LogKeyFile {
  private static let name = "key"
  private static let successorName = "key.next"

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
    return try make(name, state: state, origin: origin)
  }

  /// The key that is to take the log key's place; made first where there is none. The log has to be started again to sign
  /// with both.
  /// - Throws: `log-state-unusable`, also where the log has no key yet.
  public static func createOrReadSuccessor(state: String, origin: String) throws(LogError) -> NoteSigningKey {
    guard try read(state: state, origin: origin) != nil else {
      throw LogError(LogError.stateUnusable, "the log has no key that another could follow")
    }
    if let successor = try readSuccessor(state: state, origin: origin) { return successor }
    return try make(successorName, state: state, origin: origin)
  }

  /// Puts the successor in the place of the log's key, which is forgotten: the log must not run.
  /// - Throws: `log-state-unusable`, also while a note that the log keeps lacks the successor's signature.
  public static func retire(state: String, origin: String) throws(LogError) -> NoteSigningKey {
    guard let successor = try readSuccessor(state: state, origin: origin) else {
      throw LogError(LogError.stateUnusable, "the log's key has no successor")
    }
    for note in try LogStore.keptNotes(try files(state: state, origin: origin)) {
      guard (try? LogVerifier.checkpoint(of: note, origin: origin, logKey: successor.verifierKey)) != nil else {
        throw LogError(LogError.stateUnusable, "the log has not published a tree under the successor yet")
      }
    }
    do {
      try DurableFolder(try files(state: state, origin: origin))
        .replace(name, with: Array(successor.seed.hexadecimal.utf8), mode: .owner)
    } catch let error as FileFailure {
      throw LogError(error)
    } catch {
      throw LogError(LogError.stateUnusable, "the key cannot be replaced")
    }
    // One that stays behind is the log's own key by now, and so no successor.
    try? FileManager.default.removeItem(atPath: folder(state: state, origin: origin) + "/" + successorName)
    return successor
  }

  private static func make(_ name: String, state: String, origin: String) throws(LogError) -> NoteSigningKey {
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
    try read(name, state: state, origin: origin)
  }

  /// The key that is to take the log key's place; nil where there is none.
  /// - Throws: `log-state-unusable`.
  public static func readSuccessor(state: String, origin: String) throws(LogError) -> NoteSigningKey? {
    let successor = try read(successorName, state: state, origin: origin)
    return successor?.verifierKey == (try read(state: state, origin: origin))?.verifierKey ? nil : successor
  }

  private static func read(_ name: String, state: String, origin: String) throws(LogError) -> NoteSigningKey? {
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
