import Attestation
import ErrorCodes
import Foundation
import ReferenceManifests
import SimulatedTEE
import Testing
import X509

/// Manifests of a simulated signer: what is accepted, and every way to be fooled.
@Suite struct ManifestTests {
  private static let made = Result { try ManifestSigner() }

  static func signer() throws -> ManifestSigner { try made.get() }

  static func verify(
    _ draft: ManifestDraft, signer: ManifestSigner? = nil, at time: Date = ManifestSigner.time
  ) throws -> ReferenceManifest {
    let signer = try signer ?? Self.signer()
    return try ReferenceManifest.verify(
      try draft.bytes(signedBy: signer), anchors: .simulated([try Self.signer().root]), at: time)
  }

  static func code(
    signer: ManifestSigner? = nil, at time: Date = ManifestSigner.time, _ change: (inout ManifestDraft) -> Void
  ) throws -> ErrorCode? {
    var draft = ManifestDraft()
    change(&draft)
    do {
      _ = try verify(draft, signer: signer, at: time)
      return nil
    } catch let error as ReferenceManifestError {
      return error.code
    }
  }

  @Test(
    "a manifest is read as it was signed, in each canonical form",
    arguments: [ManifestDraft.inclusive, ManifestDraft.inclusive11, ManifestDraft.exclusive])
  func accepted(form: String) throws {
    var draft = ManifestDraft()
    draft.form = form
    let manifest = try Self.verify(draft)
    #expect(manifest.version == "96.00.10.00.01")
    #expect(manifest.product == "GH100")
    #expect(manifest.tagIdentifier == "tag")
    #expect(manifest.isSimulated)
    func value(_ byte: UInt8) -> [UInt8] { Array(repeating: byte, count: 48) }
    #expect(manifest.measurements == [1: [value(1)], 2: [value(2), value(3)]])
  }

  @Test("what canonical XML does not tell apart is accepted, and comments are not")
  func equivalent() throws {
    #expect(
      try Self.code { $0.changeText = { #"<?xml version="1.0" encoding="UTF-8"?>"# + "\n" + $0 + "\n" } } == nil)
    #expect(try Self.code { $0.changeText = { $0.replacing("></Resource>", with: "/>") } } == nil)
    #expect(
      try Self.code { $0.changeText = { $0.replacing("<Payload>", with: "<!-- --><Payload>") } }
        == ReferenceManifestError.malformed)
  }

  @Test("declarations, entities, sections and instructions are refused before anything is parsed")
  func declarations() throws {
    let insertions = [
      "<!DOCTYPE SoftwareIdentity>", #"<!DOCTYPE x [<!ENTITY a "b">]>"#,
      #"<!DOCTYPE x SYSTEM "file:///etc/passwd">"#, "<?go now?>",
    ]
    for text in insertions {
      #expect(try Self.code { $0.changeText = { text + $0 } } == ReferenceManifestError.malformed)
    }
    #expect(
      try Self.code { $0.changeText = { $0.replacing(#"product="GH100""#, with: #"product="&a;""#) } }
        == ReferenceManifestError.malformed)
    #expect(
      try Self.code { $0.changeText = { $0.replacing("<Payload>", with: "<![CDATA[ ]]><Payload>") } }
        == ReferenceManifestError.malformed)
    for bytes in [[], [0], Array("<a>".utf8), Array("no".utf8), [0xFF, 0xFE, 0x3C, 0x00], [0xC3, 0x28]] as [[UInt8]] {
      #expect(throws: ReferenceManifestError(ReferenceManifestError.malformed, "")) {
        try ReferenceManifest.verify(bytes, at: ManifestSigner.time)
      }
    }
  }

  @Test("a text that is too long, too deep or of too many elements is refused")
  func limits() throws {
    func code(_ text: String) -> ErrorCode? {
      do {
        _ = try ReferenceManifest.verify(Array(text.utf8), at: ManifestSigner.time)
        return nil
      } catch {
        return error.code
      }
    }
    func nested(_ depth: Int) -> String {
      String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)
    }
    #expect(code(nested(16)) == ReferenceManifestError.signatureForm)
    #expect(code(nested(17)) == ReferenceManifestError.limit)
    #expect(code(nested(300)) == ReferenceManifestError.malformed)
    #expect(code("<a>\(String(repeating: "<b/>", count: 4095))</a>") == ReferenceManifestError.signatureForm)
    #expect(code("<a>\(String(repeating: "<b/>", count: 4096))</a>") == ReferenceManifestError.limit)
    // The cost of the canonical form grows with the square of an element's names.
    func names(_ count: Int, _ form: (Int) -> String) -> String { (0..<count).map(form).joined(separator: " ") }
    for (most, form) in [(8, { "xmlns:n\($0)='x:\($0)'" }), (96, { "n\($0)='1'" })] as [(Int, (Int) -> String)] {
      #expect(code("<a \(names(most, form))/>") == ReferenceManifestError.signatureForm)
      #expect(code("<a \(names(most + 1, form))/>") == ReferenceManifestError.limit)
    }
    #expect(code("<a>\(String(repeating: " ", count: (256 << 10) - 7))</a>") == ReferenceManifestError.signatureForm)
    #expect(code("<a>\(String(repeating: " ", count: (256 << 10) - 6))</a>") == ReferenceManifestError.limit)
  }

