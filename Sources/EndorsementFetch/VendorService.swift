/// A vendor's service at a configurable address.
public struct VendorService: Sendable, Equatable {
  /// Such as `AMD's key distribution service`.
  public let name: String
  /// Scheme and authority.
  let server: String
  /// What stands before each path: empty, or `/mirror`.
  let pathPrefix: String

  public var address: String { server + pathPrefix }

  /// - Throws: `fetch-address-invalid` unless the address is `http://` or `https://`, a host, and perhaps a path.
  public init(name: String, address: String) throws(FetchError) {
    let invalid = FetchError(FetchError.address, "address of \(name) is not http or https with a host")
    guard let scheme = ["https://", "http://"].first(where: address.hasPrefix) else { throw invalid }
    let isPlain = address.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "@") }
    let rest = address.dropFirst(scheme.count)
    let authority = rest.prefix { $0 != "/" }
    guard isPlain, !authority.isEmpty, !rest.contains(where: { $0 == "?" || $0 == "#" }) else { throw invalid }
    var path = rest.dropFirst(authority.count)
    while path.hasSuffix("/") { path = path.dropLast() }
    self.name = name
    server = scheme + authority
    pathPrefix = String(path)
  }

  private init(name: String, server: String, pathPrefix: String = "") {
    self.name = name
    self.server = server
    self.pathPrefix = pathPrefix
  }

  /// AMD 57230: VCEK certificates, chains and revocation lists.
  public static let amd = VendorService(name: "AMD's key distribution service", server: "https://kdsintf.amd.com")
  /// Intel's Provisioning Certification Service, version 4.
  public static let intel = VendorService(
    name: "Intel's provisioning certification service", server: "https://api.trustedservices.intel.com")
  /// Where Intel's root certificate says that its revocation list is.
  public static let intelRootList = VendorService(
    name: "Intel's list of revoked authorities", server: "https://certificates.trustedservices.intel.com",
    pathPrefix: "/IntelSGXRootCA.der")
  /// The root certificate of Nitro Enclaves, as AWS documents it.
  public static let awsNitroRoot = VendorService(
    name: "AWS's root certificate for Nitro Enclaves", server: "https://aws-nitro-enclaves.amazonaws.com",
    pathPrefix: "/AWS_NitroEnclaves_Root-G1.zip")
  public static let nvidiaManifests = VendorService(
    name: "NVIDIA's manifest service", server: "https://rim.attestation.nvidia.com")
}

/// What is asked of a service, and how its answer is treated.
package struct VendorRequest: Sendable {
  let service: VendorService
  /// With the query; starts with a slash, or is empty where the service's address is the whole.
  let path: String
  /// Bytes.
  let bodyLimit: Int
  /// Seconds for which a cached answer is good; nil for what never changes.
  let largestAge: Int64?
  /// The response fields that are kept, lower case.
  let fields: [String]

  package init(_ service: VendorService, _ path: String, bodyLimit: Int, largestAge: Int64?, fields: [String] = []) {
    self.service = service
    self.path = path
    self.bodyLimit = bodyLimit
    self.largestAge = largestAge
    self.fields = fields
  }

  var address: String { service.address + path }

  /// Lists and collateral are issued for weeks; a day keeps them young.
  static let dayOfSeconds: Int64 = 86_400
}

/// An answer of a service.
package struct VendorAnswer: Sendable, Equatable {
  package var body: [UInt8]
  /// By lower-case name.
  package var fields: [String: String] = [:]
}

/// A file for the operator.
public struct FetchedFile: Sendable, Equatable {
  public let name: String
  public let bytes: [UInt8]

  package init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }
}
