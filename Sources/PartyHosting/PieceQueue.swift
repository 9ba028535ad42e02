import NIOCore

/// Pieces of a body, first in, first out; one alone, which is most bodies, takes no memory of its own.
struct PieceQueue {
  private var first: ByteBuffer?
  private var others = CircularBuffer<ByteBuffer>(initialCapacity: 0)

  var isEmpty: Bool { first == nil }

  mutating func append(_ piece: ByteBuffer) {
    if first == nil { first = piece } else { others.append(piece) }
  }

  mutating func popFirst() -> ByteBuffer? {
    defer { first = others.popFirst() }
    return first
  }

  mutating func removeAll() { self = PieceQueue() }
}
