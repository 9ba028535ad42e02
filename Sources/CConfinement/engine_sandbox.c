#define _GNU_SOURCE
#include "CConfinement.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

// A sandbox is a process that is the first of its own process namespace ("keeper") and the engine below it. The keeper
// shares the engine's root, network and ipc namespaces, so that it can reach its socket, but not its user. When the
// keeper ends, the kernel ends everything in the namespace.

// MARK: Root

static int write_file(const char *path, const char *text) {
  int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return -errno;
  ssize_t count = write(file, text, strlen(text));
  int result = count < 0 ? -errno : 0;
  close(file);
  return result;
}

// In a namespace of its own, this process's user is the only one there is.
static int map_own_user(uid_t user, gid_t group) {
  char line[64];
  // The files below belong to root in a process that cannot be dumped.
  prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
  int result = write_file("/proc/self/setgroups", "deny");
  snprintf(line, sizeof line, "%u %u 1", user, user);
  if (result == 0) result = write_file("/proc/self/uid_map", line);
  snprintf(line, sizeof line, "%u %u 1", group, group);
  if (result == 0) result = write_file("/proc/self/gid_map", line);
  return result;
}

#define TRY(call) \
  do { \
    if ((call) < 0) return -errno; \
  } while (0)

static int offer_device(const char *name, const char *path) {
  int file = open(name, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
  if (file < 0) return -errno;
  close(file);
  TRY(mount(path, name, NULL, MS_BIND, NULL));
  return 0;
}

// An empty root in memory: the engine's own processes, its socket's folder, null and random numbers.
static int make_root(uid_t user, gid_t group) {
  char options[128];
  TRY(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
  const char *place = access("/tmp", F_OK) == 0 ? "/tmp" : "/run";
  TRY(mount("root", place, "tmpfs", MS_NOSUID, "mode=0755,size=64k,nr_inodes=32"));
  TRY(chdir(place));
  TRY(mkdir("proc", 0755));
  TRY(mkdir("run", 0755));
  TRY(mkdir("dev", 0755));
  const unsigned long plain = MS_NOSUID | MS_NODEV | MS_NOEXEC;
  TRY(mount("proc", "proc", "proc", plain | MS_RDONLY, "subset=pid,hidepid=invisible"));
  // The engine makes its socket here; there is room for nothing else.
  snprintf(options, sizeof options, "mode=0700,uid=%u,gid=%u,size=4k,nr_inodes=8", user, group);
  TRY(mount("run", "run", "tmpfs", plain, options));
  int result = offer_device("dev/null", "/dev/null");
  if (result == 0) result = offer_device("dev/urandom", "/dev/urandom");
  if (result < 0) return result;
  TRY(mount(NULL, ".", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID, NULL));
  TRY((int)syscall(SYS_pivot_root, ".", "."));
  TRY(umount2(".", MNT_DETACH));
  TRY(chdir("/"));
  TRY(sethostname("engine", 6));
  return 0;
}

// MARK: Giving up

static int drop_capabilities(uint32_t kept) {
  for (int capability = 0; capability <= 63; capability++)
    if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0 && errno != EINVAL) return -errno;
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {{kept, kept, 0}, {0, 0, 0}};
  TRY((int)syscall(SYS_capset, &header, data));
  return 0;
}

static int limit(int resource, rlim_t value) {
  const struct rlimit limit = {value, value};
  return setrlimit(resource, &limit) < 0 ? -errno : 0;
}

// What was inherited is one open file with one position for every engine, in which one could leave word for the next.
static int open_anew(int model) {
  char path[32];
  snprintf(path, sizeof path, "/proc/self/fd/%d", model);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return -errno;
  TRY(dup2(file, model));
  close(file);
  return 0;
}

// An empty string at an address that cannot be guessed: by it the filter knows the one execution that it lets pass. The
// engine's memory is new, so that nothing there tells the address.
static const char *unknown_empty_string(void) {
  enum { page = 4096 };
  uint64_t random;
  for (int attempt = 0; attempt < 64; attempt++) {
    if (syscall(SYS_getrandom, &random, sizeof random, 0) != sizeof random) return NULL;
    // Below the end of every architecture's address space
    uintptr_t address = random & ((1ull << 46) - 1);
    void *place = (void *)(address & ~(uintptr_t)(page - 1));
    void *mapped = mmap(place, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (mapped == place) return (const char *)address;
    if (mapped != MAP_FAILED) munmap(mapped, page);
  }
  return NULL;
}

static void run_engine(const struct cloister_engine *engine, bool other_user) {
  // Not in its keeper's group: a group can be signalled as a whole.
  if (setsid() < 0) _exit(119);
  int null = open("/dev/null", O_RDWR);
  for (int stream = 0; stream <= 2; stream++)
    if (dup2(null, stream) < 0) _exit(120);
  if (null > 2) close(null);
  // Everything closes itself on exec; the models stay.
  if (syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC) < 0) _exit(120);
  for (size_t index = 0; index < engine->model_count; index++)
    if (open_anew(engine->models[index]) < 0) _exit(120);
  // Executing makes an engine dumpable again. At 1 neither a file nor a program gets a dump (cloister_forbid_dumps).
  if (limit(RLIMIT_CORE, 1) < 0 || limit(RLIMIT_FSIZE, 0) < 0 || limit(RLIMIT_NOFILE, 1024) < 0 ||
      limit(RLIMIT_NPROC, 512) < 0 || limit(RLIMIT_MSGQUEUE, 0) < 0)
    _exit(121);
  if (engine->memory_limit > 0 && limit(RLIMIT_AS, engine->memory_limit) < 0) _exit(121);
  if (other_user && (setgroups(0, NULL) < 0 || setresgid(engine->user, engine->user, engine->user) < 0 ||
                     setresuid(engine->user, engine->user, engine->user) < 0))
    _exit(122);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (cloister_forbid_privileges() < 0) _exit(123);
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct none[2] = {{0, 0, 0}, {0, 0, 0}};
  if (syscall(SYS_capset, &header, none) < 0) _exit(123);
  // Of its root it may reach everything, since there is nothing; what this closes is signals to its keeper.
  const struct cloister_reachable_path root = {"/", true};
  int landlock = cloister_landlock_restrict(&root, 1, false);
  if (landlock < 0 && landlock != -ENOSYS && landlock != -EOPNOTSUPP) _exit(124);
  const char *nothing = unknown_empty_string();
  if (nothing == NULL || cloister_close_engine_system_calls(nothing) < 0) _exit(125);
  syscall(SYS_execveat, engine->executable, nothing, engine->arguments, engine->environment, AT_EMPTY_PATH);
  _exit(127);
}

// MARK: Keeper

static void report(int control, uint8_t byte, uint8_t value) {
  cloister_send(control, byte, -1);
  cloister_send(control, value, -1);
}

static int connect_to_engine(uid_t user) {
  int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (connection < 0) return -errno;
  struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = CLOISTER_ENGINE_SOCKET};
  struct ucred peer = {0};
  socklen_t size = sizeof peer;
  int result = 0;
  if (connect(connection, (struct sockaddr *)&address, sizeof address) < 0 ||
      getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
    result = -errno;
  // A process of this namespace other than the keeper, and of the engine's user.
  else if (peer.pid < 2 || peer.uid != user)
    result = -EPERM;
  if (result == 0) return connection;
  close(connection);
  return result;
}

static _Noreturn void keep(int control, const struct cloister_engine *engine, bool other_user) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // A process group reaches beyond the namespace: through the node's, an engine of the same user could end the node.
  if (setsid() < 0) _exit(1);
  const uid_t user = other_user ? engine->user : getuid();
  const gid_t group = other_user ? engine->user : getgid();
  int result = other_user ? 0 : map_own_user(user, group);
  // Where memory runs out, this ends and not the node. What is below inherits it, and finds the file read-only.
  if (result == 0) result = write_file("/proc/self/oom_score_adj", "1000");
  if (result == 0) result = make_root(user, group);
  if (result < 0) {
    report(control, CLOISTER_SANDBOX_FAILED, (uint8_t)-result);
    _exit(1);
  }
  cloister_forbid_dumps();
  int pair[2];
  pid_t child = pipe2(pair, O_CLOEXEC) < 0 ? -1 : fork();
  if (child == 0) {
    close(control);
    run_engine(engine, other_user);
  }
  if (child < 0) {
    report(control, CLOISTER_SANDBOX_FAILED, (uint8_t)errno);
    _exit(1);
  }
  // The pipe closes when the engine is executed, or ends before.
  close(pair[1]);
  char unused;
  while (read(pair[0], &unused, 1) < 0 && errno == EINTR) {
  }
  close(pair[0]);
  // What is left of the keeper's privileges: to reach a socket in a folder of another user.
  if (cloister_forbid_privileges() < 0 || drop_capabilities(1u << CAP_DAC_OVERRIDE) < 0) _exit(1);
  int ending = (int)syscall(SYS_pidfd_open, child, 0);
  if (ending < 0) _exit(1);
  cloister_send(control, CLOISTER_SANDBOX_READY, -1);
  for (;;) {
    struct pollfd waiting[2] = {{.fd = control, .events = POLLIN}, {.fd = ending, .events = POLLIN}};
    if (poll(waiting, 2, -1) < 0) {
      if (errno == EINTR) continue;
      _exit(1);
    }
    if (waiting[1].revents != 0) {
      int status = 0;
      waitpid(child, &status, 0);
      report(control, CLOISTER_SANDBOX_ENDED, WIFEXITED(status) ? (uint8_t)WEXITSTATUS(status) : 128 + WTERMSIG(status));
      _exit(0);
    }
    if (waiting[0].revents == 0) continue;
    uint8_t command;
    if (recv(control, &command, 1, 0) != 1 || command != CLOISTER_SANDBOX_CONNECT) _exit(0);
    int connection = connect_to_engine(user);
    if (cloister_send(control, CLOISTER_SANDBOX_CONNECT, connection) < 0) _exit(0);
    if (connection >= 0) close(connection);
  }
}

