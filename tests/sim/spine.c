/* The engine in rounds. The writer's thread is held in its callback between two rounds, so that what was submitted in
 * between makes one batch. */
#include "tests/sim/spine.h"

#include "apply/apply.h"
#include "config/load.h"
#include "courier/courier.h"
#include "main/keeper.h"
#include "main/main.h"
#include "main/site.h"
#include "main/start.h"
#include "store/snapshot.h"

#include <wardwire/buf.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { APPLY_BATCH = 256, REFUSED_CAP = 16 << 10, STEPS_MOST = 1000 };

/* One request between the courier and the practice. */
struct letter {
	struct letter *next;
	struct wire *wire;
	struct ww_request r;
	ww_sink_done *done;
	void *arg;
	char text[];
};

struct wire {
	struct ww_sink *practice;
	struct letter *first, **last;
	bool cut; /* the engine is gone: nobody hears the answer */
};

struct spine {
	struct spine_settings set;
	struct ww_site site;
	struct ww_ctx cx;
	struct ww_journal journal;
	struct ww_ledger ledger, view;
	struct ww_refused *refused;
	struct ww_apply *apply;
	struct ww_writer *writer;
	struct ww_courier *courier;
	struct wire wire;
	struct ww_sink sink;
	struct ww_submit tick;
	/* The gate: the writer waits in it when it has written all it got. */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool waiting, go, over, trouble;
};

/* -- the wire ------------------------------------------------------------------------------------------ */

static ww_str
put(char **to, ww_str s)
{
	ww_str copy = { *to, s.n };

	if (s.n > 0)
		memcpy(*to, s.p, s.n);
	*to += s.n;
	return copy;
}

static ww_status
wire_send(void *self, struct ww_ctx *cx, const struct ww_request *r, ww_sink_done *done, void *arg)
{
	struct wire *w = self;
	size_t n =
	    r->base.n + r->type.n + r->key.n + r->remote_id.n + r->etag.n + r->body.n + r->lane.n;
	struct letter *l = calloc(1, sizeof(*l) + n + 1);
	char *to;

	if (l == NULL)
		return ww_fail_memory(cx);
	to = l->text;
	l->wire = w;
	l->r = *r;
	l->r.base = put(&to, r->base);
	l->r.type = put(&to, r->type);
	l->r.key = put(&to, r->key);
	l->r.remote_id = put(&to, r->remote_id);
	l->r.etag = put(&to, r->etag);
	l->r.body = put(&to, r->body);
	l->r.lane = put(&to, r->lane);
	l->done = done;
	l->arg = arg;
	*w->last = l;
	w->last = &l->next;
	return WW_OK;
}

static void
on_answer(void *arg, const struct ww_answer *a)
{
	struct letter *l = arg;

	if (!l->wire->cut)
		l->done(l->arg, a);
	free(l);
}

static struct letter *
take_letters(struct wire *w)
{
	struct letter *first = w->first;

	w->first = NULL;
	w->last = &w->first;
	return first;
}

static void
wire_poll(void *self, int timeout_ms)
{
	struct wire *w = self;
	struct ww_ctx cx = { .arena = NULL };
	struct letter *l, *next;

	(void)timeout_ms; /* nobody waits here */
	for (l = take_letters(w); l != NULL; l = next) {
		next = l->next;
		if (w->practice->ops->send(w->practice->self, &cx, &l->r, on_answer, l) != WW_OK)
			abort(); /* no memory: no test */
		w->practice->ops->poll(w->practice->self, 0);
	}
}

static void
wire_wake(void *self)
{
	(void)self;
}

static void
wire_close(void *self)
{
	(void)self;
}

static const struct ww_sink_ops wire_ops = {
	.name = "wire", .send = wire_send, .poll = wire_poll, .wake = wire_wake, .close = wire_close
};

/* The engine is gone; what it sent arrives or does not, and nobody hears of it. */
static void
cut_wire(struct spine *e)
{
	struct ww_ctx cx = { .arena = NULL };
	struct letter *l, *next;

	e->wire.cut = true;
	for (l = take_letters(&e->wire); l != NULL; l = next) {
		next = l->next;
		if (!e->set.arrives(e->set.arg)) {
			free(l);
			continue;
		}
		if (e->wire.practice->ops->send(e->wire.practice->self, &cx, &l->r, on_answer, l) !=
		    WW_OK)
			abort();
		e->wire.practice->ops->poll(e->wire.practice->self, 0);
	}
}

/* -- the gate ------------------------------------------------------------------------------------------ */

static void
on_committed(void *arg, uint64_t seq)
{
	struct spine *e = arg;

	(void)seq;
	pthread_mutex_lock(&e->lock);
	e->waiting = true;
	pthread_cond_signal(&e->changed);
	while (!e->go && !e->over)
		pthread_cond_wait(&e->changed, &e->lock);
	e->go = false;
	e->waiting = false;
	pthread_mutex_unlock(&e->lock);
}

