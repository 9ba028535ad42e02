// What an engine must not be able to do, tried.

#ifndef REACH_H
#define REACH_H

/// Tries everything, and returns the names of what was possible, comma separated, or "nothing".
/// `program` and `socket`: this program's own name, and the path that it listens on afterwards.
const char *reach(const char *program, const char *socket);

#endif
