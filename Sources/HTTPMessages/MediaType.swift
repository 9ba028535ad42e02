extension String {
  /// Whether this media type, which is in lower case, is the received one: in any case (RFC 9110, section 8.3.1), and
  /// without a parameter.
  package func isMediaType(_ received: String?) -> Bool {
    guard let received, utf8.count == received.utf8.count else { return false }
    return utf8.elementsEqual(received.utf8) { own, other in
      own == other || (0x61...0x7A).contains(own) && other | 0x20 == own
    }
  }
}
