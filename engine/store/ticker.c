/* One TICK at a time: while the disk takes none, none pile up. */
#include "store/ticker.h"

#include "store/writer.h"

#include <wardwire/ctx.h>

#include <stdatomic.h>
#include <stdlib.h>

enum { SOON_MS = 1000 }; /* between two TICKs for what is due at one moment and the next */

struct ww_ticker {
	struct ww_ticker_settings set;
	int64_t from;            /* when the wait began */
	int64_t idle;            /* the next wait, if nothing but a TICK comes during this one */
	struct ww_submit submit; /* the writer's while under way */
	atomic_bool under_way;   /* cleared on the writer's thread */
	atomic_uint_least64_t newest; /* sequence of the newest TICK; 0: none yet */
};

/* On the writer's thread. */
static void
on_durable(struct ww_submit *s, ww_status status)
{
	struct ww_ticker *t = (struct ww_ticker *)((char *)s - offsetof(struct ww_ticker, submit));

	if (status == WW_OK)
		atomic_store(&t->newest, s->rec.seq);
	atomic_store(&t->under_way, false);
}

/* Something is due that the newest TICK has not done. Until that one is applied nobody knows. */
static bool
is_called_for(const struct ww_ticker *t, int64_t now)
{
	uint64_t cursor = 0;
	int64_t due = t->set.due == NULL ? INT64_MAX : t->set.due(t->set.arg, &cursor);

	if (due == INT64_MAX || cursor < atomic_load(&t->newest))
		return false;
	return due == 0 || (due <= now && now - t->from >= SOON_MS);
}

void
ww_ticker_step(struct ww_ticker *t, uint64_t last)
{
	const struct ww_ticker_settings *set = &t->set;
	uint64_t newest = atomic_load(&t->newest);
	bool alone = newest != 0 && last <= newest; /* nothing else came since */
	int64_t now = ww_clock_now(&set->clock);

	if (atomic_load(&t->under_way))
		return;
	if (now < t->from)
		t->from = now; /* the clock was set back */
	if (is_called_for(t, now))
		alone = false;
	else if (now - t->from < (alone ? t->idle : set->every_ms))
		return;
	t->from = now;
	t->idle = alone ? 2 * t->idle : 2 * set->every_ms;
	if (t->idle > set->idle_ms)
		t->idle = set->idle_ms;
	atomic_store(&t->under_way, true);
	t->submit.rec = (struct ww_record){ .kind = WW_REC_TICK, .body = ww_str_empty() };
	t->submit.done = on_durable;
	ww_writer_submit(set->writer, &t->submit);
}

ww_status
ww_ticker_new(struct ww_ctx *cx, const struct ww_ticker_settings *set, struct ww_ticker **out)
{
	struct ww_ticker *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "ticker");
	t->set = *set;
	if (t->set.idle_ms < set->every_ms)
		t->set.idle_ms = set->every_ms;
	t->idle = t->set.idle_ms;
	t->from = ww_clock_now(&set->clock);
	*out = t;
	return WW_OK;
}

void
ww_ticker_free(struct ww_ticker *t)
{
	free(t);
}