static void
on_trouble(void *arg, bool in_trouble)
{
	struct spine *e = arg;

	pthread_mutex_lock(&e->lock);
	e->trouble = e->trouble || in_trouble;
	pthread_cond_signal(&e->changed);
	pthread_mutex_unlock(&e->lock);
}

/* Lets the writer write all that was submitted. False: the disk takes nothing. */
static bool
flush(struct spine *e)
{
	bool sound;

	if (ww_writer_pending(e->writer) == 0)
		return true;
	pthread_mutex_lock(&e->lock);
	e->go = e->waiting;
	e->waiting = false;
	pthread_cond_signal(&e->changed);
	while (!e->waiting && !e->trouble)
		pthread_cond_wait(&e->changed, &e->lock);
	sound = !e->trouble;
	pthread_mutex_unlock(&e->lock);
	return sound;
}

static void
open_gate(struct spine *e)
{
	pthread_mutex_lock(&e->lock);
	e->over = true;
	pthread_cond_signal(&e->changed);
	pthread_mutex_unlock(&e->lock);
}

/* -- starting ------------------------------------------------------------------------------------------ */

static int64_t
clock_now(void *self)
{
	return *(int64_t *)self;
}

static struct ww_clock
clock_of(const struct spine_settings *set)
{
	return (struct ww_clock){ .now_ms = clock_now, .self = set->now };
}

static uint64_t
applied(void *arg)
{
	struct spine *e = arg;

	return ww_apply_cursor(e->apply);
}

/* As ww_site_open, with a text for the file. */
static ww_status
open_site(const struct spine_settings *set, struct ww_site *site)
{
	struct ww_config_fault *faults = NULL;
	size_t n = 0;

	*site = (struct ww_site){ .lock = -1, .fs = set->fs, .vfs = set->vfs };
	site->cx.arena = ww_arena_new(0);
	if (site->cx.arena == NULL)
		return WW_E_MEMORY;
	ww_buf_cstr(&site->text, set->config);
	site->file = ww_arena_printf(site->cx.arena, "%s/wardwire.yaml", set->folder).p;
	site->data = "/data";
	site->journal = "/data/journal";
	site->ledger = "/data/ledger.db";
	site->blobs = "/data/blobs";
	site->refused = "/data/refused.ring";
	site->snapshots = "/data/snapshots";
	return ww_config_parse(&site->cx, ww_buf_view(&site->text), &site->config, &faults, &n);
}

static ww_status
open_ledger(struct spine *e, enum ww_ledger_mode mode, struct ww_ledger *out)
{
	struct ww_ledger_settings set = { .path = e->site.ledger,
		.mode = mode,
		.fs = e->set.fs,
		.vfs = e->set.vfs,
		.checkpoint_bytes = e->set.checkpoint_bytes };

	return ww_ledger_sqlite_on(&e->cx, &set, out);
}

static ww_status
open_applied(struct spine *e)
{
	struct ww_apply_settings as = {
		.ledger = &e->ledger, .blob = ww_start_blob, .arg = &e->site
	};
	ww_status s = open_ledger(e, WW_LEDGER_WRITE, &e->ledger);

	return s == WW_OK ? ww_apply_open(&e->cx, &as, &e->apply) : s;
}

static ww_status
open_snapshot(struct spine *e)
{
	uint64_t seq;
	ww_status s;

	ww_apply_close(e->apply);
	ww_ledger_close(&e->ledger);
	e->apply = NULL;
	ww_ctx_clear(&e->cx);
	s = ww_start_fall_back(&e->site, &e->cx, &seq);
	return s == WW_OK ? open_applied(e) : s;
}

static ww_status
join(struct spine *e)
{
	ww_status s = ww_start_joins(&e->cx, &e->journal, ww_apply_cursor(e->apply));

	if (s != WW_E_CONFLICT)
		return s;
	s = open_snapshot(e);
	return s == WW_OK ? ww_start_joins(&e->cx, &e->journal, ww_apply_cursor(e->apply)) : s;
}

static ww_status
open_stores(struct spine *e)
{
	struct ww_journal_settings js = { .dir = e->site.journal,
		.segment_bytes = e->set.segment_bytes,
		.fs = e->set.fs,
		.quick = true };
	ww_status s = ww_site_hold(&e->site, &e->cx);

	if (s == WW_OK)
		s = ww_fs_mkdir(e->set.fs, &e->cx, e->site.blobs);
	if (s == WW_OK)
		s = ww_start_revive(&e->site, &e->cx);
	if (s == WW_OK)
		s = open_applied(e);
	if (s == WW_E_NOT_FOUND)
		s = open_snapshot(e);
	if (s != WW_OK)
		return s;
	js.at_least = ww_apply_cursor(e->apply);
	s = ww_journal_files(&e->cx, &js, &e->journal);
	if (s == WW_OK)
		s = join(e);
	if (s == WW_OK)
		s = ww_refused_open(&e->cx, e->set.fs, e->site.refused, REFUSED_CAP, &e->refused);
	if (s == WW_OK)
		s = ww_start_records(
		    &e->site, &e->cx, &e->journal, &e->ledger, e->apply, *e->set.now);
	return s;
}

