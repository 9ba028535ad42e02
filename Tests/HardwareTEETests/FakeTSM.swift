import Glibc
import HardwareTEE
import Synchronization

/// The report folder of configfs-tsm as the kernel plays it (drivers/virt/coco): a new entry has its files at once,
/// `inblob` is taken when it is closed, each write moves the generation, and blobs are made as they are opened. A test
/// says what is wrong with it.
final class FakeTSM: Sendable {
  /// Above every descriptor that the process has of real files.
  static let firstDescriptor: CInt = 1 << 30

  struct Behaviour: Sendable {
    var provider = "sev_guest\n"
    var firstGeneration: UInt64 = 0
    /// Entries, counted from the first, into which somebody else writes behind our own write.
    var racesAfterWrite: Set<Int> = []
    /// The same behind the first read of `outblob`.
    var racesAfterRead: Set<Int> = []
    /// Entries whose kernel drops what is written, as it does without a word.
    var dropsWrite: Set<Int> = []
    /// The most bytes that a read gives and a write takes.
    var largestPiece = Int.max
    /// Error numbers by the name of the file, or `mkdir`, `rmdir`.
    var failures: [String: CInt] = [:]
    /// Error numbers that come with the first reads of a file.
    var readFailures: [String: CInt] = [:]
    var hiddenFiles: Set<String> = ["privlevel", "privlevel_floor"]
    var auxiliary: [UInt8] = []
    var privilegeFloor = "0\n"
    var generationText: String?
    /// Makes `outblob` out of `inblob`.
    var report: @Sendable ([UInt8]) -> [UInt8]
  }

  private struct Entry {
    var index: Int
    var generation: UInt64
    var inblob: [UInt8] = []
  }

  private struct OpenFile {
    var entry: String
    var name: String
    var access: FileOperations.Access
    var content: [UInt8]
    var offset = 0
  }

  private struct State {
    var entries: [String: Entry] = [:]
    var made: [String] = []
    var removed: [String] = []
    var files: [CInt: OpenFile] = [:]
    var nextDescriptor = FakeTSM.firstDescriptor
    var writes: [(name: String, bytes: [UInt8])] = []
  }

  let root: String
  let behaviour: Behaviour
  private let state = Mutex(State())

  init(root: String = "/fake/tsm/report", _ behaviour: Behaviour) {
    self.root = root
    self.behaviour = behaviour
  }

  /// The names of all entries that were ever made.
  var made: [String] { state.withLock { $0.made } }
  var removed: [String] { state.withLock { $0.removed } }
  var isEmpty: Bool { state.withLock { $0.entries.isEmpty && $0.files.isEmpty } }
  /// What was written into which file, one element an opened file.
  var writes: [(name: String, bytes: [UInt8])] { state.withLock { $0.writes } }

  typealias Failure = FileOperations.Failure

  var operations: FileOperations {
    FileOperations(
      makeDirectory: { [self] path throws(Failure) in try makeDirectory(path) },
      removeDirectory: { [self] path throws(Failure) in try removeDirectory(path) },
      open: { [self] path, access throws(Failure) in try open(path, access) },
      read: { [self] descriptor, byteCount throws(Failure) in try read(descriptor, byteCount) },
      write: { [self] descriptor, bytes throws(Failure) in try write(descriptor, bytes) },
      close: { [self] descriptor in close(descriptor) })
  }

  private func fail(_ name: String) throws(Failure) {
    if let number = behaviour.failures[name] { throw Failure(number) }
  }

  private func makeDirectory(_ path: String) throws(Failure) {
    try fail("mkdir")
    guard path.hasPrefix(root + "/") else { throw Failure(ENOENT) }
    let isNew = state.withLock { state in
      guard state.entries[path] == nil else { return false }
      state.entries[path] = Entry(index: state.made.count, generation: behaviour.firstGeneration)
      state.made.append(path)
      return true
    }
    if !isNew { throw Failure(EEXIST) }
  }

  private func removeDirectory(_ path: String) throws(Failure) {
    try fail("rmdir")
    let isRemoved = state.withLock { state in
      state.removed.append(path)
      return state.entries.removeValue(forKey: path) != nil
    }
    if !isRemoved { throw Failure(ENOENT) }
  }

  private func open(_ path: String, _ access: FileOperations.Access) throws(Failure) -> CInt {
    let parts = path.split(separator: "/")
    let name = String(parts.last ?? "")
    let entryPath = "/" + parts.dropLast().joined(separator: "/")
    try fail(name)
    let isWritable = ["inblob", "privlevel"].contains(name)
    guard !behaviour.hiddenFiles.contains(name) else { throw Failure(ENOENT) }
    guard isWritable == (access == .write) else { throw Failure(EACCES) }
    let descriptor = state.withLock { state -> CInt? in
      guard let entry = state.entries[entryPath], let content = content(of: name, entry) else { return nil }
      if name == "outblob", behaviour.racesAfterRead.contains(entry.index) {
        state.entries[entryPath]?.generation &+= 1
      }
      state.nextDescriptor += 1
      state.files[state.nextDescriptor] = OpenFile(entry: entryPath, name: name, access: access, content: content)
      return state.nextDescriptor
    }
    guard let descriptor else { throw Failure(ENOENT) }
    return descriptor
  }

  private func content(of name: String, _ entry: Entry) -> [UInt8]? {
    switch name {
    case "provider": Array(behaviour.provider.utf8)
    case "generation": Array((behaviour.generationText ?? "\(entry.generation)\n").utf8)
    case "privlevel_floor": Array(behaviour.privilegeFloor.utf8)
    case "outblob": behaviour.report(entry.inblob)
    case "auxblob": behaviour.auxiliary
    case "inblob", "privlevel": []
    default: nil
    }
  }

  private func read(_ descriptor: CInt, _ byteCount: Int) throws(Failure) -> [UInt8] {
    let result = state.withLock { state -> Result<[UInt8], Failure> in
      guard var file = state.files[descriptor], file.access == .read else { return .failure(Failure(EBADF)) }
      if let number = behaviour.readFailures[file.name] { return .failure(Failure(number)) }
      let piece = Array(file.content.dropFirst(file.offset).prefix(min(byteCount, behaviour.largestPiece)))
      file.offset += piece.count
      state.files[descriptor] = file
      return .success(piece)
    }
    return try result.get()
  }

  private func write(_ descriptor: CInt, _ bytes: ArraySlice<UInt8>) throws(Failure) -> Int {
    let count: Int? = state.withLock { state in
      guard state.files[descriptor]?.access == .write else { return nil }
      let taken = bytes.prefix(behaviour.largestPiece)
      state.files[descriptor]?.content += taken
      return taken.count
    }
    guard let count else { throw Failure(EBADF) }
    return count
  }

  private func close(_ descriptor: CInt) {
    state.withLock { state in
      guard let file = state.files.removeValue(forKey: descriptor), file.access == .write,
        let index = state.entries[file.entry]?.index
      else { return }
      state.writes.append((file.name, file.content))
      if behaviour.dropsWrite.contains(index), file.name == "inblob" { return }
      if file.name == "inblob" { state.entries[file.entry]?.inblob = file.content }
      state.entries[file.entry]?.generation &+= 1
      if behaviour.racesAfterWrite.contains(index) { state.entries[file.entry]?.generation &+= 1 }
    }
  }
}
