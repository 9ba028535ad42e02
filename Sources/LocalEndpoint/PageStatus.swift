import ChatHistory
import ChatImports
import CloisterClient
import Foundation
import Inference
import StrictJSON
import Trust

extension PageModel {
  /// What the page shows around its views. While the feature is off: that it is off, and the banners.
  func status() throws(EndpointError) -> JSONValue {
    let trusted = try? state.policies.current()
    var members: [String: JSONValue] = ["on": .boolean(try isOn()), "banners": Self.banners(trusted)]
    guard try isOn() else { return .object(members) }
    let consent = try fromClient { () throws(ClientError) in try state.consent.current() }
    members["tasks"] = .array(
      PageTask.allCases.map { task in
        [
          "name": .string(task.rawValue), "title": .string(task.title), "meaning": .string(task.meaning),
          "granted": .boolean(consent.grantedTasks.contains(task.rawValue)),
        ]
      })
    members["excludedChats"] = .array(
      consent.excludedChats.enumerated().map { index, chat in
        ["index": .integer(Int64(index)), "name": .string(chat.pageName)]
      })
    members["tones"] = .array(
      RewriteRequest.Tone.allCases.map { ["name": .string($0.rawValue), "title": .string($0.title)] })
    members["tokens"] = try tokens(trusted)
    members["trust"] = Self.trust(trusted)
    members["problem"] = problem() ?? .null
    return .object(members)
  }

  /// The tasks and tones that the operator's machines cannot do, by their verified releases: told before anybody tries.
  /// - Throws: `page-off`, `consent-missing` while every task is off, since it takes the fetch of the epoch; the code of
  ///   the first check that fails.
  func offer() async throws(EndpointError) -> JSONValue {
    try requireOn()
    guard try fromClient({ () throws(ClientError) in try !state.consent.current().grantedTasks.isEmpty }) else {
      throw EndpointError(ClientError.consentMissing, "every task is off, and nothing is sent")
    }
    let offer: Offer
    do throws(ClientError) {
      offer = try await client.offer()
    } catch {
      throw EndpointError(error)
    }
    return [
      "missingTasks": .array(
        PageTask.allCases.filter { $0.isIn(offer) == false }.map { .string($0.rawValue) }),
      "missingTones": .array(
        RewriteRequest.Tone.allCases.filter { ($0.needsModel ? offer.writing : offer.summaries) == false }
          .map { .string($0.rawValue) }),
    ]
  }

  /// Nobody can close these.
  private static func banners(_ trusted: TrustedPolicy?) -> JSONValue {
    [
      "simulated": trusted?.policy.isSimulated == true
        ? "SIMULATED: the machines behind this are simulated and protect nobody." : .null,
      "custom": trusted?.provenance == .custom
        ? "CUSTOM POLICY: edited by hand on this device; no publisher vouches for it." : .null,
    ]
  }

  private func tokens(_ trusted: TrustedPolicy?) throws(EndpointError) -> JSONValue {
    let available = try fromClient { () throws(ClientError) -> Int in
      guard let policy = trusted?.policy, let epoch = try? policy.epochs.epoch(at: clock.now()) else { return 0 }
      return try state.wallet.tokenCount(goodOn: policy.epochs.issuerDay(of: epoch))
    }
    let next = try fromClient { () throws(ClientError) in
      try trusted.flatMap { trusted throws(ClientError) in try state.nextDraw(under: trusted.policy, at: clock.now()) }
    }
    return [
      "available": .integer(Int64(available)), "nextDraw": next.map { .string($0.formatted(.iso8601)) } ?? .null,
      "limit": .string(CrowdNotice.text(try fromClient { () throws(ClientError) in try state.crowdClaim() })),
    ]
  }

  private static func trust(_ trusted: TrustedPolicy?) -> JSONValue {
    guard let trusted else { return [] }
    let policy = trusted.policy
    let witnesses = policy.witnesses.policy
    let facts = [
      ("Operator", policy.operatorOrigin),
      ("Relays, run by others", policy.relays.map(\.operatorName).joined(separator: ", ")),
      ("Witnesses", "\(witnesses.threshold) of \(witnesses.witnesses.count) must agree"),
      ("Publishers", "\(policy.publishers.threshold) of \(policy.publishers.keys.count) must sign"),
      ("Policy", "version \(policy.version), \(trusted.provenance.rawValue), \(trusted.digest.prefix(16))…"),
    ]
    return .array(facts.map { ["name": .string($0.0), "value": .string($0.1)] })
  }

