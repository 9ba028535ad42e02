public import Attestation
public import StrictJSON
import WireFormat

/// What the release log says of one image: the reference values that its nodes are held against
/// (docs/formats/release-log.md). Signed by the publishers' threshold.
public struct ReleaseEntry: Sendable, Equatable {
  public static let payloadType = "application/vnd.cloister.release+json"

  /// One file or tree of the image, by its canonical tree hash.
  public struct Artifact: Sendable, Equatable {
    public var name: String
    public var purpose: String
    public var digest: [UInt8]

    public init(name: String, purpose: String, digest: [UInt8]) {
      self.name = name
      self.purpose = purpose
      self.digest = digest
    }
  }

  /// The launch measurement that one platform reports, with the firmware beneath it, 48 bytes each. What they are on each
  /// platform: `referenceValues(for:)`.
  public struct Measurement: Sendable, Equatable {
    public var platform: String
    public var measurement: [UInt8]
    public var firmware: [UInt8]
    /// Nitro alone: PCR2. Nil elsewhere.
    public var application: [UInt8]?

    public init(platform: String, measurement: [UInt8], firmware: [UInt8], application: [UInt8]? = nil) {
      self.platform = platform
      self.measurement = measurement
      self.firmware = firmware
      self.application = application
    }
  }

  /// The accelerators of one kind that a node must have, no fewer and no more.
  public struct Accelerator: Sendable, Equatable {
    public var platform: String
    public var count: UInt64
    /// Measurements that are good; each accelerator must have those of one element.
    public var goldenValues: [NVIDIA.Measurements]

    public init(platform: String, count: UInt64, goldenValues: [NVIDIA.Measurements]) {
      self.platform = platform
      self.count = count
      self.goldenValues = goldenValues
    }
  }

  /// What its nodes can be asked for.
  public enum Capability: String, Sendable, CaseIterable {
    /// Chat completions, and every task, since tasks are made of them.
    case chat
    /// Vectors of texts.
    case embeddings
    /// Summaries that quote and rewritings by fixed rules: no model.
    case rules
    /// Tasks that are passed on whole, as far as the called nodes do them.
    case tasks
  }

  public var name: String
  public var version: String
  /// Never decreases while a weakness is known in a lower one.
  public var securityVersion: UInt64
  public var role: String
  /// Roles of the nodes that its nodes put requests to; empty for those that answer by an engine of their own.
  public var calls: [String]
  /// What its nodes can be asked for; nil where it does not say.
  public var capabilities: Set<Capability>?
  public var artifacts: [Artifact]
  public var measurements: [Measurement]
  public var engineManifestDigest: [UInt8]
  public var modelDigests: [[UInt8]]
  /// Empty means that a node must have none.
  public var accelerators: [Accelerator]
  /// Protections that the image does without, by name.
  public var weaknesses: [String]
  /// When it was entered, seconds since 1970.
  public var issued: UInt64

  public init(
    name: String, version: String, securityVersion: UInt64, role: String, artifacts: [Artifact],
    measurements: [Measurement], engineManifestDigest: [UInt8], modelDigests: [[UInt8]] = [],
    accelerators: [Accelerator] = [], weaknesses: [String] = [], calls: [String] = [],
    capabilities: Set<Capability>? = nil, issued: UInt64
  ) {
    self.name = name
    self.version = version
    self.securityVersion = securityVersion
    self.role = role
    self.calls = calls
    self.capabilities = capabilities
    self.artifacts = artifacts
    self.measurements = measurements
    self.engineManifestDigest = engineManifestDigest
    self.modelDigests = modelDigests
    self.accelerators = accelerators
    self.weaknesses = weaknesses
    self.issued = issued
  }

  public var json: JSONValue {
    var members: [String: JSONValue] = [
      "type": "release", "name": .string(name), "version": .string(version),
      "securityVersion": .integer(Int64(clamping: securityVersion)), "role": .string(role),
      "artifacts": .array(
        artifacts.map {
          ["name": .string($0.name), "purpose": .string($0.purpose), "digest": .string($0.digest.hexadecimal)]
        }),
      "measurements": .array(measurements.map(\.json)),
      "engineManifest": .string(engineManifestDigest.hexadecimal),
      "models": .array(modelDigests.map { .string($0.hexadecimal) }),
      "accelerators": .array(
        accelerators.map {
          [
            "platform": .string($0.platform), "count": .integer(Int64(clamping: $0.count)),
            "goldenValues": .array($0.goldenValues.map(\.json)),
          ]
        }),
      "weaknesses": .array(weaknesses.map { .string($0) }),
      "issued": .integer(Int64(clamping: issued)),
    ]
    if !calls.isEmpty { members["calls"] = .array(calls.map { .string($0) }) }
    members["capabilities"] = capabilities.map { .array($0.names.map { .string($0) }) }
    return .object(members)
  }

  public var statement: Statement { Statement(payloadType: Self.payloadType, payload: json.canonicalBytes) }

  /// - Throws: the codes of `Statement`, `release-entry-type`, `release-no-firmware`, `trust-malformed`.
  public init(verifying statement: Statement, publishers: Publishers) throws(TrustError) {
    try self.init(parsingPayload: try statement.verifiedPayload(type: Self.payloadType, publishers: publishers))
  }

