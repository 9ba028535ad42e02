#define _GNU_SOURCE
#include "reach.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

// Written apart from the node's own probe, so that a mistake in one is not one in both. What succeeds is named; what
// would end this process or its keeper comes last.

// MARK: What was found

static char found[8192];

static void name(const char *what, const char *detail) {
  size_t used = strlen(found);
  snprintf(found + used, sizeof found - used, "%s%s%s", used > 0 ? "," : "", what, detail[0] != 0 ? ":" : "");
  // A detail is a path or a number, and goes into JSON.
  for (used = strlen(found); *detail != 0 && used + 1 < sizeof found; detail++)
    found[used++] = *detail == '"' || *detail == '\\' || *detail < ' ' || *detail == ',' ? '?' : *detail;
  found[used < sizeof found ? used : sizeof found - 1] = 0;
}

static void name_number(const char *what, long number) {
  char text[24];
  snprintf(text, sizeof text, "%ld", number);
  name(what, text);
}

static void expect_refusal(const char *what, bool was_possible) {
  if (was_possible) name(what, "");
}

static bool opens(const char *path, int flags) {
  int file = open(path, flags | O_CLOEXEC | O_NONBLOCK, 0600);
  if (file >= 0) close(file);
  return file >= 0;
}

// MARK: Inherited descriptors

static const int all_seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

static bool is_model(int descriptor) {
  struct stat status;
  int seals = fcntl(descriptor, F_GET_SEALS);
  return fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && seals >= 0 && (seals & all_seals) == all_seals;
}

enum { MODEL_LIMIT = 64 };
static int models[MODEL_LIMIT];
static size_t model_count;

// Before anything is opened here.
static void look_at_descriptors(void) {
  for (int descriptor = 0; descriptor < 1 << 16; descriptor++) {
    struct stat status;
    if (fstat(descriptor, &status) < 0) continue;
    if (descriptor <= 2) {
      if (!S_ISCHR(status.st_mode) || status.st_rdev != makedev(1, 3)) name_number("stream", descriptor);
    } else if (!is_model(descriptor)) {
      name_number("descriptor", descriptor);
    } else if (model_count < MODEL_LIMIT) {
      models[model_count++] = descriptor;
    }
  }
}

// MARK: What outlasts an engine

// The models are the one thing that an engine shares with the next one. Whatever can be left at them is a memory that
// replacing the engine does not clear.
static const char mark[] = "user.hostile";
static const off_t marked_offset = 0x5ec4e7;

static void find_marks(void) {
  for (size_t index = 0; index < model_count; index++) {
    char value[8];
    struct stat status;
    // A description that was shared is one that was read or written: not at its start.
    if (lseek(models[index], 0, SEEK_CUR) != 0) name_number("shared-offset", models[index]);
    if ((fcntl(models[index], F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK | O_ASYNC)) != O_RDONLY)
      name_number("writable-description", models[index]);
    if (fgetxattr(models[index], mark, value, sizeof value) >= 0) name_number("found-attribute", models[index]);
    if (fstat(models[index], &status) == 0 && status.st_mtime == 1) name_number("found-time", models[index]);
  }
}

static void leave_marks(void) {
  const struct timespec times[2] = {{1, 0}, {1, 0}}, now[2] = {{0, UTIME_NOW}, {0, UTIME_NOW}};
  for (size_t index = 0; index < model_count; index++) {
    int model = models[index];
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", model);
    struct stat before, after;
    expect_refusal("model-attribute", fsetxattr(model, mark, "1", 1, 0) == 0);
    expect_refusal("model-attribute-by-path", setxattr(path, mark, "1", 1, 0) == 0);
    // setxattrat, unknown to headers of some years
    expect_refusal("model-attribute-at", syscall(463, AT_FDCWD, path, 0, mark, NULL, 0) == 0);
    expect_refusal("model-time", futimens(model, times) == 0 || utimensat(AT_FDCWD, path, now, 0) == 0);
    expect_refusal("model-mode", fstat(model, &before) == 0 && fchmod(model, before.st_mode ^ 0200) == 0);
    expect_refusal("model-mode-by-path", chmod(path, 0444) == 0);
    expect_refusal("model-owner", fchown(model, getuid(), getgid()) == 0 || chown(path, getuid(), -1) == 0);
    int flags = 0x40;
    // FS_IOC_SETFLAGS, once with what the kernel ignores of the number
    expect_refusal("model-flags", ioctl(model, 0x40086602UL, &flags) == 0);
    expect_refusal("model-flags-wide", syscall(SYS_ioctl, model, 0x100000000UL | 0x40086602UL, &flags) == 0);
    uint32_t extended[7] = {0};
    expect_refusal("model-flags-extended", ioctl(model, 0x401c5820UL, extended) == 0);
    expect_refusal("model-lock", flock(model, LOCK_EX | LOCK_NB) == 0);
    struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 1, .l_len = 1};
    expect_refusal("model-record-lock", fcntl(model, F_SETLK, &lock) == 0 || fcntl(model, F_OFD_SETLK, &lock) == 0);
    expect_refusal("model-lease", fcntl(model, F_SETLEASE, F_RDLCK) == 0);
    uint64_t hint = RWH_WRITE_LIFE_SHORT;
    expect_refusal("model-hint", fcntl(model, F_SET_RW_HINT, &hint) == 0);
    expect_refusal("model-file-hint", fcntl(model, F_SET_FILE_RW_HINT, &hint) == 0);
    char byte;
    if (fstat(model, &before) == 0) {
      usleep(20000);
      if (pread(model, &byte, 1, 0) < 0) name_number("model-unreadable", model);
      void *mapped = mmap(NULL, 4096, PROT_READ, MAP_SHARED, model, 0);
      if (mapped != MAP_FAILED) munmap(mapped, 4096);
      if (fstat(model, &after) == 0 && memcmp(&before.st_atim, &after.st_atim, sizeof before.st_atim) != 0)
        name_number("model-read-time", model);
    }
    lseek(model, marked_offset, SEEK_SET);
    fcntl(model, F_SETFL, O_NONBLOCK);
    int again = open(path, O_RDONLY | O_CLOEXEC);
    if (again < 0) name_number("model-cannot-be-opened", model);
    else close(again);
  }
  struct stat null;
  expect_refusal("device-time", utimensat(AT_FDCWD, "/dev/null", now, 0) == 0);
  expect_refusal("device-mode", stat("/dev/null", &null) == 0 && chmod("/dev/null", 0600) == 0);
  int device = open("/dev/null", O_RDWR | O_CLOEXEC);
  expect_refusal("device-lock", device >= 0 && flock(device, LOCK_EX | LOCK_NB) == 0);
  close(device);
}

