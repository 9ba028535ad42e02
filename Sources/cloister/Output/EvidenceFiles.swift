import ArgumentParser
import Attestation
import Foundation
import WireFormat

/// The evidence and endorsement files named on a command line.
enum EvidenceFiles {
  /// No platform's evidence is larger; what is above is read so far and refused for its length.
  static let evidenceByteLimit = 4 << 20

  /// The evidence, from a binary file or one in hexadecimal or base64.
  static func evidence(_ path: String) throws -> [UInt8] {
    let file = try start(of: path, what: "the evidence file")
    return text(file) ?? file
  }

  /// What the attester added to the evidence, such as an event log; its form is for the verifier to judge.
  static func supplement(_ path: String) throws -> [UInt8] { try start(of: path, what: "the file \(path)") }

  private static func start(of path: String, what: String) throws(CommandError) -> [UInt8] {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), !isDirectory.boolValue,
      let handle = FileHandle(forReadingAtPath: path)
    else { throw InputFile.unreadable(what) }
    defer { try? handle.close() }
    do {
      return Array(try handle.read(upToCount: evidenceByteLimit + 1) ?? Data())
    } catch {
      throw InputFile.unreadable(what)
    }
  }

  /// Nil unless the whole file is hexadecimal digits or base64, and white space. No platform's evidence looks like that:
  /// each begins with a version or a magic number of which a byte is neither.
  private static func text(_ file: [UInt8]) -> [UInt8]? {
    let whiteSpace: Set<UInt8> = [0x09, 0x0A, 0x0D, 0x20]
    let characters = file.filter { !whiteSpace.contains($0) }
    guard !characters.isEmpty else { return nil }
    let digits = characters.starts(with: Array("0x".utf8)) ? characters.dropFirst(2) : characters[...]
    return [UInt8](hexadecimal: String(decoding: digits, as: UTF8.self))
      ?? Data(base64Encoded: Data(characters)).map(Array.init)
  }

  private static let suffixes: Set<String> = ["der", "cer", "crt", "pem", "crl", "certs", "table"]

  /// The contents of the files, and of directories' files with the suffixes of certificates and lists. What cannot be
  /// read becomes a piece that no verifier can read, so that it is refused.
  static func endorsements(_ paths: [String]) -> [[UInt8]] {
    paths.flatMap { path -> [[UInt8]] in
      var isDirectory: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue else {
        return [content(path)]
      }
      let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
      return names.filter { suffixes.contains(URL(fileURLWithPath: $0).pathExtension.lowercased()) }.sorted()
        .map { content(path + "/" + $0) }
    }
  }

  static func content(_ path: String) -> [UInt8] { FileManager.default.contents(atPath: path).map { Array($0) } ?? [] }
}

extension Platform {
  /// Every name, as help texts list them.
  static let names = allCases.map(\.rawValue).joined(separator: ", ")

  static func argument(_ name: String) throws -> Platform {
    guard let platform = Platform(rawValue: name) else {
      throw ValidationError("the platform is none of \(names)")
    }
    return platform
  }

  var isNVIDIA: Bool { self == .nvidiaGPU || self == .nvidiaSwitch }
}