  /// Reads a payload, whoever signed it or not: for tools that show or change what is not published yet.
  /// - Throws: `release-entry-type`, `release-no-firmware`, `trust-malformed`.
  public init(parsingPayload payload: [UInt8]) throws(TrustError) {
    do {
      var object = try JSONObject(parsing: payload, name: "release")
      guard try object.string("type") == "release" else {
        throw TrustError(TrustError.entryType, "entry is not a release")
      }
      name = try object.string("name")
      version = try object.string("version")
      securityVersion = try object.count("securityVersion")
      role = try object.string("role")
      artifacts = []
      for element in try object.array("artifacts") { artifacts.append(try Artifact(element)) }
      measurements = []
      for element in try object.array("measurements") { measurements.append(try Measurement(element)) }
      engineManifestDigest = try object.digest("engineManifest", byteCount: 32)
      modelDigests = try object.digests("models")
      accelerators = []
      for element in try object.array("accelerators") { accelerators.append(try Accelerator(element)) }
      weaknesses = try object.strings("weaknesses")
      calls = try Self.calls(object.optional("calls"))
      capabilities = try Self.capabilities(object.optional("capabilities"))
      issued = try object.count("issued")
      try object.finish()
    } catch let error as TrustError {
      throw error
    } catch {
      throw TrustError(TrustError.malformed, "release entry is not of its schema")
    }
  }
}

extension ReleaseEntry {
  /// The member is there only where it names something, each role once.
  fileprivate static func calls(_ member: JSONValue?) throws(TrustError) -> [String] {
    guard let member else { return [] }
    guard case .array(let elements) = member, (1...8).contains(elements.count) else { throw callsMalformed }
    var roles: [String] = []
    for element in elements {
      guard case .string(let role) = element, !role.isEmpty, !roles.contains(role) else { throw callsMalformed }
      roles.append(role)
    }
    return roles
  }

  private static let callsMalformed = TrustError(
    TrustError.malformed, "roles that a release calls are not one to eight different names")

  fileprivate static func capabilities(_ member: JSONValue?) throws(TrustError) -> Set<Capability>? {
    guard let member else { return nil }
    guard case .array(let elements) = member,
      let capabilities = Set(names: elements.map { if case .string(let name) = $0 { name } else { "" } })
    else { throw TrustError(TrustError.malformed, "capabilities of a release are not different ones that there are") }
    return capabilities
  }
}

extension Set<ReleaseEntry.Capability> {
  /// Nil where these are not one or more capabilities, each once.
  public init?(names: [String]) {
    let capabilities = names.compactMap(ReleaseEntry.Capability.init(rawValue:))
    self.init(capabilities)
    guard !names.isEmpty, count == names.count else { return nil }
  }

  /// In their order.
  public var names: [String] { map(\.rawValue).sorted() }
}

extension ReleaseEntry.Artifact {
  fileprivate init(_ value: JSONValue) throws {
    var object = try JSONObject(value, name: "artifact")
    name = try object.string("name")
    purpose = try object.string("purpose")
    digest = try object.digest("digest", byteCount: 32)
    try object.finish()
  }
}

extension ReleaseEntry.Accelerator {
  fileprivate init(_ value: JSONValue) throws {
    var object = try JSONObject(value, name: "accelerator")
    platform = try object.string("platform")
    count = try object.count("count")
    goldenValues = []
    for element in try object.array("goldenValues") { goldenValues.append(try NVIDIA.Measurements(json: element)) }
    try object.finish()
    guard (1...UInt64(AcceleratorBinding.countLimit)).contains(count), !goldenValues.isEmpty else {
      throw TrustError(TrustError.malformed, "release names accelerators without a count or golden values")
    }
  }
}

extension ReleaseEntry.Measurement {
  fileprivate var json: JSONValue {
    var members: [String: JSONValue] = [
      "platform": .string(platform), "measurement": .string(measurement.hexadecimal),
      "firmware": .string(firmware.hexadecimal),
    ]
    if let application { members["application"] = .string(application.hexadecimal) }
    return .object(members)
  }

  fileprivate init(_ value: JSONValue) throws {
    var object = try JSONObject(value, name: "measurement")
    platform = try object.string("platform")
    measurement = try object.digest("measurement", byteCount: 48)
    guard let firmware = object.optional("firmware") else {
      throw TrustError(TrustError.noFirmwareMeasurement, "release has no firmware measurement for a platform")
    }
    guard case .string(let text) = firmware, let bytes = [UInt8](hexadecimal: text), bytes.count == 48 else {
      throw TrustError(TrustError.noFirmwareMeasurement, "firmware measurement has not 48 bytes")
    }
    self.firmware = bytes
    if platform == Platform.nitro.rawValue { application = try object.digest("application", byteCount: 48) }
    try object.finish()
  }
}

extension JSONObject {
  /// Hexadecimal bytes of a fixed count.
  mutating func digest(_ member: StaticString, byteCount: Int) throws -> [UInt8] {
    guard let bytes = [UInt8](hexadecimal: try string(member)), bytes.count == byteCount else {
      throw TrustError(TrustError.malformed, "member \(member) has not \(byteCount) bytes in hexadecimal")
    }
    return bytes
  }

  mutating func digests(_ member: StaticString) throws -> [[UInt8]] {
    try strings(member).map { text in
      guard let bytes = [UInt8](hexadecimal: text), bytes.count == 32 else {
        throw TrustError(TrustError.malformed, "an element of \(member) has not 32 bytes in hexadecimal")
      }
      return bytes
    }
  }
}
