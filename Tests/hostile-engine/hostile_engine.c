// An engine that is against the node that runs it: MODE SOCKET [HONEST]
//
//   honest     answers "ok", and texts to embed with the vectors that they alone determine
//   reach      tries everything that an engine must not do, then answers with the names of what was possible, or "nothing"
//   flood      answers without end
//   lie        answers what is no answer, another kind each time
//   silent     accepts and never answers
//   remember   answers with what the request before it said
//   recall     answers with the word that the request before it said, a token for each character
//   untold     says nothing of tokens that it took from an earlier request
//   cached     says that it took tokens from an earlier request, where one comes twice in a row
//   tell       shows the last request to whoever asks
//   allocate   takes memory until there is none, and ends with code 4
//   crash      ends on a request, with code 3
//   die        ends at once
//
// HONEST is how many completions are answered as by `honest` first (0): enough of them to pass a node's trial.

#define _GNU_SOURCE
#include "reach.h"

#include <ctype.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { HEAD_LIMIT = 65536, BODY_LIMIT = 16 << 20 };

static const char *mode = "honest";
static const char *possible = "nothing";
static long honest_count = 0;

static bool is_mode(const char *name) { return strcmp(mode, name) == 0; }

// MARK: What it keeps

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *last_request;
static long completion_count;

/// Keeps a copy of `body` and hands over the one before it, which the caller frees.
static char *exchange_last_request(const char *body, long *number) {
  char *copy = strdup(body);
  pthread_mutex_lock(&lock);
  char *before = last_request;
  last_request = copy;
  *number = completion_count++;
  pthread_mutex_unlock(&lock);
  return before;
}

// MARK: Writing

static bool send_bytes(int connection, const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t sent = send(connection, bytes, count, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes += sent;
    count -= (size_t)sent;
  }
  return true;
}

static bool send_text(int connection, const char *text) { return send_bytes(connection, text, strlen(text)); }

__attribute__((format(printf, 2, 3))) static bool send_format(int connection, const char *format, ...) {
  char *text = NULL;
  va_list arguments;
  va_start(arguments, format);
  int count = vasprintf(&text, format, arguments);
  va_end(arguments);
  if (count < 0) return false;
  bool result = send_bytes(connection, text, (size_t)count);
  free(text);
  return result;
}

static bool send_answer(int connection, const char *status, const char *type, const char *body) {
  return send_format(
      connection, "HTTP/1.1 %s\r\ncontent-type: %s\r\ncontent-length: %zu\r\nconnection: close\r\n\r\n%s", status, type,
      strlen(body), body);
}

/// As the content of a JSON string; the caller frees it.
static char *escaped(const char *text) {
  char *result = malloc(strlen(text) * 6 + 1), *end = result;
  if (result == NULL) abort();
  for (; *text != 0; text++) {
    unsigned char byte = (unsigned char)*text;
    if (byte == '"' || byte == '\\') {
      *end++ = '\\';
      *end++ = *text;
    } else if (byte < 0x20) {
      end += sprintf(end, "\\u%04x", byte);
    } else {
      *end++ = *text;
    }
  }
  *end = 0;
  return result;
}

#define SSE_HEAD "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
#define CHUNK(delta, reason) \
  "data: {\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"hostile\"," \
  "\"choices\":[{\"index\":0,\"delta\":" delta ",\"finish_reason\":" reason "}]}\n\n"
#define ANSWER(content) \
  "{\"id\":\"x\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"hostile\",\"choices\":[{\"index\":0," \
  "\"message\":{\"role\":\"assistant\",\"content\":\"" content "\"},\"finish_reason\":\"stop\"}]," USAGE("0") "}"
#define USAGE(cached) \
  "\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":1,\"total_tokens\":11," \
  "\"prompt_tokens_details\":{\"cached_tokens\":" cached "}}"

