import Attestation
import WireFormat

extension ReferenceManifest {
  private static let schema = "http://standards.iso.org/iso/19770/-2/2015/schema.xsd"
  private static let sha384 = "http://www.w3.org/2001/04/xmlenc#sha384"
  static let measurementLimit = 254
  private static let textByteLimit = 128

  /// Reads what a signature covers.
  init(verified text: XMLText, isSimulated: Bool) throws(ReferenceManifestError) {
    guard text.root.isNamed("SoftwareIdentity", in: Self.schema) else {
      throw Self.malformed("root element is no software identity")
    }
    let meta = try Self.only("Meta", in: text.root)
    version = try Self.text("colloquialVersion", of: meta)
    product = try Self.text("product", of: meta)
    tagIdentifier = try Self.text("tagId", of: text.root)
    measurements = try Self.measurements(try Self.only("Payload", in: text.root))
    self.isSimulated = isSimulated
  }

  private static func malformed(_ message: String) -> ReferenceManifestError {
    ReferenceManifestError(ReferenceManifestError.malformed, message)
  }

  private static func only(_ name: String, in element: XMLElement) throws(ReferenceManifestError) -> XMLElement {
    let found = element.children.filter { $0.isNamed(name, in: schema) }
    guard found.count == 1, let only = found.first else {
      throw malformed("manifest has \(found.count) elements \(name), expected 1")
    }
    return only
  }

  /// Printable ASCII.
  private static func text(_ name: String, of element: XMLElement) throws(ReferenceManifestError) -> String {
    guard let text = element.attribute(name), (1...textByteLimit).contains(text.utf8.count),
      text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) })
    else { throw malformed("attribute \(name) is missing or no printable text") }
    return text
  }

  private static func number(
    _ name: String, of element: XMLElement, _ range: ClosedRange<Int>
  ) throws(ReferenceManifestError) -> Int {
    guard let text = element.attribute(name), let number = Int(text), String(number) == text, range.contains(number)
    else {
      throw malformed("attribute \(name) is no number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  private static func measurements(_ payload: XMLElement) throws(ReferenceManifestError) -> [UInt8: Set<[UInt8]>] {
    let resources = payload.children
    guard (1...measurementLimit).contains(resources.count) else {
      throw malformed("payload has \(resources.count) elements, expected 1 to \(measurementLimit)")
    }
    var indices: Set<Int> = []
    var measurements: [UInt8: Set<[UInt8]>] = [:]
    for resource in resources {
      guard resource.isNamed("Resource", in: schema), resource.attribute("type") == "Measurement" else {
        throw malformed("payload has an element that is no measurement")
      }
      let index = try number("index", of: resource, 0...measurementLimit - 1)
      guard indices.insert(index).inserted else { throw malformed("measurement \(index) occurs twice") }
      switch resource.attribute("active") {
      case "True": measurements[UInt8(index + 1)] = try values(of: resource)
      case "False": break
      default: throw malformed("measurement \(index) is neither active nor not")
      }
    }
    return measurements
  }

  /// `Hash0`, `Hash1`, …: as many as `alternatives` says, and no more.
  private static func values(of resource: XMLElement) throws(ReferenceManifestError) -> Set<[UInt8]> {
    let count = try number("alternatives", of: resource, 1...NVIDIA.Measurements.alternativeLimit)
    _ = try number("size", of: resource, NVIDIA.Measurements.valueByteCount...NVIDIA.Measurements.valueByteCount)
    var values: Set<[UInt8]> = []
    for index in 0..<count {
      guard let value = resource.attribute("Hash\(index)", in: sha384).flatMap({ [UInt8](hexadecimal: $0) }),
        value.count == NVIDIA.Measurements.valueByteCount
      else { throw malformed("value \(index) of a measurement is missing or no SHA-384") }
      values.insert(value)
    }
    guard resource.attribute("Hash\(count)", in: sha384) == nil else {
      throw malformed("measurement has more values than it says")
    }
    return values
  }
}
