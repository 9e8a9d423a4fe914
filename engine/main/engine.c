/* Puts the parts together: opens stores, starts threads, stops them in the order in which they feed one
 * another. */
#include "main/engine.h"

#include "apply/apply.h"
#include "courier/courier.h"
#include "link/loop.h"
#include "link/mllp_in.h"
#include "link/mllp_room.h"
#include "main/descriptors.h"
#include "main/intake.h"
#include "main/keeper.h"
#include "main/orders.h"
#include "main/queue_alarm.h"
#include "main/start.h"
#include "store/disk.h"
#include "store/in_hand.h"
#include "store/ticker.h"
#include "store/writer.h"

#include <wardwire/log.h>
#include <wardwire/sink.h>

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	APPLY_BATCH = 1024,
	TICK_MS = 50,
	IDLE_MS = 15 * 60 * 1000, /* longest wait between two TICK records */
	GRACE_MS = 5000,
	DRAIN_MS = 3000,
	PENDING_PER_CONNECTION = 256,
	REFUSED_CAP = 16 << 20,
};

struct listener {
	struct ww_mllp_in *in;
	struct ww_intake *intake;
};

struct ww_engine {
	struct ww_engine_settings set;
	const struct ww_config *config;
	struct ww_journal journal;
	struct ww_ledger ledger, view;
	struct ww_refused *refused;
	struct ww_in_hand *in_hand; /* NULL: the machine has none for us */
	struct ww_apply *apply;
	struct ww_arena
	    *apply_arena; /* its thread's; made before it, which could not say that it failed */
	struct ww_writer *writer;
	struct ww_ticker *ticker;
	struct ww_keeper *keeper;
	struct ww_sink sink;
	struct ww_courier *courier;
	struct ww_loop *loop;
	struct ww_timer *tick;
	struct ww_orders *orders;
	struct ww_mllp_room *room; /* of all listeners */
	struct listener *listeners;
	size_t open; /* listeners not closed yet */
	uint64_t ack_number;
	unsigned paused; /* bits of pauses[] */
	unsigned looks;  /* ticks since the last look at the disk */
	bool disk_short, disk_warned;
	bool stopping;
	atomic_bool trouble; /* the journal takes nothing */
	/* the apply thread */
	pthread_t applier, carrier;
	bool applier_runs, carrier_runs;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	uint64_t durable; /* under lock: last sequence the journal has */
	uint64_t passed;  /* under lock: there is nothing to apply up to that one */
	bool stop_apply;  /* under lock */
	atomic_bool stop_carrier;
	struct ww_buf lines; /* log lines of the batch being applied */
};

static ww_status
read_blob(void *arg, struct ww_ctx *cx, ww_str hex, struct ww_buf *out)
{
	struct ww_engine *e = arg;

	return ww_start_blob(e->set.site, cx, hex, out);
}

/* -- apply thread ------------------------------------------------------------------------------------ */

/* A line of the log for a message; written only once the batch holds. */
static void
on_effect(void *arg, const struct ww_effect *x)
{
	struct ww_engine *e = arg;
	const struct ww_message *m = x->message;

	ww_buf_printf(&e->lines,
	    "journal=%lld feed=%.*s act=\"%s\" disposition=%s flags=%zu due=%zu", (long long)m->seq,
	    WW_STR_FMT(m->feed), x->act, ww_disposition_text(m->disposition), x->changes_n,
	    x->rows_n);
	if (m->reason.n > 0)
		ww_buf_printf(&e->lines, " reason=\"%.*s\"", WW_STR_FMT(m->reason));
	ww_buf_byte(&e->lines, '\n');
}

static void
write_lines(struct ww_engine *e)
{
	ww_str rest = ww_buf_view(&e->lines);

	while (rest.n > 0) {
		ww_str line = ww_str_cut(rest, '\n', &rest);

		ww_log(WW_LOG_INFO, "%.*s", WW_STR_FMT(line));
	}
}

