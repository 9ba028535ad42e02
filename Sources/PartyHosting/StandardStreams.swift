#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Standard input, output and errors, where whoever started the process closed them.
public enum StandardStreams {
  /// To be called before anything is opened: a file or connection that took the number of a closed stream would be
  /// written what is meant for a person or a log. What cannot be written to standard output is still noticed, since its
  /// place is taken for reading alone.
  public static func holdPlaces() {
    hold(STDIN_FILENO, O_RDONLY)
    hold(STDOUT_FILENO, O_RDONLY)
    hold(STDERR_FILENO, O_WRONLY)
  }

  package static func hold(_ descriptor: Int32, _ mode: Int32) {
    guard fcntl(descriptor, F_GETFD) < 0 else { return }
    let nothing = open("/dev/null", mode)
    guard nothing >= 0, nothing != descriptor else { return }
    _ = dup2(nothing, descriptor)
    close(nothing)
  }
}
