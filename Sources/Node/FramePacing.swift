/// When the frames of a stream leave.
package enum FramePacing: Sendable {
  /// At the cadence of the class: the only way in a node that serves.
  case cadence
  /// As soon as there is something to put in, for measuring what everything but the cadence costs.
  case whenFilled
}
