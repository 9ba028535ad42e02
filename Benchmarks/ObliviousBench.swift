import ArgumentParser
import Crypto
import Foundation
import HybridPublicKeyEncryption
import ObliviousHTTP

/// Gateway and client cryptography of Oblivious HTTP in both forms against the bare operations of the same library.
struct ObliviousBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "oblivious", abstract: "Open and seal, as ratios to bare key agreement and AEAD.")

  @Option(help: "Bytes of request and response.")
  var byteCount = 1_024

  mutating func run() throws {
    let body = [UInt8](repeating: 7, count: byteCount)
    try x25519(body)
    try xWing(body)
    for chunkByteCount in [512, 16_384] { try chunked(chunkByteCount) }
  }

  /// A response of 1 MiB in chunks: sealing them, and opening what came in pieces as a socket gives them, against the
  /// same passes of the AEAD alone.
  private func chunked(_ chunkByteCount: Int) throws {
    let (key, _) = try gateway(.x25519, .aes256GCM)
    let chunk = [UInt8](repeating: 7, count: chunkByteCount)
    let count = (1 << 20) / chunkByteCount
    let aeadKey = SymmetricKey(size: .bits256)
    let box = try AES.GCM.seal(chunk, using: aeadKey)
    let (ciphertext, tag, nonce) = (Array(box.ciphertext), Array(box.tag), box.nonce)
    var (sealing, opening, bareSealing, bareOpening) = (Sample(), Sample(), Sample(), Sample())
    let clock = ContinuousClock()
    for _ in 0..<41 {
      let times = try chunkTimes(key, chunk, count)
      sealing.add(times.seal)
      opening.add(times.open)
      bareSealing.add(
        try clock.measure { for _ in 0..<count { use(try AES.GCM.seal(chunk, using: aeadKey, nonce: nonce)) } })
      bareOpening.add(
        try clock.measure {
          for _ in 0..<count {
            let box = try AES.GCM.SealedBox(nonce: nonce, ciphertext: ciphertext, tag: tag)
            use(try AES.GCM.open(box, using: aeadKey))
          }
        })
    }
    print(
      "chunks of \(chunkByteCount) bytes, each: seal \((sealing.median / count).microsecondText), ratio "
        + "\(Duration.ratio(sealing.median, bareSealing.median)); open \((opening.median / count).microsecondText), "
        + "ratio \(Duration.ratio(opening.median, bareOpening.median)) to the AEAD alone")
  }

  private func chunkTimes(_ key: GatewayKey, _ chunk: [UInt8], _ count: Int) throws -> (seal: Duration, open: Duration)
  {
    let clock = ContinuousClock()
    // Nothing of what is timed is kept, as nothing of what it is held against.
    var untimed = try ChunkedRequestSealer(to: key.keyConfiguration)
    var timed = try answering(&untimed, key)
    let startOfSealing = clock.now
    for _ in 0..<count { use(try timed.sealChunk(chunk, isFinal: false)) }
    let sealing = clock.now - startOfSealing

    var client = try ChunkedRequestSealer(to: key.keyConfiguration)
    var sealer = try answering(&client, key)
    var stream: [UInt8] = []
    for _ in 0..<count { stream += try sealer.sealChunk(chunk, isFinal: false) }
    let pieces = stride(from: 0, to: stream.count, by: 65_536).map {
      Array(stream[$0..<min($0 + 65_536, stream.count)])
    }
    var opener = try client.takeOpener()
    let startOfOpening = clock.now
    for piece in pieces { use(try opener.feed(piece)) }
    return (sealing, clock.now - startOfOpening)
  }

  /// Ends the request; what seals the response to it.
  private func answering(
    _ client: inout ChunkedRequestSealer, _ key: GatewayKey
  ) throws -> ChunkedResponseSealer {
    var gateway = ChunkedRequestOpener(keys: [key])
    _ = try gateway.feed(client.sealChunk([], isFinal: true))
    return try gateway.finish().takeSealer()
  }

  private func gateway(_ kem: KEMIdentifier, _ aead: AEADIdentifier) throws -> (GatewayKey, RequestOpener) {
    let key = try GatewayKey(
      keyIdentifier: 1, privateKey: try KEMPrivateKey.generate(kem),
      symmetricAlgorithms: [SymmetricAlgorithm(aead: aead)])
    return (key, RequestOpener(keys: [key]))
  }

  private func x25519(_ body: [UInt8]) throws {
    let (key, opener) = try gateway(.x25519, .aes128GCM)
    let message = try RequestSealer.seal(body, to: key.keyConfiguration).encapsulatedRequest
    let own = Curve25519.KeyAgreement.PrivateKey()
    let peer = Curve25519.KeyAgreement.PrivateKey().publicKey
    let aead = try BareAEAD(.bits128, body)
    let times = try Sample.interleaved(
      rounds: 81, calls: 25,
      [
        { use(try opener.open(message).takeSealer().seal(body)) },
        {
          use(try own.sharedSecretFromKeyAgreement(with: peer))
          try aead.open()
          try aead.seal()
        },
        { use(try RequestSealer.seal(body, to: key.keyConfiguration).encapsulatedRequest) },
        {
          use(try own.sharedSecretFromKeyAgreement(with: peer))
          use(Curve25519.KeyAgreement.PrivateKey().publicKey)
          try aead.seal()
        },
      ])
    print(
      "X25519 gateway: \(times[0].microsecondText); bare agreement and AEAD \(times[1].microsecondText); "
        + "ratio \(Duration.ratio(times[0], times[1]))")
    print(
      "X25519 client: \(times[2].microsecondText); its two scalar multiplications and AEAD "
        + "\(times[3].microsecondText); ratio \(Duration.ratio(times[2], times[3]))")
  }

  private func xWing(_ body: [UInt8]) throws {
    let (key, opener) = try gateway(.xWing, .aes256GCM)
    let message = try RequestSealer.seal(body, to: key.keyConfiguration).encapsulatedRequest
    let own = try XWingMLKEM768X25519.PrivateKey.generate()
    let encapsulation = try own.publicKey.encapsulate()
    let aead = try BareAEAD(.bits256, body)
    let times = try Sample.interleaved(
      rounds: 81, calls: 10,
      [
        { use(try opener.open(message).takeSealer().seal(body)) },
        {
          use(try own.decapsulate(encapsulation.encapsulated))
          try aead.open()
          try aead.seal()
        },
      ])
    print(
      "X-Wing node: \(times[0].microsecondText); bare decapsulation and AEAD \(times[1].microsecondText); "
        + "ratio \(Duration.ratio(times[0], times[1]))")
  }
}

/// The passes of AES-GCM alone over one body.
private struct BareAEAD {
  private let key: SymmetricKey
  private let body: [UInt8]
  private let box: AES.GCM.SealedBox

  init(_ size: SymmetricKeySize, _ body: [UInt8]) throws {
    key = SymmetricKey(size: size)
    self.body = body
    box = try AES.GCM.seal(body, using: key)
  }

  func open() throws { use(try AES.GCM.open(box, using: key)) }

  func seal() throws { use(try AES.GCM.seal(body, using: key)) }
}
