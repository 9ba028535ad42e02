// swift-tools-version: 6.2
import PackageDescription

// Each standard is a library, each party an executable (ARCHITECTURE.md).
// A library for a standard depends on no party; no party depends on another; the client never on a party.

let swiftSettings: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

/// Executables carry their Swift runtime, so that a node's image needs no Swift installation and resident memory
/// stays small; packed relocations save some 3 MiB more. Only the link step differs: one build serves executables, tests and benchmarks.
let staticRuntime: [LinkerSetting] = [
  .unsafeFlags([
    "-use-ld=lld", "-static-stdlib", "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs", "-lswiftSynchronization",
    "-l_FoundationCollections", "-l_FoundationCShims",
    "-l_FoundationICU", "-lCoreFoundation", "-l_CFURLSessionInterface", "-l_CFXMLInterface",
  ])
]

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let asn1: Target.Dependency = .product(name: "SwiftASN1", package: "swift-asn1")
let certificates: Target.Dependency = .product(name: "X509", package: "swift-certificates")
let bigInt: Target.Dependency = .product(name: "BigInt", package: "BigInt")
let sqlite: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let sqliteFunctions: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let httpClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTP2: Target.Dependency = .product(name: "NIOHTTP2", package: "swift-nio-http2")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let webTokens: Target.Dependency = .product(name: "JWTKit", package: "jwt-kit")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

/// A node is one file, which it copies into sealed memory and runs from there: nothing is loaded beside it. Whatever it
/// frees is cleared. Its tables for unwinding stay as the linker sorted them. No symbols: nobody may look into it. Its code
/// lies at a fixed address: the C library refuses to move a static executable with the search path for libraries that the
/// package manager adds.
let sealedNode: [LinkerSetting] = [
  .unsafeFlags([
    "-static-executable", "-Xclang-linker", "-no-pie", "-Xlinker", "--wrap=free", "-Xlinker", "--wrap=realloc",
    "-Xlinker", "--wrap=__register_frame_info", "-Xlinker", "--wrap=__deregister_frame_info",
    "-Xlinker", "--strip-all",
  ])
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

/// A party's folder holds its README too.
func party(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, exclude: ["README.md"], swiftSettings: swiftSettings)
}

func executable(
  _ name: String, _ dependencies: [Target.Dependency] = [], linkerSettings: [LinkerSetting] = []
) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies + [arguments], swiftSettings: swiftSettings,
    linkerSettings: staticRuntime + linkerSettings)
}

