public import Foundation

/// The folder of official vectors and real evidence, which lies beside the checkout and is never copied into it:
/// `CLOISTER_VECTORS`, default `../shared/vectors` from the package's root, where tests run.
public enum VectorFolder {
  public static let url: URL = {
    let environment = ProcessInfo.processInfo.environment["CLOISTER_VECTORS"]
    let workingDirectory = URL(fileURLWithPath: FileManager.default.currentDirectoryPath, isDirectory: true)
    return URL(fileURLWithPath: environment ?? "../shared/vectors", isDirectory: true, relativeTo: workingDirectory)
      .absoluteURL
  }()

  /// False where the folder is missing: its suites are skipped then, and `./test` says so.
  public static let isPresent = FileManager.default.fileExists(atPath: url.appendingPathComponent("README.md").path)

  public static func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: url.appendingPathComponent(path)))
  }

  /// A JSON file in the shape that the caller's `Decodable` mirrors.
  public static func json<Value: Decodable>(_ path: String, as type: Value.Type = Value.self) throws -> Value {
    try JSONDecoder().decode(type, from: Data(contentsOf: url.appendingPathComponent(path)))
  }
}
