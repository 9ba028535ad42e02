import Foundation
import Gateway
import Testing
import Trust

@Suite("What a node offers for an epoch")
struct NodeOfferTests {
  /// An offer with nothing but small fields unless told otherwise.
  struct Written {
    var role = "assistant"
    var platform = "sev-snp"
    var keyConfiguration = 3
    var digest = 32
    var evidence = 3
    var supplement = 0
    var endorsements = [2]
    var accelerators = 0
    var acceleratorPlatform = "nvidia-gpu"
    var acceleratorEvidence = 2
    var acceleratorEndorsements = [1]

    /// - Parameter count: in bytes.
    private static func base64(_ count: Int) -> String {
      "\"" + Data(repeating: 7, count: count).base64EncodedString() + "\""
    }

    private static func list(_ elements: [String]) -> String { "[" + elements.joined(separator: ",") + "]" }

    var bytes: [UInt8] {
      let accelerator =
        #"{"platform":"\#(acceleratorPlatform)","evidence":\#(Self.base64(acceleratorEvidence)),"#
        + #""endorsements":\#(Self.list(acceleratorEndorsements.map(Self.base64)))}"#
      return Array(
        (#"{"epoch":41,"role":"\#(role)","keyConfiguration":\#(Self.base64(keyConfiguration)),"#
          + #""engineManifest":"\#(String(repeating: "0a", count: digest))","platform":"\#(platform)","#
          + #""evidence":\#(Self.base64(evidence)),"supplement":\#(Self.base64(supplement)),"#
          + #""endorsements":\#(Self.list(endorsements.map(Self.base64))),"#
          + #""accelerators":\#(Self.list(Array(repeating: accelerator, count: accelerators)))}"#).utf8)
    }
  }

  private static func written(_ edit: (inout Written) -> Void = { _ in }) -> [UInt8] {
    var offer = Written()
    edit(&offer)
    return offer.bytes
  }

  /// A bundle with this one node.
  private static func bundle(_ offer: NodeOffer) -> EpochBundle {
    var endorsements: [[UInt8]] = []
    let node = EpochBundle.Node(offer, releaseIndex: 0) { offered in
      endorsements += offered
      return offered.indices.map { UInt16(endorsements.count - offered.count + $0) }
    }
    let logged = EpochBundle.LoggedStatement(statement: [1], proof: [2])
    return EpochBundle(
      operatorOrigin: "operator.test", epoch: 41, gatewayKeyConfiguration: [1], issuerDay: 1, issuerKeys: [],
      nodes: [node], endorsements: endorsements, releases: [logged], revocations: [], notes: [[3]], policy: logged,
      releaseLogNote: [4])
  }

  @Test("a bundle holds an offer whose fields and lists are as long as they may be")
  func longest() throws {
    let bytes = Self.written { offer in
      offer.role = String(repeating: "r", count: 255)
      offer.platform = String(repeating: "p", count: 255)
      offer.acceleratorPlatform = offer.platform
      offer.keyConfiguration = 65_535
      (offer.evidence, offer.supplement, offer.acceleratorEvidence) = (65_536, 65_536, 65_536)
      offer.endorsements = [65_535] + Array(repeating: 1, count: 15)
      offer.acceleratorEndorsements = Array(repeating: 1, count: 16)
      offer.accelerators = 16
    }
    let bundle = Self.bundle(try NodeOffer(parsing: bytes))
    #expect(try EpochBundle(decoding: bundle.encoded()) == bundle)
  }

  @Test(
    "refused: an offer that no bundle can hold, which would stop the epoch of every other node",
    arguments: [
      { $0.role = String(repeating: "r", count: 256) }, { $0.platform = String(repeating: "p", count: 256) },
      { $0.keyConfiguration = 65_536 }, { $0.digest = 31 }, { $0.digest = 33 }, { $0.evidence = 65_537 },
      { $0.supplement = 65_537 }, { $0.endorsements = [65_536] },
      { $0.endorsements = Array(repeating: 1, count: 17) }, { $0.accelerators = 17 },
      {
        $0.accelerators = 1
        $0.acceleratorPlatform = String(repeating: "p", count: 256)
      },
      {
        $0.accelerators = 1
        $0.acceleratorEvidence = 65_537
      },
      {
        $0.accelerators = 1
        $0.acceleratorEndorsements = [65_536]
      },
      {
        $0.accelerators = 1
        $0.acceleratorEndorsements = Array(repeating: 1, count: 17)
      },
    ] as [@Sendable (inout Written) -> Void])
  func unholdable(edit: @Sendable (inout Written) -> Void) {
    #expect(throws: GatewayError(GatewayError.epochIncomplete, "")) { try NodeOffer(parsing: Self.written(edit)) }
  }

  @Test("refused: an offer cut anywhere, and one with a byte behind it")
  func cut() throws {
    let bytes = Self.written { $0.accelerators = 1 }
    _ = try NodeOffer(parsing: bytes)
    for count in bytes.indices { #expect(throws: (any Error).self) { try NodeOffer(parsing: Array(bytes[..<count])) } }
    #expect(throws: (any Error).self) { try NodeOffer(parsing: bytes + [0x30]) }
  }
}
