import Confinement
import Foundation
import InMemoryParties
import Testing

@Suite("Files in sealed memory")
struct SealedFileTests {
  private static func file(_ text: String, in folder: TemporaryFolder) throws -> String {
    let path = folder.path("file")
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test("a sealed copy has the file's bytes and digest, and a later change of the file is nothing to it")
  func copies() throws {
    let folder = try TemporaryFolder()
    let path = try Self.file("abc", in: folder)
    let sealed = try SealedFile(copying: path, name: "test", byteLimit: 3)
    _ = try Self.file("xyz", in: folder)
    #expect(sealed.bytes == Array("abc".utf8))
    // FIPS 180-2, appendix B.1.
    #expect(sealed.digest.prefix(4) == [0xBA, 0x78, 0x16, 0xBF])
  }

  /// A disk that answers well once, and then as its owner likes.
  private struct HostileDisk {
    private var answers = ["go", "od", "", "ev", "il", ""].map { Array($0.utf8) }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
      let answer = answers.removeFirst()
      buffer.copyBytes(from: answer)
      return answer.count
    }
  }

  @Test("boot: a disk that answers differently the second time is asked once")
  func hostileDisk() throws {
    var disk = HostileDisk()
    func copy() throws -> SealedFile {
      try SealedFile(name: "test", isExecutable: false, byteLimit: 64) { disk.read(into: $0) }
    }
    let sealed = try copy()
    let digest = sealed.digest
    // The second answer is there, for whoever asks again.
    #expect(try copy().bytes == Array("evil".utf8))
    #expect(sealed.bytes == Array("good".utf8) && sealed.digest == digest)
  }

  @Test("boot: a sealed file cannot be written, cut, grown, mapped for writing or opened anew for it")
  func sealed() throws {
    let folder = try TemporaryFolder()
    let sealed = try SealedFile(copying: try Self.file("abc", in: folder), name: "test", byteLimit: 3)
    var byte: UInt8 = 0
    #expect(write(sealed.descriptor, &byte, 1) == -1 && errno == EPERM)
    #expect(ftruncate(sealed.descriptor, 0) == -1 && errno == EPERM)
    #expect(ftruncate(sealed.descriptor, 9) == -1 && errno == EPERM)
    #expect(mmap(nil, 3, PROT_READ | PROT_WRITE, MAP_SHARED, sealed.descriptor, 0) == MAP_FAILED)
    let again = open("/proc/self/fd/\(sealed.descriptor)", O_RDWR)
    #expect(again < 0 || write(again, &byte, 1) == -1)
    if again >= 0 { close(again) }
    #expect(sealed.bytes == Array("abc".utf8))
  }

  @Test("boot: a file above its limit, a missing one and a folder")
  func refusedSources() throws {
    let folder = try TemporaryFolder()
    let path = try Self.file("abc", in: folder)
    for (path, limit) in [(path, 2), (folder.path("none"), 9), (folder.url.path, 9)] {
      #expect(throws: ConfinementError(ConfinementError.notSealed, "")) {
        try SealedFile(copying: path, name: "test", byteLimit: limit)
      }
    }
  }

  @Test("boot: an inherited file that could still be changed")
  func inheritedUnsealed() throws {
    let folder = try TemporaryFolder()
    let file = open(try Self.file("abc", in: folder), O_RDWR)
    defer { close(file) }
    #expect(throws: ConfinementError(ConfinementError.notSealed, "")) { try SealedFile(inheriting: file) }
    #expect(throws: ConfinementError(ConfinementError.notSealed, "")) { try SealedFile(inheriting: 9_999) }
  }

  @Test("this test's process runs from no sealed file, and is not taken for one that does")
  func notOwnExecutable() throws {
    let folder = try TemporaryFolder()
    let sealed = try SealedFile(copying: try Self.file("abc", in: folder), name: "test", byteLimit: 3)
    #expect(!ProcessProtections.isSealed(sealed))
    #expect(!ProcessProtections.hasClosedFiles)
  }
}
