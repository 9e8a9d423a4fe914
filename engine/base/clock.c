/* The clocks: the machine's, and one that reads a file for tests and the demo. */
#include <wardwire/str.h>
#include <wardwire/time.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* Kept in a list for ever: a clock is a value that is copied about, nobody could free this. */
struct file_clock {
	struct file_clock *next;
	const char *path;
	_Atomic int64_t last; /* 0 until the file has been read once */
};

static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER;
static struct file_clock *list;

static int64_t
system_now(void *self)
{
	struct timespec t = { 0, 0 };

	(void)self;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct ww_clock
ww_clock_system(void)
{
	return (struct ww_clock){ .now_ms = system_now };
}

static int64_t
ticks_now(void *self)
{
	struct timespec t = { 0, 0 };

	(void)self;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct ww_clock
ww_clock_ticks(void)
{
	return (struct ww_clock){ .now_ms = ticks_now };
}

static int64_t
file_now(void *self)
{
	struct file_clock *c = self;
	char text[64];
	ww_str s, rest;
	uint64_t ms;
	ssize_t n;
	int fd = open(c->path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return atomic_load(&c->last);
	n = read(fd, text, sizeof(text));
	close(fd);
	if (n > 0) {
		s = ww_str_trim(ww_str_cut(ww_str_of(text, (size_t)n), '\n', &rest));
		if (ww_str_u64(s, INT64_MAX, &ms))
			atomic_store(&c->last, (int64_t)ms);
	}
	return atomic_load(&c->last);
}

struct ww_clock
ww_clock_file(const char *path)
{
	struct file_clock *c = malloc(sizeof(*c));

	if (c == NULL)
		abort(); /* at start-up only: without its clock the engine would go on with wrong times */
	c->path = path;
	atomic_init(&c->last, 0);
	pthread_mutex_lock(&list_lock);
	c->next = list;
	list = c;
	pthread_mutex_unlock(&list_lock);
	return (struct ww_clock){ .now_ms = file_now, .self = c };
}
