/* The floor: the least a server can do that keeps the same promise. Reads frames, appends them to a file whose space was
 * reserved, syncs once for all that had arrived, answers each with the same bytes. It does not look into a message. What
 * wardwire reaches is measured as a part of what this reaches in the same run. */
#include "tests/perf/perf.h"

#include <event2/event.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FRAME_MOST = 65536, BATCH_MOST = 4 << 20, CONNECTIONS_MOST = 4096 };

static const char answer[] =
    "\vMSH|^~\\&|FLOOR|X|ADT|MERCY|20260302000000||ACK|1|P|2.5.1\rMSA|AA|1\r\x1c\r";

struct connection {
	struct event *readable;
	int fd;
	size_t n;
	char in[FRAME_MOST];
};

static struct event_base *base;
static int file;
static off_t file_at, file_size;
static char batch[BATCH_MOST];
static size_t batch_n;
static struct connection *owed[CONNECTIONS_MOST];
static size_t owed_n;

static void
drop(struct connection *c)
{
	event_free(c->readable);
	close(c->fd);
	free(c);
}

/* A frame is complete when its last two bytes are there: one is outstanding on each connection. */
static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct connection *c = arg;
	ssize_t got = read(fd, c->in + c->n, FRAME_MOST - c->n);

	(void)what;
	if (got <= 0) {
		drop(c);
		return;
	}
	c->n += (size_t)got;
	if (c->n < 3 || memcmp(c->in + c->n - 2, "\x1c\r", 2) != 0)
		return;
	perf_need(batch_n + c->n <= BATCH_MOST && owed_n < CONNECTIONS_MOST, "batch");
	memcpy(batch + batch_n, c->in, c->n);
	batch_n += c->n;
	c->n = 0;
	owed[owed_n++] = c;
}

static void
on_connection(evutil_socket_t fd, short what, void *arg)
{
	struct connection *c = calloc(1, sizeof(*c));

	(void)what;
	(void)arg;
	perf_need(c != NULL, "memory");
	c->fd = accept(fd, NULL, NULL);
	if (c->fd < 0) {
		free(c);
		return;
	}
	perf_tune(c->fd);
	c->readable = event_new(base, c->fd, EV_READ | EV_PERSIST, on_readable, c);
	event_add(c->readable, NULL);
}

static void
commit(void)
{
	if (owed_n == 0)
		return;
	if (file_at + (off_t)batch_n > file_size) {
		perf_need(posix_fallocate(file, file_size, 64 << 20) == 0, "posix_fallocate");
		file_size += 64 << 20;
	}
	perf_need(pwrite(file, batch, batch_n, file_at) == (ssize_t)batch_n, "pwrite");
	perf_need(fdatasync(file) == 0, "fdatasync");
	file_at += (off_t)batch_n;
	for (size_t i = 0; i < owed_n; i++)
		(void)!write(owed[i]->fd, answer, sizeof(answer) - 1);
	batch_n = owed_n = 0;
}

int
main(int argc, char **argv)
{
	const char *path = perf_text(argc, argv, "file", "floor.bin");
	struct event *listening;
	int fd;

	base = event_base_new();
	file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	perf_need(base != NULL && file >= 0, path);
	fd = perf_listen();
	listening = event_new(base, fd, EV_READ | EV_PERSIST, on_connection, NULL);
	event_add(listening, NULL);
	while (event_base_loop(base, EVLOOP_ONCE) == 0)
		commit();
	return EXIT_SUCCESS;
}
