public import Trust
import WireFormat

/// Repeats every check behind a receipt, offline: from the stored epoch file, as of that file's own note.
public struct ReceiptVerifier: Sendable {
  let trusted: TrustedPolicy

  public init(_ trusted: TrustedPolicy) { self.trusted = trusted }

  /// - Parameter file: the epoch file whose bundle the receipt names; untrusted, as is the receipt.
  /// - Throws: `receipt-mismatch` where the receipt says anything else than the bundle proves; else the code of the
  ///   first check that fails.
  public func verify(_ receipt: Receipt, file: [UInt8]) throws(ClientError) {
    let epoch = try EpochVerifier(trusted).verify(file, at: .asOfNote)
    _ = try epoch.tokenKey()
    try require(receipt.bundleDigest == epoch.bundleDigest, "bundle")
    try require(receipt.noteDigest == epoch.noteDigest, "note")
    try require(receipt.epoch == epoch.number, "epoch")
    try require(receipt.operatorOrigin == epoch.policy.operatorOrigin, "operator")
    try require(receipt.policyVersion == epoch.policy.version, "policy version")
    try require(receipt.policyDigest == trusted.digest, "policy")
    try require(receipt.policyProvenance == trusted.provenance.rawValue, "policy provenance")
    try require(receipt.isSimulated == epoch.policy.isSimulated, "simulated")
    try require(epoch.policy.relays.contains { $0.operatorName == receipt.relay }, "relay")
    try require(RequestClass.allCases.contains { UInt64($0.byteCount) == receipt.requestClass }, "request class")
    try require(AnswerClass(rawValue: receipt.answerClass) != nil, "answer class")
    try require((1...2).contains(receipt.hops.count), "hops")
    var verifier = NodeVerifier(epoch)
    var chips: Set<[UInt8]> = []
    for hop in receipt.hops {
      guard let index = epoch.bundle.nodes.firstIndex(where: { $0.identifier == hop.node }) else {
        throw mismatch("node")
      }
      let node = try verifier.verify(index)
      var proven = node.hop(in: epoch)
      for called in hop.called {
        try require(node.release.calls.contains(called.role), "role of a called node")
        try require(epoch.bundle.nodes.contains { $0.identifier == called.node }, "called node")
        proven.called.append(try verifier.verify(called: called.node, roles: node.release.calls).hop(in: epoch))
      }
      for refused in hop.calledRefused {
        try require(
          (try? verifier.verify(called: refused, roles: node.release.calls)) == nil, "refusal of a called node")
      }
      // Which nodes were named is the answering node's word; that the others passed, and these do not, is proven.
      proven.calledRefused = hop.calledRefused
      // What became of the attempt is this device's own word.
      proven.failure = hop.failure
      try require(proven == hop, "checks of a node")
      try require(chips.insert(node.chipIdentifier).inserted, "chips")
    }
  }

  private func require(_ condition: Bool, _ what: StaticString) throws(ClientError) {
    guard condition else { throw mismatch(what) }
  }

  private func mismatch(_ what: StaticString) -> ClientError {
    ClientError(ClientError.receiptMismatch, "receipt and bundle differ: \(what)")
  }
}
