import WireFormat

extension EpochBundle {
  /// The canonical bytes, padded with zeros to a multiple of 16 KiB.
  /// - Throws: `bundle-limit`.
  public func encoded() throws(TrustError) -> [UInt8] {
    try requireWritable()
    var writer = WireWriter(reservingCapacity: Self.paddingUnit * 2)
    writer.writePrefixed(UInt16.self, Self.label)
    writer.writeInteger(Self.version)
    writer.writePrefixed(UInt16.self, Array(operatorOrigin.utf8))
    writer.writeInteger(epoch)
    writer.writePrefixed(UInt16.self, gatewayKeyConfiguration)
    writer.writeInteger(issuerDay)
    writer.writeInteger(UInt8(issuerKeys.count))
    for key in issuerKeys {
      writer.writePrefixed(UInt8.self, Array(key.plan.utf8))
      writer.writePrefixed(UInt16.self, key.publicKey)
    }
    writer.writeInteger(UInt8(nodes.count))
    for node in nodes { node.write(into: &writer) }
    writer.writeInteger(UInt16(endorsements.count))
    for endorsement in endorsements { writer.writePrefixed(UInt16.self, endorsement) }
    for list in [releases, revocations] {
      writer.writeInteger(UInt8(list.count))
      for entry in list { entry.write(into: &writer) }
    }
    writer.writeInteger(UInt8(notes.count))
    for note in notes { writer.writePrefixed(UInt16.self, note) }
    policy.write(into: &writer)
    writer.writePrefixed(UInt16.self, releaseLogNote)
    let remainder = writer.bytes.count % Self.paddingUnit
    if remainder > 0 { writer.write(repeatElement(0, count: Self.paddingUnit - remainder)) }
    guard writer.bytes.count <= Self.byteLimit else {
      throw TrustError(TrustError.bundleLimit, "bundle has \(writer.bytes.count) bytes, at most \(Self.byteLimit)")
    }
    return writer.bytes
  }

  /// Counts and lengths come from nodes and logs: none may be more than its prefix can say.
  private func requireWritable() throws(TrustError) {
    let logged = releases + revocations + [policy]
    guard nodes.count <= Self.nodeLimit, issuerKeys.count <= 255, releases.count <= 255, revocations.count <= 255,
      notes.count <= 255, endorsements.count <= 65_535
    else { throw TrustError(TrustError.bundleLimit, "bundle has \(nodes.count) nodes, at most \(Self.nodeLimit)") }
    guard nodes.allSatisfy(\.isWritable),
      issuerKeys.allSatisfy({ $0.plan.utf8.count <= 255 && $0.publicKey.count <= 65_535 }),
      ([Array(operatorOrigin.utf8), gatewayKeyConfiguration, releaseLogNote] + notes)
        .allSatisfy({ $0.count <= 65_535 }),
      endorsements.allSatisfy({ $0.count <= Self.endorsementByteLimit }),
      logged.allSatisfy({ max($0.statement.count, $0.proof.count) <= Self.byteLimit })
    else { throw TrustError(TrustError.bundleLimit, "a field of the bundle is longer than its prefix can say") }
  }

  /// Of one text, and of one proof, in bytes.
  static let textByteLimit = 512
  static let proofByteLimit = 65_535
  /// Of one certificate or list, in bytes.
  package static let endorsementByteLimit = 65_535

  /// - Throws: `trust-malformed` unless the bytes are a bundle's one canonical form.
  public init(decoding bytes: [UInt8]) throws(TrustError) {
    guard bytes.count <= Self.byteLimit else {
      throw TrustError(TrustError.bundleLimit, "bundle has \(bytes.count) bytes, at most \(Self.byteLimit)")
    }
    do throws(WireError) {
      var cursor = WireCursor(bytes)
      try self.init(parsing: &cursor)
      guard bytes.count % Self.paddingUnit == 0, cursor.remainingByteCount < Self.paddingUnit,
        cursor.remainder.allSatisfy({ $0 == 0 })
      else { throw WireError(WireError.invalidValue, "bundle padding is not zeros to the next 16 KiB") }
    } catch {
      throw TrustError(TrustError.malformed, "bundle: \(error.message)")
    }
  }

