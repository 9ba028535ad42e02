#include "CPostgreSQL.h"

#include <dlfcn.h>
#include <pthread.h>

static struct {
  void (*clear)(PGresult *result);
  PostgresPollingStatusType (*connectPoll)(PGconn *connection);
  PGconn *(*connectStart)(const char *parameters);
  void (*conninfoFree)(PQconninfoOption *options);
  PQconninfoOption *(*conninfoParse)(const char *parameters, char **message);
  int (*consumeInput)(PGconn *connection);
  void (*finish)(PGconn *connection);
  int (*flush)(PGconn *connection);
  void (*freemem)(void *memory);
  PGresult *(*getResult)(PGconn *connection);
  int (*getlength)(const PGresult *result, int row, int column);
  char *(*getvalue)(const PGresult *result, int row, int column);
  int (*isBusy)(PGconn *connection);
  int (*nfields)(const PGresult *result);
  int (*ntuples)(const PGresult *result);
  char *(*resultErrorField)(const PGresult *result, int field);
  ExecStatusType (*resultStatus)(const PGresult *result);
  int (*sendPrepare)(PGconn *connection, const char *name, const char *statement, int count, const Oid *types);
  int (*sendQueryParams)(PGconn *connection, const char *statement, int count, const Oid *types, const char *const *values, const int *lengths, const int *formats, int resultFormat);
  int (*sendQueryPrepared)(PGconn *connection, const char *name, int count, const char *const *values, const int *lengths, const int *formats, int resultFormat);
  PQnoticeProcessor (*setNoticeProcessor)(PGconn *connection, PQnoticeProcessor processor, void *context);
  int (*setnonblocking)(PGconn *connection, int flag);
  int (*socket)(const PGconn *connection);
  ConnStatusType (*status)(const PGconn *connection);
} functions;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int isLoaded;

static void load(void) {
  void *library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) return;
  if ((functions.clear = dlsym(library, "PQclear")) == NULL) return;
  if ((functions.connectPoll = dlsym(library, "PQconnectPoll")) == NULL) return;
  if ((functions.connectStart = dlsym(library, "PQconnectStart")) == NULL) return;
  if ((functions.conninfoFree = dlsym(library, "PQconninfoFree")) == NULL) return;
  if ((functions.conninfoParse = dlsym(library, "PQconninfoParse")) == NULL) return;
  if ((functions.consumeInput = dlsym(library, "PQconsumeInput")) == NULL) return;
  if ((functions.finish = dlsym(library, "PQfinish")) == NULL) return;
  if ((functions.flush = dlsym(library, "PQflush")) == NULL) return;
  if ((functions.freemem = dlsym(library, "PQfreemem")) == NULL) return;
  if ((functions.getResult = dlsym(library, "PQgetResult")) == NULL) return;
  if ((functions.getlength = dlsym(library, "PQgetlength")) == NULL) return;
  if ((functions.getvalue = dlsym(library, "PQgetvalue")) == NULL) return;
  if ((functions.isBusy = dlsym(library, "PQisBusy")) == NULL) return;
  if ((functions.nfields = dlsym(library, "PQnfields")) == NULL) return;
  if ((functions.ntuples = dlsym(library, "PQntuples")) == NULL) return;
  if ((functions.resultErrorField = dlsym(library, "PQresultErrorField")) == NULL) return;
  if ((functions.resultStatus = dlsym(library, "PQresultStatus")) == NULL) return;
  if ((functions.sendPrepare = dlsym(library, "PQsendPrepare")) == NULL) return;
  if ((functions.sendQueryParams = dlsym(library, "PQsendQueryParams")) == NULL) return;
  if ((functions.sendQueryPrepared = dlsym(library, "PQsendQueryPrepared")) == NULL) return;
  if ((functions.setNoticeProcessor = dlsym(library, "PQsetNoticeProcessor")) == NULL) return;
  if ((functions.setnonblocking = dlsym(library, "PQsetnonblocking")) == NULL) return;
  if ((functions.socket = dlsym(library, "PQsocket")) == NULL) return;
  if ((functions.status = dlsym(library, "PQstatus")) == NULL) return;
  isLoaded = 1;
}

int lazyPQload(void) {
  pthread_once(&once, load);
  return isLoaded;
}

void lazyPQclear(PGresult *result) { functions.clear(result); }
PostgresPollingStatusType lazyPQconnectPoll(PGconn *connection) { return functions.connectPoll(connection); }
PGconn *lazyPQconnectStart(const char *parameters) { return functions.connectStart(parameters); }
void lazyPQconninfoFree(PQconninfoOption *options) { functions.conninfoFree(options); }
PQconninfoOption *lazyPQconninfoParse(const char *parameters, char **message) {
  return functions.conninfoParse(parameters, message);
}
int lazyPQconsumeInput(PGconn *connection) { return functions.consumeInput(connection); }
void lazyPQfinish(PGconn *connection) { functions.finish(connection); }
int lazyPQflush(PGconn *connection) { return functions.flush(connection); }
void lazyPQfreemem(void *memory) { functions.freemem(memory); }
PGresult *lazyPQgetResult(PGconn *connection) { return functions.getResult(connection); }
int lazyPQgetlength(const PGresult *result, int row, int column) { return functions.getlength(result, row, column); }
char *lazyPQgetvalue(const PGresult *result, int row, int column) { return functions.getvalue(result, row, column); }
int lazyPQisBusy(PGconn *connection) { return functions.isBusy(connection); }
int lazyPQnfields(const PGresult *result) { return functions.nfields(result); }
int lazyPQntuples(const PGresult *result) { return functions.ntuples(result); }
char *lazyPQresultErrorField(const PGresult *result, int field) { return functions.resultErrorField(result, field); }
ExecStatusType lazyPQresultStatus(const PGresult *result) { return functions.resultStatus(result); }
int lazyPQsendPrepare(PGconn *connection, const char *name, const char *statement, int count, const Oid *types) {
  return functions.sendPrepare(connection, name, statement, count, types);
}
int lazyPQsendQueryParams(PGconn *connection, const char *statement, int count, const Oid *types, const char *const *values, const int *lengths, const int *formats, int resultFormat) {
  return functions.sendQueryParams(connection, statement, count, types, values, lengths, formats, resultFormat);
}
int lazyPQsendQueryPrepared(PGconn *connection, const char *name, int count, const char *const *values, const int *lengths, const int *formats, int resultFormat) {
  return functions.sendQueryPrepared(connection, name, count, values, lengths, formats, resultFormat);
}
PQnoticeProcessor lazyPQsetNoticeProcessor(PGconn *connection, PQnoticeProcessor processor, void *context) {
  return functions.setNoticeProcessor(connection, processor, context);
}
int lazyPQsetnonblocking(PGconn *connection, int flag) { return functions.setnonblocking(connection, flag); }
int lazyPQsocket(const PGconn *connection) { return functions.socket(connection); }
ConnStatusType lazyPQstatus(const PGconn *connection) { return functions.status(connection); }
