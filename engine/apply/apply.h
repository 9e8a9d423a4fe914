/* From journal records to the ledger: map, identify, fold, judge, compose, commit. It depends on the records
 * (and the blobs they name) and nothing else, so the same journal gives the same ledger, row for row. */
#ifndef WW_APPLY_APPLY_H
#define WW_APPLY_APPLY_H

#include <wardwire/config.h>
#include <wardwire/journal.h>
#include <wardwire/ledger.h>

struct ww_buf;
struct ww_in_hand;
struct ww_apply;

/* What one MESSAGE record did; for the log line and for `try`. Valid during the call it is handed to. */
struct ww_change {
	const char *verb; /* "raised", "updated", "retracted" */
	const struct ww_flag *flag;
};
/* A row of the outbox that was made or changed; text is its new template, empty when that was not touched. */
struct ww_touched {
	const struct ww_outbox *row;
	ww_str text;
};
struct ww_effect {
	const struct ww_message *message;
	const char *trigger;               /* "A01", or "" */
	const char *act;                   /* "admit", or "" */
	const struct ww_encounter *before; /* NULL: the encounter is new, or there is none */
	const struct ww_encounter *after;  /* NULL: there is none */
	const struct ww_change *changes;
	size_t changes_n;
	const struct ww_touched *rows;
	size_t rows_n;
};

struct ww_apply_settings {
	struct ww_ledger *ledger; /* not owned; apply is its only writer */
	/* Appends the content of a blob. */
	ww_status (*blob)(void *arg, struct ww_ctx *cx, ww_str hex, struct ww_buf *out);
	/* Told once of each message of a batch before the batch is committed; may be NULL. */
	void (*observe)(void *arg, const struct ww_effect *e);
	void *arg;
	size_t arena_limit; /* bytes one record may use; 0: 64 MiB */
	uint64_t stop;      /* the first record that is left alone; 0: none is */
	/* Says of each record that it is being applied, for the next process; NULL: nobody does. Not owned. */
	struct ww_in_hand *in_hand;
};

/* Reads where the ledger stands. */
WW_MUST ww_status ww_apply_open(
    struct ww_ctx *cx, const struct ww_apply_settings *s, struct ww_apply **out);
void ww_apply_close(struct ww_apply *a);

/* Applies the next records, at most `most`, in one transaction; *done says how many (0: there are none
 * yet). A record that can never be applied, or that a QUARANTINE record behind it names, is set aside and passed. On a transient failure nothing of the
 * batch holds, and the call may be repeated. */
WW_MUST ww_status ww_apply_batch(
    struct ww_apply *a, struct ww_ctx *cx, struct ww_journal *j, size_t most, size_t *done);

/* When a TICK record has something to do next, by what is applied: 0 at once, as the last one left work; INT64_MAX: nothing
 * waits for an hour. Safe from any thread. */
int64_t ww_apply_due(const struct ww_apply *a);
uint64_t ww_apply_cursor(
    const struct ww_apply *a); /* last sequence applied; safe from any thread */
/* The configuration in force by the CONFIG records so far; NULL before the first. */
const struct ww_config *ww_apply_config(const struct ww_apply *a);
/* SHA-256 in hex of the configuration's blob; "" before the first. */
const char *ww_apply_config_blob(const struct ww_apply *a);
bool ww_apply_has_key(const struct ww_apply *a); /* an ENGINE record brought the delivery key */

#endif
