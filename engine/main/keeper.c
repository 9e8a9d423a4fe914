/* Sleeps until records were applied, TICKs at least, and does what is due. */
#include "main/keeper.h"

#include "link/control.h"
#include "link/loop.h"
#include "store/disk.h"
#include "store/prune.h"
#include "store/snapshot.h"

#include <wardwire/log.h>
#include <wardwire/time.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#define HOUR_MS ((int64_t)3600 * 1000)
#define LOOK_MS ((int64_t)30 * 1000)
#define AGAIN_MS ((int64_t)15 * 60 * 1000) /* after a failure */

/* Somebody waits for an answer. */
struct request {
	struct request *next;
	struct ww_post post; /* back to the loop */
	struct ww_control_call *call;
	struct ww_buf answer;
};

struct ww_keeper {
	struct ww_keeper_settings set;
	int64_t set_by; /* at the start */
	int64_t started,
	    made; /* when, by the engine's clock; the newest snapshot of this run, or 0 */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool woken;            /* under lock */
	struct request *first; /* under lock; newest first */
	atomic_bool stop;
	atomic_int_least64_t not_before; /* of the next look */
};

/* A copy must not be what fills the disk: then messages would wait for it. */
static ww_status
has_room(struct ww_site *site, struct ww_ctx *cx)
{
	struct ww_fs_space space;
	struct ww_fs_stat st;

	if (site->fs->space(site->fs->self, site->data, &space) < 0 ||
	    site->fs->stat(site->fs->self, site->ledger, &st) < 0)
		return WW_OK; /* what is wrong shows when it is made */
	if (ww_disk_short(space.free, site->config->disk_reserve + st.size, false))
		return ww_fail(cx, WW_E_FULL, "snapshots",
		    "a copy of the ledger would come into disk.reserve_mib");
	return WW_OK;
}

ww_status
ww_keeper_snapshot(struct ww_site *site, struct ww_ctx *cx, bool (*go_on)(void *arg), void *arg,
    struct ww_snapshot *out)
{
	struct ww_ledger view = { 0 };
	size_t removed = 0;
	int lock = -1;
	ww_status s = ww_snapshot_lock(cx, site->fs, site->snapshots, &lock);

	if (s == WW_OK)
		s = has_room(site, cx);
	if (s == WW_OK)
		s = ww_site_ledger(site, cx, site->ledger, WW_LEDGER_READ, &view);
	if (s == WW_OK)
		s = ww_snapshot_make(cx, site->fs, site->snapshots, &view, go_on, arg, out);
	if (s == WW_OK)
		s = ww_snapshot_thin(
		    cx, site->fs, site->snapshots, site->config->snapshots_keep, &removed);
	ww_ledger_close(&view);
	if (lock >= 0)
		(void)site->fs->close(site->fs->self, lock);
	return s;
}

static ww_status
plan_and_prune(struct ww_ctx *cx, const struct ww_prune_settings *set, bool dry, struct ww_json *o)
{
	struct ww_prune_plan plan;
	struct ww_journal_pruned gone = { 0, 0 };
	uint64_t blobs = 0;
	ww_status s = ww_prune_plan(cx, set, &plan);

	if (s != WW_OK)
		return s;
	if (dry)
		gone = (struct ww_journal_pruned){ plan.pieces, plan.bytes };
	else
		s = ww_prune_carry_out(cx, set, &plan, &gone, &blobs);
	ww_json_set_cstr(cx, o, "order", WW_KEEPER_PRUNE);
	ww_json_set_int(cx, o, "pieces", (int64_t)gone.pieces);
	ww_json_set_int(cx, o, "bytes", (int64_t)gone.bytes);
	if (!dry)
		ww_json_set_int(cx, o, "blobs", (int64_t)blobs);
	ww_json_set_cstr(cx, o, "why", plan.why);
	if (gone.pieces > 0 && !dry)
		ww_log(WW_LOG_INFO, "journal=pruned segments=%llu bytes=%llu below=%llu blobs=%llu",
		    (unsigned long long)gone.pieces, (unsigned long long)gone.bytes,
		    (unsigned long long)plan.below, (unsigned long long)blobs);
	return s;
}

