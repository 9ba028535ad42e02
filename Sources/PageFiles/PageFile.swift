/// One static file of the local page, embedded into the executable: nothing lies beside it that somebody could change.
package struct PageFile: Sendable {
  /// The last component of its path.
  package let name: String
  package let mediaType: String
  package let bytes: [UInt8]

  private init(_ name: String, _ mediaType: String, _ bytes: [UInt8]) {
    self.name = name
    self.mediaType = mediaType
    self.bytes = bytes
  }

  package static let index = PageFile("", "text/html; charset=utf-8", PackageResources.index_html)

  /// Every file, the page itself first.
  package static let all = [
    index,
    PageFile("answer.js", script, PackageResources.answer_js),
    PageFile("arcade.svg", svg, PackageResources.arcade_svg),
    PageFile("chat.js", script, PackageResources.chat_js),
    PageFile("chattask.js", script, PackageResources.chattask_js),
    PageFile("consent.js", script, PackageResources.consent_js),
    PageFile("dom.js", script, PackageResources.dom_js),
    PageFile("history.js", script, PackageResources.history_js),
    PageFile("icon.svg", svg, PackageResources.icon_svg),
    PageFile("page.css", "text/css; charset=utf-8", PackageResources.page_css),
    PageFile("page.js", script, PackageResources.page_js),
    PageFile("picker.js", script, PackageResources.picker_js),
    PageFile("receipts.js", script, PackageResources.receipts_js),
    PageFile("reply.js", script, PackageResources.reply_js),
    PageFile("server.js", script, PackageResources.server_js),
    PageFile("settings.js", script, PackageResources.settings_js),
    PageFile("summary.js", script, PackageResources.summary_js),
    PageFile("writing.js", script, PackageResources.writing_js),
  ]

  private static let script = "text/javascript; charset=utf-8"
  private static let svg = "image/svg+xml"

  /// Nil where there is no such file.
  package static func named(_ name: String) -> PageFile? { all.first { $0.name == name } }
}
