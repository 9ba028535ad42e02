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

  /// Long words of what a request carries, chosen at random.
  static func randomWords(_ count: Int, of transcript: String) -> [String] {
    let words = transcript.split { !$0.isLetter }.map(String.init)
    let long = Set(words.filter { word in word.utf8.count >= 8 && word.utf8.allSatisfy { $0 < 0x80 } })
    return Array(Array(long).shuffled().prefix(count))
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
