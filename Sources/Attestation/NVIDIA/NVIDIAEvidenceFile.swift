import Foundation
import StrictJSON
import WireFormat

extension NVIDIA {
  /// Evidence of NVIDIA's devices as its SDK and others write it to a file, one member a device; chain (PEM) and report
  /// in base64, the nonce in hexadecimal:
  ///
  ///     [{"arch", "certificate", "evidence", "nonce"}, …]                        the SDK
  ///     {"arch", "nonce", "evidence_list": [{"certificate", "evidence"}, …]}     what it sends to NVIDIA's service
  ///     {"device_evidence_list": [{"arch", "certificate", "evidence"}, …]}       attestation agents
  ///
  /// Only a transport: none of it is believed, and `arch` and `nonce` are what the file says and not what a device
  /// signed.
  public struct EvidenceFile: Sendable {
    public static let byteLimit = 4 << 20
    /// GPUs or switches in one machine.
    public static let deviceLimit = 64

    public struct Device: Sendable {
      public let evidence: Evidence
      /// What the file's writer says it asked for: 32 bytes; nil where the file does not say it.
      public let nonce: [UInt8]?
    }

    /// One or more.
    public let devices: [Device]

    /// - Throws: `evidence-file-malformed`.
    public init(parsing text: [UInt8]) throws(AttestationError) {
      let malformed = AttestationError(
        AttestationError.evidenceFile, "text is no list of devices with architecture, chain, report and nonce")
      guard let root = try? JSONText(parsing: text, byteLimit: Self.byteLimit).root,
        let elements = (root.member("evidence_list") ?? root.member("device_evidence_list") ?? root).elements,
        (1...Self.deviceLimit).contains(elements.count)
      else { throw malformed }
      var devices: [Device] = []
      for element in elements {
        guard let device = Self.device(element, in: root) else { throw malformed }
        devices.append(device)
      }
      self.devices = devices
    }

    /// Other members, such as a firmware version, change nothing and are passed over.
    ///
    /// - Parameter file: says for all devices what a device does not say itself.
    private static func device(_ value: JSONText.Value, in file: JSONText.Value) -> Device? {
      guard let architecture = (value.member("arch") ?? file.member("arch"))?.string,
        let platform = platform(architecture), let chain = bytes(base64: value.member("certificate")?.string),
        let report = bytes(base64: value.member("evidence")?.string)
      else { return nil }
      let evidence = Evidence(platform: platform, report: report, endorsements: [chain])
      guard let member = value.member("nonce") ?? file.member("nonce") else {
        return Device(evidence: evidence, nonce: nil)
      }
      guard let nonce = member.string.flatMap({ [UInt8](hexadecimal: $0) }), nonce.count == Report.nonceByteCount
      else { return nil }
      return Device(evidence: evidence, nonce: nonce)
    }

    private static func platform(_ architecture: String) -> Platform? {
      switch architecture.uppercased() {
      case "HOPPER", "BLACKWELL": .nvidiaGPU
      case "LS10": .nvidiaSwitch
      default: nil
      }
    }

    private static func bytes(base64 text: String?) -> [UInt8]? {
      text.flatMap { Data(base64Encoded: $0) }.map(Array.init)
    }
  }
}
