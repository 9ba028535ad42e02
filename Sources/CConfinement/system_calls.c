#define _GNU_SOURCE
#include "CConfinement.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

// A call that this machine's architecture does not have is passed over.
static int add(scmp_filter_ctx filter, uint32_t action, int call) {
  int result = seccomp_rule_add(filter, action, call, 0);
  return result == -EDOM ? 0 : result;
}

#define CALL(name) SCMP_SYS(name)

// What a server at work calls: its sockets, timers, memory and threads.
static const int of_a_server[] = {
    // Connections that are accepted, or came as descriptors
    CALL(accept), CALL(accept4), CALL(read), CALL(readv), CALL(pread64), CALL(write), CALL(writev), CALL(recvfrom),
    CALL(recvmsg), CALL(recvmmsg), CALL(sendfile), CALL(shutdown), CALL(close), CALL(close_range), CALL(getsockname),
    CALL(getpeername), CALL(getsockopt), CALL(setsockopt), CALL(fcntl), CALL(dup), CALL(pipe2),
    // Waiting
    CALL(epoll_create1), CALL(epoll_ctl), CALL(epoll_wait), CALL(epoll_pwait), CALL(epoll_pwait2), CALL(poll),
    CALL(ppoll), CALL(select), CALL(pselect6), CALL(eventfd2), CALL(timerfd_create), CALL(timerfd_settime), CALL(timerfd_gettime),
    CALL(signalfd4), CALL(futex), CALL(nanosleep), CALL(clock_nanosleep), CALL(clock_gettime), CALL(clock_getres),
    CALL(gettimeofday), CALL(time), CALL(wait4), CALL(waitid), CALL(restart_syscall),
    // Memory
    CALL(munmap), CALL(mremap), CALL(madvise), CALL(brk), CALL(mincore), CALL(membarrier), CALL(mlock), CALL(munlock),
    // Threads
    CALL(set_robust_list), CALL(get_robust_list), CALL(rseq), CALL(set_tid_address), CALL(gettid), CALL(getpid),
    CALL(sched_yield), CALL(sched_getaffinity), CALL(sched_getparam), CALL(sched_getscheduler), CALL(getcpu),
    CALL(exit), CALL(exit_group), CALL(arch_prctl),
    // Signals, to itself
    CALL(rt_sigaction), CALL(rt_sigprocmask), CALL(rt_sigreturn), CALL(rt_sigtimedwait), CALL(sigaltstack),
    // What it may know
    CALL(getrandom), CALL(getuid), CALL(geteuid), CALL(getgid), CALL(getegid), CALL(getppid), CALL(uname),
    CALL(sysinfo), CALL(getrusage), CALL(getrlimit), CALL(getcwd), CALL(umask),
    // Files that Landlock left: certificates, the kernel's folder for evidence
    CALL(open), CALL(openat), CALL(fstat), CALL(stat), CALL(lstat), CALL(newfstatat), CALL(statx), CALL(lseek),
    CALL(access), CALL(faccessat), CALL(faccessat2), CALL(readlink), CALL(readlinkat), CALL(getdents64), CALL(mkdir),
    CALL(mkdirat), CALL(rmdir), CALL(unlinkat), CALL(fsync), CALL(ftruncate), CALL(fstatfs), CALL(statfs),
};

