import CZip

/// The `.zip` that WhatsApp writes for a chat: one text, and media beside it where the person exported them.
///
/// Exactly one entry is unpacked, into memory: `_chat.txt`, or the one text whose name has `WhatsApp` in it. Nothing is
/// ever written, and no name of the archive becomes a path. The archive is anybody's and not trusted: libzip reads its
/// directory, and everything it says is held against limits before anything is unpacked.
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

  /// The entry's name, which tells the chat's.
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
    name = entry.name
    text = try zip.content(of: entry)
  }

  private static func chat(among entries: [ZipReader.Entry]) throws(ChatArchiveError) -> ZipReader.Entry {
    guard Set(entries.map(\.name)).count == entries.count else {
      throw ChatArchiveError(ChatArchiveError.repeatedName, "two of \(entries.count) entries have one name")
    }
    let chats = entries.filter { isChat($0.name) }
    guard let chat = chats.first else {
      throw ChatArchiveError(ChatArchiveError.noChat, "none of \(entries.count) entries is a chat of WhatsApp")
    }
    guard chats.count == 1 else {
      throw ChatArchiveError(ChatArchiveError.severalChats, "\(chats.count) entries may be the chat")
    }
    guard !entries.contains(where: \.isEncrypted) else {
      throw ChatArchiveError(ChatArchiveError.encrypted, "an entry is encrypted")
    }
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

  /// iOS has one name for all chats; Android names the chat, in the phone's language.
  private static func isChat(_ name: String) -> Bool {
    name == "_chat.txt" || (name.hasSuffix(".txt") && name.contains("WhatsApp"))
  }
}
