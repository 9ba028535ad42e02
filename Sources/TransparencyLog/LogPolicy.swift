/// Which logs and witnesses somebody trusts, and which witnesses must have cosigned (C2SP tlog-policy).
///
/// The text is a configuration of its owner; parsing is bounded all the same.
public struct LogPolicy: Sendable, Equatable {
  /// The largest file, in bytes.
  public static let byteLimit = 1 << 20
  /// The most groups within groups.
  public static let depthLimit = 32

  public struct Log: Sendable, Equatable {
    /// Its name is the log's origin.
    public let key: NoteVerifierKey
    public let server: String?

    public init(key: NoteVerifierKey, server: String? = nil) {
      self.key = key
      self.server = server
    }
  }

  public struct Witness: Sendable, Equatable {
    /// Octets without meaning outside of the policy.
    public let name: [UInt8]
    public let key: NoteVerifierKey
    /// The witness's submission prefix as the policy writes it.
    public let server: String?

    /// The URL without its last slash; nil unless it is one of http or https.
    public var submissionPrefix: String? {
      guard let server, server.hasPrefix("http://") || server.hasPrefix("https://") else { return nil }
      return server.hasSuffix("/") ? String(server.dropLast()) : server
    }

    public init(name: [UInt8], key: NoteVerifierKey, server: String? = nil) {
      self.name = name
      self.key = key
      self.server = server
    }
  }

  /// Who must have cosigned a checkpoint.
  public indirect enum Quorum: Sendable, Equatable {
    case nobody
    case witness(Witness)
    /// At least `threshold` of the members, 1 to their number.
    case group(threshold: Int, members: [Quorum])
  }

  public let logs: [Log]
  /// All known witnesses, also those that the quorum does not name.
  public let witnesses: [Witness]
  public let quorum: Quorum

  /// - Throws: `log-policy-malformed`, naming the line.
  public init(parsing text: [UInt8]) throws(TransparencyLogError) {
    var parser = LogPolicyParser()
    try parser.read(text)
    guard let quorum = parser.quorum else { throw LogPolicyParser.malformed("there is no quorum line") }
    (logs, witnesses, self.quorum) = (parser.logs, parser.witnesses, quorum)
  }

  /// The witnesses that make up the quorum, where it is one witness or one flat group of witnesses.
  /// - Throws: `witness-policy-unsafe` for any other quorum.
  public func quorumWitnesses() throws(TransparencyLogError) -> (witnesses: [Witness], threshold: Int) {
    switch quorum {
    case .nobody: throw Self.unsafe("nobody must cosign")
    case .witness(let witness): return ([witness], 1)
    case .group(let threshold, let members):
      var witnesses: [Witness] = []
      for member in members {
        guard case .witness(let witness) = member else { throw Self.unsafe("the quorum is no flat group of witnesses") }
        witnesses.append(witness)
      }
      return (witnesses, threshold)
    }
  }

  /// The quorum as our verifiers take it.
  /// - Parameter declaredFaults: f, how many witnesses may collude with the log.
  /// - Throws: `witness-policy-unsafe` unless the quorum is one flat group and 2k−n > f ≥ 1.
  public func witnessPolicy(declaredFaults: Int) throws(TransparencyLogError) -> WitnessPolicy {
    let (witnesses, threshold) = try quorumWitnesses()
    return try WitnessPolicy(
      witnesses: witnesses.map(\.key), threshold: threshold, declaredFaults: declaredFaults)
  }

  private static func unsafe(_ what: StaticString) -> TransparencyLogError {
    TransparencyLogError(TransparencyLogError.witnessPolicyUnsafe, "\(what)")
  }
}

/// Reads a policy line by line; every name is defined before it is used.
private struct LogPolicyParser {
  private(set) var logs: [LogPolicy.Log] = []
  private(set) var witnesses: [LogPolicy.Witness] = []
  private(set) var quorum: LogPolicy.Quorum?

  private var defined: [[UInt8]: (quorum: LogPolicy.Quorum, depth: Int)] = [:]
  /// Names that are members of a group: a witness counts in one way only.
  private var members: Set<[UInt8]> = []
  private var lineNumber = 0

  private typealias Item = ArraySlice<UInt8>

