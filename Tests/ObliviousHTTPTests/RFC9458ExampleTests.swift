import HybridPublicKeyEncryption
import ObliviousHTTP
import Testing
import WireFormat

/// The numbers of RFC 9458, appendix A, in the tree so that they always run.
enum RFC9458Example {
  static let gatewaySecretKey = "3c168975674b2fa8e465970b79c8dcf09f1c741626480bd4c6162fc5b6a98e1a"
  static let keyConfiguration =
    "01002031e1f05a740102115220e9af918f738674aec95f54db6e04eb705aae8e79815500080001000100010003"
  static let request = "00034745540568747470730b6578616d706c652e636f6d012f"
  static let ephemeralSecretKey = "bc51d5e930bda26589890ac7032f70ad12e4ecb37abb1b65b1256c9c48999c73"
  static let encapsulatedRequest =
    "010020000100014b28f881333e7c164ffc499ad9796f877f4e1051ee6d31bad19dec96c208b472"
    + "6374e469135906992e1268c594d2a10c695d858c40a026e7965e7d86b83dd440b2c0185204b4d63525"
  static let response = "0140c8"
  static let responseNonce = "c789e7151fcba46158ca84b04464910d"
  static let encapsulatedResponse = "c789e7151fcba46158ca84b04464910d86f9013e404feea014e7be4a441f234f857fbd"
}

func bytes(_ text: String) throws -> [UInt8] { try #require([UInt8](hexadecimal: text)) }

func exampleGatewayKey() throws -> GatewayKey {
  try GatewayKey(
    keyIdentifier: 1,
    privateKey: KEMPrivateKey(kem: .x25519, rawRepresentation: bytes(RFC9458Example.gatewaySecretKey)),
    symmetricAlgorithms: [SymmetricAlgorithm(aead: .aes128GCM), SymmetricAlgorithm(aead: .chaCha20Poly1305)])
}

@Suite("RFC 9458, appendix A")
struct RFC9458ExampleTests {
  @Test("the gateway's private key gives the example's key configuration")
  func keyConfiguration() throws {
    #expect(try exampleGatewayKey().keyConfiguration.encoded.hexadecimal == RFC9458Example.keyConfiguration)
  }

  @Test("the client's bytes are reproduced and the example's response opens")
  func client() throws {
    let sealed = try RequestSealer.seal(
      bytes(RFC9458Example.request), to: KeyConfiguration(decoding: bytes(RFC9458Example.keyConfiguration)),
      using: SymmetricAlgorithm(aead: .aes128GCM), requiring: nil,
      ephemeral: KEMPrivateKey(kem: .x25519, rawRepresentation: bytes(RFC9458Example.ephemeralSecretKey)))
    #expect(sealed.encapsulatedRequest.hexadecimal == RFC9458Example.encapsulatedRequest)
    let response = try sealed.takeOpener().open(bytes(RFC9458Example.encapsulatedResponse))
    #expect(response.hexadecimal == RFC9458Example.response)
  }

  @Test("the example's request opens and the gateway's bytes are reproduced")
  func gateway() throws {
    let opener = RequestOpener(keys: [try exampleGatewayKey()])
    let opened = try opener.open(bytes(RFC9458Example.encapsulatedRequest))
    #expect(opened.request.hexadecimal == RFC9458Example.request)
    let response = try opened.takeSealer().seal(
      bytes(RFC9458Example.response), responseNonce: bytes(RFC9458Example.responseNonce))
    #expect(response.hexadecimal == RFC9458Example.encapsulatedResponse)
  }
}
