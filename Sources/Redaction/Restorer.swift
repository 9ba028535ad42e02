/// Puts back what placeholders stand for, in a whole answer or in one that comes piece by piece: however it is cut, the
/// pieces add up to the same text. Holds what was redacted: neither printable nor encodable, never logged or stored.
///
/// A placeholder that the redactor did not give out stays as it is. What is put back is never looked at again.
public struct Restorer: Sendable {
  private let originals: [Placeholder: String]
  /// What may still become a placeholder.
  private var held: [Unicode.Scalar] = []
  /// The scalar in front of `held`.
  private var last: Unicode.Scalar?

  init(originals: [Placeholder: String]) { self.originals = originals }

  /// A whole text.
  public func restored(_ text: String) -> String {
    var restorer = self
    return restorer.append(text) + restorer.finish()
  }

  /// The next piece of a text: what can be shown of it and of what was held back before.
  public mutating func append(_ piece: String) -> String {
    held += piece.unicodeScalars
    return take(isWhole: false)
  }

  /// What is left at the end of the text.
  public mutating func finish() -> String {
    defer { last = nil }
    return take(isWhole: true)
  }

  private mutating func take(isWhole: Bool) -> String {
    var result = String.UnicodeScalarView()
    var position = 0
    reading: while position < held.count {
      if Placeholder.isBoundary(last) {
        switch Placeholder.match(held[...], at: position, isWhole: isWhole) {
        case .open: break reading
        case .found(let placeholder, let stemCase, let end):
          if let original = original(placeholder, stemCase) {
            result.append(contentsOf: original.unicodeScalars)
            last = held[end - 1]
            position = end
            continue
          }
        case .none: break
        }
      }
      result.append(held[position])
      last = held[position]
      position += 1
    }
    held.removeFirst(position)
    return String(result)
  }

  private func original(_ placeholder: Placeholder, _ stemCase: Placeholder.Case) -> String? {
    var base = placeholder
    base.form = 1
    guard let original = originals[placeholder] ?? originals[base] else { return nil }
    guard placeholder.kind == .name else { return original }
    return switch stemCase {
    case .asWritten: original
    case .lower: original.lowercased()
    case .upper: original.uppercased()
    }
  }
}
