#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// PCRE2, opened when the first expression is read and not linked: every system has the library, few its headers.

/// An expression. It is never changed after it was read, so several threads may use it at once.
typedef struct lens_pattern lens_pattern;

/// Whether the library was found.
bool lens_pattern_is_available(void);

/// Reads an expression of `length` bytes of UTF-8. NULL when it cannot be read; `failure` then holds why, in words, and
/// `offset` the byte at which.
lens_pattern *lens_pattern_read(const char *text, size_t length, bool ignores_case, char failure[128], size_t *offset);

/// Looks for the expression from byte `start` on: 1 when it was found, from `*from` to `*to`; 0 when not; -1 when the search
/// was given up, since it took too many steps.
int lens_pattern_find(
  const lens_pattern *pattern, const void *text, size_t length, size_t start, size_t *from, size_t *to);

/// Frees the expression.
void lens_pattern_free(lens_pattern *pattern);
