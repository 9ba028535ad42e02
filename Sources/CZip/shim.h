#ifndef CLOISTER_LIBZIP_SHIM_H
#define CLOISTER_LIBZIP_SHIM_H

#include <zip.h>

#endif