ww_status
ww_keeper_prune(struct ww_site *site, struct ww_ctx *cx, struct ww_journal *j, int64_t now,
    bool dry, struct ww_json **out)
{
	struct ww_ledger view = { 0 };
	struct ww_prune_settings ps = { .fs = site->fs,
		.view = &view,
		.journal = j,
		.snapshots = site->snapshots,
		.blobs = site->blobs,
		.days = site->config->retention_days,
		.for_ever = site->config->retention_days == WW_FOR_EVER,
		.now = now };
	int lock = -1;
	ww_status s = ww_snapshot_lock(cx, site->fs, site->snapshots, &lock);

	*out = ww_json_object(cx);
	if (s == WW_OK)
		s = ww_site_ledger(site, cx, site->ledger, WW_LEDGER_READ, &view);
	if (s == WW_OK)
		s = plan_and_prune(cx, &ps, dry, *out);
	ww_ledger_close(&view);
	if (lock >= 0)
		(void)site->fs->close(site->fs->self, lock);
	return s;
}

static bool
go_on(void *arg)
{
	struct ww_keeper *k = arg;

	return !atomic_load(&k->stop);
}

/* When the newest snapshot was made; without one, when the ledger's history began. Times come from the ledger's clock, which
 * may have been ahead once: then, when this engine was started. */
static ww_status
last_snapshot(struct ww_keeper *k, struct ww_ctx *cx, int64_t now, int64_t *out)
{
	struct ww_site *site = k->set.site;
	struct ww_snapshot *v;
	struct ww_ledger view = { 0 };
	struct ww_cursor c;
	bool found;
	size_t n;
	ww_status s = ww_snapshot_list(cx, site->fs, site->snapshots, &v, &n);

	ww_row_init(&ww_entity_cursor, &c);
	c.id = 1;
	if (s == WW_OK && n == 0)
		s = ww_site_ledger(site, cx, site->ledger, WW_LEDGER_READ, &view);
	if (s == WW_OK && n == 0)
		s = ww_get(&view, cx, cursor, &c, &found);
	ww_ledger_close(&view);
	*out = s == WW_OK && n > 0 ? v[0].time : c.since_ms;
	if (*out > now)
		*out = k->started;
	if (k->made > *out && k->made <= now)
		*out = k->made;
	return s;
}

