import PartyHosting
import Relay
import Testing

@Suite("Servers that a relay dials")
struct UpstreamServerTests {
  @Test(
    "scheme, host and port are read, with the scheme's port where none is written",
    arguments: [
      ("http://127.0.0.5:8080", "127.0.0.5", 8080), ("https://gateway.example", "gateway.example", 443),
      ("http://gateway.example", "gateway.example", 80), ("h2c://[::1]:81", "::1", 81), ("https://[::1]", "::1", 443),
    ])
  func read(url: String, host: String, port: Int) throws {
    let server = try UpstreamServer(parsing: url)
    #expect(server.host == host)
    #expect(server.port == port)
  }

  @Test(
    "another scheme, a path, a user or no host is refused",
    arguments: [
      "", "gateway.example", "ftp://gateway.example", "http://", "http://:80", "http://a/b", "http://a/", "http://u@a",
      "http://a:0", "http://a:65536", "http://a:x", "http://a b", "http://a\r\nx: y", "http:/a", "HTTP://a",
      "https://a?b",
    ])
  func refused(url: String) {
    #expect(throws: HostingError(HostingError.configurationInvalid, "")) { try UpstreamServer(parsing: url) }
  }
}
