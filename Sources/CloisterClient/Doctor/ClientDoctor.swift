import ErrorCodes
import Foundation
public import HTTPMessages
import Trust

/// Looks at everything that a request needs, and says what is wrong and how to mend it.
///
/// It makes, spends and remembers nothing; opening the state closes its folder to others. All that it ever sends is the
/// fixed fetch of the epoch under way, the same as everybody's, and only where it is given an exchange.
public struct ClientDoctor: Sendable {
  private let path: String
  private let exchange: (any StreamingHTTPExchange)?
  private let clock: ClientClock
  private let freeByteCount: @Sendable (String) -> Int?

  /// Room for an epoch's file, written aside before it takes its place, and for the rest.
  static let neededByteCount = 2 * EpochFile.byteLimit + (1 << 20)

  /// - Parameters:
  ///   - path: of the state folder, which may be missing.
  ///   - exchange: what reaches the relays; nil sends nothing.
  ///   - freeByteCount: of the disk that a folder lies on; nil where nobody can tell.
  public init(
    path: String, exchange: (any StreamingHTTPExchange)?, clock: ClientClock = .system,
    freeByteCount: @escaping @Sendable (String) -> Int? = ClientDoctor.freeByteCount
  ) {
    self.path = path
    self.exchange = exchange
    self.clock = clock
    self.freeByteCount = freeByteCount
  }

  /// By the file system's own word.
  public static func freeByteCount(_ path: String) -> Int? {
    let attributes = try? FileManager.default.attributesOfFileSystem(forPath: path)
    return (attributes?[.systemFreeSize] as? NSNumber)?.intValue
  }

  public func examine() async -> Diagnosis {
    var notes = DiagnosisNotes()
    guard let state = openState(&notes) else {
      return notes.diagnosis(otherwise: "Not looked at: there is no state to look into.")
    }
    lookAtDisk(&notes)
    lookAtFiles(state, &notes)
    lookAtConsent(state, &notes)
    guard let trusted = policy(state, &notes) else {
      return notes.diagnosis(otherwise: "Not looked at: without a trust policy nobody can tell.")
    }
    lookAtTokens(state, trusted.policy, &notes)
    await lookAtEpoch(state, trusted, &notes)
    return notes.diagnosis(
      otherwise: exchange == nil
        ? "Not looked at: nothing was to be sent." : "Not looked at, because of what is said above.")
  }

  // MARK: The state

  private func openState(_ notes: inout DiagnosisNotes) -> ClientState? {
    // To open an empty folder would make a state of it.
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
      (try? FileManager.default.contentsOfDirectory(atPath: path))?.isEmpty != true
    else {
      notes.note(
        .stateFolder, .bad, "There is no state folder at \(path) yet.", remedy: "`cloister init`")
      return nil
    }
    let permissions = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0o700
    do throws(ClientError) {
      let state = try ClientState(path: path)
      if permissions & 0o077 == 0 {
        notes.note(.stateFolder, .good, "The state folder is yours alone.")
      } else {
        notes.note(
          .stateFolder, .warning,
          "Others could look into the state folder (mode \(String(permissions & 0o777, radix: 8))); it was closed now.",
          remedy: "Find out what opened it: a copy without its rights, or a synchronised folder.")
      }
      return state
    } catch {
      notes.note(.stateFolder, refused: error, remedy: Self.folderRemedy(error.code))
      return nil
    }
  }

  private static func folderRemedy(_ code: ErrorCode) -> String {
    switch code {
    case ClientError.stateVersion: "Use the version of cloister that wrote it, or another folder: --state."
    case ClientError.stateForeign: "Name a folder of your own that is empty or a client's state: --state."
    default: "Let the folder be yours and writable (chown, chmod 700), on a disk that is mounted for writing."
    }
  }

  private func lookAtDisk(_ notes: inout DiagnosisNotes) {
    guard let free = freeByteCount(path) else {
      notes.note(.diskSpace, .warning, "Nobody can tell how much room the disk has.")
      return
    }
    let (freeMiB, neededMiB) = (free >> 20, Self.neededByteCount >> 20)
    if free < Self.neededByteCount {
      notes.note(
        .diskSpace, .bad, "The disk has \(freeMiB) MiB left, an epoch may need \(neededMiB).",
        remedy: "Make room, or remove old receipts and their bundles: `cloister receipts purge --before DATE`",
        code: ClientError.stateUnusable)
    } else {
      notes.note(.diskSpace, .good, "The disk has \(freeMiB) MiB left; an epoch needs at most \(neededMiB).")
    }
  }

