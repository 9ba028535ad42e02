import Crypto
import Foundation
import ReleasePublishing
import Testing
import Trust
import WireFormat

@Suite("Artifacts from files and folders")
struct ArtifactStoreTests {
  private final class Scratch {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("cloister-artifacts-\(UUID().uuidString)")
      .path

    init() throws {
      try FileManager.default.createDirectory(atPath: path + "/image/bin", withIntermediateDirectories: true)
      try Data("#!/bin/sh\n".utf8).write(to: URL(fileURLWithPath: path + "/image/bin/run"))
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path + "/image/bin/run")
      try Data().write(to: URL(fileURLWithPath: path + "/image/empty"))
      try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path + "/image/empty")
      try FileManager.default.createSymbolicLink(atPath: path + "/image/link", withDestinationPath: "bin/run")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var image: String { path + "/image" }
    var store: String { path + "/store" }
  }

  @Test("a folder becomes its files with their modes and links, none of them followed")
  func folder() throws {
    let scratch = try Scratch()
    let tree = try ArtifactStore(folder: nil).add(scratch.image, purpose: "node")
    #expect(
      tree.files == [
        .init(path: "bin/run", mode: 0o100755, content: Array("#!/bin/sh\n".utf8)),
        .init(path: "empty", mode: 0o100640, content: []),
        .init(path: "link", mode: 0o120777, content: Array("bin/run".utf8)),
      ])
    #expect(!FileManager.default.fileExists(atPath: scratch.store))
  }

  @Test("a file becomes a tree of one file under its own name")
  func file() throws {
    let scratch = try Scratch()
    let tree = try ArtifactStore(folder: nil).add(scratch.image + "/bin/run", purpose: "binary")
    #expect(tree.files.map(\.path) == ["run"])
    // The path itself is followed where it is a link.
    let link = try ArtifactStore(folder: nil).add(scratch.image + "/link", purpose: "binary")
    #expect(link.files.map(\.path) == ["link"])
    #expect(link.files.map(\.contentDigest) == tree.files.map(\.contentDigest))
  }

  @Test("the store holds the manifest and every content by its digest, and nothing else")
  func store() throws {
    let scratch = try Scratch()
    let tree = try ArtifactStore(folder: scratch.store).add(scratch.image, purpose: "node")
    let names = try FileManager.default.contentsOfDirectory(atPath: scratch.store)
    #expect(Set(names) == Set(tree.files.map(\.contentDigest.hexadecimal) + [tree.digest.hexadecimal]))
    for name in names {
      let content = try Data(contentsOf: URL(fileURLWithPath: scratch.store + "/" + name))
      #expect(Array(SHA256.hash(data: content)).hexadecimal == name)
    }
  }

  @Test("a large file is hashed and kept in pieces")
  func large() throws {
    let scratch = try Scratch()
    let content = [UInt8](repeating: 7, count: 3 << 20 | 1)
    try Data(content).write(to: URL(fileURLWithPath: scratch.path + "/large"))
    let tree = try ArtifactStore(folder: scratch.store).add(scratch.path + "/large", purpose: "model")
    #expect(tree.files[0].byteCount == UInt64(content.count))
    #expect(tree.files[0].contentDigest == Array(SHA256.hash(data: content)))
  }

  @Test("a pipe in a folder, an empty folder and what is not there are refused")
  func refusals() throws {
    let scratch = try Scratch()
    let store = try ArtifactStore(folder: nil)
    #expect(mkfifo(scratch.image + "/pipe", 0o600) == 0)
    #expect(throws: PublishingError(PublishingError.artifactKind, "")) { try store.add(scratch.image, purpose: "node") }
    try FileManager.default.createDirectory(atPath: scratch.path + "/nothing", withIntermediateDirectories: false)
    #expect(throws: TrustError(TrustError.malformed, "")) { try store.add(scratch.path + "/nothing", purpose: "node") }
    #expect(throws: PublishingError(PublishingError.artifactUnusable, "")) {
      try store.add(scratch.path + "/missing", purpose: "node")
    }
    #expect(throws: PublishingError(PublishingError.artifactUnusable, "")) {
      try ArtifactStore(folder: scratch.image + "/bin/run")
    }
  }
}
