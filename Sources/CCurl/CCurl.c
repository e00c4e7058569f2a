#include "CCurl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>

// Declared as the header declares them, so that the compiler checks every call.
static struct {
  __typeof__(&curl_global_init) global_init;
  __typeof__(&curl_easy_init) easy_init;
  __typeof__(&curl_easy_cleanup) easy_cleanup;
  __typeof__(&curl_easy_reset) easy_reset;
  __typeof__(&curl_easy_setopt) easy_setopt;
  __typeof__(&curl_easy_getinfo) easy_getinfo;
  __typeof__(&curl_easy_strerror) easy_strerror;
  __typeof__(&curl_slist_append) slist_append;
  __typeof__(&curl_slist_free_all) slist_free_all;
  __typeof__(&curl_multi_init) multi_init;
  __typeof__(&curl_multi_cleanup) multi_cleanup;
  __typeof__(&curl_multi_add_handle) multi_add_handle;
  __typeof__(&curl_multi_remove_handle) multi_remove_handle;
  __typeof__(&curl_multi_perform) multi_perform;
  __typeof__(&curl_multi_poll) multi_poll;
  __typeof__(&curl_multi_wakeup) multi_wakeup;
  __typeof__(&curl_multi_info_read) multi_info_read;
} curl;

static const char *failure;
static bool is_loaded;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void load(void) {
#ifdef __APPLE__
  static const char *const names[] = {"/usr/lib/libcurl.4.dylib", "libcurl.4.dylib"};
#else
  static const char *const names[] = {"libcurl.so.4", "libcurl-gnutls.so.4"};
#endif
  void *library = NULL;
  for (size_t i = 0; i < sizeof names / sizeof *names && library == NULL; i++) {
    library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
  }
  if (library == NULL) {
    failure = "the library libcurl (libcurl.so.4) was not found";
    return;
  }
#define FIND(field)                                                  \
  *(void **)&curl.field = dlsym(library, "curl_" #field);            \
  if (curl.field == NULL) {                                          \
    failure = "libcurl is too old: curl_" #field " is missing";      \
    return;                                                          \
  }
  FIND(global_init)
  FIND(easy_init)
  FIND(easy_cleanup)
  FIND(easy_reset)
  FIND(easy_setopt)
  FIND(easy_getinfo)
  FIND(easy_strerror)
  FIND(slist_append)
  FIND(slist_free_all)
  FIND(multi_init)
  FIND(multi_cleanup)
  FIND(multi_add_handle)
  FIND(multi_remove_handle)
  FIND(multi_perform)
  FIND(multi_poll)
  FIND(multi_wakeup)
  FIND(multi_info_read)
#undef FIND
  is_loaded = curl.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  if (!is_loaded) failure = "libcurl could not be initialised";
}

const char *lens_curl_load(void) {
  // Not once and for all: what fails for want of memory or of an open file may work the next time.
  pthread_mutex_lock(&lock);
  if (!is_loaded) load();
  const char *reason = is_loaded ? NULL : failure;
  pthread_mutex_unlock(&lock);
  return reason;
}

struct lens_transfer {
  CURL *easy;
  CURLM *multi;
  struct curl_slist *headers;
  lens_sink header_sink;
  lens_sink body_sink;
  void *context;
  bool is_running;
  char error[CURL_ERROR_SIZE];
};

lens_transfer *lens_transfer_new(void) {
  if (lens_curl_load() != NULL) return NULL;
  lens_transfer *transfer = calloc(1, sizeof *transfer);
  if (transfer == NULL) return NULL;
  transfer->easy = curl.easy_init();
  transfer->multi = curl.multi_init();
  if (transfer->easy == NULL || transfer->multi == NULL) {
    lens_transfer_free(transfer);
    return NULL;
  }
  return transfer;
}

void lens_transfer_free(lens_transfer *transfer) {
  if (transfer == NULL) return;
  lens_stop(transfer);
  if (transfer->easy != NULL) curl.easy_cleanup(transfer->easy);
  if (transfer->multi != NULL) curl.multi_cleanup(transfer->multi);
  if (transfer->headers != NULL) curl.slist_free_all(transfer->headers);
  free(transfer);
}

void lens_transfer_reset(lens_transfer *transfer) {
  lens_stop(transfer);
  curl.easy_reset(transfer->easy);
  if (transfer->headers != NULL) curl.slist_free_all(transfer->headers);
  transfer->headers = NULL;
}

bool lens_set_long(lens_transfer *transfer, CURLoption option, long value) {
  return curl.easy_setopt(transfer->easy, option, value) == CURLE_OK;
}

bool lens_set_text(lens_transfer *transfer, CURLoption option, const char *value) {
  return curl.easy_setopt(transfer->easy, option, value) == CURLE_OK;
}

bool lens_set_body(lens_transfer *transfer, const void *bytes, size_t count) {
  // The size goes first: the copy is made by it.
  return curl.easy_setopt(transfer->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count) == CURLE_OK &&
         curl.easy_setopt(transfer->easy, CURLOPT_COPYPOSTFIELDS, (const char *)bytes) == CURLE_OK;
}

bool lens_add_header(lens_transfer *transfer, const char *line) {
  struct curl_slist *longer = curl.slist_append(transfer->headers, line);
  if (longer == NULL) return false;
  transfer->headers = longer;
  return true;
}

static size_t take_header(char *bytes, size_t size, size_t count, void *context) {
  lens_transfer *transfer = context;
  return transfer->header_sink(transfer->context, bytes, size * count) ? size * count : 0;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context) {
  lens_transfer *transfer = context;
  // Any other number than that of the bytes is a failure to libcurl; so is 0 for an empty piece.
  if (size * count == 0) return 0;
  return transfer->body_sink(transfer->context, bytes, size * count) ? size * count : 0;
}

void lens_set_sinks(lens_transfer *transfer, lens_sink header, lens_sink body, void *context) {
  transfer->header_sink = header;
  transfer->body_sink = body;
  transfer->context = context;
}

bool lens_start(lens_transfer *transfer) {
  transfer->error[0] = '\0';
  curl.easy_setopt(transfer->easy, CURLOPT_ERRORBUFFER, transfer->error);
  curl.easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->headers);
  curl.easy_setopt(transfer->easy, CURLOPT_HEADERFUNCTION, take_header);
  curl.easy_setopt(transfer->easy, CURLOPT_HEADERDATA, (void *)transfer);
  curl.easy_setopt(transfer->easy, CURLOPT_WRITEFUNCTION, take_body);
  curl.easy_setopt(transfer->easy, CURLOPT_WRITEDATA, (void *)transfer);
  transfer->is_running = curl.multi_add_handle(transfer->multi, transfer->easy) == CURLM_OK;
  return transfer->is_running;
}

