/* ROSTER_LOAD records: an edition that comes in parts. Its rows are staged, where nothing looks, until the record that ends it;
 * that one looks at the edition as a whole, and refuses it or lets it take effect (roster_merge.c). A part that comes twice, as
 * after a crash of who loads, changes nothing. */
#include "apply/roster.h"
#include "apply/timer.h"

#include "config/load.h"
#include "config/roster_row.h"
#include "model/member.h"
#include "model/record.h"

#include <wardwire/buf.h>

#include <stdarg.h>
#include <stdio.h>

static ww_status
put(struct ww_apply *a, struct ww_ctx *cx, struct ww_roster_load *l)
{
	l->seq = (int64_t)cx->seq;
	return ww_put(a->set.ledger, cx, roster_load, l);
}

/* The record does not fit: the load keeps why, and stays as it is. */
static ww_status refuse(struct ww_apply *a, struct ww_ctx *cx, struct ww_roster_load *l,
    ww_status why, const char *fmt, ...) __attribute__((format(printf, 5, 6)));

static ww_status
refuse(struct ww_apply *a, struct ww_ctx *cx, struct ww_roster_load *l, ww_status why,
    const char *fmt, ...)
{
	char reason[192];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(reason, sizeof(reason), fmt, ap);
	va_end(ap);
	l->refused = ww_arena_printf(cx->arena, "WW-%03d %s", ww_status_number(why), reason);
	return put(a, cx, l);
}

static bool
is_open(const struct ww_roster_load *l)
{
	return l->state == WW_load_state_STAGING || l->state == WW_load_state_MERGING ||
	       l->state == WW_load_state_CLOSING;
}

ww_status
ww_roster_row(struct ww_apply *a, struct ww_ctx *cx, ww_str name, struct ww_roster *out)
{
	bool found;

	ww_row_init(&ww_entity_roster, out);
	out->name = name;
	return ww_get(a->set.ledger, cx, roster, out, &found);
}

ww_status
ww_roster_load_find(
    struct ww_apply *a, struct ww_ctx *cx, ww_str roster, struct ww_roster_load *out, bool *found)
{
	struct ww_rows rows;
	ww_status s;

	*found = false;
	ww_row_init(&ww_entity_roster_load, out);
	out->roster = roster;
	s = ww_find(a->set.ledger, cx, roster_load, "by_roster", out, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		if (!is_open(WW_ROW(&rows, roster_load, i)))
			continue;
		*out = *WW_ROW(&rows, roster_load, i);
		*found = true;
	}
	return s;
}

/* -- dropped ---------------------------------------------------------------------------------------------- */

/* What is staged of it goes with time. */
static ww_status
drop(struct ww_apply *a, struct ww_ctx *cx, struct ww_roster_load *l, ww_str reason)
{
	ww_status s = ww_job_wake(a, cx, WW_ROSTER_JOB);

	l->state = WW_load_state_DROPPED;
	l->reason = reason;
	return s == WW_OK ? put(a, cx, l) : s;
}

/* -- begin ----------------------------------------------------------------------------------------------- */

/* What is known of older loads is in their edition. */
static ww_status
forget_done(struct ww_apply *a, struct ww_ctx *cx, ww_str roster)
{
	struct ww_roster_load like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_roster_load, &like);
	like.roster = roster;
	s = ww_find(a->set.ledger, cx, roster_load, "by_roster", &like, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_roster_load *l = WW_ROW(&rows, roster_load, i);

		if (l->state == WW_load_state_DONE)
			s = ww_ledger_remove(a->set.ledger, cx, &ww_entity_roster_load, l);
	}
	return s;
}

static ww_status
begin(struct ww_apply *a, struct ww_ctx *cx, const struct ww_rec_roster_load *body,
    struct ww_roster_load *open, bool found)
{
	struct ww_roster_load l;
	ww_status s = WW_OK;

	if (found && open->state != WW_load_state_STAGING)
		return refuse(a, cx, open, WW_E_BUSY,
		    "the edition before it is still taking effect: load it again when it has");
	if (found && ww_str_eq(open->digest, body->digest)) {
		open->refused = ww_str_empty();
		return put(a, cx, open); /* it goes on where it was */
	}
	if (found)
		s = drop(a, cx, open, WW_STR("another load began"));
	if (s == WW_OK)
		s = forget_done(a, cx, body->roster);
	ww_row_init(&ww_entity_roster_load, &l);
	l.id = ww_ctx_id(cx);
	l.roster = body->roster;
	l.digest = body->digest;
	l.source = body->source;
	l.delta = body->delta;
	l.dated_ms = body->dated_ms;
	l.who = body->who;
	l.state = WW_load_state_STAGING;
	return s == WW_OK ? put(a, cx, &l) : s;
}

/* -- rows ------------------------------------------------------------------------------------------------ */

static void
count_fault(
    struct ww_ctx *cx, struct ww_roster_load *l, unsigned line, const char *text, bool twice)
{
	l->rejected++;
	l->twice += twice;
	if (l->problem.n == 0)
		l->problem = ww_arena_printf(cx->arena, "line %u: %s", line, text);
}