// MARK: Launcher

// Returns the control socket of a new sandbox.
static int start(const struct cloister_engine *engine, int control) {
  int pair[2];
  int result = cloister_message_sockets(pair);
  if (result < 0) return result;
  const bool other_user = geteuid() == 0;
  const unsigned long flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP |
                              (other_user ? 0 : CLONE_NEWUSER) | SIGCHLD;
  pid_t child = (pid_t)syscall(SYS_clone, flags, NULL, NULL, NULL, NULL);
  if (child == 0) {
    close(control);
    close(pair[0]);
    signal(SIGCHLD, SIG_DFL);
    keep(pair[1], engine, other_user);
  }
  result = child < 0 ? -errno : pair[0];
  close(pair[1]);
  if (result < 0) close(pair[0]);
  return result;
}

_Noreturn void cloister_run_launcher(
    int control, const struct cloister_engine *engine, const struct cloister_engine *probe) {
  cloister_forbid_dumps();
  // Sandboxes that ended are nobody's news here.
  signal(SIGCHLD, SIG_IGN);
  for (unsigned started = 0;;) {
    uint8_t command;
    ssize_t count = recv(control, &command, 1, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count != 1 || (command != CLOISTER_LAUNCH_ENGINE && command != CLOISTER_LAUNCH_PROBE)) _exit(0);
    // A user of its own, since two that run at once would share what the kernel counts by user.
    struct cloister_engine next = *(command == CLOISTER_LAUNCH_ENGINE ? engine : probe);
    next.user += started++ % 256;
    int sandbox = start(&next, control);
    cloister_send(control, sandbox >= 0 ? command : (uint8_t)-sandbox, sandbox);
    if (sandbox >= 0) close(sandbox);
  }
}