static ww_status
start_threads(struct spine *e)
{
	struct ww_writer_settings ws = { .journal = &e->journal,
		.clock = clock_of(&e->set),
		.retry_ms = 60000,
		.trouble = on_trouble,
		.committed = on_committed,
		.arg = e };
	struct ww_courier_settings cs = { .view = &e->view,
		.journal = &e->journal,
		.sink = &e->sink,
		.clock = clock_of(&e->set),
		.ticks = clock_of(&e->set),
		.config = e->site.config,
		.applied = applied,
		.arg = e };
	ww_status s = ww_writer_start(&e->cx, &ws, &e->writer);

	cs.writer = e->writer;
	if (s == WW_OK)
		s = open_ledger(e, WW_LEDGER_READ, &e->view);
	return s == WW_OK ? ww_courier_new(&e->cx, &cs, &e->courier) : s;
}

static void
on_tick_written(struct ww_submit *s, ww_status status)
{
	(void)s;
	(void)status;
}

/* One record, so that the writer stands at the gate before there is a choice of what it takes first. */
static ww_status
begin(struct spine *e)
{
	e->tick.rec = (struct ww_record){ .kind = WW_REC_TICK, .body = ww_str_empty() };
	e->tick.done = on_tick_written;
	ww_writer_submit(e->writer, &e->tick);
	return flush(e) ? WW_OK : ww_fail(&e->cx, WW_E_IO, NULL, "the disk takes nothing");
}

ww_status
spine_start(const struct spine_settings *set, struct spine **out, const char **why)
{
	static char text[512];
	struct spine *e = calloc(1, sizeof(*e));
	ww_status s;

	if (e == NULL)
		return WW_E_MEMORY;
	e->set = *set;
	pthread_mutex_init(&e->lock, NULL);
	pthread_cond_init(&e->changed, NULL);
	e->wire = (struct wire){ .practice = set->practice };
	e->wire.last = &e->wire.first;
	e->sink = (struct ww_sink){ .ops = &wire_ops, .self = &e->wire };
	e->cx.arena = ww_arena_new(0);
	s = e->cx.arena != NULL ? open_site(set, &e->site) : WW_E_MEMORY;
	if (s == WW_OK)
		s = open_stores(e);
	if (s == WW_OK)
		s = start_threads(e);
	if (s == WW_OK)
		s = begin(e);
	if (s != WW_OK) {
		snprintf(text, sizeof(text), "%s: %s", e->cx.fail.place, e->cx.fail.reason);
		*why = text;
		spine_end(e, false);
		return s;
	}
	*out = e;
	return WW_OK;
}

/* -- running ------------------------------------------------------------------------------------------- */

void
spine_submit(struct spine *e, struct ww_submit *s)
{
	ww_writer_submit(e->writer, s);
}

void
spine_refuse(struct spine *e, ww_str raw)
{
	struct ww_failure why = { .status = WW_E_SYNTAX, .place = "MSH", .reason = "no message" };

	ww_ctx_clear(&e->cx);
	/* Not synced and no part of what is promised: that it failed is as good as that it did not. */
	if (ww_refused_add(e->refused, &e->cx, *e->set.now, WW_STR("mercy"), WW_STR("127.0.0.1:9"),
	        &why, raw) != WW_OK)
		ww_ctx_clear(&e->cx);
}

static bool
apply_all(struct spine *e)
{
	size_t done = 1;

	while (done > 0) {
		ww_ctx_clear(&e->cx);
		if (ww_apply_batch(e->apply, &e->cx, &e->journal, APPLY_BATCH, &done) != WW_OK)
			return false;
	}
	return true;
}

bool
spine_round(struct spine *e)
{
	if (!flush(e) || !apply_all(e))
		return false;
	ww_courier_step(e->courier, 0);
	return flush(e) && apply_all(e);
}

bool
spine_snapshot(struct spine *e)
{
	struct ww_snapshot made;
	bool done;

	ww_ctx_clear(&e->cx);
	done = ww_keeper_snapshot(&e->site, &e->cx, NULL, NULL, &made) == WW_OK;
	ww_ctx_clear(&e->cx);
	return done;
}

