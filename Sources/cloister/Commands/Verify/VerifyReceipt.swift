import ArgumentParser
import CloisterClient
import ErrorCodes
import Foundation
import StrictJSON
import Trust
import WireFormat

struct VerifyReceipt: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "receipt",
    abstract: "Repeat every check behind a receipt, offline.",
    discussion: """
      FILE is a receipt's file; one of your own is verified by its identifier with cloister receipts verify. The \
      epoch's bundle is looked for beside the receipt and in the state it lies in, the policy likewise; --bundle \
      and --policy name other files. Ages are judged as of the bundle's own note.

      Exit codes: 0 verified, 1 refused, 2 the receipt or bundle is malformed, 64 wrong usage.
      """)

  @Argument(help: "The receipt.", completion: .file(extensions: ["json"]))
  var file: String

  @Option(help: ArgumentHelp("The epoch file that the receipt refers to.", valueName: "file"))
  var bundle: String?

  @Option(help: ArgumentHelp("The trust policy that the receipt refers to.", valueName: "file"))
  var policy: String?

  @Flag(help: "Print JSON.")
  var json = false

  func run() async throws {
    try await CommandFailure.reporting(json: json) {
      let receipt = try Receipt(parsing: try InputFile.bytes(file, byteLimit: 1 << 20))
      let trusted = try trustedPolicy(of: receipt)
      let epochFile =
        try bundle
        ?? stored(
          receipt.bundleDigest.hexadecimal + ".epoch", in: "bundles", orThrow: ClientError.receiptBundleMissing)
      try ReceiptVerifier(trusted).verify(receipt, file: try InputFile.bytes(epochFile, byteLimit: EpochFile.byteLimit))
      Self.show(receipt, json: json)
    }
  }

  private func trustedPolicy(of receipt: Receipt) throws -> TrustedPolicy {
    let isName = receipt.policyDigest.utf8.count == 64 && [UInt8](hexadecimal: receipt.policyDigest) != nil
    guard policy != nil || isName else {
      throw ClientError(ClientError.receiptMismatch, "receipt names no digest of a policy")
    }
    let path =
      try policy
      ?? stored(
        receipt.policyDigest + ".dsse", in: "policies", orThrow: ClientError.receiptPolicyMissing)
    return try InputFile.policy(
      path, isCustom: receipt.policyProvenance == TrustedPolicy.Provenance.custom.rawValue)
  }

  /// Beside the receipt, or in the state that it lies in.
  private func stored(_ name: String, in folder: String, orThrow code: ErrorCode) throws -> String {
    let receiptFolder = URL(fileURLWithPath: file).deletingLastPathComponent()
    let candidates = [
      receiptFolder.appendingPathComponent(name),
      receiptFolder.deletingLastPathComponent().appendingPathComponent(folder).appendingPathComponent(name),
    ]
    guard let found = candidates.first(where: { FileManager.default.isReadableFile(atPath: $0.path) }) else {
      throw ClientError(code, "no such file beside the receipt or in its state's folder \(folder)")
    }
    return found.path
  }

  static func show(_ receipt: Receipt, json: Bool) {
    let checkCount = receipt.hops.reduce(0) { $0 + $1.verified.count }
    if json {
      CommandOutput.data([
        "verdict": "accepted", "code": .null, "receipt": .string(receipt.identifier),
        "epoch": .integer(Int64(clamping: receipt.epoch)), "checks": .integer(Int64(checkCount)),
        "simulated": .boolean(receipt.isSimulated), "provenance": .string(receipt.policyProvenance),
        "policy": .string(receipt.policyDigest),
      ])
      return
    }
    CommandOutput.data("verified: \(checkCount) checks repeated, none failed")
    // A stranger's receipt may have been written to look like another answer of this command.
    CommandOutput.data(ReceiptNarrative(receipt).sentences.map(\.printable).joined(separator: "\n"))
  }
}
