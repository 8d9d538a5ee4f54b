/* What this library was made of. */
#include "intact.h"

/* The hash that CMakeLists.txt works out. A build of another kind has none, and nothing is compared. */
#ifndef INTACT_SOURCES
#define INTACT_SOURCES ""
#endif

const char *intact_sources(void) { return INTACT_SOURCES; }

const char *intact_compiler(void)
{
#if defined(__clang__)
    return __VERSION__;
#else
    return "GCC " __VERSION__;
#endif
}
