/* Where notices go: a FHIR endpoint, or something in its place. The seam is one request for one resource,
 * never a descriptor. */
#ifndef WARDWIRE_SINK_H
#define WARDWIRE_SINK_H

#include <wardwire/status.h>
#include <wardwire/str.h>
#include <wardwire/time.h>

struct ww_ctx;
struct ww_fs;

enum ww_verb {
	WW_VERB_CREATE, /* POST [base]/[type] with If-None-Exist: identifier=[key] */
	WW_VERB_UPDATE, /* PUT [base]/[type]/[remote_id], If-Match where an etag is known */
	WW_VERB_SEARCH, /* GET [base]/[type]?identifier=[key]: is it there already? */
	/* The message in body as it is: over MLLP, by POST as application/hl7-v2, or as a file. What may have arrived is
	 * RETRY: it is sent again with the same MSH-10, and there is nothing to search for. */
	WW_VERB_FORWARD,
};

struct ww_endpoint_tls;

struct ww_request {
	enum ww_verb verb;
	/* URL of the endpoint; of a FORWARD mllp://host:port, mllps://host:port, http(s)://... or file:// and an absolute
	 * folder, not escaped. */
	ww_str base;
	ww_str type; /* "Task", "Communication" */
	/* "system|value"; of a FORWARD the delivery's name, fit for a file: 0-9, a-z and "._-@". The same again when it is
	 * sent again. */
	ww_str key;
	ww_str remote_id; /* of an update */
	ww_str etag;      /* of an update; may be empty */
	ww_str body;      /* JSON; empty for a search */
	uint32_t timeout; /* seconds */
	const struct ww_endpoint_tls
	    *tls; /* absolute paths; NULL: nothing was said; lives as long as the sink */
	/* Of a FORWARD: */
	ww_str lane; /* one request of a lane at a time; each has its own connection */
	bool insist; /* what is refused for good (AE, AR, CE, CR) ends as RETRY, else as PARKED */
};

/* How a request ended, in the words of the OUTCOME record. */
enum ww_result {
	WW_RESULT_SENT = 1,  /* the receiver has it */
	WW_RESULT_RETRY,     /* it certainly has not; try again later */
	WW_RESULT_UNCERTAIN, /* it may have it: search before sending again */
	WW_RESULT_PARKED,    /* it never will; a person must look */
	WW_RESULT_ABSENT,    /* a search found nothing */
	WW_RESULT_CONFLICT,  /* its version is another one: search, then update again */
	WW_RESULT_PAUSED, /* it has not, nor will it take anything else: the endpoint is paused. The courier's word */
};
const char *ww_result_text(int64_t r);

/* Valid inside the callback only. */
struct ww_answer {
	enum ww_result result;
	long http;        /* 0: no answer */
	ww_str remote_id; /* of a create, an update, a search that found */
	ww_str etag;
	ww_str status; /* Task.status as the receiver has it, where the answer says; may be empty */
	long retry_after; /* seconds, 0: not said */
	/* The receiver answered where no HTTP status tells it: it has trouble with the request, if any, not as such. */
	bool heard;
	const char *reason; /* a fixed text or the FHIR issue code; never text of the receiver */
};

typedef void ww_sink_done(void *arg, const struct ww_answer *a);

/* All calls from one thread, but wake. */
struct ww_sink_ops {
	const char *name; /* "wire", "null", "memory", "failing" */
	/* Starts a request; the slices need to live until the call returns. Accepted (WW_OK): done is called
	 * exactly once, from poll or close, never from inside send. */
	ww_status (*send)(void *self, struct ww_ctx *cx, const struct ww_request *r,
	    ww_sink_done *done, void *arg);
	/* Works on what is under way, waiting at most that long for something to happen. */
	void (*poll)(void *self, int timeout_ms);
	void (*wake)(void *self);  /* ends a waiting poll; any thread */
	void (*close)(void *self); /* ends open requests as UNCERTAIN */
};

struct ww_sink {
	const struct ww_sink_ops *ops;
	void *self;
};

struct ww_sink_settings {
	struct ww_clock ticks;  /* never goes back: what waits are measured by */
	const struct ww_fs *fs; /* the disk that folders are on; NULL: the real one */
};

/* link/sink.c: the real one, which speaks what each endpoint speaks. */
WW_MUST ww_status ww_sink_open(
    struct ww_ctx *cx, const struct ww_sink_settings *set, struct ww_sink *out);
/* courier/sink_test.c: accepts everything and forgets it; keeps what it got and answers like a strict
 * receiver; answers from a script of results, one a request, the last for ever. */
WW_MUST ww_status ww_sink_null(struct ww_ctx *cx, struct ww_sink *out);
WW_MUST ww_status ww_sink_memory(struct ww_ctx *cx, struct ww_sink *out);
WW_MUST ww_status ww_sink_failing(
    struct ww_ctx *cx, const struct ww_answer *script, size_t n, struct ww_sink *out);

#endif
