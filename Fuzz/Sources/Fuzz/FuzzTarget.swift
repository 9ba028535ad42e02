/// One decoder of untrusted bytes, and what must hold for whatever it takes.
struct FuzzTarget: Sendable {
  let name: String
  /// The longest input that is tried, in bytes.
  let maximumByteCount: Int
  /// Inputs to begin with, most of them valid.
  let seeds: @Sendable () throws -> [[UInt8]]
  /// Returns for every input that a decoder accepts or refuses; what it throws is a finding, as every trap is.
  let run: @Sendable ([UInt8]) throws -> Void

  init(
    _ name: String, maximumByteCount: Int = 4096, seeds: @escaping @Sendable () throws -> [[UInt8]],
    run: @escaping @Sendable ([UInt8]) throws -> Void
  ) {
    self.name = name
    self.maximumByteCount = maximumByteCount
    self.seeds = seeds
    self.run = run
  }

  static let all: [FuzzTarget] =
    [
      binaryHTTP, obliviousHTTP, privacyPass, transparencyLog, attestation, strictJSON, trust, chatHistory, chatImports,
      redaction, inference, azureSNP, nitro, nvidia, tdx, evidenceDescription, identityTokens, cloisterClient,
      clientState, relay, node, modelFiles, localEndpoint, gateway, answerOpening, issuer, log, endorsementFetch,
      releasePublishing,
    ].flatMap { $0 }
}

/// Ends the process, which libFuzzer reports with the input, where a claim about a decoder does not hold.
func claim(_ holds: @autoclosure () throws -> Bool, _ what: StaticString) {
  do {
    guard try holds() else { fatalError("this does not hold: \(what)") }
  } catch {
    fatalError("this does not hold: \(what): \(error)")
  }
}

/// The input as text, where it is text.
func text(_ bytes: [UInt8]) -> String? { String(validating: bytes, as: UTF8.self) }

extension [UInt8] {
  /// The same bytes in pieces as they may arrive: one by one, and cut where the bytes themselves say, so that a
  /// mutation moves the cuts.
  var deliveries: [[[UInt8]]] { [map { [$0] }, cutByContent] }

  var cutByContent: [[UInt8]] {
    var state = reduce(UInt64(count)) { $0 &* 31 &+ UInt64($1) }
    var pieces: [[UInt8]] = []
    var start = 0
    while start < count {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let end = Swift.min(start + Int((state >> 33) % 23), count)
      pieces.append(Array(self[start..<end]))
      start = end
    }
    return pieces
  }
}