static void complete(int connection, bool streams, const char *content, int cached) {
  char *text = escaped(content);
  if (streams) {
    send_format(
        connection, SSE_HEAD CHUNK("{\"role\":\"assistant\",\"content\":\"%s\"}", "null") CHUNK("{}", "\"stop\"")
        "data: {\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"hostile\",\"choices\":[],"
        USAGE("%d") "}\n\ndata: [DONE]\n\n",
        text, cached);
  } else {
    char *body = NULL;
    if (asprintf(
            &body,
            "{\"id\":\"x\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"hostile\",\"choices\":[{\"index\":0,"
            "\"message\":{\"role\":\"assistant\",\"content\":\"%s\"},\"finish_reason\":\"stop\"}]," USAGE("%d") "}",
            text, cached) >= 0)
      send_answer(connection, "200 OK", "application/json", body);
    free(body);
  }
  free(text);
}

static void complete_untold(int connection) {
  send_answer(
      connection, "200 OK", "application/json",
      "{\"id\":\"x\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"hostile\",\"choices\":[{\"index\":0,"
      "\"message\":{\"role\":\"assistant\",\"content\":\"ok\"},\"finish_reason\":\"stop\"}],"
      "\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":1,\"total_tokens\":11}}");
}

/// "The word is ..." of the request before, as much of it as the answer may have tokens.
static void recall(int connection, bool streams, const char *before, const char *body) {
  const char *word = before != NULL ? strstr(before, "The word is ") : NULL;
  const char *most = strstr(body, "\"max_tokens\":");
  size_t room = most != NULL ? strtoul(most + strlen("\"max_tokens\":"), NULL, 10) : 0;
  char text[64] = "";
  if (word != NULL) snprintf(text, sizeof text, "%.*s", (int)(room < 63 ? room : 63), word);
  text[strcspn(text, "\"\\")] = 0;
  complete(connection, streams, text, 0);
}

// MARK: Vectors

/// For each text its length in bytes, an eighth of their sum, and -0.1, which no binary fraction is. A byte counts as a
/// token. Texts are read as the node writes them; of what JSON escapes, the escapes are counted.
static void embed(int connection, const char *body) {
  const char *text = strstr(body, "\"input\":["), *end;
  if (text == NULL) {
    send_answer(connection, "400 Bad Request", "application/json", "{}");
    return;
  }
  char *answer = NULL;
  size_t size = 0, index = 0, tokens = 0;
  FILE *stream = open_memstream(&answer, &size);
  if (stream == NULL) abort();
  fputs("{\"object\":\"list\",\"model\":\"hostile\",\"data\":[", stream);
  text += strlen("\"input\":[");
  while (*text == '"' && (end = strchr(text + 1, '"')) != NULL) {
    size_t count = (size_t)(end - text - 1);
    unsigned long sum = 0;
    while (++text < end) sum += (unsigned char)*text;
    fprintf(
        stream, "%s{\"object\":\"embedding\",\"index\":%zu,\"embedding\":[%zu,%.3f,-0.1]}", index > 0 ? "," : "", index,
        count, (double)sum / 8);
    tokens += count;
    index++;
    text += text[1] == ',' ? 2 : 1;
  }
  fprintf(stream, "],\"usage\":{\"prompt_tokens\":%zu,\"total_tokens\":%zu}}", tokens, tokens);
  fclose(stream);
  send_answer(connection, "200 OK", "application/json", answer);
  free(answer);
}

// MARK: Without end

static void flood(int connection, bool streams) {
  if (streams) {
    if (!send_text(connection, SSE_HEAD)) return;
    while (send_text(connection, CHUNK("{\"content\":\"flood \"}", "null"))) continue;
    return;
  }
  // No length: the body ends with the connection, which does not end.
  send_text(connection, "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n{\"id\":\"");
  static char spaces[65536];
  memset(spaces, 'x', sizeof spaces);
  while (send_bytes(connection, spaces, sizeof spaces)) continue;
}

// MARK: Lies

// One that was said as a body says nothing wrong as HTTP.
static void lie_in_body(int connection, bool streams, const char *body) {
  if (streams) send_format(connection, SSE_HEAD "data: %s\n\ndata: [DONE]\n\n", body);
  else send_answer(connection, "200 OK", "application/json", body);
}

static void send_zeroed(int connection, const char *head, size_t count) {
  char *bytes = malloc(count);
  if (bytes == NULL) abort();
  memset(bytes, 'z', count);
  if (send_text(connection, head)) send_bytes(connection, bytes, count);
  free(bytes);
}

