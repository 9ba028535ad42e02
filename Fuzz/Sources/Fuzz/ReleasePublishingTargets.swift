import ReleasePublishing

extension FuzzTarget {
  static let releasePublishing = [
    FuzzTarget("measured-node", seeds: { measuredNodes }) { bytes in
      guard let node = try? MeasuredNode(parsing: bytes) else { return }
      claim(node.artifacts.allSatisfy { $0.digest.count == 32 }, "an artifact's digest is of SHA-256")
      claim(node.engineManifestDigest.count == 32, "an engine manifest's digest is of SHA-256")
      claim(node.simulated.measurement.count == 48, "a measurement is of SHA-384")
    }
  ]

  private static let measuredNodes = [32, 31].map { measuredNode(digestByteCount: $0) }

  private static func measuredNode(digestByteCount: Int) -> [UInt8] {
    let digest = String(repeating: "1b", count: digestByteCount)
    let measurement = String(repeating: "2c", count: 48)
    return Array(
      (#"{"artifacts":[{"digest":"\#(digest)","name":"cloister-node","purpose":"binary"}],"calls":[],"#
        + #""capabilities":["rules"],"engineManifest":"\#(digest)","role":"assistant","#
        + #""simulatedMeasurement":"\#(measurement)","weaknesses":["no-sealed-binary"]}"#).utf8)
  }
}
