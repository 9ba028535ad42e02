import ArgumentParser
import Attestation
import Confinement
import Foundation
import HardwareTEE
import Node
import SimulatedTEE

/// What vouches for this node: the kernel's interface to real hardware, or a simulated chip.
struct HardwareBoundary: ParsableArguments {
  enum Kind: String, ExpressibleByArgument, CaseIterable {
    case sevSNP = "sev-snp"
    case tdx
    case nitro
    case simulated
  }

  @Option(
    help: ArgumentHelp(
      "The hardware that vouches for this node.",
      discussion: """
        sev-snp and tdx ask the kernel (configfs-tsm), nitro its device /dev/nsm. simulated protects nobody, needs \
        --simulated-chip, and works on loopback only.
        """))
  var tee = Kind.simulated

  @Option(help: ArgumentHelp("File of a simulated chip.", valueName: "file"))
  var simulatedChip: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "What the vendor says of this machine, conveyed with its evidence: certificates and revocation lists, or Intel's collateral.",
      discussion: "`cloister endorsements fetch` gets them. Clients verify them; the node does not.",
      valueName: "file"))
  var endorsements: [String] = []

  @Option(help: ArgumentHelp("File of the firmware's event log, conveyed with a TDX quote.", valueName: "file"))
  var eventLog: String?

  func validate() throws {
    guard (tee == .simulated) == (simulatedChip != nil) else {
      throw ValidationError("--simulated-chip belongs to --tee simulated, and to no other")
    }
    guard eventLog == nil || tee == .tdx else { throw ValidationError("--event-log belongs to --tee tdx") }
    guard endorsements.isEmpty || tee == .sevSNP || tee == .tdx else {
      throw ValidationError("--endorsements belongs to --tee sev-snp and tdx")
    }
  }

  var isSimulated: Bool { tee == .simulated }

  /// Whether evidence comes by calls of a device.
  var isDevice: Bool { tee == .nitro }

  /// What is opened for evidence.
  var reachable: [ProcessProtections.ReachablePath] {
    let files = ([simulatedChip, eventLog].compactMap { $0 } + endorsements).map {
      ProcessProtections.ReachablePath($0)
    }
    return switch tee {
    case .sevSNP, .tdx: files + [.init(ConfigFSTSMAttester.defaultRoot, isWritable: true)]
    case .nitro: files + [.init(NitroDevice.defaultPath, isWritable: true)]
    case .simulated: files
    }
  }

  /// - Parameter simulatedMeasurement: what a simulated chip reports as the launch measurement.
  func attester(simulatedMeasurement: [UInt8]) throws -> any NodeAttester {
    switch tee {
    case .sevSNP: ConfigFSTSMAttester(provider: .sevGuest, endorsements: try contents())
    case .tdx: ConfigFSTSMAttester(provider: .tdxGuest, endorsements: try contents(), eventLogPath: eventLog)
    case .nitro: NitroDeviceAttester()
    case .simulated:
      try SimulatedAttester(
        chip: try SimulatedChip.load(from: URL(fileURLWithPath: simulatedChip ?? "")),
        measurement: simulatedMeasurement)
    }
  }

  private func contents() throws -> [[UInt8]] {
    try endorsements.map { path in
      guard let data = FileManager.default.contents(atPath: path) else {
        throw NodeError(NodeError.configurationInvalid, "an endorsement file cannot be read")
      }
      return Array(data)
    }
  }
}