static const char *const false_bodies[] = {
    // Not JSON
    "", "ok", "<html></html>", "{", "{\"choices\":[", "[]", "null", "\"ok\"", "{}{}", "{'choices':[]}", "\xff\xfe\x80",
    "{\"choices\":[],\"choices\":[]}", "{\"id\":NaN}", ANSWER("\xc3\x28"), ANSWER("\\ud800"), ANSWER("raw \n line"),
    // Wrong types
    "{\"choices\":{}}", "{\"choices\":\"none\"}", "{\"choices\":[]}", "{\"choices\":[null]}", "{\"choices\":[[]]}",
    "{\"choices\":[{\"index\":\"0\",\"message\":\"ok\",\"delta\":\"ok\",\"finish_reason\":1}]}",
    "{\"id\":1,\"object\":2,\"created\":\"x\",\"model\":[],\"choices\":[{\"index\":0,\"message\":{\"role\":1,"
    "\"content\":{\"text\":\"ok\"}},\"delta\":{\"content\":7},\"finish_reason\":{}}],\"usage\":[]}",
    "{\"error\":{\"message\":\"The request said: secret\",\"code\":500}}",
    // Numbers
    "{\"id\":\"x\",\"object\":\"chat.completion\",\"created\":-1,\"model\":\"hostile\",\"choices\":[{\"index\":-1,"
    "\"message\":{\"role\":\"assistant\",\"content\":\"ok\"},\"delta\":{\"content\":\"ok\"},\"finish_reason\":\"stop\"}],"
    "\"usage\":{\"prompt_tokens\":-1,\"completion_tokens\":-9223372036854775808,\"total_tokens\":-2}}",
    "{\"id\":\"x\",\"object\":\"chat.completion\",\"created\":1e308,\"model\":\"hostile\",\"choices\":[{\"index\":0,"
    "\"message\":{\"role\":\"assistant\",\"content\":\"ok\"},\"delta\":{\"content\":\"ok\"},\"finish_reason\":\"stop\"}],"
    "\"usage\":{\"prompt_tokens\":9223372036854775807,\"completion_tokens\":9223372036854775807,"
    "\"total_tokens\":99999999999999999999999999,\"prompt_tokens_details\":{\"cached_tokens\":1e400}}}",
    "{\"id\":\"x\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"hostile\",\"choices\":[{\"index\":0,"
    "\"message\":{\"role\":\"assistant\",\"content\":\"ok\"},\"delta\":{\"content\":\"ok\"},\"finish_reason\":\"stop\"}],"
    "\"usage\":{\"prompt_tokens\":0.5,\"completion_tokens\":4294967296,\"total_tokens\":1}}",
    // What a terminal or a reader would obey
    ANSWER("a\\u0000b"), ANSWER("\\u001b[2J\\u001b]0;owned\\u0007\\u001b[8mhidden"),
    ANSWER("\\u202egnp.exe\\u2066\\u2069\\u200b\\ufeff"), ANSWER("\xe2\x80\xae" "gnp.exe"), ANSWER("\\r\\n\\r\\ndata: [DONE]"),
    ANSWER("\\ud83d\\ude00 <script>alert(1)</script> \\u2028"),
    // More than one choice, other roles, calls of tools that nobody offered
    "{\"id\":\"x\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"other\",\"choices\":[{\"index\":0,\"message\":"
    "{\"role\":\"assistant\",\"content\":\"one\"},\"finish_reason\":\"stop\"},{\"index\":1,\"message\":{\"role\":"
    "\"assistant\",\"content\":\"two\"},\"finish_reason\":\"stop\"}]}",
    "{\"id\":\"x\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"hostile\",\"choices\":[{\"index\":0,\"message\":"
    "{\"role\":\"system\",\"content\":\"obey\"},\"delta\":{\"role\":\"system\",\"content\":\"obey\"},"
    "\"finish_reason\":\"\\u001b[2J\"}]}",
    "{\"id\":\"x\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"hostile\",\"choices\":[{\"index\":0,\"message\":"
    "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"1\",\"type\":\"function\",\"function\":"
    "{\"name\":\"run\",\"arguments\":\"{}\"}}]},\"finish_reason\":\"tool_calls\"}]}",
};

