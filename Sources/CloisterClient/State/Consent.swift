import StrictJSON

/// What a person agreed to: nothing, until they say so, and never for a chat they excluded.
public struct Consent: Sendable, Equatable {
  static let version: UInt64 = 1

  /// A chat that must not be read. Known by its title or, where the export has none, by its senders.
  public struct ExcludedChat: Sendable, Equatable {
    public let title: String?
    public let senders: [String]

    public init(title: String?, senders: [String]) {
      self.title = title
      self.senders = senders
    }
  }

  public private(set) var grantedTasks: Set<String> = []
  public private(set) var excludedChats: [ExcludedChat] = []
  /// By the app's name. No app may more than the person.
  public private(set) var appTasks: [String: Set<String>] = [:]

  public init() {}

  public mutating func grant(_ task: String) { grantedTasks.insert(task) }

  public mutating func revoke(_ task: String) { grantedTasks.remove(task) }

  public mutating func exclude(_ chat: ExcludedChat) {
    if !excludedChats.contains(chat) { excludedChats.append(chat) }
  }

  /// Takes back the exclusion of this chat. That of another with the same senders stays, and goes on to refuse this one.
  public mutating func include(_ chat: ExcludedChat) { excludedChats.removeAll { Self.isSame($0, chat) } }

  public mutating func grant(_ task: String, toApp app: String) { appTasks[app, default: []].insert(task) }

  public mutating func revoke(_ task: String, fromApp app: String) {
    appTasks[app]?.remove(task)
    if appTasks[app]?.isEmpty == true { forgetApp(app) }
  }

  public mutating func forgetApp(_ app: String) { appTasks[app] = nil }

  /// - Throws: `consent-missing` where the person has not opted in, `app-consent-missing` where this app is left out.
  public func requireGranted(_ task: String, toApp app: String) throws(ClientError) {
    try requireGranted(task)
    guard appTasks[app]?.contains(task) == true else {
      throw ClientError(
        ClientError.appConsentMissing,
        "the task is not opted in to for this app: `cloister consent grant --app NAME --task \(task)`")
    }
  }

  /// - Throws: `consent-missing`.
  public func requireGranted(_ task: String) throws(ClientError) {
    guard grantedTasks.contains(task) else {
      throw ClientError(
        ClientError.consentMissing, "the task is not opted in to: `cloister consent grant --task \(task)`")
    }
  }

  /// - Throws: `chat-excluded`.
  public func requireNotExcluded(_ chat: ExcludedChat) throws(ClientError) {
    guard !excludedChats.contains(where: { Self.matches($0, chat) }) else {
      throw ClientError(
        ClientError.chatExcluded, "this chat is excluded, or everybody in it is everybody in a chat that is")
    }
  }

  /// The same chat or, whatever the titles, the same three people or more and nobody else: a title can be changed.
  static func matches(_ excluded: ExcludedChat, _ chat: ExcludedChat) -> Bool {
    if isSame(excluded, chat) { return true }
    let senders = Set(excluded.senders.map(folded))
    return senders.count >= sameSendersLimit && senders == Set(chat.senders.map(folded))
  }

  /// Fewer people are in many chats together.
  private static let sameSendersLimit = 3

  /// The same title; where either has none, senders that overlap by half or more.
  ///
  /// Half of the larger group always counts; half of the smaller one, as in a shorter export of the same chat, when it
  /// is two people or more, since the person themselves speaks in every chat.
  private static func isSame(_ excluded: ExcludedChat, _ chat: ExcludedChat) -> Bool {
    if let title = excluded.title, let other = chat.title { return foldedTitle(title) == foldedTitle(other) }
    let known = Set(excluded.senders.map(folded))
    let seen = Set(chat.senders.map(folded))
    let common = known.intersection(seen).count
    guard common > 0 else { return false }
    return common * 2 >= max(known.count, seen.count) || (common >= 2 && common * 2 >= min(known.count, seen.count))
  }

  /// A title that a file's name gave has the number of the download behind it: `Garden (1)`. More digits than two are a
  /// year or another part of the title.
  private static func foldedTitle(_ title: String) -> String {
    var folded = folded(title)[...]
    while folded.hasSuffix(")"), let start = folded.lastIndex(of: "("), start != folded.startIndex {
      let number = folded[folded.index(after: start)...].dropLast()
      guard (1...2).contains(number.count), number.allSatisfy({ ("0"..."9").contains($0) }) else { break }
      folded = folded[..<start]
      while folded.last == " " { folded.removeLast() }
    }
    return String(folded)
  }

  /// Case and invisible marks do not make another name.
  private static func folded(_ name: String) -> String {
    String(
      String.UnicodeScalarView(
        name.lowercased().unicodeScalars.filter { $0.properties.generalCategory != .format })
    ).split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}

extension Consent {
  var encoded: [UInt8] {
    let chats = excludedChats.map { chat in
      JSONValue.object([
        "title": chat.title.map { .string($0) } ?? .null, "senders": .array(chat.senders.map { .string($0) }),
      ])
    }
    var members: [String: JSONValue] = [
      "version": .integer(Int64(Self.version)), "tasks": .array(grantedTasks.sorted().map { .string($0) }),
      "excludedChats": .array(chats),
    ]
    if !appTasks.isEmpty {
      members["apps"] = .object(appTasks.mapValues { .array($0.sorted().map { .string($0) }) })
    }
    return Array(JSONValue.object(members).indentedText.utf8)
  }

  /// - Throws: `state-damaged`.
  init(parsing bytes: [UInt8]) throws(ClientError) {
    let damaged = ClientError(ClientError.stateDamaged, "consent is not of its schema")
    do {
      var object = try JSONObject(parsing: bytes, name: "consent")
      guard try object.count("version") == Self.version else { throw damaged }
      grantedTasks = Set(try object.strings("tasks"))
      for element in try object.array("excludedChats") {
        var chat = try JSONObject(element, name: "chat")
        let senders = try chat.strings("senders")
        switch try chat.value("title") {
        case .null: excludedChats.append(ExcludedChat(title: nil, senders: senders))
        case .string(let title): excludedChats.append(ExcludedChat(title: title, senders: senders))
        default: throw damaged
        }
        try chat.finish()
      }
      if let value = object.optional("apps") {
        var apps = try JSONObject(value, name: "apps")
        for app in apps.remainingNames { appTasks[app] = Set(try Self.strings(apps.takeEntry(app))) }
      }
      try object.finish()
    } catch {
      throw damaged
    }
  }

  private static func strings(_ value: JSONValue?) throws(ClientError) -> [String] {
    guard case .array(let elements)? = value else {
      throw ClientError(ClientError.stateDamaged, "consent of an app is no list")
    }
    var strings: [String] = []
    for element in elements {
      guard case .string(let string) = element else {
        throw ClientError(ClientError.stateDamaged, "task of an app is no string")
      }
      strings.append(string)
    }
    return strings
  }
}

/// The consent of one state folder. Without a file nothing is granted.
public struct ConsentStore: Sendable {
  let folder: StateFolder

  private static let name = "consent.json"

  /// - Throws: `state-damaged`, `state-unusable`.
  public func current() throws(ClientError) -> Consent {
    guard let bytes = try folder.read(Self.name) else { return Consent() }
    return try Consent(parsing: bytes)
  }

  /// - Throws: `state-damaged`, `state-unusable`.
  public func change(_ body: (inout Consent) -> Void) throws(ClientError) {
    try folder.withLock { () throws(ClientError) in
      var consent = try current()
      body(&consent)
      try folder.write(Self.name, consent.encoded)
    }
  }
}
