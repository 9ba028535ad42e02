#define _GNU_SOURCE
#include "CConfinement.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// The kernel's interface, which Debian 12's headers know up to version 2 only.
struct ruleset {
  uint64_t files;
  uint64_t network;
  uint64_t scoped;
};
struct path_rule {
  uint64_t allowed;
  int32_t parent;
} __attribute__((packed));

enum { VERSION_FLAG = 1, RULE_PATH_BENEATH = 1 };
enum {
  FILE_WRITE = 1 << 1,
  FILE_READ = 1 << 2,
  FOLDER_READ = 1 << 3,
  FOLDER_REMOVE = 1 << 4,
  FILE_REMOVE = 1 << 5,
  FOLDER_MAKE = 1 << 7,
  FILE_MAKE = 1 << 8,
  SOCKET_MAKE = 1 << 9,
  FILE_TRUNCATE = 1 << 14,
};
enum { TCP_CONNECT = 1 << 1, SCOPE_ABSTRACT_SOCKETS = 1 << 0, SCOPE_SIGNALS = 1 << 1 };

int cloister_landlock_version(void) {
  long version = syscall(SYS_landlock_create_ruleset, NULL, 0, VERSION_FLAG);
  return version < 0 ? 0 : (int)version;
}

static int add(int rules, struct cloister_reachable_path path, uint64_t known) {
  int parent = open(path.path, O_PATH | O_CLOEXEC);
  if (parent < 0) return errno == ENOENT ? 0 : -errno;
  struct stat status;
  int result = fstat(parent, &status) < 0 ? -errno : 0;
  uint64_t file = FILE_READ | (path.writable ? FILE_WRITE | FILE_TRUNCATE : 0);
  uint64_t folder = FOLDER_READ | (path.writable ? FOLDER_REMOVE | FILE_REMOVE | FOLDER_MAKE | FILE_MAKE | SOCKET_MAKE : 0);
  struct path_rule rule = {
      .allowed = (S_ISDIR(status.st_mode) ? file | folder : file) & known,
      .parent = parent,
  };
  if (result == 0 && syscall(SYS_landlock_add_rule, rules, RULE_PATH_BENEATH, &rule, 0) < 0) result = -errno;
  close(parent);
  return result;
}

int cloister_landlock_restrict(const struct cloister_reachable_path paths[], size_t count, bool may_dial) {
  int version = cloister_landlock_version();
  if (version == 0) return -ENOSYS;
  // Version 1 handles 13 kinds of access, 2 adds moving between folders, 3 truncation, 5 device calls.
  struct ruleset handled = {.files = (1 << 13) - 1};
  if (version >= 2) handled.files |= 1 << 13;
  if (version >= 3) handled.files |= 1 << 14;
  if (version >= 4 && !may_dial) handled.network = TCP_CONNECT;
  if (version >= 6) handled.scoped = SCOPE_ABSTRACT_SOCKETS | SCOPE_SIGNALS;
  size_t size = version >= 6 ? sizeof handled : version >= 4 ? 16 : 8;
  int rules = (int)syscall(SYS_landlock_create_ruleset, &handled, size, 0);
  if (rules < 0) return -errno;
  int result = 0;
  for (size_t index = 0; index < count && result == 0; index++) result = add(rules, paths[index], handled.files);
  if (result == 0 && syscall(SYS_landlock_restrict_self, rules, 0) < 0) result = -errno;
  close(rules);
  return result;
}
