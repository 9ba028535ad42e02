import ArgumentParser
import Crypto
import Foundation
import HybridPublicKeyEncryption
import ObliviousHTTP

/// Gateway and client cryptography of single-shot Oblivious HTTP against the bare operations of the same library.
struct ObliviousBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "oblivious", abstract: "Open and seal, as ratios to bare key agreement and AEAD.")

  @Option(help: "Bytes of request and response.")
  var byteCount = 1_024

  mutating func run() throws {
    let body = [UInt8](repeating: 7, count: byteCount)
    try x25519(body)
    try xWing(body)
  }

  private func gateway(_ kem: KEMIdentifier, _ aead: AEADIdentifier) throws -> (GatewayKey, RequestOpener) {
    let key = try GatewayKey(
      keyIdentifier: 1, privateKey: try KEMPrivateKey.generate(kem),
      symmetricAlgorithms: [SymmetricAlgorithm(aead: aead)])
    return (key, RequestOpener(keys: [key]))
  }

  private func measureGateway(_ opener: RequestOpener, _ message: [UInt8], _ body: [UInt8]) throws -> Duration {
    try Sample.perCall(rounds: 41, calls: 50) {
      use(try opener.open(message).takeSealer().seal(body))
    }
  }

  private func bareAEAD(_ key: SymmetricKey, _ body: [UInt8]) throws -> Duration {
    let sealed = try AES.GCM.seal(body, using: key)
    return try Sample.perCall(rounds: 41, calls: 200) {
      use(try AES.GCM.open(sealed, using: key))
      use(try AES.GCM.seal(body, using: key))
    }
  }

  private func x25519(_ body: [UInt8]) throws {
    let (key, opener) = try gateway(.x25519, .aes128GCM)
    let message = try RequestSealer.seal(body, to: key.keyConfiguration).encapsulatedRequest
    let ours = try measureGateway(opener, message, body)
    let own = Curve25519.KeyAgreement.PrivateKey()
    let peer = Curve25519.KeyAgreement.PrivateKey().publicKey
    let agreement = try Sample.perCall(rounds: 41, calls: 50) { use(try own.sharedSecretFromKeyAgreement(with: peer)) }
    let aead = try bareAEAD(SymmetricKey(size: .bits128), body)
    print(
      "X25519 gateway: \(ours.microsecondText); bare agreement and AEAD \((agreement + aead).microsecondText); "
        + "ratio \(Duration.ratio(ours, agreement + aead))")
    let client = try Sample.perCall(rounds: 41, calls: 50) {
      use(try RequestSealer.seal(body, to: key.keyConfiguration).encapsulatedRequest)
    }
    let keygen = Sample.perCall(rounds: 41, calls: 50) { use(Curve25519.KeyAgreement.PrivateKey().publicKey) }
    print(
      "X25519 client: \(client.microsecondText); its two scalar multiplications and AEAD "
        + "\((agreement + keygen + aead / 2).microsecondText); ratio \(Duration.ratio(client, agreement + keygen + aead / 2))"
    )
  }

  private func xWing(_ body: [UInt8]) throws {
    let (key, opener) = try gateway(.xWing, .aes256GCM)
    let message = try RequestSealer.seal(body, to: key.keyConfiguration).encapsulatedRequest
    let ours = try measureGateway(opener, message, body)
    let own = try XWingMLKEM768X25519.PrivateKey.generate()
    let encapsulation = try own.publicKey.encapsulate()
    let decapsulation = try Sample.perCall(rounds: 41, calls: 20) {
      use(try own.decapsulate(encapsulation.encapsulated))
    }
    let aead = try bareAEAD(SymmetricKey(size: .bits256), body)
    print(
      "X-Wing node: \(ours.microsecondText); bare decapsulation and AEAD \((decapsulation + aead).microsecondText); "
        + "ratio \(Duration.ratio(ours, decapsulation + aead))")
  }
}
