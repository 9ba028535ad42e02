public import Foundation
import Trust

/// Draws the tokens of each issuer day that begins while any task is on, at its random minute, until it is cancelled.
/// Nothing else makes it draw.
public struct DrawTimer<Generator: RandomNumberGenerator & Sendable>: Sendable {
  private let client: CloisterClient
  private let clock: ClientClock
  private var generator: Generator
  private let sleep: @Sendable (Date) async throws -> Void

  /// What happened on an issuer day.
  public enum Event: Sendable, Equatable {
    /// Nothing will before this time.
    case waiting(until: Date)
    /// No task is on: nothing is drawn on the next day, unless one is when it begins.
    case off
    case drawn(TokenDrawResult)
    /// By the person, in place of that day's draw, or by an earlier process.
    case drawnAlready(issuerDay: UInt64)
    /// The minute passed while this did not run, or was never chosen: only the person can draw for this day.
    case missed(issuerDay: UInt64)
    /// The draw failed, and is not tried again on this day.
    case failed(issuerDay: UInt64, ClientError)
  }

  /// - Parameter sleep: returns at that time by `clock`, or earlier.
  public init(
    client: CloisterClient, clock: ClientClock, generator: Generator,
    sleep: @escaping @Sendable (Date) async throws -> Void
  ) {
    self.client = client
    self.clock = clock
    self.generator = generator
    self.sleep = sleep
  }

  /// - Throws: `policy-missing`, `state-damaged`, `state-unusable`, `epoch-before-first`; what `sleep` throws.
  public mutating func run(_ report: (Event) -> Void) async throws {
    var handledDays: Set<UInt64> = []
    var announced: Event?
    func announce(_ event: Event) {
      if announced != event { report(event) }
      announced = event
    }
    while true {
      switch try step(handledDays) {
      case .wait(let time):
        announce(.waiting(until: time))
        try await sleep(time)
      case .idle(let time):
        announce(.off)
        try await sleep(time)
      case .missed(let day):
        // An earlier process may have drawn at the minute.
        let wasDrawn = try client.state.draws.wasDrawn(day: day)
        report(wasDrawn ? .drawnAlready(issuerDay: day) : .missed(issuerDay: day))
        handledDays.insert(day)
      case .draw(let day):
        report(await draw(day))
        handledDays.insert(day)
      }
    }
  }

  /// Seconds until it begins anew after what ended it.
  static var retryPause: TimeInterval { 20 }

  /// As `run`, but begins anew after each refusal that ends it: a policy may still come, and a clock that was not set when
  /// the device started is set later.
  ///
  /// - Parameter refused: told why nothing is drawn, once for as long as the reason stays the same.
  /// - Throws: what `sleep` throws.
  public mutating func keepRunning(_ report: (Event) -> Void, refused: (ClientError) -> Void) async throws {
    var told: ClientError?
    while true {
      do {
        try await run { event in
          told = nil
          report(event)
        }
      } catch let error as ClientError {
        if told?.code != error.code { refused(error) }
        told = error
      }
      try await sleep(clock.now().addingTimeInterval(Self.retryPause))
    }
  }

  /// The minutes are kept in the state, so that a restart changes none; the policy's schedule is read each time, since
  /// a newer policy may have come.
  private mutating func step(_ handledDays: Set<UInt64>) throws(ClientError) -> DrawSchedule.Step {
    let epochs = try client.state.policies.current().policy.epochs
    let now = clock.now()
    let isOn = try !client.state.consent.current().grantedTasks.isEmpty
    let schedule = try client.state.draws.schedule(epochs, at: now, isOn: isOn, using: &generator)
    do { return try schedule.step(at: now, handledDays: handledDays) } catch { throw ClientError(error) }
  }

  private func draw(_ day: UInt64) async -> Event {
    do throws(ClientError) {
      return .drawn(try await client.drawTokens(ofDay: day))
    } catch {
      return error.code == ClientError.tokensDrawn ? .drawnAlready(issuerDay: day) : .failed(issuerDay: day, error)
    }
  }
}
