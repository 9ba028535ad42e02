#ifndef CLOISTER_HUNSPELL_SHIM_H
#define CLOISTER_HUNSPELL_SHIM_H

#include <hunspell/hunspell.h>

#endif