/* By how much the machine's clock is ahead of one that nobody sets. */
static int64_t
set_by(void)
{
	struct ww_clock wall = ww_clock_system();
	struct timespec t = { 0, 0 };

	(void)clock_gettime(CLOCK_BOOTTIME, &t);
	return ww_clock_now(&wall) - ((int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000);
}

/* The clock was set since the start, and may be wrong now: nothing is removed for its age by itself. */
static bool
clock_was_set(struct ww_keeper *k)
{
	int64_t by = set_by() - k->set_by;

	if (by < HOUR_MS && by > -HOUR_MS)
		return false;
	ww_log(WW_LOG_WARN,
	    "journal=not-pruned why=\"the clock was set by %lld min since the start\"",
	    (long long)(by / 60000));
	return true;
}

static ww_status
snapshot_if_due(struct ww_keeper *k, struct ww_ctx *cx, int64_t now)
{
	const struct ww_config *config = k->set.site->config;
	struct ww_snapshot made;
	struct ww_json *report;
	int64_t last = 0;
	ww_status s = last_snapshot(k, cx, now, &last);

	if (s != WW_OK ||
	    last >= ww_snapshot_hour(now, config->snapshots_hour, config->snapshots_zone))
		return s;
	s = ww_keeper_snapshot(k->set.site, cx, go_on, k, &made);
	k->made = s == WW_OK ? now : k->made;
	if (s == WW_OK)
		ww_log(WW_LOG_INFO, "snapshot=made journal=%llu bytes=%llu",
		    (unsigned long long)made.seq, (unsigned long long)made.bytes);
	if (s != WW_OK || clock_was_set(k))
		return s;
	return ww_keeper_prune(
	    k->set.site, cx, k->set.journal, ww_clock_now(&k->set.clock), false, &report);
}

/* To look again; also when the clock was set back. */
static bool
is_time(const struct ww_keeper *k)
{
	int64_t now = ww_clock_now(&k->set.clock), then = atomic_load(&k->not_before);

	return now >= then || now < then - AGAIN_MS;
}

static void
look(struct ww_keeper *k, struct ww_ctx *cx)
{
	int64_t now = ww_clock_now(&k->set.clock);
	ww_status s;

	ww_ctx_clear(cx);
	s = snapshot_if_due(k, cx, now);
	atomic_store(&k->not_before, now + (s == WW_OK ? LOOK_MS : AGAIN_MS));
	if (s != WW_OK && go_on(k))
		ww_log(WW_LOG_ERROR, "keeper=failed code=WW-%03d place=\"%s\" reason=\"%s\"",
		    ww_status_number(s), cx->fail.place, cx->fail.reason);
}

/* -- orders ------------------------------------------------------------------------------------------- */

/* On the loop. */
static void
on_answer(struct ww_post *post)
{
	struct request *q = (struct request *)((char *)post - offsetof(struct request, post));

	ww_control_answer(q->call, ww_buf_view(&q->answer));
	ww_buf_free(&q->answer);
	free(q);
}

static void
answer(struct ww_keeper *k, struct request *q, struct ww_ctx *cx)
{
	struct ww_json *o = NULL;
	ww_status s = go_on(k) ? ww_keeper_prune(k->set.site, cx, k->set.journal,
	                             ww_clock_now(&k->set.clock), false, &o)
	                       : ww_fail(cx, WW_E_CLOSED, NULL, "the engine is stopping");

	if (s == WW_OK)
		s = ww_json_write(cx, o, false, &q->answer);
	if (s != WW_OK) {
		ww_buf_clear(&q->answer);
		ww_buf_printf(&q->answer, "{\"code\":\"WW-%03d\",\"reason\":\"%s\"}",
		    ww_status_number(s), cx->fail.reason);
	}
	q->post.fn = on_answer;
	ww_loop_post(k->set.loop, &q->post);
}

/* Answers whoever waits. */
static void
take_orders(struct ww_keeper *k, struct ww_ctx *cx)
{
	struct request *q, *next;

	pthread_mutex_lock(&k->lock);
	q = k->first;
	k->first = NULL;
	pthread_mutex_unlock(&k->lock);
	for (; q != NULL; q = next) {
		next = q->next;
		ww_ctx_clear(cx);
		answer(k, q, cx);
	}
}

void
ww_keeper_order(struct ww_keeper *k, struct ww_control_call *call)
{
	struct request *q = calloc(1, sizeof(*q));

	if (q == NULL) {
		ww_control_answer(call, WW_STR("{\"code\":\"WW-101\",\"reason\":\"no memory\"}"));
		return;
	}
	q->call = call;
	pthread_mutex_lock(&k->lock);
	q->next = k->first;
	k->first = q;
	k->woken = true;
	pthread_cond_signal(&k->wake);
	pthread_mutex_unlock(&k->lock);
}

/* -- the thread --------------------------------------------------------------------------------------- */

static void *
run(void *arg)
{
	struct ww_keeper *k = arg;
	struct ww_ctx cx = { .arena = ww_arena_new(0) };

	while (cx.arena != NULL && go_on(k)) {
		pthread_mutex_lock(&k->lock);
		while (!k->woken && go_on(k))
			pthread_cond_wait(&k->wake, &k->lock);
		k->woken = false;
		pthread_mutex_unlock(&k->lock);
		take_orders(k, &cx);
		if (go_on(k) && is_time(k))
			look(k, &cx);
	}
	if (cx.arena != NULL)
		take_orders(k, &cx); /* those that came too late */
	ww_arena_free(cx.arena);
	return NULL;
}

ww_status
ww_keeper_start(struct ww_ctx *cx, const struct ww_keeper_settings *set, struct ww_keeper **out)
{
	struct ww_keeper *k = calloc(1, sizeof(*k));

	if (k == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "keeper");
	k->set = *set;
	k->set_by = set_by();
	k->started = ww_clock_now(&set->clock);
	pthread_mutex_init(&k->lock, NULL);
	pthread_cond_init(&k->wake, NULL);
	if (pthread_create(&k->thread, NULL, run, k) != 0) {
		pthread_cond_destroy(&k->wake);
		pthread_mutex_destroy(&k->lock);
		free(k);
		return ww_fail(cx, WW_E_MEMORY, NULL, "keeper: no thread");
	}
	*out = k;
	return WW_OK;
}

static void
wake(struct ww_keeper *k)
{
	pthread_mutex_lock(&k->lock);
	k->woken = true;
	pthread_cond_signal(&k->wake);
	pthread_mutex_unlock(&k->lock);
}

void
ww_keeper_wake(struct ww_keeper *k)
{
	if (is_time(k))
		wake(k);
}

void
ww_keeper_stop(struct ww_keeper *k)
{
	if (k == NULL)
		return;
	atomic_store(&k->stop, true);
	wake(k);
	pthread_join(k->thread, NULL);
	pthread_cond_destroy(&k->wake);
	pthread_mutex_destroy(&k->lock);
	free(k);
}
