#define _GNU_SOURCE
#include "CConfinement.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int cloister_message_sockets(int pair[2]) {
  return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0 ? -errno : 0;
}

int cloister_send(int socket, uint8_t byte, int descriptor) {
  struct iovec part = {&byte, 1};
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
  } control = {0};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  if (descriptor >= 0) {
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof control.bytes;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &descriptor, sizeof(int));
  }
  return sendmsg(socket, &message, MSG_NOSIGNAL) == 1 ? 0 : -errno;
}

int cloister_receive(int socket, uint8_t *byte, int *descriptor, int milliseconds) {
  *descriptor = -1;
  struct pollfd waiting = {.fd = socket, .events = POLLIN};
  int ready;
  do ready = poll(&waiting, 1, milliseconds);
  while (ready < 0 && errno == EINTR);
  if (ready < 0) return -errno;
  if (ready == 0) return -EAGAIN;
  struct iovec part = {byte, 1};
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
  } control = {0};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
  ssize_t count = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  if (count < 0) return -errno;
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (header != NULL && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
      header->cmsg_len == CMSG_LEN(sizeof(int)))
    memcpy(descriptor, CMSG_DATA(header), sizeof(int));
  return (int)count;
}

pid_t cloister_spawn(int file, char *const arguments[], const int descriptors[], size_t count) {
  enum { limit = 32 };
  if (count > limit) return -EINVAL;
  pid_t child = fork();
  if (child < 0) return -errno;
  if (child > 0) return child;
  // Nothing but plain system calls from here: other threads of the parent may have held locks.
  int moved[limit];
  int executable = fcntl(file, F_DUPFD_CLOEXEC, 100);
  for (size_t index = 0; index < count; index++) moved[index] = fcntl(descriptors[index], F_DUPFD_CLOEXEC, 100);
  for (size_t index = 0; index < count; index++)
    if (dup2(moved[index], 3 + (int)index) < 0) _exit(126);
  syscall(SYS_close_range, 3 + count, 99, 0);
  // Whatever this process's own parent left open beyond; the executable's number must last until it is executed.
  if (syscall(SYS_close_range, 100, ~0U, CLOSE_RANGE_CLOEXEC) < 0) _exit(126);
  char *const environment[] = {NULL};
  cloister_execute(executable, arguments, environment);
  _exit(127);
}
