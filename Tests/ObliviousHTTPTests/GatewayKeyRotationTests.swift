import Foundation
import HybridPublicKeyEncryption
import ObliviousHTTP
import Testing

@Suite("rotation of gateway keys")
struct GatewayKeyRotationTests {
  private let start = Date(timeIntervalSince1970: 1_800_000_000)
  private let suites = [
    GatewayKeyRotation.Suite(kem: .xWing, symmetricAlgorithms: [SymmetricAlgorithm(aead: .aes256GCM)]),
    GatewayKeyRotation.Suite(
      kem: .x25519, symmetricAlgorithms: AEADIdentifier.allCases.map { SymmetricAlgorithm(aead: $0) }),
  ]

  private func rotation(_ restoring: [GatewayKeyRotation.Generation] = []) -> GatewayKeyRotation {
    GatewayKeyRotation(suites: suites, lifetime: .seconds(1_000), overlap: .seconds(100), restoring: restoring)
  }

  private func time(_ seconds: Double) -> Date { start.addingTimeInterval(seconds) }

  @Test("keys are made at the start, replaced after their lifetime, and open requests for the overlap")
  func schedule() throws {
    var rotation = rotation()
    #expect(rotation.keyConfigurations.isEmpty)
    #expect(rotation.nextDue == .distantPast)
    #expect(try rotation.advance(to: time(0)))
    let first = rotation.keyConfigurations
    #expect(first.map(\.publicKey.kem) == [.xWing, .x25519])
    #expect(rotation.nextDue == time(1_000))
    let early = try first.map { try RequestSealer.seal([1], to: $0).encapsulatedRequest }

    #expect(try !rotation.advance(to: time(999)))
    #expect(rotation.keyConfigurations == first)
    #expect(try rotation.advance(to: time(1_000)))
    let second = rotation.keyConfigurations
    #expect(Set(second.map(\.keyIdentifier)).isDisjoint(with: first.map(\.keyIdentifier)))
    #expect(rotation.keys.map(\.keyConfiguration) == second + first)
    #expect(rotation.nextDue == time(1_100))

    #expect(try !rotation.advance(to: time(1_099)))
    for message in early { #expect(try RequestOpener(keys: rotation.keys).open(message).request == [1]) }
    #expect(try rotation.advance(to: time(1_100)))
    #expect(rotation.keyConfigurations == second)
    for message in early { expect(keyUnknown) { try RequestOpener(keys: rotation.keys).open(message) } }
    #expect(rotation.nextDue == time(2_000))
  }

  @Test("a replacement that comes late starts the overlap when it comes")
  func late() throws {
    var rotation = rotation()
    _ = try rotation.advance(to: time(0))
    let first = rotation.keyConfigurations
    _ = try rotation.advance(to: time(5_000))
    #expect(rotation.keys.count == 4)
    #expect(rotation.nextDue == time(5_100))
    #expect(try !rotation.advance(to: time(5_099)))
    #expect(try rotation.advance(to: time(5_100)))
    #expect(!rotation.keys.map(\.keyConfiguration).contains(first[0]))
  }

  @Test("a clock that goes back makes and drops nothing")
  func clockGoesBack() throws {
    var rotation = rotation()
    _ = try rotation.advance(to: time(0))
    _ = try rotation.advance(to: time(1_000))
    let keys = rotation.keys.map(\.keyConfiguration)
    #expect(try !rotation.advance(to: time(-5_000)))
    #expect(rotation.keys.map(\.keyConfiguration) == keys)
  }

  @Test("generations kept from before go on, and identifiers begin anew behind 255")
  func restored() throws {
    let old = try Suite(kem: .x25519, aead: .aes128GCM).gatewayKey(keyIdentifier: 255)
    var rotation = rotation([GatewayKeyRotation.Generation(keys: [old], madeAt: time(0))])
    #expect(try !rotation.advance(to: time(10)))
    #expect(rotation.keyConfigurations == [old.keyConfiguration])
    #expect(try rotation.advance(to: time(1_000)))
    #expect(rotation.keyConfigurations.map(\.keyIdentifier) == [0, 1])
    #expect(rotation.keys.count == 3)
  }

  @Test("over a thousand generations there are never more than two, and never two keys of one identifier")
  func many() throws {
    let suite = GatewayKeyRotation.Suite(kem: .x25519, symmetricAlgorithms: [SymmetricAlgorithm(aead: .aes128GCM)])
    var rotation = GatewayKeyRotation(suites: [suite, suite, suite], lifetime: .seconds(10), overlap: .seconds(10))
    for generation in 0..<1_000 {
      #expect(try rotation.advance(to: time(Double(generation) * 10)))
      #expect(rotation.generations.count == min(generation + 1, 2))
      #expect(Set(rotation.keys.map(\.keyConfiguration.keyIdentifier)).count == rotation.keys.count)
    }
  }
}
