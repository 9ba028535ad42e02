import Foundation

/// A node's processes: itself, the launcher of engines, a keeper for each sandbox, and the engines.
enum ProcessTree {
  /// A process and all that it started, and what those started.
  static func descendants(of root: Int32) -> [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    var parents: [Int32: Int32] = [:]
    for process in names.compactMap({ Int32($0) }) { parents[process] = parent(of: process) }
    var all = [root]
    var index = 0
    while index < all.count {
      all += parents.filter { $0.value == all[index] }.map(\.key).sorted()
      index += 1
    }
    return all
  }

  private static func parent(of process: Int32) -> Int32? {
    guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return nil }
    // The name may hold anything, and ends with the last bracket.
    let fields = status[(status.lastIndex(of: ")") ?? status.startIndex)...].split(separator: " ")
    return fields.count > 2 ? Int32(fields[2]) : nil
  }

  /// The engines among them, by the first of their arguments.
  static func engines(of root: Int32, named name: String) -> Set<Int32> {
    Set(
      descendants(of: root).filter { process in
        FileManager.default.contents(atPath: "/proc/\(process)/cmdline")?.starts(with: Data("\(name)\0".utf8)) == true
      })
  }
}
