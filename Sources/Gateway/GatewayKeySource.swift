import DurableFiles
import Foundation
import HybridPublicKeyEncryption
public import ObliviousHTTP
import Synchronization
import WireFormat

/// Where a gateway's keys for the outer encapsulation come from: a generation for each issuer day, the same for all
/// gateways of the operator. Those of the day before still open requests; older ones are erased, which bounds what a
/// thief of the keys can read.
public protocol GatewayKeySource: Sendable {
  /// The keys of a day, made where missing: X-Wing first, which bundles name.
  func keys(issuerDay: UInt64) throws -> [GatewayKey]

  /// Nil where the day has none.
  func existingKeys(issuerDay: UInt64) throws -> [GatewayKey]?

  /// Erases the keys of earlier days.
  func erase(before issuerDay: UInt64) throws
}

/// What one generation consists of. The classical KEMs are for strangers; our client takes X-Wing with AES-256-GCM.
private enum Generation {
  static let kems: [(kem: KEMIdentifier, name: String)] = [(.xWing, "x-wing"), (.x25519, "x25519"), (.p256, "p-256")]

  static let algorithms = [AEADIdentifier.aes256GCM, .aes128GCM, .chaCha20Poly1305].map { SymmetricAlgorithm(aead: $0) }

  /// Key identifiers of neighbouring days differ.
  static func key(_ privateKey: KEMPrivateKey, _ index: Int, issuerDay: UInt64) throws -> GatewayKey {
    let identifier = issuerDay &* UInt64(kems.count) &+ UInt64(index) &+ 1
    return try GatewayKey(
      keyIdentifier: UInt8(truncatingIfNeeded: identifier), privateKey: privateKey, symmetricAlgorithms: algorithms)
  }
}

/// Keys in memory, for tests and for a gateway whose keys end with it.
public final class MemoryGatewayKeys: GatewayKeySource {
  private let days = Mutex<[UInt64: [GatewayKey]]>([:])

  public init() {}

  public func keys(issuerDay: UInt64) throws -> [GatewayKey] {
    try days.withLock { days in
      if let keys = days[issuerDay] { return keys }
      let keys = try Generation.kems.enumerated().map { index, entry in
        try Generation.key(.generate(entry.kem), index, issuerDay: issuerDay)
      }
      days[issuerDay] = keys
      return keys
    }
  }

  public func existingKeys(issuerDay: UInt64) -> [GatewayKey]? { days.withLock { $0[issuerDay] } }

  public func erase(before issuerDay: UInt64) { days.withLock { $0 = $0.filter { $0.key >= issuerDay } } }
}

/// Keys in a folder that all gateways of an operator share: one folder `day-<n>` for each issuer day, one file for each
/// KEM, hexadecimal, readable by its owner alone.
///
/// An attacker who can read it sees tokens and node names, never content.
package struct GatewayKeyFolder: GatewayKeySource {
  private let path: String

  package init(path: String) throws {
    self.path = path
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  package func keys(issuerDay: UInt64) throws -> [GatewayKey] {
    if let keys = try existingKeys(issuerDay: issuerDay) { return keys }
    try make(issuerDay: issuerDay)
    guard let keys = try existingKeys(issuerDay: issuerDay) else {
      throw GatewayError(GatewayError.configurationInvalid, "a gateway key file cannot be written")
    }
    return keys
  }

  package func existingKeys(issuerDay: UInt64) throws -> [GatewayKey]? {
    let folder = folder(issuerDay)
    guard FileManager.default.fileExists(atPath: folder) else { return nil }
    return try Generation.kems.enumerated().map { index, entry in
      guard let data = FileManager.default.contents(atPath: "\(folder)/\(entry.name).key"),
        let raw = [UInt8](hexadecimal: String(decoding: data, as: UTF8.self))
      else { throw GatewayError(GatewayError.configurationInvalid, "a gateway key file is missing or not hexadecimal") }
      let privateKey = try KEMPrivateKey(kem: entry.kem, rawRepresentation: raw)
      return try Generation.key(privateKey, index, issuerDay: issuerDay)
    }
  }

  package func erase(before issuerDay: UInt64) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: path) where name.hasPrefix("day-") {
      guard let day = UInt64(name.dropFirst("day-".count)), day < issuerDay else { continue }
      // Another gateway may have been faster.
      try? FileManager.default.removeItem(atPath: folder(day))
    }
  }

  private func folder(_ issuerDay: UInt64) -> String { "\(path)/day-\(issuerDay)" }

  /// Makes a whole generation aside and gives it its name: of two gateways that make one, the first counts. It is on the
  /// disk when this returns, since a bundle will name it.
  private func make(issuerDay: UInt64) throws {
    let aside = "new-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: "\(path)/\(aside)") }
    do {
      let files = try PosixFileSystem(root: path)
      try files.makeFolder(aside)
      for entry in Generation.kems {
        let text = try KEMPrivateKey.generate(entry.kem).withUnsafeRawRepresentation { Array($0.hexadecimal.utf8) }
        try files.write("\(aside)/\(entry.name).key", text, mode: .owner)
      }
      try files.synchronizeFolder(aside)
      // Fails where the name is taken, for a folder that is not empty.
      _ = rename("\(path)/\(aside)", folder(issuerDay))
      try files.synchronizeFolder("")
    } catch is FileFailure {
      throw GatewayError(GatewayError.configurationInvalid, "a gateway key file cannot be written")
    }
  }
}
