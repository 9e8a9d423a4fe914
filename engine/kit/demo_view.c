/* Reads the ledger and the practices' files for the demonstration. */
#include "kit/demo_view.h"

#include "base/fs.h"
#include "model/join.h"

#include <wardwire/buf.h>
#include <wardwire/json.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- the ledger -------------------------------------------------------------------------------------- */

static ww_status
read_cursor(struct ww_ledger *l, struct ww_ctx *cx, struct ww_cursor *c)
{
	bool found;

	ww_row_init(&ww_entity_cursor, c);
	c->id = 1;
	return ww_get(l, cx, cursor, c, &found);
}

ww_status
ww_view_time(struct ww_ledger *l, struct ww_ctx *cx, int64_t *ms, bool *waits)
{
	struct ww_cursor c;
	struct ww_rows timers, jobs = { .n = 0 };
	ww_status s = read_cursor(l, cx, &c);

	if (s == WW_OK)
		s = ww_ledger_scan(l, cx, &ww_entity_timer, 0, NULL, 1, &timers);
	if (s == WW_OK)
		s = ww_ledger_scan(l, cx, &ww_entity_job, 0, NULL, 0, &jobs);
	if (s != WW_OK)
		return s;
	*ms = c.now_ms;
	*waits = timers.n > 0 && WW_ROW(&timers, timer, 0)->due_ms <= c.now_ms;
	for (size_t i = 0; i < jobs.n; i++)
		*waits = *waits || WW_ROW(&jobs, job, i)->next_ms <= c.now_ms;
	return WW_OK;
}

ww_status
ww_view_newest(struct ww_ledger *l, struct ww_ctx *cx, uint64_t *message, uint64_t *applied)
{
	struct ww_cursor c;
	struct ww_rows rows;
	ww_status s = read_cursor(l, cx, &c);

	if (s == WW_OK)
		s = ww_ledger_scan(l, cx, &ww_entity_message, 0, NULL, 0, &rows);
	if (s != WW_OK)
		return s;
	*applied = (uint64_t)c.seq;
	*message = rows.n == 0 ? 0 : (uint64_t)WW_ROW(&rows, message, rows.n - 1)->seq;
	return WW_OK;
}

ww_status
ww_view_owed(struct ww_ledger *l, struct ww_ctx *cx, size_t *due, size_t *open)
{
	struct ww_rows rows;
	ww_status s = ww_ledger_scan(l, cx, &ww_entity_outbox, 0, NULL, 0, &rows);

	*due = *open = 0;
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		*due += WW_ROW(&rows, outbox, i)->state == WW_outbox_state_DUE;
		*open += WW_ROW(&rows, outbox, i)->attempt != 0;
	}
	return s;
}

ww_status
ww_view_desk(struct ww_ledger *l, struct ww_ctx *cx, const char *endpoint, struct ww_view_desk *out)
{
	struct ww_rows rows;
	ww_status s = ww_ledger_scan(l, cx, &ww_entity_outbox, 0, NULL, 0, &rows);

	*out = (struct ww_view_desk){ 0 };
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_outbox *r = WW_ROW(&rows, outbox, i);
		bool done = ww_str_is(r->remote_status, "completed");

		if (!ww_str_is(r->endpoint, endpoint) || r->state == WW_outbox_state_SUPPRESSED)
			continue;
		out->items++;
		out->done += done;
		if (out->open == 0 && !done && r->resource == WW_resource_type_TASK)
			out->open = r->id;
	}
	return s;
}

static void
print_flag(const struct ww_flag *f, int64_t seq)
{
	const char *verb = f->retracted_by == seq ? "retracted"
	                   : f->id >> 16 == seq   ? "raised"
	                                          : "updated";

	(void)printf("        flag %-16s %s for %.*s (%.*s)", ww_flag_kind_text(f->kind), verb,
	    WW_STR_FMT(f->practice), WW_STR_FMT(f->rule));
	if (f->band.n > 0 && f->low == f->high)
		(void)printf(" score %lld, %.*s", (long long)f->score, WW_STR_FMT(f->band));
	else if (f->band.n > 0)
		(void)printf(" score %lld to %lld, %.*s", (long long)f->low, (long long)f->high,
		    WW_STR_FMT(f->band));
	(void)printf("\n");
}

