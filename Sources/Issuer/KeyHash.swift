import Crypto
import CryptoExtras
import Foundation

/// The scrypt hash (RFC 7914) of an account key's secret, with the parameters and the salt it was made with, in the
/// form that password hashes are commonly written in:
///
///     $scrypt$ln=15,r=8,p=1$<salt>$<hash>     (base64 without padding)
///
/// The secret has 256 random bits, so no hash could be guessed anyway; scrypt makes up for a key that a person chose
/// some day. Hashes with other parameters stay good and are replaced at their next use.
public struct KeyHash: Sendable {
  /// What one hash costs: 128 * 2^ln * r bytes of memory, and time in proportion.
  public struct Parameters: Sendable, Equatable {
    /// ln = 15, r = 8, p = 1: 32 MiB, some 60 ms on one core.
    public static let standard = Parameters(unchecked: 15, blockSize: 8, parallelism: 1)

    static let logRoundsRange = 10...20
    static let memoryByteLimit = 256 << 20

    let logRounds: Int
    let blockSize: Int
    let parallelism: Int

    private init(unchecked logRounds: Int, blockSize: Int, parallelism: Int) {
      self.logRounds = logRounds
      self.blockSize = blockSize
      self.parallelism = parallelism
    }

    /// Nil unless 2^ln rounds are 2^10 to 2^20, r is 1 to 32, p is 1 to 4, and the memory is at most 256 MiB.
    public init?(logRounds: Int, blockSize: Int, parallelism: Int) {
      guard Self.logRoundsRange.contains(logRounds), (1...32).contains(blockSize), (1...4).contains(parallelism),
        (128 << logRounds) * blockSize * parallelism <= Self.memoryByteLimit
      else { return nil }
      self.init(unchecked: logRounds, blockSize: blockSize, parallelism: parallelism)
    }
  }

  private static let saltByteCount = 16
  private static let hashByteCount = 32

  let parameters: Parameters
  private let salt: [UInt8]
  private let hash: SymmetricKey

  /// Hashes a key's secret under a fresh salt.
  ///
  /// - Throws: `issuer-state-unavailable` where there is no memory for it.
  package init(of key: AccountKey, parameters: Parameters) throws(IssuerError) {
    var generator = SystemRandomNumberGenerator()
    let salt = (0..<Self.saltByteCount).map { _ in UInt8.random(in: 0...255, using: &generator) }
    self.parameters = parameters
    self.salt = salt
    hash = try Self.derive(key, salt, parameters)
  }

  /// Nil for anything but the form above, or parameters beyond their limits.
  package init?(parsing text: String) {
    let parts = text.split(separator: "$", omittingEmptySubsequences: false)
    guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt" else { return nil }
    var numbers: [Int] = []
    for (field, name) in zip(parts[2].split(separator: ",", omittingEmptySubsequences: false), ["ln=", "r=", "p="]) {
      guard field.hasPrefix(name), let number = Int(field.dropFirst(name.count)) else { return nil }
      numbers.append(number)
    }
    guard numbers.count == 3,
      let parameters = Parameters(logRounds: numbers[0], blockSize: numbers[1], parallelism: numbers[2]),
      let salt = Self.decoded(parts[3], byteCount: Self.saltByteCount),
      let hash = Self.decoded(parts[4], byteCount: Self.hashByteCount)
    else { return nil }
    self.parameters = parameters
    self.salt = salt
    self.hash = SymmetricKey(data: hash)
    guard encoded == text else { return nil }
  }

  package var encoded: String {
    let settings = "ln=\(parameters.logRounds),r=\(parameters.blockSize),p=\(parameters.parallelism)"
    return "$scrypt$\(settings)$\(Self.encoded(salt))$\(hash.withUnsafeBytes { Self.encoded(Array($0)) })"
  }

  /// Takes as long for a wrong secret as for the right one, and compares in constant time.
  ///
  /// - Throws: `issuer-state-unavailable` where there is no memory for it.
  package func verifies(_ key: AccountKey) throws(IssuerError) -> Bool {
    // `SymmetricKey` compares in constant time.
    try Self.derive(key, salt, parameters) == hash
  }

  private static func derive(
    _ key: AccountKey, _ salt: [UInt8], _ parameters: Parameters
  ) throws(IssuerError) -> SymmetricKey {
    do {
      return try KDF.Scrypt.deriveKey(
        from: key.secret, salt: salt, outputByteCount: hashByteCount, rounds: 1 << parameters.logRounds,
        blockSize: parameters.blockSize, parallelism: parameters.parallelism)
    } catch {
      throw IssuerError(IssuerError.stateUnavailable, "account key cannot be hashed")
    }
  }

  private static func encoded(_ bytes: [UInt8]) -> String {
    String(Data(bytes).base64EncodedString().prefix { $0 != "=" })
  }

  private static func decoded(_ text: Substring, byteCount: Int) -> [UInt8]? {
    let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    guard let data = Data(base64Encoded: text + padding), data.count == byteCount else { return nil }
    return Array(data)
  }
}
