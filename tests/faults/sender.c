/* ADT of persons who come, stay and go, over a few connections. */
#include "tests/faults/sender.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS = 4, MESSAGE_MAX = 2048, ANSWER_MAX = 4096 };

/* What happens in one visit: trigger and patient class of each message. */
static const struct {
	const char *trigger, *class_;
} plans[][4] = {
	{ { "A01", "I" }, { "A03", "I" } },
	{ { "A01", "I" }, { "A11", "I" } },
	{ { "A01", "I" }, { "A08", "I" }, { "A03", "I" } },
	{ { "A04", "E" }, { "A03", "E" } },
	{ { "A04", "E" }, { "A01", "I" }, { "A03", "I" } },
};

struct person {
	unsigned number, visit, plan, step;
};

struct connection {
	int fd; /* -1: none */
	char control[32];
	char message[MESSAGE_MAX]; /* under way until it is acknowledged; length 0: none */
	size_t length, sent;
	unsigned tries;
	char answer[ANSWER_MAX];
	size_t got;
};

struct sender {
	struct person *persons;
	unsigned persons_n;
	struct connection connections[CONNECTIONS];
	uint64_t random;
	FILE *log;
	unsigned controls, left; /* ids given out; new messages that may still be sent */
	size_t acked, repeated, refused;
};

/* xorshift64* */
uint64_t
sender_random(uint64_t *state, uint64_t below)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (*state * UINT64_C(2685821657736338717) >> 33) % below;
}

/* -- messages --------------------------------------------------------------------------------------- */

static void
begin_visit(struct sender *s, struct person *p)
{
	p->visit++;
	p->step = 0;
	p->plan = (unsigned)sender_random(&s->random, sizeof(plans) / sizeof(plans[0]));
}

/* YYYYMMDDhhmmss of a visit: one a day for each person, so that member and admission tell the visit. */
static void
hour(char out[16], unsigned visit, unsigned hour_)
{
	time_t t =
	    (time_t)1738368000 + (time_t)visit * 86400 + (time_t)hour_ * 3600; /* 2025-02-01 */
	struct tm tm;

	(void)gmtime_r(&t, &tm);
	(void)strftime(out, 16, "%Y%m%d%H%M%S", &tm);
}

static void
write_message(struct sender *s, struct connection *c, struct person *p)
{
	const char *trigger = plans[p->plan][p->step].trigger,
	           *class_ = plans[p->plan][p->step].class_;
	bool leaves = strcmp(trigger, "A03") == 0;
	char admitted[16], now[16];
	unsigned i = p->number;
	int n;

	hour(admitted, p->visit, 7);
	hour(now, p->visit, 8 + p->step);
	(void)snprintf(c->control, sizeof(c->control), "C%u", ++s->controls);
	n = snprintf(c->message, sizeof(c->message),
	    "\vMSH|^~\\&|ADT|MERCY|WARDWIRE|PAYER|%s||ADT^%s|%s|P|2.5.1\rEVN|%s|%s\r"
	    "PID|1||MR%u^^^MERCY^MR||TESTFAMILY%u^GIVEN||19500302|F\r"
	    "PV1|1|%s|4W^401^1^MERCY|E|||||||||||||||V%u.%u^^^MERCY|||||||||||||||||%s||||||||%s|%"
	    "s\r"
	    "IN1|1|PPO|ACME||||||||||||||SEL||||||||||||||||||||||||||||||||M%04u\r\x1c\r",
	    now, trigger, c->control, trigger, now, i, i, class_, i, p->visit, leaves ? "01" : "",
	    admitted, leaves ? now : "", i);
	c->length = (size_t)n;
	c->tries = 0;
	(void)fprintf(s->log, "sent %s %s M%04u %.12s\n", c->control, trigger, p->number, admitted);
	(void)fflush(s->log);
	if (++p->step == 4 || plans[p->plan][p->step].trigger == NULL)
		begin_visit(s, p);
}

/* The next message of one of the connection's own persons: a person's messages come one after the other. */
static void
take_next(struct sender *s, struct connection *c)
{
	unsigned lane = (unsigned)(c - s->connections);
	unsigned i = (unsigned)sender_random(&s->random, s->persons_n / CONNECTIONS);

	s->left--;
	write_message(s, c, &s->persons[i * CONNECTIONS + lane]);
}

/* -- connections ------------------------------------------------------------------------------------ */

