import TestSupport
import Testing
import TransparencyLog

private let malformed = TransparencyLogError(TransparencyLogError.noteMalformed, "")

@Suite("signed notes")
struct SignedNoteTests {
  /// The example of C2SP signed-note and its key.
  private static let example = """
    This is an example message.

    — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=

    """
  private static let vkey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"

  @Test("the specification's example verifies with its key")
  func exampleVerifies() throws {
    let note = try SignedNote(parsing: Array(Self.example.utf8))
    #expect(note.text == "This is an example message.\n")
    let (verified, unverified) = try note.verified(by: [NoteVerifierKey(parsing: Self.vkey)])
    #expect(verified.map(\.name) == ["example.com/foo"])
    #expect(unverified.isEmpty)
    #expect(note.encoded == Array(Self.example.utf8))
  }

  @Test("no truncation of a note parses")
  func truncations() {
    let bytes = Array(Self.example.utf8)
    for length in 0..<bytes.count {
      #expect(throws: malformed) { try SignedNote(parsing: Array(bytes[..<length])) }
    }
    #expect(throws: malformed) { try SignedNote(parsing: bytes + [0x0A]) }
    #expect(throws: malformed) { try SignedNote(parsing: bytes + [0x41]) }
  }

  @Test("no byte of a note can change and still verify")
  func flippedBits() throws {
    let key = try NoteVerifierKey(parsing: Self.vkey)
    let bytes = Array(Self.example.utf8)
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 1
      #expect(throws: TransparencyLogError.self) { try SignedNote(parsing: changed).verified(by: [key]) }
    }
  }

  @Test(
    "a signature line is refused in any other form",
    arguments: [
      "- a AAAAAAA=", "—  AAAAAAA=", "— a", "— a ", "— a AAAA", "— a AAAAAA==", "— a AAAA=AAA", "— a AAAAAAA",
      "— a+b AAAAAAA=", "— a\u{2003}b AAAAAAA=", "— a AAAAAAA= ", "— a  AAAAAAA=", "—a AAAAAAA=", "— a AAAA AAA=",
    ])
  func otherLines(line: String) {
    #expect(throws: malformed) { try SignedNote(parsing: Array("text\n\n\(line)\n".utf8)) }
  }

  @Test("base64 with spare bits set is taken, and written back as it came")
  func spareBits() throws {
    let bytes = Array("text\n\n— a AAAAAAB=\n".utf8)
    let note = try SignedNote(parsing: bytes)
    #expect(note.signatures[0].signature == [0])
    #expect(note.encoded == bytes)
    #expect(try SignedNote(text: note.text, signatures: note.signatures).encoded == bytes)
  }

  @Test("a note may carry 64 signatures and 128 KiB, not more")
  func limits() throws {
    let line = "— a AAAAAAA=\n"
    let text = "text\n\n"
    let most = try SignedNote(parsing: Array((text + String(repeating: line, count: 64)).utf8))
    #expect(most.signatures.count == 64)
    #expect(throws: malformed) { try SignedNote(parsing: Array((text + String(repeating: line, count: 65)).utf8)) }
    let tail = "\n\n" + line
    let fill = String(repeating: "x", count: (128 << 10) - tail.utf8.count)
    #expect(try SignedNote(parsing: Array((fill + tail).utf8)).text.utf8.count == fill.utf8.count + 1)
    #expect(throws: malformed) { try SignedNote(parsing: Array((fill + "x" + tail).utf8)) }
  }

  @Test("text that is not UTF-8 is refused, carriage returns too")
  func badText() {
    #expect(throws: malformed) { try SignedNote(parsing: [0xFF] + Array("\n\n— a AAAAAAA=\n".utf8)) }
    #expect(throws: malformed) { try SignedNote(parsing: Array("a\r\n\n— a AAAAAAA=\n".utf8)) }
    #expect(throws: malformed) { try SignedNote(text: "no newline", signatures: []) }
  }

  @Test("a signature by another key of the same name is unknown, not wrong")
  func sameName() throws {
    let one = try NoteSigningKey(name: "log.example", type: .ed25519)
    let other = try NoteSigningKey(name: "log.example", type: .ed25519)
    let note = try SignedNote(text: "t\n", signatures: [one.sign("t\n"), other.sign("t\n")])
    let (verified, unverified) = try note.verified(by: [one.verifierKey])
    #expect(verified.count == 1)
    #expect(unverified.count == 1)
  }

  @Test("one bad signature by a known key makes the whole note wrong")
  func badSignature() throws {
    let good = try NoteSigningKey(name: "a.example", type: .ed25519)
    let bad = try NoteSigningKey(name: "b.example", type: .ed25519)
    let note = try SignedNote(text: "t\n", signatures: [good.sign("t\n"), bad.sign("u\n")])
    #expect(throws: TransparencyLogError(TransparencyLogError.noteSignatureInvalid, "")) {
      try note.verified(by: [good.verifierKey, bad.verifierKey])
    }
    #expect(try note.verified(by: [good.verifierKey]).unverified.count == 1)
    #expect(throws: TransparencyLogError(TransparencyLogError.noteUnsigned, "")) { try note.verified(by: []) }
  }

  @Test("a key reads back from its text, and from its seed")
  func keys() throws {
    for type in [NoteKeyType.ed25519, .cosignature] {
      let key = try NoteSigningKey(name: "w.example/1", type: type)
      #expect(try NoteVerifierKey(parsing: key.verifierKey.encoded) == key.verifierKey)
      #expect(try NoteSigningKey(name: "w.example/1", type: type, seed: key.seed).verifierKey == key.verifierKey)
    }
    let unknown = TransparencyLogError(TransparencyLogError.noteKeyMalformed, "")
    for length in 0..<Self.vkey.utf8.count {
      #expect(throws: unknown) { try NoteVerifierKey(parsing: String(Self.vkey.prefix(length))) }
    }
    for text in [Self.vkey + "A", Self.vkey.replacing("530d", with: "530D"), "x" + Self.vkey, "+" + Self.vkey] {
      #expect(throws: unknown) { try NoteVerifierKey(parsing: text) }
    }
    #expect(throws: unknown) { try NoteSigningKey(name: "a", type: .ed25519, seed: [1, 2]) }
    #expect(throws: unknown) { try NoteSigningKey(name: "a b", type: .ed25519) }
  }

  @Test("a key signs only what its type says")
  func wrongType() throws {
    let wrongType = TransparencyLogError(TransparencyLogError.noteKeyWrongType, "")
    let witness = try NoteSigningKey(name: "w", type: .cosignature)
    let log = try NoteSigningKey(name: "l", type: .ed25519)
    let checkpoint = try Checkpoint(origin: "l", treeSize: 0, rootHash: RFC6962.emptyRoot)
    #expect(throws: wrongType) { try witness.sign("t\n") }
    #expect(throws: wrongType) { try log.cosign(checkpoint, at: .now) }
    #expect(throws: wrongType) { try witness.cosign(checkpoint, at: .distantPast) }
  }
}

