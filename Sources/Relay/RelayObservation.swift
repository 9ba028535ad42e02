import HTTPMessages
import PartyHosting

/// What a relay saw of one exchange: addresses, names and sizes.
package struct RelayedExchange: Sendable {
  package var peerAddress: String
  package var method: String
  package var path: String
  package var fieldNames: [String]
  package var requestByteCount = 0
  package var answerByteCount = 0
  /// 0 where there was no answer.
  package var status = 0
}

extension ObservationRecord {
  var relayObserver: @Sendable (RelayedExchange) -> Void {
    { exchange in
      let request = StreamedRequest(
        method: exchange.method, path: exchange.path, fields: exchange.fieldNames.map { HTTPField($0, "") },
        peerAddress: exchange.peerAddress)
      self.write(
        Observation(), request: request, requestByteCount: exchange.requestByteCount, status: exchange.status,
        responseByteCount: exchange.answerByteCount)
    }
  }
}
