/* A FHIR server that takes everything: reads a request, answers 201 with an id and a version, forgets it. So bare that what
 * is measured before it is wardwire. Prints its port; SIGTERM ends it with the number of requests on standard error. */
#include "tests/perf/perf.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REQUEST_MOST = 262144, EVENTS = 64 };

struct connection {
	int fd;
	size_t n;
	char in[REQUEST_MOST + 1];
};

static unsigned long requests;
static int ep;
static volatile sig_atomic_t stop;

static void
on_stop(int signal_number)
{
	(void)signal_number;
	stop = 1;
}

/* Bytes of the first request in the buffer; 0: not all of it is there yet. */
static size_t
whole(struct connection *c)
{
	const char *end, *length;
	size_t n;

	c->in[c->n] = '\0';
	end = strstr(c->in, "\r\n\r\n");
	if (end == NULL)
		return 0;
	length = strcasestr(c->in, "\r\ncontent-length:");
	n = (size_t)(end - c->in) + 4;
	if (length != NULL && length < end)
		n += strtoul(length + 17, NULL, 10);
	return n <= c->n ? n : 0;
}

static void
answer(struct connection *c)
{
	bool task = strstr(c->in, "/Communication") == NULL, update = strncmp(c->in, "PUT", 3) == 0;
	char out[256];
	int n;

	requests++;
	n = snprintf(out, sizeof(out),
	    "HTTP/1.1 %s\r\nLocation: /fhir/%s/%lu/_history/1\r\nETag: W/\"%lu\"\r\n"
	    "Content-Length: 0\r\n\r\n",
	    update ? "200 OK" : "201 Created", task ? "Task" : "Communication", requests, requests);
	(void)!write(c->fd, out, (size_t)n);
}

static void
take(struct connection *c)
{
	ssize_t got = read(c->fd, c->in + c->n, REQUEST_MOST - c->n);
	size_t n;

	if (got <= 0) {
		close(c->fd);
		free(c);
		return;
	}
	c->n += (size_t)got;
	while ((n = whole(c)) > 0) {
		answer(c);
		c->n -= n;
		memmove(c->in, c->in + n, c->n);
	}
}

static void
welcome(int listening)
{
	struct connection *c = calloc(1, sizeof(*c));
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = c };

	perf_need(c != NULL, "memory");
	c->fd = accept(listening, NULL, NULL);
	if (c->fd < 0) {
		free(c);
		return;
	}
	perf_tune(c->fd);
	perf_need(epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &e) == 0, "epoll_ctl");
}

int
main(void)
{
	struct epoll_event ready[EVENTS], e = { .events = EPOLLIN, .data.ptr = NULL };
	int listening = perf_listen();

	(void)signal(SIGTERM, on_stop);
	ep = epoll_create1(0);
	perf_need(ep >= 0 && epoll_ctl(ep, EPOLL_CTL_ADD, listening, &e) == 0, "epoll");
	while (!stop) {
		int n = epoll_wait(ep, ready, EVENTS, 1000);

		for (int i = 0; i < n; i++) {
			if (ready[i].data.ptr == NULL)
				welcome(listening);
			else
				take(ready[i].data.ptr);
		}
	}
	fprintf(stderr, "requests=%lu\n", requests);
	return EXIT_SUCCESS;
}
