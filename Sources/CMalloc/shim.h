#pragma once
#include <stdlib.h>
#if defined(__GLIBC__)
#include <malloc.h>
#elif defined(__APPLE__)
#include <malloc/malloc.h>
#endif

/// Gives the system what has been freed: the allocator keeps it, and a large trace would weigh on the machine until the
/// server ends. Does nothing where the C library has no way to.
static inline void lens_release_free_memory(void) {
#if defined(__GLIBC__)
  malloc_trim(0);
#elif defined(__APPLE__)
  malloc_zone_pressure_relief(NULL, 0);
#endif
}
