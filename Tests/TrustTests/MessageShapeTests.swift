import Testing
import Trust

@Suite("Sizes on the wire")
struct MessageShapeTests {
  @Test(
    "a request goes into the smallest class that holds it",
    arguments: [
      (0, RequestClass.small), (8_192, .small), (8_193, .medium), (32_768, .medium), (32_769, .large),
      (131_072, .large), (131_073, nil),
    ] as [(Int, RequestClass?)])
  func smallest(byteCount: Int, expected: RequestClass?) {
    #expect(RequestClass.smallest(holding: byteCount) == expected)
  }
}
