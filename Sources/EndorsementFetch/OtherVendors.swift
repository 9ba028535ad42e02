import Foundation
import StrictJSON

/// AWS and NVIDIA.
extension EndorsementFetcher {
  /// The archive with the root certificate of Nitro Enclaves, as AWS serves it. Documents carry their whole chain, and
  /// the root's key is compiled in: the archive is for whoever wants to compare.
  public func nitroRoot(from service: VendorService = .awsNitroRoot) async throws(FetchError) -> [FetchedFile] {
    let request = VendorRequest(service, "", bodyLimit: 64 << 10, largestAge: nil)
    // A ZIP archive begins with this.
    let answer = try await answer(to: request) { $0.body.starts(with: [0x50, 0x4B, 0x03, 0x04]) }
    return [FetchedFile(name: "AWS_NitroEnclaves_Root-G1.zip", bytes: answer.body)]
  }

  private static let manifestByteLimit = 4 << 20

  /// Reference manifests by identifier, such as `NV_GPU_DRIVER_GH100_550.144.03`; one XML file each.
  ///
  /// - Throws: `fetch-evidence-unusable` for an identifier with other characters than letters, digits, `_`, `.` and
  ///   `-`, and the codes of a fetch.
  public func nvidiaManifests(
    _ identifiers: [String], from service: VendorService = .nvidiaManifests
  ) async throws(FetchError) -> [FetchedFile] {
    var files: [FetchedFile] = []
    for identifier in identifiers {
      guard Self.isManifestIdentifier(identifier) else {
        throw FetchError(FetchError.evidence, "identifier of a manifest has other characters than A-Z a-z 0-9 _ . -")
      }
      let request = VendorRequest(
        service, "/v1/rim/\(identifier)", bodyLimit: Self.manifestByteLimit, largestAge: nil)
      let answer = try await answer(to: request) { Self.manifest($0.body) != nil }
      guard let manifest = Self.manifest(answer.body) else {
        throw FetchError(FetchError.unreadable, "answer of \(service.name) is not what was asked for")
      }
      files.append(FetchedFile(name: "\(identifier).xml", bytes: manifest))
    }
    return files
  }

  private static func isManifestIdentifier(_ text: String) -> Bool {
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    return isPlain && (1...128).contains(text.utf8.count) && !text.hasPrefix(".")
  }

  /// `{"rim": <base64>, …}`. The manifest carries its own signature, which whoever uses it verifies.
  private static func manifest(_ body: [UInt8]) -> [UInt8]? {
    guard case .object(let members)? = try? JSONValue(parsing: body, byteLimit: manifestByteLimit),
      case .string(let text)? = members["rim"], let data = Data(base64Encoded: text), !data.isEmpty
    else { return nil }
    return Array(data)
  }
}