/* Under lock: there is something to apply, or an order to answer. */
static bool
has_more(const struct ww_engine *e)
{
	uint64_t cursor = ww_apply_cursor(e->apply);

	return (e->durable > cursor && e->durable > e->passed) || ww_orders_due(e->orders, cursor);
}

/* Waits until there is more than the cursor, or a while; *durable is how far the journal then was. False: stop,
 * nothing is left. */
static bool
wait_for_records(struct ww_engine *e, unsigned most_ms, uint64_t *durable)
{
	struct timespec until;
	bool go_on;

	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += most_ms / 1000;
	pthread_mutex_lock(&e->lock);
	while (!e->stop_apply && !has_more(e)) {
		if (pthread_cond_timedwait(&e->wake, &e->lock, &until) == ETIMEDOUT)
			break;
	}
	go_on = !e->stop_apply || has_more(e);
	*durable = e->durable;
	pthread_mutex_unlock(&e->lock);
	return go_on;
}

static bool
must_stop(struct ww_engine *e)
{
	bool stop;

	pthread_mutex_lock(&e->lock);
	stop = e->stop_apply;
	pthread_mutex_unlock(&e->lock);
	return stop;
}

/* The journal has nothing readable up to there: damage, stepped over. Wait for more. */
static void
nothing_more(struct ww_engine *e, uint64_t durable)
{
	pthread_mutex_lock(&e->lock);
	e->passed = durable;
	pthread_mutex_unlock(&e->lock);
}

static void *
apply_thread(void *arg)
{
	struct ww_engine *e = arg;
	struct ww_ctx cx = { .arena = e->apply_arena };
	bool failing = false;
	uint64_t durable;

	while (wait_for_records(e, 1000, &durable)) {
		size_t done = 0;
		ww_status s;

		ww_buf_clear(&e->lines);
		s = ww_apply_batch(e->apply, &cx, &e->journal, APPLY_BATCH, &done);
		if (s == WW_OK && done > 0) {
			write_lines(e);
			ww_courier_wake(e->courier);
			ww_keeper_wake(e->keeper);
		}
		if (s == WW_OK)
			ww_orders_settle(e->orders, &cx, &e->ledger, ww_apply_cursor(e->apply));
		if (s != WW_OK && !failing)
			ww_log(WW_LOG_ERROR,
			    "apply=waiting code=WW-%03d place=\"%s\" reason=\"%s\"",
			    ww_status_number(s), cx.fail.place, cx.fail.reason);
		else if (s == WW_OK && failing)
			ww_log(WW_LOG_WARN, "apply=resumed");
		if (s == WW_OK && done == 0)
			nothing_more(e, durable);
		failing = s != WW_OK;
		if (failing && must_stop(e))
			break; /* the journal keeps what is left for the next start */
		if (failing)
			(void)nanosleep(&(struct timespec){ .tv_sec = 1 }, NULL);
	}
	return NULL;
}

/* -- courier thread ---------------------------------------------------------------------------------- */

static uint64_t
applied(void *arg)
{
	struct ww_engine *e = arg;

	return ww_apply_cursor(e->apply);
}

static void *
courier_thread(void *arg)
{
	struct ww_engine *e = arg;
	struct ww_queue_alarm alarm = { .view = &e->view, .level = e->config->limits.queue };
	struct ww_clock ticks = ww_clock_ticks();
	struct ww_ctx cx = { .arena = ww_arena_new(0) };

	while (!atomic_load(&e->stop_carrier)) {
		ww_courier_step(e->courier, 1000);
		if (cx.arena == NULL)
			continue;
		ww_ctx_clear(&cx);
		ww_queue_alarm_look(&alarm, &cx, ww_clock_now(&ticks));
	}
	ww_arena_free(cx.arena);
	if (!ww_courier_drain(e->courier, DRAIN_MS))
		ww_log(WW_LOG_WARN, "courier=stopped under-way=%zu", ww_courier_flying(e->courier));
	return NULL;
}

