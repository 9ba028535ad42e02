import HTTPMessages
import Testing

@Suite("Media types")
struct MediaTypeTests {
  @Test(
    "a media type is known in any case", arguments: ["message/ohttp-req", "Message/OHTTP-Req", "MESSAGE/OHTTP-REQ"])
  func anyCase(received: String) { #expect("message/ohttp-req".isMediaType(received)) }

  @Test(
    "a media type with a parameter, a blank or another letter is another one",
    arguments: [
      nil, "", "message/ohttp-re", "message/ohttp-res", "message/ohttp-req;", "message/ohttp-req; v=1",
      " message/ohttp-req", "message/ohttp-req ", "message\u{0F}ohttp-req", "message/ohttp\rreq",
      "messa\u{11F}e/ohttp-rq", "message/ohttp-re\u{51}a",
    ])
  func other(received: String?) { #expect(!"message/ohttp-req".isMediaType(received)) }
}
