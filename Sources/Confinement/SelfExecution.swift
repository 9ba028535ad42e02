import CConfinement
import Glibc

/// Starting this executable anew.
public enum SelfExecution {
  /// Replaces this process by an executable in memory, with an empty environment. It keeps its identifier, its parent,
  /// what Landlock closed, and the files that are handed on.
  /// - Throws: `confinement-not-executed`; does not return otherwise.
  public static func replace(
    by executable: SealedFile, arguments: [String], handingOn files: [Int32]
  ) throws(ConfinementError) -> Never {
    for file in files { _ = fcntl(file, F_SETFD, 0) }
    ArgumentVector(arguments).withPointers { arguments in
      ArgumentVector([]).withPointers { environment in
        _ = cloister_execute(executable.descriptor, arguments, environment)
      }
    }
    throw ConfinementError(ConfinementError.notExecuted, "the sealed executable cannot be executed")
  }
}
