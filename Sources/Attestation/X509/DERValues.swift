import Foundation

/// The DER values of one offered file: PEM blocks, or values that stand one behind another.
enum DERValues {
  /// - Returns: nil where the bytes are neither.
  /// - Throws: `endorsement-unreadable` for PEM that cannot be read.
  static func parse(_ bytes: [UInt8], countLimit: Int) throws(AttestationError) -> [[UInt8]]? {
    // DER first: looking for text costs more than everything else that is done with a certificate's bytes.
    if let values = sequences(in: bytes, countLimit: countLimit) { return values.map(Array.init) }
    return PEMBlock.isPresent(in: bytes) ? try PEMBlock.blocks(in: bytes, countLimit: countLimit) : nil
  }

  /// The DER sequences that stand one behind another, or nil where the bytes are anything else.
  private static func sequences(in bytes: [UInt8], countLimit: Int) -> [ArraySlice<UInt8>]? {
    var rest = bytes[...]
    var values: [ArraySlice<UInt8>] = []
    while !rest.isEmpty {
      guard rest.first == 0x30, values.count <= countLimit, let marker = rest.dropFirst().first else {
        return nil
      }
      let lengthByteCount = marker < 0x80 ? 0 : Int(marker & 0x7F)
      guard marker != 0x80, lengthByteCount <= 3, rest.count >= 2 + lengthByteCount else { return nil }
      let content = rest.dropFirst(2).prefix(lengthByteCount).reduce(0) { $0 << 8 | Int($1) }
      let byteCount = 2 + lengthByteCount + (marker < 0x80 ? Int(marker) : content)
      guard byteCount <= rest.count else { return nil }
      values.append(rest.prefix(byteCount))
      rest = rest.dropFirst(byteCount)
    }
    return values.isEmpty ? nil : values
  }
}

/// Textual encodings of certificates and revocation lists (RFC 7468). Text outside the blocks is passed over.
private enum PEMBlock {
  static let begin = Array("-----BEGIN ".utf8)

  /// True for a block behind nothing but text: a certificate table may hold PEM, behind binary headers.
  static func isPresent(in bytes: [UInt8]) -> Bool {
    if bytes.starts(with: begin) { return true }
    guard let range = bytes.firstRange(of: begin) else { return false }
    return !bytes[..<range.lowerBound].contains(0)
  }

  static func blocks(in bytes: [UInt8], countLimit: Int) throws(AttestationError) -> [[UInt8]] {
    let unreadable = AttestationError(AttestationError.endorsementUnreadable, "endorsement is no readable PEM")
    var blocks: [[UInt8]] = []
    var label: [UInt8]?
    var body: [UInt8] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let lineEnd = rest.firstIndex { $0 == 0x0A || $0 == 0x0D } ?? rest.endIndex
      let text = trimmed(rest[..<lineEnd])
      rest = rest[lineEnd...].dropFirst()
      if text.first != UInt8(ascii: "-") {
        if label != nil { body.append(contentsOf: text) }
      } else if text.starts(with: begin) {
        let opened = Array(text.dropFirst(begin.count))
        guard label == nil, labels.contains(opened) else { throw unreadable }
        label = opened
        body.removeAll(keepingCapacity: true)
      } else if text.starts(with: end) {
        guard let opened = label, text.dropFirst(end.count).elementsEqual(opened),
          let content = Data(base64Encoded: Data(body))
        else { throw unreadable }
        guard blocks.count < countLimit else {
          throw AttestationError(AttestationError.endorsementLimit, "PEM has more than \(countLimit) blocks")
        }
        blocks.append(Array(content))
        label = nil
      } else if label != nil {
        body.append(contentsOf: text)
      }
    }
    guard label == nil, !blocks.isEmpty else { throw unreadable }
    return blocks
  }

  private static let end = Array("-----END ".utf8)
  private static let labels = [Array("CERTIFICATE-----".utf8), Array("X509 CRL-----".utf8)]

  private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    // A text of C may end with a zero.
    func isSpace(_ byte: UInt8?) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0 }
    guard isSpace(line.first) || isSpace(line.last) else { return line }
    var rest = line.drop(while: { isSpace($0) })
    while isSpace(rest.last) { rest = rest.dropLast() }
    return rest
  }
}
