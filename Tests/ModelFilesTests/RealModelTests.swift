import Foundation
import ModelFiles
import Testing

/// A model that another program wrote: `CLOISTER_TINY_MODEL` names it.
enum TinyModel {
  static let path = ProcessInfo.processInfo.environment["CLOISTER_TINY_MODEL"]
}

private struct FileReader: ModelReader {
  private let file: FileHandle
  let byteCount: UInt64

  init(path: String) throws {
    file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    byteCount = try file.seekToEnd()
  }

  func read(at offset: UInt64, count: Int) throws -> [UInt8] {
    try file.seek(toOffset: offset)
    return Array(try file.read(upToCount: count) ?? Data())
  }
}

@Suite("a real model", .enabled(if: TinyModel.path != nil, "CLOISTER_TINY_MODEL names no GGUF file"))
struct RealModelTests {
  @Test("the file that CLOISTER_TINY_MODEL names is well-formed, and refused where its data is cut")
  func tinyModel() throws {
    let path = try #require(TinyModel.path)
    let reader = try FileReader(path: path)
    let file = try ModelFile.verify(format: .gguf, reader: reader)
    #expect(file.architecture != nil)
    #expect(file.headerByteCount + file.tensorByteCount <= reader.byteCount)
    guard file.tensorCount > 0 else { return }
    let whole = try reader.read(at: 0, count: Int(file.headerByteCount))
    #expect(refusal(whole, as: .gguf)?.code == ModelFileError.malformed)
  }
}