/* What the payer was asked for, and what it said of it. */
static ww_status
print_authorizations(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_encounter *e)
{
	struct ww_authorization like;
	struct ww_encounter of_person;
	struct ww_rows rows, stays;
	ww_status s;

	ww_row_init(&ww_entity_authorization, &like);
	like.person = e->person;
	s = ww_find(l, cx, authorization, "by_person", &like, &rows);
	ww_row_init(&ww_entity_encounter, &of_person);
	of_person.person = e->person;
	if (s == WW_OK)
		s = ww_find(l, cx, encounter, "by_person", &of_person, &stays);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_authorization *a = WW_ROW(&rows, authorization, i);
		struct ww_joined j = ww_join_authorization(a, stays.p, stays.n);

		if (j.stay != NULL && j.stay->id == e->id)
			(void)printf("        authorization %.*s is %s%s%.*s\n",
			    WW_STR_FMT(a->number), ww_authorization_status_text(a->status),
			    a->granted.n > 0 ? ", number " : "", WW_STR_FMT(a->granted));
	}
	return s;
}

static ww_status
print_stay(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_message *m)
{
	struct ww_encounter e;
	struct ww_flag like;
	struct ww_rows rows;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_encounter, &e);
	e.id = m->encounter;
	s = ww_get(l, cx, encounter, &e, &found);
	if (s != WW_OK || !found)
		return s;
	(void)printf("        stay " WW_ID_FMT " is %s, %s\n", WW_ID_ARG(e.id),
	    ww_encounter_status_text(e.status), ww_encounter_class_text(e.class_));
	if (!ww_str_is(m->type, "ADT"))
		(void)printf("        told of by %.*s\n", WW_STR_FMT(e.sources));
	s = print_authorizations(l, cx, &e);
	if (s != WW_OK)
		return s;
	ww_row_init(&ww_entity_flag, &like);
	like.encounter = e.id;
	s = ww_find(l, cx, flag, "by_encounter", &like, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_flag *f = WW_ROW(&rows, flag, i);

		if (f->cause == m->seq || f->retracted_by == m->seq)
			print_flag(f, m->seq);
	}
	return s;
}

/* A notice that nobody will get is a change people should see as well. */
static ww_status
print_suppressed(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_message *m)
{
	struct ww_outbox like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_outbox, &like);
	like.encounter = m->encounter;
	s = ww_find(l, cx, outbox, "by_encounter", &like, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_outbox *r = WW_ROW(&rows, outbox, i);

		if (r->state == WW_outbox_state_SUPPRESSED && r->wanted == m->seq)
			(void)printf("        %s for %.*s withdrawn before it left\n",
			    ww_resource_type_text(r->resource), WW_STR_FMT(r->practice));
	}
	return s;
}

ww_status
ww_view_message(struct ww_ledger *l, struct ww_ctx *cx, uint64_t seq)
{
	struct ww_message m;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_message, &m);
	m.seq = (int64_t)seq;
	s = ww_get(l, cx, message, &m, &found);
	if (s != WW_OK || !found)
		return s;
	if (m.disposition != WW_disposition_APPLIED)
		(void)printf(
		    "        %s: %.*s\n", ww_disposition_text(m.disposition), WW_STR_FMT(m.reason));
	else if (m.reason.n > 0)
		(void)printf("        %.*s\n", WW_STR_FMT(m.reason));
	if (m.disposition != WW_disposition_APPLIED || m.encounter == 0)
		return WW_OK;
	s = print_stay(l, cx, &m);
	return s == WW_OK ? print_suppressed(l, cx, &m) : s;
}

