/// One page of HTML that stands alone: no script, nothing from elsewhere, light and dark, readable on a phone.
///
/// Whoever makes one escapes what they did not write (`escapedForHTML`).
public struct StaticPage: Sendable {
  private let title: String
  private let body: String

  /// - Parameters:
  ///   - title: plain text.
  ///   - body: markup that follows the heading.
  public init(title: String, body: String) {
    self.title = title
    self.body = body
  }

  public var html: String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
    <title>\(title.escapedForHTML)</title>
    <style>\(Self.style)</style>
    </head>
    <body>
    <main>
    <h1>\(title.escapedForHTML)</h1>
    \(body)
    </main>
    </body>
    </html>

    """
  }

  private static let style = """
    :root{color-scheme:light dark;background:Canvas;color:CanvasText}
    body{font:1rem/1.5 system-ui,sans-serif;margin:0}
    main{max-width:60rem;margin:0 auto;padding:1.5rem}
    table{border-collapse:collapse;width:100%}
    caption{text-align:left;padding:.25rem 0}
    th,td{text-align:left;vertical-align:top;padding:.35rem .75rem .35rem 0;border-bottom:1px solid #8886}
    body{overflow-wrap:break-word}
    code{overflow-wrap:anywhere}
    summary{cursor:pointer}
    .verdict{font-size:1.25rem;padding:.5rem 1rem;border-left:.5rem solid}
    .good{border-color:#2a7d2a}.bad{border-color:#b3261e}
    .simulated{padding:.5rem 1rem;border:1px solid}
    @media(max-width:40rem){main{padding:1rem}
    thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
    table,tbody,tr,td{display:block}tr{padding:.5rem 0;border-bottom:1px solid #8886}
    td{border:0;padding:.1rem 0;overflow-wrap:anywhere}td::before{content:attr(data-head);display:block;font-size:.875rem}}
    """

  /// A table; on a phone each cell stands below its heading.
  ///
  /// - Parameters:
  ///   - head: plain text.
  ///   - rows: markup, as many cells as there are headings.
  public static func table(_ head: [String], _ rows: [[String]]) -> String {
    // The roles outlast the style in which a phone shows a table.
    "<table role=\"table\"><thead><tr role=\"row\">"
      + head.map { "<th scope=\"col\" role=\"columnheader\">\($0.escapedForHTML)</th>" }.joined()
      + "</tr></thead><tbody>"
      + rows.map { row in
        "<tr role=\"row\">"
          + zip(head, row).map { "<td role=\"cell\" data-head=\"\($0.escapedForHTML)\">\($1)</td>" }.joined() + "</tr>"
      }.joined(separator: "\n")
      + "</tbody></table>"
  }
}

extension String {
  /// The text as HTML shows it, between tags or within quotation marks.
  public var escapedForHTML: String {
    // By scalars: a quotation mark with a combining mark behind it is one character, and still a quotation mark.
    unicodeScalars.reduce(into: "") { text, scalar in
      switch scalar {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      case "'": text += "&#39;"
      default: text.unicodeScalars.append(scalar)
      }
    }
  }
}
