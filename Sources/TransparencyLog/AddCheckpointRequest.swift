import ErrorCodes

/// The body by which a log asks a witness for a cosignature (C2SP tlog-witness, `add-checkpoint`).
public struct AddCheckpointRequest: Sendable {
  /// The largest body, in bytes.
  public static let byteLimit = SignedNote.byteLimit + 8 << 10
  /// The tree size that the log believes the witness cosigned last.
  public let oldSize: UInt64
  public let proof: [TreeHash]
  public let note: SignedNote

  public init(oldSize: UInt64, proof: [TreeHash], note: SignedNote) {
    self.oldSize = oldSize
    self.proof = proof
    self.note = note
  }

  /// Parses untrusted bytes.
  /// - Throws: `add-checkpoint-malformed`, `note-malformed`.
  public init(parsing bytes: [UInt8]) throws(TransparencyLogError) {
    let code = TransparencyLogError.addCheckpointMalformed
    guard bytes.count <= Self.byteLimit, let (head, note) = splitAtFirstEmptyLine(bytes),
      let lines = terminatedLines(head)
    else { throw TransparencyLogError(code, "no empty line, or more than \(Self.byteLimit) bytes") }
    guard let value = lines[0].value(after: "old "), let oldSize = Decimal64.parse(value) else {
      throw TransparencyLogError(code, "no old size")
    }
    self.oldSize = oldSize
    proof = try parseHashes(lines.dropFirst(), limit: ConsistencyProof.hashLimit, code: code)
    self.note = try SignedNote(parsing: note)
  }

  public var encoded: [UInt8] {
    let head = "old \(oldSize)\n" + proof.map { $0.base64 + "\n" }.joined() + "\n"
    return Array(head.utf8) + note.encoded
  }
}

/// The answer of a witness that holds another size than a log believed.
public enum WitnessSize {
  public static let mediaType = "text/x.tlog.size"

  public static func encode(_ treeSize: UInt64) -> [UInt8] { Array("\(treeSize)\n".utf8) }

  /// Nil unless the bytes are one decimal number and a newline.
  public static func parse(_ bytes: [UInt8]) -> UInt64? {
    guard let lines = terminatedLines(bytes[...]), lines.count == 1 else { return nil }
    return Decimal64.parse(lines[0])
  }
}

/// The signature lines with which a witness answers.
public enum CosignatureLines {
  /// - Throws: `note-malformed`.
  public static func parse(_ bytes: [UInt8]) throws(TransparencyLogError) -> [NoteSignature] {
    guard bytes.count <= SignedNote.byteLimit, let lines = terminatedLines(bytes[...]),
      lines.count <= SignedNote.signatureLimit
    else { throw TransparencyLogError(TransparencyLogError.noteMalformed, "an answer is not signature lines") }
    var signatures: [NoteSignature] = []
    for line in lines { signatures.append(try NoteSignature(line: line)) }
    return signatures
  }
}

/// The lines before the first empty line, each with its newline, and what follows it.
func splitAtFirstEmptyLine(_ bytes: [UInt8]) -> (head: ArraySlice<UInt8>, rest: ArraySlice<UInt8>)? {
  guard let end = bytes.indices.first(where: { $0 > 0 && bytes[$0] == newline && bytes[$0 - 1] == newline }) else {
    return nil
  }
  return (bytes[..<end], bytes[(end + 1)...])
}

func parseHashes(
  _ lines: ArraySlice<Substring>, limit: Int, code: ErrorCode
) throws(TransparencyLogError) -> [TreeHash] {
  guard lines.count <= limit else {
    throw TransparencyLogError(code, "\(lines.count) hashes, at most \(limit) are allowed")
  }
  var hashes: [TreeHash] = []
  for line in lines {
    guard let hash = try? TreeHash(base64: line) else { throw TransparencyLogError(code, "a line is not a hash") }
    hashes.append(hash)
  }
  return hashes
}

extension Substring {
  /// What follows a prefix, compared by bytes.
  func value(after prefix: String) -> Substring? {
    utf8.starts(with: prefix.utf8) ? Substring(utf8.dropFirst(prefix.utf8.count)) : nil
  }
}
