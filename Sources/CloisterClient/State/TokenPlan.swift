import Crypto
package import Trust
import WireFormat

/// What tokens must have in common to be spent alike: who issues them, for whom, on which plan of service.
///
/// A gateway tells plans apart by their keys, so a wallet never mixes them: a token of another plan would set its
/// request apart, and one of another issuer or origin would be refused.
public struct TokenPlan: Sendable, Equatable {
  public let issuerName: String
  /// The operator that redeems.
  public let origin: String
  public let name: String

  package init(issuerName: String, origin: String, name: String) {
    self.issuerName = issuerName
    self.origin = origin
    self.name = name
  }

  package init(_ policy: TrustPolicy) {
    self.init(issuerName: policy.issuer.name, origin: policy.operatorOrigin, name: policy.issuer.plan)
  }

  /// The longest of the three, in bytes of UTF-8.
  static let nameByteLimit = 4_096

  /// Two bytes of length and the bytes, for each of the three.
  var encoded: [UInt8] {
    var writer = WireWriter()
    for name in [issuerName, origin, name] { writer.writePrefixed(UInt16.self, Array(name.utf8)) }
    return writer.bytes
  }

  /// Names the plan in file names: 32 hexadecimal digits.
  var tag: String { Array(SHA256.hash(data: encoded)).prefix(16).hexadecimal }
}
