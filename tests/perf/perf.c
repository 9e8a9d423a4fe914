/* What the programs of the speed measurement share. */
#include "tests/perf/perf.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

void
perf_need(bool ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	exit(EXIT_FAILURE);
}

static uint64_t
us_of(clockid_t clock)
{
	struct timespec t;

	(void)clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

uint64_t
perf_us(void)
{
	return us_of(CLOCK_MONOTONIC);
}

uint64_t
perf_cpu_us(void)
{
	return us_of(CLOCK_PROCESS_CPUTIME_ID);
}

const char *
perf_text(int argc, char **argv, const char *name, const char *otherwise)
{
	for (int i = 1; i + 1 < argc; i++) {
		if (strncmp(argv[i], "--", 2) == 0 && strcmp(argv[i] + 2, name) == 0)
			return argv[i + 1];
	}
	return otherwise;
}

uint64_t
perf_number(int argc, char **argv, const char *name, uint64_t otherwise)
{
	const char *text = perf_text(argc, argv, name, NULL);

	return text != NULL ? strtoull(text, NULL, 10) : otherwise;
}

/* -- sockets ---------------------------------------------------------------------------------------- */

static struct sockaddr_in
here(unsigned port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

int
perf_listen(void)
{
	struct sockaddr_in at = here(0);
	socklen_t n = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	perf_need(
	    fd >= 0 && bind(fd, (struct sockaddr *)&at, n) == 0 && listen(fd, 1024) == 0, "listen");
	perf_need(getsockname(fd, (struct sockaddr *)&at, &n) == 0, "getsockname");
	perf_tune(fd);
	printf("%u\n", (unsigned)ntohs(at.sin_port));
	fflush(stdout);
	return fd;
}

int
perf_connect(unsigned port)
{
	struct sockaddr_in at = here(port);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	perf_need(fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0, "connect");
	perf_tune(fd);
	return fd;
}

void
perf_tune(int fd)
{
	int on = 1;

	(void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

/* -- TLS -------------------------------------------------------------------------------------------- */

static void
await(SSL *tls, int result, int fd)
{
	int e = SSL_get_error(tls, result);
	struct pollfd p = { .fd = fd, .events = e == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT };

	perf_need(e == SSL_ERROR_WANT_READ || e == SSL_ERROR_WANT_WRITE, "TLS");
	perf_need(poll(&p, 1, 60000) == 1, "poll");
}

SSL *
perf_tls(int fd)
{
	static SSL_CTX *ctx;
	SSL *tls;
	int result;

	if (ctx == NULL) {
		ctx = SSL_CTX_new(TLS_client_method());
		perf_need(ctx != NULL, "TLS");
		(void)SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
	}
	tls = SSL_new(ctx);
	perf_need(tls != NULL && SSL_set_fd(tls, fd) == 1, "TLS");
	while ((result = SSL_connect(tls)) != 1)
		await(tls, result, fd);
	return tls;
}

/* What a call under TLS gave, in the words of read. */
static ssize_t
outcome(SSL *tls, int result)
{
	int e = result > 0 ? SSL_ERROR_NONE : SSL_get_error(tls, result);

	errno = e == SSL_ERROR_WANT_READ || e == SSL_ERROR_WANT_WRITE ? EAGAIN : EIO;
	return result > 0 ? result : e == SSL_ERROR_ZERO_RETURN ? 0 : -1;
}

ssize_t
perf_read(SSL *tls, int fd, void *p, size_t n)
{
	return tls == NULL ? read(fd, p, n) : outcome(tls, SSL_read(tls, p, (int)n));
}

ssize_t
perf_write(SSL *tls, int fd, const void *p, size_t n)
{
	return tls == NULL ? send(fd, p, n, MSG_NOSIGNAL) : outcome(tls, SSL_write(tls, p, (int)n));
}

/* -- messages --------------------------------------------------------------------------------------- */

/* Neighbours far apart, each number once: the factor has no divisor in common with PERF_PERSONS. */
static unsigned
scattered(uint32_t person)
{
	return (unsigned)((uint64_t)person * 7654321 % PERF_PERSONS);
}

void
perf_message(char wire[PERF_WIRE], const char *event, char visit, uint32_t person, uint32_t control)
{
	unsigned n = scattered(person), minute = person % 1440;
	int len, pad;

	len = snprintf(wire, PERF_WIRE,
	    "\vMSH|^~\\&|ADT|MERCY|WARDWIRE|PAYER|20260302%02u%02u00-0500||ADT^%s^ADT_A01|B%08u|P|"
	    "2.5.1\r"
	    "EVN|%s|20260302%02u%02u00-0500\r"
	    "PID|1||MR%07u^^^MERCY^MR||ALDER%07u^ANNE^Q||195%u0417|F|||1 MAIN "
	    "STREET^^TOWNSVILLE^NY^10001||"
	    "^PRN^PH^^^555^0100100|^WPN^PH^^^555^0100101|EN|M|||||||||||||||N\r"
	    "NK1|1|ALDER^BRUNO^W|SPO|1 MAIN STREET^^TOWNSVILLE^NY^10001|^PRN^PH^^^555^0100102\r"
	    "PV1|1|I|4W^401^1^MERCY|E|||1234567893^DOC^DORA^^^DR|||MED||||7|||1234567893^DOC^DORA^^"
	    "^DR|"
	    "INP|%c%07u^^^MERCY|||||||||||||||||||||||||20260302%02u%02u00-0500\r"
	    "PV2||MED|^SHORTNESS OF BREATH AND SWELLING OF THE LEGS\r"
	    "DG1|1||I50.23^ACUTE ON CHRONIC SYSTOLIC HEART FAILURE^I10|||A\r"
	    "DG1|2||E11.22^TYPE 2 DIABETES WITH CHRONIC KIDNEY DISEASE^I10|||A\r"
	    "IN1|1|PPO|ACME|ACME"
	    "|||||||||||||SEL|||||||||||||||||||M%07u\r"
	    "ZXX|",
	    minute / 60, minute % 60, event, control, event, minute / 60, minute % 60, n, n, n % 10,
	    visit, n, minute / 60, minute % 60, n);
	pad = PERF_WIRE - len - 3;
	assert(len > 0 && pad >= 0);
	memset(wire + len, 'X', (size_t)pad);
	memcpy(wire + len + pad, "\r\x1c\r", 3);
}

void
perf_roster_line(uint32_t person, unsigned practices, char line[128])
{
	unsigned n = scattered(person);

	(void)snprintf(line, 128,
	    "M%07u,\"ALDER%07u, ANNE\",195%u-04-17,F,practice%u,2025-01-01,\n", n, n, n % 10,
	    person % practices);
}
