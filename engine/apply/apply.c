/* Records in sequence order, committed in batches; what fails for good is set aside and passed. */
#include "apply/work.h"

#include "apply/aside.h"
#include "apply/request.h"
#include "apply/timer.h"
#include "base/failpoint.h"
#include "store/in_hand.h"

#include <wardwire/log.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	enum ww_record_kind kind;
	ww_status (*apply)(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r);
} kinds[] = {
	{ WW_REC_MESSAGE, ww_apply_message },
	{ WW_REC_ATTEMPT, ww_apply_attempt },
	{ WW_REC_OUTCOME, ww_apply_outcome },
	{ WW_REC_CONFIG, ww_apply_config_record },
	{ WW_REC_ROSTER, ww_apply_roster },
	{ WW_REC_ENGINE, ww_apply_engine },
	{ WW_REC_ROSTER_LOAD, ww_apply_roster_load },
	{ WW_REC_TICK, ww_apply_tick },
	{ WW_REC_OPERATOR, ww_apply_operator },
	{ WW_REC_REQUEST, ww_apply_request },
	{ WW_REC_FILE, ww_apply_file },
};

/* -- opening ---------------------------------------------------------------------------------------- */

static void
keep_hex(char *to, ww_str s)
{
	size_t n = s.n < WW_HEX - 1 ? s.n : WW_HEX - 1;

	memcpy(to, s.p, n);
	to[n] = '\0';
}

/* When the clock has something to do next. */
static ww_status
look_ahead(struct ww_apply *a, struct ww_ctx *cx, int64_t now)
{
	ww_status s = a->due_known ? WW_OK : ww_timer_due(a, cx, &a->next_ms);

	a->due_known = s == WW_OK;
	if (s == WW_OK && a->next_ms <= now)
		a->next_ms = 0;
	return s;
}

/* Where the ledger stands; at the beginning when nothing was ever committed. */
static ww_status
read_cursor(struct ww_apply *a, struct ww_ctx *cx)
{
	struct ww_cursor c;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_cursor, &c);
	c.id = 1;
	s = ww_get(a->set.ledger, cx, cursor, &c, &found);
	if (s != WW_OK)
		return s;
	atomic_store(&a->cursor, (uint64_t)c.seq);
	a->now = c.now_ms;
	a->since = c.since_ms;
	keep_hex(a->config_blob, c.config);
	keep_hex(a->key, c.delivery_key);
	(void)snprintf(a->build, sizeof(a->build), "%.*s", WW_STR_FMT(c.engine));
	a->held = c.held;
	a->restored = c.restored;
	a->restored_ms = c.restored_ms;
	a->due_known = false;
	s = look_ahead(a, cx, a->now);
	atomic_store(&a->due, a->next_ms);
	if (s != WW_OK)
		return s;
	if (a->config_blob[0] != '\0')
		s = ww_apply_load_config(a, cx, ww_str_from(a->config_blob));
	else
		ww_apply_drop_config(a);
	return s == WW_OK ? ww_apply_count_rosters(a, cx) : s;
}

ww_status
ww_apply_open(struct ww_ctx *cx, const struct ww_apply_settings *set, struct ww_apply **out)
{
	struct ww_apply *a = calloc(1, sizeof(*a));
	ww_status s;

	if (a == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "apply");
	a->set = *set;
	s = read_cursor(a, cx);
	if (s != WW_OK) {
		ww_apply_close(a);
		return s;
	}
	*out = a;
	return WW_OK;
}

void
ww_apply_close(struct ww_apply *a)
{
	if (a == NULL)
		return;
	ww_arena_free(a->config_arena);
	free(a->ends);
	ww_aside_free(a);
	free(a);
}

uint64_t
ww_apply_cursor(const struct ww_apply *a)
{
	return atomic_load(&a->cursor);
}

int64_t
ww_apply_due(const struct ww_apply *a)
{
	return atomic_load(&a->due);
}

const struct ww_config *
ww_apply_config(const struct ww_apply *a)
{
	return a->config;
}

const char *
ww_apply_config_blob(const struct ww_apply *a)
{
	return a->config_blob;
}

bool
ww_apply_has_key(const struct ww_apply *a)
{
	return a->key[0] != '\0';
}

