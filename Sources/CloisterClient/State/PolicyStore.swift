public import NodeVerification
import Synchronization
import Trust

/// The policy in force, and every policy that receipts refer to.
public struct PolicyStore: Sendable {
  let folder: StateFolder
  let history: StateFolder
  private let loaded = LoadedPolicy()

  init(folder: StateFolder, history: StateFolder) {
    self.folder = folder
    self.history = history
  }

  private static let currentName = "policy.dsse"
  /// Holds the digest of the one payload that the person called custom.
  private static let customName = "policy.custom"

  /// - Throws: `policy-missing`, and the codes of `TrustPolicy`.
  public func current() throws(ClientError) -> TrustedPolicy {
    guard let policy = try read() else {
      throw ClientError(ClientError.policyMissing, "no trust policy yet")
    }
    return policy
  }

  private func read() throws(ClientError) -> TrustedPolicy? {
    guard let bytes = try folder.read(Self.currentName, byteLimit: Statement.byteLimit) else { return nil }
    let custom = try customDigests()
    if let known = loaded.policy(of: bytes, custom: custom) { return known }
    let policy = try load(bytes, custom: custom)
    loaded.keep(policy, of: bytes, custom: custom)
    return policy
  }

  /// - Throws: `receipt-policy-missing`, and the codes of `TrustPolicy`.
  func policy(digest: String) throws(ClientError) -> TrustedPolicy {
    guard digest.utf8.count == 64, digest.utf8.allSatisfy({ $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ".") }),
      let bytes = try history.read(digest + ".dsse", byteLimit: Statement.byteLimit)
    else { throw ClientError(ClientError.receiptPolicyMissing, "policy of the receipt is not in the state") }
    return try load(bytes, custom: try customDigests())
  }

  private func customDigests() throws(ClientError) -> [UInt8] {
    try folder.read(Self.customName, byteLimit: 1 << 16) ?? []
  }

  private func load(_ bytes: [UInt8], custom: [UInt8]) throws(ClientError) -> TrustedPolicy {
    let statement = try coded { try Statement(parsing: bytes) }
    let digests = String(decoding: custom, as: UTF8.self).split(separator: "\n").map(String.init)
    if digests.contains(TrustPolicy.digest(ofPayload: statement.payload)) {
      return try TrustedPolicy(custom: statement)
    }
    return try TrustedPolicy(published: statement)
  }

  /// Adopts a policy that the person hands over. A state belongs to one operator and never goes back.
  ///
  /// - Throws: `policy-other-operator`, `policy-rollback`, `policy-second-of-version`, and the codes of `TrustPolicy`.
  public func trust(_ new: TrustedPolicy) throws(ClientError) {
    try folder.withLock { () throws(ClientError) in
      if let old = try read() { try requireSuccession(of: old, by: new) }
      try store(new)
    }
  }

  /// Adopts the successor that a verified bundle carries.
  func succeed(_ old: TrustedPolicy, by new: TrustedPolicy) throws(ClientError) {
    try folder.withLock { () throws(ClientError) in
      guard let current = try read(), current.policy.version < new.policy.version else { return }
      try store(new)
    }
  }

  private func requireSuccession(of old: TrustedPolicy, by new: TrustedPolicy) throws(ClientError) {
    guard new.policy.isOfSameOperator(as: old.policy) else {
      throw ClientError(ClientError.policyOtherOperator, "policy is of another operator or log than this state")
    }
    guard new.policy.version >= old.policy.version else {
      throw ClientError(
        ClientError.policyRollback,
        "policy has version \(new.policy.version), version \(old.policy.version) is trusted already")
    }
    guard new.provenance == .published else { return }
    if old.provenance == .published, new.policy.version == old.policy.version, new.digest != old.digest {
      throw ClientError(
        ClientError.policySecond, "policy differs from the trusted one of version \(new.policy.version)")
    }
    if old.provenance == .published { _ = try TrustedPolicy(successorOf: old.policy, statement: new.statement) }
  }

  private func store(_ policy: TrustedPolicy) throws(ClientError) {
    if policy.provenance == .custom {
      try folder.write(Self.customName, try customDigests() + Array((policy.digest + "\n").utf8))
    }
    try history.write(policy.digest + ".dsse", policy.statement.encoded)
    try folder.write(Self.currentName, policy.statement.encoded)
  }
}

/// The policy in force as it was last read: the same bytes are the same policy, and its signatures hold as before.
private final class LoadedPolicy: Sendable {
  private struct Known {
    let bytes: [UInt8]
    let custom: [UInt8]
    let policy: TrustedPolicy
  }

  private let known = Mutex<Known?>(nil)

  func policy(of bytes: [UInt8], custom: [UInt8]) -> TrustedPolicy? {
    known.withLock { known in known?.bytes == bytes && known?.custom == custom ? known?.policy : nil }
  }

  func keep(_ policy: TrustedPolicy, of bytes: [UInt8], custom: [UInt8]) {
    known.withLock { $0 = Known(bytes: bytes, custom: custom, policy: policy) }
  }
}
