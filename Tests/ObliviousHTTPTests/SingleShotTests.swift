import HybridPublicKeyEncryption
import ObliviousHTTP
import Testing

private let request = Array("a request".utf8)
private let response = Array("a response".utf8)

let keyUnknown = OHTTPError(OHTTPError.keyUnknown, "")
let decryptionFailed = OHTTPError(OHTTPError.decryptionFailed, "")
let suiteRefused = OHTTPError(OHTTPError.suiteRefused, "")

func expect<Value: ~Copyable>(
  _ error: OHTTPError, _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () throws -> Value
) {
  #expect(throws: error, comment, sourceLocation: sourceLocation) { _ = try body() }
}

struct Suite: Sendable, CustomTestStringConvertible {
  let kem: KEMIdentifier
  let aead: AEADIdentifier

  static let all = KEMIdentifier.allCases.flatMap { kem in
    AEADIdentifier.allCases.map { Suite(kem: kem, aead: $0) }
  }

  var testDescription: String { "\(kem) with \(aead)" }

  func gatewayKey(keyIdentifier: UInt8 = 7) throws -> GatewayKey {
    try GatewayKey(
      keyIdentifier: keyIdentifier, privateKey: .generate(kem),
      symmetricAlgorithms: [SymmetricAlgorithm(aead: aead)])
  }
}

@Suite("single-shot Oblivious HTTP")
struct SingleShotTests {
  @Test("request and response pass in every suite", arguments: Suite.all)
  func roundTrip(suite: Suite) throws {
    let key = try suite.gatewayKey()
    let sealed = try RequestSealer.seal(request, to: key.keyConfiguration)
    let opened = try RequestOpener(keys: [key]).open(sealed.encapsulatedRequest)
    #expect(opened.request == request)
    #expect(opened.keyIdentifier == 7)
    #expect(opened.encapsulatedKey.count == suite.kem.encapsulatedKeyByteCount)
    #expect(opened.encapsulatedKeyDigest.count == 32)
    let encapsulatedResponse = try opened.takeSealer().seal(response)
    #expect(encapsulatedResponse.count == max(12, suite.aead.keyByteCount) + response.count + 16)
    #expect(try sealed.takeOpener().open(encapsulatedResponse) == response)
  }

  @Test("no two responses share a nonce, or any eight bytes of one")
  func responseNonces() throws {
    let key = try Suite(kem: .x25519, aead: .aes256GCM).gatewayKey()
    let sealed = try RequestSealer.seal(request, to: key.keyConfiguration)
    let opener = RequestOpener(keys: [key])
    var parts: Set<[UInt8]> = []
    for _ in 0..<16 {
      let nonce = try opener.open(sealed.encapsulatedRequest).takeSealer().seal(response).prefix(32)
      for start in stride(from: 0, to: 32, by: 8) { parts.insert(Array(nonce.dropFirst(start).prefix(8))) }
    }
    #expect(parts.count == 16 * 4)
  }

  @Test("an empty request and an empty response pass")
  func empty() throws {
    let key = try Suite(kem: .xWing, aead: .aes256GCM).gatewayKey()
    let sealed = try RequestSealer.seal([], to: key.keyConfiguration)
    let opened = try RequestOpener(keys: [key]).open(sealed.encapsulatedRequest)
    #expect(opened.request == [])
    #expect(try sealed.takeOpener().open(opened.takeSealer().seal([])) == [])
  }

  @Test("two encapsulations of one request differ in encapsulated key and bytes")
  func fresh() throws {
    let key = try Suite(kem: .x25519, aead: .aes128GCM).gatewayKey()
    let first = try RequestSealer.seal(request, to: key.keyConfiguration)
    let second = try RequestSealer.seal(request, to: key.keyConfiguration)
    #expect(first.encapsulatedRequest.dropFirst(7).prefix(32) != second.encapsulatedRequest.dropFirst(7).prefix(32))
  }

  @Test("a single flipped bit after the header is rejected with the one answer", arguments: KEMIdentifier.allCases)
  func flippedBit(kem: KEMIdentifier) throws {
    let key = try Suite(kem: kem, aead: .aes128GCM).gatewayKey()
    let opener = RequestOpener(keys: [key])
    let sealed = try RequestSealer.seal(request, to: key.keyConfiguration)
    for byte in stride(from: 7, to: sealed.encapsulatedRequest.count, by: kem == .xWing ? 37 : 1) {
      var damaged = sealed.encapsulatedRequest
      damaged[byte] ^= 0x40
      expect(decryptionFailed, "byte \(byte)") { try opener.open(damaged) }
    }
  }

  @Test("every truncation of a request is rejected, and one byte too many")
  func truncatedRequest() throws {
    let key = try Suite(kem: .x25519, aead: .aes128GCM).gatewayKey()
    let opener = RequestOpener(keys: [key])
    let message = try RequestSealer.seal(request, to: key.keyConfiguration).encapsulatedRequest
    for byteCount in message.indices {
      let expected = byteCount < 7 + 32 ? malformed : decryptionFailed
      expect(expected, "\(byteCount) bytes") { try opener.open(Array(message.prefix(byteCount))) }
    }
    expect(decryptionFailed) { try opener.open(message + [0]) }
  }