  private func lookAtFiles(_ state: ClientState, _ notes: inout DiagnosisNotes) {
    notes.note(.stateFiles, .good, "What the client remembers is as it wrote it.")
    lookAtFile("memory.json", &notes) { () throws(ClientError) in _ = try state.epochs.memory() }
    lookAtFile("issuer-events.json", &notes) { () throws(ClientError) in _ = try state.issuerEvents.all() }
    lookAtFile("draws.json", &notes) { () throws(ClientError) in _ = try state.draws.wasDrawn(day: 0) }
    do throws(ClientError) {
      try state.requireNoConflict()
      notes.note(.conflicts, .good, "No proof is kept that operator or log broke its word.")
    } catch {
      notes.note(
        .conflicts, refused: error,
        remedy: "Show the files to whoever publishes your trust policy, and to others. Only then move them away.")
    }
    lookAtReceipts(state, &notes)
    lookAtIssuer(state, &notes)
    lookAtHistory(state, &notes)
  }

  private func lookAtFile(
    _ name: String, _ notes: inout DiagnosisNotes, _ read: () throws(ClientError) -> Void
  ) {
    do throws(ClientError) {
      try read()
    } catch {
      notes.note(
        .stateFiles, .bad, "The file \(name) of the state folder: \(error.message) (\(error.code)).",
        remedy: "Restore the file from a copy, or move the folder away and begin anew: `cloister init`",
        code: error.code)
    }
  }

  private func lookAtReceipts(_ state: ClientState, _ notes: inout DiagnosisNotes) {
    do throws(ClientError) {
      let listing = try state.receipts.listing()
      let otherVersions =
        listing.otherVersionCount > 0
        ? "\(listing.otherVersionCount) receipts are of another version and cannot be read." : nil
      if let damaged = listing.unreadable.first {
        let codes = Set(listing.unreadable.map(\.code.rawValue)).sorted().joined(separator: ", ")
        let sentence = "\(listing.unreadable.count) receipts are damaged and cannot be read (\(codes))."
        notes.note(
          .receipts, .warning, [sentence, otherVersions].compactMap(\.self).joined(separator: " "),
          remedy: "`cloister receipts list` names them. Restore their files in the state's folder receipts from a "
            + "copy, or remove those, or all receipts: `cloister receipts purge --all`", code: damaged.code)
      } else if let otherVersions {
        notes.note(
          .receipts, .warning, otherVersions,
          remedy: "Leave them, or remove all receipts: `cloister receipts purge --all`", code: TrustError.receiptVersion
        )
      } else {
        notes.note(.receipts, .good, "\(listing.receipts.count) receipts, all readable.")
      }
    } catch {
      notes.note(
        .receipts, .warning, "The state's folder receipts cannot be read (\(error.code)).",
        remedy: Self.folderRemedy(error.code), code: error.code)
    }
  }

  private func lookAtIssuer(_ state: ClientState, _ notes: inout DiagnosisNotes) {
    guard let events = try? state.issuerEvents.all(), !events.isEmpty else {
      notes.note(.issuer, .good, "The issuer failed no draw of yours.")
      return
    }
    let failures = events.filter { $0.code != ClientError.tokensDrawn }
    guard !failures.isEmpty else {
      notes.note(
        .issuer, .warning, "The issuer said that your account had drawn a day's tokens already.",
        remedy:
          "So it is where another device draws with your key. Where none does, tell whoever publishes your trust policy."
      )
      return
    }
    let codes = Set(failures.map(\.code.rawValue)).sorted().joined(separator: ", ")
    notes.note(
      .issuer, .warning, "The issuer failed draws of yours: \(codes).",
      remedy:
        "An issuer that fails some people only can tell them apart by it: tell whoever publishes your trust policy.")
  }

  private func lookAtHistory(_ state: ClientState, _ notes: inout DiagnosisNotes) {
    do throws(ClientError) {
      let count = try state.history.checkedEntryCount()
      notes.note(
        .history, .good, "The history is \(try state.history.isOn ? "on" : "off"); it has \(count) entries.")
    } catch {
      notes.note(
        .history, .warning, "The history's key cannot be read (\(error.code)): no answer is kept, and none opens.",
        remedy: "Restore the file key of the state's folder history, or give it up: `cloister history purge --all`",
        code: error.code)
    }
  }

  private func lookAtConsent(_ state: ClientState, _ notes: inout DiagnosisNotes) {
    do throws(ClientError) {
      let tasks = try state.consent.current().grantedTasks.sorted()
      guard !tasks.isEmpty else {
        notes.note(
          .consent, .bad, "You have opted in to nothing, so nothing is sent.",
          remedy: "`cloister consent grant --task summarize`", code: ClientError.consentMissing)
        return
      }
      notes.note(.consent, .good, "You opted in to: \(tasks.joined(separator: ", ")).")
    } catch {
      notes.note(
        .consent, refused: error,
        remedy: "Remove the file consent.json from the state, and opt in anew: `cloister consent grant --task TASK`")
    }
  }

