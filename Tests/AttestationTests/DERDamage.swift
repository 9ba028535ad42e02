/// One DER value with its members, to be written again with one of them damaged.
struct DERDamage {
  enum Kind: Sendable, CaseIterable {
    case indefiniteLength, longerLengthThanNeeded, otherTag, emptied
  }

  private struct Node {
    var tag: UInt8
    /// Nil for a primitive value.
    var members: [Node]?
    var content: [UInt8]
  }

  private let root: Node
  /// Of all values, the outermost first.
  let valueCount: Int

  /// Nil for bytes that are not one value of DER with lengths of at most two bytes.
  init?(_ bytes: [UInt8]) {
    var rest = bytes[...]
    guard let root = Self.parse(&rest), rest.isEmpty else { return nil }
    self.root = root
    valueCount = Self.count(root)
  }

  private static func parse(_ rest: inout ArraySlice<UInt8>) -> Node? {
    guard let tag = rest.popFirst(), let first = rest.popFirst() else { return nil }
    var count = Int(first)
    if first >= 0x80 {
      count = 0
      for _ in 0..<first & 0x7F {
        guard let byte = rest.popFirst() else { return nil }
        count = count << 8 | Int(byte)
      }
    }
    guard count <= rest.count else { return nil }
    let content = Array(rest.prefix(count))
    rest = rest.dropFirst(count)
    guard tag & 0x20 != 0 else { return Node(tag: tag, members: nil, content: content) }
    var inner = content[...]
    var members: [Node] = []
    while !inner.isEmpty {
      guard let member = parse(&inner) else { return nil }
      members.append(member)
    }
    return Node(tag: tag, members: members, content: content)
  }

  private static func count(_ node: Node) -> Int { 1 + (node.members ?? []).reduce(0) { $0 + count($1) } }

  /// The whole value with one value in it damaged; its parents' lengths are right again.
  func bytes(damaging index: Int, _ kind: Kind) -> [UInt8] {
    var remaining = index
    return Self.write(root, &remaining, kind)
  }

  private static func write(_ node: Node, _ remaining: inout Int, _ kind: Kind) -> [UInt8] {
    let isDamaged = remaining == 0
    remaining -= 1
    let content =
      node.members.map { members in
        members.flatMap { write($0, &remaining, kind) }
      } ?? node.content
    guard isDamaged else { return [node.tag] + length(content.count) + content }
    switch kind {
    case .indefiniteLength: return [node.tag, 0x80] + content + [0, 0]
    case .longerLengthThanNeeded:
      return [
        node.tag, 0x83, UInt8(content.count >> 16), UInt8(content.count >> 8 & 0xFF), UInt8(content.count & 0xFF),
      ]
        + content
    case .otherTag: return [node.tag ^ 0x40] + length(content.count) + content
    case .emptied: return [node.tag, 0]
    }
  }

  private static func length(_ count: Int) -> [UInt8] {
    switch count {
    case 0..<0x80: [UInt8(count)]
    case 0x80..<0x100: [0x81, UInt8(count)]
    default: [0x82, UInt8(count >> 8), UInt8(count & 0xFF)]
    }
  }
}
