public import Attestation
import WireFormat

/// Asks the Nitro Security Module for attestation documents, through `/dev/nsm` of an enclave.
///
///     request  {"Attestation": {"user_data": bytes, "nonce": null, "public_key": bytes or null}}
///     response {"Attestation": {"document": bytes}} or {"Error": text}
///
/// The device is the hypervisor's, and its answers are read as any others: bounded, whole, and over the data that was
/// asked for. The call blocks its thread while the hypervisor works.
public struct NitroDeviceAttester: NodeAttester {
  /// One request of CBOR and its response, at most `NitroDevice.responseByteLimit` bytes.
  package typealias Exchange = @Sendable ([UInt8]) throws(HardwareTEEError) -> [UInt8]

  /// Bound into each document; nil: none. At most 1,024 bytes.
  public var publicKey: [UInt8]?
  private let exchange: Exchange

  public init(publicKey: [UInt8]? = nil, path: String = NitroDevice.defaultPath) {
    self.init(publicKey: publicKey) { request throws(HardwareTEEError) in
      try NitroDevice.exchange(request, path: path)
    }
  }

  /// With a device that a test plays.
  package init(publicKey: [UInt8]? = nil, exchange: @escaping Exchange) {
    self.publicKey = publicKey
    self.exchange = exchange
  }

  /// - Parameter reportData: becomes the user data.
  /// - Throws: the codes of `HardwareTEEError`.
  public func evidence(reportData: [UInt8]) async throws -> Evidence {
    let document = try document(userData: reportData)
    return Evidence(platform: .nitro, report: document, endorsements: [])
  }

  private func document(userData: [UInt8]) throws(HardwareTEEError) -> [UInt8] {
    let limit = Nitro.Document.userDataByteLimit
    guard userData.count == ConfigFSTSMAttester.reportDataByteCount, publicKey.map({ $0.count <= limit }) ?? true else {
      throw HardwareTEEError(
        HardwareTEEError.requestLength, "report data has not 64 bytes, or the public key more than \(limit)")
    }
    let response = try exchange(Self.request(userData: userData, publicKey: publicKey))
    let report = try Self.document(in: response)
    let document: Nitro.Document
    do throws(AttestationError) {
      document = try Nitro.Document(parsing: try Nitro.Envelope(parsing: report).payload)
    } catch {
      throw HardwareTEEError(HardwareTEEError.responseMalformed, "answer holds no document: \(error.code)")
    }
    guard document.userData == userData, document.publicKey == publicKey else {
      throw HardwareTEEError(HardwareTEEError.reportDataMismatch, "document is over other data")
    }
    return report
  }

  package static func request(userData: [UInt8], publicKey: [UInt8]?) -> [UInt8] {
    let key = publicKey.map { CBORWriter.bytes($0) } ?? CBORWriter.null
    let attestation = CBORWriter.map([
      (CBORWriter.text("user_data"), CBORWriter.bytes(userData)), (CBORWriter.text("nonce"), CBORWriter.null),
      (CBORWriter.text("public_key"), key),
    ])
    return CBORWriter.map([(CBORWriter.text("Attestation"), attestation)])
  }

  /// What the device says when it refuses.
  private static let errors: Set<String> = [
    "InvalidArgument", "InvalidIndex", "InvalidResponse", "ReadOnlyIndex", "InvalidOperation", "BufferTooSmall",
    "InputTooLarge", "InternalError",
  ]

  package static func document(in response: [UInt8]) throws(HardwareTEEError) -> [UInt8] {
    guard response.count <= NitroDevice.responseByteLimit else {
      throw HardwareTEEError(HardwareTEEError.reportTooLarge, "answer has \(response.count) bytes")
    }
    var document: [UInt8]?
    var refusal: String?
    do throws(WireError) {
      var reader = CBORReader(response[...])
      try reader.map(countLimit: 1, allowsIndefinite: true, field: "answer") { reader throws(WireError) in
        switch try reader.text(limit: 16, field: "kind of answer") {
        case "Attestation":
          try reader.map(countLimit: 1, allowsIndefinite: true, field: "attestation") { reader throws(WireError) in
            guard try reader.text(limit: 16, field: "member") == "document" else {
              throw WireError(WireError.invalidValue, "answer has a member that is not known")
            }
            document = Array(try reader.bytes(limit: NitroDevice.responseByteLimit, field: "document"))
          }
        case "Error": refusal = try reader.text(limit: 32, field: "error")
        default: throw WireError(WireError.invalidValue, "answer is to another request")
        }
      }
      try reader.requireEnd()
    } catch {
      throw HardwareTEEError(HardwareTEEError.responseMalformed, error.message)
    }
    if let refusal {
      let name = errors.contains(refusal) ? refusal : "an error that is not known"
      throw HardwareTEEError(HardwareTEEError.deviceRefused, "device answered \(name)")
    }
    guard let document else {
      throw HardwareTEEError(HardwareTEEError.responseMalformed, "answer holds no document")
    }
    return document
  }
}