/* -- loop thread ------------------------------------------------------------------------------------- */

static void
on_trouble(void *arg, bool in_trouble)
{
	struct ww_engine *e = arg;

	atomic_store(&e->trouble, in_trouble);
}

static void
on_committed(void *arg, uint64_t seq)
{
	struct ww_engine *e = arg;

	pthread_mutex_lock(&e->lock);
	e->durable = seq;
	pthread_cond_signal(&e->wake);
	pthread_mutex_unlock(&e->lock);
}

static bool
journal_in_trouble(struct ww_engine *e, bool since)
{
	(void)since;
	return atomic_load(&e->trouble);
}

static bool
apply_behind(struct ww_engine *e, bool since)
{
	uint64_t cursor = ww_apply_cursor(e->apply), most = e->config->limits.lag, durable;

	pthread_mutex_lock(&e->lock);
	durable = e->durable;
	pthread_mutex_unlock(&e->lock);
	return durable > cursor && durable - cursor > (since ? most / 2 : most);
}

static bool
disk_short(struct ww_engine *e, bool since)
{
	(void)since;
	return e->disk_short;
}

/* Why reading stops; one that holds is enough. since: it held at the last look, so that what swings about a limit does
 * not stop and go with each tick. */
static const struct {
	const char *name;
	bool (*holds)(struct ww_engine *e, bool since);
} pauses[] = {
	{ "journal-in-trouble", journal_in_trouble },
	{ "apply-behind", apply_behind },
	{ "disk-reserve", disk_short },
};

static uint64_t
durable(struct ww_engine *e)
{
	uint64_t seq;

	pthread_mutex_lock(&e->lock);
	seq = e->durable;
	pthread_mutex_unlock(&e->lock);
	return seq;
}

/* Reading stops while there is a reason, and goes on by itself. */
static void
pause_or_resume(struct ww_engine *e)
{
	unsigned was = e->paused;

	if (e->stopping)
		return;
	for (size_t i = 0; i < sizeof(pauses) / sizeof(pauses[0]); i++) {
		unsigned bit = 1U << i;
		bool since = (was & bit) != 0, holds = pauses[i].holds(e, since);

		if (holds == since)
			continue;
		e->paused ^= bit;
		ww_log(WW_LOG_WARN, "pause=%s why=%s", holds ? "on" : "off", pauses[i].name);
	}
	if ((was == 0) == (e->paused == 0))
		return;
	for (size_t i = 0; i < e->config->listeners_n; i++)
		ww_mllp_in_pause(e->listeners[i].in, e->paused != 0);
}

/* Once a second: a disk that runs full is seen before a write fails. */
static void
look_at_disk(struct ww_engine *e)
{
	const struct ww_site *site = e->set.site;
	struct ww_fs_space space;
	unsigned used;
	bool warn;

	if (e->looks++ % (1000 / TICK_MS) != 0 ||
	    site->fs->space(site->fs->self, site->data, &space) < 0 || space.total == 0)
		return;
	e->disk_short = ww_disk_short(space.free, e->config->disk_reserve, e->disk_short);
	used = (unsigned)(100 - space.free * 100 / space.total);
	warn = used >= e->config->disk_warn_percent;
	if (warn != e->disk_warned)
		ww_log(warn ? WW_LOG_WARN : WW_LOG_INFO, "disk=%s used-percent=%u free=%llu",
		    warn ? "filling" : "well", used, (unsigned long long)space.free);
	e->disk_warned = warn;
}

static void
on_tick(void *arg)
{
	struct ww_engine *e = arg;

	look_at_disk(e);
	pause_or_resume(e);
	if (!e->stopping)
		ww_ticker_step(e->ticker, durable(e));
}

static void
on_listener_closed(void *arg)
{
	struct ww_engine *e = arg;

	if (--e->open == 0)
		ww_loop_stop(e->loop);
}