  private init(parsing cursor: inout WireCursor) throws(WireError) {
    guard try cursor.readPrefixedBytes(UInt16.self, field: "label").elementsEqual(Self.label),
      try cursor.readInteger(UInt16.self, field: "version") == Self.version
    else { throw WireError(WireError.invalidValue, "label or version is unknown") }
    operatorOrigin = try cursor.readText(UInt16.self, field: "operator origin")
    epoch = try cursor.readInteger(field: "epoch")
    gatewayKeyConfiguration = Array(try cursor.readPrefixedBytes(UInt16.self, field: "gateway key configuration"))
    issuerDay = try cursor.readInteger(field: "issuer day")
    issuerKeys = try cursor.readList(count: UInt8.self, field: "issuer keys") { (cursor) throws(WireError) in
      IssuerKey(
        plan: try cursor.readText(UInt8.self, field: "plan"),
        publicKey: Array(try cursor.readPrefixedBytes(UInt16.self, field: "issuer public key")))
    }
    nodes = try cursor.readList(count: UInt8.self, field: "nodes") { (cursor) throws(WireError) in
      try Node(parsing: &cursor)
    }
    endorsements = try cursor.readList(count: UInt16.self, field: "endorsements") { (cursor) throws(WireError) in
      Array(try cursor.readPrefixedBytes(UInt16.self, field: "endorsement"))
    }
    releases = try cursor.readList(count: UInt8.self, field: "releases") { (cursor) throws(WireError) in
      try LoggedStatement(parsing: &cursor)
    }
    revocations = try cursor.readList(count: UInt8.self, field: "revocations") { (cursor) throws(WireError) in
      try LoggedStatement(parsing: &cursor)
    }
    notes = try cursor.readList(count: UInt8.self, field: "notes") { (cursor) throws(WireError) in
      Array(try cursor.readPrefixedBytes(UInt16.self, field: "note"))
    }
    policy = try LoggedStatement(parsing: &cursor)
    releaseLogNote = Array(try cursor.readPrefixedBytes(UInt16.self, field: "release log note"))
    guard nodes.count <= Self.nodeLimit else {
      throw WireError(WireError.limitExceeded, "bundle has \(nodes.count) nodes, at most \(Self.nodeLimit)")
    }
    for node in nodes {
      guard node.releaseIndex < releases.count, node.noteIndex < notes.count,
        (node.endorsementIndices + node.accelerators.flatMap(\.endorsementIndices))
          .allSatisfy({ $0 < endorsements.count })
      else { throw WireError(WireError.invalidValue, "a node points outside the bundle's lists") }
    }
  }
}

extension EpochBundle.LoggedStatement {
  fileprivate func write(into writer: inout WireWriter) {
    writer.writePrefixed(UInt32.self, statement)
    writer.writePrefixed(UInt32.self, proof)
  }

  fileprivate init(parsing cursor: inout WireCursor) throws(WireError) {
    statement = Array(
      try cursor.readPrefixedBytes(UInt32.self, limit: Statement.byteLimit, field: "logged statement"))
    proof = Array(
      try cursor.readPrefixedBytes(UInt32.self, limit: EpochBundle.proofByteLimit, field: "proof"))
  }
}

extension EpochBundle.Node {
  /// Whether a bundle can hold it, and be read again.
  package var isWritable: Bool {
    role.utf8.count <= 255 && platform.utf8.count <= 255 && keyConfiguration.count <= 65_535
      && engineManifestDigest.count <= 255 && max(evidence.count, supplement.count) <= EpochBundle.evidenceByteLimit
      && endorsementIndices.count <= 255 && accelerators.count <= AcceleratorBinding.countLimit
      && accelerators.allSatisfy(\.isWritable)
  }

  fileprivate func write(into writer: inout WireWriter) {
    writer.writePrefixed(UInt8.self, Array(role.utf8))
    writer.writePrefixed(UInt16.self, keyConfiguration)
    writer.writeInteger(releaseIndex)
    writer.writeInteger(noteIndex)
    writer.writePrefixed(UInt8.self, engineManifestDigest)
    writer.writePrefixed(UInt8.self, Array(platform.utf8))
    writer.writePrefixed(UInt32.self, evidence)
    writer.writePrefixed(UInt32.self, supplement)
    writer.writeIndices(endorsementIndices)
    writer.writeInteger(UInt8(accelerators.count))
    for accelerator in accelerators { accelerator.write(into: &writer) }
  }

