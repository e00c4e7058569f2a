#include "CZlib.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>

// The part of zlib's interface that is used; these signatures are fixed since zlib 1.0 (zlib.h, "gzip file access functions").
static struct {
  void *(*open)(const char *path, const char *mode);
  int (*read)(void *file, void *bytes, unsigned count);
  int (*close)(void *file);
} gz;

static bool is_loaded;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void load(void) {
#ifdef __APPLE__
  void *library = dlopen("/usr/lib/libz.1.dylib", RTLD_NOW | RTLD_LOCAL);
#else
  void *library = dlopen("libz.so.1", RTLD_NOW | RTLD_LOCAL);
#endif
  if (library == NULL) return;
  *(void **)&gz.open = dlsym(library, "gzopen");
  *(void **)&gz.read = dlsym(library, "gzread");
  *(void **)&gz.close = dlsym(library, "gzclose");
  is_loaded = gz.open != NULL && gz.read != NULL && gz.close != NULL;
}

lens_gzip *lens_gzip_open(const char *path, const char **failure) {
  // Not once and for all: what fails for want of memory or of an open file may work the next time.
  pthread_mutex_lock(&lock);
  if (!is_loaded) load();
  bool is_available = is_loaded;
  pthread_mutex_unlock(&lock);
  if (!is_available) {
    *failure = "it is compressed, and the library zlib was not found";
    return NULL;
  }
  void *file = gz.open(path, "rb");
  if (file == NULL) *failure = "it cannot be read";
  return file;
}

long lens_gzip_read(lens_gzip *file, void *bytes, size_t count) {
  return gz.read(file, bytes, count > INT_MAX ? INT_MAX : (unsigned)count);
}

bool lens_gzip_close(lens_gzip *file) { return gz.close(file) == 0; }