int cloister_close_system_calls(const int dialled_families[], size_t family_count, bool device_calls) {
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
  if (filter == NULL) return -ENOMEM;
  int result = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
  for (size_t index = 0; index < sizeof of_a_server / sizeof *of_a_server && result == 0; index++)
    result = add(filter, SCMP_ACT_ALLOW, of_a_server[index]);
  // glibc takes this answer as "use clone", whose flags can be looked at.
  if (result == 0) result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), CALL(clone3), 0);
  if (result == 0)
    result = seccomp_rule_add(
        filter, SCMP_ACT_ALLOW, CALL(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
  if (result == 0)
    result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  if (result == 0)
    result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  if (result == 0)
    result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(prctl), 1, SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME));
  // To its own threads only: abort, and threads that are cancelled.
  if (result == 0)
    result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(tgkill), 1, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
  // Limits are read, not set.
  if (result == 0) result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(prlimit64), 1, SCMP_A2(SCMP_CMP_EQ, 0));
  for (size_t index = 0; index < family_count && result == 0; index++)
    result = seccomp_rule_add(
        filter, SCMP_ACT_ALLOW, CALL(socket), 2, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)dialled_families[index]),
        SCMP_A1(SCMP_CMP_MASKED_EQ, (uint32_t) ~(SOCK_CLOEXEC | SOCK_NONBLOCK), SOCK_STREAM));
  // A shut listener is a socket that dials by sending ("fast open"), which Landlock does not see as connecting either.
  const struct {
    int call;
    unsigned flags;
  } sending[] = {{CALL(sendto), 3}, {CALL(sendmsg), 2}, {CALL(sendmmsg), 3}};
  for (size_t index = 0; index < sizeof sending / sizeof *sending && result == 0; index++)
    result = seccomp_rule_add(
        filter, SCMP_ACT_ALLOW, sending[index].call, 1,
        SCMP_CMP(sending[index].flags, SCMP_CMP_MASKED_EQ, MSG_FASTOPEN, 0));
  // A connected or listening socket can be disconnected and dial as well: it is Landlock (version 4) that denies this.
  if (result == 0 && family_count > 0) result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(connect), 0);
  if (result == 0 && device_calls) result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(ioctl), 0);
  if (result == 0) result = seccomp_load(filter);
  seccomp_release(filter);
  return result;
}

// Calls that no inference server makes, and that most escapes from a sandbox begin with.
static const int foreign_to_engines[] = {
    // Other processes
    CALL(ptrace), CALL(process_vm_readv), CALL(process_vm_writev), CALL(process_madvise), CALL(pidfd_open),
    CALL(pidfd_getfd), CALL(pidfd_send_signal), CALL(kcmp),
    // Mounts and namespaces
    CALL(mount), CALL(umount2), CALL(pivot_root), CALL(chroot), CALL(unshare), CALL(setns), CALL(fsopen), CALL(fsmount),
    CALL(fsconfig), CALL(fspick), CALL(move_mount), CALL(open_tree), CALL(mount_setattr), CALL(name_to_handle_at),
    CALL(open_by_handle_at), CALL(clone3),
    // The kernel
    CALL(bpf), CALL(perf_event_open), CALL(io_uring_setup), CALL(io_uring_enter), CALL(io_uring_register),
    CALL(userfaultfd), CALL(keyctl), CALL(add_key), CALL(request_key), CALL(init_module), CALL(finit_module),
    CALL(delete_module), CALL(kexec_load), CALL(kexec_file_load), CALL(reboot), CALL(swapon), CALL(swapoff),
    CALL(acct), CALL(quotactl), CALL(syslog), CALL(settimeofday), CALL(clock_settime), CALL(clock_adjtime),
    CALL(adjtimex), CALL(sethostname), CALL(setdomainname), CALL(personality), CALL(iopl), CALL(ioperm), CALL(modify_ldt),
    // What shares memory beyond the sandbox, or outlives a request in the kernel
    CALL(shmget), CALL(shmat), CALL(msgget), CALL(semget), CALL(mq_open), CALL(vmsplice),
    // Users and executables: it was executed by descriptor, and stays what it is
    CALL(execve), CALL(setuid), CALL(setgid), CALL(setreuid), CALL(setregid), CALL(setresuid), CALL(setresgid),
    CALL(setgroups), CALL(setfsuid), CALL(setfsgid), CALL(capset),
    // Processes: without another executable they only multiply what one may use
    CALL(fork), CALL(vfork),
    // What is left at a file beside its bytes. Models are shared with the next engine, devices with the machine.
    CALL(setxattr), CALL(lsetxattr), CALL(fsetxattr), CALL(removexattr), CALL(lremovexattr), CALL(fremovexattr),
    CALL(chmod), CALL(fchmod), CALL(fchmodat), CALL(chown), CALL(fchown), CALL(lchown), CALL(fchownat), CALL(utime),
    CALL(utimes), CALL(futimesat), CALL(utimensat), CALL(flock),
    // What others do with a shared file
    CALL(inotify_init), CALL(inotify_init1), CALL(inotify_add_watch), CALL(fanotify_init), CALL(fanotify_mark),
    // Taken from a number that is the whole machine's
    CALL(io_setup), CALL(io_submit),
};