ww_status
ww_view_find_message(struct ww_ledger *l, struct ww_ctx *cx, const char *reason, uint64_t *seq)
{
	struct ww_rows rows;
	ww_status s = ww_ledger_scan(l, cx, &ww_entity_message, 0, NULL, 0, &rows);

	*seq = 0;
	for (size_t i = 0; s == WW_OK && i < rows.n && *seq == 0; i++) {
		if (ww_str_starts(WW_ROW(&rows, message, i)->reason, ww_str_from(reason)))
			*seq = (uint64_t)WW_ROW(&rows, message, i)->seq;
	}
	return s;
}

ww_status
ww_view_find_flag(
    struct ww_ledger *l, struct ww_ctx *cx, enum ww_flag_kind kind, const char *band, ww_id *id)
{
	struct ww_rows rows;
	ww_status s = ww_ledger_scan(l, cx, &ww_entity_flag, 0, NULL, 0, &rows);

	*id = 0;
	for (size_t i = 0; s == WW_OK && i < rows.n && *id == 0; i++) {
		const struct ww_flag *f = WW_ROW(&rows, flag, i);

		if (f->kind == (int64_t)kind && f->state == WW_flag_state_OPEN &&
		    ww_str_is(f->band, band))
			*id = f->id;
	}
	return s;
}

/* -- the end of the day ------------------------------------------------------------------------------- */

static const struct ww_encounter *
visit_of(const struct ww_rows *visits, ww_id id)
{
	for (size_t i = 0; i < visits->n; i++) {
		if (WW_ROW(visits, encounter, i)->id == id)
			return WW_ROW(visits, encounter, i);
	}
	return NULL;
}

static ww_str
hour_of(struct ww_ctx *cx, const char *what, ww_time t)
{
	struct ww_buf b = { 0 };
	ww_str out;

	if (!ww_time_known(t))
		return ww_str_empty();
	ww_buf_printf(&b, " %s ", what);
	ww_time_write_fhir(t, &b);
	out = ww_arena_str(cx->arena, ww_str_sub(ww_buf_view(&b), 0, strlen(what) + 2 + 16));
	ww_buf_free(&b);
	return out;
}

static ww_status
visit_line(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_encounter *e, ww_str *out)
{
	struct ww_person p;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_person, &p);
	p.id = e->person;
	s = ww_get(l, cx, person, &p, &found);
	*out = ww_arena_printf(cx->arena, "  visit %.*s of %.*s: %s %s%.*s%.*s",
	    WW_STR_FMT(e->visit), WW_STR_FMT(p.family), ww_encounter_status_text(e->status),
	    ww_encounter_class_text(e->class_), WW_STR_FMT(hour_of(cx, "from", e->start)),
	    WW_STR_FMT(hour_of(cx, "to", e->end)));
	return s;
}

static bool
stands(const struct ww_outbox *r)
{
	return r->resource == WW_resource_type_TASK && r->state != WW_outbox_state_SUPPRESSED &&
	       !ww_str_is(r->change, "cancel");
}

static int
by_text(const void *pa, const void *pb)
{
	const ww_str *a = pa, *b = pb;

	return ww_str_cmp(*a, *b);
}

