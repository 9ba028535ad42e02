import EndorsementFetch
import Foundation
import HTTPMessages
import Testing

@Suite struct OtherVendorTests {
  static func fetcher(_ vendor: FakeVendor) -> EndorsementFetcher {
    EndorsementFetcher(exchange: vendor, clock: TestClock().clock)
  }

  @Test("AWS's archive is written as it came; anything else is refused")
  func nitro() async throws {
    let address = "https://aws-nitro-enclaves.amazonaws.com/AWS_NitroEnclaves_Root-G1.zip"
    let archive: [UInt8] = [0x50, 0x4B, 0x03, 0x04, 1, 2, 3]
    let files = try await Self.fetcher(FakeVendor([address: [.body(archive)]])).nitroRoot()
    #expect(files == [FetchedFile(name: "AWS_NitroEnclaves_Root-G1.zip", bytes: archive)])
    await #expect(throws: FetchError(FetchError.unreadable, "")) {
      try await Self.fetcher(FakeVendor([address: [.body(Array("<html>".utf8))]])).nitroRoot()
    }
  }

  @Test("a manifest is asked for by its identifier and taken out of its JSON")
  func manifest() async throws {
    let name = "NV_GPU_DRIVER_GH100_550.144.03"
    let body = Array(#"{"id":"x","rim":"\#(Data("<x/>".utf8).base64EncodedString())"}"#.utf8)
    let vendor = FakeVendor(["https://rim.attestation.nvidia.com/v1/rim/\(name)": [.body(body)]])
    let files = try await Self.fetcher(vendor).nvidiaManifests([name])
    #expect(files == [FetchedFile(name: "\(name).xml", bytes: Array("<x/>".utf8))])
  }

  @Test(
    "an identifier that could be a path is refused before anything is asked",
    arguments: ["", "../x", "a/b", "a?b", "a b", ".x"])
  func identifier(text: String) async throws {
    let vendor = FakeVendor([:])
    await #expect(throws: FetchError(FetchError.evidence, "")) {
      try await Self.fetcher(vendor).nvidiaManifests([text])
    }
    #expect(vendor.asked.isEmpty)
  }
}
