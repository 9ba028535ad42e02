import ArgumentParser

/// Measures what the project claims. Every figure is a time or a ratio within one run; names of machines stand beside
/// figures in the docs, because times alone say little.
@main
struct Bench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cloister-bench", abstract: "Measures the private path and the cryptography under it.",
    subcommands: [
      PathBench.self, ObliviousBench.self, AttestationBench.self, TDXBench.self, PrivacyPassBench.self,
      TopUpBench.self, SpentTokensBench.self, ServerBench.self, ClassesBench.self, BalanceBench.self,
      CadenceBench.self, StreamBench.self, ProxyBench.self, CPUBench.self, GatewayBench.self, GatewayStreamsBench.self,
      GatewayProcessCommand.self, LogBench.self, AuditBench.self, NodeBench.self, NodeStartBench.self,
      NodeStreamsBench.self, NodeProcessCommand.self, RelayBench.self, RelaySoak.self,
      RelayUpstream.self,
    ])
}
