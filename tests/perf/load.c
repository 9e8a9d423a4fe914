/* Load over MLLP: so many connections with one message outstanding on each, every message an admission of another person,
 * every answer checked. Prints one line of key=value.
 *
 *   load --port P [--connections 32] [--seconds 5 | --messages N] [--first K] [--rate R] [--event A01] [--same N] [--step S]
 *        [--visit V] [--tls 1]
 *   load --roster N --first K --practices M       prints a roster of N persons from the K-th on
 *
 * --tls 1: under TLS. --rate: at most so many a second over all connections. --same: the persons repeat after N. --step: and are
 * the S-th each. --visit: another letter is another visit of each. */
#include "tests/perf/perf.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { CONNECTIONS_MOST = 20000, BUCKETS = 1 << 20, ANSWER_MOST = 4096, EVENTS = 256 };

struct connection {
	int fd;
	struct ssl_st *tls; /* NULL: plain */
	uint64_t sent_at;
	size_t out_n, in_n; /* bytes of the message that left, of the answer that came */
	bool waiting;       /* for an answer */
	char out[PERF_WIRE];
	char in[ANSWER_MOST];
};

static struct connection *connections;
static size_t connections_n;
static uint32_t buckets[BUCKETS]; /* answers by microseconds; the last takes all above */
static uint64_t answered, refused, started, stop_at, most, rate, first, sent, same, step;
static const char *event;
static char visit;
static int ep;

/* -- one message ------------------------------------------------------------------------------------ */

/* What a paced run may have sent by now. */
static bool
may_send(uint64_t now)
{
	if (now >= stop_at || sent >= most)
		return false;
	return rate == 0 || sent < (now - started) * rate / 1000000 + 1;
}

static void
push(struct connection *c)
{
	ssize_t n = perf_write(c->tls, c->fd, c->out + c->out_n, PERF_WIRE - c->out_n);

	perf_need(n > 0, "write");
	c->out_n += (size_t)n;
	perf_need(c->out_n == PERF_WIRE, "a send buffer smaller than a message");
}

static void
send_next(struct connection *c, uint64_t now)
{
	uint64_t k = first + sent++;

	perf_message(
	    c->out, event, visit, (uint32_t)((same != 0 ? k % same : k) * step), (uint32_t)k);
	c->out_n = c->in_n = 0;
	c->sent_at = now;
	c->waiting = true;
	push(c);
}

static void
note(struct connection *c, uint64_t now)
{
	uint64_t us = now - c->sent_at;

	buckets[us < BUCKETS ? us : BUCKETS - 1]++;
	answered++;
	c->waiting = false;
	c->in[c->in_n] = '\0';
	if (strstr(c->in, "MSA|AA|") == NULL)
		refused++;
}

static void
take(struct connection *c)
{
	ssize_t n = perf_read(c->tls, c->fd, c->in + c->in_n, ANSWER_MOST - 1 - c->in_n);
	uint64_t now = perf_us();

	if (n < 0 && errno == EAGAIN)
		return; /* of TLS, and no bytes for us */
	perf_need(n > 0, "the server closed a connection");
	c->in_n += (size_t)n;
	if (c->in_n < 3 || memcmp(c->in + c->in_n - 2, "\x1c\r", 2) != 0)
		return;
	note(c, now);
	if (may_send(now))
		send_next(c, now);
}

/* -- the run ---------------------------------------------------------------------------------------- */

static size_t
waiting(void)
{
	size_t n = 0;

	for (size_t i = 0; i < connections_n; i++)
		n += connections[i].waiting;
	return n;
}

/* Of a paced run: lets idle connections send what has come due. */
static void
feed_idle(void)
{
	uint64_t now = perf_us();

	for (size_t i = 0; i < connections_n && may_send(now); i++) {
		if (!connections[i].waiting)
			send_next(&connections[i], now);
	}
}

static void
run(void)
{
	struct epoll_event ready[EVENTS];

	started = perf_us();
	stop_at += started;
	feed_idle();
	while ((perf_us() < stop_at && sent < most) || waiting() > 0) {
		int n = epoll_wait(ep, ready, EVENTS, rate != 0 ? 1 : 100);

		for (int i = 0; i < n; i++)
			take(ready[i].data.ptr);
		if (rate != 0)
			feed_idle();
	}
}

static uint64_t
percentile(double p)
{
	uint64_t want = (uint64_t)((double)answered * p), seen = 0, us = 0;

	while (us < BUCKETS - 1 && (seen += buckets[us]) <= want)
		us++;
	return us;
}

static void
open_connections(unsigned port, bool tls)
{
	connections = calloc(connections_n, sizeof(*connections));
	ep = epoll_create1(0);
	perf_need(connections != NULL && ep >= 0, "connections");
	for (size_t i = 0; i < connections_n; i++) {
		struct epoll_event e = { .events = EPOLLIN, .data.ptr = &connections[i] };

		connections[i].fd = perf_connect(port);
		connections[i].tls = tls ? perf_tls(connections[i].fd) : NULL;
		perf_need(epoll_ctl(ep, EPOLL_CTL_ADD, connections[i].fd, &e) == 0, "epoll_ctl");
	}
}

static int
print_roster(uint64_t n, unsigned practices)
{
	char line[128];

	puts("member_id,name,birth_date,sex,practice,effective,end");
	for (uint64_t i = 0; i < n; i++) {
		perf_roster_line((uint32_t)(first + i), practices, line);
		(void)fputs(line, stdout);
	}
	return EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
	double seconds;

	first = perf_number(argc, argv, "first", 0);
	if (perf_text(argc, argv, "roster", NULL) != NULL)
		return print_roster(perf_number(argc, argv, "roster", 0),
		    (unsigned)perf_number(argc, argv, "practices", 1));
	connections_n = perf_number(argc, argv, "connections", 32);
	perf_need(connections_n > 0 && connections_n <= CONNECTIONS_MOST, "--connections");
	most = perf_number(argc, argv, "messages", UINT64_MAX);
	stop_at =
	    most != UINT64_MAX ? UINT64_MAX / 2 : perf_number(argc, argv, "seconds", 5) * 1000000;
	rate = perf_number(argc, argv, "rate", 0);
	same = perf_number(argc, argv, "same", 0);
	step = perf_number(argc, argv, "step", 1);
	event = perf_text(argc, argv, "event", "A01");
	visit = *perf_text(argc, argv, "visit", "V");
	open_connections((unsigned)perf_number(argc, argv, "port", 2575),
	    perf_number(argc, argv, "tls", 0) != 0);
	run();
	seconds = (double)(perf_us() - started) / 1e6;
	printf("connections=%zu seconds=%.2f acknowledged=%" PRIu64 " refused=%" PRIu64
	       " rate=%.0f p50=%" PRIu64 " p99=%" PRIu64 " p999=%" PRIu64 " most=%" PRIu64 "\n",
	    connections_n, seconds, answered, refused, (double)answered / seconds, percentile(0.5),
	    percentile(0.99), percentile(0.999), percentile(1 - 1e-9));
	return refused == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
