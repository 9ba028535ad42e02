import Foundation
import HTTPMessages
import PageFiles
import TestSupport
import Testing

@Suite("The page's files", .keepsFolders)
struct PageFileTests {
  @Test("every file is served without a secret, under the strict policy")
  func filesAreServed() async throws {
    let fixture = try await PageFixture()
    for file in PageFile.all {
      let response = try await fixture.ask(
        fixture.request("GET", "").at("/page/" + file.name).without("x-cloister-page"))
      #expect(response.status == 200)
      #expect(response.body == file.bytes)
      #expect(!file.bytes.isEmpty)
      #expect(response.field("content-type") == file.mediaType)
      let policy = try #require(response.field("content-security-policy"))
      for rule in [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self'",
        "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
      ] { #expect(policy.components(separatedBy: "; ").contains(rule)) }
      #expect(!policy.contains("unsafe"))
      #expect(response.field("x-content-type-options") == "nosniff")
      #expect(response.field("referrer-policy") == "no-referrer")
    }
  }

  @Test("the addresses without the folder lead to it", arguments: ["/", "/page"])
  func redirection(path: String) async throws {
    let fixture = try await PageFixture()
    let response = try await fixture.ask(fixture.request("GET", "").at(path).without("x-cloister-page"))
    #expect(response.status == 308)
    #expect(response.field("location") == "/page/")
  }

  @Test("a file that is not the page's is refused", arguments: ["../page.css", "index.htm", "page.css/", "%2e%2e/x"])
  func otherFile(name: String) async throws {
    let fixture = try await PageFixture()
    #expect(try await fixture.refusal(fixture.request("GET", "").at("/page/" + name)) == "not-found")
  }

  @Test("no file names another host, reads text as markup, or has script or style inside markup")
  func filesAreContained() throws {
    let forbidden = [
      "https://", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser", "eval(",
      "new Function",
      "setAttribute(\"style", "importScripts", "<style", " style=", " onclick=", " onerror=", "javascript:", "@import",
    ]
    for file in PageFile.all {
      let text = String(decoding: file.bytes, as: UTF8.self)
      for word in forbidden { #expect(!text.contains(word), "\(file.name) has \(word)") }
      let addresses = text.replacing("http://www.w3.org/2000/svg", with: "")
      #expect(!addresses.contains("http://"), "\(file.name)")
    }
  }

  @Test("what a person or a model writes runs in the direction of its script")
  func directions() throws {
    func text(_ name: String) throws -> String {
      String(decoding: try #require(PageFile.named(name)).bytes, as: UTF8.self)
    }
    let fields = try text(PageFile.index.name).matches(of: /<textarea[^>]*>/).map { String($0.output) }
    #expect(fields.count == 3 && fields.allSatisfy { $0.contains(#" dir="auto""#) })
    #expect(try text("dom.js").contains(#"el("p", { className, dir: "auto" }, text)"#))
    for name in ["summary.js", "reply.js", "writing.js", "chat.js", "history.js"] {
      #expect(try text(name).contains("written("), "\(name)")
    }
  }

  @Test("the file picker offers every kind of export that is read")
  func pickerOffersExports() throws {
    let markup = String(decoding: PageFile.index.bytes, as: UTF8.self)
    let match = try #require(markup.firstMatch(of: /accept="([^"]+)"/))
    let kinds = match.1.split(separator: ",").map(String.init)
    for kind in [".txt", ".zip", ".json", ".jsonl", ".md"] { #expect(kinds.contains(kind), "\(kind)") }
  }

  @Test("every file that the page or its script asks for is served")
  func referencesAreServed() throws {
    let markup = String(decoding: PageFile.index.bytes, as: UTF8.self)
    var names = Set(markup.matches(of: /(?:src|href)="([a-z.]+)"/).map { String($0.1) })
    for file in PageFile.all where file.name.hasSuffix(".js") {
      let text = String(decoding: file.bytes, as: UTF8.self)
      names.formUnion(text.matches(of: /from "\.\/([a-z.]+)"/).map { String($0.1) })
    }
    #expect(names.isSuperset(of: ["page.js", "page.css", "icon.svg", "dom.js", "server.js"]))
    for name in names { #expect(PageFile.named(name) != nil, "\(name)") }
  }
}

extension WholeRequest {
  /// The same request for another path.
  func at(_ path: String) -> WholeRequest {
    var request = self
    request.path = path
    return request
  }
}
