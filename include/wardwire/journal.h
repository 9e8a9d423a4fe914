/* The journal: what came in and what was done, in one numbered sequence, durable before it is answered.
 * Everything the ledger knows follows from these records and nothing else. Format: docs/interfaces.md. */
#ifndef WARDWIRE_JOURNAL_H
#define WARDWIRE_JOURNAL_H

#include <wardwire/ctx.h>
#include <wardwire/status.h>

/* Kinds of records; the numbers are part of the file format. */
enum ww_record_kind {
	WW_REC_MESSAGE = 1,      /* raw bytes, feed, peer */
	WW_REC_ATTEMPT = 2,      /* a send is about to start */
	WW_REC_OUTCOME = 3,      /* how it ended */
	WW_REC_TICK = 4,         /* the clock */
	WW_REC_CONFIG = 5,       /* names the blob of a configuration */
	WW_REC_ROSTER = 6,       /* names the blob of a roster */
	WW_REC_OPERATOR = 7,     /* what a person ordered */
	WW_REC_QUARANTINE = 8,   /* a record that failed */
	WW_REC_ENGINE = 9,       /* build, rule versions, time zone data at start */
	WW_REC_REQUEST = 10,     /* a FHIR interaction: resource or Bundle, feed, client */
	WW_REC_FILE = 11,        /* names the blob of a program or a calendar */
	WW_REC_ROSTER_LOAD = 12, /* a part of an edition of a roster, or its end */
};

/* One record. When appending, kind, time and body are the caller's and seq is given back. */
struct ww_record {
	uint64_t seq;
	int64_t time; /* UTC ms */
	uint8_t kind; /* enum ww_record_kind */
	ww_str body;
};

/* What was found when the journal was opened or checked. */
struct ww_journal_state {
	uint64_t first, last; /* sequences of the oldest and the newest readable record; 0: none */
	uint64_t next;        /* the next append gets this number or a later one */
	uint64_t records;     /* readable records */
	uint64_t damaged;     /* records whose bytes no longer fit their checksum; stepped over */
	uint64_t torn; /* records of a last, unacknowledged batch that was not wholly written */
	uint64_t segments, bytes;
	uint64_t pruned; /* records up to this number are gone for good; 0: it has its beginning */
};

/* A part of the journal that can only be removed as a whole. */
struct ww_journal_piece {
	uint64_t name;        /* of its file */
	uint64_t first, next; /* its records have numbers from first on and below next */
	int64_t created;      /* time of its first record; 0: unknown */
	uint64_t bytes;       /* that readers may see */
	bool newest;          /* grows, and is never removed */
};

/* What was removed. */
struct ww_journal_pruned {
	uint64_t pieces, bytes;
};

struct ww_journal_ops {
	const char *name; /* "files", "memory", "failing" */
	/* Writes the records as one batch and makes them durable before it returns; sets their seq. On failure
	 * none of them is acknowledged: the caller offers the same records again later, and they then get new
	 * numbers. A failed sync is never repeated on the same segment. One caller at a time. */
	ww_status (*append)(void *self, struct ww_ctx *cx, struct ww_record *r, size_t n);
	/* The first durable record with a sequence >= from, its body in cx->arena; *found is false when there
	 * is none yet. Damaged records are stepped over. Safe beside append, one reader at a time each with
	 * its own cx and cursor. */
	ww_status (*read)(
	    void *self, struct ww_ctx *cx, uint64_t from, struct ww_record *out, bool *found);
	/* All pieces, oldest first, in the arena. Safe beside append. */
	ww_status (*pieces)(
	    void *self, struct ww_ctx *cx, struct ww_journal_piece **out, size_t *n);
	/* Removes the oldest pieces while all their numbers are below that one, each durable before the next. Safe
	 * beside append and read; one caller at a time. On failure *out says what was removed before. */
	ww_status (*prune)(
	    void *self, struct ww_ctx *cx, uint64_t below, struct ww_journal_pruned *out);
	void (*state)(void *self, struct ww_journal_state *out);
	void (*close)(void *self);
};

struct ww_journal {
	const struct ww_journal_ops *ops;
	void *self;
};

WW_MUST ww_status ww_journal_append(
    struct ww_journal *j, struct ww_ctx *cx, struct ww_record *r, size_t n);
WW_MUST ww_status ww_journal_read(
    struct ww_journal *j, struct ww_ctx *cx, uint64_t from, struct ww_record *out, bool *found);
WW_MUST ww_status ww_journal_pieces(
    struct ww_journal *j, struct ww_ctx *cx, struct ww_journal_piece **out, size_t *n);
WW_MUST ww_status ww_journal_prune(
    struct ww_journal *j, struct ww_ctx *cx, uint64_t below, struct ww_journal_pruned *out);
void ww_journal_state(struct ww_journal *j, struct ww_journal_state *out);
void ww_journal_close(struct ww_journal *j); /* a journal of all zero is allowed */

#endif
