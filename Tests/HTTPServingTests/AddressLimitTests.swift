import HTTPServing
import NIOCore
import NIOEmbedded
import Testing

@Suite("limits by address, and of connections")
struct AddressLimitTests {
  private func acceptance(_ limits: HTTPServerLimits) -> ConnectionAcceptance {
    ConnectionAcceptance(limits: limits, certificate: nil) { _ in ScriptedHandler() }
  }

  @Test("a connection above the limit of its address is closed at once; another address is served")
  func connectionsPerAddress() throws {
    var limits = HTTPServerLimits()
    limits.connectionCountPerAddress = 2
    let acceptance = acceptance(limits)
    let first = try EmbeddedConnection(acceptance: acceptance)
    let second = try EmbeddedConnection(acceptance: acceptance)
    #expect(throws: (any Error).self) { try EmbeddedConnection(acceptance: acceptance) }
    let other = try EmbeddedConnection(acceptance: acceptance, peer: "192.0.2.2")
    first.channel.close(promise: nil)
    first.loop.run()
    let third = try EmbeddedConnection(acceptance: acceptance)
    #expect([second, other, third].allSatisfy { $0.isOpen })
  }

  @Test("addresses of one IPv6 network of 64 bits count as one")
  func networkOfIPv6() throws {
    var limits = HTTPServerLimits()
    limits.connectionCountPerAddress = 1
    let acceptance = acceptance(limits)
    let first = try EmbeddedConnection(acceptance: acceptance, peer: "2001:db8:1:2::1")
    #expect(throws: (any Error).self) { try EmbeddedConnection(acceptance: acceptance, peer: "2001:db8:1:2:3::4") }
    let other = try EmbeddedConnection(acceptance: acceptance, peer: "2001:db8:1:3::1")
    #expect(first.isOpen && other.isOpen)
  }

  @Test("IPv4 addresses that a socket of IPv6 names do not count as one, and each counts as itself")
  func mappedIPv4() throws {
    var limits = HTTPServerLimits()
    limits.connectionCountPerAddress = 1
    let acceptance = acceptance(limits)
    let first = try EmbeddedConnection(acceptance: acceptance, peer: "::ffff:192.0.2.1")
    let other = try EmbeddedConnection(acceptance: acceptance, peer: "::ffff:192.0.2.2")
    #expect(throws: (any Error).self) { try EmbeddedConnection(acceptance: acceptance, peer: "::ffff:192.0.2.1") }
    #expect(throws: (any Error).self) { try EmbeddedConnection(acceptance: acceptance, peer: "192.0.2.2") }
    #expect(first.isOpen && other.isOpen)
  }

  @Test("a connection above the limit of all is closed at once")
  func connectionCount() throws {
    var limits = HTTPServerLimits()
    limits.connectionCount = 2
    let acceptance = acceptance(limits)
    let first = try EmbeddedConnection(acceptance: acceptance)
    let second = try EmbeddedConnection(acceptance: acceptance, peer: "192.0.2.2")
    #expect(throws: (any Error).self) { try EmbeddedConnection(acceptance: acceptance, peer: "192.0.2.3") }
    #expect(first.isOpen && second.isOpen)
  }

  @Test("requests above the rate of an address are refused, on every connection of it, and later taken again")
  func requestRate() throws {
    var limits = HTTPServerLimits()
    limits.requestRatePerAddress = 5
    let acceptance = acceptance(limits)
    let first = try EmbeddedConnection(acceptance: acceptance)
    for _ in 0..<10 { try first.send(HTTP1ConnectionTests.get) }
    #expect(try !first.received().contains("429"))
    let second = try EmbeddedConnection(acceptance: acceptance)
    try second.send(HTTP1ConnectionTests.get)
    #expect(try second.received().hasPrefix("HTTP/1.1 429 Too Many Requests\r\n"))
    #expect(try second.received().hasSuffix(#"{"code":"too-many-requests"}"#))
    #expect(!second.isOpen)
    first.advance(.seconds(1))
    for _ in 0..<5 { try first.send(HTTP1ConnectionTests.get) }
    #expect(try !first.received().contains("429"))
    try first.send(HTTP1ConnectionTests.get)
    #expect(try first.received().contains("429"))
  }

  @Test("the addresses of a flood are forgotten, so that memory stays bounded")
  func boundedTable() throws {
    var limits = HTTPServerLimits()
    limits.requestRatePerAddress = 1
    limits.rememberedAddressCount = 100
    let table = AddressTable(limits: limits)
    let now = NIODeadline.uptimeNanoseconds(1)
    for number in 0..<2000 {
      let address = try SocketAddress(ipAddress: "10.0.\(number / 256).\(number % 256)", port: 1)
      let key = try #require(AddressKey(address))
      let client = try #require(table.connectionOpened(from: key, now: now))
      // Its rate is used up, so that forgetting it costs something.
      #expect(client.admitsRequest(now: now))
      table.connectionClosed(from: client, now: now)
      #expect(table.addressCount <= 101)
    }
  }

  @Test("an address's rate outlives its connection")
  func rateOutlivesConnection() throws {
    var limits = HTTPServerLimits()
    limits.requestRatePerAddress = 1
    let table = AddressTable(limits: limits)
    let now = NIODeadline.uptimeNanoseconds(1)
    let key = try #require(AddressKey(try SocketAddress(ipAddress: "10.0.0.1", port: 1)))
    let first = try #require(table.connectionOpened(from: key, now: now))
    #expect(first.admitsRequest(now: now) && first.admitsRequest(now: now))
    table.connectionClosed(from: first, now: now)
    let second = try #require(table.connectionOpened(from: key, now: now))
    #expect(!second.admitsRequest(now: now))
    #expect(second.admitsRequest(now: now + .seconds(1)))
  }
}
