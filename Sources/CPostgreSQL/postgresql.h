// pkg-config (libpq) says where the header lies.
#include <libpq-fe.h>
