import Attestation
import ErrorCodes
import Foundation
import Glibc
import HardwareTEE
import SimulatedTEE
import Testing

/// No hardware here: the kernel's folder is played, as it should be and as it should not.
@Suite struct ConfigFSTSMAttesterTests {
  static let reportData: [UInt8] = (0..<64).map { UInt8($0) }

  /// 1,184 bytes of no chip, with the report data at their place.
  @Sendable static func report(_ reportData: [UInt8]) -> [UInt8] {
    var report = [UInt8](repeating: 0x5A, count: SEVSNP.Report.byteCount)
    report.replaceSubrange(0x50..<0x50 + 64, with: reportData + Array(repeating: 0, count: 64 - reportData.count))
    return report
  }

  /// The least that a quote has, of version 4 or 5.
  static func quote(version: UInt8, byteCount: Int = 636) -> @Sendable ([UInt8]) -> [UInt8] {
    { reportData in
      var quote = [UInt8](repeating: 0x5A, count: byteCount)
      quote[0] = version
      let offset = version < 5 ? 568 : 574
      quote.replaceSubrange(offset..<min(offset + 64, byteCount), with: reportData.prefix(byteCount - offset))
      return quote
    }
  }

  static func behaviour(_ change: (inout FakeTSM.Behaviour) -> Void = { _ in }) -> FakeTSM.Behaviour {
    var behaviour = FakeTSM.Behaviour(report: report)
    change(&behaviour)
    return behaviour
  }

  static func attester(
    _ fake: FakeTSM, _ provider: ConfigFSTSMAttester.Provider = .sevGuest, privilegeLevel: UInt8? = nil
  ) -> ConfigFSTSMAttester {
    ConfigFSTSMAttester(
      provider: provider, endorsements: [[1, 2, 3]], privilegeLevel: privilegeLevel, root: fake.root,
      files: fake.operations)
  }

  static func code(_ attester: ConfigFSTSMAttester, reportData: [UInt8] = reportData) async -> ErrorCode? {
    do {
      _ = try await attester.evidence(reportData: reportData)
      return nil
    } catch {
      return (error as? HardwareTEEError)?.code
    }
  }

