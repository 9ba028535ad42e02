public import HTTPMessages
public import TransparencyLog

/// What each witness cosigned last, as it tells anyone: tlog-witness leaves it open how monitors ask, and our witness
/// serves the note at `<submission prefix>/<origin digest>/checkpoint`.
public struct WitnessNotes: Sendable {
  private let exchange: any HTTPExchange

  public init(exchange: any HTTPExchange) { self.exchange = exchange }

  /// One for each witness that has a URL; without a note where it gives none.
  public func sightings(
    of origin: String, at witnesses: [LogPolicy.Witness]
  ) async -> [LogAudit.Sighting] {
    var sightings: [LogAudit.Sighting] = []
    for witness in witnesses {
      guard let prefix = witness.submissionPrefix else { continue }
      let url = prefix + "/" + Checkpoint.originDigest(origin)
      sightings.append(LogAudit.Sighting(.witness(witness.key), note: await note(at: url)))
    }
    return sightings
  }

  private func note(at url: String) async -> [UInt8]? {
    do {
      return try await WebFiles(url: url, exchange: exchange).read("checkpoint", byteLimit: SignedNote.byteLimit)
    } catch {
      return nil
    }
  }
}
