#define _GNU_SOURCE
#include "CConfinement.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/vm_sockets.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

static bool opens(const char *path, int flags) {
  int file = open(path, flags | O_CLOEXEC, 0600);
  if (file >= 0) close(file);
  return file >= 0;
}

// What vouches for the node must never vouch for an engine's words.
static bool reaches_evidence(void) {
  static const char *const places[] = {
      "/dev/sev-guest", "/dev/tdx_guest", "/dev/nsm", "/dev/tpm0", "/dev/tpmrm0", "/dev/nvidiactl",
      "/sys/kernel/config/tsm/report"};
  for (size_t index = 0; index < sizeof places / sizeof *places; index++)
    if (access(places[index], F_OK) == 0) return true;
  return false;
}

// The keeper is process 1 here; every other process of the machine must not exist.
static bool reaches_processes(void) {
  char byte;
  struct iovec here = {&byte, 1}, there = {(void *)&reaches_processes, 1};
  if (kill(1, SIGTERM) == 0 && kill(1, 0) == 0 && geteuid() == 0) return true;
  if (ptrace(PTRACE_ATTACH, 1, NULL, NULL) == 0) return true;
  if (process_vm_readv(1, &here, 1, &there, 1, 0) >= 0) return true;
  if (opens("/proc/1/mem", O_RDONLY) || opens("/proc/1/environ", O_RDONLY)) return true;
  DIR *processes = opendir("/proc");
  if (processes == NULL) return false;
  bool found = false;
  for (struct dirent *entry; (entry = readdir(processes)) != NULL;) {
    long process = strtol(entry->d_name, NULL, 10);
    if (process > 1 && process != getpid()) found = true;
  }
  closedir(processes);
  return found;
}

static bool reaches_network(void) {
  static const int families[] = {AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_VSOCK, AF_ALG};
  for (size_t index = 0; index < sizeof families / sizeof *families; index++) {
    int made = socket(families[index], SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (made < 0) made = socket(families[index], SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (made >= 0) return close(made), true;
  }
  return false;
}

static bool reaches_files(void) {
  static const char *const places[] = {"/etc/passwd", "/etc/ssl", "/home", "/root", "/usr", "/var", "/dev/mem", "/dev/kmsg",
                                       "/dev/shm", "/sys", "/proc/kallsyms", "/proc/sys"};
  for (size_t index = 0; index < sizeof places / sizeof *places; index++)
    if (access(places[index], F_OK) == 0) return true;
  if (opens("/kept", O_CREAT | O_WRONLY) || opens("/dev/kept", O_CREAT | O_WRONLY)) return true;
  // Its socket's folder takes a socket, and not one byte of a file.
  int file = open("/run/kept", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  if (file < 0) return false;
  signal(SIGXFSZ, SIG_IGN);
  bool kept = write(file, "kept", 4) > 0;
  close(file);
  unlink("/run/kept");
  return kept;
}

static bool changes_namespaces(void) {
  return unshare(CLONE_NEWUSER) == 0 || unshare(CLONE_NEWNET) == 0 || chroot("/run") == 0 ||
         mount("kept", "/run", "tmpfs", 0, NULL) == 0 || umount2("/run", MNT_DETACH) == 0 ||
         setns(STDIN_FILENO, 0) == 0;
}

static bool calls_the_kernel(void) {
  static const long calls[] = {SYS_bpf, SYS_perf_event_open, SYS_io_uring_setup, SYS_userfaultfd, SYS_keyctl,
                               SYS_init_module, SYS_kexec_load, SYS_add_key, SYS_pidfd_open, SYS_shmget};
  for (size_t index = 0; index < sizeof calls / sizeof *calls; index++)
    if (syscall(calls[index], 0, 0, 0, 0, 0, 0) >= 0 || (errno != EPERM && errno != ENOSYS)) return true;
  return false;
}

static bool gains_privileges(void) {
  char *const none[] = {NULL};
  if (getuid() == 0 || geteuid() == 0 || setuid(0) == 0 || setgid(0) == 0) return true;
  // Returns only where it is forbidden.
  execve("/proc/self/exe", none, none);
  return errno != EPERM;
}

static bool inherits_descriptors(void) {
  for (int descriptor = 3; descriptor < 1024; descriptor++) {
    struct stat status;
    if (fstat(descriptor, &status) == 0 && S_ISSOCK(status.st_mode)) return true;
  }
  return false;
}

static bool outlives_the_node(void) {
  char text[8] = "";
  int file = open("/proc/self/oom_score_adj", O_RDONLY | O_CLOEXEC);
  ssize_t count = file < 0 ? -1 : read(file, text, sizeof text - 1);
  if (file >= 0) close(file);
  return count < 0 || strcmp(text, "1000\n") != 0 || opens("/proc/self/oom_score_adj", O_WRONLY);
}

static bool leaves_dumps(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_CORE, &limit) < 0 || limit.rlim_cur != 1 || limit.rlim_max != 1) return true;
  limit.rlim_cur = 0;
  return setrlimit(RLIMIT_CORE, &limit) == 0;
}

int cloister_probe_sandbox(void) {
  bool (*const families[])(void) = {reaches_evidence,   reaches_processes, reaches_network,  reaches_files,
                                    changes_namespaces, calls_the_kernel,  gains_privileges, inherits_descriptors,
                                    leaves_dumps,       outlives_the_node};
  for (size_t index = 0; index < sizeof families / sizeof *families; index++)
    if (families[index]()) return (int)index + 1;
  return 0;
}
