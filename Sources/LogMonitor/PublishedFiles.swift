public import ErrorCodes
import Foundation
public import HTTPMessages

/// Where an auditor reads a log's files: a web server, or a folder with a copy. What they hold is untrusted.
public protocol LogFiles: Sendable {
  /// The file's bytes; nil where there is none.
  /// - Parameter path: below the log's prefix, such as `checkpoint` or `tile/0/000`.
  /// - Throws: `audit-source-unreadable`, `audit-file-too-large`.
  func read(_ path: String, byteLimit: Int) async throws(LogMonitorError) -> [UInt8]?
}

/// The files behind a URL.
public struct WebLogFiles: LogFiles {
  private let exchange: any HTTPExchange
  private let server: String
  private let prefix: String

  /// - Parameter url: scheme, authority and the log's prefix, such as `https://log.example/logs/epochs`.
  /// - Throws: `audit-source-unreadable`.
  public init(url: String, exchange: any HTTPExchange) throws(LogMonitorError) {
    guard let parts = URLComponents(string: url), parts.scheme == "http" || parts.scheme == "https", parts.host != nil,
      parts.query == nil, parts.fragment == nil, let end = url.range(of: "://")?.upperBound
    else { throw LogMonitorError(LogMonitorError.sourceUnreadable, "the source is no URL of http or https") }
    let path = url[end...].firstIndex(of: "/") ?? url.endIndex
    server = String(url[..<path])
    prefix = url[path...].hasSuffix("/") ? String(url[path...].dropLast()) : String(url[path...])
    self.exchange = exchange
  }

  public func read(_ path: String, byteLimit: Int) async throws(LogMonitorError) -> [UInt8]? {
    let answer: WholeResponse
    do {
      answer = try await exchange.send(
        WholeRequest(method: "GET", path: prefix + "/" + path), to: server, bodyLimit: byteLimit)
    } catch {
      guard error.code != HTTPExchangeError.answerTooLarge else { throw .fileTooLarge(byteLimit) }
      throw LogMonitorError(LogMonitorError.sourceUnreadable, "the server: \(error.message)")
    }
    guard answer.field("content-encoding") == nil else {
      throw LogMonitorError(LogMonitorError.sourceUnreadable, "the server encodes contents, which nobody asked for")
    }
    switch answer.status {
    case 200: return answer.body
    case 404: return nil
    default: throw LogMonitorError(LogMonitorError.sourceUnreadable, "the server answered with status \(answer.status)")
    }
  }
}

/// The files of a folder.
public struct FolderLogFiles: LogFiles {
  private let folder: String

  public init(folder: String) { self.folder = folder }

  public func read(_ path: String, byteLimit: Int) async throws(LogMonitorError) -> [UInt8]? {
    guard let handle = FileHandle(forReadingAtPath: folder + "/" + path) else { return nil }
    defer { try? handle.close() }
    // Nil at the end of the file.
    let data: Data?
    do { data = try handle.read(upToCount: byteLimit + 1) } catch {
      throw LogMonitorError(LogMonitorError.sourceUnreadable, "a file cannot be read")
    }
    guard data?.count ?? 0 <= byteLimit else { throw .fileTooLarge(byteLimit) }
    return Array(data ?? Data())
  }
}

/// Why a file could not be read. An audit reports it as a finding.
public struct LogMonitorError: CodedError, Equatable {
  public let code: ErrorCode
  public let message: String

  public init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }

  public static func == (left: LogMonitorError, right: LogMonitorError) -> Bool { left.code == right.code }

  /// The log's files cannot be read.
  public static let sourceUnreadable = ErrorCode("audit-source-unreadable")
  /// A file of the log is larger than its kind can be.
  public static let fileTooLarge = ErrorCode("audit-file-too-large")

  static func fileTooLarge(_ byteLimit: Int) -> LogMonitorError {
    LogMonitorError(fileTooLarge, "a file is above \(byteLimit) bytes")
  }
}
