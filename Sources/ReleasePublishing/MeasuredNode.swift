import Attestation
import Crypto
import StrictJSON
public import Trust
import WireFormat

/// What `cloister-node measure` printed: the part of a release entry that follows from executable and configuration.
public struct MeasuredNode: Sendable {
  public let role: String
  public let artifacts: [ReleaseEntry.Artifact]
  public let engineManifestDigest: [UInt8]
  public let weaknesses: [String]
  /// Roles of the nodes that it calls.
  public let calls: [String]
  /// What it can be asked for.
  public let capabilities: Set<ReleaseEntry.Capability>
  private let simulatedMeasurement: [UInt8]

  /// - Throws: `measured-node-malformed`.
  public init(parsing bytes: [UInt8]) throws(PublishingError) {
    do {
      var object = try JSONObject(parsing: bytes, name: "measured node")
      role = try object.string("role")
      artifacts = try object.array("artifacts").map { element in
        var artifact = try JSONObject(element, name: "artifact")
        let value = ReleaseEntry.Artifact(
          name: try artifact.string("name"), purpose: try artifact.string("purpose"),
          digest: try Self.bytes(try artifact.string("digest"), count: 32))
        try artifact.finish()
        return value
      }
      engineManifestDigest = try Self.bytes(try object.string("engineManifest"), count: 32)
      weaknesses = try object.strings("weaknesses")
      calls = try object.strings("calls")
      guard let capabilities = Set(names: try object.strings("capabilities")) else { throw Self.malformed }
      self.capabilities = capabilities
      simulatedMeasurement = try Self.bytes(try object.string("simulatedMeasurement"), count: 48)
      try object.finish()
    } catch let error as PublishingError {
      throw error
    } catch {
      throw Self.malformed
    }
  }

  /// What a simulated machine reports; of firmware it has none, which a value of its own says.
  public var simulated: ReleaseEntry.Measurement {
    ReleaseEntry.Measurement(
      platform: Platform.sevSNP.rawValue, measurement: simulatedMeasurement,
      firmware: Array(SHA384.hash(data: Array("simulated: no firmware".utf8))))
  }

  private static func bytes(_ text: String, count: Int) throws(PublishingError) -> [UInt8] {
    guard let bytes = [UInt8](hexadecimal: text), bytes.count == count else { throw malformed }
    return bytes
  }

  private static let malformed = PublishingError(
    PublishingError.measuredNodeMalformed, "the file is not what cloister-node measure prints")
}
