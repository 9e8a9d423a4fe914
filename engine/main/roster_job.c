#include "main/roster_job.h"

#include "base/hash.h"
#include "config/load.h"
#include "config/program.h"
#include "config/roster_row.h"
#include "main/load_way.h"
#include "main/roster_file.h"
#include "main/roster_line.h"
#include "main/site.h"

#include <stdio.h>
#include <string.h>

/* Rows of a part: what one record of the journal, and one transaction of the ledger, takes on. */
enum { PART_ROWS = 500, PART_BYTES = 200 << 10 };

struct run {
	const struct ww_roster_job *job;
	struct ww_ctx *cx; /* of the job */
	struct ww_ctx part;
	struct ww_roster_file *file;
	char digest[65];
	struct ww_buf rows;
	struct ww_rec_roster_load next; /* the part that is being filled */
	size_t n;
	char problem[200];
};

/* -- records ------------------------------------------------------------------------------------------- */

struct given {
	const struct ww_rec_roster_load *r;
};

static void
write_record(const void *arg, size_t i, struct ww_buf *out)
{
	const struct given *g = arg;

	(void)i;
	ww_rec_roster_load_write(g->r, out);
}

static ww_status
read_outcome(const void *arg, struct ww_ctx *cx, struct ww_ledger *l, const uint64_t *seqs,
    struct ww_json **out)
{
	const struct given *g = arg;

	return ww_roster_outcome(cx, l, g->r->roster, seqs[0], out);
}

/* A record of this load; *out is in the arena of a part. */
static ww_status
give(struct run *r, const char *verb, struct ww_rec_roster_load body, struct ww_json **out)
{
	struct given g = { .r = &body };
	struct ww_load_put p = { .kind = WW_REC_ROSTER_LOAD,
		.n = 1,
		.record = write_record,
		.outcome = read_outcome,
		.arg = &g };
	ww_status s;

	ww_ctx_clear(&r->part);
	body.verb = ww_str_from(verb);
	body.roster = r->job->roster->name;
	body.digest = ww_str_from(r->digest);
	p.line = ww_roster_line(&r->part, &body);
	s = ww_load_way_put(r->job->way, &r->part, &p, out);
	if (s != WW_OK)
		r->cx->fail = r->part.fail;
	return s;
}

static const struct ww_rec_roster_load nothing = { .verb = WW_STR_INIT(""),
	.roster = WW_STR_INIT(""),
	.digest = WW_STR_INIT(""),
	.source = WW_STR_INIT(""),
	.problem = WW_STR_INIT(""),
	.rows = WW_STR_INIT(""),
	.reason = WW_STR_INIT(""),
	.who = WW_STR_INIT("") };

/* -- parts --------------------------------------------------------------------------------------------- */

static void
begin_part(struct run *r)
{
	int64_t part = r->next.part;

	ww_buf_clear(&r->rows);
	ww_roster_head_write(&r->rows);
	r->next = nothing;
	r->next.part = part + 1;
	r->n = 0;
	r->problem[0] = '\0';
}

static ww_status
end_part(struct run *r)
{
	struct ww_json *came;
	uint64_t next, number;
	ww_status s;

	if (r->n == 0 && r->next.rejected == 0)
		return WW_OK;
	if (r->rows.error != WW_OK)
		return ww_fail(r->cx, WW_E_MEMORY, NULL, "no memory for a part of a roster");
	ww_roster_file_at(r->file, &next, &number);
	r->next.rows = ww_buf_view(&r->rows);
	r->next.problem = ww_str_from(r->problem);
	r->next.lines = (int64_t)number - 1;
	r->next.bytes = (int64_t)next;
	s = give(r, "rows", r->next, &came);
	if (s != WW_OK)
		return s;
	if (ww_json_int(ww_json_get(came, "parts")) < r->next.part ||
	    !ww_str_is(ww_json_str(ww_json_get(came, "digest")), r->digest))
		return ww_fail(
		    r->cx, WW_E_CONFLICT, NULL, "another load of this roster began: load it again");
	begin_part(r);
	return WW_OK;
}

static void
note_refused(struct run *r, const struct ww_roster_fault *f)
{
	r->next.rejected++;
	if (r->problem[0] == '\0')
		(void)snprintf(r->problem, sizeof(r->problem), "line %u: %s", f->line, f->text);
	if (r->job->refused != NULL)
		r->job->refused(r->job->arg, f);
}

void
ww_roster_job_look(const struct ww_roster_job *job, const struct ww_roster_row *row)
{
	struct ww_roster_fault f = { .line = row->line, .text = WW_ROSTER_NO_PROGRAM };

	if (job->programs == NULL || row->program.n == 0 ||
	    ww_programs_find(job->programs, row->program) != NULL)
		return;
	if (job->warned != NULL)
		job->warned(job->arg, &f);
}

