import Issuer

extension FuzzTarget {
  static let issuer = [
    FuzzTarget("key-hash", maximumByteCount: 128, seeds: { IssuerFixture.hashes }) { bytes in
      guard let text = text(bytes), let hash = KeyHash(parsing: text) else { return }
      claim(Array(hash.encoded.utf8) == bytes, "a hash has one text")
    },
    FuzzTarget("account-key", maximumByteCount: 96, seeds: { IssuerFixture.keys }) { bytes in
      guard let text = text(bytes), let key = AccountKey(hexadecimal: text) else { return }
      claim(bytes.count == 80, "a key has 80 digits")
      claim(key.hexadecimal == text.lowercased(), "a written key reads the same")
      claim(key.hexadecimal.hasPrefix(key.identifier) && key.identifier.utf8.count == 16, "an identifier begins a key")
    },
  ]
}

private enum IssuerFixture {
  private static let salt = String(repeating: "A", count: 22)
  private static let hash = String(repeating: "A", count: 43)

  static let hashes = [
    "$scrypt$ln=15,r=8,p=1$\(salt)$\(hash)", "$scrypt$ln=10,r=1,p=4$\(salt)$\(hash)",
    "$scrypt$ln=20,r=32,p=4$\(salt)$\(hash)", "$scrypt$ln=15,r=8,p=1$\(salt)$\(hash)=",
  ].map { Array($0.utf8) }

  static let keys = [
    String(repeating: "0123456789abcdef", count: 5), String(repeating: "0123456789ABCDEF", count: 5),
    String(repeating: "0", count: 79),
  ].map { Array($0.utf8) }
}