static void
hang_up(struct connection *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

void
sender_disconnect(struct sender *s)
{
	for (unsigned i = 0; i < CONNECTIONS; i++)
		hang_up(&s->connections[i]);
}

static void
connect_one(struct connection *c, unsigned port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr = { .s_addr = htonl(INADDR_LOOPBACK) } };

	hang_up(c);
	c->sent = 0;
	c->got = 0;
	c->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (c->fd >= 0 && (fcntl(c->fd, F_SETFD, FD_CLOEXEC) != 0 ||
	                      connect(c->fd, (struct sockaddr *)&to, sizeof(to)) != 0 ||
	                      fcntl(c->fd, F_SETFL, O_NONBLOCK) != 0))
		hang_up(c);
}

void
sender_connect(struct sender *s, unsigned port, unsigned most)
{
	s->left = most;
	for (unsigned i = 0; i < CONNECTIONS; i++)
		connect_one(&s->connections[i], port);
}

static void
give(struct sender *s, struct connection *c)
{
	ssize_t n;

	if (c->length == 0 && s->left > 0)
		take_next(s, c);
	if (c->sent == c->length)
		return;
	if (c->sent == 0 && ++c->tries == 2)
		s->repeated++;
	n = send(c->fd, c->message + c->sent, c->length - c->sent, MSG_NOSIGNAL);
	if (n > 0)
		c->sent += (size_t)n;
	else
		hang_up(c);
}

/* An answer counts for the message it names, and for no other. */
static void
take_answer(struct sender *s, struct connection *c)
{
	char want[64];
	const char *msa;

	c->answer[c->got] = '\0';
	msa = strstr(c->answer, "\rMSA|");
	(void)snprintf(want, sizeof(want), "\rMSA|AA|%s\r", c->control);
	if (msa != NULL && strncmp(msa, want, strlen(want)) == 0) {
		(void)fprintf(s->log, "acked %s\n", c->control);
		(void)fflush(s->log);
		s->acked++;
	} else {
		(void)fprintf(s->log, "refused %s\n", c->control);
		s->refused++;
	}
	c->length = c->sent = c->got = 0;
}

static void
take(struct sender *s, struct connection *c)
{
	ssize_t n = recv(c->fd, c->answer + c->got, ANSWER_MAX - 1 - c->got, 0);

	if (n <= 0) {
		hang_up(c);
		return;
	}
	c->got += (size_t)n;
	if (c->answer[c->got - 1] == '\r' && c->got > 1 && c->answer[c->got - 2] == '\x1c')
		take_answer(s, c);
}

void
sender_step(struct sender *s, int ms)
{
	struct pollfd fds[CONNECTIONS];

	for (unsigned i = 0; i < CONNECTIONS; i++) {
		struct connection *c = &s->connections[i];
		bool more = c->length > 0 ? c->sent < c->length : s->left > 0;

		fds[i] = (struct pollfd){ .fd = c->fd,
			.events = (short)(POLLIN | (more ? POLLOUT : 0)) };
	}
	if (poll(fds, CONNECTIONS, ms) <= 0)
		return;
	for (unsigned i = 0; i < CONNECTIONS; i++) {
		struct connection *c = &s->connections[i];

		if ((fds[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0)
			take(s, c);
		if (c->fd >= 0 && (fds[i].revents & POLLOUT) != 0)
			give(s, c);
	}
}

void
sender_late(struct sender *s, const char *control)
{
	(void)fprintf(s->log, "late %.*s\n", (int)strcspn(control, " \n"), control);
	(void)fflush(s->log);
}

/* -- the whole -------------------------------------------------------------------------------------- */

bool
sender_is_idle(const struct sender *s)
{
	for (unsigned i = 0; i < CONNECTIONS; i++) {
		if (s->connections[i].length > 0)
			return false;
	}
	return true;
}

size_t
sender_acked(const struct sender *s)
{
	return s->acked;
}

size_t
sender_repeated(const struct sender *s)
{
	return s->repeated;
}

size_t
sender_refused(const struct sender *s)
{
	return s->refused;
}

struct sender *
sender_new(unsigned persons, uint64_t seed, FILE *log)
{
	struct sender *s = calloc(1, sizeof(*s));

	if (s == NULL || (s->persons = calloc(persons, sizeof(*s->persons))) == NULL)
		abort();
	s->persons_n = persons;
	s->random = seed * 2 + 1; /* never 0 */
	s->log = log;
	for (unsigned i = 0; i < persons; i++) {
		s->persons[i].number = i + 1;
		begin_visit(s, &s->persons[i]);
	}
	for (unsigned i = 0; i < CONNECTIONS; i++)
		s->connections[i].fd = -1;
	return s;
}

void
sender_free(struct sender *s)
{
	sender_disconnect(s);
	free(s->persons);
	free(s);
}
