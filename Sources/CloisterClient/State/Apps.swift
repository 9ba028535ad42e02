import Crypto
public import ErrorCodes
import StrictJSON
import WireFormat

/// A program on this device that asks through the local endpoint: its own name, its own key, its own consent.
public struct App: Sendable, Equatable {
  public static let nameByteLimit = 64

  public let name: String
  /// SHA-256 of the key; the key itself is kept nowhere.
  let keyDigest: [UInt8]

  init(name: String, keyDigest: [UInt8]) throws(ClientError) {
    guard (1...Self.nameByteLimit).contains(name.utf8.count), name.utf8.allSatisfy(Self.isNameByte) else {
      throw ClientError(
        ClientError.appName,
        "name is not of letters, digits, dots, dashes and underscores, \(Self.nameByteLimit) at most")
    }
    self.name = name
    self.keyDigest = keyDigest
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}

/// The apps of one state folder. What each may ask for is in `Consent`.
public struct AppStore: Sendable {
  let folder: StateFolder

  private static let name = "apps.json"
  private static let version: UInt64 = 1
  /// More than a person would look through.
  public static let limit = 256

  /// By name.
  /// - Throws: `state-damaged`, `state-unusable`.
  public func all() throws(ClientError) -> [App] {
    guard let bytes = try folder.read(Self.name, byteLimit: 1 << 20) else { return [] }
    do {
      var object = try JSONObject(parsing: bytes, name: "apps")
      guard try object.count("version") == Self.version else { throw Self.damaged }
      var apps: [App] = []
      for element in try object.array("apps") {
        var app = try JSONObject(element, name: "app")
        guard let digest = [UInt8](hexadecimal: try app.string("keyDigest")), digest.count == SHA256.byteCount else {
          throw Self.damaged
        }
        apps.append(try App(name: try app.string("name"), keyDigest: digest))
        try app.finish()
      }
      try object.finish()
      // Of two keys under one name, only one would be taken away.
      guard Set(apps.map(\.name)).count == apps.count else { throw Self.damaged }
      return apps
    } catch {
      throw Self.damaged
    }
  }

  /// Makes an app, with a key of 256 random bits.
  ///
  /// - Returns: the key. Secret: show it once.
  /// - Throws: `app-name`, `app-exists`, `app-limit`, `state-damaged`, `state-unusable`.
  public func add(_ name: String) throws(ClientError) -> String {
    let key = "sk-cloister-" + SymmetricKey(size: .bits256).withUnsafeBytes { Array($0).hexadecimal }
    let app = try App(name: name, keyDigest: Self.digest(of: key))
    try folder.withLock { () throws(ClientError) in
      let apps = try all()
      guard !apps.contains(where: { $0.name == name }) else {
        throw ClientError(ClientError.appExists, "an app of this name is there already")
      }
      guard apps.count < Self.limit else {
        throw ClientError(ClientError.appLimit, "there are \(Self.limit) apps already")
      }
      try write(apps + [app])
    }
    return key
  }

  /// Takes an app's key away, at once.
  /// - Throws: `app-unknown`, `state-damaged`, `state-unusable`.
  public func revoke(_ name: String) throws(ClientError) {
    try folder.withLock { () throws(ClientError) in
      var apps = try all()
      guard let index = apps.firstIndex(where: { $0.name == name }) else { throw Self.unknown }
      apps.remove(at: index)
      try write(apps)
    }
  }

  /// - Throws: `app-unknown`, `state-damaged`, `state-unusable`.
  public func app(named name: String) throws(ClientError) -> App {
    guard let app = try all().first(where: { $0.name == name }) else { throw Self.unknown }
    return app
  }

  /// Whose key this is; nil for nobody's. Digests are compared, so that no time tells how much of a key is right.
  /// - Throws: `state-damaged`, `state-unusable`.
  public func app(withKey key: String) throws(ClientError) -> App? {
    let digest = Self.digest(of: key)
    return try all().first { $0.keyDigest == digest }
  }

  private static func digest(of key: String) -> [UInt8] { Array(SHA256.hash(data: Array(key.utf8))) }

  private func write(_ apps: [App]) throws(ClientError) {
    let json: JSONValue = [
      "version": .integer(Int64(Self.version)),
      "apps": .array(
        apps.sorted { $0.name < $1.name }.map {
          ["name": .string($0.name), "keyDigest": .string($0.keyDigest.hexadecimal)]
        }),
    ]
    try folder.write(Self.name, Array(json.indentedText.utf8))
  }

  private static let unknown = ClientError(ClientError.appUnknown, "no app has this name")
  private static let damaged = ClientError(ClientError.stateDamaged, "list of apps is not of its schema")
}

extension ClientError {
  /// A name that no app can have.
  public static let appName = ErrorCode("app-name-invalid")
  /// An app of this name is there already.
  public static let appExists = ErrorCode("app-exists")
  /// No app has this name.
  public static let appUnknown = ErrorCode("app-unknown")
  /// There are as many apps as there can be.
  public static let appLimit = ErrorCode("app-limit")
  /// The person has not opted in to this task for this app.
  public static let appConsentMissing = ErrorCode("app-consent-missing")
}
