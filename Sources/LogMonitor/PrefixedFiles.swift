/// The files below a prefix of others, such as a log's among all that an operator publishes.
public struct PrefixedFiles: PublishedFiles {
  private let files: any PublishedFiles
  private let prefix: String

  public init(_ files: any PublishedFiles, prefix: String) {
    self.files = files
    self.prefix = prefix
  }

  public func read(_ path: String, byteLimit: Int) async throws(LogMonitorError) -> [UInt8]? {
    try await files.read(prefix + "/" + path, byteLimit: byteLimit)
  }
}
