/// An offline proof that a log holds an entry (C2SP tlog-proof): index, inclusion proof and cosigned checkpoint.
public struct TLogProof: Sendable {
  /// The most hashes of an inclusion proof.
  public static let hashLimit = 63
  /// The largest proof, in bytes.
  public static let byteLimit = SignedNote.byteLimit + 64 << 10

  /// Opaque and not authenticated by anything.
  public let extra: [UInt8]?
  /// Zero-based.
  public let index: UInt64
  public let hashes: [TreeHash]
  public let note: SignedNote

  private static let header = "c2sp.org/tlog-proof@v1"

  public init(extra: [UInt8]? = nil, index: UInt64, hashes: [TreeHash], note: SignedNote) {
    self.extra = extra
    self.index = index
    self.hashes = hashes
    self.note = note
  }

  /// Parses untrusted bytes; only the one canonical form is taken.
  /// - Throws: `tlog-proof-malformed`, `note-malformed`.
  public init(parsing bytes: [UInt8]) throws(TransparencyLogError) {
    guard bytes.count <= Self.byteLimit else {
      throw Self.malformed("\(bytes.count) bytes, at most \(Self.byteLimit) are allowed")
    }
    guard let (head, note) = splitAtFirstEmptyLine(bytes) else { throw Self.malformed("no empty line") }
    guard let lines = terminatedLines(head), lines[0].isSameBytes(as: Self.header) else {
      throw Self.malformed("another first line")
    }
    var rest = lines.dropFirst()
    if let line = rest.first, let value = line.value(after: "extra ") {
      guard let extra = Base64.decode(value) else { throw Self.malformed("the extra data is not base64") }
      self.extra = extra
      rest = rest.dropFirst()
    } else {
      extra = nil
    }
    guard let line = rest.first, let value = line.value(after: "index "), let index = Decimal64.parse(value) else {
      throw Self.malformed("no index")
    }
    self.index = index
    hashes = try parseHashes(rest.dropFirst(), limit: Self.hashLimit, code: TransparencyLogError.proofMalformed)
    self.note = try SignedNote(parsing: note)
  }

  public var encoded: [UInt8] {
    var head = Self.header + "\n"
    if let extra { head += "extra \(Base64.encode(extra))\n" }
    head += "index \(index)\n"
    for hash in hashes { head += hash.base64 + "\n" }
    return Array((head + "\n").utf8) + note.encoded
  }

  /// Verifies the checkpoint, then that it holds the entry.
  /// - Throws: as `LogVerifier.verify(_:)`, and `log-inclusion-invalid`.
  public func verify(entry: [UInt8], with verifier: LogVerifier) throws(TransparencyLogError) -> VerifiedCheckpoint {
    try verify(leafHash: RFC6962.leafHash(entry), with: verifier)
  }

  /// Verifies the checkpoint, then that it holds the leaf.
  /// - Throws: as `LogVerifier.verify(_:)`, and `log-inclusion-invalid`.
  public func verify(
    leafHash: TreeHash, with verifier: LogVerifier
  ) throws(TransparencyLogError) -> VerifiedCheckpoint {
    let verified = try verifier.verify(note)
    try InclusionProof(leafIndex: index, treeSize: verified.checkpoint.treeSize, hashes: hashes)
      .verify(leafHash: leafHash, root: verified.checkpoint.rootHash)
    return verified
  }

  private static func malformed(_ what: String) -> TransparencyLogError {
    TransparencyLogError(TransparencyLogError.proofMalformed, what)
  }
}
