import HybridPublicKeyEncryption
import ObliviousHTTP
import TestSupport
import Testing
import WireFormat

// swift-format-ignore: AlwaysUseLowerCamelCase
private struct SingleShotVector: Decodable {
  let key_id: UInt8
  let kem_id: UInt16
  let kdf_id: UInt16
  let aead_id: UInt16
  let gateway_secret_key: String
  let key_config: String
  let request_bhttp: String
  let ephemeral_secret_key: String
  let enc: String
  let info: String
  let encapsulated_request: String
  let response_bhttp: String
  let exported_secret: String
  let response_nonce: String
  let salt: String
  let prk: String
  let aead_key: String
  let aead_nonce: String
  let encapsulated_response: String
  let request_chunks: [Chunk]?
  let response_chunks: [Chunk]?

  struct Chunk: Decodable {
    let plaintext: String
    let aad: String
    let framed_ciphertext: String
    let final: Bool
    let nonce: String?
  }

  var algorithm: SymmetricAlgorithm {
    get throws {
      SymmetricAlgorithm(
        kdf: try #require(KDFIdentifier(rawValue: kdf_id)), aead: try #require(AEADIdentifier(rawValue: aead_id)))
    }
  }

  func privateKey(_ text: String) throws -> KEMPrivateKey {
    try KEMPrivateKey(kem: #require(KEMIdentifier(rawValue: kem_id)), rawRepresentation: bytes(text))
  }

  func gatewayKey() throws -> GatewayKey {
    let configuration = try KeyConfiguration(decoding: bytes(key_config))
    return try GatewayKey(
      keyIdentifier: key_id, privateKey: privateKey(gateway_secret_key),
      symmetricAlgorithms: configuration.symmetricAlgorithms)
  }

  /// Every intermediate value that the file states between the HPKE context and the response key.
  func checkIntermediateValues(label: String) throws {
    let key = try gatewayKey()
    #expect(key.keyConfiguration.encoded.hexadecimal == key_config)
    let recipient = try RecipientContext(
      privateKey: privateKey(gateway_secret_key), encapsulatedKey: bytes(enc),
      ciphersuite: Ciphersuite(
        kem: key.keyConfiguration.publicKey.kem, kdf: algorithm.kdf, aead: algorithm.aead),
      info: bytes(info))
    let exported = recipient.exportSecret(context: Array(label.utf8), outputByteCount: 16)
    #expect(exported.hexadecimal == exported_secret)
    #expect(enc + response_nonce == salt)
    let randomKey = try Array(KeyedHash(key: bytes(salt)).code(of: exported))
    #expect(randomKey.hexadecimal == prk)
    let expand = KeyedHash(key: randomKey)
    #expect(expand.expand(info: Array("key".utf8), outputByteCount: 16)?.hexadecimal == aead_key)
    #expect(expand.expand(info: Array("nonce".utf8), outputByteCount: 12)?.hexadecimal == aead_nonce)
  }
}

@Suite("Oblivious HTTP vectors", .enabled(if: VectorFolder.isPresent))
struct OHTTPVectorTests {
  @Test("RFC 9458's example is reproduced in both directions, with every value between")
  func singleShot() throws {
    let vector = try VectorFolder.json("ohttp/rfc9458-appendix-a.json", as: SingleShotVector.self)
    try vector.checkIntermediateValues(label: "message/bhttp response")
    let key = try vector.gatewayKey()
    let sealed = try RequestSealer.seal(
      bytes(vector.request_bhttp), to: key.keyConfiguration, using: vector.algorithm, requiring: nil,
      ephemeral: vector.privateKey(vector.ephemeral_secret_key))
    #expect(sealed.encapsulatedRequest.hexadecimal == vector.encapsulated_request)
    let opened = try RequestOpener(keys: [key]).open(bytes(vector.encapsulated_request))
    #expect(opened.request.hexadecimal == vector.request_bhttp)
    #expect(opened.encapsulatedKey.hexadecimal == vector.enc)
    let response = try opened.takeSealer().seal(
      bytes(vector.response_bhttp), responseNonce: bytes(vector.response_nonce))
    #expect(response.hexadecimal == vector.encapsulated_response)
    #expect(try sealed.takeOpener().open(response).hexadecimal == vector.response_bhttp)
  }

  @Test("the chunked draft's example is reproduced in both directions, with every value between")
  func chunked() throws {
    let vector = try VectorFolder.json("ohttp/chunked-ohttp-appendix.json", as: SingleShotVector.self)
    try vector.checkIntermediateValues(label: "message/bhttp chunked response")
    let requestChunks = try #require(vector.request_chunks)
    let responseChunks = try #require(vector.response_chunks)
    let key = try vector.gatewayKey()
    var sealer = try ChunkedRequestSealer(
      to: key.keyConfiguration, using: vector.algorithm, requiring: nil, maximumChunkByteCount: 16_384,
      ephemeral: vector.privateKey(vector.ephemeral_secret_key))
    var request: [UInt8] = []
    for chunk in requestChunks {
      let sealed = try sealer.sealChunk(bytes(chunk.plaintext), isFinal: chunk.final)
      #expect(sealed.hexadecimal.hasSuffix(chunk.framed_ciphertext))
      request += sealed
    }
    #expect(request.hexadecimal == vector.encapsulated_request)

    var opener = ChunkedRequestOpener(keys: [key])
    let opened = try opener.feed(request).map(\.hexadecimal)
    #expect(opened == requestChunks.filter { !$0.final }.map(\.plaintext))
    let finished = try opener.finish()
    #expect(finished.finalChunk.hexadecimal == requestChunks.last?.plaintext)
    #expect(finished.encapsulatedKey.hexadecimal == vector.enc)

    var responseSealer = try finished.takeSealer(responseNonce: bytes(vector.response_nonce))
    var response: [UInt8] = []
    for chunk in responseChunks {
      response += try responseSealer.sealChunk(bytes(chunk.plaintext), isFinal: chunk.final)
    }
    #expect(response.hexadecimal == vector.encapsulated_response)

    var responseOpener = try sealer.takeOpener()
    var answers: [String] = []
    for byte in response { answers += try responseOpener.feed([byte]).map(\.hexadecimal) }
    #expect(answers == responseChunks.filter { !$0.final }.map(\.plaintext))
    #expect(try responseOpener.finish().hexadecimal == responseChunks.last?.plaintext)
    let chunkCount = requestChunks.count + responseChunks.count
    #expect(
      try chunkCount == VectorFolder.caseCount("ohttp/chunked-ohttp-appendix.json", published: 6, held: chunkCount))
  }
}

// swift-format-ignore: AlwaysUseLowerCamelCase
private struct KeyConfigurationFile: Decodable {
  struct Symmetric: Decodable, Equatable {
    let kdf_id: UInt16
    let aead_id: UInt16
  }