/* -- one batch -------------------------------------------------------------------------------------- */

/* Where a batch stands; taken back as a whole when it fails. */
struct mark {
	uint64_t seq;
	int64_t now, since;
};

static ww_status
put_cursor(struct ww_apply *a, struct ww_ctx *cx, const struct mark *at)
{
	struct ww_cursor c;

	ww_row_init(&ww_entity_cursor, &c);
	c.id = 1;
	c.seq = (int64_t)at->seq;
	c.now_ms = at->now;
	c.since_ms = at->since;
	c.config = ww_str_from(a->config_blob);
	c.delivery_key = ww_str_from(a->key);
	c.engine = ww_str_from(a->build);
	c.held = a->held;
	c.restored = a->restored;
	c.restored_ms = a->restored_ms;
	return ww_put(a->set.ledger, cx, cursor, &c);
}

static ww_status
apply_record(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kinds[i].kind == r->kind)
			return kinds[i].apply(a, cx, r);
	}
	return WW_OK; /* a kind this build has no use for changes nothing */
}

size_t
ww_apply_arena_of(const struct ww_apply *a, const struct ww_record *r)
{
	return (r->kind == WW_REC_MESSAGE || r->kind == WW_REC_REQUEST) && a->config != NULL
	           ? a->config->limits.arena
	           : 0;
}

/* Sets the context and the clock to that record. */
static void
enter_record(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r, struct mark *at)
{
	cx->seq = r->seq;
	cx->ordinal = 0;
	if (at->since == 0)
		at->since = r->time;
	if (r->time > at->now)
		at->now = r->time;
	cx->now = at->now;
	a->since = at->since;
}

static void
log_aside(const struct ww_record *r, const struct ww_failure *why)
{
	ww_log(WW_LOG_ERROR, "journal=%llu quarantined code=WW-%03d place=\"%s\" reason=\"%s\"",
	    (unsigned long long)r->seq, ww_status_number(why->status), why->place, why->reason);
}

/* Applies the record, or passes it by when it has ended the engine. */
static ww_status
apply_or_pass(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r)
{
	struct ww_failure deadly = { .status = WW_E_BUG,
		.reason = "the engine ended twice while it was applied" };
	const struct ww_aside *aside = ww_aside_find(a, r->seq);
	ww_status s;

	if (aside == NULL) {
		ww_in_hand_take(a->set.in_hand, r->seq);
		WW_FAILPOINT_AT("apply-record", r->seq);
		ww_arena_bound(cx->arena, ww_apply_arena_of(a, r));
		s = apply_record(a, cx, r);
		ww_arena_bound(cx->arena, 0);
		return s;
	}
	log_aside(r, &deadly);
	return ww_aside_put(a, cx, r, aside->by, &deadly);
}

/* Applies up to `most` records below stop into the open transaction. A record that fails for good has its
 * sequence in *bad. */
static ww_status
fill_batch(struct ww_apply *a, struct ww_ctx *cx, struct ww_journal *j, size_t most, uint64_t stop,
    struct mark *at, size_t *done, struct ww_record *bad)
{
	while (*done < most) {
		struct ww_record r;
		bool found;
		ww_status s;

		ww_ctx_clear(cx);
		ww_arena_bound(cx->arena, 0);
		s = ww_journal_read(j, cx, at->seq + 1, &r, &found);
		if (s != WW_OK || !found || r.seq >= stop)
			return s;
		enter_record(a, cx, &r, at);
		s = apply_or_pass(a, cx, &r);
		if (s != WW_OK && ww_aside_is_fault_of(&r, s))
			*bad = r;
		if (s != WW_OK)
			return s;
		at->seq = r.seq;
		(*done)++;
	}
	return WW_OK;
}

/* What is in memory follows the ledger again; until that succeeds nothing more is applied. */
static ww_status
read_back(struct ww_apply *a, struct ww_ctx *cx)
{
	ww_status s;

	if (!a->stale)
		return WW_OK;
	ww_ctx_clear(cx);
	s = read_cursor(a, cx);
	a->stale = s != WW_OK;
	return s;
}