// Sealed memory: its own executable and the models, by every way of writing.
static void write_to(const char *path, const char *what) {
  int file = open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return;
  struct stat status;
  if (fstat(file, &status) < 0) status.st_size = 4096;
  struct iovec part = {"x", 1};
  int pipes[2];
  if (write(file, "x", 1) > 0 || pwrite(file, "x", 1, 0) > 0 || pwritev(file, &part, 1, 0) > 0) name(what, "write");
  if (ftruncate(file, 0) == 0 || ftruncate(file, status.st_size + 1) == 0 || truncate(path, 1) == 0)
    name(what, "truncate");
  if (fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096) == 0 ||
      fallocate(file, 0, status.st_size, 4096) == 0)
    name(what, "allocate");
  void *mapped = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (mapped != MAP_FAILED) name(what, "map");
  mapped = mmap(NULL, 4096, PROT_READ, MAP_SHARED, file, 0);
  if (mapped != MAP_FAILED) {
    if (mprotect(mapped, 4096, PROT_READ | PROT_WRITE) == 0) name(what, "protect");
    if (madvise(mapped, 4096, MADV_REMOVE) == 0) name(what, "remove");
    munmap(mapped, 4096);
  }
  if (pipe2(pipes, O_CLOEXEC) == 0) {
    if (write(pipes[1], "x", 1) == 1 && splice(pipes[0], NULL, file, NULL, 1, 0) > 0) name(what, "splice");
    close(pipes[0]);
    close(pipes[1]);
  }
  if (fcntl(file, F_ADD_SEALS, F_SEAL_GROW) == 0) name(what, "seal");
  close(file);
}

static void write_to_sealed_memory(void) {
  write_to("/proc/self/exe", "own-executable");
  for (size_t index = 0; index < model_count; index++) {
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", models[index]);
    write_to(path, "model");
    if (pwrite(models[index], "x", 1, 0) > 0) name_number("model-descriptor", models[index]);
    if (ftruncate(models[index], 0) == 0) name_number("model-truncate", models[index]);
    if (mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, models[index], 0) != MAP_FAILED)
      name_number("model-map", models[index]);
  }
}

// MARK: Evidence

