import Foundation
import HTTPMessages
import HTTPTransport
import NIOSSL
import TestSupport
import Testing

@Suite("TLS to servers")
struct TLSTests {
  private static let answer = ScriptedServer.Behaviour.answers("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")

  /// One request to a server whose certificate is the only root.
  ///
  /// - Parameter name: whom the certificate names.
  private func ask(
    allowingTLS12 allowsTLS12: Bool = false, name: String = "IP:127.0.0.1", newest: TLSVersion? = nil
  ) async throws -> WholeResponse {
    let certificate = try await Certificate(name)
    defer { certificate.remove() }
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: try NIOSSLCertificate.fromPEMFile(certificate.path).map { .certificate($0) },
      privateKey: .privateKey(try NIOSSLPrivateKey(file: certificate.keyPath, format: .pem)))
    configuration.maximumTLSVersion = newest
    let server = try await ScriptedServer(Self.answer, tls: try NIOSSLContext(configuration: configuration))
    let exchange = SocketHTTPExchange(
      timeLimit: .seconds(20), allowsTLS12: allowsTLS12, trustRoots: certificate.path)
    let result: Result<WholeResponse, HTTPExchangeError>
    do throws(HTTPExchangeError) {
      result = .success(
        try await exchange.send(WholeRequest(method: "GET", path: "/"), to: server.server, bodyLimit: 64))
    } catch {
      result = .failure(error)
    }
    await exchange.shutdown()
    try await server.close()
    return try result.get()
  }

  @Test("TLS 1.3 is spoken")
  func current() async throws { #expect(try await ask().body == Array("ok".utf8)) }

  @Test("a server that speaks TLS 1.2 alone is sent nothing")
  func oldVersion() async throws {
    await #expect(throws: HTTPExchangeError(HTTPExchangeError.unreachable, "")) {
      try await ask(newest: .tlsv12)
    }
  }

  @Test("TLS 1.2 where it is allowed, and nothing older")
  func allowed() async throws {
    #expect(try await ask(allowingTLS12: true, newest: .tlsv12).status == 200)
    await #expect(throws: HTTPExchangeError(HTTPExchangeError.unreachable, "")) {
      try await ask(allowingTLS12: true, newest: .tlsv11)
    }
  }

  @Test("a server with another name's certificate is sent nothing")
  func otherName() async throws {
    await #expect(throws: HTTPExchangeError(HTTPExchangeError.unreachable, "")) {
      try await ask(name: "DNS:other.test")
    }
  }

  /// Made by Debian's `openssl`.
  private struct Certificate {
    struct Failed: Error {
      let output: String
    }

    private let folder: URL

    init(_ name: String) async throws {
      folder = FileManager.default.temporaryDirectory.appendingPathComponent("tls-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let process = try ChildProcess(
        "/usr/bin/env",
        [
          "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
          "-subj", "/CN=transport test", "-addext", "subjectAltName=\(name)", "-keyout", keyPath, "-out", path,
        ], errors: .joined)
      process.endInput()
      let output = await process.readToEnd()
      guard await process.wait() == 0 else { throw Failed(output: String(decoding: output, as: UTF8.self)) }
    }

    var path: String { folder.appendingPathComponent("certificate.pem").path }
    var keyPath: String { folder.appendingPathComponent("key.pem").path }

    func remove() { try? FileManager.default.removeItem(at: folder) }
  }
}
