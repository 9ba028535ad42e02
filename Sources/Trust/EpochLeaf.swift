import StrictJSON
import WireFormat

/// The epoch log's entry at the index that equals its epoch: the digest of the epoch's bundle, or nothing for an
/// epoch that was missed. JSON in a statement signed by the operator (docs/formats/epoch-leaf.md).
public struct EpochLeaf: Sendable, Equatable {
  public static let payloadType = "application/vnd.cloister.epoch+json"

  public let operatorOrigin: String
  public let epoch: UInt64
  /// SHA-256 of the whole bundle, 32 bytes; nil in a void leaf.
  public let bundleDigest: [UInt8]?

  public init(operatorOrigin: String, epoch: UInt64, bundleDigest: [UInt8]?) {
    self.operatorOrigin = operatorOrigin
    self.epoch = epoch
    self.bundleDigest = bundleDigest
  }

  public func signed(by operatorKey: StatementSigningKey) -> Statement {
    var members: [String: JSONValue] = [
      "epoch": .integer(Int64(clamping: epoch)), "origin": .string(operatorOrigin),
      "type": bundleDigest == nil ? "void" : "epoch",
    ]
    if let bundleDigest { members["bundle"] = .string(bundleDigest.hexadecimal) }
    var statement = Statement(payloadType: Self.payloadType, payload: JSONValue.object(members).canonicalBytes)
    statement.sign(with: operatorKey)
    return statement
  }

  /// Reads and verifies a leaf.
  /// - Throws: the codes of `Statement`, and `trust-malformed`.
  public init(verifying statement: Statement, operatorKey: StatementKey) throws(TrustError) {
    let payload = try statement.verifiedPayload(type: Self.payloadType, keys: [operatorKey], threshold: 1)
    try self.init(parsingPayload: payload)
  }

  /// Reads a leaf's payload without looking at signatures: for the log, which only orders what its submitter sends.
  public init(parsingPayload payload: [UInt8]) throws(TrustError) {
    do {
      var object = try JSONObject(parsing: payload, name: "epoch leaf")
      epoch = try object.count("epoch")
      operatorOrigin = try object.string("origin")
      switch try object.string("type") {
      case "void": bundleDigest = nil
      case "epoch":
        guard let digest = [UInt8](hexadecimal: try object.string("bundle")), digest.count == 32 else {
          throw TrustError(TrustError.malformed, "bundle digest of the epoch leaf has not 32 bytes")
        }
        bundleDigest = digest
      default: throw TrustError(TrustError.malformed, "epoch leaf is of an unknown type")
      }
      try object.finish()
    } catch let error as TrustError {
      throw error
    } catch {
      throw TrustError(TrustError.malformed, "epoch leaf is not of its schema")
    }
  }
}
