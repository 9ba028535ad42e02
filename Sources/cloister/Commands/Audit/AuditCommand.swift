import ArgumentParser

struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Check what an operator published, as anyone may.",
    subcommands: [AuditLog.self, AuditOperator.self])
}