  @Test("a report over the report data is conveyed with the operator's endorsements, and its entry is removed")
  func good() async throws {
    let fake = FakeTSM(Self.behaviour())
    let evidence = try await Self.attester(fake).evidence(reportData: Self.reportData)
    #expect(
      evidence
        == Evidence(platform: .sevSNP, report: Self.report(Self.reportData), endorsements: [[1, 2, 3]]))
    #expect(fake.writes.map(\.name) == ["inblob"])
    #expect(fake.writes.first?.bytes == Self.reportData)
    #expect(fake.isEmpty && fake.made.count == 1 && fake.removed == fake.made)
  }

  @Test("a simulated chip behind the kernel's files is accepted by the verifier, from end to end")
  func wholeFlow() async throws {
    let time = Date(timeIntervalSince1970: 1_790_000_000)
    let vendor = try SimulatedVendor.make(at: time)
    let chip = try vendor.makeChip(index: 0, at: time)
    let measurement = [UInt8](repeating: 0x4D, count: 48)
    let fake = FakeTSM(
      Self.behaviour {
        $0.report = { reportData in
          let report = SimulatedReport(reportData: reportData, measurement: measurement)
          return (try? report.signed(by: chip)) ?? []
        }
      })
    var attester = Self.attester(fake)
    attester.endorsements = chip.endorsements
    let evidence = try await attester.evidence(reportData: Self.reportData)
    var policy = AppraisalPolicy(
      anchors: .simulated([vendor.root]), referenceValues: ReferenceValues(sevSNPMeasurements: [measurement]))
    policy.sevSNP.hosts = HostList(chipIdentifiers: [chip.chipIdentifier])
    let result = EvidenceVerifier(policy: policy).appraise(
      evidence: evidence, expectedReportData: Self.reportData, at: time)
    #expect(result.reasons == [])
    #expect(result.skipped == [])
  }

  @Test("the host's table of certificates goes first; an empty or hidden one is none")
  func auxiliary() async throws {
    let table: [UInt8] = Array(repeating: 7, count: 5000)
    let fake = FakeTSM(Self.behaviour { $0.auxiliary = table })
    #expect(try await Self.attester(fake).evidence(reportData: Self.reportData).endorsements == [table, [1, 2, 3]])
    for change: (inout FakeTSM.Behaviour) -> Void in [
      { $0.hiddenFiles.insert("auxblob") }, { $0.auxiliary = Array(repeating: 0, count: 24) },
    ] {
      let fake = FakeTSM(Self.behaviour(change))
      #expect(try await Self.attester(fake).evidence(reportData: Self.reportData).endorsements == [[1, 2, 3]])
    }
  }

  @Test("a quote of either version is conveyed with the operator's collateral", arguments: [4, 5] as [UInt8])
  func quotes(version: UInt8) async throws {
    let report = Self.quote(version: version, byteCount: 5000)
    let fake = FakeTSM(
      Self.behaviour {
        $0.provider = "tdx_guest\n"
        $0.report = report
        $0.auxiliary = [9]
      })
    let evidence = try await Self.attester(fake, .tdxGuest).evidence(reportData: Self.reportData)
    #expect(evidence == Evidence(platform: .tdx, report: report(Self.reportData), endorsements: [[1, 2, 3]]))
    #expect(fake.isEmpty)
  }

  @Test("pieces of any size make the same report", arguments: [1, 7, 63, 64, 1183])
  func shortReads(largestPiece: Int) async throws {
    let fake = FakeTSM(Self.behaviour { $0.largestPiece = largestPiece })
    let evidence = try await Self.attester(fake).evidence(reportData: Self.reportData)
    #expect(evidence.report == Self.report(Self.reportData))
    #expect(fake.writes.map(\.bytes) == [Self.reportData])
  }

  @Test("a race is tried again in a new entry, and given up after four")
  func generations() async throws {
    for races: (inout FakeTSM.Behaviour, Set<Int>) -> Void in [
      { $0.racesAfterWrite = $1 }, { $0.racesAfterRead = $1 }, { $0.dropsWrite = $1 },
    ] {
      let once = FakeTSM(Self.behaviour { races(&$0, [0, 1, 2]) })
      #expect(await Self.code(Self.attester(once)) == nil)
      #expect(once.isEmpty && Set(once.made).count == 4 && once.removed == once.made)
      let always = FakeTSM(Self.behaviour { races(&$0, Set(0..<9)) })
      #expect(await Self.code(Self.attester(always)) == HardwareTEEError.generationChanged)
      #expect(always.isEmpty && always.made.count == 4)
    }
  }

  @Test("the generation may wrap, and must be a number")
  func generationNumbers() async {
    #expect(await Self.code(Self.attester(FakeTSM(Self.behaviour { $0.firstGeneration = .max }))) == nil)
    for text in ["", "\n", "-1\n", "+1\n", "01\n", "1 \n", "0x1\n", "99999999999999999999\n", "one\n"] {
      let fake = FakeTSM(Self.behaviour { $0.generationText = text })
      #expect(await Self.code(Self.attester(fake)) == HardwareTEEError.responseMalformed)
      #expect(fake.isEmpty)
    }
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let code: ErrorCode
    var provider = ConfigFSTSMAttester.Provider.sevGuest
    let behaviour: @Sendable (inout FakeTSM.Behaviour) -> Void

    init(
      _ name: String, _ code: ErrorCode, provider: ConfigFSTSMAttester.Provider = .sevGuest,
      _ behaviour: @escaping @Sendable (inout FakeTSM.Behaviour) -> Void
    ) {
      (testDescription, self.code, self.provider, self.behaviour) = (name, code, provider, behaviour)
    }
  }

  static let cases: [Case] = [
    Case("no configfs-tsm", HardwareTEEError.providerMissing) { $0.failures["mkdir"] = ENOENT },
    Case("no provider", HardwareTEEError.providerMissing) { $0.failures["mkdir"] = ENXIO },
    Case("provider gone", HardwareTEEError.providerMissing) { $0.failures["provider"] = ENXIO },
    Case("no provider file", HardwareTEEError.providerMissing) { $0.hiddenFiles.insert("provider") },
    Case("no outblob", HardwareTEEError.providerMissing) { $0.hiddenFiles.insert("outblob") },
    Case("no inblob", HardwareTEEError.providerMissing) { $0.hiddenFiles.insert("inblob") },
    Case("the other platform", HardwareTEEError.providerUnexpected) { $0.provider = "tdx_guest\n" },
    Case("the other platform", HardwareTEEError.providerUnexpected, provider: .tdxGuest) { _ in },
    Case("no name", HardwareTEEError.providerUnexpected) { $0.provider = "" },
    Case("a longer name", HardwareTEEError.providerUnexpected) { $0.provider = "sev_guest2\n" },
    Case("two lines", HardwareTEEError.providerUnexpected) { $0.provider = "sev_guest\n\n" },
    Case("an endless name", HardwareTEEError.reportTooLarge) { $0.provider = String(repeating: "s", count: 65) },
    Case("may not make an entry", HardwareTEEError.permission) { $0.failures["mkdir"] = EACCES },
    Case("may not write", HardwareTEEError.permission) { $0.failures["inblob"] = EACCES },
    Case("may not read", HardwareTEEError.permission) { $0.failures["outblob"] = EPERM },
    Case("may not read certificates", HardwareTEEError.permission) { $0.failures["auxblob"] = EACCES },
    Case("no memory", HardwareTEEError.deviceFailed) { $0.failures["mkdir"] = ENOMEM },
    Case("every name taken", HardwareTEEError.deviceFailed) { $0.failures["mkdir"] = EEXIST },
    Case("busy", HardwareTEEError.deviceFailed) { $0.readFailures["outblob"] = EBUSY },
    Case("firmware fails", HardwareTEEError.deviceFailed) { $0.readFailures["outblob"] = EIO },
    Case("timeout", HardwareTEEError.deviceFailed) { $0.readFailures["outblob"] = ETIMEDOUT },
    Case("no report", HardwareTEEError.reportTruncated) { $0.report = { _ in [] } },
    Case("a shorter report", HardwareTEEError.reportTruncated) { $0.report = { report($0).dropLast() } },
    Case("a longer report", HardwareTEEError.reportTooLarge) { $0.report = { report($0) + [0] } },
    Case("an endless report", HardwareTEEError.reportTooLarge) {
      $0.report = { _ in [UInt8](repeating: 0, count: ConfigFSTSMAttester.blobByteLimit + 1) }
    },
    Case("an endless table", HardwareTEEError.reportTooLarge) {
      $0.auxiliary = [UInt8](repeating: 0, count: ConfigFSTSMAttester.blobByteLimit + 1)
    },
    Case("other report data", HardwareTEEError.reportDataMismatch) {
      $0.report = { report($0.reversed()) }
    },
    Case("a shorter quote", HardwareTEEError.reportTruncated, provider: .tdxGuest) {
      $0.provider = "tdx_guest\n"
      $0.report = quote(version: 4, byteCount: 635)
    },
    Case("a quote of version 5 that is too short", HardwareTEEError.reportDataMismatch, provider: .tdxGuest) {
      $0.provider = "tdx_guest\n"
      $0.report = quote(version: 5)
    },
    Case("a quote over other data", HardwareTEEError.reportDataMismatch, provider: .tdxGuest) {
      $0.provider = "tdx_guest\n"
      $0.report = { quote(version: 4)($0.reversed()) }
    },
  ]

  @Test("what is wrong with the kernel's folder has its code, and no entry stays behind", arguments: cases)
  func refused(_ testCase: Case) async {
    let fake = FakeTSM(Self.behaviour(testCase.behaviour))
    #expect(await Self.code(Self.attester(fake, testCase.provider)) == testCase.code)
    #expect(fake.isEmpty)
  }

  @Test("a kernel that takes no byte of the report data has failed")
  func nothingTaken() async {
    let fake = FakeTSM(Self.behaviour())
    var files = fake.operations
    files.write = { _, _ throws(FileOperations.Failure) in 0 }
    let attester = ConfigFSTSMAttester(provider: .sevGuest, root: fake.root, files: files)
    #expect(await Self.code(attester) == HardwareTEEError.deviceFailed)
    #expect(fake.isEmpty)
  }

  @Test("report data of another length is refused before anything is asked", arguments: [0, 63, 65])
  func reportDataLength(byteCount: Int) async {
    let fake = FakeTSM(Self.behaviour())
    let reportData = [UInt8](repeating: 0, count: byteCount)
    #expect(await Self.code(Self.attester(fake), reportData: reportData) == HardwareTEEError.requestLength)
    #expect(fake.made.isEmpty)
  }

  @Test("a name that is taken is not used; two attesters at once use different names")
  func names() async throws {
    let fake = FakeTSM(Self.behaviour())
    let names = Names(["a", "a", "b", "c"])
    try fake.operations.makeDirectory("\(fake.root)/a")
    let attester = ConfigFSTSMAttester(
      provider: .sevGuest, root: fake.root, files: fake.operations, makeName: { names.next() })
    _ = try await attester.evidence(reportData: Self.reportData)
    #expect(fake.made == ["a", "b"].map { "\(fake.root)/\($0)" })
    #expect(fake.removed == ["\(fake.root)/b"])

    let shared = FakeTSM(Self.behaviour())
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<32 {
        group.addTask {
          let reportData = [UInt8](repeating: UInt8(number), count: 64)
          let evidence = try await Self.attester(shared).evidence(reportData: reportData)
          #expect(evidence.report == Self.report(reportData))
        }
      }
      try await group.waitForAll()
    }
    #expect(Set(shared.made).count == 32)
    #expect(shared.isEmpty)
  }

  @Test("an entry that cannot be removed does not spoil the report")
  func stuckEntry() async {
    #expect(await Self.code(Self.attester(FakeTSM(Self.behaviour { $0.failures["rmdir"] = EBUSY }))) == nil)
  }

  @Test("a privilege level is written before the report data, within the kernel's bounds")
  func privilegeLevels() async {
    func fake(floor: String) -> FakeTSM {
      FakeTSM(
        Self.behaviour {
          $0.hiddenFiles = []
          $0.privilegeFloor = floor
        })
    }
    let asked = fake(floor: "1\n")
    #expect(await Self.code(Self.attester(asked, privilegeLevel: 2)) == nil)
    #expect(asked.writes.map(\.name) == ["privlevel", "inblob"])
    #expect(asked.writes.first?.bytes == Array("2".utf8))
    for (floor, level, code) in [
      ("1\n", 0, HardwareTEEError.privilegeLevel), ("0\n", 4, HardwareTEEError.privilegeLevel),
      ("9\n", 3, HardwareTEEError.privilegeLevel), ("x\n", 0, HardwareTEEError.responseMalformed),
    ] as [(String, UInt8, ErrorCode)] {
      let fake = fake(floor: floor)
      #expect(await Self.code(Self.attester(fake, privilegeLevel: level)) == code)
      #expect(fake.isEmpty && fake.writes.isEmpty)
    }
    let hidden = FakeTSM(Self.behaviour())
    #expect(await Self.code(Self.attester(hidden, privilegeLevel: 0)) == HardwareTEEError.providerMissing)
  }

  @Test("the live calls work on a real folder, whose files stay silent")
  func live() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tsm-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let attester = ConfigFSTSMAttester(provider: .sevGuest, root: folder.path)
    #expect(await Self.code(attester) == HardwareTEEError.providerMissing)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    let missing = ConfigFSTSMAttester(provider: .sevGuest, root: folder.path + "/missing")
    #expect(await Self.code(missing) == HardwareTEEError.providerMissing)

    // Written and read back through the same calls.
    let files = FileOperations.live
    let file = folder.appendingPathComponent("file").path
    try Data([1]).write(to: URL(fileURLWithPath: file))
    let written = try files.open(file, .write)
    #expect(try files.write(written, [7, 8, 9]) == 3)
    files.close(written)
    let read = try files.open(file, .read)
    #expect(try files.read(read, 2) == [7, 8])
    #expect(try files.read(read, 2) == [9])
    #expect(try files.read(read, 2) == [])
    files.close(read)
    #expect(throws: FileOperations.Failure(EBADF)) { try files.read(-1, 1) }
    #expect(throws: FileOperations.Failure(EEXIST)) { try files.makeDirectory(folder.path) }
    #expect(throws: FileOperations.Failure(ENOTDIR)) { try files.removeDirectory(file) }
  }

  @Test("an event log is conveyed as the supplement, and must be there if it is named")
  func eventLog() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("log-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("CCEL").path
    let fake = FakeTSM(
      Self.behaviour {
        $0.provider = "tdx_guest"
        $0.report = Self.quote(version: 4)
      })
    var attester = ConfigFSTSMAttester(
      provider: .tdxGuest, eventLogPath: path, root: fake.root, files: fake.operations.readingReal(path))
    #expect(await Self.code(attester) == HardwareTEEError.providerMissing)
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path))
    #expect(try await attester.evidence(reportData: Self.reportData).supplement == [1, 2, 3])
    attester.eventLogPath = nil
    #expect(try await attester.evidence(reportData: Self.reportData).supplement == nil)
  }
}

extension FileOperations {
  /// Opens this one file of the real file system; its descriptors are those below FakeTSM.firstDescriptor.
  fileprivate func readingReal(_ path: String) -> FileOperations {
    let fake = self
    var operations = self
    operations.open = { opened, access throws(Failure) in
      try (opened == path ? FileOperations.live : fake).open(opened, access)
    }
    operations.read = { descriptor, byteCount throws(Failure) in
      try (descriptor < FakeTSM.firstDescriptor ? FileOperations.live : fake).read(descriptor, byteCount)
    }
    operations.close = { ($0 < FakeTSM.firstDescriptor ? FileOperations.live : fake).close($0) }
    return operations
  }
}
