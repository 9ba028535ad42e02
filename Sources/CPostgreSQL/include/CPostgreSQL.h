// libpq, PostgreSQL's C library (Debian: libpq-dev), loaded when a gateway is configured for it: its shared libraries
// take some 6 MiB of memory, which a gateway with SQLite does not pay. One file imports this: PostgreSQLConnection.swift.
#pragma once

#include <postgresql/libpq-fe.h>

/// Loads libpq once in a process; 0 where it is missing or lacks a function. Nothing else here may be called before.
int lazyPQload(void);

// As libpq's functions of the same names.
void lazyPQclear(PGresult *result);
PostgresPollingStatusType lazyPQconnectPoll(PGconn *connection);
PGconn *lazyPQconnectStart(const char *parameters);
void lazyPQconninfoFree(PQconninfoOption *options);
PQconninfoOption *lazyPQconninfoParse(const char *parameters, char **message);
int lazyPQconsumeInput(PGconn *connection);
void lazyPQfinish(PGconn *connection);
int lazyPQflush(PGconn *connection);
void lazyPQfreemem(void *memory);
PGresult *lazyPQgetResult(PGconn *connection);
int lazyPQgetlength(const PGresult *result, int row, int column);
char *lazyPQgetvalue(const PGresult *result, int row, int column);
int lazyPQisBusy(PGconn *connection);
int lazyPQnfields(const PGresult *result);
int lazyPQntuples(const PGresult *result);
char *lazyPQresultErrorField(const PGresult *result, int field);
ExecStatusType lazyPQresultStatus(const PGresult *result);
int lazyPQsendPrepare(PGconn *connection, const char *name, const char *statement, int count, const Oid *types);
int lazyPQsendQueryParams(PGconn *connection, const char *statement, int count, const Oid *types, const char *const *values, const int *lengths, const int *formats, int resultFormat);
int lazyPQsendQueryPrepared(PGconn *connection, const char *name, int count, const char *const *values, const int *lengths, const int *formats, int resultFormat);
PQnoticeProcessor lazyPQsetNoticeProcessor(PGconn *connection, PQnoticeProcessor processor, void *context);
int lazyPQsetnonblocking(PGconn *connection, int flag);
int lazyPQsocket(const PGconn *connection);
ConnStatusType lazyPQstatus(const PGconn *connection);
