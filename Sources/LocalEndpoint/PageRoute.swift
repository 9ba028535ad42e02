import ErrorCodes
import Foundation
import HTTPMessages
import StrictJSON

/// The routes of the page's script.
enum PageRoute {
  case status
  case offer
  case setFeature
  case setConsent
  case openChat
  case chooseChat
  case excludeChat
  case includeChat
  case previewSummary
  case summarize
  case previewReply
  case reply
  case rewrite
  case converse
  case drawTokens
  case listReceipts
  case exportReceipts
  case showReceipt(String)
  case verifyReceipt
  case purgeReceipts
  case historyStatus
  case turnHistoryOn
  case turnHistoryOff
  case readHistory
  case removeHistoryEntry
  case purgeHistory

  /// Of a chat export, in bytes.
  static let exportByteLimit = 64 << 20

  private static let gets: [Substring: PageRoute] = [
    "status": .status, "offer": .offer, "receipts": .listReceipts, "receipts/export": .exportReceipts,
    "history": .historyStatus,
  ]
  private static let posts: [Substring: PageRoute] = [
    "feature": .setFeature, "consent": .setConsent, "chat": .openChat, "chat/choose": .chooseChat,
    "chat/exclude": .excludeChat, "chat/include": .includeChat, "preview": .previewSummary, "summary": .summarize,
    "reply/preview": .previewReply, "reply": .reply, "writing": .rewrite, "chat-completion": .converse,
    "tokens/draw": .drawTokens, "receipts/verify": .verifyReceipt, "receipts/purge": .purgeReceipts,
    "history/on": .turnHistoryOn, "history/off": .turnHistoryOff, "history/read": .readHistory,
    "history/remove": .removeHistoryEntry, "history/purge": .purgeHistory,
  ]

  /// - Parameter path: behind `/page/api/`.
  /// - Throws: `not-found`, `method-not-allowed`.
  init(method: String, path: Substring) throws(EndpointError) {
    if method == "POST", let route = Self.posts[path] {
      self = route
    } else if method == "GET", let route = Self.gets[path] {
      self = route
    } else if method == "GET", let identifier = Self.receiptIdentifier(path) {
      self = .showReceipt(identifier)
    } else if Self.posts[path] != nil || Self.gets[path] != nil || Self.receiptIdentifier(path) != nil {
      throw EndpointError(EndpointError.methodNotAllowed, "the page has this for another method")
    } else {
      throw EndpointError(EndpointError.notFound, "the page has no such route")
    }
  }

  /// 32 hexadecimal digits behind `receipts/`.
  private static func receiptIdentifier(_ path: Substring) -> String? {
    let prefix = "receipts/"
    guard path.hasPrefix(prefix) else { return nil }
    let rest = path.dropFirst(prefix.count)
    let isIdentifier = rest.utf8.count == 32 && rest.allSatisfy { $0.isASCII && $0.isHexDigit && !$0.isUppercase }
    return isIdentifier ? String(rest) : nil
  }

  private var isGet: Bool {
    switch self {
    case .status, .offer, .listReceipts, .exportReceipts, .showReceipt, .historyStatus: true
    default: false
    }
  }

  private var body: EndpointRoute.Body? {
    if isGet { return nil }
    if case .openChat = self {
      return EndpointRoute.Body("application/octet-stream", byteLimit: Self.exportByteLimit)
    }
    return EndpointRoute.Body("application/json", byteLimit: PageBody.byteLimit)
  }

  func endpointRoute(_ model: PageModel) -> EndpointRoute {
    EndpointRoute(body: body) { request, answer throws(EndpointError) in
      switch self {
      case .summarize, .reply, .rewrite, .converse: try await self.stream(request, model, answer)
      default:
        let value = try await self.answer(request, model)
        try? await answer.send(.page(value))
      }
    }
  }

  private func answer(_ request: WholeRequest, _ model: PageModel) async throws(EndpointError) -> JSONValue {
    switch self {
    case .status: try await model.status()
    case .offer: try await model.offer()
    case .setFeature: try await model.setFeature(try FeatureBody(request.body).isOn)
    case .setConsent: try await model.setConsent(try ConsentBody(request.body))
    case .openChat: try await model.openChat(fileName: try Self.fileName(request), request.body)
    case .chooseChat: try await model.chooseChat(try ChoiceBody(request.body))
    case .excludeChat: try await model.excludeChat(try ExclusionBody(request.body).chat)
    case .includeChat: try await model.includeChat(try InclusionBody(request.body))
    case .previewSummary: try await model.previewSummary(try SummaryPreviewBody(request.body))
    case .previewReply: try await model.previewReply(try ReplyPreviewBody(request.body))
    case .drawTokens: try await model.drawTokens(try EmptyBody(request.body))
    case .listReceipts: try await model.listReceipts()
    case .exportReceipts: try await model.exportReceipts()
    case .showReceipt(let identifier): try await model.showReceipt(identifier)
    case .verifyReceipt: try await model.verifyReceipt(try ReceiptBody(request.body).identifier)
    case .purgeReceipts: try await model.purgeReceipts(try PurgeBody(request.body))
    case .historyStatus: try await model.historyStatus()
    case .turnHistoryOn: try await model.turnHistoryOn(try PassphraseBody(request.body))
    case .turnHistoryOff: try await model.turnHistoryOff(try EmptyBody(request.body))
    case .readHistory: try await model.readHistory(try PassphraseBody(request.body))
    case .removeHistoryEntry: try await model.removeHistoryEntry(try ReceiptBody(request.body))
    case .purgeHistory: try await model.purgeHistory(try PurgeBody(request.body))
    case .summarize, .reply, .rewrite, .converse:
      throw EndpointError(EndpointError.notFound, "this answer is a stream")
    }
  }

  private func stream(
    _ request: WholeRequest, _ model: PageModel, _ answer: any ResponseWriter
  ) async throws(EndpointError) {
    let events = PageEvents(answer)
    switch self {
    case .summarize: try await model.summarize(try ShownPreviewBody(request.body).preview, events)
    case .reply: try await model.reply(try ShownPreviewBody(request.body).preview, events)
    case .rewrite: try await model.rewrite(try RewriteBody(request.body), events)
    default: try await model.converse(try ConversationBody(request.body), events)
    }
  }

  /// The name that the person's file has, percent-encoded in a field, so that it is in no request target.
  private static func fileName(_ request: WholeRequest) throws(EndpointError) -> String {
    guard let name = request.field("cloister-file-name")?.removingPercentEncoding, (1...1_024).contains(name.utf8.count)
    else { throw EndpointError(EndpointError.pageRequest, "cloister-file-name is not the name of a file") }
    return name.split(separator: "/").last.map(String.init) ?? name
  }
}

extension WholeResponse {
  static func page(_ value: JSONValue, status: Int = 200) -> WholeResponse {
    WholeResponse(status: status, contentType: "application/json", body: value.canonicalBytes)
  }
}
