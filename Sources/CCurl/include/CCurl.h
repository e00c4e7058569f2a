#pragma once

// The typed macros of the header would hide the plain functions.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

/// libcurl, opened when the first transfer is made and not linked: loading it with its own libraries costs milliseconds
/// that a start without a tracking server need not pay.

/// Opens libcurl, once. NULL when it is there, otherwise why it is not.
const char *lens_curl_load(void);

/// One transfer at a time on connections of its own, which are kept open for the next.
typedef struct lens_transfer lens_transfer;

/// Takes bytes as they arrive; false ends the transfer.
typedef bool (*lens_sink)(void *context, const void *bytes, size_t count);

/// A transfer, or NULL when memory or libcurl is missing.
lens_transfer *lens_transfer_new(void);
void lens_transfer_free(lens_transfer *transfer);

/// Forgets all options and headers; open connections stay.
void lens_transfer_reset(lens_transfer *transfer);

// libcurl's setter is variadic, which Swift cannot call.
bool lens_set_long(lens_transfer *transfer, CURLoption option, long value);
bool lens_set_text(lens_transfer *transfer, CURLoption option, const char *value);
bool lens_set_body(lens_transfer *transfer, const void *bytes, size_t count);
bool lens_add_header(lens_transfer *transfer, const char *line);
void lens_set_sinks(lens_transfer *transfer, lens_sink header, lens_sink body, void *context);

/// Sends what was set; lens_step is to be called until it says that the transfer has ended.
bool lens_start(lens_transfer *transfer);

/// Works until something happened, at most so long. True when the transfer has ended, with its outcome.
bool lens_step(lens_transfer *transfer, int milliseconds, CURLcode *outcome);

/// Ends a transfer, finished or not.
void lens_stop(lens_transfer *transfer);

/// Makes a waiting lens_step return. The only function that may be called from another thread.
void lens_wake(lens_transfer *transfer);

long lens_status(lens_transfer *transfer);

/// Where the answer redirects to, as a whole URL; NULL when it does not.
const char *lens_redirect_url(lens_transfer *transfer);

/// What an outcome means in general.
const char *lens_outcome_text(CURLcode outcome);

/// What went wrong in this transfer, in libcurl's words.
const char *lens_error_text(lens_transfer *transfer, CURLcode outcome);
