public import ErrorCodes

/// Why a note, checkpoint, proof or policy is refused. Messages hold field names and numbers, never received text.
public struct TransparencyLogError: CodedError, Equatable {
  public let code: ErrorCode
  public let message: String

  public init(_ code: ErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }

  public static func == (left: TransparencyLogError, right: TransparencyLogError) -> Bool { left.code == right.code }
}

extension TransparencyLogError {
  /// Not a signed note, or above the limits of one.
  public static let noteMalformed = ErrorCode("note-malformed")
  /// A verifier key is not written `name+id+key`, or its identifier, type or length is wrong.
  public static let noteKeyMalformed = ErrorCode("note-key-malformed")
  /// A key was used for another type of signature than its own.
  public static let noteKeyWrongType = ErrorCode("note-key-wrong-type")
  /// A note has no signature by any known key.
  public static let noteUnsigned = ErrorCode("note-unsigned")
  /// A note has a signature by a known key that does not verify.
  public static let noteSignatureInvalid = ErrorCode("note-signature-invalid")
  /// A note's text is not a checkpoint in its one canonical form.
  public static let checkpointMalformed = ErrorCode("checkpoint-malformed")
  /// A checkpoint has no valid signature of its log.
  public static let logSignatureInvalid = ErrorCode("log-signature-invalid")
  /// A checkpoint belongs to another log.
  public static let logOriginMismatch = ErrorCode("log-origin-mismatch")
  /// A known witness's cosignature does not verify.
  public static let witnessSignatureInvalid = ErrorCode("witness-signature-invalid")
  /// Fewer witnesses cosigned than the policy demands.
  public static let witnessQuorum = ErrorCode("witness-quorum")
  /// With this threshold, as many faulty witnesses as declared could sign two histories.
  public static let witnessPolicyUnsafe = ErrorCode("witness-policy-unsafe")
  /// A file is not a policy of tlog-policy.
  public static let logPolicyMalformed = ErrorCode("log-policy-malformed")
  /// A hash has not 32 bytes.
  public static let treeHashMalformed = ErrorCode("tree-hash-malformed")
  /// An inclusion proof does not lead from the leaf to the root.
  public static let inclusionInvalid = ErrorCode("log-inclusion-invalid")
  /// A consistency proof does not show that the newer tree extends the older.
  public static let consistencyInvalid = ErrorCode("log-consistency-invalid")
  /// A proof was asked for a leaf or tree that the tree does not hold.
  public static let treeSizeUnknown = ErrorCode("log-tree-size-unknown")
  /// A text is not a tlog-proof in its one canonical form.
  public static let proofMalformed = ErrorCode("tlog-proof-malformed")
  /// A body is not an add-checkpoint request.
  public static let addCheckpointMalformed = ErrorCode("add-checkpoint-malformed")
  /// A tile's path, hashes or entries are not what tlog-tiles says.
  public static let tileMalformed = ErrorCode("tile-malformed")
}
