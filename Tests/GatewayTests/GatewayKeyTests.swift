import Foundation
import Gateway
import ObliviousHTTP
import Testing
import Trust

@Suite("A gateway's keys from day to day")
struct GatewayKeyTests {
  private static func identifiers(_ keys: [GatewayKey]) -> [[UInt8]] { keys.map(\.keyConfiguration.encoded) }

  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gateway-keys-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  @Test("X-Wing comes first, X25519 and P-256 beside it, each with all three AEADs")
  func suites() throws {
    let keys = try MemoryGatewayKeys().keys(issuerDay: 0).map(\.keyConfiguration)
    #expect(keys.map(\.publicKey.kem) == [.xWing, .x25519, .p256])
    #expect(keys.allSatisfy { Set($0.symmetricAlgorithms.map(\.aead)).count == 3 })
  }

  @Test("every gateway that shares the folder has the same keys, after a new start too")
  func shared() throws {
    try withFolder { path in
      let first = try GatewayKeyFolder(path: path).keys(issuerDay: 4)
      let second = try GatewayKeyFolder(path: path).keys(issuerDay: 4)
      #expect(Self.identifiers(first) == Self.identifiers(second))
      #expect(first.count == 3)
    }
  }

  @Test("gateways that make a day's keys at once have one generation")
  func madeAtOnce() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gateway-keys-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.path
    let generations = try await withThrowingTaskGroup(of: [[UInt8]].self) { group in
      for _ in 0..<12 {
        group.addTask { Self.identifiers(try GatewayKeyFolder(path: path).keys(issuerDay: 7)) }
      }
      return try await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect(generations.count == 1)
    #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["day-7"])
  }

  @Test("neighbouring days have other keys and other key identifiers")
  func neighbours() throws {
    let source = MemoryGatewayKeys()
    for day: UInt64 in [0, 84, 85, 170, UInt64.max - 1] {
      let keys = try source.keys(issuerDay: day) + source.keys(issuerDay: day + 1)
      #expect(Set(keys.map(\.keyConfiguration.keyIdentifier)).count == 6)
    }
  }

  @Test("keys of earlier days are erased from the folder")
  func erased() throws {
    try withFolder { path in
      let folder = try GatewayKeyFolder(path: path)
      for day in UInt64(3)...5 { _ = try folder.keys(issuerDay: day) }
      try folder.erase(before: 5)
      #expect(try folder.existingKeys(issuerDay: 3) == nil)
      #expect(try folder.existingKeys(issuerDay: 4) == nil)
      #expect(try folder.existingKeys(issuerDay: 5)?.count == 3)
    }
  }

  @Test("only the owner can read a key file, and one that is damaged is refused")
  func files() throws {
    try withFolder { path in
      let folder = try GatewayKeyFolder(path: path)
      _ = try folder.keys(issuerDay: 1)
      for name in ["x-wing", "x25519", "p-256"] {
        let file = "\(path)/day-1/\(name).key"
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
      }
      try Data("zz".utf8).write(to: URL(fileURLWithPath: path + "/day-1/p-256.key"))
      #expect(throws: GatewayError(GatewayError.configurationInvalid, "")) { try folder.keys(issuerDay: 1) }
    }
  }

  @Test("the day before's keys open requests while the newest are offered, and older ones do not")
  func overlap() throws {
    let source = MemoryGatewayKeys()
    var served = ServedEpochs(schedule: try EpochSchedule(start: 0, epochSeconds: 3_600))
    for day in UInt64(1)...3 { served.open(try source.keys(issuerDay: day), issuerDay: day) }
    let (second, third) = (try source.keys(issuerDay: 2), try source.keys(issuerDay: 3))
    #expect(Self.identifiers(served.keys) == Self.identifiers(third + second))
    #expect(served.keyConfigurations.map(\.encoded) == Self.identifiers(third))
  }
}