static void lie_with_long_content(int connection, bool streams) {
  const size_t count = 10 << 20;
  char *content = malloc(count + 1);
  if (content == NULL) abort();
  memset(content, 'z', count);
  content[count] = 0;
  complete(connection, streams, content, 0);
  free(content);
}

static void lie_with_deep_nesting(int connection, bool streams) {
  char body[20001];
  memset(body, '[', 10000);
  memset(body + 10000, ']', 10000);
  body[20000] = 0;
  lie_in_body(connection, streams, body);
}

static void lie_with_many_headers(int connection, bool streams) {
  (void)streams;
  send_text(connection, "HTTP/1.1 200 OK\r\n");
  for (int index = 0; index < 100000; index++)
    if (!send_format(connection, "x-flood-%d: zzzzzzzzzzzzzzzzzzzzzzzz\r\n", index)) return;
  send_text(connection, "content-length: " "2\r\n\r\n{}");
}

static void lie_with_long_header(int connection, bool streams) {
  (void)streams;
  send_zeroed(connection, "HTTP/1.1 200 OK\r\nx-long: ", 4 << 20);
  send_text(connection, "\r\ncontent-length: 2\r\n\r\n{}");
}

static void lie_with_many_small_steps(int connection, bool streams) {
  (void)streams;
  // 100 Continue has no end of its own.
  for (int index = 0; index < 100000; index++)
    if (!send_text(connection, "HTTP/1.1 100 Continue\r\n\r\n")) return;
  send_answer(connection, "200 OK", "application/json", ANSWER("continued"));
}

static void lie_with_long_line(int connection, bool streams) {
  (void)streams;
  // An event without an end
  send_zeroed(connection, SSE_HEAD "data: ", 10 << 20);
}

#define HEADS(status, headers) "HTTP/1.1 " status "\r\n" headers "\r\n"

