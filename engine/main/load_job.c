#include "main/load_job.h"

#include "codec/fhir_check.h"
#include "main/load_item.h"
#include "main/load_rejects.h"
#include "main/load_source.h"
#include "main/load_way.h"

#include <wardwire/ctx.h>
#include <wardwire/json.h>
#include <wardwire/time.h>

#include <string.h>

enum { MARK_MS = 1000 };

/* A resource of the batch: the line it came of. */
struct slot {
	uint64_t number;
	ww_str text;
};

struct job {
	const struct ww_load_settings *set;
	struct ww_ctx *cx;  /* of the job: paths, the failure that ends it */
	struct ww_ctx line; /* of one line, and of what is done about one batch */
	struct ww_ctx kept; /* of the batch */
	const char *file, *mark_path;
	struct ww_load_source *source;
	struct ww_load_rejects *rejects;
	struct ww_load_mark mark; /* counts go on, the place is that of the last batch */
	uint64_t next, number;    /* where what is neither loaded nor in the batch begins */
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

/* For what failed in j->line. Memory and the like end the job. */
static ww_status
keep_failed(struct job *j, const struct slot *s)
{
	struct ww_failure why = j->line.fail;
	ww_str code;

	if (ww_status_class(why.status) == WW_TRANSIENT)
		return give_up(j, &j->line);
	j->line.fail = (struct ww_failure){ .status = WW_OK };
	code = ww_arena_printf(j->line.arena, "WW-%03d", ww_status_number(why.status));
	return keep_aside(j, s, code, ww_str_from(why.place), ww_str_from(why.reason));
}

/* -- batches -------------------------------------------------------------------------------------------- */

static ww_status
set_mark(struct job *j, bool now)
{
	int64_t ms = ww_clock_now(&j->ticks);
	ww_status s = WW_OK;

	j->mark.next = j->next;
	j->mark.number = j->number;
	if (j->mark_path[0] == '\0' || (!now && ms - j->marked_ms < MARK_MS))
		return WW_OK;
	j->marked_ms = ms;
	s = ww_load_rejects_sync(j->rejects, &j->line, &j->mark.rejects);
	if (s == WW_OK)
		s = ww_load_mark_write(j->set->site, &j->line, j->mark_path, j->file, &j->mark);
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
	return j->n == WW_LOAD_MOST || j->bytes >= WW_LOAD_BATCH_BYTES;
}

/* -- lines ----------------------------------------------------------------------------------------------- */

static ww_status
load_resource(struct job *j, struct ww_json *resource, const struct slot *slot)
{
	struct ww_load_item it;

	if (ww_load_item(&j->line, resource, j->set->rules, &it) != WW_OK)
		return keep_failed(j, slot);
	return put(j, &it, slot);
}

static ww_status
load_json(struct job *j, const struct ww_load_line *l)
{
	struct slot slot = { .number = l->number, .text = l->text };
	struct ww_json *resource;

	if (ww_json_parse(&j->line, l->text, &resource) != WW_OK)
		return keep_failed(j, &slot);
	return load_resource(j, resource, &slot);
}

static ww_status
load_line(struct job *j, const struct ww_load_line *l)
{
	struct slot slot = { .number = l->number, .text = ww_str_empty() };

	ww_ctx_clear(&j->line);
	if (ww_str_trim(l->text).n == 0 && !l->too_long)
		return WW_OK;
	j->mark.counts.lines++;
	if (l->too_long) {
		(void)ww_fail(
		    &j->line, WW_E_LIMIT, NULL, "a line of more than %d bytes", WW_LOAD_BYTES);
		return keep_failed(j, &slot);
	}
	return load_json(j, l);
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
		j->next = l.next;
		j->number = l.next_number;
		if (s == WW_OK && is_full(j)) {
			s = flush(j);
			if (s == WW_OK)
				s = set_mark(j, false);
		}
		if (s == WW_OK)
			tell(j, l.consumed, false);
	}
	if (s == WW_OK)
		s = flush(j);
	return s;
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
		j->mark_path =
		    ww_load_mark_path(set->site, j->cx, j->file, set->feed->name, "ndjson");
	if (j->mark_path[0] != '\0' && !set->anew)
		s = ww_load_mark_read(set->site, j->cx, j->mark_path, j->file, &j->mark, &found);
	out->resumed = found ? j->mark.number : 0;
	return s;
}

static ww_status
open_file(struct job *j, struct ww_load_result *out)
{
	bool named = strcmp(j->file, "-") != 0;
	ww_status s = find_mark(j, out);

	if (s == WW_OK)
		s = ww_load_source_open(j->cx, j->file, WW_LOAD_BYTES, false, &j->source);
	if (s == WW_OK && out->resumed > 0)
		s = ww_load_source_skip(j->source, j->cx, j->mark.next, j->mark.number);
	j->next = j->mark.next;
	j->number = j->mark.number;
	if (s == WW_OK && j->set->way != NULL) {
		out->rejects =
		    ww_arena_printf(j->cx->arena, "%s.rejected", named ? j->file : "standard-input")
		        .p;
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
	return s;
}
