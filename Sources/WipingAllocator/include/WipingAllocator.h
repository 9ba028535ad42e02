// Clears memory when it is freed, so that what a request left on the heap does not outlive it.
//
// An executable that links this target with `--wrap=free --wrap=realloc` frees through it: every caller, C, C++ and Swift
// alike. In others it only has the check below.

#ifndef CLOISTER_WIPING_ALLOCATOR_H
#define CLOISTER_WIPING_ALLOCATOR_H

/// 1 where a block that was freed holds nothing of what was in it, 0 where it does.
int cloister_freed_memory_is_wiped(void);

#endif
