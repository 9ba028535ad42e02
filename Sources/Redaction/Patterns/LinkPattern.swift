/// Addresses of the web, with a scheme, with `www.`, or bare under a domain that is seldom anything else.
enum LinkPattern {
  /// - Parameter start: a letter with neither letter nor digit in front of it.
  static func end(_ text: [Unicode.Scalar], at start: Int) -> Int? {
    if let behindScheme = scheme(text, at: start) {
      let end = trimmed(text, start, until: extent(text, from: behindScheme))
      return end > behindScheme ? end : nil
    }
    guard let host = host(text, at: start) else { return nil }
    let hasPath = host.end < text.count && (text[host.end] == "/" || text[host.end] == "?")
    let isKnown = host.labels.first == "www" && host.labels.count > 2 || domains.contains(host.labels.last ?? "")
    guard isKnown || (hasPath && (host.labels.last?.unicodeScalars.count ?? 0) >= 2) else { return nil }
    return hasPath ? trimmed(text, start, until: extent(text, from: host.end)) : host.end
  }

  private static let domains: Set<String> = [
    "com", "org", "net", "info", "biz", "app", "io", "dev", "eu", "gov", "edu", "de", "at", "ch", "fr", "pl", "cz",
    "sk",
    "ru", "ua", "nl", "uk", "tr", "br", "gl", "ly",
  ]

  /// Behind `https://` and its kin.
  private static func scheme(_ text: [Unicode.Scalar], at start: Int) -> Int? {
    var position = start
    while position < text.count, position - start < 16, text[position].isASCII, FoldedWord.isPart(text[position]) {
      position += 1
    }
    guard position - start >= 2, position + 3 < text.count, text[position...].starts(with: "://".unicodeScalars) else {
      return nil
    }
    return position + 3
  }

  /// Two labels or more with dots between them.
  private static func host(_ text: [Unicode.Scalar], at start: Int) -> (labels: [String], end: Int)? {
    var labels: [String] = []
    var position = start
    var end = start
    while labels.count < 8 {
      let first = position
      while position < text.count, position - first <= HostLabel.lengthLimit,
        FoldedWord.isPart(text[position]) || (text[position] == "-" && position > first)
      {
        position += 1
      }
      guard position > first, position - first <= HostLabel.lengthLimit else { break }
      labels.append(FoldedWord.folded(text[first..<position]))
      end = position
      guard position < text.count, text[position] == "." else { break }
      position += 1
    }
    guard labels.count >= 2, labels.last?.allSatisfy({ !$0.isNumber }) == true else { return nil }
    return (labels, end)
  }

  private static func extent(_ text: [Unicode.Scalar], from start: Int) -> Int {
    var position = start
    while position < text.count, !isEnd(text[position]) { position += 1 }
    return position
  }

  private static func isEnd(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .surrogate, .privateUse: true
    default: "<>\"“”„«»`{}|\\^「」『』、。，！？".unicodeScalars.contains(scalar)
    }
  }

  /// Without the punctuation of the sentence around the link.
  private static func trimmed(_ text: [Unicode.Scalar], _ start: Int, until end: Int) -> Int {
    var end = end
    var unopenedCount = text[start..<end].reduce(0) { $0 + ($1 == ")" ? 1 : $1 == "(" ? -1 : 0) }
    while end > start {
      let last = text[end - 1]
      if last == ")" {
        guard unopenedCount > 0 else { break }
        unopenedCount -= 1
      } else if !".,;:!?]'*_~…’".unicodeScalars.contains(last) {
        break
      }
      end -= 1
    }
    return end
  }
}

/// A part of a host's name, between dots.
enum HostLabel {
  /// In scalars. What is longer is none, and is not read to its end.
  static let lengthLimit = 63
}