  /// What keeps every request from leaving, where something does.
  private func problem() -> JSONValue? {
    do throws(ClientError) {
      _ = try state.policies.current()
      try state.requireNoConflict()
      return nil
    } catch {
      return PageRefusal(error).json
    }
  }

  func drawTokens(_ body: EmptyBody) async throws(EndpointError) -> JSONValue {
    try requireOn()
    do throws(ClientError) {
      let result = try await client.drawTokens()
      return [
        "drawn": .integer(Int64(result.drawnCount)), "available": .integer(Int64(result.availableCount)),
      ]
    } catch {
      throw EndpointError(error)
    }
  }
}

extension Consent.ExcludedChat {
  /// As the page calls it.
  var pageName: String {
    let name = title ?? "Chat with \(senders.prefix(4).joined(separator: ", "))"
    return AnswerSanitizer.sanitized(name)
  }
}

extension Chat {
  /// How many of the people are named.
  private static let namedLimit = 64

  /// What a person needs to know their chat by, and to choose from it.
  func pageJSON(identifier: String) -> JSONValue {
    let people = participants
    return [
      "id": .string(identifier), "title": title.map { .string(AnswerSanitizer.sanitized($0)) } ?? .null,
      "messageCount": .integer(Int64(messages.count)), "first": .string(messages.first?.time.minuteText ?? ""),
      "last": .string(messages.last?.time.minuteText ?? ""),
      "participants": .array(people.prefix(Self.namedLimit).map { .string($0) }),
      "participantCount": .integer(Int64(people.count)),
      "isDateOrderAmbiguous": .boolean(isDateOrderAmbiguous),
      "isDayPeriodAmbiguous": .boolean(isDayPeriodAmbiguous), "canRedact": true,
    ]
  }
}

extension ChatListing {
  /// One chat of a file that holds several, to choose from.
  var pageJSON: JSONValue {
    [
      "choice": .string(identifier.isEmpty ? name ?? "" : identifier),
      "name": .string(name.map(AnswerSanitizer.sanitized) ?? "A chat without a name"),
      "messageCount": .integer(Int64(messageCount)),
    ]
  }
}

extension OutgoingPreview {
  func pageJSON(_ shown: PageModel.ShownPreview, operatorOrigin: String) -> JSONValue {
    [
      "id": .string(shown.identifier), "transcript": .string(transcript),
      "reader": reader.map { .string($0) } ?? .null, "hint": hint.map { .string($0) } ?? .null,
      "messageCount": .integer(Int64(messageCount)), "byteCount": .integer(Int64(content.count)),
      "requestClass": .integer(Int64(sizeClassByteCount ?? 0)), "operator": .string(operatorOrigin),
      "notes": .array(notes.map { .string($0) }),
    ]
  }

  private var notes: [String] {
    var notes = omission.notes
    if mediaCount > 0 {
      notes.append("Of \(mediaCount) with pictures, voice or files only captions and file names are in it.")
    }
    if let counts = redaction?.replacedCounts {
      let total = counts.values.reduce(0, +)
      notes.append("Replaced on this device, and put back into the answer: \(total) names and numbers.")
    }
    return notes
  }
}

extension ChatSelection.Omission {
  /// What stays behind, in sentences.
  var notes: [String] {
    var notes: [String] = []
    if outsideRangeCount > 0 { notes.append("Stays here: \(Self.messages(outsideRangeCount, "older ")).") }
    if overLimitCount > 0 {
      notes.append("Stays here, since one request holds no more: \(Self.messages(overLimitCount)) of the range.")
    }
    if shortenedCount > 0 { notes.append("Cut off: the end of \(Self.messages(shortenedCount, "long ")).") }
    if unexportedCount > 0 {
      notes.append("Left out: \(Self.messages(unexportedCount)) of which the export holds neither time nor words.")
    }
    return notes
  }

  private static func messages(_ count: Int, _ kind: String = "") -> String {
    "\(count) \(kind)\(count == 1 ? "message" : "messages")"
  }
}
