import Crypto
import Foundation
import Inference
import StrictJSON
import WireFormat

/// Dictionaries for spelling, where Debian's packages put them (scripts/prepare installs two), as a node's configuration
/// names them: by path and digest. Without any, `spelling` is `engine-cannot` in the demo.
enum DemoDictionaries {
  private static let folder = "/usr/share/hunspell/"
  private static let names: [(language: Language, file: String)] = [(.english, "en_US"), (.german, "de_DE")]

  static var installed: JSONValue {
    .array(
      names.compactMap { language, file in
        guard let affix = description("\(file).aff"), let words = description("\(file).dic") else { return nil }
        return ["language": .string(language.rawValue), "affix": affix, "words": words]
      })
  }

  /// Nil where there is no such file.
  private static func description(_ name: String) -> JSONValue? {
    guard let bytes = FileManager.default.contents(atPath: folder + name) else { return nil }
    return ["path": .string(folder + name), "digest": .string(Array(SHA256.hash(data: bytes)).hexadecimal)]
  }
}