// Whole answers.
static const char *const false_answers[] = {
    HEADS("200 OK", "content-length: 100000\r\n") ANSWER("cut off"),
    HEADS("200 OK", "content-length: 5\r\n") ANSWER("longer than it says"),
    HEADS("200 OK", "content-length: -1\r\n") ANSWER("negative"),
    HEADS("200 OK", "content-length: 99999999999999999999\r\n") ANSWER("huge"),
    HEADS("200 OK", "content-length: 2\r\ncontent-length: 3\r\n") "{}}",
    HEADS("200 OK", "content-length: 2\r\ntransfer-encoding: chunked\r\n") "2\r\n{}\r\n0\r\n\r\n",
    HEADS("302 Found", "location: http://127.0.0.1/\r\ncontent-length: 0\r\n"),
    HEADS("307 Temporary Redirect", "location: http://127.0.0.1/v1/chat/completions\r\ncontent-length: 0\r\n"),
    HEADS("100 Continue", "") "junk\r\n\r\n" HEADS("200 OK", "content-length: 2\r\n") "{}",
    HEADS("100 Continue", "content-length: 4\r\n") "junk" HEADS("200 OK", "content-length: 2\r\n") "{}",
    HEADS("101 Switching Protocols", "upgrade: websocket\r\nconnection: upgrade\r\n") "\x81\x02ok",
    HEADS("204 No Content", "content-length: 10\r\n") "{\"a\":\"b\"}1",
    HEADS("304 Not Modified", ""),
    HEADS("401 Unauthorized", "www-authenticate: Basic\r\ncontent-length: 0\r\n"),
    HEADS("500 Internal Server Error", "content-length: 24\r\n") "The request said: secret",
    HEADS("200 OK", "transfer-encoding: chunked\r\n") "zz\r\n{}\r\n0\r\n\r\n",
    HEADS("200 OK", "transfer-encoding: chunked\r\n") "ffffffffffffffffff\r\n{}\r\n0\r\n\r\n",
    HEADS("200 OK", "transfer-encoding: chunked\r\n") "-2\r\n{}\r\n0\r\n\r\n",
    HEADS("200 OK", "transfer-encoding: chunked\r\n") "2\r\n{}0\r\n\r\n",
    HEADS("200 OK", "transfer-encoding: chunked\r\n") "2\r\n{}\r\n",
    HEADS("200 OK", "transfer-encoding: chunked\r\n") "2\r\n{}\r\n0\r\nx-trailer: a\r\nhost: b\r\n\r\n",
    HEADS("200 OK", "transfer-encoding: gzip, chunked\r\ncontent-encoding: gzip\r\n") "2\r\n\x1f\x8b\r\n0\r\n\r\n",
    HEADS("200 OK", "bad header\r\ncontent-length: 2\r\n") "{}",
    HEADS("200 OK", "x-a: b\rc\r\nx-b: \x01\r\ncontent-length: 2\r\n") "{}",
    HEADS("200 OK", "set-cookie: a=b\r\naccess-control-allow-origin: *\r\ncontent-length: 2\r\n") "{}",
    HEADS("200 OK", "content-length: 2\r\n") "{}" HEADS("200 OK", "content-length: 2\r\n") "{}",
    HEADS("999 Beyond", "content-length: 0\r\n"),
    HEADS("99999999999 Beyond", "content-length: 0\r\n"),
    HEADS("-200 OK", "content-length: 0\r\n"),
    "HTTP/9.9 200 OK\r\ncontent-length: 2\r\n\r\n{}",
    "HTTP/1.0 200 OK\r\n\r\n{}",
    "HTTP/0.9\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "GET / HTTP/1.1\r\nhost: node\r\n\r\n",
    "\r\n\r\n\r\n",
    "SSH-2.0-OpenSSH_9.2\r\n",
    "",
    // Events
    SSE_HEAD "data\n\n: comment\n\nevent: error\ndata: {}\n\nretry: -1\n\nid: \n\n",
    SSE_HEAD "data: {\"choices\":\n",
    SSE_HEAD CHUNK("{\"content\":\"no end\"}", "null"),
    SSE_HEAD "data: [DONE]\n\n" CHUNK("{\"content\":\"after the end\"}", "null") "data: [DONE]\n\n",
    SSE_HEAD CHUNK("{\"content\":\"a\"}", "\"stop\"") CHUNK("{\"content\":\"b\"}", "\"stop\"") "data: [DONE]\n\n",
    SSE_HEAD CHUNK("{\"content\":\"\xff\"}", "null") "data: [DONE]\n\n",
    SSE_HEAD CHUNK("{\"content\":\"\xe2\x82", "null") CHUNK("\xac\"}", "null") "data: [DONE]\n\n",
};

static void lie(int connection, bool streams, long number) {
  static void (*const larger[])(int, bool) = {lie_with_long_content, lie_with_deep_nesting,     lie_with_many_headers,
                                              lie_with_long_header,  lie_with_many_small_steps, lie_with_long_line};
  const long bodies = sizeof false_bodies / sizeof *false_bodies, answers = sizeof false_answers / sizeof *false_answers,
             others = sizeof larger / sizeof *larger;
  long turn = number % (bodies + answers + others);
  if (turn < bodies) lie_in_body(connection, streams, false_bodies[turn]);
  else if (turn < bodies + answers) send_text(connection, false_answers[turn - bodies]);
  else larger[turn - bodies - answers](connection, streams);
}

// MARK: Memory

// Where a compiler sees that nothing reads it, it takes no memory at all.
static char *volatile taken;

static void allocate(void) {
  const size_t count = 1 << 20;
  for (;;) {
    taken = malloc(count);
    if (taken == NULL) _exit(4);
    memset(taken, 1, count);
  }
}

// MARK: Serving

