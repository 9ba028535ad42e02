import Foundation
import TestSupport

/// A deployment that `cloister demo --keep` holds, until it is killed or let go.
final class KeptDeployment {
  private let process: ChildProcess
  let folder: URL

  /// Waits for the line that says where the client's state is.
  init(_ arguments: [String] = []) async throws {
    process = try CommandRun.start("cloister", ["demo", "--keep"] + arguments, errors: .separate)
    var said = ""
    while !said.contains("/client\n"), case let more = await process.readErrors(), !more.isEmpty {
      said += String(decoding: more, as: UTF8.self)
    }
    guard let line = said.split(separator: "\n").first(where: { $0.contains("--state ") }),
      let path = line.split(separator: " ").last
    else { throw DemoTestFailure(what: "the demo did not start: \(said)") }
    folder = URL(fileURLWithPath: String(path)).deletingLastPathComponent()
  }

  var statePath: String { folder.appendingPathComponent("client").path }

  /// Process identifiers of the parties, found by the deployment's folder in their arguments.
  func parties() throws -> [(name: String, identifier: Int32)] {
    let name = folder.lastPathComponent
    return try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { entry in
      guard let identifier = Int32(entry), identifier != process.identifier,
        let data = FileManager.default.contents(atPath: "/proc/\(entry)/cmdline")
      else { return nil }
      let arguments = data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
      guard arguments.contains(where: { $0.contains(name) }), let executable = arguments.first else { return nil }
      return (URL(fileURLWithPath: executable).lastPathComponent, identifier)
    }
  }

  /// Kilobytes of a process that are in memory.
  static func residentKilobytes(of identifier: Int32) throws -> Int {
    let status = try String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    guard let kilobytes = line?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
      throw DemoTestFailure(what: "a process has no VmRSS")
    }
    return kilobytes
  }

  /// Ends the demo as a crash would: nothing of it can clean up.
  func kill() {
    process.kill()
    process.waitNow()
  }
}

struct DemoTestFailure: Error {
  let what: String
}
