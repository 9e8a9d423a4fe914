#include "main/load_job.h"

#include "base/crypto.h"
#include "codec/columns.h"
#include "codec/fhir_check.h"
#include "main/load_item.h"
#include "main/load_rejects.h"
#include "main/load_source.h"
#include "main/load_way.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/json.h>
#include <wardwire/time.h>

#include <string.h>

enum { MARK_MS = 1000, SAID = 1 << 14 };

/* A resource of the batch: the line it came of. */
struct slot {
	uint64_t number;
	ww_str text;
};

/* Rows of CSV that are one thing. */
struct group {
	struct ww_ctx cx; /* of them, and of what is made of them */
	const ww_str *rows[WW_CSV_ROWS];
	size_t n;
	size_t seen;           /* with those that were too many */
	uint64_t next, number; /* where the first begins */
	struct ww_buf text;    /* as they stand in the file */
};

struct job {
	const struct ww_load_settings *set;
	struct ww_ctx *cx;  /* of the job: paths, the failure that ends it */
	struct ww_ctx line; /* of one line, and of what is done about one batch */
	struct ww_ctx kept; /* of the batch */
	const char *file, *mark_path;
	struct ww_load_source *source;
	struct ww_load_rejects *rejects;
	struct ww_load_mark mark;    /* counts go on, the place is that of the last batch */
	uint64_t next, number;       /* where what is neither loaded nor in the batch begins */
	struct ww_columns_head head; /* of CSV */
	struct group group;
	uint64_t said[SAID]; /* beginnings of digests of members, by their remainder */
	struct ww_load_item items[WW_LOAD_MOST];
	struct slot slots[WW_LOAD_MOST];
	size_t n, bytes;
	struct ww_clock ticks;
	int64_t marked_ms, told_ms;
};

static ww_status
give_up(struct job *j, const struct ww_ctx *why)
{
	j->cx->fail = why->fail;
	return why->fail.status;
}

/* -- what is kept aside ----------------------------------------------------------------------------------- */

static ww_status
keep_aside(struct job *j, const struct slot *s, ww_str code, ww_str place, ww_str reason)
{
	struct ww_ctx cx = { .arena = j->line.arena };

	j->mark.counts.refused++;
	if (j->set->refused != NULL)
		j->set->refused(j->set->arg, j->file, s->number, code, place, reason);
	if (j->rejects == NULL ||
	    ww_load_rejects_add(j->rejects, &cx, s->number, code, place, reason, s->text) == WW_OK)
		return WW_OK;
	return give_up(j, &cx);
}

/* For what failed in cx. Memory and the like end the job. */
static ww_status
keep_failed(struct job *j, struct ww_ctx *cx, const struct slot *s)
{
	struct ww_failure why = cx->fail;
	ww_str code;

	if (ww_status_class(why.status) == WW_TRANSIENT)
		return give_up(j, cx);
	cx->fail = (struct ww_failure){ .status = WW_OK };
	code = ww_arena_printf(cx->arena, "WW-%03d", ww_status_number(why.status));
	return keep_aside(j, s, code, ww_str_from(why.place), ww_str_from(why.reason));
}

/* -- batches -------------------------------------------------------------------------------------------- */

static ww_status
set_mark(struct job *j, bool now)
{
	int64_t ms = ww_clock_now(&j->ticks);
	struct ww_load_mark m;
	ww_status s = WW_OK;

	j->mark.next = j->next;
	j->mark.number = j->number;
	if (j->mark_path[0] == '\0' || (!now && ms - j->marked_ms < MARK_MS))
		return WW_OK;
	j->marked_ms = ms;
	s = ww_load_rejects_sync(j->rejects, &j->line, &j->mark.rejects);
	m = j->mark;
	m.counts.lines -= j->group.seen; /* these come again */
	if (s == WW_OK)
		s = ww_load_mark_write(j->set->site, &j->line, j->mark_path, j->file, &m);
	return s == WW_OK ? WW_OK : give_up(j, &j->line);
}

