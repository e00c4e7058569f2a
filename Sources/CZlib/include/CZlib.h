#pragma once

#include <stdbool.h>
#include <stddef.h>

/// zlib, opened when the first compressed file is read and not linked: every system has the library, few its headers.

/// A compressed file that is read from its beginning to its end.
typedef struct lens_gzip lens_gzip;

/// NULL when the file cannot be opened or there is no zlib; `failure` then says which, in words.
lens_gzip *lens_gzip_open(const char *path, const char **failure);

/// Up to `count` bytes, decompressed. Their number; 0 at the end of the file, negative when it is damaged.
long lens_gzip_read(lens_gzip *file, void *bytes, size_t count);

/// False when the compressed bytes ended too early.
bool lens_gzip_close(lens_gzip *file);
