/// Names of scripts that write without blanks, letter by letter: the longest that begins at a place of a text is found in
/// the time of its length, however many names there are.
struct NameTrie: Sendable {
  private struct Node {
    var next: [Unicode.Scalar: Int] = [:]
    var number: Int?
  }

  private var nodes = [Node()]

  /// The first of two names that are the same keeps its number.
  mutating func add(_ name: String, number: Int) {
    var node = 0
    for scalar in name.unicodeScalars {
      if let next = nodes[node].next[scalar] {
        node = next
      } else {
        nodes.append(Node())
        nodes[node].next[scalar] = nodes.count - 1
        node = nodes.count - 1
      }
    }
    if nodes[node].number == nil { nodes[node].number = number }
  }

  /// The longest name that `text` begins with: where it ends, and its number.
  func longest(_ text: ArraySlice<Unicode.Scalar>) -> (end: Int, number: Int)? {
    var node = 0
    var found: (end: Int, number: Int)?
    for (index, scalar) in zip(text.indices, text) {
      guard let next = nodes[node].next[scalar] else { break }
      node = next
      if let number = nodes[node].number { found = (index + 1, number) }
    }
    return found
  }
}