  struct Configuration: Decodable {
    let key_id: UInt8
    let kem_id: UInt16
    let public_key: String
    let symmetric: [Symmetric]
  }

  enum Expected: Decodable {
    case configurations([Configuration])
    case error(String)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self) {
        self = .error(text)
      } else {
        self = .configurations(try container.decode([Configuration].self))
      }
    }
  }

  struct Case: Decodable {
    let name: String
    let format: String
    let data: String
    let expected: Expected
    let usable: [Symmetric]?

    func decode() throws -> [KeyConfiguration] {
      format == "single"
        ? [try KeyConfiguration(decoding: bytes(data))] : try KeyConfiguration.decodeList(bytes(data))
    }
  }

  let cases: [Case]
}

@Suite("key configuration vectors", .enabled(if: VectorFolder.isPresent))
struct KeyConfigurationVectorTests {
  @Test("every case gives its usable key configurations or an error")
  func cases() throws {
    let cases = try VectorFolder.json("ohttp/key-configs.json", as: KeyConfigurationFile.self).cases
    for testCase in cases {
      switch testCase.expected {
      case .error(let text):
        let code = text.hasPrefix("nothing usable") ? OHTTPError.noUsableKey : OHTTPError.malformed
        #expect(throws: OHTTPError(code, ""), "\(testCase.name)") { try testCase.decode() }
      case .configurations(let expected):
        let decoded = try testCase.decode()
        #expect(decoded.map(\.keyIdentifier) == expected.map(\.key_id), "\(testCase.name)")
        #expect(decoded.map(\.publicKey.kem.rawValue) == expected.map(\.kem_id))
        #expect(decoded.map(\.publicKey.rawRepresentation.hexadecimal) == expected.map(\.public_key))
        let usable = decoded.flatMap(\.symmetricAlgorithms).map {
          KeyConfigurationFile.Symmetric(kdf_id: $0.kdf.rawValue, aead_id: $0.aead.rawValue)
        }
        #expect(usable == testCase.usable ?? expected.flatMap(\.symmetric), "\(testCase.name)")
        #expect(decoded.allSatisfy { testCase.data.hasSuffix($0.encoded.hexadecimal) }, "\(testCase.name)")
      }
    }
    #expect(try cases.count == VectorFolder.caseCount("ohttp/key-configs.json", published: 9, held: cases.count))
  }
}
