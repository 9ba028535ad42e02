public import Attestation
import Crypto
public import StrictJSON
public import TransparencyLog
import WireFormat

/// The one document that says whom a client trusts, signed by the publishers and itself in the release log
/// (docs/formats/trust-policy.md).
public struct TrustPolicy: Sendable, Equatable {
  public static let payloadType = "application/vnd.cloister.policy+json"

  /// An image by name, and the lowest security version that is still good.
  public struct Release: Sendable, Equatable {
    public var name: String
    public var role: String
    public var minimumSecurityVersion: UInt64

    public init(name: String, role: String, minimumSecurityVersion: UInt64) {
      self.name = name
      self.role = role
      self.minimumSecurityVersion = minimumSecurityVersion
    }
  }

  /// Where a relay listens, and who runs it.
  public struct Relay: Sendable, Equatable {
    /// Scheme and authority, such as `https://relay.example`.
    public var server: String
    public var operatorName: String

    public init(server: String, operatorName: String) {
      self.server = server
      self.operatorName = operatorName
    }
  }

  /// Where tokens are drawn, and how many a day.
  public struct Issuer: Sendable, Equatable {
    /// One batch of token requests holds them all, so that a draw is one round trip, and all or nothing.
    public static let tokensPerDayLimit: UInt64 = 1_000

    /// The issuer name of the token challenge (RFC 9577, section 2.1).
    public var name: String
    public var server: String
    public var plan: String
    public var tokensPerDay: UInt64

    public init(name: String, server: String, plan: String, tokensPerDay: UInt64) {
      self.name = name
      self.server = server
      self.plan = plan
      self.tokensPerDay = tokensPerDay
    }
  }

  public var version: UInt64
  /// The operator's name in bundles, leaves and bindings.
  public var operatorOrigin: String
  public var operatorKey: StatementKey
  public var publishers: Publishers
  public var epochs: EpochSchedule
  public var epochLog: NoteVerifierKey
  public var releaseLog: NoteVerifierKey
  public var witnesses: DeclaredWitnesses
  /// What is demanded of evidence, with either real or simulated roots, never both.
  public var appraisal: AppraisalPolicy
  public var releases: [Release]
  public var relays: [Relay]
  public var issuer: Issuer

  public init(
    version: UInt64, operatorOrigin: String, operatorKey: StatementKey, publishers: Publishers,
    epochs: EpochSchedule, epochLog: NoteVerifierKey, releaseLog: NoteVerifierKey, witnesses: DeclaredWitnesses,
    appraisal: AppraisalPolicy, releases: [Release], relays: [Relay], issuer: Issuer
  ) throws(TrustError) {
    self.version = version
    self.operatorOrigin = operatorOrigin
    self.operatorKey = operatorKey
    self.publishers = publishers
    self.epochs = epochs
    self.epochLog = epochLog
    self.releaseLog = releaseLog
    self.witnesses = witnesses
    self.appraisal = appraisal
    self.releases = releases
    self.relays = relays
    self.issuer = issuer
    try requireConsistency()
  }

  public var isSimulated: Bool { appraisal.isSimulated }

  /// Whether both are of one operator, with its logs by their names and the same kind of roots: a later one may follow an
  /// earlier one only then. A log's key may change, its name never does.
  public func isOfSameOperator(as other: TrustPolicy) -> Bool {
    operatorOrigin == other.operatorOrigin && epochLog.name == other.epochLog.name
      && releaseLog.name == other.releaseLog.name && isSimulated == other.isSimulated
  }

  private func requireConsistency() throws(TrustError) {
    guard !releases.isEmpty, !relays.isEmpty, (1...Issuer.tokensPerDayLimit).contains(issuer.tokensPerDay) else {
      throw TrustError(TrustError.policyInvalid, "policy names no release, no relay, or not 1 to 1000 tokens a day")
    }
    if isSimulated {
      for server in relays.map(\.server) + [issuer.server] where !Self.isLocal(server) {
        throw TrustError(TrustError.policyMixesRoots, "a simulated policy names a server beyond loopback and .test")
      }
    }
  }

