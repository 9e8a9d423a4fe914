/* The MLLP listener under TLS, met over loopback. Client and listener share one thread, and take turns. */
#include "tests/unit/tls_pair.h"

#include "base/network.h"
#include "link/loop.h"
#include "link/mllp_in.h"
#include "link/mllp_room.h"

#include <wardwire/buf.h>
#include <wardwire/log.h>

#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <time.h>

static struct certs certs;

struct bench {
	struct ww_ctx cx;
	struct ww_loop *loop;
	struct ww_mllp_room *room;
	struct ww_mllp_in *in;
	struct ww_tls *server, *client;
	struct ww_mllp_frame *kept; /* a frame that begins with ? is not answered at once */
	char names[128];            /* of the peer of the frame before, each with a blank */
	unsigned frames;
	bool closed;
};

static void
on_frame(void *arg, struct ww_mllp_frame *f, ww_str payload, ww_str peer)
{
	struct bench *b = arg;
	struct ww_tls_names names = ww_mllp_frame_names(f);
	size_t at = 0;

	(void)peer;
	b->frames++;
	b->names[0] = '\0';
	for (size_t i = 0; i < names.n && at < sizeof(b->names); i++)
		at += (size_t)snprintf(
		    b->names + at, sizeof(b->names) - at, "%.*s ", WW_STR_FMT(names.v[i]));
	if (payload.p[0] == '?')
		b->kept = f;
	else
		ww_mllp_answer(f, payload);
}

static void
open_bench(struct bench *b, const struct ww_mllp_in_settings *changes)
{
	static const struct ww_mllp_room_settings wide = {
		.frames = 1000, .bytes = 64 << 20, .open = 64 << 20, .connections = 1000
	};
	struct ww_tls_settings server = certs_settings(&certs, true, "server", "ca");
	struct ww_tls_settings client = certs_settings(&certs, false, "client", "ca");
	struct ww_mllp_in_settings set = { .address = WW_STR("127.0.0.1:0"),
		.max_message = 1 << 20,
		.max_connections = 10,
		.peer_connections = 10,
		.peer_rate = 1000000,
		.frame_timeout = 30,
		.frame_deadline = 300,
		.idle_timeout = 3600,
		.accept_queue = 16,
		.max_pending = 64,
		.handshake_timeout = 60,
		.on_frame = on_frame,
		.on_too_big = on_frame };

	memset(b, 0, sizeof(*b));
	ww_log_set_level(WW_LOG_ERROR);
	b->cx.arena = ww_arena_new(0);
	ck_assert_int_eq(ww_tls_open(&b->cx, &server, &b->server), WW_OK);
	ck_assert_int_eq(ww_tls_open(&b->cx, &client, &b->client), WW_OK);
	set.tls = b->server;
	set.arg = b;
	if (changes != NULL && changes->handshake_timeout > 0)
		set.handshake_timeout = changes->handshake_timeout;
	if (changes != NULL && changes->max_connections > 0)
		set.max_connections = changes->max_connections;
	if (changes != NULL) {
		set.networks = changes->networks;
		set.networks_n = changes->networks_n;
	}
	ck_assert_int_eq(ww_loop_new(&b->cx, &b->loop), WW_OK);
	ck_assert_int_eq(ww_mllp_room_new(b->loop, &b->cx, &wide, &b->room), WW_OK);
	set.room = b->room;
	ck_assert_int_eq(ww_mllp_in_open(b->loop, &b->cx, &set, &b->in), WW_OK);
}

static void
turn(struct bench *b)
{
	event_base_loop(ww_loop_base(b->loop), EVLOOP_NONBLOCK);
}

