#include "main/roster_preview.h"

#include "apply/roster_rows.h"
#include "config/load.h"
#include "main/roster_drop.h"
#include "main/roster_file.h"
#include "main/roster_job.h"
#include "main/site.h"
#include "model/attribution.h"
#include "model/member.h"

#include <wardwire/ledger.h>

#include <stdio.h>
#include <stdlib.h>

/* What was seen already, by 64 bits of what it is: one bit of a million rows is wrong about one in thirty thousand times. */
struct seen {
	uint64_t *v;
	size_t n, cap;
};

struct practice {
	ww_str name; /* of the configuration */
	int64_t stays;
};

struct preview {
	struct ww_ctx *cx; /* of the result */
	struct ww_ctx one; /* of a row */
	const struct ww_roster_job *job;
	struct ww_ledger ledger;
	struct ww_roster roster;
	struct seen rows, members;
	struct practice *practices; /* by the configuration's parties */
	int64_t accepted, rejected, duplicates, added, changed, kept, members_n, stayed;
	int64_t now;
};

/* -- what was seen ------------------------------------------------------------------------------------- */

/* FNV-1a: enough to tell rows of one file apart. */
static uint64_t
mix(uint64_t h, ww_str s)
{
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (uint8_t)s.p[i]) * UINT64_C(1099511628211);
	return (h ^ 0xff) * UINT64_C(1099511628211);
}

static ww_status
grow(struct ww_ctx *cx, struct seen *s)
{
	size_t cap = s->cap == 0 ? 1024 : 2 * s->cap;
	uint64_t *v = calloc(cap, sizeof(*v));

	if (v == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "rows of a roster");
	for (size_t i = 0; i < s->cap; i++) {
		size_t at = s->v[i] & (cap - 1);

		while (s->v[i] != 0 && v[at] != 0)
			at = (at + 1) & (cap - 1);
		if (s->v[i] != 0)
			v[at] = s->v[i];
	}
	free(s->v);
	s->v = v;
	s->cap = cap;
	return WW_OK;
}

static ww_status
see(struct ww_ctx *cx, struct seen *s, uint64_t h, bool *first)
{
	size_t at;

	if (2 * (s->n + 1) > s->cap) {
		ww_status st = grow(cx, s);

		if (st != WW_OK)
			return st;
	}
	h = h != 0 ? h : 1;
	for (at = h & (s->cap - 1); s->v[at] != 0 && s->v[at] != h;)
		at = (at + 1) & (s->cap - 1);
	*first = s->v[at] == 0;
	s->n += *first;
	s->v[at] = h;
	return WW_OK;
}

static uint64_t
identity_of(struct preview *p, const struct ww_roster_row *row, ww_str key)
{
	char days[64];
	int64_t from = ww_time_known(row->effective) ? row->effective.ms : INT64_MIN;
	uint64_t h = UINT64_C(14695981039346656037);

	(void)snprintf(
	    days, sizeof(days), "%lld %lld", (long long)from, (long long)ww_birth_day(row->birth));
	h = mix(mix(mix(h, key), row->practice), row->program);
	return mix(mix(h, ww_str_from(days)), ww_arena_upper(p->one.arena, row->given));
}

/* -- who would be told --------------------------------------------------------------------------------- */

static ww_status
is_told(struct preview *p, ww_id stay, ww_str practice, bool *told)
{
	struct ww_flag like;
	struct ww_rows rows;
	ww_status s;

	*told = false;
	ww_row_init(&ww_entity_flag, &like);
	like.encounter = stay;
	s = ww_find(&p->ledger, &p->one, flag, "by_encounter", &like, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_flag *f = WW_ROW(&rows, flag, i);

		*told =
		    *told || (f->state == WW_flag_state_OPEN && ww_str_eq(f->practice, practice));
	}
	return s;
}

static void
count_stay(struct preview *p, ww_str practice)
{
	for (size_t i = 0; i < p->job->site->config->parties_n; i++)
		p->practices[i].stays += ww_str_eq(p->practices[i].name, practice);
}

