import Foundation
import Gateway
import Testing

@Suite("A folder of epoch files that gateways share")
struct EpochFolderTests {
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("epochs-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  @Test("of two that keep the same epoch, or the same step of it, the first counts")
  func first() throws {
    try withFolder { path in
      let (one, other) = (try EpochFolder(path: path), try EpochFolder(path: path))
      for step in [EpochStep.note, .draft] {
        #expect(one.kept(step, of: 7) == nil)
        #expect(try one.keep([1], as: step, of: 7) == [1])
        #expect(try other.keep([2], as: step, of: 7) == [1])
        #expect(other.kept(step, of: 7) == [1])
      }
      try one.keep([3], epoch: 7)
      try other.keep([4], epoch: 7)
      #expect(one.file(epoch: 7) == [3])
      let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
      #expect(names == [".draft-7", ".note-7", "7"])
    }
  }

  @Test("a step that is dropped may be another one; steps of earlier epochs go, files and everything else stay")
  func erased() throws {
    try withFolder { path in
      let folder = try EpochFolder(path: path)
      #expect(try folder.keep([1], as: .draft, of: 7) == [1])
      folder.drop(.draft, of: 7)
      #expect(folder.kept(.draft, of: 7) == nil)
      #expect(try folder.keep([2], as: .draft, of: 7) == [2])
      #expect(try folder.keep([1], as: .note, of: 7) == [1])
      try folder.keep([3], epoch: 7)
      let strange = ["note-1", ".note-x", ".other-1"]
      for name in strange { try Data().write(to: URL(fileURLWithPath: "\(path)/\(name)")) }
      #expect(try folder.keep([4], as: .note, of: 8) == [4])
      let names = try FileManager.default.contentsOfDirectory(atPath: path)
      #expect(Set(names) == Set(strange + ["7", ".note-8"]))
    }
  }

  @Test("a web server reads an epoch's file, and no step before it")
  func modes() throws {
    try withFolder { path in
      let folder = try EpochFolder(path: path)
      _ = try folder.keep([1], as: .draft, of: 7)
      try folder.keep([2], epoch: 7)
      func mode(_ name: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")[.posixPermissions] as? Int
      }
      #expect(try mode(".draft-7") == 0o600)
      #expect(try mode("7") == 0o644)
    }
  }
}