/* Undoes the batch; the failure in cx stays. */
static void
forget(struct ww_apply *a, struct ww_ctx *cx)
{
	struct ww_failure why = cx->fail;

	ww_ledger_rollback(a->set.ledger);
	a->stale = true;
	(void)read_back(a, cx); /* else at the next batch */
	ww_ctx_clear(cx);
	cx->fail = why;
}

static ww_status
commit_at(struct ww_apply *a, struct ww_ctx *cx, const struct mark *at)
{
	ww_status s = put_cursor(a, cx, at);

	if (s == WW_OK)
		s = look_ahead(a, cx, at->now);
	WW_FAILPOINT("before-commit");
	if (s == WW_OK)
		s = ww_ledger_commit(a->set.ledger, cx);
	if (s != WW_OK)
		return s;
	WW_FAILPOINT("after-commit");
	a->now = at->now;
	a->since = at->since;
	atomic_store(&a->due, a->next_ms);
	atomic_store(&a->cursor, at->seq);
	ww_in_hand_passed(a->set.in_hand, at->seq);
	return WW_OK;
}

static ww_status
try_batch(struct ww_apply *a, struct ww_ctx *cx, struct ww_journal *j, size_t most, uint64_t stop,
    size_t *done, struct ww_record *bad)
{
	struct mark at;
	ww_status s = read_back(a, cx);

	*done = 0;
	a->journal = j;
	if (s == WW_OK)
		s = ww_aside_look(a, cx, j);
	at = (struct mark){ ww_apply_cursor(a), a->now, a->since };
	if (s == WW_OK)
		s = ww_ledger_begin(a->set.ledger, cx);
	if (s == WW_OK)
		s = fill_batch(a, cx, j, most, stop, &at, done, bad);
	ww_in_hand_take(a->set.in_hand, 0); /* what follows is the ledger's work, not a record's */
	if (s == WW_OK && *done == 0) {
		ww_ledger_rollback(a->set.ledger);
		return WW_OK;
	}
	if (s == WW_OK)
		s = commit_at(a, cx, &at);
	if (s != WW_OK)
		forget(a, cx);
	return s;
}

/* Passes a record that can never be applied. It is read once more: its body went with the batch that failed. */
static ww_status
quarantine(struct ww_apply *a, struct ww_ctx *cx, struct ww_record *r, const struct ww_failure *why)
{
	struct mark at = { ww_apply_cursor(a), a->now, a->since };
	bool found;
	ww_status s;

	log_aside(r, why);
	ww_ctx_clear(cx);
	s = ww_journal_read(a->journal, cx, r->seq, r, &found);
	if (s != WW_OK)
		return s;
	enter_record(a, cx, r, &at);
	at.seq = r->seq;
	s = ww_ledger_begin(a->set.ledger, cx);
	if (s == WW_OK)
		s = ww_aside_put(a, cx, r, 0, why);
	if (r->kind ==
	    WW_REC_TICK) { /* the next would fail likewise: it has time until the clock strikes */
		a->next_ms = INT64_MAX;
		a->due_known = true;
	}
	if (s == WW_OK)
		s = commit_at(a, cx, &at);
	if (s != WW_OK)
		forget(a, cx);
	return s;
}

/* A record that fails for good makes two batches of one: those before it, and it alone. */
static ww_status
split_batch(struct ww_apply *a, struct ww_ctx *cx, struct ww_journal *j, size_t most,
    struct ww_record *bad, size_t *done)
{
	struct ww_failure why = cx->fail;
	ww_status s;

	ww_ctx_clear(cx);
	s = try_batch(a, cx, j, most, bad->seq, done, bad);
	if (s != WW_OK || *done > 0)
		return s;
	s = quarantine(a, cx, bad, &why);
	*done = s == WW_OK;
	return s;
}

ww_status
ww_apply_batch(
    struct ww_apply *a, struct ww_ctx *cx, struct ww_journal *j, size_t most, size_t *done)
{
	struct ww_record bad = { 0 };
	uint64_t stop = a->set.stop != 0 ? a->set.stop : UINT64_MAX;
	ww_status s = try_batch(a, cx, j, most, stop, done, &bad);

	if (s != WW_OK && bad.seq != 0)
		s = split_batch(a, cx, j, most, &bad, done);
	if (s != WW_OK)
		a->told = 0; /* what was told does not hold */
	return s;
}
