package import DurableFiles
import Synchronization

/// Files in memory that lose at a crash what was not synchronized, in any combination that a disk may leave, and whose
/// operations can be made to fail or to be the last ones of their process.
package final class FaultyFiles: DurableFileSystem {
  package enum Fault: Sendable, Equatable {
    /// The process ends in the middle of the operation: it and all later ones throw.
    case kill
    /// The operation fails; later ones go on. A write may have written a part; what a failed synchronization was to
    /// make last is lost, though it can still be read.
    case fail
  }

  private struct File {
    var durable: [UInt8] = []
    var current: [UInt8] = []
    /// Whether a failed synchronization lost what was written: then a later one changes nothing.
    var isLost = false
  }

  /// A change of one name of one folder; two for a renaming, which are one.
  private struct NameChange {
    var folder: String
    var removed: [String] = []
    var added: (name: String, file: Int)?
  }

  private struct State {
    var random: SplitMix
    var files: [Int: File] = [:]
    var nextFile = 1
    /// Path to file; 0 is a folder.
    var names: [String: Int] = [:]
    var durableNames: [String: Int] = [:]
    var changes: [NameChange] = []
    var operationCount = 0
    var fault: (operation: Int, kind: Fault)?
    var isDead = false
    var faultCount = 0
  }

  private let state: Mutex<State>

  package init(seed: UInt64) { state = Mutex(State(random: SplitMix(seed))) }

  /// - Parameter operations: how many go well first.
  package func fail(after operations: Int, _ kind: Fault) {
    state.withLock { $0.fault = ($0.operationCount + operations, kind) }
  }

  /// How many faults were met so far.
  package var faultCount: Int { state.withLock { $0.faultCount } }
  package var isDead: Bool { state.withLock { $0.isDead } }

  /// What the disk holds after a loss of power, for the next process.
  package func crash() {
    state.withLock { state in
      for change in state.changes where state.random.coin() { Self.apply(change, to: &state.durableNames) }
      // A name in a folder that does not last is gone with it.
      let names = state.durableNames.filter { name, _ in
        Self.parents(of: name).allSatisfy { state.durableNames[$0] == 0 }
      }
      for (identifier, file) in state.files {
        let bytes = Self.survivor(file, &state.random)
        state.files[identifier] = File(durable: bytes, current: bytes)
      }
      (state.names, state.durableNames, state.changes) = (names, names, [])
      (state.fault, state.isDead) = (nil, false)
    }
  }

  /// The end of the process without a loss of power: everything that was written stays readable.
  package func endProcess() { state.withLock { ($0.fault, $0.isDead) = (nil, false) } }

  // MARK: Operations

  package func read(_ path: String) throws(FileFailure) -> [UInt8]? {
    try operate("read") { (state, _) in
      guard let identifier = state.names[path], identifier != 0 else { return nil }
      return state.files[identifier]?.current
    }
  }

  package func makeFolder(_ path: String) throws(FileFailure) {
    try operate("make folder") { (state, faulty) throws(FileFailure) in
      guard state.names[path] == nil, !faulty || state.random.coin() else { return }
      try Self.requireFolder(of: path, state)
      Self.change(NameChange(folder: DurableFolder.folder(of: path), added: (path, 0)), &state)
    }
  }

  package func write(_ path: String, _ bytes: [UInt8], mode: FileMode) throws(FileFailure) {
    try operate("write") { (state, faulty) throws(FileFailure) in
      let identifier = try Self.open(path, &state)
      let written = faulty ? Array(bytes.prefix(state.random.next(below: bytes.count + 1))) : bytes
      state.files[identifier]?.current = written
      state.files[identifier]?.isLost = false
    }
    try synchronize(path)
  }

  package func append(_ path: String, _ bytes: [UInt8]) throws(FileFailure) {
    try operate("append") { (state, faulty) throws(FileFailure) in
      let identifier = try Self.open(path, &state)
      state.files[identifier]?.current += faulty ? bytes.prefix(state.random.next(below: bytes.count + 1)) : bytes[...]
    }
    try synchronize(path)
  }

  private func synchronize(_ path: String) throws(FileFailure) {
    try operate("synchronize") { (state, faulty) throws(FileFailure) in
      guard let identifier = state.names[path], var file = state.files[identifier] else {
        throw FileFailure("synchronize")
      }
      if faulty { file.isLost = true } else if !file.isLost { file.durable = file.current }
      state.files[identifier] = file
    }
  }

  package func synchronizeFolder(_ path: String) throws(FileFailure) {
    try operate("synchronize folder") { (state, faulty) throws(FileFailure) in
      guard path.isEmpty || state.names[path] == 0 else { throw FileFailure("synchronize folder") }
      let changes = state.changes.filter { $0.folder == path }
      state.changes.removeAll { $0.folder == path }
      if faulty {
        // A later synchronization says nothing of these files, though their names can be read. Folders are spared:
        // nobody makes one again that is there.
        state.changes += changes.filter { $0.added?.file == 0 }
      } else {
        for change in changes { Self.apply(change, to: &state.durableNames) }
      }
    }
  }

  package func rename(_ path: String, to newPath: String) throws(FileFailure) {
    try operate("rename") { (state, faulty) throws(FileFailure) in
      guard let identifier = state.names[path], identifier != 0 else { throw FileFailure("rename") }
      guard !faulty || state.random.coin() else { return }
      let change = NameChange(
        folder: DurableFolder.folder(of: path), removed: [path], added: (newPath, identifier))
      Self.change(change, &state)
    }
  }

  package func removeFolder(_ path: String) throws(FileFailure) {
    try operate("remove folder") { (state, faulty) throws(FileFailure) in
      let files = state.names.keys.filter { DurableFolder.folder(of: $0) == path }.sorted()
      for file in files.prefix(faulty ? state.random.next(below: files.count + 1) : files.count) {
        Self.change(NameChange(folder: path, removed: [file]), &state)
      }
      guard !faulty, state.names[path] != nil else { return }
      Self.change(NameChange(folder: DurableFolder.folder(of: path), removed: [path]), &state)
    }
  }

  // MARK: Parts

  private func operate<Value: Sendable>(
    _ operation: String, _ body: (inout State, _ isFaulty: Bool) throws(FileFailure) -> Value
  ) throws(FileFailure) -> Value {
    let result = state.withLock { state -> Result<Value, FileFailure> in
      guard !state.isDead else { return .failure(FileFailure("process ended")) }
      state.operationCount += 1
      let kind = state.fault.flatMap { $0.operation < state.operationCount ? $0.kind : nil }
      if kind != nil {
        state.fault = nil
        state.faultCount += 1
      }
      if kind == .kill { state.isDead = true }
      let result = Result { () throws(FileFailure) in try body(&state, kind != nil) }
      return kind == nil ? result : .failure(FileFailure(operation, number: 5))
    }
    return try result.get()
  }

  private static func open(_ path: String, _ state: inout State) throws(FileFailure) -> Int {
    if let identifier = state.names[path] {
      guard identifier != 0 else { throw FileFailure("open") }
      return identifier
    }
    try requireFolder(of: path, state)
    let identifier = state.nextFile
    state.nextFile += 1
    state.files[identifier] = File()
    change(NameChange(folder: DurableFolder.folder(of: path), added: (path, identifier)), &state)
    return identifier
  }

  private static func requireFolder(of path: String, _ state: State) throws(FileFailure) {
    let folder = DurableFolder.folder(of: path)
    guard folder.isEmpty || state.names[folder] == 0 else { throw FileFailure("no folder") }
  }

  private static func change(_ change: NameChange, _ state: inout State) {
    apply(change, to: &state.names)
    state.changes.append(change)
  }

  private static func apply(_ change: NameChange, to names: inout [String: Int]) {
    for name in change.removed { names[name] = nil }
    if let added = change.added { names[added.name] = added.file }
  }

  private static func parents(of path: String) -> [String] {
    var parents: [String] = []
    var folder = DurableFolder.folder(of: path)
    while !folder.isEmpty {
      parents.append(folder)
      folder = DurableFolder.folder(of: folder)
    }
    return parents
  }

  /// The old bytes, the new ones, or pages of both.
  private static func survivor(_ file: File, _ random: inout SplitMix) -> [UInt8] {
    guard file.durable != file.current else { return file.durable }
    switch file.isLost ? 0 : random.next(below: 4) {
    case 0: return file.durable
    case 1: return file.current
    case 2:
      // What lasted before more was appended stays.
      let kept = file.current.starts(with: file.durable) ? file.durable.count : 0
      return Array(file.current.prefix(kept + random.next(below: file.current.count - kept + 1)))
    default:
      // The size came, some of the bytes did not.
      var bytes = file.current
      let hole = random.next(below: bytes.count + 1)
      for index in hole..<min(bytes.count, hole + 64) {
        bytes[index] = index < file.durable.count ? file.durable[index] : 0
      }
      return bytes
    }
  }
}

/// Numbers that follow from a seed, which a failing test prints.
package struct SplitMix: RandomNumberGenerator, Sendable {
  private var value: UInt64

  package init(_ seed: UInt64) { value = seed }

  package mutating func next() -> UInt64 {
    value &+= 0x9E37_79B9_7F4A_7C15
    var mixed = value
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  package mutating func next(below bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

  package mutating func coin() -> Bool { next() & 1 == 0 }
}
