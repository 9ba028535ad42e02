import Foundation

// What libFuzzer calls. The environment says what to do, since libFuzzer owns the command line:
//   FUZZ_TARGET=<name>    fuzzes that target
//   FUZZ_TARGETS=list     prints each target's name and longest input in bytes, and ends
//   FUZZ_SEEDS=<folder>   writes each target's seeds into a folder of its name, and ends

@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ argumentCount: UnsafeMutablePointer<CInt>?, _ arguments: UnsafeMutableRawPointer?
) -> CInt {
  let environment = ProcessInfo.processInfo.environment
  if environment["FUZZ_TARGETS"] != nil {
    for target in FuzzTarget.all { print(target.name, target.maximumByteCount) }
    exit(0)
  }
  if let folder = environment["FUZZ_SEEDS"] {
    do {
      for target in FuzzTarget.all { try target.writeSeeds(below: URL(fileURLWithPath: folder)) }
      exit(0)
    } catch {
      fatalError("seeds: \(error)")
    }
  }
  guard FuzzTarget.chosen != nil else { fatalError("FUZZ_TARGET names no target") }
  return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ byteCount: Int) -> CInt {
  do {
    try FuzzTarget.chosen?.run(Array(UnsafeBufferPointer(start: start, count: byteCount)))
  } catch {
    fatalError("thrown: \(error)")
  }
  return 0
}

extension FuzzTarget {
  static let chosen: FuzzTarget? = {
    let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"]
    return all.first { $0.name == name }
  }()

  fileprivate func writeSeeds(below folder: URL) throws {
    let folder = folder.appendingPathComponent(name)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (index, seed) in try seeds().enumerated() {
      try Data(seed).write(to: folder.appendingPathComponent("seed-\(index)"))
    }
  }
}
