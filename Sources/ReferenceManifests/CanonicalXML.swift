import CLibXML2

/// The forms of canonical XML that a manifest's signature may name, without comments.
enum CanonicalXML: String {
  case inclusive = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
  case inclusive11 = "http://www.w3.org/2006/12/xml-c14n11"
  case exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#"

  private var mode: Int32 {
    switch self {
    case .inclusive: Int32(XML_C14N_1_0.rawValue)
    case .inclusive11: Int32(XML_C14N_1_1.rawValue)
    case .exclusive: Int32(XML_C14N_EXCLUSIVE_1_0.rawValue)
    }
  }

  /// The canonical bytes of one element with what is beneath it, in the context of its document.
  ///
  /// - Parameter excluded: an element that is left out with what is beneath it.
  func bytes(of element: XMLElement, without excluded: XMLElement? = nil, in text: XMLText) -> [UInt8]? {
    guard let buffer = xmlAllocOutputBuffer(nil) else { return nil }
    defer { xmlOutputBufferClose(buffer) }
    var scope = Scope(included: element.node, excluded: excluded?.node)
    let result = XMLText.quietly {
      withUnsafeMutablePointer(to: &scope) { scope in
        xmlC14NExecute(text.document, isVisible, scope, mode, nil, 0, buffer)
      }
    }
    guard result >= 0, let content = xmlOutputBufferGetContent(buffer) else { return nil }
    return Array(UnsafeBufferPointer(start: content, count: xmlOutputBufferGetSize(buffer)))
  }
}

private struct Scope {
  var included: xmlNodePtr
  var excluded: xmlNodePtr?
}

/// libxml2 asks for each node, attribute and namespace, with the element that it belongs to.
private let isVisible: @convention(c) (UnsafeMutableRawPointer?, xmlNodePtr?, xmlNodePtr?) -> CInt = {
  context, node, parent in
  guard let scope = context?.assumingMemoryBound(to: Scope.self).pointee else { return 0 }
  if node == scope.excluded { return 0 }
  var isIncluded = node == scope.included
  var ancestor = parent
  while let current = ancestor {
    if current == scope.excluded { return 0 }
    if current == scope.included { isIncluded = true }
    ancestor = current.pointee.parent
  }
  return isIncluded ? 1 : 0
}
