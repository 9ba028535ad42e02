extension Evidence {
  /// What names the machine by the evidence's own word, nothing of it verified: the chip ID of SEV-SNP, the PPID of TDX,
  /// Nitro's parent instance. Of two pieces of evidence of one machine that an `EvidenceVerifier` accepts, it is the same.
  /// Nil where the evidence is unreadable, or of a device beside a node.
  package var claimedChip: [UInt8]? {
    switch platform {
    case .sevSNP: (try? SEVSNP.Report(parsing: report)).map { Array($0.chipID) }
    case .azureSNP: (try? AzureSNP.HCLReport(parsing: report)).map { Array($0.report.chipID) }
    case .tdx: (try? TDX.Platform(unverifiedQuote: report))?.ppid
    case .nitro: Nitro.claimedInstance(report).map { Array($0.utf8) }
    case .nvidiaGPU, .nvidiaSwitch: nil
    }
  }
}

extension Nitro {
  fileprivate static func claimedInstance(_ report: [UInt8]) -> String? {
    guard let envelope = try? Envelope(parsing: report), let document = try? Document(parsing: envelope.payload) else {
      return nil
    }
    return Instance.identifier(ofModule: document.moduleID)
  }
}
