/* Memory that runs out, at each allocation in turn, between a sender and its answer and between a notice and its receiver: the
 * sender is never refused for it and has its answer at the second try; the receiver has each notice once. */
#define ALLOC_OURS
#include "tests/unit/alloc_fail.h"

#include "config/load.h"
#include "courier/courier.h"
#include "courier/sink_test.h"
#include "link/loop.h"
#include "link/mllp_in.h"
#include "link/mllp_room.h"
#include "main/choose.h"
#include "main/frames.h"
#include "main/intake.h"
#include "store/writer.h"
#include "tests/unit/apply_fixture.h"

#include <wardwire/log.h>

#include <arpa/inet.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define AT(hhmm) "20260302" hhmm

static int64_t
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t
clock_of(void *self)
{
	struct site *s = self;

	return s->now += 100;
}

static void
settle_writer(struct ww_writer *w)
{
	while (ww_writer_pending(w) > 0)
		(void)sched_yield();
}

/* -- a frame and its answer -------------------------------------------------------------------------- */

struct desk {
	struct ww_ctx cx;
	struct site clock; /* only its time is used */
	struct ww_feed feed;
	struct ww_choose *choose;
	struct ww_loop *loop;
	struct ww_mllp_room *room;
	struct ww_refused *refused;
	struct ww_journal journal;
	struct ww_writer *writer;
	struct ww_intake *intake;
	struct ww_mllp_in *in;
	uint64_t number;
	bool closed;
	char ring[64];
};

#define desk_ok(d, call)                                                                           \
	ck_assert_msg((call) == WW_OK, "%s: %s: %s", #call, (d)->cx.fail.place, (d)->cx.fail.reason)

static void
open_desk(struct desk *d)
{
	static const struct ww_mllp_room_settings wide = {
		.frames = 100, .bytes = 1 << 20, .open = 1 << 20, .connections = 10
	};
	struct ww_writer_settings ws = { .clock = { clock_of, &d->clock }, .retry_ms = 1 };
	const struct ww_config one = { .feeds = &d->feed, .feeds_n = 1 };
	struct ww_intake_settings is;
	struct ww_mllp_in_settings ms;

	memset(d, 0, sizeof(*d));
	d->cx.arena = ww_arena_new(0);
	d->feed.name = WW_STR("mercy");
	d->feed.on = WW_STR("adt");
	desk_ok(d, ww_choose_new(&d->cx, &one, d->feed.on, &d->choose));
	(void)snprintf(d->ring, sizeof(d->ring), "/tmp/wardwire-alloc-%ld.ring", (long)getpid());
	desk_ok(d, ww_loop_new(&d->cx, &d->loop));
	desk_ok(d, ww_mllp_room_new(d->loop, &d->cx, &wide, &d->room));
	desk_ok(d, ww_refused_open(&d->cx, &ww_fs_real, d->ring, 65536, &d->refused));
	desk_ok(d, ww_journal_memory(&d->cx, &d->journal));
	ws.journal = &d->journal;
	desk_ok(d, ww_writer_start(&d->cx, &ws, &d->writer));
	is = (struct ww_intake_settings){ .loop = d->loop,
		.writer = d->writer,
		.refused = d->refused,
		.clock = { clock_of, &d->clock },
		.choose = d->choose,
		.max_message = 1 << 20,
		.max_segments = 1000,
		.number = &d->number };
	desk_ok(d, ww_intake_new(&d->cx, &is, &d->intake));
	ms = (struct ww_mllp_in_settings){ .address = WW_STR("127.0.0.1:0"),
		.max_message = 1 << 20,
		.max_connections = 10,
		.peer_connections = 10,
		.peer_rate = 1000000,
		.frame_timeout = 30,
		.frame_deadline = 300,
		.idle_timeout = 3600,
		.accept_queue = 16,
		.max_pending = 16,
		.room = d->room,
		.on_frame = ww_frames_take,
		.on_too_big = ww_frames_too_big,
		.arg = d->intake };
	desk_ok(d, ww_mllp_in_open(d->loop, &d->cx, &ms, &d->in));
}

static void
turn_loop(struct desk *d)
{
	event_base_loop(ww_loop_base(d->loop), EVLOOP_NONBLOCK);
}

static void
on_closed(void *arg)
{
	struct desk *d = arg;

	d->closed = true;
}

static void
close_desk(struct desk *d)
{
	ww_mllp_in_close(d->in, 0, on_closed, d);
	while (!d->closed)
		turn_loop(d);
	ww_writer_stop(d->writer);
	for (int i = 0; i < 8; i++)
		turn_loop(d); /* what the writer gave back */
	ww_mllp_room_free(d->room);
	ww_intake_free(d->intake);
	ww_choose_free(d->choose);
	ww_loop_free(d->loop);
	ww_refused_close(d->refused);
	ww_journal_close(&d->journal);
	(void)unlink(d->ring);
	ww_arena_free(d->cx.arena);
}

#define MESSAGE                                                                                    \
	"MSH|^~\\&|ADT|MERCY|WARDWIRE|PAYER|20260302100000||ADT^A01|C1|P|2.5.1\r"                  \
	"EVN|A01|20260302100000\r"                                                                 \
	"PID|1||MR1^^^MERCY^MR||TESTFAMILY1^GIVEN1||19500302|F\r"                                  \
	"PV1|1|I|4W^401^1^MERCY|||||||||||||||||V1^^^MERCY\r"
static const char message[] = MESSAGE;

/* Frames that hold that message, and what their answer must have in it. */
static const struct asked {
	const char *frame, *answer;
} asked_for[] = {
	{ "\v" MESSAGE "\x1c\r", "\rMSA|AA|C1\r" },
	{ "\vBHS|^~\\&|A|B|C|D|||||B1\r" MESSAGE
	  "MSH|^~\\&|A|B|||||ADT^A01|C2|P|2.5\rBTS|2\r\x1c\r",
	    "\rMSA|AE|C2\r" },
};

/* Sends the frame on a connection of its own; what comes back is in answer. False: it was closed. */
static bool
ask(struct desk *d, const struct asked *a, long turn, char *answer, size_t size)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)ww_mllp_in_port(d->in)),
		.sin_addr = { .s_addr = htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int64_t end = now_ms() + 10000;
	size_t n = 0;

	alloc_assert(connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0, "no connection");
	alloc_assert(send(fd, a->frame, strlen(a->frame), MSG_NOSIGNAL) > 0, "nothing is sent");
	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		ssize_t k;

		turn_loop(d);
		alloc_assert(now_ms() < end, "allocation %ld: neither an answer nor an end", turn);
		if (poll(&p, 1, 0) != 1)
			continue;
		k = recv(fd, answer + n, size - 1 - n, 0);
		n += k > 0 ? (size_t)k : 0;
		if (k <= 0 || (n > 1 && answer[n - 2] == '\x1c'))
			break;
	}
	close(fd);
	answer[n] = '\0';
	return n > 0;
}