static void reach_evidence(void) {
  static const char *const paths[] = {
      "/dev/sev-guest", "/dev/tdx_guest", "/dev/tdx-guest", "/dev/nsm", "/dev/tpm0", "/dev/tpmrm0", "/dev/nvidia0",
      "/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/kvm", "/dev/mem", "/dev/kmsg", "/dev/port", "/dev/userfaultfd",
      "/dev/vsock", "/dev/fuse", "/dev/hwrng", "/dev/tty", "/dev/ptmx", "/dev/shm", "/sys/kernel/config/tsm/report",
      "/sys/kernel/security", "/sys/firmware"};
  for (size_t index = 0; index < sizeof paths / sizeof *paths; index++)
    if (opens(paths[index], O_RDONLY) || opens(paths[index], O_RDWR) || opens(paths[index], O_PATH))
      name("device", paths[index]);
  // By number: memory, ports, TPM, the numbers that misc devices are given, NVIDIA, disks.
  static const struct {
    mode_t kind;
    unsigned major, first, last;
  } numbers[] = {{S_IFCHR, 1, 1, 11},    {S_IFCHR, 10, 0, 255}, {S_IFCHR, 195, 0, 0}, {S_IFCHR, 195, 255, 255},
                 {S_IFCHR, 254, 0, 0},   {S_IFBLK, 8, 0, 1},    {S_IFBLK, 253, 0, 1}, {S_IFBLK, 254, 0, 1},
                 {S_IFCHR, 5, 0, 2},     {S_IFBLK, 7, 0, 0}};
  static const char *const folders[] = {"/run", "/dev", "/"};
  for (size_t folder = 0; folder < sizeof folders / sizeof *folders; folder++)
    for (size_t index = 0; index < sizeof numbers / sizeof *numbers; index++)
      for (unsigned minor = numbers[index].first; minor <= numbers[index].last; minor++) {
        char path[32];
        snprintf(path, sizeof path, "%s/node", folders[folder]);
        if (mknod(path, numbers[index].kind | 0600, makedev(numbers[index].major, minor)) < 0) continue;
        name("device-number", opens(path, O_RDONLY) ? "opened" : "made");
        unlink(path);
      }
}

// MARK: Other processes

static void reach_process(pid_t process) {
  char byte, path[64];
  struct iovec here = {&byte, 1}, there = {(void *)&reach, 1};
  static const char *const files[] = {"mem",  "environ", "maps", "root", "cwd", "exe",       "fd/0", "fd/3",
                                      "stack", "auxv",    "io",   "fd",   "ns/mnt", "ns/net", "syscall", "status"};
  for (size_t index = 0; index < sizeof files / sizeof *files; index++) {
    snprintf(path, sizeof path, "/proc/%d/%s", process, files[index]);
    if (opens(path, O_RDONLY) || opens(path, O_PATH)) name("process-file", path);
  }
  snprintf(path, sizeof path, "/proc/%d/root/etc/passwd", process);
  if (opens(path, O_PATH)) name("process-file", path);
  if (ptrace(PTRACE_ATTACH, process, NULL, NULL) == 0 || ptrace(PTRACE_SEIZE, process, NULL, NULL) == 0)
    name_number("trace", process);
  if (process_vm_readv(process, &here, 1, &there, 1, 0) >= 0 || errno == EFAULT) name_number("memory", process);
  if (process_vm_writev(process, &here, 1, &there, 1, 0) >= 0 || errno == EFAULT) name_number("memory-write", process);
  int handle = (int)syscall(SYS_pidfd_open, process, 0);
  if (handle >= 0) {
    name_number("process-handle", process);
    for (int descriptor = 0; descriptor < 16; descriptor++)
      if (syscall(SYS_pidfd_getfd, handle, descriptor, 0) >= 0) name_number("process-descriptor", descriptor);
    close(handle);
  }
  if (syscall(SYS_kcmp, process, getpid(), 0, 0, 0) >= 0) name_number("compare", process);
  if (syscall(SYS_move_pages, process, 0, NULL, NULL, NULL, 0) == 0) name_number("pages", process);
  void *list = NULL;
  size_t size = 0;
  if (syscall(SYS_get_robust_list, process, &list, &size) == 0) name_number("robust-list", process);
  // The keeper may be of the same user: what can be set of a process without looking into it.
  struct rlimit limit;
  if (syscall(SYS_prlimit64, process, RLIMIT_NOFILE, NULL, &limit) == 0) {
    name_number("limits", process);
    if (syscall(SYS_prlimit64, process, RLIMIT_NOFILE, &limit, NULL) == 0) name_number("set-limits", process);
  }
  cpu_set_t cores;
  if (sched_getaffinity(process, sizeof cores, &cores) == 0 && sched_setaffinity(process, sizeof cores, &cores) == 0)
    name_number("affinity", process);
  if (setpriority(PRIO_PROCESS, (id_t)process, 19) == 0) name_number("priority", process);
  const struct sched_param idle = {0};
  if (sched_setscheduler(process, SCHED_BATCH, &idle) == 0) name_number("scheduler", process);
  if (syscall(SYS_ioprio_set, 1, process, 3 << 13) == 0) name_number("io-priority", process);
  if (kill(process, 0) == 0 || syscall(SYS_tgkill, process, process, 0) == 0 || syscall(SYS_tkill, process, 0) == 0)
    name_number("signal", process);
  union sigval value = {0};
  if (sigqueue(process, 0, value) == 0) name_number("signal-queue", process);
  setpgid(process, 0);
}

