import Foundation
import Testing

/// What keeps the SDK buildable for Apple's systems, where it is not built: it and everything of ours beneath it import
/// nothing that those lack.
@Suite("The SDK's imports")
struct PortabilityTests {
  /// Modules of others that macOS and iOS have, or whose packages name them among their platforms.
  private static let portable: Set<String> = [
    "AsyncHTTPClient", "BigInt", "Crypto", "CryptoExtras", "Dispatch", "Foundation", "NIOCore", "NIOHTTP1", "NIOPosix",
    "NIOSSL", "SwiftASN1", "Synchronization", "X509",
  ]
  /// Allowed only where the system that has them is asked for.
  private static let conditional: Set<String> = ["Darwin", "FoundationEssentials", "Glibc", "Musl"]
  /// Targets of ours that only a Linux machine can build or needs.
  private static let linuxOnly: Set<String> = [
    "CConfinement", "CLibXML2", "CPostgreSQL", "Confinement", "EngineProcess", "HardwareTEE", "PostgreSQLClient",
    "ReferenceManifests", "WipingAllocator",
  ]

  /// The targets of ours that a library names in the manifest.
  private static func dependencies(of target: String, in manifest: String) throws -> [String] {
    let pattern = try Regex(#"library\(\s*"\#(target)"(?:,\s*\[([^\]]*)\])?\s*\)"#)
    let match = try #require(try pattern.firstMatch(in: manifest), "\(target) is no library of the manifest")
    let list = match.output[1].substring.map(String.init) ?? ""
    return list.matches(of: #/"([A-Za-z0-9]+)"/#).map { String($0.output.1) }
  }

  /// The SDK and everything of ours that it links.
  private static func targets() throws -> Set<String> {
    let manifest = try Documentation.text("Package.swift")
    var seen: Set<String> = []
    var pending = ["CloisterSDK", "CloisterClient"]
    while let target = pending.popLast() {
      if seen.insert(target).inserted { pending += try dependencies(of: target, in: manifest) }
    }
    return seen
  }

  private struct Import {
    let file: String
    let module: String
    let isConditional: Bool
  }

  private static func imports(of target: String) throws -> [Import] {
    try Documentation.files(below: "Sources/\(target)", suffix: ".swift").flatMap { file in
      var depth = 0
      return try Documentation.text(file).components(separatedBy: "\n").compactMap { line -> Import? in
        let text = line.trimmingCharacters(in: .whitespaces)
        if text.hasPrefix("#if") { depth += 1 }
        if text.hasPrefix("#endif") { depth -= 1 }
        let pattern =
          #/^(?:@[A-Za-z_]+(?:\([^)]*\))? )*(?:public |package |internal )?import (?:struct |class |enum |func )?([A-Za-z0-9_]+)/#
        return text.firstMatch(of: pattern).map {
          Import(file: file, module: String($0.output.1), isConditional: depth > 0)
        }
      }
    }
  }

  @Test("the SDK links no target of ours that Linux alone has, and no party")
  func closure() throws {
    let targets = try Self.targets()
    #expect(targets.count > 12)
    #expect(targets.isDisjoint(with: Self.linuxOnly))
    for party in ["Gateway", "Issuer", "Log", "Node", "Relay", "Witness", "PartyHosting"] {
      #expect(!targets.contains(party), "\(party)")
    }
  }

  @Test("every module that the SDK and what it links of ours import is one that macOS and iOS have")
  func imports() throws {
    let targets = try Self.targets()
    var count = 0
    for target in targets {
      for found in try Self.imports(of: target) {
        count += 1
        if Self.conditional.contains(found.module) {
          #expect(found.isConditional, "\(found.file) imports \(found.module) without asking for the system")
        } else {
          #expect(
            Self.portable.contains(found.module) || targets.contains(found.module), "\(found.file): \(found.module)")
        }
      }
    }
    #expect(count > 200)
  }

  @Test("no source of the SDK names a C library, or a file of Linux's, outside of a condition")
  func names() throws {
    for target in try Self.targets() {
      for file in Documentation.files(below: "Sources/\(target)", suffix: ".swift") {
        var depth = 0
        for line in try Documentation.text(file).components(separatedBy: "\n") {
          let text = line.trimmingCharacters(in: .whitespaces)
          if text.hasPrefix("#if") { depth += 1 }
          if text.hasPrefix("#endif") { depth -= 1 }
          guard depth == 0, !text.hasPrefix("//") else { continue }
          for name in ["Glibc.", "Musl.", "\"/proc/", "\"/sys/", "os(Linux)", "fdatasync(", "explicit_bzero("] {
            #expect(!text.contains(name), "\(file): \(text)")
          }
        }
      }
    }
  }
}