  mutating func read(_ text: [UInt8]) throws(TransparencyLogError) {
    guard text.count <= LogPolicy.byteLimit else { throw Self.malformed("above \(LogPolicy.byteLimit) bytes") }
    guard text.last ?? newline == newline else { throw Self.malformed("the last line does not end") }
    for line in text.dropLast().split(separator: newline, omittingEmptySubsequences: false) {
      lineNumber += 1
      guard line.allSatisfy({ ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }) else { throw fail("a control character") }
      let items = line.split { $0 == 0x20 || $0 == 0x09 }
      guard let keyword = items.first, keyword.first != UInt8(ascii: "#") else { continue }
      try define(String(decoding: keyword, as: UTF8.self), Array(items.dropFirst()))
    }
  }

  private mutating func define(_ keyword: String, _ items: [Item]) throws(TransparencyLogError) {
    switch keyword {
    case "log" where (1...2).contains(items.count):
      let key = try key(items[0], .ed25519)
      guard !logs.contains(where: { $0.key.publicKey == key.publicKey }) else { throw fail("a log's key twice") }
      logs.append(LogPolicy.Log(key: key, server: try server(items.dropFirst().first)))
    case "witness" where (2...3).contains(items.count):
      let key = try key(items[1], .cosignature)
      guard !witnesses.contains(where: { $0.key.publicKey == key.publicKey }) else {
        throw fail("a witness's key twice")
      }
      let witness = LogPolicy.Witness(
        name: Array(items[0]), key: key, server: try server(items.dropFirst(2).first))
      try define(items[0], as: .witness(witness), depth: 0)
      witnesses.append(witness)
    case "group" where items.count >= 3:
      let depth = 1 + (items[2...].compactMap { defined[Array($0)]?.depth }.max() ?? 0)
      guard depth <= LogPolicy.depthLimit else { throw fail("groups in groups, too deep") }
      try define(items[0], as: try group(items[1], items[2...]), depth: depth)
      members.formUnion(items[2...].map { Array($0) })
    case "quorum" where items.count == 1:
      guard quorum == nil else { throw fail("a second quorum") }
      if items[0].elementsEqual(Self.none) { quorum = .nobody } else { quorum = try reference(items[0]) }
    default: throw fail("no definition of a log, witness, group or quorum")
    }
  }

  private func group(_ threshold: Item, _ names: ArraySlice<Item>) throws(TransparencyLogError) -> LogPolicy.Quorum {
    let count: Int
    switch String(decoding: threshold, as: UTF8.self) {
    case "all": count = names.count
    case "any": count = 1
    case let text:
      guard let number = Decimal64.parse(text), number >= 1, number <= UInt64(names.count) else {
        throw fail("a threshold that is no number from 1 to the members")
      }
      count = Int(number)
    }
    var quorums: [LogPolicy.Quorum] = []
    for name in names {
      guard !members.contains(Array(name)), !name.elementsEqual(Self.none) else {
        throw fail("a member of two groups, or none as a member")
      }
      quorums.append(try reference(name))
    }
    guard Set(names.map { Array($0) }).count == names.count else { throw fail("a member twice") }
    return .group(threshold: count, members: quorums)
  }

  private mutating func define(
    _ name: Item, as quorum: LogPolicy.Quorum, depth: Int
  ) throws(TransparencyLogError) {
    guard !name.elementsEqual(Self.none), defined.updateValue((quorum, depth), forKey: Array(name)) == nil else {
      throw fail("a name twice, or the name none")
    }
  }

  private func reference(_ name: Item) throws(TransparencyLogError) -> LogPolicy.Quorum {
    guard let quorum = defined[Array(name)]?.quorum else { throw fail("a name that no line before defines") }
    return quorum
  }

  private func key(_ item: Item, _ type: NoteKeyType) throws(TransparencyLogError) -> NoteVerifierKey {
    guard let text = String(validating: item, as: UTF8.self), let key = try? NoteVerifierKey(parsing: text),
      key.type == type
    else { throw fail("a key of another form or type") }
    return key
  }

  private func server(_ item: Item?) throws(TransparencyLogError) -> String? {
    guard let item else { return nil }
    guard let text = String(validating: item, as: UTF8.self) else { throw fail("a URL that is not UTF-8") }
    return text
  }

  private func fail(_ what: String) -> TransparencyLogError { Self.malformed("line \(lineNumber): \(what)") }

  static func malformed(_ what: String) -> TransparencyLogError {
    TransparencyLogError(TransparencyLogError.logPolicyMalformed, what)
  }

  private static let none = Array("none".utf8)
}