/* The message is in the journal, whole, and nothing else is. */
static void
check_journal(struct desk *d, long n)
{
	struct ww_record r = { .seq = 0 };
	struct ww_rec_message body;
	size_t records = 0;
	bool found = true;

	for (;;) {
		desk_ok(d, ww_journal_read(&d->journal, &d->cx, r.seq + 1, &r, &found));
		if (!found)
			break;
		desk_ok(d, ww_rec_message_read(&d->cx, r.body, &body));
		unit_str_is(body.feed, "mercy");
		ck_assert_uint_eq(body.raw.n, sizeof(message) - 1);
		ck_assert_int_eq(memcmp(body.raw.p, message, body.raw.n), 0);
		records++;
	}
	ck_assert_msg(records == 1 || records == 2, "allocation %ld: %zu records", n, records);
}

static bool
accept_once(void *arg, long n)
{
	const struct asked *a = arg;
	char answer[2048];
	struct desk d;
	bool failed, got;

	open_desk(&d);
	alloc_arm(n);
	got = ask(&d, a, n, answer, sizeof(answer));
	failed = alloc_disarm();
	if (!got) {
		ck_assert_msg(failed, "closed for no reason");
		ck_assert_msg(
		    ask(&d, a, 0, answer, sizeof(answer)), "allocation %ld: closed again", n);
	}
	ck_assert_msg(strstr(answer, a->answer) != NULL, "allocation %ld: %s", n, answer);
	settle_writer(d.writer);
	check_journal(&d, n);
	close_desk(&d);
	return failed;
}

START_TEST(answers_a_sender_or_hangs_up)
{
	ww_log_set_level((enum ww_log_level) - 1);
	for (size_t i = 0; i < UNIT_COUNT(asked_for); i++) {
		struct asked a = asked_for[i];

		ck_assert_int_gt(alloc_sweep(accept_once, &a, 1), 5);
	}
}
END_TEST

/* -- a notice and its receiver ----------------------------------------------------------------------- */

