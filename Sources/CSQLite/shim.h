#pragma once
#include <sqlite3.h>

/// SQLITE_TRANSIENT is a function-pointer cast that the importer cannot see: SQLite makes its own copy of the bytes.
static inline int lens_bind_text(sqlite3_stmt *statement, int index, const char *bytes, int length) {
  return sqlite3_bind_text(statement, index, bytes, length, SQLITE_TRANSIENT);
}
