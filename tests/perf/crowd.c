/* A crowd around one feed, to see what it costs the others. Prints "ready ..." when all are connected, goes on until SIGTERM or
 * --seconds are over, then prints one line of key=value.
 *
 *   crowd --port P [--idle N] [--slow N] [--flood N] [--silent N] [--storm 1] [--tls 1] [--peers K] [--first K] [--seconds S]
 *
 * --idle: connections that send one message, take its answer, and then nothing. --slow: a frame that gets a byte a second and
 * no end. --flood: messages one behind the other without waiting for answers. --storm: connections opened and closed at
 * once, as fast as it goes. --silent: nothing at all, as a handshake that never begins. --tls: the idle ones are under TLS. --peers: so many addresses of 127.1.0.0/16 in turns. --first: number of the first person. */
#include "tests/perf/perf.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { STEPS = 100, STEP_US = 10000, EVENTS = 256, DRAIN = 1 << 16, OWED_MOST = 64 };

enum kind { IDLE, SLOW, SILENT, FLOOD, KINDS };

struct connection {
	enum kind kind;
	struct ssl_st *tls; /* NULL: plain */
	int fd;             /* -1: closed by the other side */
	size_t answers;     /* bytes FS seen */
	size_t out_n;       /* bytes of the message under way that left */
	char out[PERF_WIRE];
};

static const char *const names[KINDS] = {
	[IDLE] = "idle", [SLOW] = "slow", [SILENT] = "silent", [FLOOD] = "flood"
};

static struct connection *connections;
static size_t connections_n, greeted, ungreeted, wanted[KINDS], closed[KINDS];
static uint64_t peers, bytes, answers, storms;
static uint32_t messages;
static unsigned port;
static bool tls;
static int ep;
static volatile sig_atomic_t stopped;

static void
on_stop(int sig)
{
	(void)sig;
	stopped = 1;
}

static void
allow_descriptors(void)
{
	struct rlimit r;

	perf_need(getrlimit(RLIMIT_NOFILE, &r) == 0, "getrlimit");
	r.rlim_cur = r.rlim_max;
	perf_need(setrlimit(RLIMIT_NOFILE, &r) == 0, "setrlimit");
	perf_need(r.rlim_cur >= connections_n + 16,
	    "a limit on descriptors below the connections wanted");
}

/* From the address of that number; -1 when it is refused. */
static int
connect_from(uint64_t n)
{
	struct sockaddr_in from = { .sin_family = AF_INET }, to = from;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	perf_need(fd >= 0, "socket");
	from.sin_addr.s_addr = htonl(UINT32_C(0x7f010001) + (uint32_t)(n % peers));
	to.sin_port = htons((uint16_t)port);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	perf_need(bind(fd, (struct sockaddr *)&from, sizeof(from)) == 0, "bind");
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static void
lose(struct connection *c)
{
	close(c->fd);
	c->fd = -1;
	closed[c->kind]++;
	ungreeted += c->kind == IDLE && c->answers == 0;
}

static void
open_one(size_t i, enum kind kind)
{
	struct connection *c = &connections[i];
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = c };

	c->kind = kind;
	c->fd = connect_from(i);
	perf_need(c->fd >= 0, "connect");
	perf_tune(c->fd);
	if (kind == FLOOD)
		e.events |= EPOLLOUT;
	perf_need(epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &e) == 0, "epoll_ctl");
	perf_message(c->out, "A01", 'V', messages, messages);
	messages++;
	greeted += kind == IDLE;
	if (kind == IDLE && tls)
		c->tls = perf_tls(c->fd);
	if (kind == IDLE && perf_write(c->tls, c->fd, c->out, PERF_WIRE) != PERF_WIRE)
		lose(c);
}

/* -- what each does --------------------------------------------------------------------------------- */

static void
read_answers(struct connection *c)
{
	static char in[DRAIN];
	ssize_t n = perf_read(c->tls, c->fd, in, sizeof(in));
	size_t ended = 0;

	if (n <= 0) {
		if (n == 0 || (errno != EAGAIN && errno != EINTR))
			lose(c);
		return;
	}
	for (ssize_t i = 0; i < n; i++)
		ended += in[i] == '\x1c';
	c->answers += ended;
	answers += ended;
}

