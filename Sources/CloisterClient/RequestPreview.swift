/// What a request would hold, before anything is sent. Holds content: neither printable nor encodable.
public struct RequestPreview: Sendable {
  /// What the node reads: JSON, byte for byte.
  public let content: [UInt8]

  init(_ task: PrivateTask) { content = task.content }
}