  @Test("a document that is not the signed one is refused by its digest")
  func digest() throws {
    let changes: [(String, String)] = [
      (#"index="0""#, #"index="5""#), (#"active="False""#, #"active="True""#), ("GH100", "GB100"),
      ("</Payload>", "</Payload><Payload></Payload>"), ("<Payload>", "<Payload> "),
      (#"tagId="tag""#, #"tagId="tag" xml:lang="en""#),
    ]
    for (old, new) in changes {
      #expect(
        try Self.code { $0.changeText = { $0.replacing(old, with: new, maxReplacements: 1) } }
          == ReferenceManifestError.digest, "\(old)")
    }
  }

  @Test("a signature of another key, or over another digest, is refused")
  func signature() throws {
    let other = try ManifestSigner()
    // The other signer's key under the right certificates.
    #expect(
      try Self.code {
        $0.changeText = { text in
          text.replacing("<ds:SignatureValue>", with: "<ds:SignatureValue>AA", maxReplacements: 1)
        }
      } != nil)
    #expect(try Self.code(signer: other) { _ in } == AttestationError.rootNotPinned)
    #expect(
      try Self.code { draft in
        draft.changeText = { text in
          text.replacing(#"<ds:Reference URI="">"#, with: #"<ds:Reference URI="" >"#)
            .replacing("<ds:SignedInfo><ds:", with: "<ds:SignedInfo> <ds:")
        }
      } == ReferenceManifestError.signature)
  }