static void
flood(struct connection *c)
{
	ssize_t n = send(c->fd, c->out + c->out_n, PERF_WIRE - c->out_n, MSG_NOSIGNAL);

	if (n < 0) {
		if (errno != EAGAIN && errno != EINTR)
			lose(c);
		return;
	}
	bytes += (uint64_t)n;
	c->out_n += (size_t)n;
	if (c->out_n < PERF_WIRE)
		return;
	c->out_n = 0;
	perf_message(c->out, "A01", 'V', messages, messages);
	messages++;
}

/* A byte of its frame, which begins and never ends. */
static void
drip(struct connection *c)
{
	char byte = c->out_n == 0 ? '\v' : c->out[1 + c->out_n % (PERF_WIRE - 4)];

	if (send(c->fd, &byte, 1, MSG_NOSIGNAL) != 1) {
		lose(c);
		return;
	}
	c->out_n++;
	bytes++;
}

/* The n-th part of the slow ones has its turn, so that every second each has one. */
static void
drip_part(size_t n)
{
	for (size_t i = n; i < connections_n; i += STEPS)
		if (connections[i].kind == SLOW && connections[i].fd >= 0)
			drip(&connections[i]);
}

static void
storm(uint64_t until)
{
	const struct linger reset = { .l_onoff = 1, .l_linger = 0 };

	while (!stopped && perf_us() < until) {
		int fd = connect_from(storms++);

		if (fd < 0)
			continue;
		if (storms % 2 == 0) /* by a reset, else in order */
			(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
		close(fd);
	}
}

static void
take_events(int ms)
{
	struct epoll_event ready[EVENTS];
	int n = epoll_wait(ep, ready, EVENTS, ms);

	for (int i = 0; i < n; i++) {
		struct connection *c = ready[i].data.ptr;

		if (c->fd >= 0 && (ready[i].events & ~(uint32_t)EPOLLOUT) != 0)
			read_answers(c);
		if (c->fd >= 0 && (ready[i].events & EPOLLOUT) != 0)
			flood(c);
	}
}

/* -- the run ---------------------------------------------------------------------------------------- */

/* Answers to idle connections that are still to come. */
static size_t
owed(void)
{
	return greeted - ungreeted - (size_t)answers;
}

static void
gather(void)
{
	size_t i = 0;

	/* The flood last, so that it meets all of the others. */
	for (enum kind k = IDLE; k < KINDS; k++) {
		for (size_t n = 0; n < wanted[k] && !stopped; n++) {
			open_one(i++, k);
			/* Few at once: what is under way would count for what connections cost. */
			while (owed() > OWED_MOST && !stopped)
				take_events(100);
		}
		while (owed() > 0 && !stopped)
			take_events(100);
	}
	printf("ready idle=%zu slow=%zu silent=%zu flood=%zu\n", wanted[IDLE], wanted[SLOW],
	    wanted[SILENT], wanted[FLOOD]);
	fflush(stdout);
}

static void
go_on(uint64_t until, bool storming)
{
	uint64_t next = perf_us();

	for (size_t n = 0; !stopped && perf_us() < until; n++) {
		drip_part(n % STEPS);
		next += STEP_US;
		if (storming)
			storm(next);
		do
			take_events(1);
		while (!stopped && perf_us() < next);
	}
}

int
main(int argc, char **argv)
{
	struct sigaction stop = { .sa_handler = on_stop };
	uint64_t seconds = perf_number(argc, argv, "seconds", 86400);

	for (enum kind k = IDLE; k < KINDS; k++)
		connections_n += wanted[k] = perf_number(argc, argv, names[k], 0);
	messages = (uint32_t)perf_number(argc, argv, "first", 0);
	peers = perf_number(argc, argv, "peers", 1);
	port = (unsigned)perf_number(argc, argv, "port", 2575);
	tls = perf_number(argc, argv, "tls", 0) != 0;
	perf_need(peers > 0 && peers < 60000, "--peers");
	perf_need(sigaction(SIGTERM, &stop, NULL) == 0, "sigaction");
	allow_descriptors();
	connections = calloc(connections_n + 1, sizeof(*connections));
	ep = epoll_create1(0);
	perf_need(connections != NULL && ep >= 0, "connections");
	gather();
	go_on(perf_us() + seconds * 1000000, perf_number(argc, argv, "storm", 0) != 0);
	printf("closed_idle=%zu closed_slow=%zu closed_silent=%zu closed_flood=%zu bytes=%" PRIu64
	       " answers=%" PRIu64 " storms=%" PRIu64 "\n",
	    closed[IDLE], closed[SLOW], closed[SILENT], closed[FLOOD], bytes, answers, storms);
	return EXIT_SUCCESS;
}