static void reach_processes(void) {
  reach_process(1);
  reach_process(getppid());
  for (pid_t process = 2; process < 1 << 16; process++)
    if (process != getpid() && (kill(process, 0) == 0 || errno == EPERM)) reach_process(process);
  // A group or session from outside has no number in here, and may hold the node.
  if (getpgrp() == 0) name("group", "outside");
  if (getsid(0) == 0) name("session", "outside");
  if (getpgrp() == getpgid(1)) name("group", "keeper");
  if (setpriority(PRIO_USER, getuid(), getpriority(PRIO_PROCESS, 0)) == 0 && getpriority(PRIO_PROCESS, 1) == 19)
    name("priority", "user");
  DIR *folder = opendir("/proc");
  for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
    long process = strtol(entry->d_name, NULL, 10);
    if (process > 0 && process != getpid()) name("visible-process", entry->d_name);
  }
  if (folder != NULL) closedir(folder);
  // Signals by way of input on a descriptor.
  int pipes[2];
  if (pipe2(pipes, O_CLOEXEC | O_NONBLOCK) < 0) return;
  if (fcntl(pipes[0], F_SETOWN, 1) == 0 && fcntl(pipes[0], F_SETSIG, SIGKILL) == 0 &&
      fcntl(pipes[0], F_SETFL, O_ASYNC | O_NONBLOCK) == 0)
    (void)!write(pipes[1], "x", 1);
  close(pipes[0]);
  close(pipes[1]);
}

// MARK: Network

static void dial_unix(const char *path, bool is_abstract) {
  static const int kinds[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path + is_abstract, sizeof address.sun_path - 1, "%s", path);
  socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + is_abstract + strlen(path));
  for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
    int made = socket(AF_UNIX, kinds[kind] | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (made < 0) continue;
    if (connect(made, (struct sockaddr *)&address, size) == 0 ||
        sendto(made, "x", 1, MSG_NOSIGNAL, (struct sockaddr *)&address, size) > 0)
      name("dialled", path);
    close(made);
  }
}

static void reach_network(void) {
  static const int kinds[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_RDM, SOCK_SEQPACKET, SOCK_DCCP, SOCK_PACKET};
  for (int family = 0; family <= 45; family++) {
    for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
      // A kernel asked for a family loads its module, whatever it answers: the filter must refuse before.
      int made = family == AF_UNIX ? -1 : socket(family, kinds[kind], 0);
      if (made >= 0 || (family != AF_UNIX && errno != EPERM)) name_number("family", family);
      if (made >= 0) close(made);
      made = (int)syscall(SYS_socket, 0x100000000L | family, kinds[kind], 0);
      if (made >= 0) {
        name_number("family-wide", family);
        close(made);
      }
      int pair[2];
      made = family == AF_UNIX ? -1 : socketpair(family, kinds[kind], 0, pair);
      if (made == 0 || (family != AF_UNIX && errno != EPERM)) {
        name_number("pair-family", family);
        break;
      }
    }
    if (family == AF_INET || family == AF_INET6)
      for (int protocol = 0; protocol < 264; protocol++)
        if (socket(family, SOCK_RAW, protocol) >= 0 || socket(family, SOCK_STREAM, protocol) >= 0)
          name_number("protocol", protocol);
  }
  static const char *const abstract[] = {
      "/tmp/.X11-unix/X0", "/org/freedesktop/systemd1/notify", "/org/kernel/linux/storage/multipathd", "cloister",
      "cloister-node", "engine", "control", "/containerd-shim/a", "docker", "dbus"};
  for (size_t index = 0; index < sizeof abstract / sizeof *abstract; index++) dial_unix(abstract[index], true);
  static const char *const paths[] = {
      "/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock", "/run/dbus/system_bus_socket",
      "/run/systemd/private", "/run/systemd/journal/socket", "/run/systemd/notify", "/dev/log", "/run/crio/crio.sock",
      "/run/nscd/socket", "/run/postgresql/.s.PGSQL.5432", "/run/control.sock", "/run/keeper.sock", "/proc/1/fd/3"};
  for (size_t index = 0; index < sizeof paths / sizeof *paths; index++) dial_unix(paths[index], false);
}

// MARK: Files

static bool is_expected(const char *path) {
  static const char *const expected[] = {"/proc", "/run", "/dev", "/dev/null", "/dev/urandom",
                                         "/proc/self", "/proc/thread-self"};
  for (size_t index = 0; index < sizeof expected / sizeof *expected; index++)
    if (strcmp(path, expected[index]) == 0) return true;
  char own[32];
  snprintf(own, sizeof own, "/proc/%d", getpid());
  return strcmp(path, own) == 0;
}

static void walk(const char *path, int depth) {
  DIR *folder = depth > 6 ? NULL : opendir(path);
  if (folder == NULL) return;
  for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    char below[512];
    snprintf(below, sizeof below, "%s/%s", strcmp(path, "/") == 0 ? "" : path, entry->d_name);
    if (!is_expected(below)) name("file", below);
    // Its own processes' folders end in themselves.
    if (strncmp(below, "/proc/", 6) != 0) walk(below, depth + 1);
  }
  closedir(folder);
}

