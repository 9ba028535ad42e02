#define _GNU_SOURCE
#include "WipingAllocator.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// The linker gives this one the library's own function, and everybody's calls to the ones below.
extern void __real_free(void *block) __attribute__((weak));

void __wrap_free(void *block) {
  if (block == NULL) return;
  explicit_bzero(block, malloc_usable_size(block));
  __real_free(block);
}

void *__wrap_realloc(void *block, size_t size) {
  if (block == NULL) return malloc(size);
  if (size == 0) {
    __wrap_free(block);
    return NULL;
  }
  size_t held = malloc_usable_size(block);
  if (size <= held && size >= held / 2) return block;
  // Moving is the library's to do, clearing what was left behind is not: so it is done here.
  void *moved = malloc(size);
  if (moved == NULL) return NULL;
  memcpy(moved, block, size < held ? size : held);
  __wrap_free(block);
  return moved;
}

int cloister_freed_memory_is_wiped(void) {
  enum { size = 192, kept_by_the_library = 32 };
  volatile uint8_t *block = malloc(size);
  if (block == NULL) return 0;
  for (size_t index = 0; index < size; index++) block[index] = 0xA5;
  uintptr_t place = (uintptr_t)block;
  free((void *)block);
  // Reading what was freed is the question here. The allocator keeps small blocks at hand and mapped.
  int left = 0;
  for (size_t index = kept_by_the_library; index < size; index++) left += ((volatile uint8_t *)place)[index] == 0xA5;
  return left == 0;
}
