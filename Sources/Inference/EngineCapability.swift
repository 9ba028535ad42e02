/// What a release says that an engine can be asked for; a node refuses everything else before the engine sees it.
public enum EngineCapability: String, Sendable, CaseIterable, Comparable {
  /// Chat completions, and the tasks that are made of them.
  case chat
  /// Vectors of texts.
  case embeddings

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  /// - Throws: `engine-cannot` where it is not among those that were named.
  func require(in named: Set<EngineCapability>) throws(InferenceError) {
    guard named.contains(self) else {
      throw InferenceError(InferenceError.engineCannot, "the release does not name \(rawValue) as a capability")
    }
  }
}