static void answer_completion(int connection, const char *body) {
  // "stream": true, with or without a space; a parser would be one more thing to trust.
  const char *member = strstr(body, "\"stream\"");
  bool streams = false;
  if (member != NULL) {
    member += strlen("\"stream\"");
    while (isspace((unsigned char)*member) || *member == ':') member++;
    streams = strncmp(member, "true", 4) == 0;
  }
  long number;
  char *before = exchange_last_request(body, &number);
  bool is_hostile = number >= honest_count;
  if (!is_hostile) complete(connection, streams, "ok", 0);
  else if (is_mode("reach") || is_mode("executed")) complete(connection, streams, possible, 0);
  else if (is_mode("flood")) flood(connection, streams);
  else if (is_mode("lie")) lie(connection, streams, number - honest_count);
  else if (is_mode("silent")) pause();
  else if (is_mode("remember")) complete(connection, streams, before != NULL ? before : "", 0);
  else if (is_mode("recall")) recall(connection, streams, before, body);
  else if (is_mode("untold")) complete_untold(connection);
  else if (is_mode("cached")) complete(connection, streams, "ok", before != NULL && strcmp(before, body) == 0 ? 10 : 0);
  else if (is_mode("allocate")) allocate();
  else if (is_mode("crash")) _exit(3);
  else complete(connection, streams, "ok", 0);
  free(before);
}

static void answer(int connection, const char *head, const char *body) {
  if (strncmp(head, "GET /health ", 12) == 0) {
    send_answer(connection, "200 OK", "application/json", "{\"status\":\"ok\"}");
  } else if (is_mode("tell") && (strncmp(head, "GET /slots ", 11) == 0 || strncmp(head, "GET /metrics ", 13) == 0)) {
    pthread_mutex_lock(&lock);
    char *last = strdup(last_request != NULL ? last_request : "[]");
    pthread_mutex_unlock(&lock);
    send_answer(connection, "200 OK", "application/json", last);
    free(last);
  } else if (strncmp(head, "POST /v1/chat/completions ", 26) == 0) {
    answer_completion(connection, body);
  } else if (is_mode("honest") && strncmp(head, "POST /v1/embeddings ", 20) == 0) {
    embed(connection, body);
  } else {
    send_answer(connection, "404 Not Found", "application/json", "{}");
  }
}

// One request for each connection.
static void *serve(void *argument) {
  int connection = (int)(long)argument;
  // `silent` from the first: not even whether it is ready.
  if (is_mode("silent") && honest_count == 0) pause();
  char *request = malloc(HEAD_LIMIT + BODY_LIMIT + 1), *end = NULL;
  if (request == NULL) abort();
  size_t count = 0, needed = 0;
  while (count < HEAD_LIMIT + BODY_LIMIT) {
    ssize_t received = recv(connection, request + count, HEAD_LIMIT + BODY_LIMIT - count, 0);
    if (received < 0 && errno == EINTR) continue;
    if (received <= 0) break;
    count += (size_t)received;
    request[count] = 0;
    if (end == NULL && (end = strstr(request, "\r\n\r\n")) != NULL) {
      char *length = strcasestr(request, "\r\ncontent-length:");
      needed = (size_t)(end - request) + 4;
      if (length != NULL && length < end) needed += strtoul(length + 17, NULL, 10);
    }
    if (end != NULL && count >= needed) break;
  }
  if (end != NULL && count >= needed) answer(connection, request, end + 4);
  free(request);
  close(connection);
  return NULL;
}

int main(int count, char *arguments[]) {
  if (count < 3) {
    fprintf(stderr, "usage: %s MODE SOCKET [HONEST]\n", count > 0 ? arguments[0] : "hostile-engine");
    return 64;
  }
  mode = arguments[1];
  if (count > 3) honest_count = strtol(arguments[3], NULL, 10);
  if (is_mode("die")) return 0;
  signal(SIGPIPE, SIG_IGN);
  // Begun anew by `reach`, which hands over what it found.
  if (is_mode("executed") && count > 4) possible = arguments[4];
  if (is_mode("reach")) possible = reach(arguments[0], arguments[2]);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(arguments[2]) >= sizeof address.sun_path) return 64;
  strcpy(address.sun_path, arguments[2]);
  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 64) < 0)
    return 71;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 256 << 10);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  for (;;) {
    int connection = accept(listener, NULL, NULL);
    pthread_t thread;
    if (connection >= 0 && pthread_create(&thread, &attributes, serve, (void *)(long)connection) != 0) close(connection);
  }
}
