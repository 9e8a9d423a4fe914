/* The listeners of the configuration, each with the intake of its feed. All on the loop's thread. */
#ifndef WW_MAIN_LISTENERS_H
#define WW_MAIN_LISTENERS_H

#include "store/store.h"

#include <wardwire/config.h>
#include <wardwire/time.h>

struct ww_awaits;
struct ww_buf;
struct ww_fs;
struct ww_json;
struct ww_ledger;
struct ww_listeners;
struct ww_loop;
struct ww_writer;

struct ww_listeners_settings {
	struct ww_loop *loop; /* none of these is owned */
	struct ww_writer *writer;
	struct ww_refused *refused;
	struct ww_awaits *awaits;
	const struct ww_config *config;
	const struct ww_fs *fs; /* that folders are on */
	struct ww_ledger
	    *view;          /* a reader's handle for the loop's thread; FHIR is answered from it */
	const char *folder; /* of the configuration's file */
	struct ww_clock clock;
	void (*closed)(void *arg); /* the last one is, after ww_listeners_close */
	void *arg;
};

/* Opens all. When one cannot be opened, *out has those before it, to be closed and freed. */
WW_MUST ww_status ww_listeners_open(
    struct ww_ctx *cx, const struct ww_listeners_settings *s, struct ww_listeners **out);
/* Stops reading, or goes on. */
void ww_listeners_pause(struct ww_listeners *l, bool paused);
/* Stops reading, answers what was read, closes. False: there is none to close, and closed is not called. */
bool ww_listeners_close(struct ww_listeners *l);
/* Adds of each to the list an object with its "name", "application-acks-unsent": application acknowledgements that had no way out; of
 * a folder its "trouble", when there is one; else "connections": those open now, "most": how many there may be, "turned-away":
 * how many were too many, "messages": frames that came, "not-allowed": connections of peers of no network; with TLS also
 * "handshakes-failed", "certificate-until". */
void ww_listeners_report(const struct ww_listeners *l, struct ww_ctx *cx, struct ww_json *list);
/* "name port" of each that has a port, a line each. */
void ww_listeners_ports(const struct ww_listeners *l, struct ww_buf *out);
/* Closed, and every message answered or given up; NULL is allowed. */
void ww_listeners_free(struct ww_listeners *l);

#endif
