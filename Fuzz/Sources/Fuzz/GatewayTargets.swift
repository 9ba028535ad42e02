import BinaryHTTP
import Gateway
import ObliviousHTTP
import Trust

extension FuzzTarget {
  static let gateway = [
    // The bytes are the plaintext: behind the encryption, as everything is that a stranger may write there.
    FuzzTarget("chunked-request-reader", seeds: chunkedRequestSeeds) { bytes in
      let chunks = bytes.cutByContent.filter { !$0.isEmpty }
      let message = OHTTPFixture.chunkedRequestStart + (try OHTTPFixture.chunks(chunks))
      let whole = try ReadRequest(of: [message])
      for pieces in message.deliveries {
        claim(try ReadRequest(of: pieces) == whole, "a request in pieces is read as the whole")
      }
      let decoded = try? Request(decoding: bytes, limits: ReadRequest.limits)
      claim((decoded == nil) == whole.isMalformed, "a request that is read chunk by chunk has the verdict of the whole")
      guard let decoded else { return }
      claim(whole.content == decoded.content && whole.fields == decoded.headerFields, "and is the same request")
      claim(whole.controlData?.path == decoded.path, "and goes to the same target")
    },
    FuzzTarget("node-offer", seeds: { nodeOffers }) { bytes in
      guard let offer = try? NodeOffer(parsing: bytes) else { return }
      var bundle = TrustFixture.bundle
      bundle.endorsements = []
      let node = EpochBundle.Node(offer, releaseIndex: 0) { offered in
        bundle.endorsements += offered
        return offered.indices.map { UInt16(bundle.endorsements.count - offered.count + $0) }
      }
      bundle.nodes = [node]
      claim(try EpochBundle(decoding: bundle.encoded()) == bundle, "a bundle holds every offer")
    },
  ]

  private static let nodeOffers: [[UInt8]] = {
    let accelerator = #"{"endorsements":["AQ=="],"evidence":"AgI=","platform":"nvidia-gpu"}"#
    return [("assistant", ""), ("assistant", accelerator), (String(repeating: "a", count: 256), "")].map {
      role, accelerators in
      Array(
        (#"{"accelerators":[\#(accelerators)],"endorsements":["MAE=","MAI="],"engineManifest":"#
          + #""\#(String(repeating: "3d", count: 32))","epoch":41,"evidence":"CQkJ","keyConfiguration":"AQID","#
          + #""platform":"sev-snp","role":"\#(role)","supplement":""}"#).utf8)
    }
  }()

  @Sendable private static func chunkedRequestSeeds() -> [[UInt8]] {
    let request = Request(
      method: "POST", scheme: "https", authority: "operator.test", path: "/nodes/00aa",
      headerFields: ["content-type": "message/ohttp-chunked-req", "cloister-answer": "frames"],
      content: Array("a message to the node".utf8))
    let head = MessageSerializer.head(of: request)
    return Framing.allCases.map { request.encoded($0) } + [
      head + MessageSerializer.contentChunk([1, 2]) + MessageSerializer.contentChunk([3]) + MessageSerializer.end(),
      head,
    ]
  }
}

/// What a gateway makes of a chunked request that comes in these pieces.
private struct ReadRequest: Equatable {
  static let limits = Limits(contentByteCount: 4096)

  var controlData: RequestControlData?
  var fields: FieldSection?
  var content: [UInt8] = []
  var isMalformed = false

  init(of pieces: [[UInt8]]) throws {
    let reader = ChunkedRequestReader(keys: OHTTPFixture.keys, limits: Self.limits, maximumChunkByteCount: 64)
    for piece in pieces { content += try reader.feed(piece).joined() }
    let finished = try reader.finish()
    content += finished.lastContent.joined()
    controlData = finished.head?.controlData
    fields = finished.head?.fields
    isMalformed = finished.isMalformed
  }
}