bool lens_step(lens_transfer *transfer, int milliseconds, CURLcode *outcome) {
  int running = 0;
  if (curl.multi_perform(transfer->multi, &running) != CURLM_OK) {
    *outcome = CURLE_FAILED_INIT;
    return true;
  }
  int left = 0;
  for (CURLMsg *message; (message = curl.multi_info_read(transfer->multi, &left)) != NULL;) {
    if (message->msg == CURLMSG_DONE) {
      *outcome = message->data.result;
      return true;
    }
  }
  curl.multi_poll(transfer->multi, NULL, 0, milliseconds, NULL);
  return false;
}

void lens_stop(lens_transfer *transfer) {
  if (transfer->is_running) curl.multi_remove_handle(transfer->multi, transfer->easy);
  transfer->is_running = false;
}

void lens_wake(lens_transfer *transfer) { curl.multi_wakeup(transfer->multi); }

long lens_status(lens_transfer *transfer) {
  long status = 0;
  curl.easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
  return status;
}

const char *lens_redirect_url(lens_transfer *transfer) {
  char *url = NULL;
  curl.easy_getinfo(transfer->easy, CURLINFO_REDIRECT_URL, &url);
  return url;
}

const char *lens_outcome_text(CURLcode outcome) { return curl.easy_strerror(outcome); }

const char *lens_error_text(lens_transfer *transfer, CURLcode outcome) {
  return transfer->error[0] != '\0' ? transfer->error : curl.easy_strerror(outcome);
}
