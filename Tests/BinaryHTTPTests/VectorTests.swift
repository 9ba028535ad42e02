import BinaryHTTP
import ErrorCodes
import Foundation
import TestSupport
import Testing
import WireFormat

/// `ohttp/bhttp-examples.json`: the figures of RFC 9292 and malformed messages of public test suites.
@Suite("Binary HTTP vectors", .enabled(if: VectorFolder.isPresent))
struct VectorTests {
  private struct File: Decodable { let cases: [Case] }

  private struct Case: Decodable {
    let name: String
    let message: String
    let expected: String
    let parsed: Parsed?
  }

  private struct Parsed: Decodable {
    struct Informational: Decodable {
      let status: Int
      let headers: [[String]]
    }
    let framing: Int
    let method, scheme, authority, path: String?
    let status: Int?
    let informational: [Informational]?
    let headers: [[String]]
    let contentHex: String
    let trailers: [[String]]
    let paddingBytes: Int

    enum CodingKeys: String, CodingKey {
      case framing, method, scheme, authority, path, status, informational, headers, trailers
      case contentHex = "content_hex"
      case paddingBytes = "padding_bytes"
    }
  }

  @Test("every published message parses to its fields or is refused, whole and byte by byte")
  func everyCase() throws {
    let cases = try VectorFolder.json("ohttp/bhttp-examples.json", as: File.self).cases
    var (acceptedCount, refusedCount, reencodedCount) = (0, 0, 0)
    for example in cases {
      let bytes = try #require([UInt8](hexadecimal: example.message))
      guard let parsed = example.parsed else {
        #expect(example.expected == "reject")
        #expect(throws: BinaryHTTPError.self, "\(example.name)") { try Request(decoding: bytes) }
        #expect(throws: BinaryHTTPError.self, "\(example.name)") { try Response(decoding: bytes) }
        #expect(throws: BinaryHTTPError.self, "\(example.name)") { try eventsFedByteByByte(bytes, .request) }
        refusedCount += 1
        continue
      }
      let encodings = try check(bytes, parsed, example.name)
      acceptedCount += 1
      let framing = parsed.framing < 2 ? encodings.0 : encodings.1
      let bare = Array(bytes.dropLast(parsed.paddingBytes))
      if framing == bare { reencodedCount += 1 }
      // What was cut off is written out again; everything before it is the same.
      #expect(framing.starts(with: bare), "\(example.name)")
      #expect(framing.dropFirst(bare.count).allSatisfy { $0 == 0 }, "\(example.name)")
    }
    let executed = acceptedCount + refusedCount
    #expect(executed == cases.count)
    #expect(try executed == VectorFolder.caseCount("ohttp/bhttp-examples.json", published: 24, held: cases.count))
    if try VectorFolder.isPublished("ohttp/bhttp-examples.json") {
      #expect(acceptedCount == 12 && refusedCount == 12 && reencodedCount == 6)
    }
  }

  @Test("fixed counts are asked of the published file alone, and a file without a digest here is an error")
  func countedFile() throws {
    let path = "ohttp/bhttp-examples.json"
    #expect(try !VectorFolder.isPublished(path, content: VectorFolder.bytes(path) + [0x0A]))
    #expect(throws: VectorFolder.Unlisted.self) { try VectorFolder.isPublished("README.md") }
  }

  private func check(_ bytes: [UInt8], _ parsed: Parsed, _ name: String) throws -> ([UInt8], [UInt8]) {
    let content = try #require([UInt8](hexadecimal: parsed.contentHex))
    if let status = parsed.status {
      let response = try Response(decoding: bytes)
      #expect(response.statusCode == status, "\(name)")
      #expect(pairs(response.headerFields) == parsed.headers, "\(name)")
      #expect(pairs(response.trailerFields) == parsed.trailers, "\(name)")
      #expect(response.content == content, "\(name)")
      #expect(response.informational.map(\.statusCode) == (parsed.informational ?? []).map(\.status))
      #expect(response.informational.map { pairs($0.headerFields) } == (parsed.informational ?? []).map(\.headers))
      #expect(joined(try eventsFedByteByByte(bytes, .response)) == content)
      #expect(throws: BinaryHTTPError(BinaryHTTPError.framing, "")) { try Request(decoding: bytes) }
      return (response.encoded(), response.encoded(.indeterminateLength))
    }
    let request = try Request(decoding: bytes)
    #expect(request.method == parsed.method, "\(name)")
    #expect(request.scheme == parsed.scheme, "\(name)")
    #expect(request.authority == parsed.authority, "\(name)")
    #expect(request.path == parsed.path, "\(name)")
    #expect(pairs(request.headerFields) == parsed.headers, "\(name)")
    #expect(pairs(request.trailerFields) == parsed.trailers, "\(name)")
    #expect(request.content == content, "\(name)")
    #expect(joined(try eventsFedByteByByte(bytes, .request)) == content)
    #expect(throws: BinaryHTTPError(BinaryHTTPError.framing, "")) { try Response(decoding: bytes) }
    return (request.encoded(), request.encoded(.indeterminateLength))
  }

  private func pairs(_ section: FieldSection) -> [[String]] { section.fields.map { [$0.name, $0.value] } }
}

func eventsFedByteByByte(_ bytes: [UInt8], _ kind: MessageKind) throws -> [MessageEvent] {
  var parser = MessageParser(kind)
  var events: [MessageEvent] = []
  for byte in bytes { events += try parser.receive([byte]) }
  return events + (try parser.finish())
}

func joined(_ events: [MessageEvent]) -> [UInt8] {
  events.flatMap { event -> [UInt8] in
    if case .content(let piece) = event { Array(piece) } else { [] }
  }
}
