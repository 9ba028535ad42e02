import CloisterClient
import Foundation

/// The chat that the demo summarises, with words of it to search for afterwards.
struct DemoChat {
  let export: ChatExport

  /// - Throws: status 64 for a file that cannot be read, and the code of one that is no export.
  init(path: String) throws {
    export = try InputFile.chatExport(path)
    _ = try export.identity()
  }

  /// Pairs of words of what a request carries, chosen at random. A single word may stand in a record by itself: "transfer"
  /// does, in the name of a field.
  static func randomWords(_ count: Int, of transcript: String) -> [String] {
    let words = transcript.split(separator: " ")
    let pairs = zip(words, words.dropFirst()).compactMap { first, second -> String? in
      let pair = "\(first) \(second)"
      guard first.count >= 3, second.count >= 3, pair.allSatisfy({ $0 == " " || ($0.isASCII && $0.isLetter) }) else {
        return nil
      }
      return pair
    }
    return Array(Set(pairs).shuffled().prefix(count))
  }

  /// The example lies in the checkout that holds this executable's build folder, or in the working directory.
  static func shippedExamplePath() throws -> String {
    let name = "examples/garden-group.txt"
    var folder = URL(fileURLWithPath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    var candidates = [name]
    for _ in 0..<5 {
      folder.deleteLastPathComponent()
      candidates.append(folder.appendingPathComponent(name).path)
    }
    guard let found = candidates.first(where: FileManager.default.isReadableFile) else {
      throw DemoError(DemoError.exportUnreadable, "no example chat lies beside the executable: name an export")
    }
    return found
  }
}
