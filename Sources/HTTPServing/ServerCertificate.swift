import NIOCore
import NIOSSL
import Synchronization

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A server's certificate chain and key, from two PEM files that may be replaced while it runs.
///
/// TLS 1.3 alone. Each connection gets a context of its own, and with it a ticket key of its own: whatever a client
/// offers to resume, no key of an earlier connection can open it, so every handshake is a full one. Early data, which
/// needs resumption, is never accepted.
public final class ServerCertificate: Sendable {
  private struct Pair: Sendable, Equatable {
    let certificatePEM: [UInt8]
    let keyPEM: [UInt8]
  }

  private struct Current {
    var pair: Pair
    var configuration: TLSConfiguration
  }

  private let certificatePath: String
  private let keyPath: String
  private let current: Mutex<Current>

  /// - Throws: `certificate-unusable`.
  public init(certificatePath: String, keyPath: String) throws(HTTPServingError) {
    self.certificatePath = certificatePath
    self.keyPath = keyPath
    let pair = try Self.read(certificatePath, keyPath)
    current = Mutex(Current(pair: pair, configuration: try Self.configuration(pair)))
  }

  /// Reads both files again. Connections that are open keep what they have.
  ///
  /// - Returns: whether the files had changed.
  /// - Throws: `certificate-unusable`, and the pair in use stays.
  @discardableResult
  public func reload() throws(HTTPServingError) -> Bool {
    let pair = try Self.read(certificatePath, keyPath)
    guard current.withLock({ $0.pair != pair }) else { return false }
    let configuration = try Self.configuration(pair)
    current.withLock { $0 = Current(pair: pair, configuration: configuration) }
    return true
  }

  func makeHandler() throws -> NIOSSLServerHandler {
    let configuration = current.withLock { $0.configuration }
    return NIOSSLServerHandler(context: try NIOSSLContext(configuration: configuration))
  }

  private static func read(_ certificatePath: String, _ keyPath: String) throws(HTTPServingError) -> Pair {
    do {
      return Pair(
        certificatePEM: Array(try Data(contentsOf: URL(fileURLWithPath: certificatePath))),
        keyPEM: Array(try Data(contentsOf: URL(fileURLWithPath: keyPath))))
    } catch {
      throw HTTPServingError(HTTPServingError.certificateUnusable, "certificate or key file cannot be read")
    }
  }

  private static func configuration(_ pair: Pair) throws(HTTPServingError) -> TLSConfiguration {
    do {
      let chain = try NIOSSLCertificate.fromPEMBytes(pair.certificatePEM)
      let key = try NIOSSLPrivateKey(bytes: pair.keyPEM, format: .pem)
      var configuration = TLSConfiguration.makeServerConfiguration(
        certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
      configuration.minimumTLSVersion = .tlsv13
      configuration.applicationProtocols = ["h2", "http/1.1"]
      // Refuses a key that is not the certificate's.
      _ = try NIOSSLContext(configuration: configuration)
      return configuration
    } catch {
      throw HTTPServingError(
        HTTPServingError.certificateUnusable, "certificate and key are not a PEM pair that TLS can use")
    }
  }
}
