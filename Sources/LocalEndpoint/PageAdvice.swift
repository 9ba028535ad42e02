import CloisterClient
import ErrorCodes

/// What happened and what to do, as the page says it: the client's words, and its own for what only a page can refuse.
enum PageAdvice {
  /// Every check that can fail before a request leaves ends here.
  private static let nothingSent = RefusalAdvice(
    nil, "Nothing was sent. If it stays like this, tell the operator the code, and whoever publishes your trust policy."
  )

  static func of(_ code: ErrorCode) -> RefusalAdvice {
    page[code] ?? ArchiveAdvice.of(code) ?? RefusalAdvice.of(code) ?? nothingSent
  }

  private static let page: [ErrorCode: RefusalAdvice] = [
    EndpointError.pageOff: RefusalAdvice("Private AI is off.", "Turn it on first."),
    EndpointError.pageRequest: RefusalAdvice(nil, "Correct it and try again."),
    EndpointError.pageChatUnknown: RefusalAdvice("This chat is not open any more.", "Choose its export again."),
    EndpointError.pagePreviewUnknown: RefusalAdvice(
      "That is not the preview shown last.", "Look at what would leave once more, then send."),
    EndpointError.pageChoiceUnknown: RefusalAdvice(
      "There is nothing of that name.", "Reload the page and choose again."),
    EndpointError.secretWrong: RefusalAdvice(
      "This page is of an earlier run.", "Open the address that cloister proxy printed when it started."),
    EndpointError.bodyTooLarge: RefusalAdvice("That is too large.", "A chat export may have 64 MiB. Leave media out."),
    EndpointError.contentType: RefusalAdvice(nil, "Only this page’s own script asks here."),
    EndpointError.hostForeign: RefusalAdvice(nil, "Open the address that cloister proxy printed, with its numbers."),
    EndpointError.originForeign: RefusalAdvice(nil, "Another page asked. Nothing was done."),
    EndpointError.siteForeign: RefusalAdvice(nil, "Another page asked. Nothing was done."),
    EndpointError.notFound: RefusalAdvice(nil, "Open the address that cloister proxy printed."),
    EndpointError.methodNotAllowed: RefusalAdvice(nil, "Open the address that cloister proxy printed."),
  ]
}