static ww_status
read_outcome(struct job *j, const struct ww_json *came)
{
	const struct ww_json *r = ww_json_first(ww_json_get(came, "refused"));
	struct ww_load_counts *c = &j->mark.counts;
	ww_status s = WW_OK;

	c->created += (uint64_t)ww_json_int(ww_json_get(came, "created"));
	c->changed += (uint64_t)ww_json_int(ww_json_get(came, "changed"));
	c->same += (uint64_t)ww_json_int(ww_json_get(came, "same"));
	for (; s == WW_OK && r != NULL; r = ww_json_next(r)) {
		size_t at = (size_t)ww_json_int(ww_json_get(r, "at"));

		if (at < j->n)
			s = keep_aside(j, &j->slots[at], ww_json_str(ww_json_get(r, "code")),
			    ww_str_empty(), ww_json_str(ww_json_get(r, "reason")));
	}
	return s;
}

static ww_status
flush(struct job *j)
{
	struct ww_load_batch b = { .feed = j->set->feed->name, .items = j->items, .n = j->n };
	struct ww_json *came;
	ww_status s = WW_OK;

	if (j->n > 0 && j->set->way != NULL) {
		ww_ctx_clear(&j->line);
		s = ww_load_way_give(j->set->way, &j->line, &b, &came);
		s = s == WW_OK ? read_outcome(j, came) : give_up(j, &j->line);
	}
	j->n = j->bytes = 0;
	ww_ctx_clear(&j->kept);
	return s;
}

/* Into the batch, in memory of its own. */
static ww_status
put(struct job *j, const struct ww_load_item *it, const struct slot *slot)
{
	struct ww_arena *a = j->kept.arena;

	j->items[j->n] = (struct ww_load_item){ .type = it->type, /* of a table */
		.id = ww_arena_str(a, it->id),
		.text = ww_arena_str(a, it->text) };
	j->slots[j->n++] =
	    (struct slot){ .number = slot->number, .text = ww_arena_str(a, slot->text) };
	j->bytes += it->text.n;
	return ww_arena_status(a) == WW_OK ? WW_OK : ww_fail_memory(j->cx);
}

static bool
is_full(const struct job *j)
{
	return j->n > WW_LOAD_MOST - WW_CSV_RESOURCES || j->bytes >= WW_LOAD_BATCH_BYTES;
}

/* -- lines ----------------------------------------------------------------------------------------------- */

/* Rows of CSV say who the member is again and again: what was said lately is not said once more. */
static bool
was_said(struct job *j, const struct ww_load_item *it)
{
	uint8_t digest[WW_SHA256];
	uint64_t mark, *slot;

	if (j->set->csv == NULL || !ww_str_is(it->type, "Patient"))
		return false;
	ww_sha256(it->text, digest);
	memcpy(&mark, digest, sizeof(mark));
	slot = &j->said[mark % SAID];
	if (*slot == mark)
		return true;
	*slot = mark;
	return false;
}

static ww_status
load_resource(struct job *j, struct ww_ctx *cx, struct ww_json *resource, const struct slot *slot)
{
	struct ww_load_item it;

	if (ww_load_item(cx, resource, j->set->rules, &it) != WW_OK)
		return keep_failed(j, cx, slot);
	if (was_said(j, &it))
		return WW_OK;
	if (j->set->made != NULL)
		j->set->made(j->set->arg, it.text);
	return put(j, &it, slot);
}

static ww_status
load_json(struct job *j, const struct slot *slot)
{
	struct ww_json *resource;

	if (ww_json_parse(&j->line, slot->text, &resource) != WW_OK)
		return keep_failed(j, &j->line, slot);
	return load_resource(j, &j->line, resource, slot);
}

/* -- rows of CSV ------------------------------------------------------------------------------------------- */

static void
forget_group(struct group *g)
{
	ww_ctx_clear(&g->cx);
	ww_buf_clear(&g->text);
	g->n = g->seen = 0;
}

/* What the rows say goes into the batch; there is room for it. */
static ww_status
end_group(struct job *j)
{
	struct group *g = &j->group;
	const struct ww_csv_kind *kind = j->set->csv->kind;
	struct slot slot = { .number = g->number, .text = ww_buf_view(&g->text) };
	struct ww_json *made[WW_CSV_RESOURCES];
	size_t n = 0;
	ww_status s = WW_OK;

	if (g->n == 0)
		return WW_OK;
	if (g->seen > g->n)
		s = ww_fail(
		    &g->cx, WW_E_LIMIT, NULL, "more than %d rows of one thing", WW_CSV_ROWS);
	else
		s = kind->map(&g->cx, j->set->feed, g->rows, g->n, made, &n);
	if (s != WW_OK) {
		s = keep_failed(j, &g->cx, &slot);
		n = 0;
	}
	for (size_t i = 0; s == WW_OK && i < n; i++)
		s = load_resource(j, &g->cx, made[i], &slot);
	forget_group(g);
	return s;
}

