/* The context of one piece of work: its memory, its time, its numbers and its first failure. */
#ifndef WARDWIRE_CTX_H
#define WARDWIRE_CTX_H

#include <wardwire/arena.h>
#include <wardwire/status.h>
#include <wardwire/str.h>

typedef int64_t ww_id; /* journal sequence << 16 | ordinal within that record; 0: none */

/* Where and why the work first failed. No value from a message, ever: the place is enough. */
struct ww_failure {
	ww_status status;
	char place[64];   /* "PID-3.1", "feeds[0].on", "" */
	char reason[192]; /* one sentence without the place */
};

struct ww_ctx {
	struct ww_arena *arena; /* lives as long as this work */
	int64_t now;            /* UTC ms: the later of this record's time and the one before it */
	uint64_t seq;           /* journal sequence of the record being applied, 0 outside apply */
	uint32_t ordinal;       /* ids handed out for this record so far */
	struct ww_failure fail;
};

/* Records the failure if it is the first, and returns s. place may be NULL. The text is for people and
 * must not contain a value from a message. */
ww_status ww_fail(struct ww_ctx *cx, ww_status s, const char *place, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* The status of a failed arena allocation, recorded. */
ww_status ww_fail_memory(struct ww_ctx *cx);
void ww_ctx_clear(struct ww_ctx *cx); /* forgets the failure, resets the arena and the ordinal */

/* The next id of this record: the same journal gives the same ids. */
ww_id ww_ctx_id(struct ww_ctx *cx);

/* Ids are shown and typed as "17.3": sequence and ordinal. */
#define WW_ID_FMT "%llu.%u"
#define WW_ID_ARG(id)                                                                              \
	((unsigned long long)((uint64_t)(id) >> 16)), ((unsigned)((uint64_t)(id)&0xffffu))
/* Reads "17.3"; "17" gives ordinal 0. */
bool ww_id_parse(ww_str s, ww_id *out);

#endif