static void
on_stop(void *arg)
{
	struct ww_engine *e = arg;

	if (e->stopping)
		return;
	e->stopping = true;
	ww_log(WW_LOG_INFO, "engine=stopping");
	for (size_t i = 0; i < e->config->listeners_n; i++) {
		if (e->listeners[i].in != NULL) /* the start may have failed */
			ww_mllp_in_close(e->listeners[i].in, GRACE_MS, on_listener_closed, e);
		e->listeners[i].in = NULL;
	}
	if (e->open == 0)
		ww_loop_stop(e->loop);
}

/* -- start -------------------------------------------------------------------------------------------- */

/* Without it a record that ends the engine is tried at every start; everything else goes on as ever. */
static void
open_in_hand(struct ww_engine *e, struct ww_ctx *cx)
{
	if (ww_in_hand_open(cx, e->set.site->in_hand, &e->in_hand) == WW_OK)
		return;
	ww_log(WW_LOG_WARN, "in-hand=none code=WW-%03d reason=\"%s\"",
	    ww_status_number(cx->fail.status), cx->fail.reason);
	cx->fail = (struct ww_failure){ .status = WW_OK };
}

static ww_status
open_ledger(struct ww_engine *e, struct ww_ctx *cx)
{
	struct ww_apply_settings as = { .ledger = &e->ledger,
		.blob = read_blob,
		.observe = on_effect,
		.arg = e,
		.in_hand = e->in_hand };
	ww_status s =
	    ww_site_ledger(e->set.site, cx, e->set.site->ledger, WW_LEDGER_WRITE, &e->ledger);

	return s == WW_OK ? ww_apply_open(cx, &as, &e->apply) : s;
}

/* The journal goes on from the ledger, or else from the newest snapshot. */
static ww_status
join(struct ww_engine *e, struct ww_ctx *cx)
{
	ww_status s = ww_start_joins(cx, &e->journal, ww_apply_cursor(e->apply));
	uint64_t seq;

	if (s != WW_E_CONFLICT)
		return s;
	ww_apply_close(e->apply);
	ww_ledger_close(&e->ledger);
	e->apply = NULL;
	cx->fail = (struct ww_failure){ .status = WW_OK };
	s = ww_start_fall_back(e->set.site, cx, &seq);
	if (s == WW_OK)
		s = open_ledger(e, cx);
	return s == WW_OK ? ww_start_joins(cx, &e->journal, ww_apply_cursor(e->apply)) : s;
}

static ww_status
open_stores(struct ww_engine *e, struct ww_ctx *cx)
{
	struct ww_site *site = e->set.site;
	struct ww_journal_settings js = { .dir = site->journal,
		.segment_bytes = e->config->segment_bytes,
		.fs = site->fs,
		.quick = true };
	struct ww_journal_state st;
	ww_status s = ww_site_hold(site, cx); /* before anything is opened, let alone migrated */

	if (s == WW_OK)
		s = ww_fs_mkdir(site->fs, cx, site->blobs);
	if (s == WW_OK)
		s = ww_start_revive(site, cx);
	if (s != WW_OK)
		return s;
	open_in_hand(e, cx);
	s = open_ledger(e, cx);
	if (s != WW_OK)
		return s;
	js.at_least = ww_apply_cursor(e->apply);
	s = ww_journal_files(cx, &js, &e->journal);
	if (s == WW_OK)
		s = join(e, cx);
	if (s != WW_OK)
		return s;
	ww_journal_state(&e->journal, &st);
	ww_log(st.damaged > 0 ? WW_LOG_ERROR : WW_LOG_INFO,
	    "journal=open records=%llu last=%llu damaged=%llu torn=%llu segments=%llu",
	    (unsigned long long)st.records, (unsigned long long)st.last,
	    (unsigned long long)st.damaged, (unsigned long long)st.torn,
	    (unsigned long long)st.segments);
	return ww_refused_open(cx, site->fs, site->refused, REFUSED_CAP, &e->refused);
}