static void
tell(const struct run *r, const char *stage, uint64_t rows)
{
	uint64_t consumed, size;

	if (r->job->progress == NULL)
		return;
	ww_roster_file_progress(r->file, &consumed, &size);
	r->job->progress(r->job->arg, stage, rows, consumed, size);
}

static ww_status
give_rows(struct run *r, uint64_t rows)
{
	enum ww_roster_item what = WW_ROSTER_ROW;
	struct ww_roster_row row;
	struct ww_roster_fault fault;
	ww_status s = WW_OK;

	begin_part(r);
	while (s == WW_OK && what != WW_ROSTER_FILE_END) {
		s = ww_roster_file_read(r->file, r->cx, &row, &fault, &what);
		if (s != WW_OK)
			break;
		if (what == WW_ROSTER_ROW) {
			ww_roster_job_look(r->job, &row);
			ww_roster_row_write(&row, &r->rows);
			r->n++;
			rows++;
		} else if (what == WW_ROSTER_REFUSED) {
			note_refused(r, &fault);
		}
		if (what == WW_ROSTER_FILE_END || r->n + (size_t)r->next.rejected >= PART_ROWS ||
		    ww_buf_view(&r->rows).n >= PART_BYTES) {
			tell(r, "reading", rows);
			s = end_part(r);
		}
	}
	return s;
}

/* -- the whole ----------------------------------------------------------------------------------------- */

/* The name without its folders: what people are shown. */
static ww_str
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return ww_str_from(slash != NULL ? slash + 1 : path);
}

/* Also which mode it is loaded in tells loads apart. */
static ww_status
begin(struct run *r, uint64_t *rows)
{
	struct ww_rec_roster_load body = nothing;
	struct ww_json *came;
	uint64_t next, number;
	ww_status s =
	    ww_hash_file(r->job->site->fs, r->cx, r->job->path, UINT64_MAX, r->digest, NULL);

	if (s == WW_OK && r->job->delta)
		r->digest[0] = 'd';
	body.source = base_name(r->job->path);
	body.delta = r->job->delta;
	body.dated_ms = r->job->dated_ms;
	body.who = r->job->who;
	if (s == WW_OK)
		s = give(r, "begin", body, &came);
	if (s != WW_OK)
		return s;
	r->next.part = ww_json_int(ww_json_get(came, "parts"));
	*rows = (uint64_t)ww_json_int(ww_json_get(came, "rows"));
	next = (uint64_t)ww_json_int(ww_json_get(came, "bytes"));
	number = (uint64_t)ww_json_int(ww_json_get(came, "lines")) + 1;
	return next > 0 ? ww_roster_file_skip(r->file, r->cx, next, number) : WW_OK;
}

/* Until nothing is left to do: the engine goes on by itself should this end. */
static ww_status
settle(struct run *r, struct ww_json **out)
{
	struct ww_json *came = NULL;
	ww_status s;

	do {
		s = give(r, "step", nothing, &came);
		if (s == WW_OK)
			tell(
			    r, "taking effect", (uint64_t)ww_json_int(ww_json_get(came, "merged")));
	} while (s == WW_OK && (ww_str_is(ww_json_str(ww_json_get(came, "state")),
	                            ww_load_state_text(WW_load_state_MERGING)) ||
	                           ww_str_is(ww_json_str(ww_json_get(came, "state")),
	                               ww_load_state_text(WW_load_state_CLOSING))));
	if (s == WW_OK)
		*out = came;
	return s;
}

static ww_status
end(struct run *r, struct ww_json **out)
{
	struct ww_rec_roster_load body = nothing;
	struct ww_json *came;
	struct ww_buf b = { 0 };
	ww_status s;

	body.max_drop = r->job->max_drop;
	body.reason = r->job->reason;
	body.who = r->job->who;
	s = give(r, "end", body, &came);
	if (s == WW_OK)
		s = settle(r, &came);
	if (s != WW_OK)
		return s;
	s = ww_json_write(&r->part, came, false, &b);
	if (s == WW_OK)
		s = ww_json_parse(r->cx, ww_arena_str(r->cx->arena, ww_buf_view(&b)), out);
	ww_buf_free(&b);
	return s;
}

ww_status
ww_roster_load_run(struct ww_ctx *cx, const struct ww_roster_job *job, struct ww_json **out)
{
	struct run r = { .job = job, .cx = cx, .part = { .arena = ww_arena_new(0) } };
	uint64_t rows = 0;
	ww_status s = r.part.arena != NULL ? WW_OK : ww_fail(cx, WW_E_MEMORY, NULL, "roster");

	if (s == WW_OK)
		s = ww_roster_file_open(cx, job->path, job->site->config, job->roster, &r.file);
	if (s == WW_OK)
		s = begin(&r, &rows);
	if (s == WW_OK)
		s = give_rows(&r, rows);
	if (s == WW_OK)
		s = end(&r, out);
	ww_roster_file_close(r.file);
	ww_buf_free(&r.rows);
	ww_arena_free(r.part.arena);
	return s;
}
