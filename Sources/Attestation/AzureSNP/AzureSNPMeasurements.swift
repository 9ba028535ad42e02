import StrictJSON

extension AzureSNP {
  public struct Measurements: Sendable, Hashable {
    var json: JSONValue { [:] }

    init(json: JSONValue) throws(AttestationError) {
      throw PolicyReader.malformed("measurements of this platform are not supported")
    }
  }
}
