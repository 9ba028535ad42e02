public import ErrorCodes
import Foundation
public import HTTPMessages

/// Where an auditor reads what an operator publishes: a web server, or a folder with a copy. What they hold is untrusted.
public protocol PublishedFiles: Sendable {
  /// The file's bytes; nil where there is none.
  /// - Parameter path: below a prefix, such as a log's `checkpoint` or `tile/0/000`.
  /// - Throws: `audit-source-unreadable`, `audit-file-too-large`.
  func read(_ path: String, byteLimit: Int) async throws(LogMonitorError) -> [UInt8]?
}

/// The files behind a URL.
public struct WebFiles: PublishedFiles {
  private let exchange: any HTTPExchange
  private let address: WebAddress

  /// - Parameter url: scheme, authority and prefix, such as `https://log.example/logs/epochs`.
  /// - Throws: `audit-source-unreadable`.
  public init(url: String, exchange: any HTTPExchange) throws(LogMonitorError) {
    guard let address = WebAddress(url) else {
      throw LogMonitorError(LogMonitorError.sourceUnreadable, "the source is no URL of http or https")
    }
    self.address = address
    self.exchange = exchange
  }

  public func read(_ path: String, byteLimit: Int) async throws(LogMonitorError) -> [UInt8]? {
    let answer: WholeResponse
    do {
      answer = try await exchange.send(
        WholeRequest(method: "GET", path: address.path + "/" + path), to: address.server, bodyLimit: byteLimit)
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
public struct FolderFiles: PublishedFiles {
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
