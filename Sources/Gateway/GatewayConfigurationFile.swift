import Foundation
import StrictJSON
import TransparencyLog
import Trust
import WireFormat

/// A gateway's configuration file, with the files it names (`cloister-gateway --help` lists the members).
public struct GatewayConfigurationFile: Sendable {
  public let configuration: GatewayConfiguration
  public let spentTokens: SpentTokensLocation
  public let epochFolderPath: String

  /// - Throws: `gateway-configuration-invalid`, naming the member or file, never a value.
  public init(path: String) throws {
    do {
      var object = try JSONObject(parsing: try Self.bytes(path), name: "gateway configuration")
      var issuer = try object.object("issuer")
      var log = try object.object("log")
      let operatorKey = try Self.path(object.optional("operatorKey"), "operatorKey")
      let submissionKey = try Self.path(log.optional("submissionKey"), "submissionKey")
      let epochKeys: GatewayConfiguration.EpochKeys?
      switch (operatorKey, submissionKey) {
      case (let operatorKey?, let submissionKey?):
        epochKeys = .init(
          operatorKey: try StatementSigningKey(seed: try Self.seed(operatorKey)),
          submissionKey: try Self.text(submissionKey))
      case (nil, nil): epochKeys = nil
      default:
        throw GatewayError(
          GatewayError.configurationInvalid,
          "operatorKey and submissionKey stand together, in a gateway that makes epochs, or not at all")
      }
      let configuration = GatewayConfiguration(
        operatorOrigin: try object.string("operator"),
        epochs: try EpochSchedule(reading: try object.object("epochs")),
        epochKeys: epochKeys,
        issuerName: try issuer.string("name"), issuerServer: try issuer.string("server"),
        logServer: try log.string("server"),
        epochLog: try NoteVerifierKey(parsing: try log.string("epochs")),
        releaseLog: try NoteVerifierKey(parsing: try log.string("releases")),
        witnesses: try DeclaredWitnesses(reading: try object.object("witnesses")).policy,
        nodeServers: try object.strings("nodes"),
        keys: try GatewayKeyFolder(path: try object.string("keys")),
        publications: try Self.publications(in: try object.string("publications")))
      spentTokens = try Self.spentTokens(try object.value("spentTokens"))
      epochFolderPath = try object.string("epochFiles")
      try issuer.finish()
      try log.finish()
      try object.finish()
      self.configuration = configuration
    } catch let error as GatewayError {
      throw error
    } catch {
      throw GatewayError(GatewayError.configurationInvalid, "gateway configuration: \(error)")
    }
  }

  private static func bytes(_ path: String) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw GatewayError(GatewayError.configurationInvalid, "a file that the configuration names cannot be read")
    }
    return Array(data)
  }

  private static func text(_ path: String) throws -> String {
    String(decoding: try bytes(path), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private static func spentTokens(_ value: JSONValue) throws -> SpentTokensLocation {
    if case .string(let path) = value { return .sqlite(path: path) }
    var object = try JSONObject(value, name: "spentTokens")
    let path = try object.string("postgresql")
    try object.finish()
    return .postgresql(parameters: try text(path))
  }

  private static func path(_ value: JSONValue?, _ member: StaticString) throws -> String? {
    guard let value else { return nil }
    guard case .string(let path) = value else {
      throw GatewayError(GatewayError.configurationInvalid, "member \(member) is not a string")
    }
    return path
  }

  private static func seed(_ path: String) throws -> [UInt8] {
    guard let seed = [UInt8](hexadecimal: try text(path)) else {
      throw GatewayError(GatewayError.configurationInvalid, "the operator's key file is not hexadecimal")
    }
    return seed
  }

  private static func publications(in folder: String) throws -> GatewayConfiguration.Publications {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    func statements(_ prefix: String) throws -> [[UInt8]] {
      try names.filter { $0.hasPrefix(prefix) && $0.hasSuffix(".dsse") }.map { try bytes(folder + "/" + $0) }
    }
    return GatewayConfiguration.Publications(
      releases: try statements("release-"), revocations: try statements("revocation-"),
      policy: try bytes(folder + "/policy.dsse"))
  }
}

/// Where a gateway's record of spent tokens is.
public enum SpentTokensLocation: Sendable {
  /// A file of this machine.
  case sqlite(path: String)
  /// A database that gateways share; the parameters may hold its password, so nothing prints them.
  case postgresql(parameters: String)
}
