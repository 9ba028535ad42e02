import Foundation

/// Looks for text in every file that a process has open, or could have written.
struct FileTraces {
  let pattern: [UInt8]
  /// Files that are older hold nothing of a request.
  let start: Date

  private func holds(_ path: String) -> Bool {
    guard let file = try? Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe) else { return false }
    return !ByteSearch.places(of: pattern, in: [UInt8](file)[...]).isEmpty
  }

  /// Open files, memory files among them, of a process.
  /// - Returns: what they are called, and whether the text is in one.
  func openFiles(of process: Int32) -> (names: [String], found: [String]) {
    let folder = "/proc/\(process)/fd/"
    let descriptors = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let files = descriptors.compactMap { descriptor -> (name: String, path: String)? in
      var status = stat()
      guard stat(folder + descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
      return (
        (try? FileManager.default.destinationOfSymbolicLink(atPath: folder + descriptor)) ?? "", folder + descriptor
      )
    }
    return (files.map(\.name), files.filter { holds($0.path) }.map(\.name))
  }

  /// Bytes that wait in the kernel's buffers of a process's TCP connections, and how many sockets it has at all.
  static func sockets(of process: Int32) -> (count: Int, waitingByteCount: Int) {
    let folder = "/proc/\(process)/fd/"
    let inodes = Set(
      ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).compactMap { descriptor -> String? in
        let name = (try? FileManager.default.destinationOfSymbolicLink(atPath: folder + descriptor)) ?? ""
        return name.hasPrefix("socket:[") ? String(name.dropFirst(8).dropLast()) : nil
      })
    let tables = ["tcp", "tcp6"].compactMap {
      try? String(contentsOfFile: "/proc/\(process)/net/\($0)", encoding: .utf8)
    }
    let waiting = tables.joined().split(separator: "\n").reduce(0) { sum, line in
      let fields = line.split(separator: " ")
      guard fields.count > 9, inodes.contains(String(fields[9])) else { return sum }
      return sum + fields[4].split(separator: ":").compactMap { Int($0, radix: 16) }.reduce(0, +)
    }
    return (inodes.count, waiting)
  }

  /// Files below a folder that changed since the start and hold the text. Links are not followed.
  func found(under folder: String, except names: Set<String> = []) -> [String] {
    guard let entries = opendir(folder) else { return [] }
    defer { closedir(entries) }
    var found: [String] = []
    while let entry = readdir(entries) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      let path = folder + "/" + name
      switch Int(entry.pointee.d_type) {
      case Int(DT_DIR) where ![".", ".."].contains(name) && !names.contains(name): found += self.found(under: path)
      case Int(DT_REG) where isNew(path) && holds(path): found.append(path)
      default: break
      }
    }
    return found
  }

  private func isNew(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && TimeInterval(status.st_mtim.tv_sec) >= start.timeIntervalSince1970 - 1
  }
}
