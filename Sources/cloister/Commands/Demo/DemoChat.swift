import CloisterClient
import Foundation

/// The chat that the demo summarises, with words of it to search for afterwards.
struct DemoChat {
  let export: ChatExport
  private let text: String

  init(path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw DemoError(DemoError.exportUnreadable, "the export cannot be read")
    }
    export = ChatExport(fileName: URL(fileURLWithPath: path).lastPathComponent, bytes: Array(data))
    text = String(decoding: data, as: UTF8.self)
  }

  /// Long words of the chat's last part, which is what a request carries, chosen at random.
  func randomWords(_ count: Int) -> [String] {
    let words = text.suffix(8_000).split { !$0.isLetter }.map(String.init)
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
