import CLibXML2

/// An XML text parsed by libxml2, with nothing that XML can do beside elements, attributes and characters: a text with
/// a document type, entity, comment, CDATA section or processing instruction is refused before it is parsed. Nothing is
/// loaded from anywhere.
final class XMLText {
  static let byteLimit = 256 << 10
  static let depthLimit = 16
  static let elementLimit = 4096

  let document: xmlDocPtr
  private let rootNode: xmlNodePtr

  /// Before the first document, since documents may be parsed in several threads.
  private static let isInitialized: Bool = {
    xmlInitParser()
    return true
  }()

  /// - Throws: `manifest-limit`, `manifest-malformed`.
  init(parsing bytes: [UInt8]) throws(ReferenceManifestError) {
    guard bytes.count <= Self.byteLimit else {
      throw ReferenceManifestError(
        ReferenceManifestError.limit, "manifest has \(bytes.count) bytes, at most \(Self.byteLimit) are allowed")
    }
    guard Self.isInitialized, Self.isPlain(bytes) else { throw Self.malformed }
    let parsed = Self.quietly { Self.parse(bytes) }
    guard let parsed else { throw Self.malformed }
    guard parsed.pointee.intSubset == nil, parsed.pointee.extSubset == nil,
      let root = xmlDocGetRootElement(parsed)
    else {
      xmlFreeDoc(parsed)
      throw Self.malformed
    }
    document = parsed
    rootNode = root
    var elementCount = 0
    guard Self.isBounded(root, depth: 1, &elementCount) else {
      throw ReferenceManifestError(
        ReferenceManifestError.limit,
        "manifest is deeper than \(Self.depthLimit) or has more than \(Self.elementLimit) elements")
    }
  }

  var root: XMLElement { XMLElement(node: rootNode, owner: self) }

  deinit { xmlFreeDoc(document) }

  private static func parse(_ bytes: [UInt8]) -> xmlDocPtr? {
    let options = XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue
    return bytes.withUnsafeBytes { buffer in
      xmlReadMemory(
        buffer.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(buffer.count), nil, "UTF-8", Int32(options))
    }
  }

  /// libxml2 would write to standard error, in this thread, what it does not like.
  static func quietly<Result>(_ body: () -> Result) -> Result {
    xmlSetStructuredErrorFunc(nil) { _, _ in }
    defer { xmlSetStructuredErrorFunc(nil, nil) }
    return body()
  }

  private static let malformed = ReferenceManifestError(
    ReferenceManifestError.malformed, "manifest is no XML without declarations")

  /// UTF-8 in which `<!` does not occur, and `<?` at most once, for the XML declaration at the beginning.
  private static func isPlain(_ bytes: [UInt8]) -> Bool {
    guard !bytes.isEmpty, !bytes.contains(0), String(validating: bytes, as: UTF8.self) != nil else { return false }
    let declaration = Array("<?xml ".utf8)
    let start = bytes.starts(with: declaration) ? declaration.count : 0
    return !zip(bytes[start...], bytes[start...].dropFirst()).contains {
      $0 == UInt8(ascii: "<") && ($1 == UInt8(ascii: "!") || $1 == UInt8(ascii: "?"))
    }
  }

  /// What canonical XML sorts and carries along for each element: its cost grows with the square of these.
  private static let attributeLimit = 96
  private static let namespaceLimit = 8

  private static func hasFewNames(_ node: xmlNodePtr) -> Bool {
    var count = 0
    var attribute = node.pointee.properties
    while let current = attribute, count <= attributeLimit {
      count += 1
      attribute = current.pointee.next
    }
    guard count <= attributeLimit else { return false }
    count = 0
    var namespace = node.pointee.nsDef
    while let current = namespace, count <= namespaceLimit {
      count += 1
      namespace = current.pointee.next
    }
    return count <= namespaceLimit
  }

  /// libxml2 itself ends at a depth of 256.
  private static func isBounded(_ node: xmlNodePtr, depth: Int, _ elementCount: inout Int) -> Bool {
    elementCount += 1
    guard depth <= depthLimit, elementCount <= elementLimit, hasFewNames(node) else { return false }
    var child = node.pointee.children
    while let current = child {
      switch current.pointee.type {
      case XML_ELEMENT_NODE: guard isBounded(current, depth: depth + 1, &elementCount) else { return false }
      case XML_TEXT_NODE: break
      default: return false
      }
      child = current.pointee.next
    }
    return true
  }
}

/// One element. It keeps its text, whose memory it lies in.
struct XMLElement {
  let node: xmlNodePtr
  fileprivate let owner: XMLText

  var name: String { Self.text(node.pointee.name) }

  /// Of the element's own namespace; empty where it has none.
  var namespace: String { node.pointee.ns.map { Self.text($0.pointee.href) } ?? "" }

  func isNamed(_ name: String, in namespace: String) -> Bool { self.name == name && self.namespace == namespace }

  var children: [XMLElement] {
    var elements: [XMLElement] = []
    var child = node.pointee.children
    while let current = child {
      if current.pointee.type == XML_ELEMENT_NODE { elements.append(XMLElement(node: current, owner: owner)) }
      child = current.pointee.next
    }
    return elements
  }

  /// The characters of an element without elements; nil where it has some.
  var characters: String? {
    guard children.isEmpty, let content = xmlNodeGetContent(node) else { return nil }
    defer { cloister_xml_free(content) }
    return Self.text(content)
  }

  /// An attribute by its local name: without a namespace, or of the one that is given.
  func attribute(_ name: String, in namespace: String? = nil) -> String? {
    let value = namespace.map { xmlGetNsProp(node, name, $0) } ?? xmlGetNoNsProp(node, name)
    guard let value else { return nil }
    defer { cloister_xml_free(value) }
    return Self.text(value)
  }

  var attributeCount: Int {
    var count = 0
    var attribute = node.pointee.properties
    while let current = attribute {
      count += 1
      attribute = current.pointee.next
    }
    return count
  }

  /// This element and all beneath it of that name.
  func count(_ name: String, in namespace: String) -> Int {
    children.reduce(isNamed(name, in: namespace) ? 1 : 0) { $0 + $1.count(name, in: namespace) }
  }

  private static func text(_ pointer: UnsafePointer<xmlChar>?) -> String {
    pointer.map { String(cString: $0) } ?? ""
  }
}