  fileprivate init(parsing cursor: inout WireCursor) throws(WireError) {
    role = try cursor.readText(UInt8.self, field: "role")
    keyConfiguration = Array(try cursor.readPrefixedBytes(UInt16.self, field: "node key configuration"))
    releaseIndex = try cursor.readInteger(field: "release index")
    noteIndex = try cursor.readInteger(field: "note index")
    engineManifestDigest = try cursor.readDigest(field: "engine manifest digest")
    platform = try cursor.readText(UInt8.self, field: "platform")
    evidence = Array(try cursor.readPrefixedBytes(UInt32.self, limit: EpochBundle.evidenceByteLimit, field: "evidence"))
    supplement = Array(
      try cursor.readPrefixedBytes(UInt32.self, limit: EpochBundle.evidenceByteLimit, field: "supplement"))
    endorsementIndices = try cursor.readIndices()
    accelerators = try cursor.readList(count: UInt8.self, field: "accelerators") { (cursor) throws(WireError) in
      try EpochBundle.Accelerator(parsing: &cursor)
    }
    guard accelerators.count <= AcceleratorBinding.countLimit else {
      throw WireError(WireError.limitExceeded, "a node has \(accelerators.count) accelerators")
    }
  }
}

extension EpochBundle.Accelerator {
  fileprivate var isWritable: Bool {
    platform.utf8.count <= 255 && evidence.count <= EpochBundle.evidenceByteLimit && endorsementIndices.count <= 255
  }

  fileprivate func write(into writer: inout WireWriter) {
    writer.writePrefixed(UInt8.self, Array(platform.utf8))
    writer.writePrefixed(UInt32.self, evidence)
    writer.writeIndices(endorsementIndices)
  }

  fileprivate init(parsing cursor: inout WireCursor) throws(WireError) {
    platform = try cursor.readText(UInt8.self, field: "accelerator platform")
    evidence = Array(
      try cursor.readPrefixedBytes(
        UInt32.self, limit: EpochBundle.evidenceByteLimit, field: "accelerator evidence"))
    endorsementIndices = try cursor.readIndices()
  }
}

extension WireWriter {
  fileprivate mutating func writeIndices(_ indices: [UInt16]) {
    writeInteger(UInt8(indices.count))
    for index in indices { writeInteger(index) }
  }
}

extension WireCursor {
  fileprivate mutating func readIndices() throws(WireError) -> [UInt16] {
    try readList(count: UInt8.self, field: "endorsement indices") { (cursor) throws(WireError) in
      try cursor.readInteger(UInt16.self, field: "endorsement index")
    }
  }

  mutating func readDigest(field: StaticString) throws(WireError) -> [UInt8] {
    let digest = try readPrefixedBytes(UInt8.self, limit: 32, field: field)
    guard digest.count == 32 else { throw WireError(WireError.invalidValue, "\(field) has not 32 bytes") }
    return Array(digest)
  }

  mutating func readText<Prefix: FixedWidthInteger & UnsignedInteger>(
    _ prefix: Prefix.Type, field: StaticString
  ) throws(WireError) -> String {
    guard
      let text = String(
        validating: try readPrefixedBytes(prefix, limit: EpochBundle.textByteLimit, field: field), as: UTF8.self)
    else {
      throw WireError(WireError.invalidValue, "\(field) is not UTF-8")
    }
    return text
  }

  mutating func readList<Count: FixedWidthInteger & UnsignedInteger, Element>(
    count: Count.Type, field: StaticString, _ readElement: (inout WireCursor) throws(WireError) -> Element
  ) throws(WireError) -> [Element] {
    let elementCount = Int(try readInteger(count, field: field))
    var elements: [Element] = []
    for _ in 0..<elementCount { elements.append(try readElement(&self)) }
    return elements
  }
}