// Whether a file took a byte. Where it did not, it is gone again.
static bool keeps_bytes(const char *path, int flags) {
  int file = open(path, flags | O_RDWR | O_CLOEXEC, 0600);
  if (file < 0) return false;
  void *mapped = MAP_FAILED;
  bool kept = write(file, "x", 1) > 0 || pwrite(file, "x", 1, 100) > 0 || fallocate(file, 0, 0, 4096) == 0;
  if (ftruncate(file, 4096) == 0) kept = true;
  struct stat status;
  if (fstat(file, &status) == 0 && status.st_size > 0) kept = true;
  // Beyond the end of a file, a mapping faults; it must not have grown.
  mapped = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (mapped != MAP_FAILED) munmap(mapped, 4096);
  if (fsetxattr(file, mark, "1", 1, 0) == 0) kept = true;
  close(file);
  if ((flags & O_CREAT) != 0) unlink(path);
  return kept;
}

static void reach_files(void) {
  walk("/", 0);
  static const char *const paths[] = {
      "/etc/passwd", "/etc/shadow", "/etc/hostname", "/etc/ssl", "/etc/machine-id", "/home", "/root", "/usr", "/var",
      "/tmp", "/sys", "/lib", "/lib64", "/bin", "/boot", "/opt", "/srv", "/mnt", "/work", "/models", "/engine",
      "/proc/kallsyms", "/proc/kcore", "/proc/sys", "/proc/sysrq-trigger", "/proc/keys", "/proc/net", "/proc/mounts",
      "/proc/cpuinfo", "/proc/meminfo", "/proc/modules", "/proc/cmdline", "/proc/interrupts", "/proc/timer_list",
      "/proc/stat", "/proc/version", "/proc/../etc/passwd", "/../etc/passwd",
      "/../../../../../../etc/passwd", "/proc/self/root/../etc/passwd", "/proc/self/root/../../../etc/passwd",
      "/proc/self/cwd/../etc/passwd", "/proc/self/task/../../1/root/etc/passwd", "/run/../../etc/passwd",
      "/dev/null/../../etc/passwd", "/dev/fd/3/../etc/passwd", "/proc/1/root/etc/passwd", "/proc/1/cwd/etc/passwd"};
  for (size_t index = 0; index < sizeof paths / sizeof *paths; index++)
    if (opens(paths[index], O_RDONLY) || opens(paths[index], O_PATH) || access(paths[index], F_OK) == 0)
      name("path", paths[index]);
  // The old root was put under the new one before it was let go.
  int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  struct stat here, above;
  if (root >= 0 && fstat(root, &here) == 0 && fstatat(root, "..", &above, 0) == 0 &&
      (here.st_ino != above.st_ino || here.st_dev != above.st_dev))
    name("above-root", "");
  if (root >= 0) close(root);
  static const char *const places[] = {"/kept", "/dev/kept", "/proc/kept", "/proc/self/kept", "/run/kept"};
  for (size_t index = 0; index < sizeof places / sizeof *places; index++)
    if (keeps_bytes(places[index], O_CREAT)) name("keeps", places[index]);
  static const char *const folders[] = {"/", "/dev", "/proc", "/run"};
  for (size_t index = 0; index < sizeof folders / sizeof *folders; index++)
    if (keeps_bytes(folders[index], O_TMPFILE)) name("keeps-nameless", folders[index]);
  char target[2048];
  memset(target, 'x', sizeof target - 1);
  target[sizeof target - 1] = 0;
  static const char *const links[] = {"/link", "/dev/link", "/run/link"};
  for (size_t index = 0; index < sizeof links / sizeof *links; index++)
    if (symlink(target, links[index]) == 0) {
      name("keeps-link", links[index]);
      unlink(links[index]);
    }
  expect_refusal("makes-folder", mkdir("/kept", 0700) == 0 || mkdir("/dev/kept", 0700) == 0);
  expect_refusal("renames", rename("/dev/null", "/dev/zero") == 0 || unlink("/dev/null") == 0);
  expect_refusal("links", link("/dev/null", "/run/null") == 0 || link("/proc/self/exe", "/run/exe") == 0);
  expect_refusal("root-attribute", setxattr("/", mark, "1", 1, 0) == 0 || setxattr("/run", mark, "1", 1, 0) == 0);
  // What a process can tell the kernel of itself by files.
  static const struct {
    const char *path, *text;
  } settings[] = {{"/proc/self/oom_score_adj", "-1000"}, {"/proc/self/uid_map", "0 0 1"},
                  {"/proc/self/setgroups", "allow"},     {"/proc/1/oom_score_adj", "1000"},
                  {"/proc/self/loginuid", "0"},          {"/proc/self/attr/current", "unconfined"}};
  for (size_t index = 0; index < sizeof settings / sizeof *settings; index++) {
    int file = open(settings[index].path, O_WRONLY | O_CLOEXEC);
    if (file < 0) continue;
    if (write(file, settings[index].text, strlen(settings[index].text)) > 0) name("setting", settings[index].path);
    close(file);
  }
  // Where memory runs out, it ends before the node.
  char score[8] = "";
  int score_file = open("/proc/self/oom_score_adj", O_RDONLY | O_CLOEXEC);
  expect_refusal("outlives-the-node", read(score_file, score, sizeof score - 1) < 0 || strcmp(score, "1000\n") != 0);
  close(score_file);
  // Who watches a device sees every process of the machine that opens it.
  int watch = (int)syscall(SYS_inotify_init1, O_CLOEXEC);
  if (watch >= 0 && syscall(SYS_inotify_add_watch, watch, "/dev/null", 0x20) >= 0) name("watches", "/dev/null");
  if (watch >= 0) close(watch);
  expect_refusal("watches-all", syscall(SYS_fanotify_init, 0, 0) >= 0 || syscall(SYS_fanotify_init, 0x200, 0) >= 0);
}