/* Turns the loop until cond holds. */
#define UNTIL(b, cond)                                                                             \
	do {                                                                                       \
		time_t end_ = time(NULL) + 60;                                                     \
		while (!(cond)) {                                                                  \
			ck_assert_msg(time(NULL) < end_, "never came: %s", #cond);                 \
			turn(b);                                                                   \
		}                                                                                  \
	} while (0)

static void
on_closed(void *arg)
{
	struct bench *b = arg;

	b->closed = true;
}

static void
close_bench(struct bench *b)
{
	ww_mllp_in_close(b->in, 0, on_closed, b);
	UNTIL(b, b->closed);
	if (b->kept != NULL)
		ww_mllp_abandon(b->kept);
	ww_mllp_room_free(b->room);
	ww_loop_free(b->loop);
	ww_tls_close(b->server);
	ww_tls_close(b->client);
	ww_arena_free(b->cx.arena);
}

static uint64_t
connections(struct bench *b)
{
	uint64_t n, frames, noise;

	ww_mllp_in_counts(b->in, &n, &frames, &noise);
	return n;
}

static uint64_t
refused(struct bench *b)
{
	uint64_t outside, handshakes;

	ww_mllp_in_refused(b->in, &outside, &handshakes);
	return outside * 1000 + handshakes;
}

/* -- a client --------------------------------------------------------------------------------------- */

struct caller {
	int fd;
	struct ww_tls_conn *tls;
};

static int
dial(struct bench *b)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)ww_mllp_in_port(b->in)) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	ck_assert_int_eq(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	return fd;
}

static struct caller
call(struct bench *b)
{
	struct caller c = { .fd = dial(b) };
	enum ww_tls_end e = WW_TLS_WANT_READ;

	c.tls = ww_tls_conn_new(b->client, c.fd, "localhost");
	UNTIL(b, (e = ww_tls_handshake(c.tls)) == WW_TLS_DONE || e == WW_TLS_FAILED);
	ck_assert_int_eq(e, WW_TLS_DONE);
	return c;
}

static void
hang_up(struct caller *c)
{
	ww_tls_conn_free(c->tls);
	close(c->fd);
}

static void
say(struct bench *b, struct caller *c, ww_str bytes)
{
	size_t put;

	while (bytes.n > 0) {
		enum ww_tls_end e = ww_tls_write(c->tls, bytes.p, bytes.n, &put);

		ck_assert(e == WW_TLS_DONE || e == WW_TLS_WANT_WRITE);
		bytes = ww_str_sub(bytes, put, bytes.n);
		if (e != WW_TLS_DONE)
			turn(b);
	}
}

/* Reads that many bytes. */
static void
hear(struct bench *b, struct caller *c, char *to, size_t n)
{
	enum ww_tls_end e = WW_TLS_WANT_READ;
	size_t got;

	while (n > 0) {
		UNTIL(b, (e = ww_tls_read(c->tls, to, n, &got)) != WW_TLS_WANT_READ);
		ck_assert_msg(e == WW_TLS_DONE, "%d with %zu to come", (int)e, n);
		to += got;
		n -= got;
	}
}

static void
hear_text(struct bench *b, struct caller *c, const char *want)
{
	char got[256] = "";

	hear(b, c, got, strlen(want));
	ck_assert_str_eq(got, want);
}

static void
hear_end(struct bench *b, struct caller *c)
{
	enum ww_tls_end e = WW_TLS_DONE;
	size_t got;
	char byte;

	UNTIL(b, (e = ww_tls_read(c->tls, &byte, 1, &got)) != WW_TLS_WANT_READ);
	ck_assert_int_eq(e, WW_TLS_EOF);
}

/* A plain one is closed, and was told nothing that is no TLS. */
static void
fall_silent(struct bench *b, int fd)
{
	char bytes[64];
	ssize_t n = -1;

	UNTIL(b, (n = recv(fd, bytes, sizeof(bytes), 0)) == 0 || (n < 0 && errno == ECONNRESET) ||
	             (n > 0 && bytes[0] != 21));
	ck_assert_int_le(n, 0);
	close(fd);
}

/* -- tests ------------------------------------------------------------------------------------------ */

