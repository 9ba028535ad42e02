import Crypto
import Foundation
import StrictJSON
import WireFormat

/// The secret by which an account draws tokens: 32 random bytes, so that SHA-256 of it is enough to keep.
public struct AccountKey: Sendable {
  static let byteCount = 32

  private let bytes: [UInt8]

  /// A fresh random key.
  public init() {
    var generator = SystemRandomNumberGenerator()
    bytes = (0..<Self.byteCount).map { _ in UInt8.random(in: 0...255, using: &generator) }
  }

  /// Nil unless the text is 64 hexadecimal digits.
  public init?(hexadecimal text: some StringProtocol) {
    guard let bytes = [UInt8](hexadecimal: text), bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }

  /// For the one who gets the account; nothing else shows it.
  public var hexadecimal: String { bytes.hexadecimal }

  /// SHA-256, 32 bytes: what the issuer keeps.
  public var digest: [UInt8] { Array(SHA256.hash(data: bytes)) }
}

/// Who may draw tokens of which plan.
///
///     {"plans": ["standard"], "accounts": [{"name": "ada", "plan": "standard", "keyDigest": "<64 hex digits>"}]}
///
/// An attacker who can change the file can draw tokens; one who can read it learns names and plans, and no key.
public struct AccountList: Sendable {
  public struct Account: Sendable, Equatable {
    public let name: String
    public let plan: String
    /// SHA-256 of the account key.
    public let keyDigest: [UInt8]

    public init(name: String, plan: String, keyDigest: [UInt8]) {
      self.name = name
      self.plan = plan
      self.keyDigest = keyDigest
    }
  }

  /// The largest accounts file, in bytes, the most plans, and the longest name.
  public static let byteLimit = 64 << 20
  public static let planLimit = 16
  public static let nameByteLimit = 64

  /// Sorted, each once.
  public let plans: [String]
  public private(set) var accounts: [Account]
  private var accountsByKeyDigest: [[UInt8]: Account]

  /// - Throws: `issuer-configuration-invalid` where a name is not made of letters, digits and `.-_@`, an account's
  ///   plan is not among the plans, or a name or a key stands twice.
  public init(plans: [String], accounts: [Account]) throws(IssuerError) {
    guard (1...Self.planLimit).contains(plans.count), Set(plans).count == plans.count,
      plans.allSatisfy(Self.isName)
    else { throw Self.invalid("plans are not 1 to \(Self.planLimit) different names") }
    self.plans = plans.sorted()
    self.accounts = []
    accountsByKeyDigest = [:]
    var names: Set<String> = []
    for account in accounts {
      guard Self.isName(account.name), names.insert(account.name).inserted else {
        throw Self.invalid("account \(names.count) has no name of its own")
      }
      guard plans.contains(account.plan) else { throw Self.invalid("account \(names.count) has an unknown plan") }
      guard account.keyDigest.count == SHA256.byteCount,
        accountsByKeyDigest.updateValue(account, forKey: account.keyDigest) == nil
      else { throw Self.invalid("account \(names.count) has no key digest of its own") }
      self.accounts.append(account)
    }
  }

  /// - Throws: `issuer-configuration-invalid`.
  public init(decoding bytes: [UInt8]) throws(IssuerError) {
    let plans: [String]
    var accounts: [Account] = []
    do throws(JSONError) {
      var object = try JSONObject(parsing: bytes, name: "accounts file", byteLimit: Self.byteLimit)
      plans = try object.strings("plans")
      for element in try object.array("accounts") {
        var member = try JSONObject(element, name: "account")
        let keyDigest = [UInt8](hexadecimal: try member.string("keyDigest")) ?? []
        accounts.append(
          Account(name: try member.string("name"), plan: try member.string("plan"), keyDigest: keyDigest))
        try member.finish()
      }
      try object.finish()
    } catch {
      throw Self.invalid(error.message)
    }
    try self.init(plans: plans, accounts: accounts)
  }

  /// - Throws: `issuer-configuration-invalid`.
  public init(path: String) throws(IssuerError) {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Self.invalid("accounts file cannot be read")
    }
    try self.init(decoding: Array(data))
  }

  /// The file's text, for people.
  public var fileText: String {
    JSONValue.object([
      "plans": .array(plans.map { .string($0) }),
      "accounts": .array(
        accounts.map {
          .object([
            "name": .string($0.name), "plan": .string($0.plan), "keyDigest": .string($0.keyDigest.hexadecimal),
          ])
        }),
    ]).indentedText + "\n"
  }

  func account(for key: AccountKey) -> Account? { accountsByKeyDigest[key.digest] }

  private static func isName(_ name: String) -> Bool {
    (1...nameByteLimit).contains(name.utf8.count)
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: ".-_@".utf8.contains(byte)
        }
      }
  }

  private static func invalid(_ message: String) -> IssuerError {
    IssuerError(IssuerError.configurationInvalid, message)
  }
}

extension SHA256 {
  static var byteCount: Int { Digest.byteCount }
}
