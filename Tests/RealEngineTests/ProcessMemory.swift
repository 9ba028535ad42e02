import Foundation

/// What a process has in memory, as root may read it: `/proc/PID/maps` names the regions, `pagemap` the pages that are
/// there, `mem` gives them. The process is not stopped by that, and its memory not changed.
struct ProcessMemory {
  struct CannotRead: Error {}

  struct Region: Sendable {
    let range: Range<UInt64>
    /// As in `maps`; "anonymous" where it has none.
    let name: String
  }

  /// Where a pattern was found.
  struct Hit {
    let pattern: Int
    let region: String
    /// What follows the pattern, as far as asked for.
    let following: [UInt8]
  }

  private static let pageSize = UInt64(sysconf(Int32(_SC_PAGESIZE)))
  private static let blockSize = 1 << 20

  let process: Int32

  /// Whether this user may.
  static func isReadable(_ process: Int32) -> Bool {
    let memory = open("/proc/\(process)/mem", O_RDONLY)
    if memory >= 0 { close(memory) }
    return memory >= 0
  }

  func regions() throws -> [Region] {
    let table = String(decoding: try Data(contentsOf: URL(fileURLWithPath: "/proc/\(process)/maps")), as: UTF8.self)
    return table.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
      let bounds = fields[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
      // The kernel's own pages are nobody's memory.
      guard bounds.count == 2, fields[1].hasPrefix("r"), fields.last?.hasPrefix("[v") != true else { return nil }
      let name = fields.count > 5 ? fields[5].drop { $0 == " " } : "anonymous"
      return Region(range: bounds[0]..<bounds[1], name: String(name))
    }
  }

  /// - Parameter followingCount: bytes to give with each hit.
  func hits(of patterns: [[UInt8]], followingCount: Int) throws -> [Hit] {
    let memory = open("/proc/\(process)/mem", O_RDONLY)
    let pages = open("/proc/\(process)/pagemap", O_RDONLY)
    defer { for file in [memory, pages] where file >= 0 { close(file) } }
    guard memory >= 0, pages >= 0 else { throw CannotRead() }
    let overlap = (patterns.map(\.count).max() ?? 0) + followingCount
    var block = [UInt8](repeating: 0, count: Self.blockSize + overlap)
    var hits: [Hit] = []
    for region in try regions() {
      for run in Self.presentRuns(of: region.range, pages) {
        var place = run.lowerBound
        while place < run.upperBound {
          let wanted = min(block.count, Int(run.upperBound - place))
          // What went away meanwhile is no finding.
          let count = pread(memory, &block, wanted, off_t(truncatingIfNeeded: place))
          guard count > 0 else { break }
          hits += Self.hits(of: patterns, in: block[..<count], before: Self.blockSize, followingCount, region.name)
          place += UInt64(min(Self.blockSize, count))
        }
      }
    }
    return hits
  }

  /// The pages of a region that are in memory, joined.
  private static func presentRuns(of region: Range<UInt64>, _ pages: Int32) -> [Range<UInt64>] {
    var entries = [UInt64](repeating: 0, count: Int((region.upperBound - region.lowerBound) / pageSize))
    let offset = off_t(region.lowerBound / pageSize * 8)
    let count = entries.withUnsafeMutableBytes { pread(pages, $0.baseAddress, $0.count, offset) }
    var runs: [Range<UInt64>] = []
    // Bit 63: present. Bit 62: in swap, from which reading would fetch it.
    for index in 0..<(max(0, count) / 8) where entries[index] >> 62 != 0 {
      let start = region.lowerBound + UInt64(index) * pageSize
      if let last = runs.last, last.upperBound == start {
        runs[runs.count - 1] = last.lowerBound..<(start + pageSize)
      } else {
        runs.append(start..<(start + pageSize))
      }
    }
    return runs
  }

  /// Those that begin before `limit`: the others begin the next block.
  private static func hits(
    of patterns: [[UInt8]], in bytes: ArraySlice<UInt8>, before limit: Int, _ followingCount: Int, _ region: String
  ) -> [Hit] {
    patterns.enumerated().flatMap { index, pattern in
      ByteSearch.places(of: pattern, in: bytes).filter { $0 < limit }.map { place in
        Hit(pattern: index, region: region, following: Array(bytes[(place + pattern.count)...].prefix(followingCount)))
      }
    }
  }
}

enum ByteSearch {
  /// Where a pattern begins, in order.
  static func places(of pattern: [UInt8], in bytes: ArraySlice<UInt8>) -> [Int] {
    guard let first = pattern.first, bytes.count >= pattern.count else { return [] }
    var places: [Int] = []
    bytes.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      let last = bytes.count - pattern.count
      var place = 0
      while place <= last, let found = memchr(base + place, Int32(first), last - place + 1) {
        place = found - UnsafeMutableRawPointer(mutating: base)
        if memcmp(found, pattern, pattern.count) == 0 { places.append(place) }
        place += 1
      }
    }
    return places.map { $0 + bytes.startIndex }
  }
}
