public import StrictJSON

/// The software bill of materials of one executable product (CycloneDX 1.6), from what SwiftPM says of its packages. The
/// same input gives the same bytes: there is no serial number and no time in it.
///
/// Which targets of a package are linked is SwiftPM's to know: a package that is reached counts whole, with all that it
/// depends on.
public struct SoftwareBill: Sendable {
  private struct Component {
    let identity: String
    let version: String
    let location: String
    let revision: String?
    let dependencies: [String]

    var purl: String {
      let path = location.range(of: "://").map { location[$0.upperBound...] } ?? location[...]
      return "pkg:swift/\(path.hasSuffix(".git") ? path.dropLast(4) : path)@\(version)"
    }
  }

  private let product: String
  private let direct: [String]
  private let components: [Component]

  /// - Parameters:
  ///   - manifest: what `swift package dump-package` prints.
  ///   - graph: what `swift package show-dependencies --format json` prints.
  ///   - pins: `Package.resolved`.
  ///   - product: an executable target of the manifest.
  /// - Throws: `packages-malformed`.
  public init(manifest: [UInt8], graph: [UInt8], pins: [UInt8], product: String) throws(PublishingError) {
    let manifest = try Self.parse(manifest)
    let packages = Self.packages(in: try Self.parse(graph))
    let pins = Self.pins(in: try Self.parse(pins))
    self.product = product
    direct = try Self.packages(of: product, in: manifest)
    var components: [String: Component] = [:]
    var open = direct
    while let identity = open.popLast() {
      guard components[identity] == nil else { continue }
      guard let package = packages[identity], let pin = pins[identity] else {
        throw Self.malformed("package \(identity) is not in the graph or not pinned")
      }
      components[identity] = Component(
        identity: identity, version: pin.version, location: pin.location, revision: pin.revision,
        dependencies: package.sorted())
      open += package
    }
    self.components = components.values.sorted { $0.identity < $1.identity }
  }

  /// - Parameters:
  ///   - version: of the product.
  ///   - others: further components by name and version, such as the compiler whose runtime is linked in.
  public func json(version: String, others: [(name: String, version: String)] = []) -> JSONValue {
    let other = others.sorted { $0.name < $1.name }.map { ($0, purl: "pkg:generic/\($0.name)@\($0.version)") }
    let purls = Dictionary(uniqueKeysWithValues: components.map { ($0.identity, $0.purl) })
    func reference(_ purl: String, _ dependencies: [String]) -> JSONValue {
      ["ref": .string(purl), "dependsOn": .array(dependencies.map { .string($0) })]
    }
    return [
      "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
      "metadata": [
        "component": [
          "type": "application", "bom-ref": .string(product), "name": .string(product), "version": .string(version),
        ]
      ],
      "components": .array(
        components.map(Self.json)
          + other.map {
            [
              "type": "library", "bom-ref": .string($0.purl), "name": .string($0.0.name),
              "version": .string($0.0.version), "purl": .string($0.purl),
            ]
          }),
      "dependencies": .array(
        [reference(product, direct.compactMap { purls[$0] } + other.map(\.purl))]
          + components.map { reference($0.purl, $0.dependencies.compactMap { purls[$0] }) }),
    ]
  }

  private static func json(_ component: Component) -> JSONValue {
    var members: [String: JSONValue] = [
      "type": "library", "bom-ref": .string(component.purl), "name": .string(component.identity),
      "version": .string(component.version), "purl": .string(component.purl),
      "externalReferences": [["type": "vcs", "url": .string(component.location)]],
    ]
    if let revision = component.revision {
      members["pedigree"] = ["commits": [["uid": .string(revision), "url": .string(component.location)]]]
    }
    return .object(members)
  }

  // MARK: SwiftPM's output

  private static func parse(_ bytes: [UInt8]) throws(PublishingError) -> JSONValue {
    do { return try JSONValue(parsing: bytes, byteLimit: 64 << 20, depthLimit: 128) } catch {
      throw malformed("a file is not JSON")
    }
  }

  /// Packages that a target's closure names, by identity.
  private static func packages(of product: String, in manifest: JSONValue) throws(PublishingError) -> [String] {
    var targets: [String: [JSONValue]] = [:]
    for target in manifest["targets"].elements {
      if let name = target["name"].text { targets[name] = target["dependencies"].elements }
    }
    guard targets[product] != nil else { throw malformed("the manifest has no target \(product)") }
    var found: Set<String> = []
    var seen: Set<String> = []
    var open = [product]
    while let name = open.popLast() {
      guard seen.insert(name).inserted else { continue }
      for dependency in targets[name] ?? [] {
        if let target = (dependency["byName"].elements.first ?? dependency["target"].elements.first)?.text {
          open.append(target)
        } else if case let parts = dependency["product"].elements, parts.count > 1, let package = parts[1].text {
          found.insert(package.lowercased())
        }
      }
    }
    return found.sorted()
  }

  /// What each package depends on, by identity.
  private static func packages(in graph: JSONValue) -> [String: Set<String>] {
    var packages: [String: Set<String>] = [:]
    var open = [graph]
    while let package = open.popLast() {
      let dependencies = package["dependencies"].elements
      if let identity = package["identity"].text {
        packages[identity, default: []].formUnion(dependencies.compactMap { $0["identity"].text })
      }
      open += dependencies
    }
    return packages
  }

  private static func pins(in pins: JSONValue) -> [String: (version: String, location: String, revision: String?)] {
    var found: [String: (version: String, location: String, revision: String?)] = [:]
    for pin in pins["pins"].elements {
      guard let identity = pin["identity"].text, let location = pin["location"].text else { continue }
      let revision = pin["state"]["revision"].text
      guard let version = pin["state"]["version"].text ?? revision else { continue }
      found[identity] = (version, location, revision)
    }
    return found
  }

  private static func malformed(_ what: String) -> PublishingError {
    PublishingError(PublishingError.packagesMalformed, what)
  }
}

extension JSONValue {
  /// A member; null where there is none.
  fileprivate subscript(member: String) -> JSONValue {
    guard case .object(let members) = self else { return .null }
    return members[member] ?? .null
  }

  fileprivate var elements: [JSONValue] {
    guard case .array(let elements) = self else { return [] }
    return elements
  }

  fileprivate var text: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }
}