// MARK: Namespaces

static void change_namespaces(void) {
  static const struct {
    const char *name;
    unsigned long flag;
  } kinds[] = {{"mnt", CLONE_NEWNS},   {"uts", CLONE_NEWUTS}, {"ipc", CLONE_NEWIPC},       {"user", CLONE_NEWUSER},
               {"pid", CLONE_NEWPID},  {"net", CLONE_NEWNET}, {"cgroup", CLONE_NEWCGROUP}, {"time", 0x80}};
  for (size_t index = 0; index < sizeof kinds / sizeof *kinds; index++) {
    if (syscall(SYS_unshare, kinds[index].flag) == 0) name("unshare", kinds[index].name);
    // The lowest byte of clone's flags is a signal, so that a time namespace is for clone3 alone.
    if (kinds[index].flag != 0x80) {
      long child = syscall(SYS_clone, kinds[index].flag | SIGCHLD, NULL, NULL, NULL, NULL);
      if (child == 0) _exit(0);
      if (child > 0) {
        name("clone", kinds[index].name);
        waitpid((pid_t)child, NULL, 0);
      }
    }
    uint64_t arguments[11] = {kinds[index].flag, 0, 0, 0, SIGCHLD};
    long child = syscall(SYS_clone3, arguments, sizeof arguments);
    if (child == 0) _exit(0);
    if (child > 0) {
      name("clone3", kinds[index].name);
      waitpid((pid_t)child, NULL, 0);
    }
    for (int process = 0; process <= 1; process++) {
      char path[32];
      snprintf(path, sizeof path, "/proc/%s/ns/%s", process == 0 ? "self" : "1", kinds[index].name);
      int file = open(path, O_RDONLY | O_CLOEXEC);
      if (file >= 0 && setns(file, 0) == 0) name("enter", path);
      // Where a namespace comes from: its owner, and the one around it (NS_GET_USERNS, NS_GET_PARENT).
      int around = file < 0 ? -1 : ioctl(file, 0xb701);
      if (around >= 0 && setns(around, 0) == 0) name("enter-owner", path);
      if (around >= 0) close(around);
      around = file < 0 ? -1 : ioctl(file, 0xb702);
      if (around >= 0) {
        name("parent", path);
        close(around);
      }
      if (file >= 0) close(file);
    }
  }
  expect_refusal("mount", mount("x", "/run", "tmpfs", 0, NULL) == 0);
  expect_refusal("bind", mount("/dev", "/run", NULL, MS_BIND | MS_REC, NULL) == 0);
  expect_refusal("remount", mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND, NULL) == 0);
  expect_refusal("unmount", umount2("/dev/null", MNT_DETACH) == 0 || umount2("/proc", MNT_DETACH) == 0);
  expect_refusal("pivot", syscall(SYS_pivot_root, "/run", "/run") == 0);
  expect_refusal("chroot", chroot("/run") == 0 || chroot("/") == 0);
  expect_refusal("file-system", syscall(SYS_fsopen, "tmpfs", 0) >= 0);
  expect_refusal("mount-tree", syscall(SYS_open_tree, AT_FDCWD, "/", 0) >= 0);
  expect_refusal("mount-tree", syscall(SYS_open_tree, AT_FDCWD, "/", 1) >= 0);
  struct {
    unsigned size;
    int kind;
    unsigned char bytes[128];
  } handle = {.size = 128};
  int mount_number;
  expect_refusal("file-handle", syscall(SYS_name_to_handle_at, AT_FDCWD, "/", &handle, &mount_number, 0) == 0);
  int root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  expect_refusal("opens-handle", syscall(SYS_open_by_handle_at, root, &handle, O_RDONLY) >= 0);
  if (root >= 0) close(root);
  expect_refusal("hostname", sethostname("x", 1) == 0 || syscall(SYS_setdomainname, "x", 1) == 0);
}

// MARK: The kernel

static void *call_by_other_interface(void *argument) {
  volatile bool *returned = argument;
#if defined(__x86_64__)
  // getpid of 32-bit programs
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(20L) : "memory", "r8", "r9", "r10", "r11");
  *returned = result > 0;
