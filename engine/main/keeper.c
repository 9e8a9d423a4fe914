/* Sleeps until the ledger's clock has moved on, and does what is due by it. */
#include "main/keeper.h"

#include "store/snapshot.h"

#include <wardwire/log.h>
#include <wardwire/time.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#define LOOK_MS ((int64_t)30 * 1000)
#define AGAIN_MS ((int64_t)15 * 60 * 1000) /* after a failure */

struct ww_keeper {
	struct ww_keeper_settings set;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool woken; /* under lock */
	atomic_bool stop;
	atomic_int_least64_t not_before; /* of the next look, on the ledger's clock */
};

ww_status
ww_keeper_snapshot(struct ww_site *site, struct ww_ctx *cx, bool (*go_on)(void *arg), void *arg,
    struct ww_snapshot *out)
{
	struct ww_ledger view = { 0 };
	size_t removed = 0;
	int lock = -1;
	ww_status s = ww_snapshot_lock(cx, site->fs, site->snapshots, &lock);

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

static bool
go_on(void *arg)
{
	struct ww_keeper *k = arg;

	return !atomic_load(&k->stop);
}

/* The ledger's clock at the newest snapshot; without one, when its history began. */
static ww_status
last_snapshot(struct ww_keeper *k, struct ww_ctx *cx, int64_t *out)
{
	struct ww_site *site = k->set.site;
	struct ww_snapshot *v;
	struct ww_ledger view = { 0 };
	struct ww_cursor c;
	bool found;
	size_t n;
	ww_status s = ww_snapshot_list(cx, site->fs, site->snapshots, &v, &n);

	if (s != WW_OK || n > 0) {
		*out = s == WW_OK ? v[0].time : 0;
		return s;
	}
	ww_row_init(&ww_entity_cursor, &c);
	c.id = 1;
	s = ww_site_ledger(site, cx, site->ledger, WW_LEDGER_READ, &view);
	if (s == WW_OK)
		s = ww_get(&view, cx, cursor, &c, &found);
	*out = c.since_ms;
	ww_ledger_close(&view);
	return s;
}

static ww_status
snapshot_if_due(struct ww_keeper *k, struct ww_ctx *cx, int64_t now)
{
	const struct ww_config *config = k->set.site->config;
	struct ww_snapshot made;
	int64_t last = 0;
	ww_status s = last_snapshot(k, cx, &last);

	if (s != WW_OK ||
	    last >= ww_snapshot_hour(now, config->snapshots_hour, config->snapshots_zone))
		return s;
	s = ww_keeper_snapshot(k->set.site, cx, go_on, k, &made);
	if (s == WW_OK)
		ww_log(WW_LOG_INFO, "snapshot=made journal=%llu bytes=%llu",
		    (unsigned long long)made.seq, (unsigned long long)made.bytes);
	return s;
}

static void
look(struct ww_keeper *k, struct ww_ctx *cx)
{
	int64_t now = k->set.now(k->set.arg);
	ww_status s;

	ww_ctx_clear(cx);
	s = snapshot_if_due(k, cx, now);
	atomic_store(&k->not_before, now + (s == WW_OK ? LOOK_MS : AGAIN_MS));
	if (s != WW_OK && go_on(k))
		ww_log(WW_LOG_ERROR, "snapshot=failed code=WW-%03d place=\"%s\" reason=\"%s\"",
		    ww_status_number(s), cx->fail.place, cx->fail.reason);
}

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
		if (go_on(k))
			look(k, &cx);
	}
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
	if (k->set.now(k->set.arg) >= atomic_load(&k->not_before))
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
