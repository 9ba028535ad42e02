import Foundation
import TestSupport

/// Debian's `openssl`, as a client and for certificates.
enum OpenSSL {
  struct Failed: Error {
    let output: String
  }

  /// Standard output and error of a run that is given `input`.
  @discardableResult
  static func run(_ arguments: [String], input: String = "") async throws -> (status: Int32, output: String) {
    let process = try ChildProcess("/usr/bin/env", ["openssl"] + arguments, errors: .joined)
    process.write(input)
    process.endInput()
    let output = await process.readToEnd()
    return (await process.wait(), String(decoding: output, as: UTF8.self))
  }

  /// Connects, sends one request that ends the connection, and returns what openssl says.
  static func connect(to port: Int, _ options: [String] = []) async throws -> (status: Int32, output: String) {
    // `-ign_eof` and a request that closes: openssl stays until the server has answered.
    try await run(
      ["s_client", "-connect", "127.0.0.1:\(port)", "-ign_eof", "-servername", "server.test"] + options,
      input: "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
  }
}

/// A folder with a certificate and its key, which a test may renew.
final class CertificateFolder {
  let folder: URL

  init() async throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("tls-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try await renew(name: "first.test")
  }

  var certificatePath: String { path("certificate.pem") }
  var keyPath: String { path("key.pem") }

  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  func renew(name: String) async throws {
    let run = try await OpenSSL.run([
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
      "-subj", "/CN=\(name)", "-keyout", keyPath, "-out", certificatePath,
    ])
    guard run.status == 0 else { throw OpenSSL.Failed(output: run.output) }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }
}
