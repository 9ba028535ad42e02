// An engine that means harm, for tests of the sandbox that a node runs engines in.
//
//   hostile-engine MODE SOCKET
//
// honest: answers "ok". reach: tries what no engine may do, and answers with what it could. flood: answers without end.
// lie: answers with what is no answer. silent: never answers. remember: answers with the request before. cached: says
// that it reused one. tell: shows the last request to whoever asks. die: ends at once.

#define _GNU_SOURCE
#include <CConfinement.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { request_limit = 1 << 20 };
static char request[request_limit + 1];
static char request_before[request_limit + 1];
static char possible[4096];

static void note(const char *what) {
  if (possible[0] != 0) strncat(possible, ",", sizeof possible - strlen(possible) - 1);
  strncat(possible, what, sizeof possible - strlen(possible) - 1);
}

// MARK: What no engine may do

static bool writes(const char *path, int flags) {
  int file = open(path, flags | O_WRONLY | O_CLOEXEC, 0600);
  if (file < 0) return false;
  bool kept = write(file, "kept", 4) > 0;
  close(file);
  return kept;
}

static void try_model(void) {
  for (int file = 3; file < 1024; file++) {
    struct stat status;
    if (fstat(file, &status) < 0) continue;
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    if (pwrite(file, "kept", 4, 0) > 0 || ftruncate(file, 0) == 0 || writes(path, 0)) note("model-written");
    void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory != MAP_FAILED) note("model-mapped-for-writing");
    if (fcntl(file, F_ADD_SEALS, 0) == 0) note("model-sealed-anew");
    if (!S_ISREG(status.st_mode)) note("other-descriptor");
  }
}

static void try_host(void) {
  static const char *const places[] = {"/proc/1/root/etc", "/proc/1/cwd/etc", "../../../../etc/passwd", "/proc/1/fd/0",
                                       "/proc/1/maps", "/proc/sysrq-trigger", "/proc/mounts/../../etc", "/run/../etc"};
  for (size_t index = 0; index < sizeof places / sizeof *places; index++) {
    int file = open(places[index], O_RDONLY | O_CLOEXEC);
    if (file >= 0) note(places[index]), close(file);
  }
  if (writes("/dev/null/kept", O_CREAT) || writes("/proc/kept", O_CREAT) || writes("/kept", O_CREAT)) note("file-kept");
  // Devices by number: memory, the guest's evidence devices are of the same kind (misc, 10).
  if (mknod("/run/memory", S_IFCHR | 0600, makedev(1, 1)) == 0) note("device-made");
  if (symlink("/etc", "/run/link") == 0) {
    if (access("/run/link/passwd", F_OK) == 0) note("link-followed");
    unlink("/run/link");
  }
}

static void try_network(void) {
  for (int family = 0; family < 46; family++) {
    if (family == AF_UNIX) continue;
    for (int type = SOCK_STREAM; type <= SOCK_RAW; type++) {
      int made = socket(family, type, 0);
      if (made >= 0) note("socket"), close(made);
    }
  }
  // Names of the host's abstract sockets are of another network namespace.
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  static const char *const names[] = {"/org/freedesktop/systemd1/notify", "/tmp/.X11-unix/X0", "cloister-test"};
  for (size_t index = 0; index < sizeof names / sizeof *names; index++) {
    int made = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    strcpy(name.sun_path + 1, names[index]);
    if (connect(made, (struct sockaddr *)&name, sizeof(sa_family_t) + 1 + strlen(names[index])) == 0) note("abstract-socket");
    close(made);
  }
}

static void try_processes(void) {
  if (kill(-1, 0) == 0) note("others-signalled");
  // Its keeper must outlive this: it is what ends the engine.
  kill(1, SIGKILL);
  kill(1, SIGTERM);
  if (ptrace(PTRACE_SEIZE, 1, NULL, NULL) == 0) note("keeper-traced");
  if (syscall(SYS_pidfd_open, 1, 0) >= 0) note("keeper-opened");
  if (setpgid(0, 1) == 0) note("group-of-another");
  static const unsigned long namespaces[] = {0x10000000, 0x00020000, 0x20000000, 0x40000000, 0x08000000, 0x04000000, 0x02000000};
  for (size_t index = 0; index < sizeof namespaces / sizeof *namespaces; index++) {
    long child = syscall(SYS_clone, namespaces[index] | SIGCHLD, NULL, NULL, NULL, NULL);
    if (child == 0) _exit(0);
    if (child > 0) note("namespace-made"), waitpid((pid_t)child, NULL, 0);
  }
  if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 21, 0, 0) == 0) note("capability");
  if (syscall(SYS_personality, 0x0040000) >= 0) note("personality");
}

