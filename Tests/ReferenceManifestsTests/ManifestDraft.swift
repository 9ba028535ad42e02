import Attestation
import Crypto
import Foundation
import SimulatedTEE
import X509

/// A simulated signer of manifests, with a chain of the shape of NVIDIA's.
struct ManifestSigner {
  static let time = Date(timeIntervalSince1970: 1_790_000_000)

  let key: P384.Signing.PrivateKey
  let root: SimulatedRoot
  /// In DER, the signer's first.
  let certificates: [[UInt8]]

  init(change: (inout SimulatedAuthority.Template) -> Void = { _ in }) throws {
    func authority(_ name: String, under issuer: SimulatedAuthority?) throws -> SimulatedAuthority {
      let key = SimulatedAuthority.Key.p384(P384.Signing.PrivateKey())
      let template = try SimulatedAuthority.Template.authority(name, key: key, at: Self.time)
      return try issuer?.authority(template, key: key) ?? SimulatedAuthority.root(template, key: key)
    }
    let root = try authority("Simulated manifests", under: nil)
    let chip = try authority("Simulated manifests GH100", under: root)
    let issuer = try authority("Simulated manifests L3", under: chip)
    key = P384.Signing.PrivateKey()
    var leaf = try SimulatedAuthority.Template.leaf(
      "Simulated manifests signer", publicKey: Certificate.PublicKey(key.publicKey), at: Self.time)
    change(&leaf)
    certificates = [
      try SimulatedAuthority.derBytes(try issuer.issue(leaf)), try issuer.derBytes, try chip.derBytes,
      try root.derBytes,
    ]
    guard let digest = root.root else { throw CocoaError(.featureUnsupported) }
    self.root = digest
  }
}

/// A manifest that is written in canonical form at once, so that its signature needs no canonical XML: what verifies it
/// is held against an independent writer.
struct ManifestDraft {
  static let schema = "http://standards.iso.org/iso/19770/-2/2015/schema.xsd"
  static let sha384 = "http://www.w3.org/2001/04/xmlenc#sha384"
  static let signatures = "http://www.w3.org/2000/09/xmldsig#"
  static let inclusive = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
  static let inclusive11 = "http://www.w3.org/2006/12/xml-c14n11"
  static let exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#"

  var version = "96.00.10.00.01"
  var product = "GH100"
  var rootName = "SoftwareIdentity"
  var form = inclusive11
  var digestMethod = "http://www.w3.org/2001/04/xmldsig-more#sha384"
  var signatureMethod = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384"
  /// Attributes of one measurement each; `Hash…` ones last.
  var resources: [String] = [
    resource(0, values: [value(1)]), resource(1, values: [value(2), value(3)]),
    resource(2, active: "False", values: [value(4)]),
  ]
  /// Changes what is signed before it is signed.
  var changeSignedInfo: (String) -> String = { $0 }
  /// Changes the whole text after it was signed.
  var changeText: (String) -> String = { $0 }

  static func value(_ byte: UInt8) -> String { String(repeating: byte < 16 ? "0\(byte)" : "\(byte)", count: 48) }

  static func resource(
    _ index: Int, active: String = "True", alternatives: Int? = nil, size: Int = 48, values: [String]
  ) -> String {
    let hashes = values.enumerated().map { #" h:Hash\#($0)="\#($1)""# }.joined()
    return #" active="\#(active)" alternatives="\#(alternatives ?? values.count)" index="\#(index)" size="\#(size)""#
      + #" type="Measurement"\#(hashes)"#
  }

  private func document(signature: String, canonical form: String?) -> String {
    // The exclusive form has a namespace where it is used.
    let isExclusive = form == Self.exclusive
    let namespace = #" xmlns:h="\#(Self.sha384)""#
    let payload = resources.map { "<Resource\(isExclusive ? namespace : "")\($0)></Resource>" }.joined()
    return #"<\#(rootName) xmlns="\#(Self.schema)"\#(isExclusive ? "" : namespace) tagId="tag">"#
      + #"<Meta colloquialVersion="\#(version)" product="\#(product)"></Meta><Payload>\#(payload)</Payload>"#
      + "\(signature)</\(rootName)>"
  }

  func bytes(signedBy signer: ManifestSigner) throws -> [UInt8] {
    let digest = Data(SHA384.hash(data: Data(document(signature: "", canonical: form).utf8))).base64EncodedString()
    let info = changeSignedInfo(
      #"<ds:CanonicalizationMethod Algorithm="\#(form)"></ds:CanonicalizationMethod>"#
        + #"<ds:SignatureMethod Algorithm="\#(signatureMethod)"></ds:SignatureMethod><ds:Reference URI="">"#
        + #"<ds:Transforms><ds:Transform Algorithm="\#(Self.signatures)enveloped-signature"></ds:Transform>"#
        + #"<ds:Transform Algorithm="\#(form)"></ds:Transform></ds:Transforms>"#
        + #"<ds:DigestMethod Algorithm="\#(digestMethod)"></ds:DigestMethod>"#
        + "<ds:DigestValue>\(digest)</ds:DigestValue></ds:Reference>")
    let namespaces =
      form == Self.exclusive
      ? #" xmlns:ds="\#(Self.signatures)""#
      : #" xmlns="\#(Self.schema)" xmlns:ds="\#(Self.signatures)" xmlns:h="\#(Self.sha384)""#
    let signed = "<ds:SignedInfo\(namespaces)>\(info)</ds:SignedInfo>"
    let value = Data(try signer.key.signature(for: Data(signed.utf8)).rawRepresentation).base64EncodedString()
    let certificates = signer.certificates.map {
      "<ds:X509Certificate>\(Data($0).base64EncodedString())</ds:X509Certificate>"
    }.joined()
    let signature =
      #"<ds:Signature xmlns:ds="\#(Self.signatures)"><ds:SignedInfo>\#(info)</ds:SignedInfo>"#
      + "<ds:SignatureValue>\(value)</ds:SignatureValue><ds:KeyInfo><ds:X509Data>\(certificates)</ds:X509Data>"
      + "</ds:KeyInfo></ds:Signature>"
    return Array(changeText(document(signature: signature, canonical: nil)).utf8)
  }
}
