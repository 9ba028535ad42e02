import Foundation
import StrictJSON
import WireFormat

extension NVIDIA {
  /// Evidence as NVIDIA's SDK writes it to a file: an array of `{"arch", "certificate", "evidence", "nonce"}`, one
  /// member a device; chain (PEM) and report in base64, the nonce in hexadecimal. Only a transport: none of it is
  /// believed, and `arch` and `nonce` are what the file says and not what a device signed.
  public struct EvidenceFile: Sendable {
    public static let byteLimit = 4 << 20
    /// GPUs or switches in one machine.
    public static let deviceLimit = 64

    public struct Device: Sendable {
      public let evidence: Evidence
      /// What the file's writer says it asked for: 32 bytes.
      public let nonce: [UInt8]
    }

    /// One or more.
    public let devices: [Device]

    /// - Throws: `evidence-file-malformed`.
    public init(parsing text: [UInt8]) throws(AttestationError) {
      let malformed = AttestationError(
        AttestationError.evidenceFile, "text is no list of devices with architecture, chain, report and nonce")
      guard let value = try? JSONValue(parsing: text, byteLimit: Self.byteLimit), case .array(let elements) = value,
        (1...Self.deviceLimit).contains(elements.count)
      else { throw malformed }
      var devices: [Device] = []
      for element in elements {
        guard let device = Self.device(element) else { throw malformed }
        devices.append(device)
      }
      self.devices = devices
    }

    /// Other members, such as a firmware version, change nothing and are passed over.
    private static func device(_ value: JSONValue) -> Device? {
      guard var object = try? JSONObject(value, name: "device"), let architecture = try? object.string("arch"),
        let platform = platform(architecture), let chain = bytes(base64: try? object.string("certificate")),
        let report = bytes(base64: try? object.string("evidence")),
        let nonce = (try? object.string("nonce")).flatMap({ [UInt8](hexadecimal: $0) }),
        nonce.count == Report.nonceByteCount
      else { return nil }
      return Device(
        evidence: Evidence(platform: platform, report: report, endorsements: [chain]), nonce: nonce)
    }

    private static func platform(_ architecture: String) -> Platform? {
      switch architecture {
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