  private func policy(_ state: ClientState, _ notes: inout DiagnosisNotes) -> TrustedPolicy? {
    let trusted: TrustedPolicy
    do throws(ClientError) {
      trusted = try state.policies.current()
    } catch {
      let isMissing = error.code == ClientError.policyMissing
      if isMissing {
        notes.note(
          .policy, .bad, "You trust nobody yet.",
          remedy: "`cloister init POLICY`, with the policy that the publishers of your service signed", code: error.code
        )
      } else {
        notes.note(
          .policy, refused: error, remedy: "Get the policy anew from its publishers: `cloister policy trust FILE`")
      }
      return nil
    }
    let words = "version \(trusted.policy.version) for \(trusted.policy.operatorOrigin)"
    if trusted.policy.isSimulated {
      notes.note(
        .policy, .warning, "The policy, \(words), trusts SIMULATED machines: they protect nobody.",
        remedy: "For anything but a trial, trust an operator with real machines, in another state: --state.")
    } else if trusted.provenance == .custom {
      notes.note(
        .policy, .warning, "The policy, \(words), was edited by hand: no publisher vouches for it.",
        remedy: "`cloister policy trust FILE`, with the one that its publishers signed")
    } else {
      notes.note(.policy, .good, "The policy is \(words), signed by its publishers.")
    }
    return trusted
  }

  // MARK: Tokens

  private func lookAtTokens(_ state: ClientState, _ policy: TrustPolicy, _ notes: inout DiagnosisNotes) {
    let hasAccount = (try? state.draws.accountKey()) != nil
    if hasAccount {
      notes.note(.account, .good, "The account key that draws tokens is there.")
    } else {
      notes.note(
        .account, .warning, "The account key is not there: only an `--account-command` can draw tokens.",
        remedy: "`cloister tokens draw --account-key FILE`, with the key that the operator gave you",
        code: ClientError.accountMissing)
    }
    guard let epoch = try? policy.epochs.epoch(at: clock.now()) else { return }
    let day = policy.epochs.issuerDay(of: epoch)
    do throws(ClientError) {
      let count = try state.wallet.tokenCount(goodOn: day, plan: TokenPlan(policy))
      let wasDrawn = try state.draws.wasDrawn(day: day)
      if count > 0 {
        notes.note(.tokens, .good, "\(count) tokens are good today; today's were \(wasDrawn ? "" : "not ")drawn.")
      } else {
        notes.note(
          .tokens, .bad,
          wasDrawn ? "No token is left, and today's were drawn already." : "No token is left.",
          remedy: wasDrawn
            ? "Wait: \(policy.epochs.nextDraw(after: day))."
            : "`cloister tokens draw`, and wait a while before you ask", code: ClientError.walletEmpty)
      }
    } catch {
      notes.note(
        .tokens, refused: error,
        remedy: "Remove the folder wallet from the state; the next issuer day's draw fills it again.")
    }
  }

  // MARK: The epoch under way

  private func lookAtEpoch(_ state: ClientState, _ trusted: TrustedPolicy, _ notes: inout DiagnosisNotes) async {
    guard isClockPossible(state, trusted.policy, &notes), let exchange else { return }
    do throws(ClientError) {
      let file = try await file(trusted.policy, exchange)
      notes.note(.relay, .good, "A relay answers, and the operator's gateway behind it.")
      let epoch = try verify(file, trusted, state)
      notes.note(.clock, .good, "The clock agrees with what the witnesses signed.")
      notes.note(.epoch, .good, "Epoch \(epoch.number) is verified: \(epoch.checks.count) checks.")
      lookAtNodes(epoch, &notes)
      lookAtTasks(epoch, &notes)
    } catch {
      noteRefusedEpoch(error, &notes)
    }
  }

  /// Asks as any request would where it has no epoch yet.
  private func file(
    _ policy: TrustPolicy, _ exchange: any StreamingHTTPExchange
  ) async throws(ClientError) -> [UInt8] {
    var refusal = ClientError(ClientError.epochUnavailable, "no epoch is under way")
    for (index, number) in try EpochAge(schedule: policy.epochs).currentEpochs(now: clock.now()).enumerated() {
      do throws(ClientError) {
        return try await EpochFetch(policy: policy, exchange: exchange).file(epoch: number)
      } catch {
        if index == 0 { refusal = error }
      }
    }
    throw refusal
  }

  /// By the newest policy, and held against what is remembered; nothing new is remembered.
  private func verify(
    _ file: [UInt8], _ trusted: TrustedPolicy, _ state: ClientState
  ) throws(ClientError) -> VerifiedEpoch {
    var epoch = try EpochVerifier(trusted).verify(file, at: .now(clock.now()))
    if let successor = epoch.successor {
      epoch = try EpochVerifier(successor).verify(file, at: .now(clock.now()))
    }
    if let memory = try state.epochs.memory() {
      do throws(SuccessionRefusal) {
        _ = try memory.succeeded(by: epoch)
      } catch {
        throw error.error
      }
    }
    return epoch
  }