static ww_status
start_writer(struct ww_engine *e, struct ww_ctx *cx)
{
	struct ww_writer_settings ws = { .journal = &e->journal,
		.clock = e->set.clock,
		.retry_ms = 1000,
		.trouble = on_trouble,
		.committed = on_committed,
		.arg = e };

	struct ww_ticker_settings ts = { .clock = e->set.clock,
		.every_ms = (int64_t)e->config->tick_seconds * 1000,
		.idle_ms = IDLE_MS };
	ww_status s = ww_writer_start(cx, &ws, &e->writer);

	ts.writer = e->writer;
	return s == WW_OK ? ww_ticker_new(cx, &ts, &e->ticker) : s;
}

static ww_status
start_courier(struct ww_engine *e, struct ww_ctx *cx)
{
	struct ww_courier_settings cs = { .view = &e->view,
		.writer = e->writer,
		.sink = &e->sink,
		.clock = e->set.clock,
		.ticks = ww_clock_ticks(),
		.config = e->config,
		.applied = applied,
		.arg = e };
	const struct ww_site *site = e->set.site;
	ww_status s = ww_site_ledger(site, cx, site->ledger, WW_LEDGER_READ, &e->view);

	if (s == WW_OK)
		s = ww_sink_fhir(cx, &e->sink);
	return s == WW_OK ? ww_courier_new(cx, &cs, &e->courier) : s;
}

static ww_status
listen_on(struct ww_engine *e, struct ww_ctx *cx, size_t i)
{
	const struct ww_listener *l = &e->config->listeners[i];
	const struct ww_feed *feed = ww_config_feed_on(e->config, l->name);
	struct ww_intake_settings is = { .loop = e->loop,
		.writer = e->writer,
		.refused = e->refused,
		.clock = e->set.clock,
		.feed = feed,
		.max_message = l->max_message,
		.max_segments = l->max_segments,
		.arena = e->config->limits.arena,
		.number = &e->ack_number };
	struct ww_mllp_in_settings ms = { .address = l->mllp,
		.max_message = l->max_message,
		.max_connections = l->max_connections,
		.peer_connections = l->peer_connections,
		.peer_rate = l->peer_rate,
		.frame_timeout = l->frame_timeout,
		.frame_deadline = l->frame_deadline,
		.idle_timeout = l->idle_timeout,
		.accept_queue = l->accept_queue,
		.max_pending = PENDING_PER_CONNECTION,
		.room = e->room,
		.on_frame = ww_intake_frame,
		.on_too_big = ww_intake_too_big };
	ww_status s;

	if (feed == NULL)
		return ww_fail(cx, WW_E_CONFIG, "listeners", "a listener has no feed");
	s = ww_intake_new(cx, &is, &e->listeners[i].intake);
	if (s != WW_OK)
		return s;
	ms.arg = e->listeners[i].intake;
	s = ww_mllp_in_open(e->loop, cx, &ms, &e->listeners[i].in);
	if (s != WW_OK)
		return s;
	e->open++;
	ww_log(WW_LOG_INFO, "listener=%.*s mllp=%u feed=%.*s zone=%.*s", WW_STR_FMT(l->name),
	    ww_mllp_in_port(e->listeners[i].in), WW_STR_FMT(feed->name),
	    WW_STR_FMT(feed->zone_name));
	return WW_OK;
}

static ww_status
make_room(struct ww_engine *e, struct ww_ctx *cx)
{
	const struct ww_limits *l = &e->config->limits;
	const struct ww_mllp_room_settings rs = { .frames = l->backlog,
		.bytes = l->backlog_bytes,
		.open = l->open_bytes,
		.connections = ww_descriptors_for(e->config) };

	return ww_mllp_room_new(e->loop, cx, &rs, &e->room);
}

