import CZip

/// The `.zip` that WhatsApp writes for a chat: one text, and media beside it where the person exported them; or one
/// that the person packed.
///
/// Exactly one entry is unpacked, into memory: `_chat.txt`, else the one text whose name has `WhatsApp` in it, else
/// `result.json` or `main.jsonl`. Nothing is ever written, and no name of the archive becomes a path. The archive is
/// anybody's and not trusted: libzip reads its directory, and everything it says is held against limits before anything
/// is unpacked.
public struct ChatArchive: Sendable {
  /// Of the archive, in bytes.
  public static let byteCountLimit = 1 << 30
  /// WhatsApp exports at most 10,000 media with a chat.
  public static let entryCountLimit = 16_384
  /// Of an entry's name, in bytes.
  public static let nameByteCountLimit = 255
  /// Of the text, in bytes.
  public static let textByteCountLimit = 64 << 20
  /// How many bytes each packed byte may become; text that people write becomes ten or less.
  public static let ratioLimit = 200

  /// Whether a file begins as an archive does.
  public static func isArchive(_ bytes: some Sequence<UInt8>) -> Bool {
    [[0x50, 0x4B, 0x03, 0x04], [0x50, 0x4B, 0x05, 0x06]].contains(Array(bytes.prefix(4)))
  }

  /// The entry's name without its folder; it tells the chat's.
  public let name: String
  public let text: [UInt8]

  /// - Throws: `archive-malformed`, `archive-too-large`, `archive-ratio`, `archive-name-unsafe`,
  ///   `archive-name-repeated`, `archive-encrypted`, `archive-method`, `archive-no-chat`, `archive-several-chats`.
  public init(_ archive: [UInt8]) throws(ChatArchiveError) {
    self = try archive.withUnsafeBytes { bytes in
      Result { () throws(ChatArchiveError) in try ChatArchive(borrowing: bytes) }
    }.get()
  }

  /// The same for a file that is mapped into memory, and not whole in it.
  public init(borrowing archive: UnsafeRawBufferPointer) throws(ChatArchiveError) {
    guard archive.count <= Self.byteCountLimit else {
      throw ChatArchiveError(
        ChatArchiveError.tooLarge, "archive has \(archive.count) bytes, at most \(Self.byteCountLimit) are read")
    }
    try ArchiveEnd.check(archive)
    let zip = try ZipReader(archive)
    defer { zip.close() }
    let entry = try Self.chat(among: try zip.entries())
    name = String(entry.baseName)
    text = try zip.content(of: entry)
  }

  /// The one entry that is read, and the only one that is held to rules: media may be called and packed as they like.
  private static func chat(among entries: [ZipReader.Entry]) throws(ChatArchiveError) -> ZipReader.Entry {
    let chat = try chosen(among: entries)
    guard chat.isNameSafe else {
      throw ChatArchiveError(ChatArchiveError.unsafeName, "the chat's name is a path or no name")
    }
    guard !chat.isEncrypted else { throw ChatArchiveError(ChatArchiveError.encrypted, "the chat is encrypted") }
    guard chat.isStoredOrDeflated else {
      throw ChatArchiveError(ChatArchiveError.method, "the chat is neither stored nor deflated")
    }
    guard chat.byteCount <= textByteCountLimit else {
      throw ChatArchiveError(
        ChatArchiveError.tooLarge, "the chat has \(chat.byteCount) bytes, at most \(textByteCountLimit) are read")
    }
    guard chat.byteCount / UInt64(ratioLimit) <= chat.packedByteCount else {
      throw ChatArchiveError(
        ChatArchiveError.ratio,
        "\(chat.packedByteCount) bytes become \(chat.byteCount), at most \(ratioLimit) for each are unpacked")
    }
    return chat
  }

  /// At the top, else in the one folder that has a chat, as archives have it that a computer packed again. A text of
  /// WhatsApp's beside `_chat.txt` was sent in the chat.
  private static func chosen(among entries: [ZipReader.Entry]) throws(ChatArchiveError) -> ZipReader.Entry {
    let known = entries.compactMap { entry in ChatName(entry.baseName).map { (name: $0, entry: entry) } }
    // In some languages the name does not say WhatsApp, and a person may have given it another: what the text is tells
    // its content.
    let named =
      known.isEmpty ? entries.filter { Self.isText($0.baseName) }.map { (name: ChatName.titled, entry: $0) } : known
    let top = named.filter { $0.entry.folder == nil }
    let beneath = named.filter { $0.entry.folder?.contains("/") == false && $0.entry.folder != "__MACOSX" }
    let candidates = top.isEmpty ? beneath : top
    guard let best = candidates.map(\.name).min() else {
      throw ChatArchiveError(ChatArchiveError.noChat, "none of \(entries.count) entries is a chat")
    }
    let chats = candidates.filter { $0.name == best }.map(\.entry)
    guard chats.count == 1, Set(candidates.map(\.entry.folder)).count == 1 else {
      guard Set(chats.map(\.name)).count == chats.count else {
        throw ChatArchiveError(ChatArchiveError.repeatedName, "two of \(chats.count) chats have one name")
      }
      throw ChatArchiveError(ChatArchiveError.severalChats, "\(candidates.count) entries may be the chat")
    }
    return chats[0]
  }

  fileprivate static func isText(_ name: some StringProtocol) -> Bool {
    name.hasSuffix(".txt") && !name.hasPrefix("._")
  }
}

/// What tells a chat among an archive's entries; the first is preferred.
private enum ChatName: Int, Comparable {
  /// iOS has one name for all chats of WhatsApp.
  case fixed
  /// Android names the chat, in the phone's language.
  case titled
  /// Telegram's and Signal's files, packed by the person.
  case otherApp

  init?(_ name: some StringProtocol) {
    if name == "_chat.txt" {
      self = .fixed
    } else if ChatArchive.isText(name), name.contains("WhatsApp") {
      self = .titled
    } else if name == "result.json" || name == "main.jsonl" {
      self = .otherApp
    } else {
      return nil
    }
  }

  static func < (left: ChatName, right: ChatName) -> Bool { left.rawValue < right.rawValue }
}
