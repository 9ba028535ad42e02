public import HTTPMessages
public import Inference

/// What answers a node's requests.
public enum AnsweringEngine: Sendable {
  /// An engine of its own.
  case own(any Engine)
  /// For each request one other node, drawn among those that were verified, and dialled by this.
  case peers(any StreamingHTTPExchange)
}