#endif
  return NULL;
}

static void *call_by_short_pointers(void *argument) {
  volatile bool *returned = argument;
#if defined(__x86_64__)
  // getpid of programs with 32-bit pointers
  *returned = syscall(0x40000000L | SYS_getpid) > 0;
#endif
  return NULL;
}

static void call_kernel(void) {
  static const struct {
    const char *name;
    long number;
  } calls[] = {
      {"bpf", SYS_bpf}, {"perf", SYS_perf_event_open}, {"ring", SYS_io_uring_setup}, {"ring-enter", SYS_io_uring_enter},
      {"ring-register", SYS_io_uring_register}, {"faults", SYS_userfaultfd}, {"keyctl", SYS_keyctl},
      {"add-key", SYS_add_key}, {"request-key", SYS_request_key}, {"module", SYS_init_module},
      {"module-file", SYS_finit_module}, {"module-removal", SYS_delete_module}, {"kexec", SYS_kexec_load},
      {"reboot", SYS_reboot}, {"swap", SYS_swapon}, {"swap-off", SYS_swapoff}, {"accounting", SYS_acct},
      {"quota", SYS_quotactl}, {"log", SYS_syslog}, {"set-time", SYS_settimeofday}, {"set-clock", SYS_clock_settime},
      {"adjust-clock", SYS_clock_adjtime}, {"adjust-time", SYS_adjtimex}, {"personality", SYS_personality},
      {"shared-memory", SYS_shmget}, {"messages", SYS_msgget}, {"semaphores", SYS_semget}, {"queue", SYS_mq_open},
      {"vmsplice", SYS_vmsplice}, {"ptrace", SYS_ptrace}, {"process-advice", SYS_process_madvise},
      {"aio", SYS_io_setup}, {"hangup", SYS_vhangup}, {"file-attributes", 469}, {"mode-2", 452},
      {"mount-tree-2", 467}, {"list-mounts", 458}, {"stat-mount", 457},
#if defined(__x86_64__)
      {"kexec-file", SYS_kexec_file_load}, {"io-level", SYS_iopl}, {"ports", SYS_ioperm}, {"ldt", SYS_modify_ldt},
#endif
  };
  for (size_t index = 0; index < sizeof calls / sizeof *calls; index++) {
    errno = 0;
    // Any other answer than these two is one of the call itself, which was reached.
    if (syscall(calls[index].number, 0, 0, 0, 0, 0, 0) >= 0 || (errno != EPERM && errno != ENOSYS))
      name("call", calls[index].name);
  }
  expect_refusal("ring", syscall(SYS_io_uring_setup, 4, (char[120]){0}) >= 0);
  volatile bool returned[2] = {false, false};
  void *(*const others[2])(void *) = {call_by_other_interface, call_by_short_pointers};
  for (int index = 0; index < 2; index++) {
    // The filter ends the thread that does it.
    pthread_t thread;
    if (pthread_create(&thread, NULL, others[index], (void *)&returned[index]) == 0) pthread_join(thread, NULL);
    if (returned[index]) name_number("other-interface", index);
  }
}

// MARK: Privileges

static void gain_privileges(void) {
  if (getuid() == 0 || geteuid() == 0 || getgid() == 0 || getegid() == 0) name("root", "");
  gid_t groups[64];
  int count = getgroups(64, groups);
  for (int index = 0; index < count; index++)
    if (groups[index] == 0) name("root-group", "");
  expect_refusal("setuid", setuid(0) == 0 || setreuid(0, 0) == 0 || setresuid(0, 0, 0) == 0 || seteuid(0) == 0);
  expect_refusal("setgid", setgid(0) == 0 || setresgid(0, 0, 0) == 0 || syscall(SYS_setgroups, 0, NULL) == 0);
  struct {
    uint32_t version;
    int process;
  } header = {0x20080522, 0};
  uint32_t none[6] = {0}, all[6] = {~0u, ~0u, ~0u, ~0u, ~0u, ~0u};
  expect_refusal("capset", syscall(SYS_capset, &header, all) == 0);
  if (syscall(SYS_capget, &header, none) == 0)
    for (size_t index = 0; index < 6; index++)
      if (none[index] != 0) name_number("capabilities", (long)index);
  for (int capability = 0; capability < 64; capability++)
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) == 0) name_number("ambient", capability);
  expect_refusal("securebits", prctl(PR_SET_SECUREBITS, 0x2f, 0, 0, 0) == 0);
  expect_refusal("new-privileges", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1);
  expect_refusal("unfiltered", prctl(PR_GET_SECCOMP, 0, 0, 0, 0) != 2);
  struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
  expect_refusal("raises-file-size", setrlimit(RLIMIT_FSIZE, &limit) == 0);
  expect_refusal("raises-processes", setrlimit(RLIMIT_NPROC, &limit) == 0);
  // Above 1 a file gets a dump, at 0 whatever program core_pattern names.
  expect_refusal("core-dumps", getrlimit(RLIMIT_CORE, &limit) != 0 || limit.rlim_cur != 1 || limit.rlim_max != 1);
  limit.rlim_cur = 0;
  expect_refusal(
      "piped-core-dumps", setrlimit(RLIMIT_CORE, &limit) == 0 || syscall(SYS_setrlimit, RLIMIT_CORE, &limit) == 0);
  const struct sched_param realtime = {1};
  expect_refusal("realtime", sched_setscheduler(0, SCHED_FIFO, &realtime) == 0);
  expect_refusal("urgent", setpriority(PRIO_PROCESS, 0, -20) == 0);
}

