import Foundation
import Issuer
import Testing

@Suite("Hashes of account keys")
struct KeyHashTests {
  @Test("a hash verifies its key alone, is read back as written, and tells nothing of the key")
  func roundTrip() throws {
    let key = AccountKey()
    let hash = try KeyHash(of: key, parameters: IssuerFixture.hashing)
    let text = hash.encoded
    #expect(text.hasPrefix("$scrypt$ln=10,r=1,p=1$"))
    let read = try #require(KeyHash(parsing: text))
    #expect(read.encoded == text)
    #expect(try read.verifies(key))
    #expect(try !read.verifies(AccountKey()))
    #expect(try KeyHash(of: key, parameters: IssuerFixture.hashing).encoded != text)
  }

  @Test("the standard parameters are N = 32768, r = 8, p = 1")
  func standard() throws {
    let key = AccountKey()
    let hash = try KeyHash(of: key, parameters: .standard)
    #expect(hash.encoded.hasPrefix("$scrypt$ln=15,r=8,p=1$"))
    #expect(try hash.verifies(key))
  }

  @Test("any other text is no hash, also one whose parameters cost too much or too little")
  func otherTexts() throws {
    let text = try KeyHash(of: AccountKey(), parameters: IssuerFixture.hashing).encoded
    for count in 0..<text.count { #expect(KeyHash(parsing: String(text.prefix(count))) == nil) }
    #expect(KeyHash(parsing: text + "A") == nil)
    for parameters in [
      "ln=9,r=1,p=1", "ln=21,r=1,p=1", "ln=10,r=0,p=1", "ln=10,r=33,p=1", "ln=10,r=1,p=5", "ln=20,r=32,p=4",
      "ln=10,r=1",
      "ln=10,r=1,p=1,x=1", "r=1,ln=10,p=1", "ln=+10,r=1,p=1", "ln=99999999999999999999,r=1,p=1", "ln=-1,r=1,p=1",
    ] {
      #expect(KeyHash(parsing: text.replacing("ln=10,r=1,p=1", with: parameters)) == nil)
    }
  }

  @Test("an account key is 80 hexadecimal digits")
  func keys() {
    let text = AccountKey().hexadecimal
    #expect(text.count == 80)
    #expect(AccountKey(hexadecimal: text)?.hexadecimal == text)
    for other in [
      String(text.dropLast()), text + "0", String(text.dropLast(2)), text + "00", "",
      text.replacing("0", with: "g") + "g",
    ] {
      #expect(AccountKey(hexadecimal: other) == nil)
    }
    #expect(AccountKey().hexadecimal != text)
  }
}