static ww_status
look_at_stays(struct preview *p, ww_id id, const struct ww_attribution *at)
{
	struct ww_person person;
	struct ww_encounter like;
	struct ww_rows rows;
	bool found, told;
	ww_status s;

	ww_row_init(&ww_entity_person, &person);
	person.id = id;
	s = ww_get(&p->ledger, &p->one, person, &person, &found);
	if (s != WW_OK || !found || person.test != 0)
		return s;
	ww_row_init(&ww_entity_encounter, &like);
	like.person = id;
	s = ww_find(&p->ledger, &p->one, encounter, "by_person", &like, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_encounter *e = WW_ROW(&rows, encounter, i);
		const struct ww_feed *feed = ww_config_feed(p->job->site->config, e->feed);
		const struct ww_attribution_day day = { .on = e->start,
			.zone = feed != NULL ? feed->zone : NULL };

		if (e->merged_into != 0 || !ww_stay_is_recent(e, p->now) ||
		    e->status == WW_encounter_status_FINISHED ||
		    (feed != NULL && feed->state != WW_FEED_LIVE) ||
		    ww_attribution_near(&person, at, &day, ww_str_empty()) != WW_NEAR_MATCHED)
			continue;
		s = is_told(p, e->id, at->practice, &told);
		if (s == WW_OK && !told)
			count_stay(p, at->practice);
	}
	return s;
}

static ww_status
look_at_persons(struct preview *p, const struct ww_attribution *at)
{
	struct ww_member like;
	struct ww_rows rows;
	ww_status s;

	if (at->policy == WW_policy_SUPPRESS)
		return WW_OK;
	ww_row_init(&ww_entity_member, &like);
	like.number = at->member_key;
	s = ww_ledger_scan(&p->ledger, &p->one, &ww_entity_member, 1, &like, 0, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++)
		s = look_at_stays(p, WW_ROW(&rows, member, i)->person, at);
	return s;
}

/* -- rows ---------------------------------------------------------------------------------------------- */

static ww_status
compare(struct preview *p, const struct ww_roster_row *row, struct ww_attribution *at, bool first)
{
	const struct ww_attribution *best = NULL;
	struct ww_rows rows;
	bool known = false, same;
	ww_status s;

	s = ww_find(&p->ledger, &p->one, attribution, "by_member", at, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_attribution *old = WW_ROW(&rows, attribution, i);

		if (!ww_str_eq(old->roster, p->job->roster->name))
			continue;
		known = known || old->closed_ms == 0;
		if (ww_roster_same_row(old, row, at->member_key) &&
		    (best == NULL || ww_roster_likeness(old, row) > ww_roster_likeness(best, row)))
			best = old;
	}
	same = best != NULL && ww_roster_says_same(best, at);
	p->added += best == NULL;
	p->changed += best != NULL && !same;
	p->kept += best != NULL && best->closed_ms == 0;
	p->members_n += first;
	p->stayed += first && known;
	return s == WW_OK && !same ? look_at_persons(p, at) : s;
}

static ww_status
look_at_row(struct preview *p, const struct ww_roster_row *row)
{
	struct ww_attribution at;
	bool first, first_of_member;
	ww_status s;

	ww_ctx_clear(&p->one);
	ww_roster_fill(&p->one, row, ww_str_empty(), &at);
	s = see(p->cx, &p->rows, identity_of(p, row, at.member_key), &first);
	if (s != WW_OK)
		return s;
	if (!first) {
		p->duplicates++;
		p->rejected++;
		if (p->job->refused != NULL) {
			struct ww_roster_fault f = { .line = row->line, .text = WW_ROSTER_TWICE };

			p->job->refused(p->job->arg, &f);
		}
		return WW_OK;
	}
	p->accepted++;
	ww_roster_job_look(p->job, row);
	s = see(p->cx, &p->members, mix(UINT64_C(14695981039346656037), at.member_key),
	    &first_of_member);
	if (s == WW_OK)
		s = compare(p, row, &at, first_of_member);
	if (s != WW_OK && p->cx->fail.status == WW_OK)
		p->cx->fail = p->one.fail;
	return s;
}

static ww_status
look_at_rows(struct preview *p, struct ww_roster_file *f)
{
	enum ww_roster_item what = WW_ROSTER_ROW;
	struct ww_roster_row row;
	struct ww_roster_fault fault;
	uint64_t consumed, size;
	ww_status s = WW_OK;

	while (s == WW_OK && what != WW_ROSTER_FILE_END) {
		s = ww_roster_file_read(f, p->cx, &row, &fault, &what);
		if (s == WW_OK && what == WW_ROSTER_REFUSED) {
			p->rejected++;
			if (p->job->refused != NULL)
				p->job->refused(p->job->arg, &fault);
		} else if (s == WW_OK && what == WW_ROSTER_ROW) {
			s = look_at_row(p, &row);
			ww_roster_file_progress(f, &consumed, &size);
			if (p->job->progress != NULL)
				p->job->progress(
				    p->job->arg, "reading", (uint64_t)p->accepted, consumed, size);
		}
	}
	return s;
}

