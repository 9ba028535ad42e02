import Attestation
import ErrorCodes
import SimulatedTEE
import Testing

/// Each component of each TCB version, too low alone, and certificate and report apart in either direction.
@Suite struct TCBTests {
  typealias Component = WritableKeyPath<SEVSNP.TCBVersion, UInt8> & Sendable

  static let components = ["bootLoader", "tee", "snp", "microcode"]

  static func path(_ component: String) -> WritableKeyPath<SEVSNP.TCBVersion, UInt8> {
    switch component {
    case "fmc": \.fmc
    case "bootLoader": \.bootLoader
    case "tee": \.tee
    case "snp": \.snp
    default: \.microcode
    }
  }

  /// What simulated chips have, so that one less in a component is below.
  static func policy() throws -> AppraisalPolicy {
    try SimulatedFixture.policy {
      var minimum = SimulatedChip.tcb(.genoa)
      minimum.tee = 0
      $0.sevSNP.minimumTCB = [.genoa: minimum]
    }
  }

  @Test("a component below the minimum is refused with the version's code", arguments: components, 0..<3)
  func belowMinimum(component: String, version: Int) throws {
    var tcb = SimulatedChip.tcb(.genoa)
    var minimum = tcb
    if component == "tee" { minimum.tee = 1 } else { tcb[keyPath: Self.path(component)] -= 1 }
    let codes = [AttestationError.tcbCommitted, AttestationError.tcbLaunch, AttestationError.tcbCurrent]
    let good = minimum
    let low = tcb
    // The reported version is the certificate's, which has TEE 0: there the other three rise instead.
    let policy = try SimulatedFixture.policy {
      minimum.tee = component == "tee" ? 0 : minimum.tee
      $0.sevSNP.minimumTCB = [.genoa: component == "tee" ? good : minimum]
      // One version too low alone is out of order too.
      $0.sevSNP.orderedTCB = false
    }
    let evidence = try SimulatedFixture.evidence {
      $0.committedTCB = version == 0 ? low : good
      $0.launchTCB = version == 1 ? low : good
      $0.currentTCB = version == 2 ? low : good
    }
    let reported = component == "tee" ? [AttestationError.tcbReported] : []
    #expect(SimulatedFixture.codes(evidence, policy) == (reported + [codes[version]]))
  }

  @Test("a reported component below the minimum is refused", arguments: components)
  func reportedBelowMinimum(component: String) throws {
    var high = SimulatedChip.tcb(.genoa)
    high[keyPath: Self.path(component)] += 1
    let minimum = high
    let policy = try SimulatedFixture.policy { $0.sevSNP.minimumTCB = [.genoa: minimum] }
    let evidence = try SimulatedFixture.evidence {
      $0.committedTCB = minimum
      $0.launchTCB = minimum
      $0.currentTCB = minimum
    }
    #expect(SimulatedFixture.codes(evidence, policy) == [AttestationError.tcbReported])
  }

  @Test("a report that claims more or less than its certificate is refused", arguments: components, [1, 255])
  func certificateMismatch(component: String, difference: Int) throws {
    let evidence = try SimulatedFixture.evidence {
      var tcb = SimulatedChip.tcb(.genoa)
      tcb[keyPath: Self.path(component)] &+= UInt8(difference)
      $0.reportedTCB = tcb
    }
    #expect(SimulatedFixture.codes(evidence, try Self.policy()) == [AttestationError.tcbCertificateMismatch])
  }

  @Test("reserved bytes that differ from the certificate are refused")
  func reservedBytes() throws {
    let evidence = try SimulatedFixture.evidence {
      var tcb = SimulatedChip.tcb(.genoa)
      tcb.reserved = 1 << 24
      $0.reportedTCB = tcb
    }
    #expect(SimulatedFixture.codes(evidence, try Self.policy()) == [AttestationError.tcbCertificateMismatch])
  }

  @Test("a raw value is read and written the same way in both layouts", arguments: SEVSNP.Product.allCases)
  func layouts(product: SEVSNP.Product) {
    let raw: UInt64 = 0x0807_0605_0403_0201
    let tcb = SEVSNP.TCBVersion(rawValue: raw, product: product)
    #expect(tcb.rawValue(product: product) == raw)
    #expect(tcb.microcode == 8)
    if product == .turin {
      #expect([tcb.fmc, tcb.bootLoader, tcb.tee, tcb.snp] == [1, 2, 3, 4])
      #expect(tcb.reserved == 0x070605)
    } else {
      #expect([tcb.fmc, tcb.bootLoader, tcb.tee, tcb.snp] == [0, 1, 2, 7])
      #expect(tcb.reserved == 0x0605_0403)
    }
  }

  @Test(
    "on Turin each component is compared with the certificate, the reserved bytes too",
    arguments: components + ["fmc", "reserved"])
  func turinMismatch(component: String) throws {
    let chip = try SimulatedFixture.chip(vendor: try SimulatedFixture.vendor(.turin))
    var report = SimulatedFixture.report()
    var tcb = SimulatedChip.tcb(.turin)
    if component == "reserved" { tcb.reserved = 1 } else { tcb[keyPath: Self.path(component)] += 1 }
    report.reportedTCB = tcb
    let evidence = Evidence(
      platform: .sevSNP, report: try report.signed(by: chip), endorsements: chip.endorsements)
    #expect(SimulatedFixture.codes(evidence, try Self.policy()) == [AttestationError.tcbCertificateMismatch])
  }
}