  /// Moves what was signed to a place where it is not read.
  @Test("a signature that is not the one enveloped signature over the whole document is refused")
  func wrapping() throws {
    let forms: [(inout ManifestDraft) -> Void] = [
      {
        $0.changeText = {
          $0.replacing("</Payload>", with: "").replacing("</ds:Signature>", with: "</ds:Signature></Payload>")
        }
      },
      { draft in
        draft.changeText = { text in
          "<SoftwareIdentity xmlns=\"\(ManifestDraft.schema)\">\(text)</SoftwareIdentity>"
        }
      },
      { draft in
        draft.changeText = { text in
          let start = text.range(of: "<ds:Signature ")?.lowerBound ?? text.startIndex
          let end = text.range(of: "</ds:Signature>")?.upperBound ?? text.endIndex
          return String(text[..<end] + text[start...])
        }
      },
      { $0.changeText = { $0.replacing("</ds:KeyInfo>", with: "</ds:KeyInfo><ds:Object></ds:Object>") } },
      { $0.changeSignedInfo = { $0.replacing(#"URI="""#, with: "URI=\"#tag\"") } },
      { $0.changeSignedInfo = { $0.replacing(#" URI="""#, with: "") } },
      { $0.changeSignedInfo = { $0.replacing(#"URI="""#, with: #"URI="" Type="x""#) } },
      { draft in
        draft.changeSignedInfo = { info in
          let start = info.range(of: "<ds:Reference")?.lowerBound ?? info.startIndex
          return info + info[start...]
        }
      },
      { $0.changeSignedInfo = { $0.replacing("enveloped-signature", with: "base64") } },
      {
        $0.changeSignedInfo = {
          $0.replacing("</ds:Transforms>", with: #"<ds:Transform Algorithm="x"></ds:Transform></ds:Transforms>"#)
        }
      },
      { $0.changeText = { $0.replacing("<ds:X509Data>", with: "<ds:KeyName></ds:KeyName><ds:X509Data>") } },
      { $0.changeText = { $0.replacing("<ds:SignatureValue>", with: "<ds:SignatureValue>!") } },
    ]
    for (index, form) in forms.enumerated() {
      #expect(try Self.code(form) == ReferenceManifestError.signatureForm, "form \(index)")
    }
  }

  @Test("algorithms that NVIDIA's manifests do not use are refused")
  func algorithms() throws {
    for method in [
      "http://www.w3.org/2000/09/xmldsig#hmac-sha1", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
      "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
    ] {
      #expect(try Self.code { $0.signatureMethod = method } == ReferenceManifestError.algorithm)
    }
    #expect(
      try Self.code { $0.digestMethod = "http://www.w3.org/2000/09/xmldsig#sha1" }
        == ReferenceManifestError.algorithm)
    #expect(try Self.code { $0.form += "WithComments" } == ReferenceManifestError.algorithm)
    #expect(
      try Self.code { draft in
        draft.changeSignedInfo = {
          $0.replacing(
            "</ds:SignatureMethod>", with: "<ds:HMACOutputLength>1</ds:HMACOutputLength></ds:SignatureMethod>")
        }
      } == ReferenceManifestError.algorithm)
  }

  @Test("the signer's certificates are checked like every chain")
  func chain() throws {
    #expect(
      try Self.code(at: ManifestSigner.time.addingTimeInterval(11 * 365 * 86_400)) { _ in }
        == AttestationError.certificateExpired)
    #expect(
      try Self.code(at: ManifestSigner.time.addingTimeInterval(-7_200)) { _ in }
        == AttestationError.certificateNotYetValid)
    let signer = try Self.signer()
    let draft = try ManifestDraft().bytes(signedBy: signer)
    #expect(throws: ReferenceManifestError(AttestationError.simulatedRefused, "")) {
      try ReferenceManifest.verify(draft, at: ManifestSigner.time)
    }
    for (change, code) in [
      ({ $0.isMarked = false }, AttestationError.simulatedExpected),
      ({ $0.keyUsage = KeyUsage(keyAgreement: true) }, AttestationError.certificateUsage),
    ] as [((inout SimulatedAuthority.Template) -> Void, ErrorCode)] {
      let other = try ManifestSigner(change: change)
      let bytes = try ManifestDraft().bytes(signedBy: other)
      #expect(throws: ReferenceManifestError(code, "")) {
        try ReferenceManifest.verify(bytes, anchors: .simulated([other.root]), at: ManifestSigner.time)
      }
    }
  }

  @Test("a signed manifest that says nothing readable is refused")
  func content() throws {
    let value = ManifestDraft.value(1)
    let resources: [[String]] = [
      [], [ManifestDraft.resource(0, values: [value]), ManifestDraft.resource(0, values: [value])],
      [ManifestDraft.resource(254, values: [value])], [ManifestDraft.resource(-1, values: [value])],
      [ManifestDraft.resource(0, active: "true", values: [value])],
      [ManifestDraft.resource(0, alternatives: 2, values: [value])],
      [ManifestDraft.resource(0, alternatives: 1, values: [value, value])],
      [ManifestDraft.resource(0, alternatives: 0, values: [])],
      [ManifestDraft.resource(0, size: 32, values: [value])],
      [ManifestDraft.resource(0, values: [String(value.dropLast(2))])],
      [ManifestDraft.resource(0, values: [value]).replacing("Measurement", with: "File")],
    ]
    for (index, list) in resources.enumerated() {
      #expect(
        try Self.code { $0.resources = list } == ReferenceManifestError.malformed, "resources \(index)")
    }
    #expect(try Self.code { $0.rootName = "Identity" } == ReferenceManifestError.malformed)
    #expect(try Self.code { $0.version = "" } == ReferenceManifestError.malformed)
    #expect(try Self.code { $0.product = "ü" } == ReferenceManifestError.malformed)
  }

  @Test("golden values come of a driver and a VBIOS of one chip that do not overlap")
  func combined() throws {
    let vbios = try Self.verify(ManifestDraft())
    func driver(_ change: (inout ManifestDraft) -> Void = { _ in }) throws -> ReferenceManifest {
      var draft = ManifestDraft()
      draft.version = "900.10.01"
      draft.resources = [ManifestDraft.resource(7, values: [ManifestDraft.value(9)])]
      change(&draft)
      return try Self.verify(draft)
    }
    let golden = try NVIDIA.Measurements(driver: try driver(), vbios: vbios)
    #expect(golden.measurements.keys.sorted() == [1, 2, 8])
    #expect(golden.driverVersion == "900.10.01")
    #expect(golden.platform == .nvidiaGPU)
    let ofSwitch = try NVIDIA.Measurements(switchFirmware: vbios)
    #expect(ofSwitch.platform == .nvidiaSwitch)
    #expect(ofSwitch.vbiosVersion == vbios.version)
    func code(_ make: () throws -> NVIDIA.Measurements) -> ErrorCode? {
      do {
        _ = try make()
        return nil
      } catch {
        return (error as? ReferenceManifestError)?.code
      }
    }
    let plain = try driver()
    #expect(code { try NVIDIA.Measurements(driver: vbios, vbios: plain) } == ReferenceManifestError.kind)
    #expect(code { try NVIDIA.Measurements(switchFirmware: plain) } == ReferenceManifestError.kind)
    let otherChip = try driver { $0.product = "GB100" }
    #expect(code { try NVIDIA.Measurements(driver: otherChip, vbios: vbios) } == ReferenceManifestError.kind)
    let overlapping = try driver { $0.resources = [ManifestDraft.resource(1, values: [ManifestDraft.value(9)])] }
    #expect(code { try NVIDIA.Measurements(driver: overlapping, vbios: vbios) } == ReferenceManifestError.conflict)
  }

  @Test("manifests are verified in many tasks at once")
  func concurrent() async throws {
    let bytes = try ManifestDraft().bytes(signedBy: try Self.signer())
    let anchors = TrustAnchors.simulated([try Self.signer().root])
    let original = try Self.verify(ManifestDraft())
    let same = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<32 {
        group.addTask { (try? ReferenceManifest.verify(bytes, anchors: anchors, at: ManifestSigner.time)) == original }
      }
      return await group.reduce(true) { $0 && $1 }
    }
    #expect(same)
  }

  @Test("no flipped bit makes a manifest say something else")
  func everyBit() throws {
    let bytes = try ManifestDraft().bytes(signedBy: try Self.signer())
    let anchors = TrustAnchors.simulated([try Self.signer().root])
    let original = try Self.verify(ManifestDraft())
    var outcomes = 0
    for offset in stride(from: 0, to: bytes.count, by: 5) {
      var damaged = bytes
      damaged[offset] ^= 1 << (offset % 8)
      let manifest = try? ReferenceManifest.verify(damaged, anchors: anchors, at: ManifestSigner.time)
      #expect(manifest == nil || manifest == original)
      outcomes += 1
    }
    #expect(outcomes == (bytes.count + 4) / 5)
  }
}
