/// When the frames of a stream leave.
package enum FramePacing: Sendable {
  /// At the cadence of the class: the only way in a node that serves.
  case cadence
  /// The first at once, as at a cadence, each other as soon as there is something to put in: for measuring what everything
  /// but the cadence costs.
  case whenFilled
}
