extension TDX.AppraisalRules {
  /// The form of the quote itself.
  func checkForm(_ quote: TDX.Quote, _ recorder: inout CheckRecorder) {
    if let quoteVersions {
      recorder.require(
        "report-version", quoteVersions.contains(quote.version), else: AttestationError.reportVersion,
        "quote version is \(quote.version), expected \(quoteVersions.lowerBound) to \(quoteVersions.upperBound)")
    }
    if zeroTrailingBytes {
      recorder.require(
        "trailing-bytes", quote.hasZeroTrailingBytes, else: AttestationError.trailingBytes,
        "the \(quote.trailingBytes.count) bytes behind the quote are not zero")
    }
    if zeroReservedFields {
      recorder.require(
        "reserved-fields", quote.headerReserved.allSatisfy { $0 == 0 }, else: AttestationError.reservedFields,
        "a reserved field of the quote is not zero")
    }
    if let quotingEnclaveVendors {
      recorder.require(
        "qe-vendor", quotingEnclaveVendors.contains(Array(quote.quotingEnclaveVendor)),
        else: AttestationError.quotingEnclaveVendor, "QE vendor is not one that the policy names")
    }
  }

  /// What the vendor says of the platform, and how old that is. Without collateral only its absence is a failure.
  ///
  /// - Parameter time: seconds since 1970.
  func checkCollateral(
    _ authenticated: TDX.AuthenticatedQuote, at time: Int64, _ recorder: inout CheckRecorder
  ) {
    if requiresCollateral {
      recorder.require(
        "collateral", authenticated.chain.collateral != nil, else: AttestationError.collateralMissing,
        "endorsements hold no collateral")
    }
    if let largestRevocationListAge {
      authenticated.chain.checkRevocationFreshness(largestAge: largestRevocationListAge, at: time, &recorder)
    }
    guard let collateral = authenticated.chain.collateral, let assessment = authenticated.assessment else { return }
    if let largestCollateralAge {
      collateral.checkFreshness(largestAge: largestCollateralAge, at: time, &recorder)
    }
    if let minimum = minimumEvaluationDataNumber {
      let lowest = min(collateral.tcbInfo.evaluationDataNumber, collateral.enclaveIdentity.evaluationDataNumber)
      recorder.require(
        "tcb-evaluation-number", lowest >= minimum, else: AttestationError.tcbEvaluationNumber,
        "TCB evaluation data number is \(lowest), expected \(minimum) or more")
    }
    if knownModule {
      recorder.require(
        "tdx-module", assessment.isModuleKnown, else: AttestationError.tdxModule,
        "TDX module is not the one that TCB info names")
    }
    checkStatus(assessment, &recorder)
  }

  private func checkStatus(_ assessment: TDX.TCBAssessment, _ recorder: inout CheckRecorder) {
    if let tcbStatuses {
      if let status = assessment.status {
        recorder.require(
          "tcb-status", tcbStatuses.contains(status), else: AttestationError.tcbStatus,
          "TCB status is \(status.rawValue), which the policy does not allow")
      } else {
        let error = AttestationError(
          AttestationError.tcbLevelUnsupported, "platform, TDX module or quoting enclave is below every TCB level")
        recorder.fail("tcb-status", error)
      }
    }
    if let advisories {
      let open = assessment.advisories.filter { !advisories.contains($0) }
      recorder.require(
        "advisories", open.isEmpty, else: AttestationError.advisory,
        "\(open.count) advisories are open that the policy does not allow")
    }
  }
}
