/// Lines of the text format of Prometheus, version 0.0.4. Names, labels and their values are ours and need no escapes.
public struct PrometheusText: Sendable {
  public enum Kind: String, Sendable { case counter, gauge }

  public static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

  public private(set) var text = ""

  public init() {}

  /// - Parameter help: one line.
  public mutating func add(
    _ name: String, _ kind: Kind, _ help: String,
    _ samples: [(labels: [(String, String)], value: some BinaryInteger)]
  ) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    for (labels, value) in samples {
      let list = labels.map { #"\#($0.0)="\#($0.1)""# }.joined(separator: ",")
      text += name + (list.isEmpty ? "" : "{\(list)}") + " \(value)\n"
    }
  }

  /// A metric of one value.
  public mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: some BinaryInteger) {
    add(name, kind, help, [([], value)])
  }
}