ww_status
ww_view_state(struct ww_ledger *l, struct ww_ctx *cx, struct ww_buf *out)
{
	struct ww_rows visits, rows = { .n = 0 };
	size_t n = 0;
	ww_str *v;
	ww_status s = ww_ledger_scan(l, cx, &ww_entity_encounter, 0, NULL, 0, &visits);

	if (s == WW_OK)
		s = ww_ledger_scan(l, cx, &ww_entity_outbox, 0, NULL, 0, &rows);
	if (s != WW_OK)
		return s;
	v = ww_arena_array(cx->arena, visits.n + rows.n + 1, sizeof(*v));
	if (v == NULL)
		return ww_fail_memory(cx);
	for (size_t i = 0; s == WW_OK && i < visits.n; i++) {
		if (WW_ROW(&visits, encounter, i)->merged_into == 0)
			s = visit_line(l, cx, WW_ROW(&visits, encounter, i), &v[n++]);
	}
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_outbox *r = WW_ROW(&rows, outbox, i);
		const struct ww_encounter *e = visit_of(&visits, r->encounter);

		if (stands(r) && e != NULL)
			v[n++] = ww_arena_printf(cx->arena, "  Task of visit %.*s at %.*s",
			    WW_STR_FMT(e->visit), WW_STR_FMT(r->practice));
	}
	if (n > 1)
		qsort(v, n, sizeof(*v), by_text);
	for (size_t i = 0; i < n; i++)
		ww_buf_printf(out, "%.*s\n", WW_STR_FMT(v[i]));
	return s != WW_OK ? s : (ww_status)out->error;
}

/* -- a practice's file -------------------------------------------------------------------------------- */

static ww_str
text_at(const struct ww_json *v, const char *path)
{
	return ww_json_str(ww_json_find(v, path));
}

static void
print_write(const char *name, const struct ww_json *line)
{
	const struct ww_json *r = ww_json_get(line, "resource");
	ww_str type = text_at(line, "type");

	(void)printf("     => %s has %.*s version %.*s: ", name, WW_STR_FMT(type),
	    WW_STR_FMT(text_at(r, "meta.versionId")));
	if (ww_str_is(type, "Task"))
		(void)printf("%.*s, due %.*s\n        \"%.*s\"\n", WW_STR_FMT(text_at(r, "status")),
		    WW_STR_FMT(text_at(r, "restriction.period.end")),
		    WW_STR_FMT(text_at(r, "description")));
	else
		(void)printf("%.*s\n        \"%.*s\"\n", WW_STR_FMT(text_at(r, "topic.text")),
		    WW_STR_FMT(text_at(r, "payload[0].contentString")));
}

/* Calls each for every whole line of the file from byte at on; returns where it ended. */
static size_t
each_line(struct ww_ctx *cx, const char *file, size_t at,
    void (*each)(void *arg, const struct ww_json *line), void *arg)
{
	struct ww_buf b = { 0 };
	ww_str rest;
	size_t end = at;

	ww_ctx_clear(cx);
	if (ww_fs_get(cx, file, 0, &b) == WW_OK) {
		rest = ww_str_sub(ww_buf_view(&b), at, ww_buf_view(&b).n);
		while (ww_str_find(rest, '\n') < rest.n) {
			ww_str line = ww_str_cut(rest, '\n', &rest);
			struct ww_json *v;

			end += line.n + 1;
			if (ww_json_parse(cx, line, &v) == WW_OK)
				each(arg, v);
		}
	}
	ww_buf_free(&b);
	ww_ctx_clear(cx);
	return end;
}

static void
show(void *arg, const struct ww_json *line)
{
	print_write(arg, line);
}

void
ww_view_practice(struct ww_ctx *cx, const char *name, const char *file, size_t *at)
{
	char shown[64];

	(void)snprintf(shown, sizeof(shown), "%s", name);
	*at = each_line(cx, file, *at, show, shown);
}

static void
count(void *arg, const struct ww_json *line)
{
	struct ww_view_kept *k = arg;
	const struct ww_json *r = ww_json_get(line, "resource");
	bool first = ww_str_is(text_at(r, "meta.versionId"), "1");

	k->writes++;
	if (ww_str_is(text_at(line, "type"), "Communication"))
		k->communications += first;
	else
		k->tasks += first;
	k->cancelled += ww_str_is(text_at(r, "status"), "cancelled");
}

void
ww_view_count(struct ww_ctx *cx, const char *file, struct ww_view_kept *out)
{
	*out = (struct ww_view_kept){ 0 };
	(void)each_line(cx, file, 0, count, out);
}
