// What Linux offers a process to give things up, as thin functions over system calls: Swift may not run between fork
// and exec, and glibc has no wrappers for half of these. Policy (what is demanded, and when) is in Confinement.
//
// Every function returns 0 or a non-negative result on success and a negated errno on failure, unless it says otherwise.

#ifndef CLOISTER_CONFINEMENT_H
#define CLOISTER_CONFINEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// MARK: Files in memory (memory_files.c)

/// A new file in memory that can be sealed. `executable` where it is to be executed.
int cloister_memory_file(const char *name, bool executable);
/// Seals the file for good against writing, growing, shrinking and further seals.
int cloister_seal(int file);
/// 1 where every one of those seals is set, 0 where one is missing or the file has no seals.
int cloister_is_sealed(int file);
/// Replaces this process by the executable in `file`. Returns on failure only.
int cloister_execute(int file, char *const arguments[], char *const environment[]);

// MARK: Descriptors (descriptors.c)

/// A connected pair of message sockets, closed on exec.
int cloister_message_sockets(int pair[2]);
/// Sends one byte with a descriptor, or without one where `descriptor` is negative.
int cloister_send(int socket, uint8_t byte, int descriptor);
/// Receives one byte, and into `descriptor` the one that came with it or -1.
/// Returns 1, or 0 at the end. Waits at most `milliseconds`, then gives -EAGAIN; negative waits for ever.
int cloister_receive(int socket, uint8_t *byte, int *descriptor, int milliseconds);
/// Starts the executable in `file` with an empty environment. It finds `descriptors` at 3, 4 and so on, and nothing else
/// open but its standard streams. Returns its process identifier.
pid_t cloister_spawn(int file, char *const arguments[], const int descriptors[], size_t count);

// MARK: This process (process.c)

/// No new privileges by exec, no core dumps, and no other process of the same user may look into this one.
int cloister_forbid_dumps(void);
/// 1 where that holds.
int cloister_forbids_dumps(void);
int cloister_forbid_privileges(void);
/// Keeps every page from swap once it is touched.
int cloister_lock_memory(void);
/// A mapping that is both writable and executable, or one made executable later: 0 where the kernel gave one.
int cloister_try_executable_memory(void);

// MARK: Landlock (landlock.c)

/// The version of the kernel's interface, 0 where there is none.
int cloister_landlock_version(void);
/// A file or folder that stays reachable.
struct cloister_reachable_path {
  const char *path;
  bool writable;
};
/// From now on this thread, its children and what it executes reach those paths and no other file. Where the kernel can
/// (version 4 and 6), TCP connections cannot be made, and processes outside cannot be signalled.
/// Paths that do not exist are passed over. `may_dial` leaves TCP connections to be made.
int cloister_landlock_restrict(const struct cloister_reachable_path paths[], size_t count, bool may_dial);

// MARK: System calls (system_calls.c)

/// From now on every thread of this process can make only the calls of a server at work: no sockets made, dialled or
/// listened on, nothing executed, no memory made executable, no other process looked into or signalled.
/// Stream sockets of `dialled_families` can still be made and dialled; `device_calls` allows ioctl, for evidence of a device.
int cloister_close_system_calls(const int dialled_families[], size_t family_count, bool device_calls);
/// The same for an engine, which may listen on a Unix socket and have threads but no further process; denies what it has
/// no use for. Lets pass an execveat whose path is this very pointer, to an empty string.
int cloister_close_engine_system_calls(const char *executed_path);

// MARK: The engine's sandbox (engine_sandbox.c)

/// How an engine is run.
struct cloister_engine {
  /// Sealed, statically linked.
  int executable;
  char *const *arguments;
  char *const *environment;
  /// Models: open in the engine under these very numbers.
  const int *models;
  size_t model_count;
  /// The first of the users that engines run as, where this process may choose (it is root), each engine another one.
  /// Else they are the same user.
  uid_t user;
  /// The most address space that it may use, in bytes; 0 for no limit.
  uint64_t memory_limit;
};

/// The socket that an engine listens on, in its own root.
#define CLOISTER_ENGINE_SOCKET "/run/engine.sock"

/// Commands to a launcher, each answered by its own byte with the control socket of a new sandbox, or by an errno.
enum { CLOISTER_LAUNCH_ENGINE = 'E', CLOISTER_LAUNCH_PROBE = 'P' };
/// Commands to a sandbox, and what it says.
enum {
  /// Asks for a connection to the engine; answered by itself with a descriptor, or without one: not there (yet).
  CLOISTER_SANDBOX_CONNECT = 'C',
  /// The sandbox stands, and the engine was started.
  CLOISTER_SANDBOX_READY = 'R',
  /// It does not; the errno follows as another message.
  CLOISTER_SANDBOX_FAILED = 'F',
  /// The engine ended; its exit code follows as another message.
  CLOISTER_SANDBOX_ENDED = 'X',
};

/// Serves `control` until its other end is closed: starts an engine, or the probe, in a sandbox of its own. Closing a
/// sandbox's control socket ends everything in it. Holds no secret. Never returns.
_Noreturn void cloister_run_launcher(int control, const struct cloister_engine *engine, const struct cloister_engine *probe);

/// Tries what no engine may do. Returns 0, or the number of the first family that was possible (probe.c).
int cloister_probe_sandbox(void);

#endif