/* What is staged of that member already: whether it says the same as the row does. */
static ww_status
look_at_staged(struct ww_apply *a, struct ww_ctx *cx, const struct ww_roster_load *l,
    const struct ww_roster_row *row, ww_str key, bool *first, bool *twice)
{
	struct ww_roster_staged like;
	struct ww_rows rows;
	ww_status s;

	*twice = false;
	ww_row_init(&ww_entity_roster_staged, &like);
	like.load = l->id;
	like.member_key = key;
	s = ww_ledger_scan(a->set.ledger, cx, &ww_entity_roster_staged, 2, &like, 0, &rows);
	*first = s == WW_OK && rows.n == 0;
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		struct ww_roster_row there;
		struct ww_attribution at;

		s = ww_roster_row_again(
		    cx, a->config, WW_ROW(&rows, roster_staged, i)->text, &there);
		if (s == WW_E_VALUE) { /* the configuration has changed: merging will count it */
			cx->fail = (struct ww_failure){ .status = WW_OK };
			s = WW_OK;
			continue;
		}
		if (s != WW_OK)
			break;
		ww_roster_fill(cx, &there, l->source, &at);
		*twice = *twice || (ww_roster_same_row(&at, row, key) &&
		                       ww_birth_day(at.birth) == ww_birth_day(row->birth) &&
		                       ww_str_ieq(at.given, row->given));
	}
	return s;
}

/* What the row would do to those of the roster; the merge decides. */
static ww_status
look_at_roster(struct ww_apply *a, struct ww_ctx *cx, struct ww_roster_load *l,
    const struct ww_roster_row *row, ww_str key, bool first)
{
	struct ww_attribution like, at;
	const struct ww_attribution *best = NULL;
	struct ww_rows rows;
	bool known = false;
	ww_status s;

	ww_row_init(&ww_entity_attribution, &like);
	like.member_key = key;
	s = ww_find(a->set.ledger, cx, attribution, "by_member", &like, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_attribution *old = WW_ROW(&rows, attribution, i);

		if (!ww_str_eq(old->roster, l->roster))
			continue;
		known = known || old->closed_ms == 0;
		if (ww_roster_same_row(old, row, key) &&
		    (best == NULL || ww_roster_likeness(old, row) > ww_roster_likeness(best, row)))
			best = old;
	}
	ww_roster_fill(cx, row, l->source, &at);
	l->added += best == NULL;
	l->changed += best != NULL && !ww_roster_says_same(best, &at);
	l->members += first;
	l->stayed += first && known;
	return s;
}

static ww_status
stage_row(struct ww_apply *a, struct ww_ctx *cx, struct ww_roster_load *l,
    const struct ww_roster_row *row)
{
	struct ww_roster_staged staged;
	struct ww_buf text = { 0 };
	ww_str key = ww_member_key(cx, row->member_id);
	bool first, twice;
	ww_status s = look_at_staged(a, cx, l, row, key, &first, &twice);

	if (s != WW_OK)
		return s;
	if (twice) {
		count_fault(cx, l, row->line, WW_ROSTER_TWICE, true);
		return WW_OK;
	}
	s = look_at_roster(a, cx, l, row, key, first);
	ww_row_init(&ww_entity_roster_staged, &staged);
	staged.load = l->id;
	staged.member_key = key;
	staged.id = ww_ctx_id(cx);
	ww_roster_row_write(row, &text);
	if (s == WW_OK)
		s = ww_apply_keep_text(cx, &text, &staged.text);
	ww_buf_free(&text);
	l->rows++;
	return s == WW_OK ? ww_put(a->set.ledger, cx, roster_staged, &staged) : s;
}

/* The rows are those of the roster that is named, so the program of the roster is in them already. */
static ww_status
stage(struct ww_apply *a, struct ww_ctx *cx, const struct ww_rec_roster_load *body,
    struct ww_roster_load *l)
{
	struct ww_roster_row *rows;
	struct ww_roster_fault *faults;
	size_t n = 0, faults_n = 0;
	ww_status s;

	s = ww_roster_parse(cx, body->rows, a->config, NULL, &rows, &n, &faults, &faults_n);
	for (size_t i = 0; s == WW_OK && i < faults_n; i++)
		count_fault(cx, l, faults[i].line, faults[i].text,
		    ww_str_eq(ww_str_from(faults[i].text), WW_STR(WW_ROSTER_TWICE)));
	for (size_t i = 0; s == WW_OK && i < n; i++)
		s = stage_row(a, cx, l, &rows[i]);
	if (s != WW_OK)
		return s;
	l->parts = body->part;
	l->lines = body->lines;
	l->bytes = body->bytes;
	l->rejected += body->rejected;
	if (l->problem.n == 0 || (body->problem.n != 0 && body->rejected != 0 && l->parts == 1))
		l->problem = body->problem.n != 0 ? body->problem : l->problem;
	return put(a, cx, l);
}

