// swift-tools-version: 6.2
import PackageDescription

// The decoders under libFuzzer. The libraries are built here from their one source, by the link `Libraries`, because
// every module must be instrumented; that needs a build folder of its own and none of the parties' dependencies.

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let certificates: Target.Dependency = .product(name: "X509", package: "swift-certificates")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let webTokens: Target.Dependency = .product(name: "JWTKit", package: "jwt-kit")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let asn1: Target.Dependency = .product(name: "SwiftASN1", package: "swift-asn1")

let librarySettings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, path: "Libraries/\(name)", swiftSettings: librarySettings)
}

let package = Package(
  name: "cloister-fuzz",
  dependencies: [
    .package(url: "https://github.com/apple/swift-asn1", exact: "1.7.4"),
    .package(url: "https://github.com/apple/swift-certificates", exact: "1.21.1"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/vapor/jwt-kit", exact: "5.7.1"),
  ],
  targets: [
    library("ErrorCodes"),
    library("StrictJSON", ["ErrorCodes"]),
    library("WireFormat", ["ErrorCodes"]),
    library("StaticPages"),
    library("Attestation", ["ErrorCodes", "StrictJSON", "WireFormat", asn1, certificates, crypto, cryptoExtras]),
    library("BinaryHTTP", ["ErrorCodes", "WireFormat"]),
    library("HybridPublicKeyEncryption", ["ErrorCodes", "WireFormat", crypto]),
    library("ModelFiles", ["ErrorCodes", "StrictJSON"]),
    library(
      "ObliviousHTTP",
      ["BinaryHTTP", "ErrorCodes", "HybridPublicKeyEncryption", "StrictJSON", "WireFormat", crypto]),
    library("PrivacyPass", ["ErrorCodes", "StrictJSON", "WireFormat", asn1, crypto, cryptoExtras]),
    library("TransparencyLog", ["ErrorCodes", "WireFormat", crypto]),
    library("Trust", ["Attestation", "ErrorCodes", "StrictJSON", "TransparencyLog", "WireFormat", crypto]),
    library("ChatHistory", ["ErrorCodes"]),
    library("ChatImports", ["ChatHistory", "ErrorCodes", "StrictJSON"]),
    .systemLibrary(name: "CZip", path: "Libraries/CZip", pkgConfig: "libzip"),
    library("ChatArchive", ["CZip", "ErrorCodes"]),
    library("Redaction"),
    library("Inference", ["ErrorCodes", "ModelFiles", "StrictJSON"]),
    library("DurableFiles"),
    library("HTTPMessages", ["ErrorCodes"]),
    library("IdentityTokens", ["ErrorCodes", "HTTPMessages", "StrictJSON", webTokens]),
    library(
      "NodeVerification",
      [
        "Attestation", "ErrorCodes", "HybridPublicKeyEncryption", "ObliviousHTTP", "TransparencyLog", "Trust",
        "WireFormat",
      ]),
    library(
      "CloisterClient",
      [
        "Attestation", "BinaryHTTP", "ChatHistory", "ChatImports", "DurableFiles", "ErrorCodes", "HTTPMessages",
        "Inference", "NodeVerification", "ObliviousHTTP", "PrivacyPass", "Redaction", "StaticPages", "StrictJSON",
        "TransparencyLog", "Trust", "WireFormat", crypto, cryptoExtras,
      ]),
    // The relay's one parser; what forwards is not built here.
    .target(
      name: "Relay", dependencies: [nioCore], path: "Libraries/Relay",
      sources: ["UpstreamAnswerParser.swift", "UpstreamHead.swift"], swiftSettings: librarySettings),
    // The gateway's readers of decrypted requests and of nodes' offers; what routes is not built here.
    .target(
      name: "Gateway",
      dependencies: ["BinaryHTTP", "ErrorCodes", "HTTPMessages", "ObliviousHTTP", "StrictJSON", "Trust", "WireFormat"],
      path: "Libraries/Gateway",
      sources: [
        "AnswerShape.swift", "ChunkedRequestReader.swift", "EncapsulatedTarget.swift", "GatewayError.swift",
        "NodeOffer.swift",
      ],
      swiftSettings: librarySettings),
    // What a host and a client may say to a node, and what it is configured with; what serves is not built here.
    .target(
      name: "Node",
      dependencies: [
        "BinaryHTTP", "ChatHistory", "ErrorCodes", "HTTPMessages", "Inference", "StrictJSON", "TransparencyLog",
        "Trust",
        "WireFormat",
      ],
      path: "Libraries/Node",
      sources: [
        "HostMessage.swift", "NodeConfiguration.swift", "NodeError.swift", "Protection.swift", "TaskBodies.swift",
        "TaskRequest.swift",
      ],
      swiftSettings: librarySettings),
    // The issuer's readers of account keys and their hashes; what issues is not built here.
    .target(
      name: "Issuer", dependencies: ["ErrorCodes", "WireFormat", crypto, cryptoExtras], path: "Libraries/Issuer",
      sources: ["AccountKey.swift", "IssuerError.swift", "KeyHash.swift"], swiftSettings: librarySettings),
    // The log's readers of its journal and of an epoch's leaf; what serves is not built here.
    .target(
      name: "Log",
      dependencies: ["DurableFiles", "ErrorCodes", "StrictJSON", "TransparencyLog", "WireFormat", crypto],
      path: "Libraries/Log", sources: ["EntryAdmission.swift", "EntryJournal.swift", "LogError.swift"],
      swiftSettings: librarySettings),
    // The cache of vendors' answers; what fetches is not built here.
    .target(
      name: "EndorsementFetch", dependencies: ["ErrorCodes", "StrictJSON"], path: "Libraries/EndorsementFetch",
      sources: ["CacheEntry.swift", "FetchError.swift", "VendorService.swift"], swiftSettings: librarySettings),
    // What a publisher reads of a measured node; what publishes is not built here.
    .target(
      name: "ReleasePublishing",
      dependencies: ["Attestation", "ErrorCodes", "StrictJSON", "Trust", "WireFormat", crypto],
      path: "Libraries/ReleasePublishing", sources: ["MeasuredNode.swift", "PublishingError.swift"],
      swiftSettings: librarySettings),
    // What an app or the page may ask of the proxy; what serves is not built here.
    .target(
      name: "PartyHosting", dependencies: ["ErrorCodes", "HTTPMessages"], path: "Libraries/PartyHosting",
      sources: ["Party.swift"], swiftSettings: librarySettings),
    .target(
      name: "LocalEndpoint",
      dependencies: [
        "ChatHistory", "CloisterClient", "ErrorCodes", "HTTPMessages", "Inference", "PartyHosting", "StrictJSON",
      ],
      path: "Libraries/LocalEndpoint",
      sources: [
        "EndpointError.swift", "OpenAI/AppChatRequest.swift", "OpenAI/AppEmbeddingsRequest.swift",
        "OpenAI/AppMembers.swift", "OpenAI/AppMessages.swift", "OpenAI/AppResponsesRequest.swift", "PageBodies.swift",
        "PageTask.swift",
      ],
      swiftSettings: librarySettings),
    // Makes evidence for seeds.
    library(
      "SimulatedTEE",
      ["Attestation", "ErrorCodes", "StrictJSON", "WireFormat", asn1, certificates, crypto, cryptoExtras]),
    library("HardwareTEE", ["Attestation", "ErrorCodes", "WireFormat"]),
    .systemLibrary(name: "CLibXML2", path: "Libraries/CLibXML2", pkgConfig: "libxml-2.0"),
    library("ReferenceManifests", ["Attestation", "CLibXML2", "ErrorCodes", "WireFormat", crypto]),
    .executableTarget(
      name: "Fuzz",
      dependencies: [
        "Attestation", "BinaryHTTP", "ChatArchive", "ChatHistory", "ChatImports", "CloisterClient", "EndorsementFetch",
        "ErrorCodes", "Gateway", "HTTPMessages", "HardwareTEE", "HybridPublicKeyEncryption", "IdentityTokens",
        "Inference", "Issuer", "LocalEndpoint", "Log", "ModelFiles", "Node", "ObliviousHTTP", "PrivacyPass",
        "Redaction", "ReferenceManifests", "Relay", "ReleasePublishing", "SimulatedTEE", "StrictJSON",
        "TransparencyLog", "Trust", crypto, nioCore,
      ],
      path: "Sources/Fuzz",
      swiftSettings: [.treatAllWarnings(as: .error), .unsafeFlags(["-parse-as-library"])]),
  ],
  swiftLanguageModes: [.v6]
)
