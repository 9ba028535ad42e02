import Confinement
import Node

/// Takes every protection that this machine gives, in the second life of the process.
enum StartProtections {
  /// All but the system calls, which are closed once sockets listen.
  static func take(_ files: SealedStart.Files) -> [Protection: Bool] {
    var held: [Protection: Bool] = [
      .sealedExecutable: ProcessProtections.isSealed(files.executable),
      .lockedMemory: ProcessProtections.lockMemory(startsEngine: files.launcher != nil),
      .noDumps: ProcessProtections.forbidDumps(),
      .wipedMemory: ProcessProtections.wipesFreedMemory, .closedFiles: ProcessProtections.hasClosedFiles,
      .mitigatedProcessor: ProcessProtections.hasMitigatedProcessor,
    ]
    if let launcher = files.launcher {
      held[.isolatedEngine] = launcher.verifySandbox()
      held[.engineUser] = EngineLauncher.choosesUser
    }
    return held
  }
}
