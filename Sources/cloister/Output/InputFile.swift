import ChatArchive
import CloisterClient
import Foundation
import StrictJSON
import Trust

/// Files named on the command line. One that cannot be read is a mistake in the arguments.
enum InputFile {
  static func bytes(_ path: String, byteLimit: Int) throws -> [UInt8] {
    try requireNoFolder(path)
    // Without bytes it returns nil; where reading fails in the middle, what was read is no file.
    guard let handle = FileHandle(forReadingAtPath: path),
      let data = try? handle.read(upToCount: byteLimit + 1) ?? Data()
    else { throw unreadable("the file \(path)") }
    guard data.count <= byteLimit else {
      throw CommandError(
        CommandError.fileUnfit, "the file \(path) is above \(byteLimit) bytes",
        advice: "Look whether it is the file that is meant.")
    }
    return Array(data)
  }

  static func unreadable(_ what: String) -> CommandError {
    CommandError(
      CommandError.fileUnreadable, "\(what) cannot be read", advice: "Look at its path, and whether you may read it.")
  }

  private static func requireNoFolder(_ path: String) throws {
    var isFolder: ObjCBool = false
    guard !FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) || !isFolder.boolValue else {
      throw CommandError(CommandError.fileUnreadable, "\(path) is a folder", advice: "Name a file in it.")
    }
  }

  /// An exported chat, or WhatsApp's archive with one in it.
  /// - Parameter chatName: which chat of the file, by name or identifier.
  static func chatExport(_ path: String, chatName: String? = nil) throws -> ChatExport {
    if let archive = try chatArchive(path) {
      return ChatExport(fileName: archive.name, bytes: archive.text, chatName: chatName)
    }
    return ChatExport(
      fileName: URL(fileURLWithPath: path).lastPathComponent,
      bytes: try bytes(path, byteLimit: ChatExport.byteLimit), chatName: chatName)
  }

  /// Nil for a file that is no archive. The file is mapped, so that media beside the chat are not read.
  private static func chatArchive(_ path: String) throws -> ChatArchive? {
    guard let file = try? Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe),
      ChatArchive.isArchive(file.prefix(4))
    else { return nil }
    return try file.withUnsafeBytes { try ChatArchive(borrowing: $0) }
  }

  /// A text file, without the newlines at its end.
  static func trimmedBytes(_ path: String, byteLimit: Int) throws -> [UInt8] {
    trimmed(try bytes(path, byteLimit: byteLimit))
  }

  /// A signed statement, with or without a newline behind it.
  static func statement(_ path: String) throws -> Statement {
    try Statement(parsing: trimmed(try bytes(path, byteLimit: Statement.byteLimit)))
  }

  /// A policy that its publishers signed or, where the person says so, one edited by hand: signed or bare JSON, which may
  /// have comments on lines of their own.
  static func policy(_ path: String, isCustom: Bool) throws -> TrustedPolicy {
    guard isCustom else { return try TrustedPolicy(published: try statement(path)) }
    let content = trimmed(try bytes(path, byteLimit: 4 * Statement.byteLimit))
    let statement = try (try? Statement(parsing: content)) ?? customStatement(content)
    return try TrustedPolicy(custom: statement)
  }

  private static func customStatement(_ content: [UInt8]) throws -> Statement {
    let withoutComments = CommentedPolicy.withoutComments(content)
    // A commented file is for reading; what is adopted from one is its canonical form, which fits a statement.
    let payload = withoutComments == content ? content : try JSONValue(parsing: withoutComments).canonicalBytes
    guard payload.count <= Statement.byteLimit else {
      throw CommandError(
        CommandError.fileUnfit, "the policy is above \(Statement.byteLimit) bytes without its comments",
        advice: "Shorten it: no statement has room for more.")
    }
    return Statement(payloadType: TrustPolicy.payloadType, payload: payload)
  }

  private static func trimmed(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
    return bytes
  }
}
