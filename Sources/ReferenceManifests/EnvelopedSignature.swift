import Crypto
import Foundation

/// The signature that stands in a manifest's root element and covers all of the manifest but itself (XML Signature
/// Syntax and Processing 1.1, W3C). Every other form of signature is refused: with one reference, to the whole document,
/// nothing can be signed in one place and read in another.
struct EnvelopedSignature {
  static let namespace = "http://www.w3.org/2000/09/xmldsig#"
  static let certificateLimit = 8

  private let element: XMLElement
  private let signedInfo: XMLElement
  private let signedInfoForm: CanonicalXML
  private let documentForm: CanonicalXML
  private let digestMethod: DigestMethod
  private let digest: [UInt8]
  private let value: [UInt8]
  /// In DER, the signer's first.
  let certificates: [[UInt8]]

  private enum DigestMethod: String {
    case sha256 = "http://www.w3.org/2001/04/xmlenc#sha256"
    case sha384 = "http://www.w3.org/2001/04/xmldsig-more#sha384"
    case sha512 = "http://www.w3.org/2001/04/xmlenc#sha512"

    func digest(_ bytes: [UInt8]) -> [UInt8] {
      switch self {
      case .sha256: Array(SHA256.hash(data: bytes))
      case .sha384: Array(SHA384.hash(data: bytes))
      case .sha512: Array(SHA512.hash(data: bytes))
      }
    }
  }

  /// - Throws: `manifest-signature-form`, `manifest-algorithm`.
  init(in text: XMLText) throws(ReferenceManifestError) {
    let found = text.root.children.filter { $0.isNamed("Signature", in: Self.namespace) }
    guard found.count == 1, text.root.count("Signature", in: Self.namespace) == 1 else {
      throw Self.wrongForm("manifest has not exactly one signature, in its root element")
    }
    element = found[0]
    let parts = try Self.members(of: element, ["SignedInfo", "SignatureValue", "KeyInfo"])
    signedInfo = parts[0]
    let info = try Self.members(of: signedInfo, ["CanonicalizationMethod", "SignatureMethod", "Reference"])
    signedInfoForm = try Self.algorithm(of: info[0])
    guard info[1].children.isEmpty,
      info[1].attribute("Algorithm") == "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384"
    else { throw Self.wrongAlgorithm }
    guard info[2].attribute("URI") == "", info[2].attributeCount == 1 else {
      throw Self.wrongForm("reference is not to the whole document")
    }
    let reference = try Self.members(of: info[2], ["Transforms", "DigestMethod", "DigestValue"])
    documentForm = try Self.documentForm(reference[0])
    digestMethod = try Self.algorithm(of: reference[1])
    digest = try Self.base64(reference[2])
    value = try Self.base64(parts[1])
    certificates = try Self.certificates(parts[2])
  }

  /// - Parameter isValid: whether a signature over bytes is the signer's.
  /// - Returns: the canonical bytes that the signature covers, from which alone the manifest is read.
  /// - Throws: `manifest-digest`, `manifest-signature`.
  func verifiedBytes(
    in text: XMLText, isValid: (_ signature: [UInt8], _ bytes: [UInt8]) -> Bool
  ) throws(ReferenceManifestError) -> [UInt8] {
    guard let document = documentForm.bytes(of: text.root, without: element, in: text),
      digestMethod.digest(document) == digest
    else {
      throw ReferenceManifestError(ReferenceManifestError.digest, "digest of the manifest is not the signed one")
    }
    guard let info = signedInfoForm.bytes(of: signedInfo, in: text), isValid(value, info) else {
      throw ReferenceManifestError(
        ReferenceManifestError.signature, "signature of the manifest is not its signer's")
    }
    return document
  }

  private static func wrongForm(_ message: String) -> ReferenceManifestError {
    ReferenceManifestError(ReferenceManifestError.signatureForm, message)
  }

  private static let wrongAlgorithm = ReferenceManifestError(
    ReferenceManifestError.algorithm, "signature uses an algorithm that NVIDIA's manifests do not")

  /// Exactly these children, in this order.
  private static func members(
    of element: XMLElement, _ names: [String]
  ) throws(ReferenceManifestError) -> [XMLElement] {
    let children = element.children
    guard children.count == names.count, zip(children, names).allSatisfy({ $0.isNamed($1, in: namespace) }) else {
      throw wrongForm("an element of the signature has not the children \(names.joined(separator: ", "))")
    }
    return children
  }

  /// The algorithm of an element without parameters.
  private static func algorithm<Algorithm: RawRepresentable<String>>(
    of element: XMLElement
  ) throws(ReferenceManifestError) -> Algorithm {
    guard element.children.isEmpty, let algorithm = element.attribute("Algorithm").flatMap(Algorithm.init) else {
      throw wrongAlgorithm
    }
    return algorithm
  }

  /// Without the signature itself first, then in a canonical form; canonical XML 1.0 where none is named.
  private static func documentForm(_ transforms: XMLElement) throws(ReferenceManifestError) -> CanonicalXML {
    let steps = transforms.children
    guard (1...2).contains(steps.count), steps.allSatisfy({ $0.isNamed("Transform", in: namespace) }),
      steps[0].children.isEmpty,
      steps[0].attribute("Algorithm") == "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
    else { throw wrongForm("transforms are not the enveloped signature and a canonical form") }
    return steps.count == 1 ? .inclusive : try algorithm(of: steps[1])
  }

  private static func certificates(_ keyInfo: XMLElement) throws(ReferenceManifestError) -> [[UInt8]] {
    let data = try members(of: keyInfo, ["X509Data"])[0].children
    guard (1...certificateLimit).contains(data.count),
      data.allSatisfy({ $0.isNamed("X509Certificate", in: namespace) })
    else { throw wrongForm("signature has not 1 to \(certificateLimit) certificates") }
    var certificates: [[UInt8]] = []
    for element in data { certificates.append(try base64(element)) }
    return certificates
  }

  private static func base64(_ element: XMLElement) throws(ReferenceManifestError) -> [UInt8] {
    let characters = element.characters.map { $0.utf8.filter { ![0x09, 0x0A, 0x0D, 0x20].contains($0) } }
    guard let characters, let bytes = Data(base64Encoded: Data(characters)), !bytes.isEmpty else {
      throw wrongForm("an element of the signature is not base64")
    }
    return Array(bytes)
  }
}