START_TEST(answers_under_tls_and_names_the_peer)
{
	struct bench b;
	struct caller c;

	open_bench(&b, NULL);
	c = call(&b);
	say(&b, &c, WW_STR("\vone\x1c\r\vtwo\x1c\r"));
	hear_text(&b, &c, "\vone\x1c\r\vtwo\x1c\r");
	ck_assert_str_eq(b.names, "st-vincent adt.svh.example ");
	ck_assert_uint_eq(b.frames, 2);
	hang_up(&c);
	UNTIL(&b, connections(&b) == 0);
	ck_assert_uint_eq(refused(&b), 0);
	close_bench(&b);
}
END_TEST

START_TEST(answers_a_peer_that_has_half_closed)
{
	struct bench b;
	struct caller c;

	open_bench(&b, NULL);
	c = call(&b);
	say(&b, &c, WW_STR("\vone\x1c\r\v?\x1c\r"));
	ww_tls_finish(c.tls);
	hear_text(&b, &c, "\vone\x1c\r");
	UNTIL(&b, b.kept != NULL);
	for (int i = 0; i < 20; i++)
		turn(&b); /* its end has been seen by now */
	ck_assert_uint_eq(connections(&b), 1);
	ww_mllp_answer(b.kept, WW_STR("late"));
	b.kept = NULL;
	hear_text(&b, &c, "\vlate\x1c\r");
	hear_end(&b, &c);
	UNTIL(&b, connections(&b) == 0);
	hang_up(&c);
	close_bench(&b);
}
END_TEST

/* More than the buffers of both sides and of the system hold, and answers that nobody reads for a while. */
START_TEST(waits_for_a_peer_that_does_not_read)
{
	enum { FRAMES = 1500, PAYLOAD = 16000, WIRE = PAYLOAD + 3 };
	static char sent[FRAMES * WIRE], heard[FRAMES * WIRE];
	struct bench b;
	struct caller c;
	size_t at = 0, quiet = 0, put;

	for (size_t i = 0; i < FRAMES; i++) {
		char *f = sent + i * WIRE;

		memset(f, 'a' + (int)(i % 26), WIRE);
		f[0] = '\v';
		memcpy(f + WIRE - 2, "\x1c\r", 2);
	}
	open_bench(&b, NULL);
	c = call(&b);
	while (quiet < 200) {
		enum ww_tls_end e = ww_tls_write(c.tls, sent + at, sizeof(sent) - at, &put);

		at += put;
		ck_assert_uint_lt(at, sizeof(sent)); /* it is not read for ever */
		ck_assert(e == WW_TLS_DONE || e == WW_TLS_WANT_WRITE);
		quiet = e == WW_TLS_DONE ? 0 : quiet + 1;
		turn(&b);
	}
	for (size_t in = 0; in < sizeof(heard);) {
		enum ww_tls_end e;
		size_t got;

		if (at < sizeof(sent)) {
			e = ww_tls_write(c.tls, sent + at, sizeof(sent) - at, &put);
			at += put;
			ck_assert(e == WW_TLS_DONE || e == WW_TLS_WANT_WRITE);
		}
		e = ww_tls_read(c.tls, heard + in, sizeof(heard) - in, &got);
		in += got;
		ck_assert(e == WW_TLS_DONE || e == WW_TLS_WANT_READ);
		turn(&b);
	}
	ck_assert_int_eq(memcmp(sent, heard, sizeof(sent)), 0);
	hang_up(&c);
	close_bench(&b);
}
END_TEST

START_TEST(refuses_what_is_no_tls_and_goes_on)
{
	struct bench b;
	struct caller c;
	int fd;

	open_bench(&b, NULL);
	fd = dial(&b);
	ck_assert_int_eq(send(fd, "\vMSH|\x1c\r", 8, 0), 8);
	fall_silent(&b, fd);
	ck_assert_uint_eq(refused(&b), 1);
	c = call(&b);
	say(&b, &c, WW_STR("\vone\x1c\r"));
	hear_text(&b, &c, "\vone\x1c\r");
	hang_up(&c);
	close_bench(&b);
}
END_TEST

