import HTTPServing
import PartyHosting
import Relay
import Testing

@Suite("What a relay grants one address")
struct RelayClientLimitsTests {
  private static let others = ListenAddress(host: "0.0.0.0", port: 443)

  @Test("a relay that others reach limits an address without being told")
  func unset() {
    let limits = HTTPServerLimits().ofRelay(listeningOn: Self.others)
    #expect(limits.connectionCountPerAddress == 128)
    #expect(limits.requestRatePerAddress == 128)
  }

  @Test("what was set stays")
  func set() {
    var limits = HTTPServerLimits()
    limits.connectionCountPerAddress = 7
    limits.requestRatePerAddress = 9
    #expect(limits.ofRelay(listeningOn: Self.others) == limits)
  }

  @Test("on loopback, where all clients have one address, nothing is limited without being told")
  func loopback() {
    let limits = HTTPServerLimits().ofRelay(listeningOn: ListenAddress(host: "127.0.0.4", port: 0))
    #expect(limits == HTTPServerLimits())
  }
}
