import Trust

extension DeploymentFixture {
  public static let modelRole = "model"

  /// A policy that also names a release of nodes that others call.
  public mutating func nameModelRelease() {
    policy.releases.append(.init(name: "model-node", role: Self.modelRole, minimumSecurityVersion: 5))
  }

  /// An epoch with two orchestrators and behind them one model node, the last; nothing is wrong in it. The policy must
  /// name the model's release.
  public func orchestratedPlan(_ epoch: UInt64 = firstEpoch) -> EpochPlan {
    var plan = plan(epoch)
    plan.releases[0].entry.calls = [Self.modelRole]
    var model = plan.releases[0]
    (model.entry.name, model.entry.role, model.entry.calls) = ("model-node", Self.modelRole, [])
    plan.releases.append(model)
    plan.nodes[2].role = Self.modelRole
    plan.nodes[2].release = 1
    return plan
  }

  /// SHA-256 of the key configuration of the plan's node.
  public func identifier(ofNode node: EpochPlan.Node) -> [UInt8] {
    EpochBundle.digest(of: nodeKeys[node.key].keyConfiguration.encoded)
  }
}