static ww_status
take_rows(struct ww_apply *a, struct ww_ctx *cx, const struct ww_rec_roster_load *body,
    struct ww_roster_load *l)
{
	l->refused = ww_str_empty();
	if (l->state != WW_load_state_STAGING || body->part <= l->parts)
		return put(a, cx, l); /* it came before */
	if (body->part != l->parts + 1)
		return refuse(a, cx, l, WW_E_CONFLICT, "part %lld came, and %lld is the next",
		    (long long)body->part, (long long)l->parts + 1);
	return stage(a, cx, body, l);
}

/* -- end ------------------------------------------------------------------------------------------------- */

/* It may be forced beyond that many percent, with a reason. */
static ww_status
refuse_drop(struct ww_apply *a, struct ww_ctx *cx, struct ww_roster_load *l, int64_t gone,
    int64_t members, int64_t most)
{
	ww_status s = drop(a, cx, l, ww_str_empty());

	if (s != WW_OK)
		return s;
	return refuse(a, cx, l, WW_E_CONFLICT,
	    "%lld of %lld members would be ended, %lld percent, and at most %lld may be: nothing "
	    "was "
	    "changed",
	    (long long)gone, (long long)members, (long long)(gone * 100 / members),
	    (long long)most);
}

/* From now on the edition counts; its members get what it says one after the other. */
static ww_status
take_effect(struct ww_apply *a, struct ww_ctx *cx, struct ww_roster_load *l, struct ww_roster *r)
{
	ww_status s;

	l->number = r->edition + 1;
	l->taken_ms = cx->now;
	l->dated_ms = l->dated_ms != 0 ? l->dated_ms : cx->now;
	l->added = l->changed = 0; /* counted as they come into force */
	l->state = WW_load_state_MERGING;
	r->edition = l->number;
	r->loaded_ms = cx->now;
	r->dated_ms = l->dated_ms;
	r->rejected = l->rejected;
	r->problem = l->problem;
	r->expiry = WW_roster_expiry_CURRENT;
	r->caught = 0;
	s = ww_put(a->set.ledger, cx, roster, r);
	if (s == WW_OK)
		s = ww_apply_count_rosters(a, cx); /* it is young from now on, whoever asks */
	if (s == WW_OK)
		s = ww_roster_keep_edition(a, cx, l);
	if (s == WW_OK)
		s = ww_job_wake(a, cx, WW_ROSTER_JOB);
	return s == WW_OK ? put(a, cx, l) : s;
}

static ww_status
end(struct ww_apply *a, struct ww_ctx *cx, const struct ww_rec_roster_load *body,
    struct ww_roster_load *l)
{
	struct ww_roster r;
	int64_t gone;
	ww_status s = WW_OK;

	l->refused = ww_str_empty();
	if (l->state != WW_load_state_STAGING)
		return put(a, cx, l);
	if (l->rows == 0) {
		s = drop(a, cx, l, ww_str_empty());
		return s != WW_OK ? s
		                  : refuse(a, cx, l, WW_E_CONFLICT,
		                        "not one row of it can be used: nothing was changed");
	}
	s = ww_roster_row(a, cx, l->roster, &r);
	if (s != WW_OK)
		return s;
	gone = l->delta != 0 ? 0 : r.members - l->stayed;
	l->who = body->who;
	l->reason = body->reason;
	if (gone > 0 && gone * 100 > body->max_drop * r.members)
		return refuse_drop(a, cx, l, gone, r.members, body->max_drop);
	return take_effect(a, cx, l, &r);
}

/* -- records --------------------------------------------------------------------------------------------- */

static ww_status
step(struct ww_apply *a, struct ww_ctx *cx)
{
	bool left;

	return ww_roster_merge(a, cx, &left);
}

ww_status
ww_apply_roster_load(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r)
{
	struct ww_rec_roster_load body;
	struct ww_roster_load l;
	bool found;
	ww_status s = ww_rec_roster_load_read(cx, r->body, &body);

	if (s == WW_OK && a->config == NULL)
		s = ww_fail(cx, WW_E_CONFLICT, "roster",
		    "a ROSTER_LOAD record before the first CONFIG record");
	if (s == WW_OK)
		s = ww_roster_load_find(a, cx, body.roster, &l, &found);
	if (s != WW_OK)
		return s;
	if (ww_str_is(body.verb, "begin"))
		return begin(a, cx, &body, &l, found);
	if (ww_str_is(body.verb, "step"))
		return step(a, cx);
	if (!found || !ww_str_eq(l.digest, body.digest))
		return WW_OK; /* of a load that was dropped meanwhile */
	if (ww_str_is(body.verb, "rows"))
		return take_rows(a, cx, &body, &l);
	if (ww_str_is(body.verb, "end"))
		return end(a, cx, &body, &l);
	if (ww_str_is(body.verb, "drop") && l.state == WW_load_state_STAGING)
		return drop(a, cx, &l, body.reason);
	return WW_OK;
}
