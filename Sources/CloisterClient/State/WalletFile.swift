import Crypto
import Foundation
import PrivacyPass
import WireFormat

/// The unspent tokens of one issuer day and plan, as they lie on the disk.
///
///     file:   version (8) = 1 | nonce (96) | ciphertext | tag (128)        AES-256-GCM, aad: label | file name
///     sealed: issuer name<0..4096> | origin<0..4096> | plan<0..4096>       each after 16 bits of length
///             | { token (354 bytes) } ...
///
/// The nonce is random for each writing. The name is authenticated, so that no file can take the place of another.
package struct WalletFile {
  package let issuerDay: UInt64
  package let plan: TokenPlan
  /// Encoded, in the order in which they are spent.
  package var tokens: [[UInt8]]

  static let version: UInt8 = 1
  static let suffix = ".tokens"
  private static let label = "cloister wallet v1\n"
  /// More than a policy can give of one day, and several hand-made draws.
  package static let tokenLimit = 10_000
  static let byteLimit = byteLimit(tokenCount: tokenLimit)

  static func byteLimit(tokenCount: Int) -> Int {
    1 + 12 + 16 + 3 * (2 + TokenPlan.nameByteLimit) + tokenCount * Token.byteCount
  }

  /// Twenty digits, so that names sort by day, and the plan's tag.
  package static func name(issuerDay: UInt64, plan: TokenPlan) -> String {
    let digits = String(issuerDay)
    return String(repeating: "0", count: dayDigitCount - digits.count) + digits + "-" + plan.tag + suffix
  }

  private static let dayDigitCount = 20

  /// Nil for a file that is none of the wallet's.
  package static func issuerDay(ofName name: String) -> UInt64? {
    guard name.hasSuffix(suffix), name.utf8.count == dayDigitCount + 1 + 32 + suffix.utf8.count,
      name.utf8.prefix(dayDigitCount).allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    return UInt64(name.prefix(dayDigitCount))
  }

  package var name: String { Self.name(issuerDay: issuerDay, plan: plan) }

  package init(issuerDay: UInt64, plan: TokenPlan, tokens: [[UInt8]] = []) {
    self.issuerDay = issuerDay
    self.plan = plan
    self.tokens = tokens
  }

  /// - Throws: `wallet-damaged` for bytes that this key did not seal under this name.
  init(opening bytes: [UInt8], name: String, key: SymmetricKey) throws(ClientError) {
    guard bytes.first == Self.version, let box = try? AES.GCM.SealedBox(combined: bytes.dropFirst()),
      let content = try? AES.GCM.open(box, using: key, authenticating: Self.additionalData(name))
    else { throw Self.damaged("cannot be opened") }
    try self.init(decoding: Array(content), name: name)
  }

  /// - Parameter content: what was sealed.
  /// - Throws: `wallet-damaged`, also where the name is another one than the content's.
  package init(decoding content: [UInt8], name: String) throws(ClientError) {
    guard let issuerDay = Self.issuerDay(ofName: name) else { throw Self.damaged("has a name of another form") }
    do throws(WireError) {
      var cursor = WireCursor(content)
      let names = (
        try Self.readName(&cursor), try Self.readName(&cursor), try Self.readName(&cursor)
      )
      plan = TokenPlan(issuerName: names.0, origin: names.1, name: names.2)
      tokens = []
      while !cursor.isAtEnd, tokens.count < Self.tokenLimit {
        tokens.append(Array(try cursor.readBytes(Token.byteCount, field: "token")))
      }
      try cursor.requireEnd()
    } catch {
      throw Self.damaged("is not of its form")
    }
    self.issuerDay = issuerDay
    guard self.name == name else { throw Self.damaged("is of another plan than its name") }
  }

  private static func readName(_ cursor: inout WireCursor) throws(WireError) -> String {
    let bytes = try cursor.readPrefixedBytes(UInt16.self, limit: TokenPlan.nameByteLimit, field: "name")
    guard let name = String(validating: bytes, as: UTF8.self) else {
      throw WireError(WireError.invalidValue, "name is not UTF-8")
    }
    return name
  }

  package var content: [UInt8] { plan.encoded + tokens.joined() }

  /// - Throws: `internal-error` where the library cannot seal.
  func sealed(under key: SymmetricKey) throws(ClientError) -> [UInt8] {
    guard let box = try? AES.GCM.seal(content, using: key, authenticating: Self.additionalData(name)),
      let combined = box.combined
    else { throw ClientError(ClientError.uncodedError, "wallet file cannot be sealed") }
    return [Self.version] + combined
  }

  private static func additionalData(_ name: String) -> [UInt8] { Array((label + name).utf8) }

  static func damaged(_ what: String) -> ClientError {
    ClientError(ClientError.walletDamaged, "a file of the wallet \(what)")
  }
}
