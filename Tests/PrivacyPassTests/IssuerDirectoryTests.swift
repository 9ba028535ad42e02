import PrivacyPass
import StrictJSON
import Testing

@Suite("Issuer directory")
struct IssuerDirectoryTests {
  @Test("a directory is read back as it was written")
  func roundTrip() throws {
    let key = try IssuerPublicKey(subjectPublicKeyInfo: RFC9578Vector.subjectPublicKeyInfo)
    let directory = IssuerDirectory(
      issuerRequestURI: "/token-request",
      tokenKeys: [
        .init(key, notBefore: 1_686_913_811, plan: "plus"),
        .init(tokenType: TokenType(rawValue: 1), encodedKey: [1, 2]),
      ])
    #expect(try IssuerDirectory(decoding: directory.json.canonicalBytes) == directory)
  }

  @Test("members that the RFC does not name are ignored")
  func unknownMembers() throws {
    let text = #"""
      {"issuer-request-uri":"https://issuer.example.net/request","x":[1],
       "token-keys":[{"token-type":2,"token-key":"AAEC","y":{},"plan":7}]}
      """#
    let directory = try IssuerDirectory(decoding: Array(text.utf8))
    #expect(directory.issuerRequestURI == "https://issuer.example.net/request")
    #expect(directory.tokenKeys == [.init(tokenType: .blindRSA2048, encodedKey: [0, 1, 2])])
  }

  @Test(
    "a directory with a missing, doubled or mistyped member is refused",
    arguments: [
      "", "[]", "{}", #"{"issuer-request-uri":"/r"}"#, #"{"token-keys":[]}"#,
      #"{"issuer-request-uri":1,"token-keys":[]}"#, #"{"issuer-request-uri":"/r","token-keys":{}}"#,
      #"{"issuer-request-uri":"/r","issuer-request-uri":"/s","token-keys":[]}"#,
      #"{"issuer-request-uri":"/r","token-keys":[1]}"#, #"{"issuer-request-uri":"/r","token-keys":[{"token-type":2}]}"#,
      #"{"issuer-request-uri":"/r","token-keys":[{"token-type":65536,"token-key":"AAEC"}]}"#,
      #"{"issuer-request-uri":"/r","token-keys":[{"token-type":-1,"token-key":"AAEC"}]}"#,
      #"{"issuer-request-uri":"/r","token-keys":[{"token-type":2,"token-key":"A"}]}"#,
      #"{"issuer-request-uri":"/r","token-keys":[{"token-type":2,"token-key":"AAEC","not-before":-1}]}"#,
      #"{"issuer-request-uri":"/r","token-keys":[{"token-type":2,"token-key":"AAEC","not-before":null}]}"#,
    ])
  func refused(text: String) {
    #expect(refusal { _ = try IssuerDirectory(decoding: Array(text.utf8)) } == "token-directory-malformed")
  }

  @Test("a directory has at most 256 keys and 256 KiB")
  func limits() throws {
    func directory(_ count: Int) -> [UInt8] {
      IssuerDirectory(
        issuerRequestURI: "/r",
        tokenKeys: Array(repeating: .init(tokenType: .blindRSA2048, encodedKey: [1]), count: count)
      ).json.canonicalBytes
    }
    #expect(try IssuerDirectory(decoding: directory(256)).tokenKeys.count == 256)
    #expect(refusal { _ = try IssuerDirectory(decoding: directory(257)) } == "token-directory-malformed")
    let padding = (256 << 10) - directory(1).count
    #expect(
      refusal { _ = try IssuerDirectory(decoding: directory(1) + [UInt8](repeating: 0x20, count: padding)) } == nil)
    #expect(
      refusal { _ = try IssuerDirectory(decoding: directory(1) + [UInt8](repeating: 0x20, count: padding + 1)) }
        == "token-directory-malformed")
  }
}
