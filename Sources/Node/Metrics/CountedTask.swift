/// What a node counts requests by: all that its metrics can say of one.
enum CountedTask: String, Sendable, CaseIterable {
  case summarize
  case rewrite
  case reply
  case complete
  case embed
  case models
  /// Opened, and answered without work: malformed, unknown, or more than the node had room for.
  case refused

  init(_ request: TaskRequest) {
    switch request {
    case .summarize: self = .summarize
    case .rewrite: self = .rewrite
    case .reply: self = .reply
    case .complete: self = .complete
    case .embed: self = .embed
    case .listModels: self = .models
    }
  }
}
