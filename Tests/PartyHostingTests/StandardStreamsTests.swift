import Foundation
import Glibc
import PartyHosting
import Testing

@Suite struct StandardStreamsTests {
  /// A number that nothing here opens by itself.
  private static let descriptor: Int32 = 913

  @Test("the place of a closed stream is taken by one that holds nothing, and an open one stays what it is")
  func held() throws {
    defer { close(Self.descriptor) }
    StandardStreams.hold(Self.descriptor, O_RDONLY)
    let path = "/proc/self/fd/\(Self.descriptor)"
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path) == "/dev/null")
    #expect(write(Self.descriptor, "x", 1) < 0, "what is written there is lost, and that is noticed")
    let other = open("/dev/zero", O_RDONLY)
    defer { close(other) }
    try #require(dup2(other, Self.descriptor) == Self.descriptor)
    StandardStreams.hold(Self.descriptor, O_RDONLY)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path) == "/dev/zero")
  }
}
