import StrictJSON

extension NVIDIA {
  public struct Measurements: Sendable, Hashable {
    /// Of a GPU or of a switch.
    public var platform: Platform

    var json: JSONValue { [:] }

    init(json: JSONValue) throws(AttestationError) {
      throw PolicyReader.malformed("measurements of this platform are not supported")
    }
  }
}
