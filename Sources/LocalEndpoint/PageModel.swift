import ChatArchive
import ChatHistory
import ChatImports
import CloisterClient
import ErrorCodes
import Foundation
import HTTPMessages
import Inference
import StrictJSON
import Trust

/// What the page works on: the client, and at most one chat that is open in this run. Holds content, in memory alone.
actor PageModel {
  let client: CloisterClient
  nonisolated let state: ClientState
  let clock: ClientClock
  /// Turned on in this run. A person who granted anything before has it on too; who granted nothing has it off.
  private var isTurnedOn = false
  private var chat: OpenChat?
  /// The one that was shown last, of each task that reads a chat.
  private var previews: [PageTask: ShownPreview] = [:]

  /// One file that was dropped, and the chat chosen from it.
  struct OpenChat {
    let identifier: String
    let file: DroppedFile
    let export: ChatExport
  }

  struct DroppedFile {
    let name: String
    let bytes: [UInt8]
  }

  /// What the person saw last before sending: exactly this is what is asked for.
  struct ShownPreview {
    let identifier: String
    let export: ChatExport
    let choice: MessageChoice
    var redaction: ChatRedaction?
    /// Of a reply.
    var hint: String?
  }

  init(client: CloisterClient, state: ClientState, clock: ClientClock) {
    self.client = client
    self.state = state
    self.clock = clock
  }

  static func newIdentifier() -> String { UUID().uuidString.lowercased() }

  // MARK: The switch for all of it

  func isOn() throws(EndpointError) -> Bool {
    let consent = try fromClient { () throws(ClientError) in try state.consent.current() }
    return isTurnedOn || !consent.grantedTasks.isEmpty
  }

  /// - Throws: `page-off`.
  func requireOn() throws(EndpointError) {
    guard try isOn() else { throw EndpointError(EndpointError.pageOff, "the feature is off") }
  }

  /// Off takes back every consent, the apps' among them, forgets the open chat and keeps no further answer. Wallet,
  /// receipts and answers that were kept stay.
  func setFeature(_ isOn: Bool) throws(EndpointError) -> JSONValue {
    isTurnedOn = isOn
    if !isOn {
      forgetChat()
      try fromClient { () throws(ClientError) in
        try state.consent.change { consent in
          for task in consent.grantedTasks { consent.revoke(task) }
          for app in consent.appTasks.keys { consent.forgetApp(app) }
        }
        if try state.history.isOn { try state.history.turnOff() }
      }
    }
    return ["on": .boolean(isOn)]
  }

  func setConsent(_ body: ConsentBody) throws(EndpointError) -> JSONValue {
    try requireOn()
    // The last task that goes off leaves the page on: the switch for all of it is another one.
    isTurnedOn = true
    try fromClient { () throws(ClientError) in
      try state.consent.change { consent in
        if body.isGranted { consent.grant(body.task.rawValue) } else { consent.revoke(body.task.rawValue) }
      }
    }
    return ["task": .string(body.task.rawValue), "granted": .boolean(body.isGranted)]
  }

  // MARK: The open chat

  /// Reads a file that was dropped; it takes the place of the one before. Of an archive the one chat in it is read.
  func openChat(fileName: String, _ bytes: [UInt8]) throws(EndpointError) -> JSONValue {
    try requireReadsChats()
    forgetChat()
    let file: DroppedFile
    do throws(ChatArchiveError) {
      let archive = ChatArchive.isArchive(bytes.prefix(4)) ? try ChatArchive(bytes) : nil
      file = DroppedFile(name: archive?.name ?? fileName, bytes: archive?.text ?? bytes)
    } catch {
      throw EndpointError(error)
    }
    let export = ChatExport(fileName: file.name, bytes: file.bytes)
    let listings = try fromClient { () throws(ClientError) in try export.listings() }
    guard listings.count > 1 else { return try open(file, export) }
    let identifier = Self.newIdentifier()
    chat = OpenChat(identifier: identifier, file: file, export: export)
    return ["id": .string(identifier), "choices": .array(listings.map(\.pageJSON))]
  }

  private func open(_ file: DroppedFile, _ export: ChatExport) throws(EndpointError) -> JSONValue {
    let facts = try fromClient { () throws(ClientError) in try export.opened(under: try state.consent.current()) }
    let identifier = Self.newIdentifier()
    chat = OpenChat(identifier: identifier, file: file, export: export)
    return facts.pageJSON(identifier: identifier)
  }

  /// Opens one of several chats of the file, by the identifier or, where it has none, the name of its listing.
  func chooseChat(_ body: ChoiceBody) throws(EndpointError) -> JSONValue {
    let file = try openChat(body.chat).file
    return try open(file, ChatExport(fileName: file.name, bytes: file.bytes, chatName: body.name))
  }

  private func openChat(_ identifier: String) throws(EndpointError) -> OpenChat {
    try requireOn()
    guard let chat, chat.identifier == identifier else {
      throw EndpointError(EndpointError.pageChatUnknown, "no open chat has this identifier")
    }
    return chat
  }

  private func forgetChat() { (chat, previews) = (nil, [:]) }

  func excludeChat(_ identifier: String) throws(EndpointError) -> JSONValue {
    let open = try openChat(identifier)
    try fromClient { () throws(ClientError) in
      let identity = try open.export.identity()
      try state.consent.change { $0.exclude(identity) }
    }
    forgetChat()
    return ["excluded": true]
  }

  func includeChat(_ body: InclusionBody) throws(EndpointError) -> JSONValue {
    try requireOn()
    let chats = try fromClient { () throws(ClientError) in try state.consent.current().excludedChats }
    guard chats.indices.contains(body.index), chats[body.index].pageName == body.name else {
      throw EndpointError(EndpointError.pageChoiceUnknown, "no excluded chat stands at this place under this name")
    }
    try fromClient { () throws(ClientError) in try state.consent.change { $0.include(chats[body.index]) } }
    return ["included": true]
  }

  /// Exactly what a summary's request would hold.
  func previewSummary(_ body: SummaryPreviewBody) async throws(EndpointError) -> JSONValue {
    var shown = try beginPreview(.summarize, body.choice)
    shown.redaction = body.isRedacted ? ChatRedaction() : nil
    return try show(try await Self.outgoing(summarizing: shown, state), shown, .summarize)
  }

  // Not on the actor: a long chat takes a while to redact.

  @concurrent
  private static func outgoing(
    summarizing shown: ShownPreview, _ state: ClientState
  ) async throws(EndpointError) -> OutgoingPreview {
    try fromClient { () throws(ClientError) in
      try state.preview(
        summarizing: shown.export, range: shown.choice.range, reader: shown.choice.reader, redaction: shown.redaction)
    }
  }

  @concurrent
  private static func outgoing(
    replyingTo shown: ShownPreview, _ state: ClientState
  ) async throws(EndpointError) -> OutgoingPreview {
    try fromClient { () throws(ClientError) in
      try state.preview(
        replyingTo: shown.export, range: shown.choice.range, reader: shown.choice.reader, hint: shown.hint,
        redaction: shown.redaction)
    }
  }

  /// Exactly what a reply's request would hold.
  func previewReply(_ body: ReplyPreviewBody) async throws(EndpointError) -> JSONValue {
    var shown = try beginPreview(.reply, body.choice)
    shown.redaction = body.isRedacted ? ChatRedaction() : nil
    shown.hint = body.hint
    return try show(try await Self.outgoing(replyingTo: shown, state), shown, .reply)
  }

  private func beginPreview(_ task: PageTask, _ choice: MessageChoice) throws(EndpointError) -> ShownPreview {
    let open = try openChat(choice.chat)
    previews[task] = nil
    return ShownPreview(identifier: Self.newIdentifier(), export: open.export, choice: choice)
  }

  private func show(
    _ outgoing: OutgoingPreview, _ shown: ShownPreview, _ task: PageTask
  ) throws(EndpointError) -> JSONValue {
    // Another chat may have been opened meanwhile.
    _ = try openChat(shown.choice.chat)
    guard outgoing.messageCount > 0 else {
      throw EndpointError(EndpointError.pageRequest, "no message of the chat is in this range")
    }
    let operatorOrigin = try fromClient { () throws(ClientError) in try state.policies.current().policy.operatorOrigin }
    previews[task] = shown
    return outgoing.pageJSON(shown, operatorOrigin: operatorOrigin)
  }

  /// - Throws: `page-preview-unknown` for any but the preview of this task that was shown last.
  func shownPreview(_ identifier: String, of task: PageTask) throws(EndpointError) -> ShownPreview {
    try requireOn()
    guard let preview = previews[task], preview.identifier == identifier else {
      throw EndpointError(EndpointError.pagePreviewUnknown, "another preview, or none, was shown last")
    }
    return preview
  }

  /// A chat is read for the tasks that need one, once any of them is on.
  /// - Throws: `page-off`, `consent-missing`.
  private func requireReadsChats() throws(EndpointError) {
    try requireOn()
    try fromClient { () throws(ClientError) in
      let consent = try state.consent.current()
      let task = consent.grantedTasks.contains(PageTask.reply.rawValue) ? PageTask.reply : .summarize
      try consent.requireGranted(task.rawValue)
    }
  }

  /// - Throws: `page-off`, `consent-missing`.
  func requireGranted(_ task: PageTask) throws(EndpointError) {
    try requireOn()
    try fromClient { () throws(ClientError) in try state.consent.current().requireGranted(task.rawValue) }
  }
}