  /// What can be said of the clock without asking anybody.
  private func isClockPossible(
    _ state: ClientState, _ policy: TrustPolicy, _ notes: inout DiagnosisNotes
  ) -> Bool {
    let now = clock.now()
    let remedy = "Set the clock, by time synchronisation at best."
    guard (try? policy.epochs.epoch(at: now)) != nil else {
      notes.note(
        .clock, .bad, "The clock lies before the operator's first epoch.", remedy: remedy,
        code: TrustError.beforeFirstEpoch)
      return false
    }
    guard let memory = try? state.epochs.memory() else {
      notes.note(.clock, .notChecked, "Nothing is remembered yet that the clock could be held against.")
      return true
    }
    let behind = Double(memory.quorumTime) - now.timeIntervalSince1970
    guard behind <= policy.epochs.seconds(scaledMinutes: EpochSchedule.quorumFutureMinutes) else {
      notes.note(
        .clock, .bad,
        "The clock is \(Int64(exactly: behind.rounded()) ?? .max) seconds behind what witnesses signed already.",
        remedy: remedy, code: ClientError.noteFuture)
      return false
    }
    notes.note(.clock, .good, "The clock is not behind what witnesses signed already.")
    return true
  }

  private func lookAtNodes(_ epoch: VerifiedEpoch, _ notes: inout DiagnosisNotes) {
    var generator = SystemRandomNumberGenerator()
    do throws(ClientError) {
      let draw = try NodeDraw(from: epoch, role: PrivateTask.assistantRole, using: &generator)
      notes.note(
        .nodes, .good,
        "Two nodes on different chips are verified, of release \(draw.first.release.name) \(draw.first.release.version)."
      )
    } catch {
      notes.note(
        .nodes, refused: error,
        remedy: "Nothing on this device mends it: tell the operator, and whoever publishes your trust policy.")
    }
  }

  /// By what the publishers signed; a node that fails its appraisal offers nothing.
  private func lookAtTasks(_ epoch: VerifiedEpoch, _ notes: inout DiagnosisNotes) {
    guard let offer = try? Offer(of: epoch) else { return }
    let means = [
      ("summaries and drafts by rules", offer.summaries), ("drafts in every tone and replies", offer.writing),
      ("chats", offer.chats), ("embeddings", offer.embeddings),
    ]
    func list(_ isOffered: Bool?) -> String? {
      let names = means.filter { $0.1 == isOffered }.map(\.0)
      return names.isEmpty ? nil : names.joined(separator: ", ")
    }
    let parts = [
      list(true).map { "The nodes can be asked for: \($0)." }, list(false).map { "They cannot be asked for: \($0)." },
      list(nil).map { "Their release does not say whether they can be asked for: \($0)." },
    ]
    let sentence = parts.compactMap(\.self).joined(separator: " ")
    switch (offer.summaries, offer.writing, offer.chats) {
    case (true?, true?, true?):
      notes.note(.tasks, .good, sentence)
    case (false?, _, _), (_, false?, _), (_, _, false?):
      notes.note(
        .tasks, .warning, sentence,
        remedy: "Ask the operator for nodes with a model, or trust one who has them, in another state: --state.",
        code: ClientError.engineCannot)
    default:
      notes.note(
        .tasks, .warning, sentence, remedy: "Ask for it: what the nodes cannot do they refuse, for a token.",
        code: ClientError.engineCannot)
    }
  }

  private func noteRefusedEpoch(_ error: ClientError, _ notes: inout DiagnosisNotes) {
    switch error.code {
    // It says something of this device, not of the operator: the check of the files does.
    case ClientError.stateDamaged, ClientError.stateUnusable: break
    case HTTPExchangeError.unreachable, HTTPExchangeError.interrupted, ClientError.relayRefused:
      notes.note(
        .relay, refused: error,
        remedy: "See whether this device is online, and whether a firewall keeps it from the relay.")
    case ClientError.epochUnavailable:
      notes.note(
        .relay, refused: error,
        remedy:
          "The relay answers and the operator does not serve this epoch: check the clock, wait, tell the operator.")
    case ClientError.noteOld, ClientError.noteFuture, ClientError.epochNotCurrent, ClientError.entryFuture:
      notes.note(
        .clock, refused: error, remedy: "Set the clock. Where it is right, the operator's log stands still: tell them.")
      notes.note(.epoch, refused: error, remedy: "See the check of the clock.")
    default:
      notes.note(
        .epoch, refused: error,
        remedy: "Nothing is sent to this operator meanwhile. Tell whoever publishes your trust policy the code.")
    }
  }
}
