/* Puts the parts together: opens stores, starts threads, stops them in the order in which they feed one
 * another. */
#include "main/engine.h"

#include "apply/apply.h"
#include "courier/courier.h"
#include "link/loop.h"
#include "main/applier.h"
#include "main/awaits.h"
#include "main/keeper.h"
#include "main/listeners.h"
#include "main/orders.h"
#include "main/pauses.h"
#include "main/queue_alarm.h"
#include "main/start.h"
#include "main/test_alarm.h"
#include "store/in_hand.h"
#include "store/ticker.h"
#include "store/writer.h"

#include <wardwire/log.h>
#include <wardwire/sink.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	TICK_MS = 50,
	IDLE_MS = 15 * 60 * 1000, /* longest wait between two TICK records */
	DRAIN_MS = 3000,
	REFUSED_CAP = 16 << 20,
};

struct ww_engine {
	struct ww_engine_settings set;
	const struct ww_config *config;
	struct ww_journal journal;
	struct ww_ledger ledger, view;
	struct ww_ledger answers; /* read on the loop's thread */
	struct ww_refused *refused;
	struct ww_in_hand *in_hand; /* NULL: the machine has none for us */
	struct ww_apply *apply;
	struct ww_applier *applier;
	struct ww_writer *writer;
	struct ww_ticker *ticker;
	struct ww_keeper *keeper;
	struct ww_sink sink;
	struct ww_courier *courier;
	struct ww_loop *loop;
	struct ww_loop_timer *tick;
	struct ww_orders *orders;
	struct ww_awaits *awaits;
	struct ww_listeners *listeners;
	struct ww_pauses pauses;
	bool paused, stopping;
	pthread_t carrier;
	bool carrier_runs;
	atomic_bool stop_carrier;
};

static ww_status
read_blob(void *arg, struct ww_ctx *cx, ww_str hex, struct ww_buf *out)
{
	struct ww_engine *e = arg;

	return ww_start_blob(e->set.site, cx, hex, out);
}

/* A start may catch up with a million messages: it logs none of them singly. */
static void
on_effect(void *arg, const struct ww_effect *x)
{
	struct ww_engine *e = arg;

	if (e->applier != NULL)
		ww_applier_note(e->applier, x);
}

static void
on_applied(void *arg)
{
	struct ww_engine *e = arg;

	ww_courier_wake(e->courier);
	ww_keeper_wake(e->keeper);
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
	struct ww_test_alarm_look tests = { .view = &e->view,
		.config = e->config,
		.on = calloc(e->config->feeds_n + 1, sizeof(*tests.on)) };
	struct ww_clock ticks = ww_clock_ticks();
	struct ww_ctx cx = { .arena = ww_arena_new(0) };

	while (!atomic_load(&e->stop_carrier)) {
		ww_courier_step(e->courier, 1000);
		if (cx.arena == NULL || tests.on == NULL)
			continue;
		ww_ctx_clear(&cx);
		ww_queue_alarm_look(&alarm, &cx, ww_clock_now(&ticks));
		ww_test_alarm_look(&tests, &cx, ww_clock_now(&ticks));
	}
	free(tests.on);
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

	atomic_store(&e->pauses.trouble, in_trouble);
}

static void
on_committed(void *arg, uint64_t seq)
{
	struct ww_engine *e = arg;

	ww_applier_durable(e->applier, seq);
}

/* Reading stops while there is a reason, and goes on by itself. */
static void
pause_or_resume(struct ww_engine *e)
{
	bool paused = ww_pauses_look(&e->pauses);

	if (paused != e->paused)
		ww_listeners_pause(e->listeners, paused);
	e->paused = paused;
}

static void
on_tick(void *arg)
{
	struct ww_engine *e = arg;

	if (e->stopping)
		return;
	pause_or_resume(e);
	ww_ticker_step(e->ticker, ww_applier_known(e->applier));
}