  @Test("every truncation and every flipped byte of a response is rejected, and one byte too many")
  func damagedResponse() throws {
    let key = try Suite(kem: .x25519, aead: .aes256GCM).gatewayKey()
    func exchange() throws -> (SealedRequestBox, [UInt8]) {
      let sealed = try RequestSealer.seal(request, to: key.keyConfiguration)
      let answer = try RequestOpener(keys: [key]).open(sealed.encapsulatedRequest).takeSealer().seal(response)
      return (SealedRequestBox(sealed.takeOpener()), answer)
    }
    for byteCount in 0..<32 + response.count + 16 {
      let (opener, answer) = try exchange()
      expect(decryptionFailed, "\(byteCount) bytes") { try opener.open(Array(answer.prefix(byteCount))) }
      let (other, damaged) = try exchange()
      var bytes = damaged
      bytes[byteCount] ^= 1
      expect(decryptionFailed, "byte \(byteCount)") { try other.open(bytes) }
    }
    let (opener, answer) = try exchange()
    expect(decryptionFailed) { try opener.open(answer + [0]) }
  }

  @Test("the response to one request does not open as that to another")
  func otherExchange() throws {
    let key = try Suite(kem: .x25519, aead: .aes256GCM).gatewayKey()
    let first = try RequestSealer.seal(request, to: key.keyConfiguration)
    let second = try RequestSealer.seal(request, to: key.keyConfiguration)
    let answer = try RequestOpener(keys: [key]).open(first.encapsulatedRequest).takeSealer().seal(response)
    let box = SealedRequestBox(second.takeOpener())
    expect(decryptionFailed) { try box.open(answer) }
  }

  @Test("another key identifier, KEM, KDF or AEAD than the gateway's is an unknown key")
  func unknownKey() throws {
    let key = try Suite(kem: .x25519, aead: .aes128GCM).gatewayKey()
    let message = try RequestSealer.seal(request, to: key.keyConfiguration).encapsulatedRequest
    let changes: [(index: Int, value: UInt8)] = [(0, 8), (2, 0x10), (2, 0x99), (4, 3), (6, 2), (6, 3), (6, 0xFF)]
    for change in changes {
      var changed = message
      changed[change.index] = change.value
      expect(keyUnknown, "byte \(change.index)") { try RequestOpener(keys: [key]).open(changed) }
    }
    expect(keyUnknown) { try RequestOpener(keys: []).open(message) }
  }

  @Test("the gateway finds the right one of several keys")
  func severalKeys() throws {
    let keys = try Suite.all.enumerated().map { try $1.gatewayKey(keyIdentifier: UInt8($0)) }
    let opener = RequestOpener(keys: keys)
    for key in keys {
      let sealed = try RequestSealer.seal(request, to: key.keyConfiguration)
      let opened = try opener.open(sealed.encapsulatedRequest)
      #expect(opened.request == request)
      #expect(opened.keyIdentifier == key.keyConfiguration.keyIdentifier)
    }
  }

  @Test("a classical key is refused where X-Wing is demanded")
  func hybridDemanded() throws {
    for kem in [KEMIdentifier.x25519, .p256] {
      let key = try Suite(kem: kem, aead: .aes256GCM).gatewayKey()
      expect(suiteRefused) { try RequestSealer.seal(request, to: key.keyConfiguration, requiring: .xWing) }
      expect(suiteRefused) { try ChunkedRequestSealer(to: key.keyConfiguration, requiring: .xWing) }
    }
    let hybrid = try Suite(kem: .xWing, aead: .aes256GCM).gatewayKey()
    #expect(throws: Never.self) {
      _ = try RequestSealer.seal(request, to: hybrid.keyConfiguration, requiring: .xWing)
    }
  }

  @Test("an algorithm that the key configuration does not list is refused")
  func unlistedAlgorithm() throws {
    let key = try Suite(kem: .xWing, aead: .aes256GCM).gatewayKey()
    let unlisted = SymmetricAlgorithm(aead: .aes128GCM)
    expect(suiteRefused) { try RequestSealer.seal(request, to: key.keyConfiguration, using: unlisted) }
  }

  @Test("a low-order encapsulated key is the one answer, a low-order public key is refused")
  func lowOrder() throws {
    let key = try Suite(kem: .x25519, aead: .aes128GCM).gatewayKey()
    var message = try RequestSealer.seal(request, to: key.keyConfiguration).encapsulatedRequest
    message.replaceSubrange(7..<39, with: [UInt8](repeating: 0, count: 32))
    expect(decryptionFailed) { try RequestOpener(keys: [key]).open(message) }
    let lowOrder = try KeyConfiguration(
      keyIdentifier: 1,
      publicKey: KEMPublicKey(kem: .x25519, rawRepresentation: [UInt8](repeating: 0, count: 32)),
      symmetricAlgorithms: [SymmetricAlgorithm(aead: .aes128GCM)])
    expect(malformed) { try RequestSealer.seal(request, to: lowOrder) }
  }

  @Test("a chunked request does not open as a single-shot one")
  func otherForm() throws {
    let key = try Suite(kem: .x25519, aead: .aes128GCM).gatewayKey()
    var sealer = try ChunkedRequestSealer(to: key.keyConfiguration)
    let message = try sealer.sealChunk(request, isFinal: true)
    expect(decryptionFailed) { try RequestOpener(keys: [key]).open(message) }
  }
}

/// Lets a test call a consuming method inside a closure.
final class SealedRequestBox {
  private var opener: ResponseOpener?

  init(_ opener: consuming ResponseOpener) { self.opener = consume opener }

  func open(_ message: [UInt8]) throws -> [UInt8] {
    guard let opener = opener.take() else { return [] }
    return try opener.open(message)
  }
}
