import SwiftASN1

/// The bytes are not the DER that their structure demands. Callers give it the code of what they were reading.
package struct DERError: Error {}

/// The members of one SEQUENCE, read in order; `finish()` refuses what was not read.
struct DERReader {
  private var nodes: ASN1NodeCollection.Iterator
  private var current: ASN1Node?
  /// Of the member that `next()` reads; nil at the end. Stored, since Swift 6.3.1 cannot optimize its computed form.
  private(set) var nextIdentifier: ASN1Identifier?

  init(_ node: ASN1Node, identifier: ASN1Identifier = .sequence) throws(DERError) {
    guard node.identifier == identifier, case .constructed(let children) = node.content else { throw DERError() }
    nodes = children.makeIterator()
    current = nodes.next()
    nextIdentifier = current?.identifier
  }

  /// Parses one whole DER value of at most `byteLimit` bytes.
  static func parse(_ bytes: ArraySlice<UInt8>, byteLimit: Int) throws(DERError) -> ASN1Node {
    guard bytes.count <= byteLimit else { throw DERError() }
    do { return try DER.parse(bytes) } catch { throw DERError() }
  }

  mutating func next() throws(DERError) -> ASN1Node {
    guard let node = current else { throw DERError() }
    current = nodes.next()
    nextIdentifier = current?.identifier
    return node
  }

  func finish() throws(DERError) { guard current == nil else { throw DERError() } }

  mutating func sequence() throws(DERError) -> DERReader { try DERReader(try next()) }

  mutating func primitive(_ identifier: ASN1Identifier) throws(DERError) -> ArraySlice<UInt8> {
    try Self.primitive(try next(), identifier)
  }

  static func primitive(_ node: ASN1Node, _ identifier: ASN1Identifier) throws(DERError) -> ArraySlice<UInt8> {
    guard node.identifier == identifier, case .primitive(let content) = node.content else { throw DERError() }
    return content
  }

  /// The content of an INTEGER in its shortest form; 0 is one zero byte.
  mutating func integer() throws(DERError) -> ArraySlice<UInt8> { try Self.integer(try next()) }

  static func integer(_ node: ASN1Node) throws(DERError) -> ArraySlice<UInt8> {
    let content = try primitive(node, .integer)
    guard let first = content.first else { throw DERError() }
    if let second = content.dropFirst().first {
      guard !(first == 0 && second < 0x80), !(first == 0xFF && second >= 0x80) else { throw DERError() }
    }
    return content
  }

  /// An INTEGER from 0 to 255.
  static func byte(_ bytes: ArraySlice<UInt8>) throws(DERError) -> UInt8 {
    // The only forms there are: 02 01 and a byte below 80, or 02 02 00 and a byte from 80 on.
    guard let value = bytes.last else { throw DERError() }
    guard bytes.elementsEqual(value < 0x80 ? [0x02, 0x01, value] : [0x02, 0x02, 0x00, value]) else { throw DERError() }
    return value
  }

  /// BIT STRING without unused bits.
  mutating func wholeByteBitString() throws(DERError) -> ArraySlice<UInt8> {
    let content = try primitive(.bitString)
    guard content.first == 0 else { throw DERError() }
    return content.dropFirst()
  }

  /// BOOLEAN DEFAULT FALSE, where DER leaves the default out.
  mutating func flag() throws(DERError) -> Bool {
    guard nextIdentifier == .boolean else { return false }
    guard try primitive(.boolean).elementsEqual([0xFF]) else { throw DERError() }
    return true
  }

  /// The content of one IA5String.
  static func text(_ bytes: ArraySlice<UInt8>, byteLimit: Int) throws(DERError) -> String {
    let content = try primitive(try parse(bytes, byteLimit: byteLimit + 4), .ia5String)
    guard content.allSatisfy({ (0x20..<0x7F).contains($0) }) else { throw DERError() }
    return String(decoding: content, as: UTF8.self)
  }
}
