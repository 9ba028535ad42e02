import Crypto
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

  /// A file whose digest this tree does not hold.
  public struct Unlisted: Error {
    public let path: String
  }

  /// How many cases of a file a test has to have executed: as many as were published where it is that file, and whatever
  /// another file of its kind holds, at least one. A test that stops running cases is noticed so, and other vectors of
  /// the same kinds pass.
  public static func caseCount(_ path: String, published: Int, held: Int) throws -> Int {
    try isPublished(path) ? published : max(held, 1)
  }

  /// Whether the file is the one whose cases this tree counts, by its digest in `Tests/Vectors/SHA256SUMS`.
  public static func isPublished(_ path: String) throws -> Bool { try isPublished(path, content: bytes(path)) }

  /// The same of content under that name.
  public static func isPublished(_ path: String, content: [UInt8]) throws -> Bool {
    guard let digest = try digests.get()[path] else { throw Unlisted(path: path) }
    return SHA256.hash(data: content).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
      == digest
  }

  /// By path in the folder.
  private static let digests = Result {
    let lines = try String(contentsOfFile: "Tests/Vectors/SHA256SUMS", encoding: .utf8).split(separator: "\n")
    return Dictionary(
      lines.map { line in (String(line.dropFirst(64 + 2)), String(line.prefix(64))) }, uniquingKeysWith: { $1 })
  }

  /// A JSON file in the shape that the caller's `Decodable` mirrors.
  public static func json<Value: Decodable>(_ path: String, as type: Value.Type = Value.self) throws -> Value {
    try JSONDecoder().decode(type, from: Data(contentsOf: url.appendingPathComponent(path)))
  }
}