private struct SignedNoteVectors: Decodable {
  struct Expected: Decodable {
    let verified: [String]
    let unverified: [String]
  }

  struct Case: Decodable {
    let name: String
    let note: String
    let keys: [String]
    let expected: Expected?
    let refusal: String?
    let originLine: String?

    enum CodingKeys: String, CodingKey {
      case name, note, keys, expected
      case originLine = "origin_line"
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      name = try container.decode(String.self, forKey: .name)
      note = try container.decode(String.self, forKey: .note)
      keys = try container.decode([String].self, forKey: .keys)
      originLine = try container.decodeIfPresent(String.self, forKey: .originLine)
      refusal = try? container.decode(String.self, forKey: .expected)
      expected = refusal == nil ? try container.decode(Expected.self, forKey: .expected) : nil
    }
  }

  let vkeysBad: [String]
  let cases: [Case]

  enum CodingKeys: String, CodingKey {
    case cases
    case vkeysBad = "vkeys_bad"
  }
}

@Suite("vectors: signed notes", .enabled(if: VectorFolder.isPresent))
struct SignedNoteVectorTests {
  @Test("eleven notes and two bad keys of others get their verdicts")
  func notes() throws {
    let vectors: SignedNoteVectors = try VectorFolder.json("tlog/signed-notes.json")
    for vkey in vectors.vkeysBad {
      #expect(throws: TransparencyLogError(TransparencyLogError.noteKeyMalformed, "")) {
        try NoteVerifierKey(parsing: vkey)
      }
    }
    var executed = 0
    for vector in vectors.cases {
      let keys = try vector.keys.map { try NoteVerifierKey(parsing: $0) }
      let bytes = Array(vector.note.utf8)
      if vector.refusal == "malformed" {
        #expect(throws: malformed, "\(vector.name)") { try SignedNote(parsing: bytes) }
      } else {
        let note = try SignedNote(parsing: bytes)
        #expect(note.encoded == bytes)
        #expect(try SignedNote(text: note.text, signatures: note.signatures).encoded == bytes)
        if let expected = vector.expected {
          let (verified, unverified) = try note.verified(by: keys)
          #expect(verified.map(\.name) == expected.verified, "\(vector.name)")
          #expect(unverified.map(\.name) == expected.unverified, "\(vector.name)")
        } else {
          #expect(throws: TransparencyLogError(TransparencyLogError.noteUnsigned, ""), "\(vector.name)") {
            try note.verified(by: keys)
          }
        }
        if let origin = vector.originLine { #expect(try Checkpoint(parsing: note.text).origin == origin) }
      }
      executed += 1
    }
    #expect(try executed == VectorFolder.caseCount("tlog/signed-notes.json", published: 11, held: vectors.cases.count))
    if try VectorFolder.isPublished("tlog/signed-notes.json") { #expect(vectors.vkeysBad.count == 2) }
  }
}
