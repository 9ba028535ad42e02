import DurableFiles
public import Foundation
public import PrivacyPass
public import Trust

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Everything that one person's client remembers: in one folder of mode 0700, or in another storage.
///
/// Several processes may use one folder at once.
public struct ClientState: Sendable {
  public static let version = "1"

  public let path: String
  let folder: StateFolder
  public let wallet: Wallet
  public let consent: ConsentStore
  public let apps: AppStore
  public let receipts: ReceiptStore
  public let policies: PolicyStore
  let epochs: EpochStore
  let conflicts: ConflictStore
  package let draws: DrawStore
  public let issuerEvents: IssuerEventStore
  public let history: HistoryStore

  /// Opens a state folder, or makes one where the path is missing or empty.
  ///
  /// - Parameter walletKey: where the key of the wallet is kept; by default in this folder.
  /// - Throws: `state-foreign`, `state-version`, `state-unusable`.
  public init(path: String, walletKey: (any WalletKeySource)? = nil) throws(ClientError) {
    try self.init(path: path, walletKey: walletKey, afterWalletStep: nil)
  }

  /// - Parameter afterWalletStep: called after each step of a change to the wallet; tests end it there.
  package init(
    path: String, walletKey: (any WalletKeySource)? = nil,
    afterWalletStep: (@Sendable (StateWriteStep) throws(ClientError) -> Void)?
  ) throws(ClientError) {
    let folder = try Self.openFolder(path)
    var wallet = try FolderStorage(opening: path + "/wallet")
    wallet.afterStep = afterWalletStep
    try self.init(folder: folder, wallet: StateFolder(wallet), walletKey: walletKey)
  }

  /// State that is kept elsewhere than in a folder of files.
  ///
  /// - Parameter walletKey: where the key of the wallet is kept; by default in this storage.
  /// - Throws: `state-foreign`, `state-version`, `state-unusable`.
  public init(storage: any StateStorage, walletKey: (any WalletKeySource)? = nil) throws(ClientError) {
    let folder = StateFolder(storage)
    try Self.requireVersion(folder)
    try self.init(folder: folder, wallet: try folder.subfolder("wallet"), walletKey: walletKey)
  }

  private init(
    folder: StateFolder, wallet walletFolder: StateFolder, walletKey: (any WalletKeySource)?
  ) throws(ClientError) {
    path = folder.path
    self.folder = folder
    wallet = Wallet(folder: walletFolder, keySource: walletKey ?? FolderWalletKey(folder: folder))
    consent = ConsentStore(folder: folder)
    apps = AppStore(folder: folder)
    policies = PolicyStore(folder: folder, history: try folder.subfolder("policies"))
    epochs = EpochStore(folder: folder, bundles: try folder.subfolder("bundles"))
    receipts = ReceiptStore(folder: try folder.subfolder("receipts"), policies: policies, epochs: epochs)
    conflicts = ConflictStore(folder: try folder.subfolder("conflicts"))
    draws = DrawStore(folder: folder)
    issuerEvents = IssuerEventStore(folder: folder)
    history = HistoryStore(folder: try folder.subfolder("history"))
  }

  /// Where the state lies unless the person says otherwise: what `CLOISTER_STATE` names, or else a folder of their own.
  public static var defaultPath: String { defaultPath(environment: ProcessInfo.processInfo.environment) }

  package static func defaultPath(environment: [String: String]) -> String {
    if let path = environment["CLOISTER_STATE"], !path.isEmpty { return path }
    if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return state + "/cloister" }
    // Services and cron may have no HOME: the folder that one happens to start in is no place for tokens and receipts.
    let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? NSHomeDirectory()
    return home + "/.local/state/cloister"
  }

  private static func openFolder(_ path: String) throws(ClientError) -> StateFolder {
    // Not by NSString, which ends the process for a path of one character, such as `.`
    var name = path[...]
    while name.count > 1, name.last == "/" { name.removeLast() }
    let parent = DurableFolder.folder(of: String(name))
    if !parent.isEmpty {
      try? FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
    }
    let folder = StateFolder(try FolderStorage(opening: path))
    try requireVersion(folder)
    var status = stat()
    let foreign = ClientError(ClientError.stateForeign, "folder belongs to another user")
    guard lstat(path, &status) == 0, status.st_uid == geteuid() else { throw foreign }
    // A state on a disk that is mounted for reading can be read, where others cannot look into it.
    guard status.st_mode & 0o777 == 0o700 || chmod(path, 0o700) == 0 else {
      guard errno != EPERM else { throw foreign }
      throw ClientError(ClientError.stateUnusable, "client state: others can look into it, and cannot be kept out")
    }
    return folder
  }

  /// Marks an empty folder as a client's state.
  private static func requireVersion(_ folder: StateFolder) throws(ClientError) {
    if let stored = try folder.read("version", byteLimit: 64) {
      guard stored == Array((version + "\n").utf8) else {
        throw ClientError(ClientError.stateVersion, "client state is not of version \(version)")
      }
    } else {
      let names = try folder.names()
      guard names.isEmpty || names.contains("version") else {
        throw ClientError(ClientError.stateForeign, "folder is neither empty nor a client's state")
      }
      try folder.write("version", Array((version + "\n").utf8))
    }
  }

  /// Keeps the account key that the operator gave the person. Secret.
  /// - Throws: `account-missing` for a key that cannot be one, `state-unusable`.
  public func keepAccountKey(_ key: String) throws(ClientError) { try draws.keepAccountKey(key) }

  /// How many accounts drew on an earlier issuer day, as the issuer said at the last draw; nil where it said nothing.
  /// - Throws: `state-damaged`, `state-unusable`.
  public func crowdClaim() throws(ClientError) -> CrowdClaim? { try draws.crowdClaim() }

  /// When tokens can be drawn again; nil where today's can be drawn now, or nobody can tell the day.
  /// - Throws: `state-damaged`, `state-unusable`.
  public func nextDraw(under policy: TrustPolicy, at now: Date) throws(ClientError) -> Date? {
    guard let epoch = try? policy.epochs.epoch(at: now) else { return nil }
    let day = policy.epochs.issuerDay(of: epoch)
    return try draws.wasDrawn(day: day) ? policy.epochs.beginning(ofIssuerDay: day + 1) : nil
  }

  /// Proof that the operator or the log broke its word is kept: nothing may be sent.
  /// - Throws: `conflict-kept`.
  public func requireNoConflict() throws(ClientError) { try conflicts.requireNone() }
}
