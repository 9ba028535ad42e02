import ArgumentParser
import Attestation
import EndorsementFetch
import Foundation
import HTTPTransport

/// `cloister endorsements fetch`: the vendor's word on one machine, into files that travel with its evidence.
struct EndorsementsFetch: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch",
    abstract: "Fetch a vendor's endorsements of a machine, to travel with its evidence.",
    discussion: """
      For operators, and the only command that asks a vendor: a client never does, since that would tell the vendor \
      who asks about which machine. What is fetched is not verified here; `cloister verify evidence` does that.

      What is fetched:
        sev-snp, azure-snp
          vcek.der, by chip and reported TCB; cert_chain.pem; crl.crl.
          Of a report signed by a VLEK the chain and the list; the VLEK itself
          is with the cloud provider.
        tdx
          collateral.json, for --collateral of `cloister verify evidence`.
        nitro
          The archive with AWS's root certificate, to compare; documents carry
          their chain.
        nvidia-gpu, nvidia-switch
          The reference manifests named with --manifest, for --collateral.

      A redirect is not followed. Failed connections, 429 and 5xx are tried again, 5 times in all, after 1, 2, 4 and \
      8 seconds or what the service asks for, at most 60. With --cache, certificates and manifests are asked for once, \
      lists and collateral once a day.

      Exit codes: 0 fetched; 1 refused, with the code; 64 wrong usage.
      """)

  @Option(
    help: ArgumentHelp("The platform of the machine: \(Platform.names).", valueName: "platform"),
    transform: Platform.argument)
  var platform: Platform

  @Option(help: ArgumentHelp("Evidence of the machine: sev-snp, azure-snp, tdx.", valueName: "file"))
  var evidence: String?

  @Option(
    help: ArgumentHelp(
      "The processor, where the report does not say it (version 2): milan, genoa, turin.", valueName: "product"),
    transform: { name in
      guard let product = SEVSNP.Product(rawValue: name) else {
        throw ValidationError("the product is none of milan, genoa, turin")
      }
      return product
    })
  var product: SEVSNP.Product?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Identifiers of reference manifests, such as NV_GPU_DRIVER_GH100_550.144.03.", valueName: "identifier"))
  var manifest: [String] = []

  @Option(help: ArgumentHelp("The folder that the files are written to.", valueName: "dir"))
  var out: String

  @Option(help: ArgumentHelp("A folder that keeps answers for the next time.", valueName: "dir"))
  var cache: String?

  @Option(help: ArgumentHelp("AMD's service, or a mirror of it.", valueName: "url"))
  var kdsURL = VendorService.amd.address

  @Option(help: ArgumentHelp("Intel's service, or a mirror of it.", valueName: "url"))
  var pcsURL = VendorService.intel.address

  @Option(help: ArgumentHelp("The revocation list of Intel's root.", valueName: "url"))
  var intelRootListURL = VendorService.intelRootList.address

  @Option(help: ArgumentHelp("The archive of AWS's root.", valueName: "url"))
  var nitroRootURL = VendorService.awsNitroRoot.address

  @Option(help: ArgumentHelp("NVIDIA's manifest service, or a mirror of it.", valueName: "url"))
  var rimURL = VendorService.nvidiaManifests.address

  func validate() throws {
    switch platform {
    case .sevSNP, .azureSNP, .tdx:
      if evidence == nil { throw ValidationError("--evidence is needed for \(platform.rawValue)") }
    case .nitro: break
    case .nvidiaGPU, .nvidiaSwitch:
      if manifest.isEmpty { throw ValidationError("--manifest is needed for \(platform.rawValue)") }
    }
    if product != nil && platform != .sevSNP && platform != .azureSNP {
      throw ValidationError("--product: only sev-snp and azure-snp have one")
    }
  }

  func run() async throws {
    // What comes is verified by its own signatures, and the vendors' servers are theirs.
    let exchange = SocketHTTPExchange(timeoutSeconds: 30, allowsTLS12: true)
    var failure: FetchError?
    do {
      try write(try await withProgress("asking the vendor") { try await fetch(exchange) })
    } catch let error as FetchError {
      failure = error
    } catch {
      await exchange.shutdown()
      try await CommandFailure.reporting(json: false) { throw error }
    }
    await exchange.shutdown()
    guard let failure else { return }
    if let advice = advice(failure) { CommandOutput.note(advice) }
    try CommandFailure.report(failure, json: false)
  }

  private func fetch(_ exchange: SocketHTTPExchange) async throws -> [FetchedFile] {
    let start = ContinuousClock.now
    let fetcher = EndorsementFetcher(
      exchange: exchange, cache: try cache.map { try EndorsementCache(folder: URL(fileURLWithPath: $0)) },
      progress: { if ContinuousClock.now - start > .seconds(1) { CommandOutput.note("… \($0)") } })
    switch platform {
    case .sevSNP, .azureSNP:
      return try await fetcher.sevSNP(
        try report(), product: product, from: try VendorService(name: VendorService.amd.name, address: kdsURL))
    case .tdx:
      return try await fetcher.tdx(
        quote: try EvidenceFiles.evidence(evidence ?? ""),
        from: try VendorService(name: VendorService.intel.name, address: pcsURL),
        rootList: try VendorService(name: VendorService.intelRootList.name, address: intelRootListURL))
    case .nitro:
      return try await fetcher.nitroRoot(
        from: try VendorService(name: VendorService.awsNitroRoot.name, address: nitroRootURL))
    case .nvidiaGPU, .nvidiaSwitch:
      return try await fetcher.nvidiaManifests(
        manifest, from: try VendorService(name: VendorService.nvidiaManifests.name, address: rimURL))
    }
  }

  /// The report itself; Azure's lies within the paravisor's, behind a header of 32 bytes.
  private func report() throws -> SEVSNP.Report {
    let bytes = try EvidenceFiles.evidence(evidence ?? "")
    let isWithin = platform == .azureSNP
    return try SEVSNP.Report(
      parsing: isWithin ? Array(bytes.dropFirst(32).prefix(SEVSNP.Report.byteCount)) : bytes)
  }

  private func write(_ files: [FetchedFile]) throws {
    let folder = URL(fileURLWithPath: out)
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for file in files {
        let path = folder.appendingPathComponent(file.name)
        try Data(file.bytes).write(to: path, options: .atomic)
        CommandOutput.data("\(path.path)  \(file.bytes.count) bytes")
      }
    } catch {
      throw FetchError(FetchError.folder, "the folder of --out cannot be written")
    }
  }

  /// The option that names another address of the service that is asked.
  private var addressOption: String {
    switch platform {
    case .sevSNP, .azureSNP: "--kds-url"
    case .tdx: "--pcs-url and --intel-root-list-url"
    case .nitro: "--nitro-root-url"
    case .nvidiaGPU, .nvidiaSwitch: "--rim-url"
    }
  }

  /// What the operator can do about it.
  private func advice(_ error: FetchError) -> String? {
    switch error.code {
    case FetchError.unreachable:
      "What to do: run this where the service can be reached and where its TLS certificate is trusted, or name a mirror "
        + "of it with \(addressOption). What a folder of --cache holds and is young enough needs no connection."
    case FetchError.busy: "What to do: try again later; with --cache, what has been fetched is kept."
    case FetchError.status, FetchError.unreadable:
      "What to do: look whether \(addressOption) is the address of the service itself."
    default: nil
    }
  }
}
