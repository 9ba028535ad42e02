import Crypto
import Foundation
import NIOSSL
import Relay
import SwiftASN1
import Testing
import X509

@Suite("TLS to operators", .timeLimit(.minutes(10)))
struct UpstreamTLSTests {
  /// One exchange through a relay that trusts the certificate given, or the system's.
  private func answer(
    of url: (Int) -> String, _ version: RecordingUpstream.Version, protocols: [String],
    certificate: ServerCertificate, trusts: ServerCertificate?,
    change: (inout TLSConfiguration) -> Void = { _ in }
  ) async throws -> String {
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: [.certificate(certificate.certificate)], privateKey: .privateKey(certificate.key))
    configuration.applicationProtocols = protocols
    change(&configuration)
    let upstream = try await RecordingUpstream.start(version, tls: try NIOSSLContext(configuration: configuration))
    let roots = trusts.map { _ in
      FileManager.default.temporaryDirectory.appendingPathComponent("roots-\(UUID().uuidString).pem")
    }
    if let roots { try trusts?.pem.write(to: roots, atomically: true, encoding: .utf8) }
    let relay = try await RelayUnderTest.start(gateway: url(upstream.port), trustRoots: roots?.path)
    if let roots { try FileManager.default.removeItem(at: roots) }
    let client = try await Wire.connect(to: relay.port)
    try await client.send(post(2).replacing(" HTTP/1.1\r\n", with: " HTTP/1.1\r\nconnection: close\r\n"))
    let answer = await client.readUntilClosed()
    try await relay.stop()
    await upstream.stop()
    return answer
  }

  @Test(
    "the server chooses HTTP/2 or HTTP/1.1",
    arguments: [(RecordingUpstream.Version.http2, ["h2"]), (.http1, ["http/1.1"]), (.http1, [])])
  func chosen(version: RecordingUpstream.Version, protocols: [String]) async throws {
    let certificate = try ServerCertificate()
    let answer = try await answer(
      of: { "https://127.0.0.1:\($0)" }, version, protocols: protocols, certificate: certificate, trusts: certificate)
    #expect(answer.hasSuffix("\r\n\r\nok"))
  }

  @Test("a server is spoken to by an IPv6 address with letters among its digits")
  func addressOfIPv6() async throws {
    // 127.0.0.1 as a socket of IPv6 names it.
    let address = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF, 127, 0, 0, 1]
    let certificate = try ServerCertificate(.ipAddress(ASN1OctetString(contentBytes: address[...])))
    let answer = try await answer(
      of: { "https://[::ffff:7f00:1]:\($0)" }, .http1, protocols: [], certificate: certificate, trusts: certificate)
    #expect(answer.hasSuffix("\r\n\r\nok"))
  }

  @Test("a server under a root that is not trusted is not spoken to")
  func otherRoot() async throws {
    let answer = try await answer(
      of: { "https://127.0.0.1:\($0)" }, .http1, protocols: [], certificate: try ServerCertificate(),
      trusts: try ServerCertificate())
    #expect(answer.contains("relay-gateway-unreachable"))
  }

  @Test("a server is not spoken to where only the system's roots are trusted")
  func systemRoots() async throws {
    let answer = try await answer(
      of: { "https://127.0.0.1:\($0)" }, .http1, protocols: [], certificate: try ServerCertificate(), trusts: nil)
    #expect(answer.contains("relay-gateway-unreachable"))
  }

  @Test("a server with another name's certificate is not spoken to")
  func otherName() async throws {
    let certificate = try ServerCertificate(.dnsName("other.test"))
    let answer = try await answer(
      of: { "https://localhost:\($0)" }, .http1, protocols: [], certificate: certificate, trusts: certificate)
    #expect(answer.contains("relay-gateway-unreachable"))
  }

  @Test("a server that speaks TLS 1.2 alone is not spoken to")
  func oldVersion() async throws {
    let certificate = try ServerCertificate()
    let answer = try await answer(
      of: { "https://127.0.0.1:\($0)" }, .http1, protocols: [], certificate: certificate, trusts: certificate
    ) { $0.maximumTLSVersion = .tlsv12 }
    #expect(answer.contains("relay-gateway-unreachable"))
  }
}

/// A root of its own for one name, 127.0.0.1 unless said otherwise.
private struct ServerCertificate {
  let pem: String
  let certificate: NIOSSLCertificate
  let key: NIOSSLPrivateKey

  init(_ subject: GeneralName = .ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1]))) throws {
    let signingKey = P256.Signing.PrivateKey()
    let name = try DistinguishedName { CommonName("relay test \(UUID().uuidString)") }
    let issued = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: .init(signingKey.publicKey),
      notValidBefore: Date(timeIntervalSinceNow: -3_600), notValidAfter: Date(timeIntervalSinceNow: 86_400),
      issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
      extensions: try Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
        SubjectAlternativeNames([subject])
      },
      issuerPrivateKey: .init(signingKey))
    pem = try issued.serializeAsPEM().pemString
    certificate = try NIOSSLCertificate(bytes: Array(pem.utf8), format: .pem)
    key = try NIOSSLPrivateKey(bytes: Array(signingKey.pemRepresentation.utf8), format: .pem)
  }
}
