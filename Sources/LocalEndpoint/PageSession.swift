import Crypto
public import HTTPMessages
import WireFormat

/// One run's secret between the endpoint and the page that it serves, so that no other program or user of this machine
/// gets at the page's routes.
///
/// `cloister proxy` prints it behind the `#` of the page's address: browsers send that part to nobody. The page's script
/// takes it from there and sends it in the field `fieldName` of each of its requests. Static files need none.
public struct PageSession: Sendable {
  public static let fieldName = "x-cloister-page"

  private let digest: SHA256Digest
  /// For the address that is printed once. Secret.
  public let secret: String

  /// Makes a secret of 256 random bits.
  public init() {
    secret = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0).hexadecimal }
    digest = SHA256.hash(data: Array(secret.utf8))
  }

  /// To be called first for every route of the page that is no static file.
  /// - Throws: `endpoint-secret-wrong`.
  public func requireSecret(of request: StreamedRequest) throws(EndpointError) {
    let values = request.values(Self.fieldName)
    guard values.count == 1, let value = values.first, SHA256.hash(data: Array(value.utf8)) == digest else {
      throw EndpointError(EndpointError.secretWrong, "\(Self.fieldName) is not the secret of this run")
    }
  }
}