// Where one is possible, this program begins anew in MODE `executed`, with what was found until then.
static void try_execution(const char *how, int folder, const char *path, int flags, const char *program, const char *socket) {
  char known[sizeof found + 64];
  snprintf(known, sizeof known, "%s%sexecute:%s", found, found[0] != 0 ? "," : "", how);
  char *const arguments[] = {(char *)program, "executed", (char *)socket, "0", known, NULL}, *const environment[] = {NULL};
  syscall(SYS_execveat, folder, path, arguments, environment, flags);
  if (folder == AT_FDCWD) execve(path, arguments, environment);
}

static void execute(const char *program, const char *socket) {
  try_execution("path", AT_FDCWD, "/proc/self/exe", 0, program, socket);
  int own = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  if (own < 0) return;
  try_execution("descriptor", own, "", AT_EMPTY_PATH, program, socket);
  // The number that the sandbox itself executed it from is not known here: each is tried.
  for (int number = 3; number < 256; number++) {
    if (number == own || is_model(number) || dup3(own, number, O_CLOEXEC) < 0) continue;
    try_execution("number", number, "", AT_EMPTY_PATH, program, socket);
    close(number);
  }
  for (size_t index = 0; index < model_count; index++)
    try_execution("model", models[index], "", AT_EMPTY_PATH, program, socket);
  // A program of its own making.
  int made = memfd_create("made", MFD_CLOEXEC);
  char bytes[4096];
  bool complete = made >= 0;
  for (ssize_t size; complete && (size = read(own, bytes, sizeof bytes)) > 0;)
    complete = write(made, bytes, (size_t)size) == size;
  if (complete) try_execution("made", made, "", AT_EMPTY_PATH, program, socket);
  if (made >= 0) close(made);
  close(own);
}

// MARK: Filling

static void *wait_for_good(void *unused) {
  for (;;) pause();
  return unused;
}

// Processes and threads count alike; the sandbox's bound is 512.
static void fill_processes(void) {
  enum { bound = 700, allowed = 600 };
  static pid_t children[bound];
  int count = 0;
  while (count < bound) {
    pid_t child = fork();
    if (child == 0) wait_for_good(NULL);
    if (child < 0) break;
    children[count++] = child;
  }
  if (count >= allowed) name_number("processes", count);
  for (int index = 0; index < count; index++) {
    kill(children[index], SIGKILL);
    waitpid(children[index], NULL, 0);
  }
  pthread_attr_t small;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 65536);
  static pthread_t threads[bound];
  for (count = 0; count < bound; count++)
    if (pthread_create(&threads[count], &small, wait_for_good, NULL) != 0) break;
  if (count >= allowed) name_number("threads", count);
  for (int index = 0; index < count; index++) pthread_cancel(threads[index]);
  for (int index = 0; index < count; index++) pthread_join(threads[index], NULL);
}

// Address space, not pages: the machine that this runs on has others to serve.
static bool maps(size_t size) {
  void *mapped = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped != MAP_FAILED) munmap(mapped, size);
  return mapped != MAP_FAILED;
}

static void fill_memory(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY) return;
  expect_refusal("memory-beyond-limit", maps(limit.rlim_cur));
  const struct rlimit none = {RLIM_INFINITY, RLIM_INFINITY};
  expect_refusal("raises-memory", setrlimit(RLIMIT_AS, &none) == 0);
  // The limit is one for each process.
  pid_t child = fork();
  if (child == 0) _exit(maps(limit.rlim_cur / 2) ? 0 : 1);
  int status;
  if (child > 0 && waitpid(child, &status, 0) == child && status == 0) name("memory-of-processes", "");
}

const char *reach(const char *program, const char *socket) {
  // Writing beyond the limit of files is an error then, and no end.
  signal(SIGXFSZ, SIG_IGN);
  signal(SIGSYS, SIG_IGN);
  look_at_descriptors();
  find_marks();
  reach_evidence();
  reach_network();
  reach_files();
  write_to_sealed_memory();
  leave_marks();
  change_namespaces();
  call_kernel();
  gain_privileges();
  fill_processes();
  fill_memory();
  reach_processes();
  if (kill(-1, SIGKILL) == 0) name("kill-all", "");
  execute(program, socket);
  return found[0] == 0 ? "nothing" : found;
}
