import StrictJSON
import WireFormat

/// One publisher's whole list of what must no longer be trusted, entered again daily, empty or not
/// (docs/formats/release-log.md). The union of all publishers' newest lists counts.
public struct RevocationEntry: Sendable, Equatable {
  public static let payloadType = "application/vnd.cloister.revocation+json"

  /// RFC 6962 leaf hashes of revoked release entries.
  public var releaseLeafHashes: [[UInt8]]
  /// Hardware identifiers of revoked chips.
  public var chipIdentifiers: [[UInt8]]
  /// When it was entered, seconds since 1970.
  public var issued: UInt64

  public init(releaseLeafHashes: [[UInt8]] = [], chipIdentifiers: [[UInt8]] = [], issued: UInt64) {
    self.releaseLeafHashes = releaseLeafHashes
    self.chipIdentifiers = chipIdentifiers
    self.issued = issued
  }

  public var statement: Statement {
    let json: JSONValue = [
      "type": "revocation", "releases": .array(releaseLeafHashes.map { .string($0.hexadecimal) }),
      "chips": .array(chipIdentifiers.map { .string($0.hexadecimal) }),
      "issued": .integer(Int64(clamping: issued)),
    ]
    return Statement(payloadType: Self.payloadType, payload: json.canonicalBytes)
  }

  /// A list, and which of the publishers signed it.
  /// - Throws: `statement-signatures` where none did, and as `init(verifying:publisher:)`.
  public static func verified(
    _ statement: Statement, publishers: Publishers
  ) throws(TrustError) -> (list: RevocationEntry, publisher: StatementKey) {
    let signers = Set(statement.signatures.map(\.keyIdentifier))
    guard let publisher = publishers.keys.first(where: { signers.contains($0.identifier) }) else {
      throw TrustError(TrustError.tooFewSignatures, "a revocation list is signed by no publisher")
    }
    return (try RevocationEntry(verifying: statement, publisher: publisher), publisher)
  }

  /// - Throws: the codes of `Statement`, `release-entry-type`, `trust-malformed`.
  public init(verifying statement: Statement, publisher: StatementKey) throws(TrustError) {
    try self.init(
      parsingPayload: try statement.verifiedPayload(type: Self.payloadType, keys: [publisher], threshold: 1))
  }

  /// Reads a payload, whoever signed it or not: for tools that show or change what is not published yet.
  /// - Throws: `release-entry-type`, `trust-malformed`.
  public init(parsingPayload payload: [UInt8]) throws(TrustError) {
    do {
      var object = try JSONObject(parsing: payload, name: "revocation")
      guard try object.string("type") == "revocation" else {
        throw TrustError(TrustError.entryType, "entry is not a revocation list")
      }
      releaseLeafHashes = try object.digests("releases")
      chipIdentifiers = try object.strings("chips").map { text in
        guard let bytes = [UInt8](hexadecimal: text), !bytes.isEmpty, bytes.count <= 64 else {
          throw TrustError(TrustError.malformed, "a chip identifier has not 1 to 64 bytes in hexadecimal")
        }
        return bytes
      }
      issued = try object.count("issued")
      try object.finish()
    } catch let error as TrustError {
      throw error
    } catch {
      throw TrustError(TrustError.malformed, "revocation entry is not of its schema")
    }
  }
}