/* A copy of the row, so that it outlives its line. */
static ww_status
add_row(struct job *j, const struct ww_load_line *l, const ww_str *cells)
{
	struct group *g = &j->group;
	size_t columns = j->set->csv->kind->columns_n;
	ww_str *copy = ww_arena_array(g->cx.arena, columns, sizeof(*copy));

	if (copy == NULL)
		return ww_fail_memory(j->cx);
	for (size_t i = 0; i < columns; i++)
		copy[i] = ww_arena_str(g->cx.arena, cells[i]);
	if (g->n == 0) {
		g->next = l->begin;
		g->number = l->number;
	} else {
		ww_buf_byte(&g->text, '\n');
	}
	ww_buf_str_add(&g->text, l->text);
	g->rows[g->n++] = copy;
	g->seen++;
	return g->text.error == WW_OK ? WW_OK : ww_fail_memory(j->cx);
}

static bool
is_same_thing(const struct job *j, const ww_str *cells)
{
	const struct ww_csv_kind *kind = j->set->csv->kind;
	const struct group *g = &j->group;

	return g->n > 0 && kind->same != NULL && kind->same(g->rows[0], cells);
}

static ww_status
load_row(struct job *j, const struct ww_load_line *l)
{
	struct slot slot = { .number = l->number, .text = l->text };
	const ww_str *cells;
	ww_status s = WW_OK;

	if (ww_columns_row_read(&j->line, &j->head, l->text, &cells) != WW_OK)
		return keep_failed(j, &j->line, &slot);
	if (is_same_thing(j, cells) && j->group.n == WW_CSV_ROWS) {
		j->group.seen++;
		return WW_OK;
	}
	if (!is_same_thing(j, cells))
		s = end_group(j);
	return s == WW_OK ? add_row(j, l, cells) : s;
}

static ww_status
load_line(struct job *j, const struct ww_load_line *l)
{
	struct slot slot = { .number = l->number, .text = l->text };

	ww_ctx_clear(&j->line);
	if (ww_str_trim(l->text).n == 0 && !l->too_long)
		return WW_OK;
	j->mark.counts.lines++;
	if (l->too_long) {
		(void)ww_fail(
		    &j->line, WW_E_LIMIT, NULL, "a line of more than %d bytes", WW_LOAD_BYTES);
		return keep_failed(j, &j->line, &slot);
	}
	return j->set->csv != NULL ? load_row(j, l) : load_json(j, &slot);
}

/* Where a load would have to go on that ends now, with the batch given. */
static void
move_on(struct job *j, const struct ww_load_line *l)
{
	bool open = j->group.n > 0;

	j->next = open ? j->group.next : l->next;
	j->number = open ? j->group.number : l->next_number;
}

static void
tell(struct job *j, uint64_t consumed, bool end)
{
	int64_t ms = ww_clock_now(&j->ticks);

	if (!end && ms - j->told_ms < MARK_MS)
		return;
	j->told_ms = ms;
	j->set->progress(
	    j->set->arg, j->file, &j->mark.counts, consumed, ww_load_source_size(j->source), end);
}

static ww_status
load_lines(struct job *j)
{
	struct ww_load_line l;
	bool more = true;
	ww_status s = WW_OK;

	while (s == WW_OK) {
		s = ww_load_source_read(j->source, j->cx, &l, &more);
		if (s != WW_OK || !more)
			break;
		s = load_line(j, &l);
		move_on(j, &l);
		if (s == WW_OK && is_full(j)) {
			s = flush(j);
			if (s == WW_OK)
				s = set_mark(j, false);
		}
		if (s == WW_OK)
			tell(j, l.consumed, false);
	}
	if (s == WW_OK && j->set->csv != NULL)
		s = end_group(j);
	return s == WW_OK ? flush(j) : s;
}

/* -- the file ------------------------------------------------------------------------------------------- */

