import Crypto
import CryptoExtras

extension AzureSNP {
  /// Runtime data that an authentic report binds, and a quote that its attestation key signed. Only `init`, and so only
  /// the verifier, makes one.
  struct AuthenticatedRuntime: Sendable {
    let data: RuntimeData
    /// Nil where none came.
    let quote: AuthenticatedQuote?

    /// Checks one after another; every check is in `recorder`.
    ///
    /// - Parameters:
    ///   - report: already authentic.
    ///   - supplement: the quote as it was received.
    /// - Returns: nil if a check failed.
    init?(
      _ report: SEVSNP.Report, runtimeData: [UInt8], supplement: [UInt8]?, recorder: inout CheckRecorder
    ) {
      let digest = Array(SHA256.hash(data: runtimeData))
      guard report.reportData.elementsEqual(digest + Array(repeating: 0, count: 32)) else {
        recorder.fail(
          "runtime-data",
          AttestationError(AttestationError.runtimeData, "REPORT_DATA is not the digest of the runtime data"))
        return nil
      }
      do {
        data = try RuntimeData(parsing: runtimeData)
        recorder.pass("runtime-data")
      } catch {
        recorder.fail("runtime-data", error)
        return nil
      }
      guard let supplement else {
        quote = nil
        return
      }
      guard let quote = AuthenticatedQuote(supplement, key: data.attestationKey, recorder: &recorder) else {
        return nil
      }
      self.quote = quote
    }
  }

  /// A quote with the values of the PCRs that it selects.
  struct AuthenticatedQuote: Sendable {
    let quote: VTPMQuote
    /// By index; only those that the quote selects.
    let pcrs: [Int: [UInt8]]

    fileprivate init?(_ supplement: [UInt8], key: _RSA.Signing.PublicKey, recorder: inout CheckRecorder) {
      let pieces: QuoteSupplement
      do {
        pieces = try QuoteSupplement(parsing: supplement)
        quote = try VTPMQuote(parsing: pieces.message)
      } catch {
        recorder.fail("quote-form", error)
        return nil
      }
      recorder.pass("quote-form")
      let signature = _RSA.Signing.RSASignature(rawRepresentation: pieces.signature)
      guard
        key.isValidSignature(signature, for: SHA256.hash(data: pieces.message), padding: .insecurePKCS1v1_5)
      else {
        recorder.fail(
          "quote-signature",
          AttestationError(AttestationError.quoteSignature, "signature of the quote is not the attestation key's"))
        return nil
      }
      recorder.pass("quote-signature")
      // The form has a value for every index that a quote can select.
      let selected = quote.selectedPCRs.map { (index: $0, value: pieces.pcrs[$0]) }
      var hash = SHA256()
      for pcr in selected { hash.update(data: pcr.value) }
      guard Array(hash.finalize()) == quote.pcrDigest else {
        recorder.fail(
          "quote-pcrs",
          AttestationError(AttestationError.quotePCRDigest, "PCR values are not those that the quote was made over"))
        return nil
      }
      recorder.pass("quote-pcrs")
      pcrs = Dictionary(uniqueKeysWithValues: selected.map { ($0.index, $0.value) })
    }
  }
}
