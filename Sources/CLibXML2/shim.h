#ifndef CLOISTER_LIBXML2_SHIM_H
#define CLOISTER_LIBXML2_SHIM_H

#include <libxml/xmlversion.h>

// Debian's library is built with ICU, whose types clash with those of Swift's Foundation. Only the converters' structs
// depend on it, and nothing here touches them.
#undef LIBXML_ICU_ENABLED

#include <libxml/c14n.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

// `xmlFree` is a mutable variable, which Swift does not let anybody read.
static inline void cloister_xml_free(void *memory) { xmlFree(memory); }

#endif
