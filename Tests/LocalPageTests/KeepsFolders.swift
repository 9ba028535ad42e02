import InMemoryParties
import Testing

/// A test keeps the folders of its deployments to its end.
struct KeepsFolders: SuiteTrait, TestTrait, TestScoping {
  var isRecursive: Bool { true }

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await FolderKeeper.$current.withValue(FolderKeeper()) { try await function() }
  }
}

extension Trait where Self == KeepsFolders {
  static var keepsFolders: KeepsFolders { KeepsFolders() }
}