START_TEST(ends_a_handshake_that_takes_too_long)
{
	const struct ww_mllp_in_settings soon = { .handshake_timeout = 1 };
	struct bench b;
	int fd;

	open_bench(&b, &soon);
	fd = dial(&b);
	UNTIL(&b, connections(&b) == 1);
	ck_assert_int_eq(send(fd, "\x16\x03\x01", 3, 0), 3); /* the beginning of one */
	fall_silent(&b, fd);
	ck_assert_uint_eq(refused(&b), 1);
	ck_assert_uint_eq(connections(&b), 0);
	close_bench(&b);
}
END_TEST

START_TEST(counts_handshakes_as_connections)
{
	const struct ww_mllp_in_settings few = { .max_connections = 2 };
	struct bench b;
	struct caller c;
	int fd[2];

	open_bench(&b, &few);
	fd[0] = dial(&b);
	c = call(&b);
	UNTIL(&b, connections(&b) == 2);
	fd[1] = dial(&b);
	fall_silent(&b, fd[1]);
	ck_assert_uint_eq(connections(&b), 2);
	close(fd[0]);
	UNTIL(&b, connections(&b) == 1);
	hang_up(&c);
	close_bench(&b);
}
END_TEST

START_TEST(takes_a_new_certificate_for_new_connections)
{
	struct ww_tls_settings other = certs_settings(&certs, true, "renewed", "ca");
	struct caller before, after;
	struct ww_tls *renewed;
	struct bench b;

	open_bench(&b, NULL);
	before = call(&b);
	ck_assert_int_eq(ww_tls_open(&b.cx, &other, &renewed), WW_OK);
	ww_mllp_in_renew(b.in, renewed);
	ww_tls_close(b.server);
	b.server = renewed;
	after = call(&b);
	unit_str_is(ww_tls_peer_names(before.tls).v[0], "server.example");
	unit_str_is(ww_tls_peer_names(after.tls).v[0], "renewed.example");
	say(&b, &before, WW_STR("\vone\x1c\r"));
	hear_text(&b, &before, "\vone\x1c\r");
	say(&b, &after, WW_STR("\vtwo\x1c\r"));
	hear_text(&b, &after, "\vtwo\x1c\r");
	hang_up(&before);
	hang_up(&after);
	close_bench(&b);
}
END_TEST

START_TEST(closes_peers_from_elsewhere_at_once)
{
	struct ww_network far;
	const struct ww_mllp_in_settings some = { .networks = &far, .networks_n = 1 };
	struct bench b;

	ck_assert(ww_network_parse(WW_STR("10.0.0.0/8"), &far));
	open_bench(&b, &some);
	fall_silent(&b, dial(&b));
	ck_assert_uint_eq(refused(&b), 1000);
	close_bench(&b);
	ck_assert(ww_network_parse(WW_STR("127.0.0.0/8"), &far));
	open_bench(&b, &some);
	{
		struct caller c = call(&b);

		hang_up(&c);
	}
	close_bench(&b);
}
END_TEST

/* A listener that is closed with handshakes and unread answers under way. */
START_TEST(closes_with_handshakes_under_way)
{
	struct bench b;
	struct caller c;
	int fd;

	open_bench(&b, NULL);
	c = call(&b);
	say(&b, &c, WW_STR("\v?\x1c\r"));
	fd = dial(&b);
	UNTIL(&b, b.kept != NULL && connections(&b) == 2);
	close_bench(&b);
	hang_up(&c);
	close(fd);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		answers_under_tls_and_names_the_peer,
		answers_a_peer_that_has_half_closed,
		waits_for_a_peer_that_does_not_read,
		refuses_what_is_no_tls_and_goes_on,
		ends_a_handshake_that_takes_too_long,
		counts_handshakes_as_connections,
		takes_a_new_certificate_for_new_connections,
		closes_peers_from_elsewhere_at_once,
		closes_with_handshakes_under_way,
	};
	int status;

	certs_make(&certs);
	status = unit_main("mllp_tls", tests, UNIT_COUNT(tests));
	certs_remove(&certs);
	return status;
}