static ww_status
start_listeners(struct ww_engine *e, struct ww_ctx *cx)
{
	struct ww_clock real = ww_clock_system();
	ww_status s;

	/* Unique over restarts: a thousand answers a millisecond are more than there can be. */
	e->ack_number = (uint64_t)ww_clock_now(&real) * 1000;
	e->listeners = calloc(e->config->listeners_n + 1, sizeof(*e->listeners));
	if (e->listeners == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "listeners");
	s = ww_loop_new(cx, &e->loop);
	if (s == WW_OK)
		s = ww_loop_on_stop(e->loop, cx, on_stop, e);
	if (s == WW_OK)
		s = ww_timer_new(e->loop, cx, TICK_MS, on_tick, e, &e->tick);
	if (s == WW_OK)
		s = make_room(e, cx);
	for (size_t i = 0; s == WW_OK && i < e->config->listeners_n; i++)
		s = listen_on(e, cx, i);
	return s;
}

static bool
keep_house(void *arg, ww_str order, struct ww_control_call *call)
{
	struct ww_engine *e = arg;

	if (!ww_str_is(order, WW_KEEPER_PRUNE))
		return false;
	ww_keeper_order(e->keeper, call);
	return true;
}

/* {"endpoints": [{"name": ..., "window": 4, "under-way": 1, "failed": 0, "resting": 0, "wait-ms": 0}]} */
static ww_status
on_question(void *arg, struct ww_ctx *cx, ww_str what, struct ww_json **out)
{
	struct ww_engine *e = arg;
	struct ww_json *list;

	if (!ww_str_is(what, "endpoints"))
		return ww_fail(cx, WW_E_CODE, "ask", "there is no such question");
	*out = ww_json_object(cx);
	list = ww_json_set(cx, *out, "endpoints", ww_json_array(cx));
	for (size_t i = 0; i < e->config->endpoints_n; i++) {
		struct ww_gauge g = ww_courier_gauge(e->courier, i);
		struct ww_json *o = ww_json_add(cx, list, ww_json_object(cx));

		ww_json_set_str(cx, o, "name", e->config->endpoints[i].name);
		ww_json_set_int(cx, o, "window", g.window);
		ww_json_set_int(cx, o, "under-way", g.flying);
		ww_json_set_int(cx, o, "failed", g.failed);
		ww_json_set_int(cx, o, "resting", (int64_t)g.resting);
		ww_json_set_int(cx, o, "wait-ms", g.wait_ms);
	}
	return WW_OK;
}

static ww_status
start_orders(struct ww_engine *e, struct ww_ctx *cx)
{
	struct ww_orders_settings os = { .loop = e->loop,
		.writer = e->writer,
		.path = e->set.site->control,
		.house = keep_house,
		.ask = on_question,
		.arg = e };

	return ww_orders_open(cx, &os, &e->orders);
}

static ww_status
start_threads(struct ww_engine *e, struct ww_ctx *cx)
{
	struct ww_keeper_settings ks = {
		.site = e->set.site,
		.journal = &e->journal,
		.loop = e->loop,
		.clock = e->set.clock,
	};
	ww_status s = ww_keeper_start(cx, &ks, &e->keeper);

	if (s != WW_OK)
		return s;
	e->apply_arena = ww_arena_new(0);
	if (e->apply_arena == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "apply");
	e->applier_runs = pthread_create(&e->applier, NULL, apply_thread, e) == 0;
	e->carrier_runs = pthread_create(&e->carrier, NULL, courier_thread, e) == 0;
	if (!e->applier_runs || !e->carrier_runs)
		return ww_fail(cx, WW_E_MEMORY, NULL, "no thread");
	return WW_OK;
}

