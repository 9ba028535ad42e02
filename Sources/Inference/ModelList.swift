public import StrictJSON

/// The answer to `/v1/models`, in OpenAI's form.
public struct ModelList: Sendable, Equatable {
  public let identifiers: [String]

  public init(identifiers: [String]) { self.identifiers = identifiers }

  public var jsonValue: JSONValue {
    [
      "object": "list",
      "data": .array(identifiers.map(Self.jsonValue)),
    ]
  }

  /// One model of a list, or alone.
  public static func jsonValue(_ identifier: String) -> JSONValue {
    ["id": .string(identifier), "object": "model", "created": 0, "owned_by": "cloister"]
  }
}
