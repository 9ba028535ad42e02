extension AzureSNP.AppraisalRules {
  /// That there is a quote, over the caller's nonce, of PCRs that are good.
  func checkQuote(
    _ quote: AzureSNP.AuthenticatedQuote?, nonce: [UInt8]?, referenceValues: ReferenceValues?,
    _ recorder: inout CheckRecorder
  ) {
    guard let quote else {
      if requiresQuote || nonce != nil {
        recorder.fail("quote", AttestationError(AttestationError.quoteMissing, "no quote of the virtual TPM came"))
      } else if referenceValues != nil {
        // The policy asks for no quote, so that no PCR is known.
        recorder.skip("pcrs")
      }
      return
    }
    if requiresQuote { recorder.pass("quote") }
    if let nonce {
      recorder.require(
        "quote-nonce", quote.quote.extraData == nonce, else: AttestationError.quoteNonce,
        "nonce of the quote is not what was expected")
    }
    // Without any reference value the refusal has a code of its own, which stands first.
    if let referenceValues, !referenceValues.azureSNPMeasurements.isEmpty {
      recorder.require(
        "pcrs", referenceValues.azureSNPMeasurements.contains { $0.fits(quote.pcrs) },
        else: AttestationError.pcrsUnknown, "quoted PCRs are none of the reference values")
    }
  }
}
