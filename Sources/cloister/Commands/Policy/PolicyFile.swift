import Attestation
import StrictJSON
import Trust

/// A policy file of either kind: a trust policy, signed or its bare payload, or an appraisal policy alone.
enum PolicyFile {
  /// `signed` is true where the policy's own publishers signed it; whether they are the right ones is not asked.
  case trust(TrustPolicy, isSigned: Bool)
  case appraisal(AppraisalPolicy)

  /// - Throws: the codes of `Statement`, `TrustPolicy` and `AppraisalPolicy`.
  init(path: String) throws {
    let content = try InputFile.trimmedBytes(path, byteLimit: Statement.byteLimit)
    guard case .object(let members) = try Self.json(content) else {
      throw AttestationError(AttestationError.policyMalformed, "policy is not a JSON object")
    }
    if members["payloadType"] != nil {
      self = .trust(try TrustPolicy(verifyingOwnSignatures: try Statement(parsing: content)), isSigned: true)
    } else if members["type"] != nil {
      self = .trust(try TrustPolicy(parsingPayload: content), isSigned: false)
    } else {
      self = .appraisal(try AppraisalPolicy(parsing: content))
    }
  }

  private static func json(_ content: [UInt8]) throws(AttestationError) -> JSONValue {
    do {
      return try JSONValue(parsing: content)
    } catch {
      throw AttestationError(AttestationError.policyMalformed, error.message)
    }
  }

  var appraisal: AppraisalPolicy {
    switch self {
    case .trust(let policy, _): policy.appraisal
    case .appraisal(let policy): policy
    }
  }

  var json: JSONValue {
    switch self {
    case .trust(let policy, _): policy.json
    case .appraisal(let policy): policy.json
    }
  }

  var kind: String {
    switch self {
    case .trust(_, isSigned: true): "a trust policy, signed by its own publishers"
    case .trust(_, isSigned: false): "a trust policy, bare: nobody signed this file"
    case .appraisal: "an appraisal policy"
    }
  }
}

extension Relaxation {
  var json: JSONValue {
    ["check": .string(check), "member": .string(member), "what": .string(what)]
  }

  var line: String { "\(check): \(what)" + (member.isEmpty ? "" : "  (\(member))") }
}
