import Foundation
import TestSupport

/// `spent-tokens-redeemer` as a process of its own: a gateway that can be killed.
struct RedeemerProcess {
  private let process: ChildProcess

  /// The build folder, which holds the running test program and the executable.
  private static let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()

  init(_ kind: StoreKind, _ location: String, issuerDay: UInt64, count: UInt64) throws {
    process = try ChildProcess(
      Self.folder.appendingPathComponent("spent-tokens-redeemer").path,
      [kind.rawValue, location, String(issuerDay), String(count)])
  }

  /// Numbers of the acknowledged digests, until it ends by itself.
  func acknowledged() async -> [UInt64] {
    let bytes = await process.readToEnd()
    await process.wait()
    return Self.numbers(bytes)
  }

  /// Ends it with SIGKILL once it has acknowledged some bytes' worth of numbers.
  func acknowledgedUntilKilled(afterByteCount limit: Int) async -> [UInt64] {
    var bytes: [UInt8] = []
    while bytes.count < limit, case let more = await process.read(), !more.isEmpty { bytes += more }
    process.kill()
    bytes += await process.readToEnd()
    await process.wait()
    return Self.numbers(bytes)
  }

  /// Whole lines; the last one may have been cut.
  private static func numbers(_ bytes: [UInt8]) -> [UInt64] {
    let end = bytes.lastIndex(of: UInt8(ascii: "\n")) ?? bytes.startIndex
    return String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\n").compactMap { UInt64($0) }
  }
}
