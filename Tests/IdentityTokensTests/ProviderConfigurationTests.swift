import IdentityTokens
import Testing

@Suite("Configuration of identity providers")
struct ProviderConfigurationTests {
  private static let invalid = IdentityTokenError(IdentityTokenError.configurationInvalid, "")

  @Test("a file of providers is read whole")
  func file() throws {
    let providers = try IdentityProvider.list(
      decoding: Array(
        #"""
        [{"issuer":"https://a.test","audience":"x","defaultPlan":"standard"},
         {"issuer":"http://127.0.0.9:8080/b","audience":"y","keySet":"https://b.test/keys?p=1","audienceClaim":"client_id","algorithms":["PS512"],
          "planClaim":"tier","plans":{"gold":"plus","lead":"standard"}}]
        """#.utf8))
    #expect(providers.map(\.issuer) == ["https://a.test", "http://127.0.0.9:8080/b"])
    #expect(providers[0].algorithms == [.rs256, .es256])
    #expect(providers[0].plans == ["standard"])
    #expect(providers.map(\.audienceClaim) == ["aud", "client_id"])
    #expect(providers[1].algorithms == [.ps512])
    #expect(providers[1].plans == ["plus", "standard"])
  }

  @Test(
    "a provider that is not as it must be stops the start",
    arguments: [
      #"{"audience":"x","defaultPlan":"p"}"#, #"{"issuer":"https://a.test","defaultPlan":"p"}"#,
      #"{"issuer":"https://a.test","audience":"x"}"#, #"{"issuer":"https://a.test","audience":"","defaultPlan":"p"}"#,
      #"{"issuer":"http://a.test","audience":"x","defaultPlan":"p"}"#,
      #"{"issuer":"http://127.evil.test","audience":"x","defaultPlan":"p"}"#,
      #"{"issuer":"https://a.test?b","audience":"x","defaultPlan":"p"}"#,
      #"{"issuer":"https://u@a.test","audience":"x","defaultPlan":"p"}"#,
      #"{"issuer":"a.test","audience":"x","defaultPlan":"p"}"#,
      #"{"issuer":"https://a.test","audience":"x","defaultPlan":"p","keySet":"ftp://a.test"}"#,
      #"{"issuer":"https://a.test","audience":"x","defaultPlan":"p","keySet":"https://a.test/k#f"}"#,
      #"{"issuer":"https://a.test","audience":"x","defaultPlan":"p","audienceClaim":""}"#,
      #"{"issuer":"https://a.test","audience":"x","defaultPlan":"p","algorithms":["none"]}"#,
      #"{"issuer":"https://a.test","audience":"x","defaultPlan":"p","algorithms":["HS256"]}"#,
      #"{"issuer":"https://a.test","audience":"x","defaultPlan":"p","algorithms":[]}"#,
      #"{"issuer":"https://a.test","audience":"x","defaultPlan":"p","planClaim":"t"}"#,
      #"{"issuer":"https://a.test","audience":"x","defaultPlan":"p","plans":{"a":"b"}}"#,
      #"{"issuer":"https://a.test","audience":"x","planClaim":"t","plans":{"a":1}}"#,
      #"{"issuer":"https://a.test","audience":"x","defaultPlan":"p","more":1}"#, "[]", "1",
    ])
  func refused(text: String) {
    #expect(throws: Self.invalid) { try IdentityProvider.list(decoding: Array("[\(text)]".utf8)) }
  }

  @Test("no provider, too many, or one issuer twice, stop the start")
  func lists() {
    func provider(_ index: Int) -> String {
      #"{"issuer":"https://a\#(index).test","audience":"x","defaultPlan":"p"}"#
    }
    for text in [
      "", "[]", "{}", "[\(provider(1)),\(provider(1))]", "[\((0..<9).map(provider).joined(separator: ","))]",
    ] {
      #expect(throws: Self.invalid) { try IdentityProvider.list(decoding: Array(text.utf8)) }
    }
  }
}
