import Foundation
public import StrictJSON

/// The keys of one issuer day, one per plan, as an issuer hands them to the gateway that puts them into its bundle:
/// JSON of Cloister's own, `[{"plan":"standard","key":"<base64 of the SubjectPublicKeyInfo>"}]`.
///
/// Whoever reads them relies on the bundle and its log for who made them; decoding says nothing about that.
public struct PlanKeys: Sendable, Equatable {
  /// The largest list, in bytes, and the most plans that are read.
  public static let byteLimit = 64 << 10
  public static let planLimit = 64

  public struct PlanKey: Sendable, Equatable {
    public let plan: String
    public let key: IssuerPublicKey

    public init(plan: String, key: IssuerPublicKey) {
      self.plan = plan
      self.key = key
    }
  }

  /// Sorted by plan, each plan once.
  public let keys: [PlanKey]

  /// - Throws: `token-directory-malformed` where a plan or a key stands twice, or there are too many.
  public init(_ keys: [PlanKey]) throws(PrivacyPassError) {
    guard keys.count <= Self.planLimit, Set(keys.map(\.plan)).count == keys.count,
      Set(keys.map(\.key)).count == keys.count
    else { throw Self.malformed("keys of an issuer day are above \(Self.planLimit) or name a plan or key twice") }
    self.keys = keys.sorted { $0.plan.utf8.lexicographicallyPrecedes($1.plan.utf8) }
  }

  /// - Throws: `token-directory-malformed`, and the codes of `IssuerPublicKey`.
  public init(decoding bytes: [UInt8]) throws(PrivacyPassError) {
    var keys: [PlanKey] = []
    for (plan, encodedKey) in try Self.entries(of: bytes) {
      keys.append(PlanKey(plan: plan, key: try IssuerPublicKey(subjectPublicKeyInfo: encodedKey)))
    }
    try self.init(keys)
  }

  private static func entries(of bytes: [UInt8]) throws(PrivacyPassError) -> [(plan: String, key: [UInt8])] {
    do throws(JSONError) {
      guard case .array(let elements) = try JSONValue(parsing: bytes, byteLimit: byteLimit) else {
        throw JSONError(JSONError.wrongType, "keys of an issuer day are not an array")
      }
      guard elements.count <= planLimit else {
        throw JSONError(JSONError.wrongType, "\(elements.count) plans, at most \(planLimit) are allowed")
      }
      var entries: [(plan: String, key: [UInt8])] = []
      for element in elements {
        var object = try JSONObject(element, name: "plan key")
        let plan = try object.string("plan")
        guard let key = Data(base64Encoded: try object.string("key")) else {
          throw JSONError(JSONError.wrongType, "member key of plan key is not base64")
        }
        try object.finish()
        entries.append((plan, Array(key)))
      }
      return entries
    } catch {
      throw malformed(error.message)
    }
  }

  private static func malformed(_ message: String) -> PrivacyPassError {
    PrivacyPassError(PrivacyPassError.directoryMalformed, message)
  }

  public var json: JSONValue {
    .array(
      keys.map { entry in
        .object([
          "plan": .string(entry.plan),
          "key": .string(Data(entry.key.subjectPublicKeyInfo).base64EncodedString()),
        ])
      })
  }
}
