public import Logging
public import ServiceLifecycle

/// Looks at a server's certificate files again and again, so that a renewed certificate is used without a restart.
public struct CertificateReload: Service {
  private let certificate: ServerCertificate
  private let interval: Duration
  private let logger: Logger

  public init(_ certificate: ServerCertificate, every interval: Duration = .seconds(60), logger: Logger) {
    self.certificate = certificate
    self.interval = interval
    self.logger = logger
  }

  public func run() async throws {
    try? await cancelWhenGracefulShutdown {
      while true {
        try await Task.sleep(for: interval)
        reload()
      }
    }
  }

  private func reload() {
    do throws(HTTPServingError) {
      if try certificate.reload() { logger.info("certificate reloaded") }
    } catch {
      logger.warning("certificate not reloaded", metadata: ["code": "\(error.code)"])
    }
  }
}