// Forks until it may not, or far too often.
static void try_flooding_processes(void) {
  enum { most = 600 };
  pid_t children[most];
  int count = 0;
  while (count < most) {
    pid_t child = fork();
    if (child == 0) pause(), _exit(0);
    if (child < 0) break;
    children[count++] = child;
  }
  if (count == most) note("processes-without-end");
  for (int index = 0; index < count; index++) kill(children[index], SIGKILL), waitpid(children[index], NULL, 0);
}

static void try_everything(void) {
  int family = cloister_probe_sandbox();
  if (family != 0) note("probe-family");
  try_model();
  try_host();
  try_network();
  try_processes();
  try_flooding_processes();
}

// MARK: A server

static void say(int connection, const char *text) {
  size_t length = strlen(text);
  while (length > 0) {
    ssize_t count = send(connection, text, length, MSG_NOSIGNAL);
    if (count <= 0) return;
    text += count;
    length -= (size_t)count;
  }
}

static void answer(int connection, int status, const char *body) {
  char head[256];
  snprintf(head, sizeof head, "HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
           status, strlen(body));
  say(connection, head);
  say(connection, body);
}

static void complete(int connection, const char *content, int reused) {
  static char body[2 * request_limit];
  static char escaped[request_limit + 1];
  size_t length = 0;
  for (; *content != 0 && length < request_limit - 8; content++)
    if (*content != '"' && *content != '\\' && (unsigned char)*content >= 0x20) escaped[length++] = *content;
  escaped[length] = 0;
  snprintf(body, sizeof body,
           "{\"id\":\"x\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":"
           "{\"role\":\"assistant\",\"content\":\"%s\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1,"
           "\"completion_tokens\":1,\"prompt_tokens_details\":{\"cached_tokens\":%d}}}",
           escaped, reused);
  answer(connection, 200, body);
}

static void lie(int connection, int count) {
  static const char *const lies[] = {
      "not JSON", "{}", "[]", "{\"choices\":[]}", "{\"choices\":[{\"message\":{\"content\":7}}]}",
      "{\"choices\":[{\"message\":{\"content\":\"a\"}}],\"choices\":[]}", "\"\\ud800\"", "{\"choices\":"};
  switch (count % 12) {
    case 8: return say(connection, "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n");
    case 9: return say(connection, "HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n{}");
    case 10: return say(connection, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n0\r\n\r\n");
    case 11: return say(connection, "SSH-2.0-nothing\r\n\r\n");
    default: return answer(connection, 200, lies[count % 12]);
  }
}

static void flood(int connection) {
  say(connection, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n");
  static const char event[] =
      "data: {\"id\":\"x\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":"
      "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"},\"finish_reason\":null}]}\n\n";
  while (send(connection, event, sizeof event - 1, MSG_NOSIGNAL) > 0) {
  }
}

// Reads head and body; false where the connection ended before.
static bool receive(int connection) {
  size_t length = 0;
  for (;;) {
    ssize_t count = recv(connection, request + length, request_limit - length, 0);
    if (count <= 0) return false;
    length += (size_t)count;
    request[length] = 0;
    char *end = strstr(request, "\r\n\r\n");
    if (end == NULL) continue;
    char *field = strcasestr(request, "content-length:");
    size_t body = field != NULL && field < end ? strtoul(field + 15, NULL, 10) : 0;
    if (length >= (size_t)(end + 4 - request) + body) return true;
  }
}

int main(int count, char *arguments[]) {
  // The node puts the engine's name first.
  if (count != 3) return 64;
  const char *mode = arguments[1];
  if (strcmp(mode, "die") == 0) return 3;
  if (strcmp(mode, "reach") == 0) try_everything();
  int listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, arguments[2], sizeof address.sun_path - 1);
  if (bind(listening, (struct sockaddr *)&address, sizeof address) < 0 || listen(listening, 64) < 0) return errno;
  for (int served = 0;;) {
    int connection = accept(listening, NULL, NULL);
    if (connection < 0) continue;
    if (!receive(connection)) {
      close(connection);
      continue;
    }
    bool posts = strncmp(request, "POST", 4) == 0;
    if (!posts && strncmp(request, "GET /health", 11) == 0) answer(connection, 200, "{}");
    else if (!posts) answer(connection, strcmp(mode, "tell") == 0 ? 200 : 404, request_before);
    else if (strcmp(mode, "silent") == 0 && served > 2) continue;
    else if (strcmp(mode, "flood") == 0 && served > 2) flood(connection);
    else if (strcmp(mode, "lie") == 0 && served > 2) lie(connection, served);
    else if (strcmp(mode, "remember") == 0) complete(connection, request_before, 0);
    else if (strcmp(mode, "reach") == 0) complete(connection, possible[0] != 0 ? possible : "nothing", 0);
    else complete(connection, "ok", strcmp(mode, "cached") == 0 && served > 0 ? 10 : 0);
    if (posts) {
      served++;
      strcpy(request_before, request);
    }
    close(connection);
  }
}
