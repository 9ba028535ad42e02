#define _GNU_SOURCE
#include "CConfinement.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/memfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#define MFD_NOEXEC_SEAL 0x0008U
#endif
#ifndef F_SEAL_EXEC
#define F_SEAL_EXEC 0x0020
#endif

static const int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

int cloister_memory_file(const char *name, bool executable) {
  const unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  int file = memfd_create(name, flags | (executable ? MFD_EXEC : MFD_NOEXEC_SEAL));
  // Linux below 6.3 knows neither flag.
  if (file < 0 && errno == EINVAL) file = memfd_create(name, flags);
  if (file < 0) return -errno;
  // Else the time of the last reading is a word that a reader leaves for the next one. Linux below 6.0 cannot.
  int kept = FS_NOATIME_FL;
  ioctl(file, FS_IOC_SETFLAGS, &kept);
  return file;
}

int cloister_seal(int file) {
  // Seals cover the bytes; who may write may still change times and attributes.
  struct stat status;
  if (fstat(file, &status) < 0 || fchmod(file, status.st_mode & 0555) < 0) return -errno;
  return fcntl(file, F_ADD_SEALS, seals) < 0 ? -errno : 0;
}

int cloister_is_sealed(int file) {
  int present = fcntl(file, F_GET_SEALS);
  return present >= 0 && (present & seals) == seals;
}

int cloister_execute(int file, char *const arguments[], char *const environment[]) {
  syscall(SYS_execveat, file, "", arguments, environment, AT_EMPTY_PATH);
  return -errno;
}