// Numbers that came after libseccomp's table of calls, and the ones still to come: among them ways to do all of the
// above. Libraries take "no such call" as an older kernel's answer.
enum { FIRST_NEW_CALL = 451, FIRST_NUMBER_OF_NO_CALL = 512 };

// The kernel looks at the lower half of these arguments only, and so must the filter.
#define LOWER_HALF 0xffffffffu

static const unsigned file_flag_requests[] = {FS_IOC_SETFLAGS, FS_IOC32_SETFLAGS, FS_IOC_FSSETXATTR, FS_IOC_SETVERSION};
// Locks, and hints that stay with a file: each is a word that one engine could leave for another.
static const int file_commands[] = {
    F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW, F_SETLEASE, F_NOTIFY, F_SET_RW_HINT, F_SET_FILE_RW_HINT};

int cloister_close_engine_system_calls(const char *executed_path) {
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
  if (filter == NULL) return -ENOMEM;
  int result = 0;
  for (size_t index = 0; index < sizeof foreign_to_engines / sizeof *foreign_to_engines && result == 0; index++)
    result = add(filter, SCMP_ACT_ERRNO(foreign_to_engines[index] == CALL(clone3) ? ENOSYS : EPERM), foreign_to_engines[index]);
  // New namespaces by way of clone.
  const uint64_t namespaces[] = {
      CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWCGROUP};
  for (size_t index = 0; index < sizeof namespaces / sizeof *namespaces && result == 0; index++)
    result = seccomp_rule_add(
        filter, SCMP_ACT_ERRNO(EPERM), CALL(clone), 1,
        SCMP_A0(SCMP_CMP_MASKED_EQ, namespaces[index], namespaces[index]));
  // Unix sockets and no other family: there is no interface, but some families know no namespace (vsock).
  // A pair of most families is made, and its module loaded, before the kernel says that there are none.
  if (result == 0)
    result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), CALL(socket), 1, SCMP_A0(SCMP_CMP_NE, AF_UNIX));
  if (result == 0)
    result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), CALL(socketpair), 1, SCMP_A0(SCMP_CMP_NE, AF_UNIX));
  // Threads are no processes; a limit on address space is one for each process.
  if (result == 0)
    result = seccomp_rule_add(
        filter, SCMP_ACT_ERRNO(EPERM), CALL(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
  if (result == 0)
    result = seccomp_rule_add(
        filter, SCMP_ACT_ERRNO(EPERM), CALL(execveat), 1, SCMP_A1(SCMP_CMP_NE, (scmp_datum_t)(uintptr_t)executed_path));
  // Limits of its keeper, which may be of the same user.
  if (result == 0)
    result = seccomp_rule_add(
        filter, SCMP_ACT_ERRNO(EPERM), CALL(prlimit64), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, LOWER_HALF, 1));
  // Of the limit on dumps one value alone keeps them from programs, too (run_engine).
  if (result == 0)
    result = seccomp_rule_add(
        filter, SCMP_ACT_ERRNO(EPERM), CALL(prlimit64), 2, SCMP_A1(SCMP_CMP_MASKED_EQ, LOWER_HALF, RLIMIT_CORE),
        SCMP_A2(SCMP_CMP_NE, 0));
  if (result == 0)
    result = seccomp_rule_add(
        filter, SCMP_ACT_ERRNO(EPERM), CALL(setrlimit), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, LOWER_HALF, RLIMIT_CORE));
  for (size_t index = 0; index < sizeof file_flag_requests / sizeof *file_flag_requests && result == 0; index++)
    result = seccomp_rule_add(
        filter, SCMP_ACT_ERRNO(EPERM), CALL(ioctl), 1,
        SCMP_A1(SCMP_CMP_MASKED_EQ, LOWER_HALF, file_flag_requests[index]));
  for (size_t index = 0; index < sizeof file_commands / sizeof *file_commands && result == 0; index++)
    result = seccomp_rule_add(
        filter, SCMP_ACT_ERRNO(EPERM), CALL(fcntl), 1,
        SCMP_A1(SCMP_CMP_MASKED_EQ, LOWER_HALF, (scmp_datum_t)file_commands[index]));
  for (int call = FIRST_NEW_CALL; call < FIRST_NUMBER_OF_NO_CALL && result == 0; call++)
    result = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), call, 0);
  if (result == 0) result = seccomp_load(filter);
  seccomp_release(filter);
  return result;
}
