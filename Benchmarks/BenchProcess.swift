import ArgumentParser
import Foundation
import Glibc

/// A server as a process of its own, on one processor, whose time and memory the kernel counts.
final class BenchProcess {
  private let process = Process()
  /// Ends the child when this process does, however it ends.
  private let lifeline = Pipe()
  private(set) var port = 0

  /// - Parameters:
  ///   - announcesPort: waits for the line `listening HOST:PORT`.
  ///   - isQuiet: what it says on standard error is dropped.
  init(
    _ executable: String, _ arguments: [String], processor: Int?, announcesPort: Bool, isQuiet: Bool = false
  ) throws {
    let command = (processor.map { ["taskset", "-c", "\($0)"] } ?? []) + [executable] + arguments
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.standardInput = lifeline
    let output = Pipe()
    if announcesPort { process.standardOutput = output }
    if isQuiet { process.standardError = FileHandle.nullDevice }
    try process.run()
    guard announcesPort else { return }
    var said = ""
    while !said.contains("\n"), case let more = output.fileHandleForReading.availableData, !more.isEmpty {
      said += String(decoding: more, as: UTF8.self)
    }
    guard let number = said.split(separator: "\n").first?.split(separator: ":").last, let port = Int(number) else {
      throw ValidationError("\(executable) did not start")
    }
    self.port = port
  }

  /// This build's executables lie beside this one.
  static func sibling(_ name: String) -> String {
    URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent(name).path
  }

  static func inPath(_ name: String) -> String? {
    ((ProcessInfo.processInfo.environment["PATH"] ?? "") + ":/usr/sbin").split(separator: ":")
      .map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// A port that was free a moment ago.
  static func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) | getsockname(descriptor, $0, &length)
      }
    }
    guard result == 0 else { throw ValidationError("no free port") }
    return Int(UInt16(bigEndian: address.sin_port))
  }

  /// Processor time so far, of every thread.
  var processorTime: Duration {
    let folder = "/proc/\(process.processIdentifier)/task"
    let tasks = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return tasks.reduce(.zero) { sum, task in
      let text = (try? String(contentsOfFile: "\(folder)/\(task)/schedstat", encoding: .utf8)) ?? ""
      return sum + .nanoseconds(text.split(separator: " ").first.flatMap { Int64($0) } ?? 0)
    }
  }

  var memory: ProcessMemory { ProcessMemory(identifier: process.processIdentifier) }

  var openFileCount: Int {
    (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.processIdentifier)/fd"))?.count ?? 0
  }

  var isRunning: Bool { process.isRunning }

  /// At once: a child inherits blocked signals from some threads, and may never hear of gentler ones.
  func stop() {
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// Keeps this process, with the threads it has and will have, on one processor.
  static func stay(on processor: Int) throws {
    let taskset = Process()
    taskset.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    taskset.arguments = ["taskset", "-a", "-c", "-p", "\(processor)", "\(ProcessInfo.processInfo.processIdentifier)"]
    taskset.standardOutput = FileHandle.nullDevice
    try taskset.run()
    taskset.waitUntilExit()
    guard taskset.terminationStatus == 0 else { throw ValidationError("processor \(processor) cannot be had") }
  }
}

/// What the kernel says of a process's memory, in KiB.
struct ProcessMemory: Sendable {
  let identifier: Int32

  var residentKiB: Int { value("VmRSS:") }

  /// The most since the start.
  var peakResidentKiB: Int { value("VmHWM:") }

  private func value(_ name: String) -> Int {
    let text = (try? String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix(name) } ?? ""
    return line.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }.first ?? 0
  }
}
