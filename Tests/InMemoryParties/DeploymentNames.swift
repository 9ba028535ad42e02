/// How the parties of a deployment in memory are called, and the addresses that others see of them.
public enum DeploymentNames {
  public static let operatorOrigin = "operator.test"
  public static let issuerName = "issuer.operator.test"
  public static let plan = "standard"
  public static let releaseName = "cloister-node"
  public static let nodeRole = "assistant"
  public static let modelReleaseName = "cloister-model"
  /// Of the nodes that orchestrators call.
  public static let modelRole = "model"

  public static let relay = "http://relay.test"
  public static let gateway = "http://gateway.test"
  public static let issuer = "http://issuer.test"
  public static let log = "http://log.test"
  public static func witness(_ index: Int) -> String { "http://witness-\(index + 1).test" }
  public static func node(_ index: Int) -> String { "http://node-\(index + 1).test" }

  static let relayAddress = "127.0.0.4"
  static let gatewayAddress = "127.0.0.5"
  static let issuerAddress = "127.0.0.3"
  static let logAddress = "127.0.0.6"
  static func witnessAddress(_ index: Int) -> String { "127.0.0.\(11 + index)" }
  static func nodeAddress(_ index: Int) -> String { "127.0.0.\(21 + index)" }

  /// `http://node-1.test` to `node-1`.
  static func shortName(_ server: String) -> String {
    String(server.dropFirst("http://".count).dropLast(".test".count))
  }
}
