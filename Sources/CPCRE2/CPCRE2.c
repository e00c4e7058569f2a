#include "CPCRE2.h"

#include <dlfcn.h>
#include <pthread.h>

// The part of PCRE2's interface that is used, for texts of bytes; signatures and numbers as in pcre2.h, which keeps them since
// 10.00 (MATCH_INVALID_UTF since 10.34).
static struct {
  void *(*compile)(const void *, size_t, uint32_t, int *, size_t *, void *);
  void (*free_code)(void *);
  int (*jit_compile)(void *, uint32_t);
  void *(*create_match)(const void *, void *);
  void (*free_match)(void *);
  size_t *(*ovector)(void *);
  int (*match)(const void *, const void *, size_t, size_t, uint32_t, void *, void *);
  void *(*create_context)(void *);
  int (*set_match_limit)(void *, uint32_t);
  int (*set_depth_limit)(void *, uint32_t);
  int (*set_heap_limit)(void *, uint32_t);
  int (*message)(int, void *, size_t);
} pcre2;

enum {
  CASELESS = 0x00000008, UCP = 0x00020000, UTF = 0x00080000, NEVER_BACKSLASH_C = 0x00100000,
  MATCH_INVALID_UTF = 0x04000000, JIT_COMPLETE = 1, NO_MATCH = -1,
};

// A search that needs more is hopeless: it tries the same letters in ever new ways. A million steps take some milliseconds.
enum { MATCH_LIMIT = 1000000, DEPTH_LIMIT = 10000, HEAP_LIMIT_KIB = 20000 };

static void *limits;
static bool is_loaded;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void load(void) {
#ifdef __APPLE__
  const char *names[] = {"libpcre2-8.dylib", "/opt/homebrew/lib/libpcre2-8.dylib", "/usr/local/lib/libpcre2-8.dylib"};
#else
  const char *names[] = {"libpcre2-8.so.0"};
#endif
  void *library = NULL;
  for (size_t i = 0; library == NULL && i < sizeof names / sizeof *names; i++) {
    library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
  }
  if (library == NULL) return;
  struct { const char *name; void **place; } symbols[] = {
    {"pcre2_compile_8", (void **)&pcre2.compile},
    {"pcre2_code_free_8", (void **)&pcre2.free_code},
    {"pcre2_jit_compile_8", (void **)&pcre2.jit_compile},
    {"pcre2_match_data_create_from_pattern_8", (void **)&pcre2.create_match},
    {"pcre2_match_data_free_8", (void **)&pcre2.free_match},
    {"pcre2_get_ovector_pointer_8", (void **)&pcre2.ovector},
    {"pcre2_match_8", (void **)&pcre2.match},
    {"pcre2_match_context_create_8", (void **)&pcre2.create_context},
    {"pcre2_set_match_limit_8", (void **)&pcre2.set_match_limit},
    {"pcre2_set_depth_limit_8", (void **)&pcre2.set_depth_limit},
    {"pcre2_set_heap_limit_8", (void **)&pcre2.set_heap_limit},
    {"pcre2_get_error_message_8", (void **)&pcre2.message},
  };
  for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
    *symbols[i].place = dlsym(library, symbols[i].name);
    if (*symbols[i].place == NULL) return;
  }
  limits = pcre2.create_context(NULL);
  if (limits == NULL) return;
  pcre2.set_match_limit(limits, MATCH_LIMIT);
  pcre2.set_depth_limit(limits, DEPTH_LIMIT);
  pcre2.set_heap_limit(limits, HEAP_LIMIT_KIB);
  is_loaded = true;
}

bool lens_pattern_is_available(void) {
  // Not once and for all: what fails for want of memory or of an open file may work the next time.
  pthread_mutex_lock(&lock);
  if (!is_loaded) load();
  bool is_available = is_loaded;
  pthread_mutex_unlock(&lock);
  return is_available;
}

lens_pattern *lens_pattern_read(const char *text, size_t length, bool ignores_case, char failure[128], size_t *offset) {
  failure[0] = 0;
  *offset = 0;
  if (!lens_pattern_is_available()) return NULL;
  uint32_t options = UTF | UCP | NEVER_BACKSLASH_C | MATCH_INVALID_UTF | (ignores_case ? CASELESS : 0);
  int code = 0;
  void *pattern = pcre2.compile(text, length, options, &code, offset, NULL);
  if (pattern == NULL) {
    pcre2.message(code, failure, 128);
    return NULL;
  }
  // Where this fails (no rights to make code), the search is slower and finds the same.
  pcre2.jit_compile(pattern, JIT_COMPLETE);
  return (lens_pattern *)pattern;
}

int lens_pattern_find(
  const lens_pattern *pattern, const void *text, size_t length, size_t start, size_t *from, size_t *to
) {
  void *match = pcre2.create_match(pattern, NULL);
  if (match == NULL) return -1;
  int code = pcre2.match(pattern, length == 0 ? "" : text, length, start, 0, match, limits);
  if (code >= 0) {
    size_t *places = pcre2.ovector(match);
    *from = places[0];
    *to = places[1];
  }
  pcre2.free_match(match);
  return code >= 0 ? 1 : code == NO_MATCH ? 0 : -1;
}

void lens_pattern_free(lens_pattern *pattern) { pcre2.free_code(pattern); }
