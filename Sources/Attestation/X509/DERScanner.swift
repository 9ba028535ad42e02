/// DER values that stand one behind another, read without looking into them: for long lists, of which a tree of nodes
/// would cost more than everything else. Tags have one byte and lengths their shortest form.
struct DERScanner {
  struct Value {
    let tag: UInt8
    let content: ArraySlice<UInt8>
    /// With tag and length.
    let encodedBytes: ArraySlice<UInt8>
  }

  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  var nextTag: UInt8? { rest.first }

  mutating func next() throws(DERError) -> Value {
    let bytes = rest
    let start = bytes.startIndex
    guard bytes.count >= 2, bytes[start] & 0x1F != 0x1F else { throw DERError() }
    var contentStart = start + 2
    var byteCount = Int(bytes[start + 1])
    if byteCount >= 0x80 {
      let lengthByteCount = byteCount & 0x7F
      guard (1...3).contains(lengthByteCount), bytes.count >= 2 + lengthByteCount else { throw DERError() }
      contentStart += lengthByteCount
      byteCount = bytes[start + 2..<contentStart].reduce(0) { $0 << 8 | Int($1) }
      guard byteCount >= 0x80, bytes[start + 2] != 0 else { throw DERError() }
    }
    guard byteCount <= bytes.endIndex - contentStart else { throw DERError() }
    let end = contentStart + byteCount
    rest = bytes[end...]
    return Value(tag: bytes[start], content: bytes[contentStart..<end], encodedBytes: bytes[start..<end])
  }

  mutating func next(tag: UInt8) throws(DERError) -> Value {
    let value = try next()
    guard value.tag == tag else { throw DERError() }
    return value
  }

  /// The content of an INTEGER in its shortest form.
  mutating func integer() throws(DERError) -> ArraySlice<UInt8> {
    let content = try next(tag: 0x02).content
    guard let first = content.first else { throw DERError() }
    if let second = content.dropFirst().first {
      guard !(first == 0 && second < 0x80), !(first == 0xFF && second >= 0x80) else { throw DERError() }
    }
    return content
  }

  func finish() throws(DERError) { guard rest.isEmpty else { throw DERError() } }
}