/// What several test targets share; no product holds it.
func support(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, path: "Tests/\(name)", swiftSettings: swiftSettings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

/// A program that shows how the SDK is used.
func example(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .executableTarget(
    name: name, dependencies: ["CloisterSDK"] + dependencies, path: "examples/\(name)", swiftSettings: swiftSettings)
}

let package = Package(
  name: "cloister",
  // For the SDK, which is built and tested on Linux alone.
  platforms: [.macOS(.v15), .iOS(.v18)],
  products: [
    .library(name: "BinaryHTTP", targets: ["BinaryHTTP"]),
    .library(name: "ObliviousHTTP", targets: ["ObliviousHTTP"]),
    .library(name: "PrivacyPass", targets: ["PrivacyPass"]),
    .library(name: "TransparencyLog", targets: ["TransparencyLog"]),
    .library(name: "Attestation", targets: ["Attestation"]),
    .library(name: "CloisterClient", targets: ["CloisterClient"]),
    .library(name: "CloisterSDK", targets: ["CloisterSDK"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-asn1", exact: "1.7.4"),
    .package(url: "https://github.com/apple/swift-certificates", exact: "1.21.1"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-http2", exact: "1.46.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
    .package(url: "https://github.com/attaswift/BigInt", exact: "6.0.1"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    .package(url: "https://github.com/vapor/jwt-kit", exact: "5.7.1"),
  ],
  targets: [
    // Shared by the standards
    library("ErrorCodes"),
    library("StrictJSON", ["ErrorCodes"]),
    library("WireFormat", ["ErrorCodes"]),
    // What may be told of many requests
    library("PrivateMetrics"),
    library("PrometheusFormat"),
    // What a person or an auditor may hand on as a page
    library("StaticPages"),
    // The standards: bytes to values and decisions over values, with no sockets, files or clock of their own
    library("Attestation", ["ErrorCodes", "StrictJSON", "WireFormat", asn1, certificates, crypto, cryptoExtras]),
    library("BinaryHTTP", ["ErrorCodes", "WireFormat"]),
    library("HybridPublicKeyEncryption", ["ErrorCodes", crypto]),
    library("ModelFiles", ["ErrorCodes", "StrictJSON"]),
    library(
      "ObliviousHTTP",
      ["BinaryHTTP", "ErrorCodes", "HybridPublicKeyEncryption", "StrictJSON", "WireFormat", crypto]),
    library("PrivacyPass", ["ErrorCodes", "StrictJSON", "WireFormat", asn1, crypto, cryptoExtras]),
    library("TransparencyLog", ["ErrorCodes", "WireFormat", crypto]),
    // What both sides must agree on
    library(
      "Trust",
      [
        "Attestation", "BinaryHTTP", "ErrorCodes", "HybridPublicKeyEncryption", "ObliviousHTTP", "StrictJSON",
        "TransparencyLog", "WireFormat", crypto,
      ]),
    // Work on text, with no sockets of their own
    library("ChatHistory", ["ErrorCodes"]),
    // Telegram's and Signal's exports, for devices alone: no node links it
    library("ChatImports", ["ChatHistory", "ErrorCodes", "StrictJSON"]),
    // Zip archives, for the command line alone: neither nodes nor the SDK link libzip
    .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
    library("ChatArchive", ["CZip", "ErrorCodes"]),
    // Names and numbers out of a text before it leaves the device, and back
    library("Redaction"),
    library("Inference", ["ErrorCodes", "ModelFiles", "StrictJSON"]),
    // Which words a language has, for the node's spelling alone
    .systemLibrary(name: "CHunspell", pkgConfig: "hunspell", providers: [.apt(["libhunspell-dev"])]),
    .target(
      name: "Spelling", dependencies: ["CHunspell", "Inference"], swiftSettings: swiftSettings,
      linkerSettings: [.linkedLibrary("stdc++")]),
    // Files that outlast a crash
    library("DurableFiles"),
    // Sockets and processes
    library("HTTPMessages", ["ErrorCodes"]),
    library(
      "HTTPServing", ["ErrorCodes", lifecycle, logging, nioCore, nioHTTP1, nioHTTP2, nioPosix, nioSSL, nioTLS]),
    library("HTTPTransport", ["HTTPMessages", httpClient, nioCore, nioHTTP1, nioPosix, nioSSL]),
    library(
      "PartyHosting",
      [
        "ErrorCodes", "HTTPMessages", "HTTPServing", "StrictJSON", arguments, logging, lifecycle, nioCore, nioHTTP1,
        nioPosix,
      ]),
    // NVIDIA's signed manifests, for operators and auditors alone: neither nodes nor the SDK link libxml2
    .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
    library("ReferenceManifests", ["Attestation", "CLibXML2", "ErrorCodes", "WireFormat", crypto]),
    // Vendors' services, for operators alone
    library("EndorsementFetch", ["Attestation", "ErrorCodes", "HTTPMessages", "StrictJSON", "WireFormat", crypto]),
    // Who an identity provider vouches for, for the issuer alone
    library("IdentityTokens", ["ErrorCodes", "HTTPMessages", "StrictJSON", webTokens]),
    // The simulated hardware boundary
    library(
      "SimulatedTEE",
      ["Attestation", "ErrorCodes", "StrictJSON", "WireFormat", asn1, certificates, crypto, cryptoExtras]),
    // The hardware boundary: the kernel's files and devices, and nothing beside them
    library("HardwareTEE", ["Attestation", "ErrorCodes", "WireFormat"]),
    // What a node's process gives up, and the sandbox of its engine
    .target(name: "CConfinement", linkerSettings: [.linkedLibrary("seccomp")]),
    .target(name: "WipingAllocator"),
    library("Confinement", ["CConfinement", "ErrorCodes", "WipingAllocator", crypto]),
    library("EngineProcess", ["Confinement", "Inference", "StrictJSON", nioCore, nioHTTP1, nioPosix]),
    // The auditor's side: of a log, whoever runs it
    library("LogMonitor", ["ErrorCodes", "HTTPMessages", "StrictJSON", "TransparencyLog"]),
    // What whoever seals something to a node verifies before: the SDK, and a node that calls another
    library(
      "NodeVerification",
      [
        "Attestation", "ErrorCodes", "HybridPublicKeyEncryption", "ObliviousHTTP", "TransparencyLog", "Trust",
        "WireFormat",
      ]),
    // The SDK
    library(
      "CloisterClient",
      [
        "Attestation", "BinaryHTTP", "ChatHistory", "ChatImports", "DurableFiles", "ErrorCodes", "HTTPMessages",
        "Inference", "NodeVerification", "ObliviousHTTP", "PrivacyPass", "Redaction", "StaticPages", "StrictJSON",
        "TransparencyLog", "Trust", "WireFormat", crypto, cryptoExtras,
      ]),
    // The SDK with sockets of ours
    library("CloisterSDK", ["ChatHistory", "CloisterClient", "ErrorCodes", "HTTPTransport", "Inference"]),
    // What the person's device offers to its own apps and to its own page
    library(
      "LocalEndpoint",
      [
        "ChatArchive", "ChatHistory", "ChatImports", "CloisterClient", "ErrorCodes", "HTTPMessages", "Inference",
        "PageFiles", "PartyHosting", "StrictJSON", "Trust", "WireFormat", crypto,
      ]),
    // The page's files, in the executable: nothing lies beside it
    .target(name: "PageFiles", resources: [.embedInCode("Files")], swiftSettings: swiftSettings),
    // The auditor's side: of all that an operator publishes
    library(
      "OperatorMonitor",
      [
        "CloisterClient", "ErrorCodes", "LogMonitor", "PrometheusFormat", "StaticPages", "StrictJSON",
        "TransparencyLog", "Trust", "WireFormat", crypto,
      ]),
    // The publishers' side
    library("ReleasePublishing", ["Attestation", "ErrorCodes", "StrictJSON", "Trust", "WireFormat", crypto]),
    // The parties
    party(
      "Gateway",
      [
        "BinaryHTTP", "DurableFiles", "ErrorCodes", "HTTPMessages", "HybridPublicKeyEncryption", "ObliviousHTTP",
        "PartyHosting", "PrivacyPass", "SpentTokens", "StrictJSON", "TransparencyLog", "Trust", "WireFormat", lifecycle,
      ]),
    party(
      "Issuer",
      [
        "ErrorCodes", "HTTPMessages", "IdentityTokens", "PartyHosting", "PrivacyPass", "StrictJSON", "WireFormat",
        crypto, cryptoExtras, sqlite,
      ]),
    party(
      "Log",
      [
        "DurableFiles", "ErrorCodes", "HTTPMessages", "PartyHosting", "StrictJSON", "TransparencyLog", "WireFormat",
        crypto, lifecycle,
      ]),
    party(
      "Node",
      [
        "Attestation", "BinaryHTTP", "ChatHistory", "ErrorCodes", "HTTPMessages", "HybridPublicKeyEncryption",
        "Inference", "NodeVerification", "ObliviousHTTP", "PartyHosting", "PrivateMetrics", "PrometheusFormat",
        "StrictJSON", "TransparencyLog", "Trust", "WireFormat", crypto,
      ]),
    party(
      "Relay",
      [
        "ErrorCodes", "HTTPMessages", "HTTPServing", "PartyHosting", lifecycle, nioCore, nioHTTP1, nioHTTP2, nioPosix,
        nioSSL, nioTLS,
      ]),
    .target(name: "CPostgreSQL"),
    library("PostgreSQLClient", ["CPostgreSQL"]),
    library("PostgreSQLDrawCounts", ["Issuer", "PostgreSQLClient"]),
    library("PostgreSQLSpentTokens", ["PostgreSQLClient", "SpentTokens"]),
    library("SpentTokens", ["ErrorCodes", sqlite, sqliteFunctions]),
    party(
      "Witness",
      ["DurableFiles", "ErrorCodes", "HTTPMessages", "PartyHosting", "TransparencyLog", "WireFormat"]),
    // The executables, each thin
    executable(
      "cloister",
      [
        "Attestation", "ChatArchive", "ChatHistory", "ChatImports", "CloisterClient", "DurableFiles",
        "EndorsementFetch", "ErrorCodes", "HTTPMessages", "HTTPTransport", "Inference", "LocalEndpoint", "LogMonitor",
        "OperatorMonitor", "PartyHosting", "PrometheusFormat", "Redaction", "ReferenceManifests", "ReleasePublishing",
        "SimulatedTEE", "StrictJSON", "TransparencyLog", "Trust", "WireFormat", crypto, lifecycle, logging,
      ]),
    executable(
      "cloister-gateway", ["Gateway", "HTTPTransport", "PartyHosting", "PostgreSQLSpentTokens", "SpentTokens"]),
    executable(
      "cloister-issuer",
      [
        "ErrorCodes", "HTTPTransport", "IdentityTokens", "Issuer", "PartyHosting", "PostgreSQLDrawCounts", "StrictJSON",
      ]),
    executable("cloister-log", ["HTTPTransport", "Log", "PartyHosting", "TransparencyLog", "WireFormat"]),
    executable(
      "cloister-node",
      [
        "Attestation", "Confinement", "EngineProcess", "HTTPTransport", "HardwareTEE", "Inference",
        "ModelFiles", "Node", "PartyHosting", "SimulatedTEE", "Spelling", "StrictJSON", "WireFormat", lifecycle,
        nioPosix,
      ], linkerSettings: sealedNode),
    executable("cloister-relay", ["PartyHosting", "Relay"]),
    executable("cloister-witness", ["PartyHosting", "TransparencyLog", "Witness"]),
    .executableTarget(
      name: "cloister-bench",
      dependencies: [
        "Attestation", "BinaryHTTP", "ChatHistory", "CloisterClient", "Confinement", "DurableFiles", "EngineProcess",
        "Gateway", "HTTPMessages", "HTTPServing", "HTTPTransport", "HybridPublicKeyEncryption", "InMemoryParties",
        "Inference", "LocalEndpoint", "Log", "LogMonitor", "Node", "ObliviousHTTP", "PartyHosting", "PostgreSQLClient",
        "PostgreSQLSpentTokens",
        "PrivacyPass", "SimulatedTEE", "SpentTokens", "StrictJSON", "TemporaryPostgreSQL", "TestDeployment",
        "TestSupport", "TransparencyLog", "Trust", arguments, crypto, cryptoExtras, logging,
        nioCore, nioHTTP1, nioPosix, sqlite,
      ],
      path: "Benchmarks", exclude: ["README.md"], swiftSettings: swiftSettings, linkerSettings: staticRuntime),
    example("command-line-chat"),
    example("server-side-app", ["HTTPMessages", "PartyHosting", "StrictJSON"]),
    // Tests
    support("TemporaryPostgreSQL", ["PostgreSQLClient", "TestSupport"]),
    support("TestSupport", ["DurableFiles", "HTTPMessages", "LogMonitor", "TransparencyLog", crypto]),
    // A gateway process reduced to its store, which tests kill.
    .executableTarget(
      name: "spent-tokens-redeemer", dependencies: ["PostgreSQLSpentTokens", "SpentTokens"],
      path: "Tests/spent-tokens-redeemer", swiftSettings: swiftSettings),
    // Both ends of Oblivious HTTP, for strangers' programs to talk to.
    .executableTarget(
      name: "oblivious-interop",
      dependencies: [
        "BinaryHTTP", "HTTPMessages", "HybridPublicKeyEncryption", "ObliviousHTTP", "PartyHosting", httpClient, nioCore,
        nioHTTP1,
      ],
      path: "Tests/Interop/oblivious-interop", swiftSettings: swiftSettings),
    // A client process reduced to its wallet, which tests kill.
    .executableTarget(
      name: "wallet-claimer", dependencies: ["CloisterClient"], path: "Tests/wallet-claimer",
      swiftSettings: swiftSettings),
    // An engine that tries to get out of its sandbox and lies to its node: one static file, as an engine must be.
    .executableTarget(
      name: "hostile-engine", path: "Tests/hostile-engine",
      linkerSettings: [.unsafeFlags(["-static-executable", "-Xclang-linker", "-no-pie"])]),
    support("FakeIdentityProvider", ["HTTPMessages", "StrictJSON", crypto, cryptoExtras]),
    support(
      "InMemoryParties",
      [
        "Attestation", "BinaryHTTP", "CloisterClient", "Gateway", "HTTPMessages", "HTTPTransport",
        "HybridPublicKeyEncryption", "IdentityTokens", "Inference", "Issuer", "Log", "Node", "ObliviousHTTP",
        "PartyHosting", "PrivacyPass", "Relay", "SimulatedTEE", "SpentTokens", "StrictJSON", "TestSupport",
        "TransparencyLog", "Trust", "WireFormat", "Witness", crypto, lifecycle, logging, nioCore, nioPosix,
      ]),
    support(
      "TestDeployment",
      [
        "Attestation", "BinaryHTTP", "CloisterClient", "ErrorCodes", "HTTPMessages", "HybridPublicKeyEncryption",
        "Inference", "ObliviousHTTP", "PrivacyPass", "SimulatedTEE", "StrictJSON", "TransparencyLog", "Trust",
        "WireFormat", crypto,
      ]),
    tests(
      "AttestationTests",
      [
        "Attestation", "ErrorCodes", "SimulatedTEE", "StrictJSON", "TestSupport", "WireFormat", asn1, certificates,
        crypto, cryptoExtras,
      ]),
    tests("BinaryHTTPTests", ["BinaryHTTP", "ErrorCodes", "TestSupport", "WireFormat"]),
    tests("ChatArchiveTests", ["ChatArchive", "ErrorCodes"]),
    tests("ChatHistoryTests", ["ChatHistory", "ErrorCodes", "TestSupport"]),
    tests("ChatImportsTests", ["ChatHistory", "ChatImports", "ErrorCodes", "StrictJSON", "TestSupport"]),
    tests(
      "CloisterClientTests",
      [
        "Attestation", "ChatHistory", "ChatImports", "CloisterClient", "ErrorCodes", "HTTPMessages", "Inference",
        "PrivacyPass", "Redaction", "SimulatedTEE", "StrictJSON", "TestDeployment", "TestSupport", "Trust",
        "WireFormat", crypto,
      ]),
    tests(
      "CommandLineTests",
      ["CloisterClient", "StrictJSON", "TestDeployment", "TestSupport", "TransparencyLog", "Trust", "WireFormat"]),
    tests(
      "ConfinementTests",
      [
        "Confinement", "EngineProcess", "ErrorCodes", "InMemoryParties", "Inference", "Node", "SimulatedTEE",
        "StrictJSON", "TestSupport", "WireFormat", crypto, nioPosix,
      ]),
    tests(
      "DemoTests",
      ["CloisterSDK", "HTTPMessages", "HTTPTransport", "StrictJSON", "TestSupport", nioCore, nioHTTP1, nioPosix]),
    tests("DocumentationTests", ["Attestation", "StrictJSON", "TransparencyLog", "Trust", "WireFormat", crypto]),
    tests(
      "EndToEnd",
      [
        "CloisterClient", "ErrorCodes", "FakeIdentityProvider", "HTTPMessages", "IdentityTokens", "InMemoryParties",
        "Inference", "Node", "ObliviousHTTP", "PartyHosting", "PrivacyPass", "StrictJSON", "TransparencyLog", "Trust",
        "WireFormat",
      ]),
    tests(
      "EndorsementFetchTests",
      ["Attestation", "EndorsementFetch", "HTTPMessages", "StrictJSON", "TestSupport", "WireFormat"]),
    tests(
      "GatewayTests",
      [
        "BinaryHTTP", "ErrorCodes", "Gateway", "HTTPMessages", "HybridPublicKeyEncryption", "ObliviousHTTP",
        "PrivacyPass", "SpentTokens", "TestSupport", "Trust",
      ]),
    tests("HTTPMessagesTests", ["HTTPMessages", "TestSupport"]),
    tests(
      "HTTPServingTests",
      ["HTTPServing", "TestSupport", lifecycle, logging, nioCore, nioEmbedded, nioHTTP1, nioHTTP2, nioPosix]),
    tests("HTTPTransportTests", ["HTTPMessages", "HTTPTransport", "TestSupport", nioCore, nioPosix, nioSSL]),
    tests("HardwareTEETests", ["Attestation", "ErrorCodes", "HardwareTEE", "SimulatedTEE"]),
    tests("HybridPublicKeyEncryptionTests", ["HybridPublicKeyEncryption", "TestSupport", "WireFormat", crypto]),
    tests(
      "IdentityTokensTests",
      ["ErrorCodes", "FakeIdentityProvider", "IdentityTokens", "StrictJSON", crypto, cryptoExtras]),
    tests("InferenceTests", ["ErrorCodes", "Inference", "StrictJSON", "TestSupport"]),
    tests(
      "IssuerTests",
      [
        "FakeIdentityProvider", "HTTPMessages", "IdentityTokens", "Issuer", "PartyHosting", "PostgreSQLClient",
        "PostgreSQLDrawCounts", "PrivacyPass", "StrictJSON", "TemporaryPostgreSQL",
      ]),
    tests(
      "LogTests",
      [
        "DurableFiles", "HTTPMessages", "HTTPTransport", "Log", "PartyHosting", "TestSupport", "TransparencyLog",
        "WireFormat", "Witness", crypto, logging,
      ]),
    tests(
      "LocalEndpointTests",
      [
        "CloisterClient", "ErrorCodes", "HTTPMessages", "Inference", "LocalEndpoint", "StrictJSON",
        "TestDeployment", "TestSupport",
      ]),
    tests(
      "LocalPageTests",
      [
        "ChatHistory", "CloisterClient", "ErrorCodes", "HTTPMessages", "InMemoryParties", "Inference", "LocalEndpoint",
        "PageFiles", "PartyHosting", "StrictJSON", "TestSupport", "Trust",
      ]),
    tests("LogMonitorTests", ["ErrorCodes", "LogMonitor", "TestSupport", "TransparencyLog"]),
    tests("ModelFilesTests", ["ErrorCodes", "ModelFiles"]),
    tests(
      "Negative",
      [
        "Attestation", "CloisterClient", "ErrorCodes", "HTTPMessages", "ObliviousHTTP", "PrivacyPass",
        "SimulatedTEE", "StrictJSON", "TestDeployment", "TransparencyLog", "Trust", "WireFormat",
      ]),
    tests(
      "NegativeParties",
      [
        "BinaryHTTP", "CloisterClient", "ErrorCodes", "Gateway", "HTTPMessages", "HTTPTransport", "InMemoryParties",
        "Inference", "Node", "ObliviousHTTP", "PartyHosting", "PrivacyPass", "SpentTokens", "StrictJSON",
        "TransparencyLog", "Trust", logging,
      ]),
    tests(
      "NodeTests",
      [
        "Attestation", "BinaryHTTP", "CloisterClient", "ErrorCodes", "HTTPMessages", "HTTPTransport", "InMemoryParties",
        "Inference", "Node", "NodeVerification", "ObliviousHTTP", "SimulatedTEE", "StrictJSON", "TestDeployment",
        "TestSupport", "TransparencyLog", "Trust", "WireFormat",
      ]),
    tests(
      "ObliviousHTTPTests", ["BinaryHTTP", "HybridPublicKeyEncryption", "ObliviousHTTP", "TestSupport", "WireFormat"]),
    tests(
      "OperatorMonitorTests",
      [
        "CloisterClient", "ErrorCodes", "LogMonitor", "OperatorMonitor", "StrictJSON", "TestDeployment", "TestSupport",
        "TransparencyLog", "Trust", "WireFormat", crypto,
      ]),
    tests(
      "PartyHostingTests",
      [
        "HTTPMessages", "HTTPServing", "HTTPTransport", "PartyHosting", arguments, lifecycle, logging, nioCore,
        nioEmbedded, nioHTTP1,
      ]),
    tests(
      "PrivacyPassTests",
      ["PrivacyPass", "StrictJSON", "TestSupport", "WireFormat", bigInt, crypto, cryptoExtras]),
    tests("PrivateMetricsTests", ["PrivateMetrics", "TestSupport"]),
    tests(
      "RealEngineTests",
      [
        "BinaryHTTP", "Confinement", "EngineProcess", "HTTPMessages", "HTTPTransport", "InMemoryParties", "Inference",
        "Node", "ObliviousHTTP", "SimulatedTEE", "StrictJSON", "TestSupport", "Trust", "WireFormat", nioPosix,
      ]),
    tests(
      "ReferenceManifestsTests",
      [
        "Attestation", "ErrorCodes", "ReferenceManifests", "SimulatedTEE", "StrictJSON", "TestSupport", "WireFormat",
        certificates, crypto,
      ]),
    tests("ReleasePublishingTests", ["ReleasePublishing", "StrictJSON", "Trust", "WireFormat", crypto]),
    tests("RedactionTests", ["Inference", "Redaction"]),
    tests(
      "RelayTests",
      [
        "ErrorCodes", "HTTPServing", "PartyHosting", "Relay", "TestSupport", asn1, certificates, crypto, nioCore,
        nioHTTP1, nioHTTP2, nioPosix, nioSSL,
      ]),
    tests("SimulatedTEETests", ["Attestation", "ErrorCodes", "SimulatedTEE", "WireFormat"]),
    tests("SpellingTests", ["Inference", "Spelling"]),
    tests(
      "SpentTokensTests",
      [
        "ErrorCodes", "PostgreSQLClient", "PostgreSQLSpentTokens", "SpentTokens", "TemporaryPostgreSQL", "TestSupport",
        sqlite,
      ]),
    tests("TransparencyLogTests", ["TestSupport", "TransparencyLog", "WireFormat"]),
    tests(
      "TrustTests",
      [
        "Attestation", "BinaryHTTP", "ErrorCodes", "HybridPublicKeyEncryption", "ObliviousHTTP", "StrictJSON",
        "TransparencyLog", "Trust", "WireFormat",
      ]),
    tests(
      "WitnessTests",
      ["DurableFiles", "HTTPMessages", "TestSupport", "TransparencyLog", "WireFormat", "Witness", crypto]),
  ],
  swiftLanguageModes: [.v6]
)