bool
spine_prune(struct spine *e)
{
	struct ww_json *report;
	bool done;

	ww_ctx_clear(&e->cx);
	e->site.config->retention_days = 0;
	done = ww_keeper_prune(&e->site, &e->cx, &e->journal, 0, false, &report) == WW_OK;
	ww_ctx_clear(&e->cx);
	return done;
}

bool
spine_rests(struct spine *e)
{
	struct ww_rows rows;
	struct ww_outbox like;

	if (ww_courier_flying(e->courier) > 0 || ww_writer_pending(e->writer) > 0)
		return false;
	ww_ctx_clear(&e->cx);
	ww_row_init(&ww_entity_outbox, &like);
	if (ww_ledger_scan(&e->view, &e->cx, &ww_entity_outbox, 0, &like, 0, &rows) != WW_OK)
		return false;
	for (size_t i = 0; i < rows.n; i++)
		if (WW_ROW(&rows, outbox, i)->state == WW_outbox_state_DUE)
			return false;
	return true;
}

/* -- ending -------------------------------------------------------------------------------------------- */

void
spine_end(struct spine *e, bool in_order)
{
	bool sound = in_order && e->courier != NULL;

	for (size_t i = 0; sound && i < STEPS_MOST && !spine_rests(e); i++)
		sound = spine_round(e);
	open_gate(e);
	ww_writer_stop(e->writer);
	if (e->courier != NULL)
		ww_courier_detach(e->courier);
	cut_wire(e);
	ww_courier_free(e->courier);
	if (sound)
		(void)apply_all(e);
	ww_apply_close(e->apply);
	ww_ledger_close(&e->view);
	ww_ledger_close(&e->ledger);
	ww_refused_close(e->refused);
	ww_journal_close(&e->journal);
	ww_site_close(&e->site);
	ww_arena_free(e->cx.arena);
	pthread_cond_destroy(&e->changed);
	pthread_mutex_destroy(&e->lock);
	free(e);
}

/* -- what is there ------------------------------------------------------------------------------------- */

static ww_status
dump(struct ww_ledger *l, struct ww_ctx *cx, ww_str *out)
{
	struct ww_buf b = { 0 };
	ww_status s = ww_ledger_dump(l, cx, &b);

	if (s == WW_OK)
		*out = ww_arena_str(cx->arena, ww_buf_view(&b));
	ww_buf_free(&b);
	return s;
}

ww_status
spine_dump(struct spine *e, struct ww_ctx *cx, ww_str *out)
{
	return dump(&e->ledger, cx, out);
}

/* Applies to l what it lacks, and closes it. */
static ww_status
fill(struct spine *e, struct ww_ctx *own, struct ww_ledger *l, struct ww_ctx *cx, ww_str *out)
{
	struct ww_apply_settings as = { .ledger = l, .blob = ww_start_blob, .arg = &e->site };
	struct ww_apply *a = NULL;
	ww_status s = ww_apply_open(own, &as, &a);

	if (s == WW_OK)
		s = ww_start_joins(own, &e->journal, ww_apply_cursor(a));
	if (s == WW_OK)
		s = ww_start_catch_up(a, own, &e->journal);
	if (s == WW_OK)
		s = dump(l, cx, out);
	ww_apply_close(a);
	ww_ledger_close(l);
	return s;
}

ww_status
spine_rebuilt(struct spine *e, struct ww_ctx *cx, ww_str *out)
{
	struct ww_ctx own = { .arena = ww_arena_new(0) };
	struct ww_ledger l = { 0 };
	ww_status s = own.arena != NULL ? ww_ledger_memory(&own, &l) : WW_E_MEMORY;

	if (s == WW_OK)
		s = fill(e, &own, &l, cx, out);
	ww_arena_free(own.arena);
	return s;
}

ww_status
spine_restarted(struct spine *e, struct ww_ctx *cx, ww_str *out)
{
	static const char path[] = "/data/judge.db";
	struct ww_ctx own = { .arena = ww_arena_new(0) };
	struct ww_ledger l = { 0 };
	uint64_t base;
	ww_status s = own.arena != NULL ? WW_OK : WW_E_MEMORY;

	if (s == WW_OK)
		s = ww_start_base(&e->site, &own, UINT64_MAX, false, path, &base);
	if (s == WW_OK)
		s = ww_site_ledger(&e->site, &own, path, WW_LEDGER_WRITE, &l);
	if (s == WW_OK)
		s = fill(e, &own, &l, cx, out);
	if (s == WW_OK)
		s = ww_ledger_files_remove(&own, e->set.fs, path);
	ww_arena_free(own.arena);
	return s;
}

struct ww_journal *
spine_journal(struct spine *e)
{
	return &e->journal;
}

int
spine_rebuild(const struct spine_settings *set)
{
	struct ww_site site;
	int code = -1;

	if (open_site(set, &site) == WW_OK)
		code = ww_rebuild(&site, false, false, false);
	ww_site_close(&site);
	return code;
}
