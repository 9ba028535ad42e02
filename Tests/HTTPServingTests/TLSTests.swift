import Foundation
import HTTPServing
import Testing

@Suite("TLS, with openssl as the client")
struct TLSTests {
  private func serve(_ folder: CertificateFolder, _ body: (LoopbackServer, ServerCertificate) async throws -> Void)
    async throws
  {
    let certificate = try ServerCertificate(certificatePath: folder.certificatePath, keyPath: folder.keyPath)
    try await LoopbackServer.run(certificate: certificate) { server in try await body(server, certificate) }
  }

  @Test("TLS 1.3 is served")
  func version13() async throws {
    try await serve(try await CertificateFolder()) { server, _ in
      let run = try await OpenSSL.connect(to: server.port)
      #expect(run.output.contains("New, TLSv1.3"))
      #expect(run.output.contains("HTTP/1.1 200 OK"))
    }
  }

  @Test("TLS 1.2 and older offered: refused", arguments: ["-tls1_2", "-tls1_1", "-no_tls1_3"])
  func oldVersions(option: String) async throws {
    try await serve(try await CertificateFolder()) { server, _ in
      let run = try await OpenSSL.connect(to: server.port, [option])
      #expect(run.status != 0)
      #expect(!run.output.contains("HTTP/1.1"))
    }
  }

  @Test("a session offered for resumption: refused, the handshake is a full one")
  func resumption() async throws {
    let folder = try await CertificateFolder()
    try await serve(folder) { server, _ in
      let session = folder.path("session.pem")
      let first = try await OpenSSL.connect(to: server.port, ["-sess_out", session])
      #expect(first.output.contains("HTTP/1.1 200 OK"))
      try #require(FileManager.default.fileExists(atPath: session), "no ticket was offered, so nothing was tested")
      for _ in 0..<3 {
        let second = try await OpenSSL.connect(to: server.port, ["-sess_in", session])
        #expect(second.output.contains("HTTP/1.1 200 OK"))
        #expect(second.output.contains("New, TLSv1.3"))
        #expect(!second.output.contains("Reused, "))
      }
    }
  }

  @Test("early data: never offered, so never accepted")
  func earlyData() async throws {
    let folder = try await CertificateFolder()
    try await serve(folder) { server, _ in
      let session = folder.path("session.pem")
      let first = try await OpenSSL.connect(to: server.port, ["-sess_out", session])
      #expect(first.output.contains("Max Early Data: 0"))
      let early = folder.path("early")
      try Data("GET /early HTTP/1.1\r\nhost: a\r\n\r\n".utf8).write(to: URL(fileURLWithPath: early))
      let second = try await OpenSSL.connect(to: server.port, ["-sess_in", session, "-early_data", early])
      #expect(!second.output.contains("Early data was accepted"))
    }
  }

  @Test("a key agreed on beforehand, without a certificate: refused")
  func sharedKey() async throws {
    try await serve(try await CertificateFolder()) { server, _ in
      let run = try await OpenSSL.connect(
        to: server.port, ["-psk", "0123456789abcdef0123456789abcdef", "-psk_identity", "client"])
      #expect(!run.output.contains("Reused, "))
      #expect(!run.output.contains("PSK identity: client"))
    }
  }

  @Test("HTTP/2 is agreed on where the client offers it, HTTP/1.1 else", arguments: ["h2", "http/1.1"])
  func protocols(name: String) async throws {
    try await serve(try await CertificateFolder()) { server, _ in
      let offered = name == "h2" ? "h2,http/1.1" : name
      let run = try await OpenSSL.connect(to: server.port, ["-alpn", offered])
      #expect(run.output.contains("ALPN protocol: \(name)"))
    }
  }

  @Test("a renewed certificate is used by the next connection, without a restart")
  func reload() async throws {
    let folder = try await CertificateFolder()
    try await serve(folder) { server, certificate in
      #expect(try await OpenSSL.connect(to: server.port).output.contains("CN = first.test"))
      #expect(try certificate.reload() == false)
      try await folder.renew(name: "second.test")
      #expect(try certificate.reload() == true)
      let renewed = try await OpenSSL.connect(to: server.port).output
      #expect(renewed.contains("CN = second.test"))
      #expect(renewed.contains("HTTP/1.1 200 OK"))
    }
  }

  @Test("a certificate whose key is another's is not used, and the one in use stays")
  func mismatch() async throws {
    let folder = try await CertificateFolder()
    let other = try await CertificateFolder()
    try await serve(folder) { server, certificate in
      try FileManager.default.removeItem(atPath: folder.keyPath)
      try FileManager.default.copyItem(atPath: other.keyPath, toPath: folder.keyPath)
      #expect { try certificate.reload() } throws: {
        ($0 as? HTTPServingError)?.code == HTTPServingError.certificateUnusable
      }
      #expect(try await OpenSSL.connect(to: server.port).output.contains("HTTP/1.1 200 OK"))
    }
    #expect { try ServerCertificate(certificatePath: folder.certificatePath, keyPath: folder.keyPath) } throws: {
      ($0 as? HTTPServingError)?.code == HTTPServingError.certificateUnusable
    }
  }

  @Test("a client that never begins its handshake is closed when the time of a head is over")
  func silentClient() async throws {
    let folder = try await CertificateFolder()
    let certificate = try ServerCertificate(certificatePath: folder.certificatePath, keyPath: folder.keyPath)
    var limits = HTTPServerLimits()
    limits.headTime = .milliseconds(100)
    try await LoopbackServer.run(limits: limits, certificate: certificate) { server in
      let client = try await server.connect()
      #expect(await client.rest().isEmpty)
    }
  }
}