/* For whoever started the engine on port 0. */
static ww_status
write_ports(struct ww_engine *e, struct ww_ctx *cx)
{
	struct ww_buf b = { 0 };
	ww_status s;

	if (e->set.port_file == NULL)
		return WW_OK;
	for (size_t i = 0; i < e->config->listeners_n; i++)
		ww_buf_printf(&b, "%.*s %u\n", WW_STR_FMT(e->config->listeners[i].name),
		    ww_mllp_in_port(e->listeners[i].in));
	s = ww_fs_put(&ww_fs_real, cx, e->set.port_file, ww_buf_view(&b));
	ww_buf_free(&b);
	return s;
}

ww_status
ww_engine_start(struct ww_ctx *cx, const struct ww_engine_settings *set, struct ww_engine **out)
{
	struct ww_engine *e = calloc(1, sizeof(*e));
	ww_status s;

	if (e == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "engine");
	e->set = *set;
	e->config = set->site->config;
	pthread_mutex_init(&e->lock, NULL);
	pthread_cond_init(&e->wake, NULL);
	s = open_stores(e, cx);
	if (s == WW_OK)
		s = ww_start_set_aside(
		    cx, &e->journal, e->apply, e->in_hand, ww_clock_now(&set->clock));
	if (s == WW_OK)
		s = ww_start_records(
		    set->site, cx, &e->journal, &e->ledger, e->apply, ww_clock_now(&set->clock));
	e->durable = e->apply != NULL ? ww_apply_cursor(e->apply) : 0;
	if (s == WW_OK)
		s = start_writer(e, cx);
	if (s == WW_OK)
		s = start_courier(e, cx);
	if (s == WW_OK)
		s = start_listeners(e, cx);
	if (s == WW_OK)
		s = start_orders(e, cx);
	if (s == WW_OK)
		s = start_threads(e, cx);
	if (s == WW_OK)
		s = write_ports(e, cx);
	if (s != WW_OK) {
		if (e->open > 0) {
			on_stop(e);
			ww_loop_run(e->loop);
		}
		ww_engine_free(e);
		return s;
	}
	*out = e;
	return WW_OK;
}

void
ww_engine_serve(struct ww_engine *e)
{
	ww_loop_run(e->loop);
}

/* -- stop --------------------------------------------------------------------------------------------- */

static void
stop_threads(struct ww_engine *e)
{
	atomic_store(&e->stop_carrier, true);
	if (e->carrier_runs) {
		ww_courier_wake(e->courier);
		pthread_join(e->carrier, NULL);
	}
	ww_writer_stop(e->writer);
	pthread_mutex_lock(&e->lock);
	e->stop_apply = true;
	pthread_cond_signal(&e->wake);
	pthread_mutex_unlock(&e->lock);
	if (e->applier_runs)
		pthread_join(e->applier, NULL);
	ww_keeper_stop(e->keeper);
}

void
ww_engine_free(struct ww_engine *e)
{
	if (e == NULL)
		return;
	stop_threads(e);
	if (e->loop != NULL) { /* frees the messages that the journal gave back when it closed */
		ww_loop_stop(e->loop);
		ww_loop_run(e->loop);
	}
	ww_orders_free(e->orders);
	if (e->courier != NULL)
		ww_courier_detach(e->courier);
	if (e->sink.ops != NULL)
		e->sink.ops->close(e->sink.self);
	ww_courier_free(e->courier);
	ww_timer_free(e->tick);
	ww_ticker_free(e->ticker);
	for (size_t i = 0; e->listeners != NULL && i < e->config->listeners_n; i++)
		ww_intake_free(e->listeners[i].intake);
	free(e->listeners);
	ww_mllp_room_free(e->room);
	if (e->loop != NULL)
		ww_loop_free(e->loop);
	ww_apply_close(e->apply);
	ww_arena_free(e->apply_arena);
	ww_in_hand_close(e->in_hand);
	ww_ledger_close(&e->view);
	ww_ledger_close(&e->ledger);
	ww_refused_close(e->refused);
	ww_journal_close(&e->journal);
	ww_buf_free(&e->lines);
	pthread_cond_destroy(&e->wake);
	pthread_mutex_destroy(&e->lock);
	free(e);
}