/* -- the result ---------------------------------------------------------------------------------------- */

static void
tell_refusal(struct preview *p, struct ww_json *o)
{
	struct ww_ctx *cx = p->cx;
	int64_t gone = p->job->delta ? 0 : p->roster.members - p->stayed;

	if (p->accepted == 0)
		ww_json_set_cstr(cx, o, "refused", "not one row of it can be used");
	else if (ww_roster_drop_is_too_much(gone, p->roster.members, p->job->max_drop))
		ww_json_set_str(cx, o, "refused",
		    ww_arena_printf(cx->arena,
		        "%lld of %lld members would be ended, %lld percent, and at most %u may be",
		        (long long)gone, (long long)p->roster.members,
		        (long long)(gone * 100 / p->roster.members), p->job->max_drop));
}

static struct ww_json *
result_of(struct preview *p)
{
	struct ww_ctx *cx = p->cx;
	struct ww_json *o = ww_json_object(cx), *list;
	int64_t all = 0;

	ww_json_set_str(cx, o, "roster", p->job->roster->name);
	ww_json_set_int(cx, o, "accepted", p->accepted);
	ww_json_set_int(cx, o, "rejected", p->rejected);
	ww_json_set_int(cx, o, "duplicates", p->duplicates);
	ww_json_set_int(cx, o, "members", p->members_n);
	ww_json_set_int(cx, o, "new", p->added);
	ww_json_set_int(cx, o, "changed", p->changed);
	ww_json_set_int(cx, o, "ended", p->job->delta ? 0 : p->roster.rows - p->kept);
	list = ww_json_set(cx, o, "catch-up", ww_json_array(cx));
	for (size_t i = 0; i < p->job->site->config->parties_n; i++) {
		struct ww_json *one;

		if (p->practices[i].stays == 0)
			continue;
		one = ww_json_add(cx, list, ww_json_object(cx));
		ww_json_set_str(cx, one, "practice", p->practices[i].name);
		ww_json_set_int(cx, one, "stays", p->practices[i].stays);
		all += p->practices[i].stays;
	}
	if (all > (int64_t)p->job->roster->catch_up)
		ww_json_set_int(cx, o, "held", all - (int64_t)p->job->roster->catch_up);
	tell_refusal(p, o);
	return o;
}

static ww_status
open_ledger(struct preview *p)
{
	struct ww_site *site = p->job->site;
	bool found;
	ww_status s = ww_site_ledger(site, p->cx, site->ledger, WW_LEDGER_READ, &p->ledger);

	if (s == WW_OK)
		s = ww_ledger_begin(&p->ledger, p->cx);
	ww_row_init(&ww_entity_roster, &p->roster);
	p->roster.name = p->job->roster->name;
	return s == WW_OK ? ww_get(&p->ledger, p->cx, roster, &p->roster, &found) : s;
}

ww_status
ww_roster_preview(struct ww_ctx *cx, const struct ww_roster_job *job, struct ww_json **out)
{
	struct ww_clock clock = ww_clock_system();
	struct preview p = { .cx = cx,
		.one = { .arena = ww_arena_new(0) },
		.job = job,
		.now = ww_clock_now(&clock) };
	struct ww_roster_file *f = NULL;
	size_t parties = job->site->config->parties_n;
	ww_status s = WW_OK;

	p.practices = ww_arena_array(cx->arena, parties + 1, sizeof(*p.practices));
	if (p.practices == NULL || p.one.arena == NULL)
		s = ww_fail(cx, WW_E_MEMORY, NULL, "roster");
	for (size_t i = 0; s == WW_OK && i < parties; i++)
		p.practices[i].name = job->site->config->parties[i].name;
	if (s == WW_OK)
		s = open_ledger(&p);
	if (s == WW_OK)
		s = ww_roster_file_open(cx, job->path, job->site->config, job->roster, &f);
	if (s == WW_OK)
		s = look_at_rows(&p, f);
	if (s == WW_OK)
		*out = result_of(&p);
	ww_roster_file_close(f);
	ww_ledger_close(&p.ledger);
	ww_arena_free(p.one.arena);
	free(p.rows.v);
	free(p.members.v);
	return s;
}