  /// True for loopback addresses and names under `.test`: the only ones that simulated machines may stand behind.
  ///
  /// Takes `http://HOST` or `https://HOST`, with or without `:PORT`, and nothing else, so that no client reads another
  /// host out of it than this does.
  static func isLocal(_ server: String) -> Bool {
    guard let scheme = ["http://", "https://"].first(where: server.hasPrefix) else { return false }
    let authority = server.dropFirst(scheme.count).split(separator: ":", omittingEmptySubsequences: false)
    guard authority.count <= 2, let host = authority.first,
      authority.dropFirst().allSatisfy({ isDecimal($0, upTo: 65_535) })
    else { return false }
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    let isLoopback = labels.count == 4 && labels[0] == "127" && labels.allSatisfy { isDecimal($0, upTo: 255) }
    let isName = labels.allSatisfy { label in
      !label.isEmpty && label.utf8.allSatisfy { isDigit($0) || isLowerCase($0) || $0 == UInt8(ascii: "-") }
    }
    return isLoopback || host == "localhost" || (isName && labels.count >= 2 && labels.last == "test")
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  private static func isLowerCase(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }

  private static func isDecimal(_ text: Substring, upTo limit: Int) -> Bool {
    text.utf8.allSatisfy(isDigit) && Int(text).map { $0 <= limit } == true
  }

  public var statement: Statement { Statement(payloadType: Self.payloadType, payload: json.canonicalBytes) }

  /// SHA-256 of the signed payload, hexadecimal: the policy's name in receipts.
  public static func digest(ofPayload payload: [UInt8]) -> String {
    Array(SHA256.hash(data: payload)).hexadecimal
  }
}

extension TrustPolicy {
  public var json: JSONValue {
    [
      "type": "policy", "version": .integer(Int64(clamping: version)),
      "operator": ["origin": .string(operatorOrigin), "key": .string(operatorKey.rawRepresentation.hexadecimal)],
      "publishers": publishers.json, "epochs": epochs.json,
      "logs": ["epochs": .string(epochLog.encoded), "releases": .string(releaseLog.encoded)],
      "witnesses": witnesses.json,
      "appraisal": appraisal.json,
      "releases": .array(
        releases.map {
          [
            "name": .string($0.name), "role": .string($0.role),
            "minimumSecurityVersion": .integer(Int64(clamping: $0.minimumSecurityVersion)),
          ]
        }),
      "relays": .array(relays.map { ["server": .string($0.server), "operator": .string($0.operatorName)] }),
      "issuer": [
        "name": .string(issuer.name), "server": .string(issuer.server), "plan": .string(issuer.plan),
        "tokensPerDay": .integer(Int64(clamping: issuer.tokensPerDay)),
      ],
    ]
  }

  /// Reads a policy that its own publishers signed: what a person was handed and decided to trust.
  ///
  /// - Throws: the codes of `Statement`, `policy-invalid`, `policy-mixes-roots`, `policy-witnesses-unsafe`.
  public init(verifyingOwnSignatures statement: Statement) throws(TrustError) {
    let candidate = try TrustPolicy(parsingPayload: statement.payload)
    try self.init(verifying: statement, publishers: candidate.publishers)
  }

  /// Reads a policy that follows one already trusted, by that one's publishers.
  public init(verifying statement: Statement, publishers: Publishers) throws(TrustError) {
    try self.init(parsingPayload: try statement.verifiedPayload(type: Self.payloadType, publishers: publishers))
  }

  /// Reads a policy's payload, whoever wrote it: for a policy that a person edited by hand, labelled `custom`.
  public init(parsingPayload payload: [UInt8]) throws(TrustError) {
    do {
      try self.init(uncheckedPayload: payload)
    } catch let error as TrustError {
      throw error
    } catch let error as TransparencyLogError where error.code == TransparencyLogError.witnessPolicyUnsafe {
      throw TrustError(TrustError.policyUnsafe, error.message)
    } catch let error as AttestationError where error.code == AttestationError.anchorsMixed {
      throw TrustError(TrustError.policyMixesRoots, error.message)
    } catch let error as AttestationError {
      throw TrustError(TrustError.policyInvalid, "appraisal: \(error.message)")
    } catch {
      throw TrustError(TrustError.policyInvalid, "policy is not of its schema")
    }
  }

  private init(uncheckedPayload payload: [UInt8]) throws {
    var object = try JSONObject(parsing: payload, name: "policy")
    guard try object.string("type") == "policy" else {
      throw TrustError(TrustError.entryType, "entry is not a policy")
    }
    var operatorObject = try object.object("operator")
    var logObject = try object.object("logs")
    var issuerObject = try object.object("issuer")
    try self.init(
      version: try object.count("version"),
      operatorOrigin: try operatorObject.string("origin"),
      operatorKey: try StatementKey(rawRepresentation: try operatorObject.digest("key", byteCount: 32)),
      publishers: try Publishers(reading: try object.object("publishers")),
      epochs: try EpochSchedule(reading: try object.object("epochs")),
      epochLog: try NoteVerifierKey(parsing: try logObject.string("epochs")),
      releaseLog: try NoteVerifierKey(parsing: try logObject.string("releases")),
      witnesses: try DeclaredWitnesses(reading: try object.object("witnesses")),
      appraisal: try AppraisalPolicy(json: try object.value("appraisal")),
      releases: try object.array("releases").map { element in
        var release = try JSONObject(element, name: "release")
        let value = Release(
          name: try release.string("name"), role: try release.string("role"),
          minimumSecurityVersion: try release.count("minimumSecurityVersion"))
        try release.finish()
        return value
      },
      relays: try object.array("relays").map { element in
        var relay = try JSONObject(element, name: "relay")
        let value = Relay(server: try relay.string("server"), operatorName: try relay.string("operator"))
        try relay.finish()
        return value
      },
      issuer: Issuer(
        name: try issuerObject.string("name"), server: try issuerObject.string("server"),
        plan: try issuerObject.string("plan"), tokensPerDay: try issuerObject.count("tokensPerDay")))
    for remaining in [operatorObject, logObject, issuerObject, object] {
      try remaining.finish()
    }
  }
}
