import Foundation
import LogMonitor
public import StrictJSON

extension OperatorReport {
  /// The whole report. Times are in seconds since 1970.
  public var json: JSONValue {
    [
      "verdict": .string(isGood ? "accepted" : "refused"), "operator": .string(operatorOrigin),
      "simulated": .boolean(isSimulated), "time": .integer(Self.seconds(time)),
      "vantagePoints": .array(vantagePoints.map { .string($0) }),
      "epochLog": epochLog?.json ?? .null, "releaseLog": releaseLog?.json ?? .null,
      "policyVersion": .integer(Int64(clamping: policyVersion)), "epochFiles": .integer(Int64(epochFileCount)),
      "nodes": .integer(Int64(nodeCount)),
      "voidEpochs": .array(voidEpochs.map { .integer(Int64(clamping: $0)) }),
      "epochsWithoutLeaf": .integer(Int64(epochsWithoutLeaf.count)), "releases": .array(releases.map(\.json)),
      "promises": .array(promises.map(\.json)),
      "artifacts": .integer(Int64(artifactCount)), "findings": .array(findings.map(\.json)),
    ]
  }

  static func seconds(_ time: Date) -> Int64 { Int64(exactly: time.timeIntervalSince1970.rounded(.down)) ?? .max }
}

extension OperatorReport.Log {
  fileprivate var json: JSONValue {
    [
      "origin": .string(origin), "complete": .boolean(isComplete),
      "treeSize": checkpoint.map { .integer(Int64(clamping: $0.checkpoint.treeSize)) } ?? .null,
      "rootHash": checkpoint.map { .string($0.checkpoint.rootHash.base64) } ?? .null,
      "quorumTime": checkpoint.map { .integer(OperatorReport.seconds($0.quorumTime)) } ?? .null,
    ]
  }
}

extension OperatorReport.Release {
  fileprivate var json: JSONValue {
    [
      "name": .string(entry.name), "role": .string(entry.role), "version": .string(entry.version),
      "securityVersion": .integer(Int64(clamping: entry.securityVersion)),
      "entry": .integer(Int64(clamping: index)), "issued": .integer(Int64(clamping: entry.issued)),
      "current": .boolean(isCurrent), "revoked": .boolean(isRevoked),
    ]
  }
}

extension PromiseVerdict {
  fileprivate var json: JSONValue {
    [
      "kind": .string(promise.kind), "seconds": .integer(Int64(clamping: promise.seconds)),
      "entry": .integer(Int64(clamping: entry)), "issued": .integer(Int64(clamping: issued)),
      "until": .integer(Int64(clamping: until)), "state": .string(state.rawValue),
    ]
  }
}
