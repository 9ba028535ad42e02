#define _GNU_SOURCE
#include "CConfinement.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

int cloister_forbid_dumps(void) {
  // 1 is too little for a file, and a dump for a program that core_pattern names is aborted at 1 alone: at 0 it is not
  // (fs/coredump.c). Where the limit is 0 already it stays there.
  const struct rlimit one = {1, 1}, none = {0, 0};
  if (setrlimit(RLIMIT_CORE, &one) < 0 && setrlimit(RLIMIT_CORE, &none) < 0) return -errno;
  return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ? -errno : 0;
}

int cloister_forbids_dumps(void) {
  struct rlimit limit;
  return getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_max <= 1 && prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
}

int cloister_forbid_privileges(void) {
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : 0;
}

int cloister_lock_memory(void) {
  // On fault: locking what was never touched costs three times the memory.
  return mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) < 0 ? -errno : 0;
}

int cloister_try_executable_memory(void) {
  void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page != MAP_FAILED) return munmap(page, 4096), 0;
  page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return -errno;
  int result = mprotect(page, 4096, PROT_READ | PROT_EXEC) < 0 ? -errno : 0;
  munmap(page, 4096);
  return result;
}