static void
on_closed(void *arg)
{
	struct ww_engine *e = arg;

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
	if (!ww_listeners_close(e->listeners))
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

/* The newest snapshot in the place of the ledger, if there is one. */
static ww_status
open_snapshot(struct ww_engine *e, struct ww_ctx *cx)
{
	uint64_t seq;
	ww_status s;

	ww_apply_close(e->apply);
	ww_ledger_close(&e->ledger);
	e->apply = NULL;
	cx->fail = (struct ww_failure){ .status = WW_OK };
	s = ww_start_fall_back(e->set.site, cx, &seq);
	return s == WW_OK ? open_ledger(e, cx) : s;
}

/* The journal goes on from the ledger, or else from the newest snapshot. */
static ww_status
join(struct ww_engine *e, struct ww_ctx *cx)
{
	ww_status s = ww_start_joins(cx, &e->journal, ww_apply_cursor(e->apply));

	if (s != WW_E_CONFLICT)
		return s;
	s = open_snapshot(e, cx);
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
	if (s ==
	    WW_E_NOT_FOUND) /* the configuration it stands on went with the journal's beginning */
		s = open_snapshot(e, cx);
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

/* Its thread runs later; from here on it counts what the journal has. */
static ww_status
start_applier(struct ww_engine *e, struct ww_ctx *cx)
{
	struct ww_applier_settings as = {
		.apply = e->apply, .journal = &e->journal, .ledger = &e->ledger
	};
	ww_status s = ww_applier_new(cx, &as, &e->applier);

	e->pauses.site = e->set.site;
	e->pauses.applier = e->applier;
	e->pauses.look_ms = TICK_MS;
	return s;
}

static int64_t
next_due(void *arg, uint64_t *cursor)
{
	struct ww_engine *e = arg;

	*cursor = ww_apply_cursor(e->apply);
	return ww_apply_due(e->apply);
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
		.idle_ms = IDLE_MS,
		.due = next_due,
		.arg = e };
	ww_status s = ww_writer_start(cx, &ws, &e->writer);

	ts.writer = e->writer;
	return s == WW_OK ? ww_ticker_new(cx, &ts, &e->ticker) : s;
}

static ww_status
start_courier(struct ww_engine *e, struct ww_ctx *cx)
{
	struct ww_courier_settings cs = { .view = &e->view,
		.journal = &e->journal,
		.writer = e->writer,
		.sink = &e->sink,
		.clock = e->set.clock,
		.ticks = ww_clock_ticks(),
		.config = e->config,
		.applied = applied,
		.arg = e };
	struct ww_sink_settings ss = { .ticks = ww_clock_ticks(), .fs = e->set.site->fs };
	const struct ww_site *site = e->set.site;
	ww_status s = ww_site_ledger(site, cx, site->ledger, WW_LEDGER_READ, &e->view);

	if (s == WW_OK)
		s = ww_sink_open(cx, &ss, &e->sink);
	return s == WW_OK ? ww_courier_new(cx, &cs, &e->courier) : s;
}

static void
wake_applier(void *arg)
{
	struct ww_engine *e = arg;

	ww_applier_poke(e->applier);
}

static ww_status
start_listeners(struct ww_engine *e, struct ww_ctx *cx)
{
	struct ww_listeners_settings ls = { .writer = e->writer,
		.refused = e->refused,
		.config = e->config,
		.fs = e->set.site->fs,
		.clock = e->set.clock,
		.closed = on_closed,
		.arg = e };
	ww_status s = ww_loop_new(cx, &e->loop);

	if (s == WW_OK)
		s = ww_loop_on_stop(e->loop, cx, on_stop, e);
	if (s == WW_OK)
		s = ww_loop_timer_new(e->loop, cx, TICK_MS, on_tick, e, &e->tick);
	if (s == WW_OK)
		s = ww_awaits_new(cx, e->loop, wake_applier, e, &e->awaits);
	ls.loop = e->loop;
	if (s == WW_OK)
		s = ww_site_ledger(
		    e->set.site, cx, e->set.site->ledger, WW_LEDGER_READ, &e->answers);
	ls.awaits = e->awaits;
	ls.view = &e->answers;
	ls.folder = ww_site_path(e->set.site, WW_STR("."));
	return s == WW_OK ? ww_listeners_open(cx, &ls, &e->listeners) : s;
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

static bool
is_closed(void *arg)
{
	const struct ww_engine *e = arg;

	return e->paused || e->stopping;
}

static void
add_gauge(struct ww_engine *e, struct ww_ctx *cx, struct ww_json *list, size_t number, ww_str name)
{
	struct ww_gauge g = ww_courier_gauge(e->courier, number);
	struct ww_json *o = ww_json_add(cx, list, ww_json_object(cx));

	ww_json_set_str(cx, o, "name", name);
	ww_json_set_int(cx, o, "window", g.window);
	ww_json_set_int(cx, o, "under-way", g.flying);
	ww_json_set_int(cx, o, "failed", g.failed);
	ww_json_set_int(cx, o, "resting", (int64_t)g.resting);
	ww_json_set_int(cx, o, "wait-ms", g.wait_ms);
}

/* [{"name": ..., "window": 4, "under-way": 1, "failed": 0, "resting": 0, "wait-ms": 0}] */
static void
report_endpoints(struct ww_engine *e, struct ww_ctx *cx, struct ww_json *list)
{
	for (size_t i = 0; i < e->config->endpoints_n; i++)
		if (e->config->endpoints[i].kind != WW_ENDPOINT_WORKLIST)
			add_gauge(e, cx, list, i, e->config->endpoints[i].name);
	for (size_t i = 0; i < e->config->lanes_n; i++)
		add_gauge(e, cx, list, e->config->endpoints_n + i, e->config->lanes[i].name);
}

static void
report_listeners(struct ww_engine *e, struct ww_ctx *cx, struct ww_json *list)
{
	ww_listeners_report(e->listeners, cx, list);
}

/* {"<what was asked>": a list}: what only the running engine knows. */
static ww_status
on_question(void *arg, struct ww_ctx *cx, ww_str what, struct ww_json **out)
{
	static const struct {
		const char *what;
		void (*report)(struct ww_engine *e, struct ww_ctx *cx, struct ww_json *list);
	} questions[] = {
		{ "endpoints", report_endpoints },
		{ "listeners", report_listeners },
	};

	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		if (!ww_str_is(what, questions[i].what))
			continue;
		*out = ww_json_object(cx);
		questions[i].report(
		    arg, cx, ww_json_set(cx, *out, questions[i].what, ww_json_array(cx)));
		return WW_OK;
	}
	return ww_fail(cx, WW_E_CODE, "ask", "there is no such question");
}

static ww_status
start_orders(struct ww_engine *e, struct ww_ctx *cx)
{
	struct ww_orders_settings os = { .loop = e->loop,
		.writer = e->writer,
		.config = e->config,
		.path = e->set.site->control,
		.house = keep_house,
		.closed = is_closed,
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
	struct ww_applier_hooks ah = {
		.orders = e->orders, .awaits = e->awaits, .applied = on_applied, .arg = e
	};
	ww_status s = ww_keeper_start(cx, &ks, &e->keeper);

	if (s != WW_OK)
		return s;
	s = ww_applier_start(e->applier, cx, &ah);
	if (s != WW_OK)
		return s;
	e->carrier_runs = pthread_create(&e->carrier, NULL, courier_thread, e) == 0;
	return e->carrier_runs ? WW_OK : ww_fail(cx, WW_E_MEMORY, NULL, "no thread");
}

/* For whoever started the engine on port 0. */
static ww_status
write_ports(struct ww_engine *e, struct ww_ctx *cx)
{
	struct ww_buf b = { 0 };
	ww_status s;

	if (e->set.port_file == NULL)
		return WW_OK;
	ww_listeners_ports(e->listeners, &b);
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
	s = open_stores(e, cx);
	if (s == WW_OK)
		s = ww_start_set_aside(
		    cx, &e->journal, e->apply, e->in_hand, ww_clock_now(&set->clock));
	if (s == WW_OK)
		s = ww_start_records(
		    set->site, cx, &e->journal, &e->ledger, e->apply, ww_clock_now(&set->clock));
	if (s == WW_OK)
		s = start_applier(e, cx);
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
		if (e->listeners != NULL) {
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
	ww_applier_stop(e->applier);
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
	ww_loop_timer_free(e->tick);
	ww_ticker_free(e->ticker);
	ww_listeners_free(e->listeners);
	ww_awaits_free(e->awaits);
	if (e->loop != NULL)
		ww_loop_free(e->loop);
	ww_applier_free(e->applier);
	ww_apply_close(e->apply);
	ww_in_hand_close(e->in_hand);
	ww_ledger_close(&e->answers);
	ww_ledger_close(&e->view);
	ww_ledger_close(&e->ledger);
	ww_refused_close(e->refused);
	ww_journal_close(&e->journal);
	free(e);
}