struct way {
	struct site s;
	struct ww_config *config; /* as the engine's own, apart from that of apply */
	struct ww_writer *writer;
	struct ww_sink sink;
	struct ww_courier *courier;
	int64_t ticks;
};

static int64_t
ticks_of(void *self)
{
	return ((struct way *)self)->ticks;
}

static uint64_t
applied(void *arg)
{
	struct way *w = arg;

	return ww_apply_cursor(w->s.apply);
}

static void
open_way(struct way *w)
{
	struct ww_writer_settings ws = { .clock = { clock_of, &w->s }, .retry_ms = 1 };
	struct ww_courier_settings cs;
	struct ww_config_fault *faults;
	size_t faults_n;

	memset(w, 0, sizeof(*w));
	site_open(&w->s);
	(void)site_config(&w->s, SITE_CONFIG_ROUTED);
	site_does(&w->s, .trigger = "A01", .at = AT("0700"), .person = 1);
	site_does(&w->s, .trigger = "A04", .at = AT("0710"), .person = 2, .class_ = "E");
	site_ok(&w->s,
	    ww_config_parse(&w->s.own, WW_STR(SITE_CONFIG_ROUTED), &w->config, &faults, &faults_n));
	w->ticks = 1;
	ws.journal = &w->s.journal;
	site_ok(&w->s, ww_writer_start(&w->s.own, &ws, &w->writer));
	site_ok(&w->s, ww_sink_memory(&w->s.own, &w->sink));
	cs = (struct ww_courier_settings){ .view = &w->s.ledger,
		.journal = &w->s.journal,
		.writer = w->writer,
		.sink = &w->sink,
		.clock = { clock_of, &w->s },
		.ticks = { ticks_of, w },
		.config = w->config,
		.applied = applied,
		.arg = w };
	site_ok(&w->s, ww_courier_new(&w->s.own, &cs, &w->courier));
}

static void
close_way(struct way *w)
{
	ww_writer_stop(w->writer);
	ww_courier_detach(w->courier);
	w->sink.ops->close(w->sink.self);
	ww_courier_free(w->courier);
	site_close(&w->s);
}

/* One round of all parts; a failure to apply is one that passes. */
static void
go_round(struct way *w, long n)
{
	size_t done = 1;
	ww_status s = WW_OK;

	w->ticks += 60000;
	ww_courier_step(w->courier, 0);
	settle_writer(w->writer);
	while (s == WW_OK && done > 0)
		s = ww_apply_batch(w->s.apply, &w->s.cx, &w->s.journal, SITE_BATCH, &done);
	alloc_assert(s == WW_OK || ww_status_class(s) == WW_TRANSIENT, "allocation %ld: %s", n,
	    ww_status_name(s));
}

/* Both messages were sent on, the second behind the first. */
static void
check_route(struct way *w, long n)
{
	ww_str last = ww_str_empty();
	size_t changes = 0;

	for (size_t i = 0; i < ww_sink_memory_requests(&w->sink); i++) {
		struct ww_sink_got got = ww_sink_memory_request(&w->sink, i);

		if (got.verb != WW_VERB_FORWARD)
			continue;
		changes += !ww_str_eq(got.key, last);
		last = got.key;
	}
	ck_assert_msg(changes == 2, "allocation %ld: %zu messages were sent on", n, changes);
}

static bool
deliver_once(void *arg, long n)
{
	struct way w;
	bool failed;

	(void)arg;
	open_way(&w);
	alloc_arm(n);
	for (int i = 0; i < 16; i++)
		go_round(&w, n);
	failed = alloc_disarm();
	for (int i = 0; i < 16; i++)
		go_round(&w, n);
	ck_assert_msg(strcmp(site_outbox(&w.s), "message raw settled create ; "
	                                        "Task stay settled create; "
	                                        "message raw settled create ; "
	                                        "Communication ed-arrival settled create") == 0,
	    "allocation %ld: %s", n, site_outbox(&w.s));
	check_route(&w, n);
	ck_assert_uint_eq(ww_sink_memory_resources(&w.sink), 2);
	site_rebuilds(&w.s);
	close_way(&w);
	return failed;
}

START_TEST(delivers_each_notice_once)
{
	ww_log_set_level((enum ww_log_level) - 1);
	ck_assert_int_gt(alloc_sweep(deliver_once, NULL, 1), 20);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { answers_a_sender_or_hangs_up, delivers_each_notice_once };

	return unit_main("alloc_flow", tests, UNIT_COUNT(tests));
}