static ww_status
find_mark(struct job *j, struct ww_load_result *out)
{
	const struct ww_load_settings *set = j->set;
	bool found = false;
	ww_status s = WW_OK;

	j->mark.number = 1;
	j->mark_path = "";
	if (set->way != NULL)
		j->mark_path = ww_load_mark_path(set->site, j->cx, j->file, set->feed->name,
		    set->csv != NULL ? set->csv->kind->name : "ndjson");
	if (j->mark_path[0] != '\0' && !set->anew)
		s = ww_load_mark_read(set->site, j->cx, j->mark_path, j->file, &j->mark, &found);
	out->resumed = found ? j->mark.number : 0;
	return s;
}

/* The first line of CSV says what is where; a load goes on behind it at the earliest. */
static ww_status
read_head(struct job *j)
{
	struct ww_load_line l;
	bool more;
	ww_status s = ww_load_source_read(j->source, j->cx, &l, &more);

	if (s == WW_OK)
		s = ww_columns_head_read(j->cx, j->set->csv, l.text, &j->head);
	if (s == WW_OK && j->mark.next == 0) {
		j->mark.next = l.next;
		j->mark.number = l.next_number;
	}
	return s;
}

/* Beside the file, or in the folder that was named, by the file's name. */
static const char *
rejects_path(const struct job *j)
{
	const char *file = strcmp(j->file, "-") != 0 ? j->file : "standard-input";
	const char *name = strrchr(file, '/');
	ww_str path = j->set->rejects == NULL
	                  ? ww_arena_printf(j->cx->arena, "%s.rejected", file)
	                  : ww_arena_printf(j->cx->arena, "%s/%s.rejected", j->set->rejects,
	                        name != NULL ? name + 1 : file);

	return path.p;
}

static ww_status
open_file(struct job *j, struct ww_load_result *out)
{
	bool csv = j->set->csv != NULL;
	ww_status s = find_mark(j, out);

	if (s == WW_OK)
		s = ww_load_source_open(j->cx, j->file, WW_LOAD_BYTES, csv, &j->source);
	if (s == WW_OK && csv)
		s = read_head(j);
	if (s == WW_OK && out->resumed > 0)
		s = ww_load_source_skip(j->source, j->cx, j->mark.next, j->mark.number);
	j->next = j->mark.next;
	j->number = j->mark.number;
	if (s == WW_OK && j->set->way != NULL) {
		out->rejects = rejects_path(j);
		s = ww_load_rejects_open(j->cx, out->rejects, j->mark.rejects, &j->rejects);
	}
	return s;
}

/* Everything is durable; the mark is taken away last. */
static ww_status
finish(struct job *j, struct ww_load_result *out)
{
	uint64_t bytes = 0;
	ww_status s = WW_OK;

	if (j->rejects != NULL)
		s = ww_load_rejects_sync(j->rejects, j->cx, &bytes);
	if (s == WW_OK && j->mark_path[0] != '\0')
		s = ww_load_mark_remove(j->set->site, j->cx, j->mark_path);
	if (bytes == 0)
		out->rejects = "";
	tell(j, ww_load_source_size(j->source), true);
	return s;
}

ww_status
ww_load_job(const struct ww_load_settings *set, struct ww_ctx *cx, const char *file,
    struct ww_load_result *out)
{
	struct job *j = ww_arena_alloc(cx->arena, sizeof(*j));
	ww_status s;

	if (j == NULL)
		return ww_fail_memory(cx);
	*out = (struct ww_load_result){ .rejects = "" };
	*j = (struct job){ .set = set,
		.cx = cx,
		.line = { .arena = ww_arena_new(0) },
		.kept = { .arena = ww_arena_new(0) },
		.group = { .cx = { .arena = ww_arena_new(0) } },
		.file = file,
		.ticks = ww_clock_ticks() };
	s = j->line.arena != NULL && j->kept.arena != NULL ? open_file(j, out) : ww_fail_memory(cx);
	if (s == WW_OK)
		s = load_lines(j);
	if (s == WW_OK)
		s = finish(j, out);
	out->counts = j->mark.counts;
	ww_load_rejects_close(j->rejects);
	ww_load_source_close(j->source);
	ww_arena_free(j->line.arena);
	ww_arena_free(j->kept.arena);
	ww_arena_free(j->group.cx.arena);
	ww_buf_free(&j->group.text);
	return s;
}
