/* The engine's end of the control socket. A connection is read until its line is whole, then waits for the answer,
 * and is closed when that is written. */
#include "link/control.h"

#include "link/control_path.h"
#include "link/loop.h"

#include <wardwire/ctx.h>
#include <wardwire/log.h>

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

enum { BACKLOG = 16 };

struct conn {
	struct conn *next;
	struct ww_control *control;
	struct bufferevent *bev;
	struct ww_control_call *call; /* waits for its answer; NULL: none does */
	bool answered;
};

struct ww_control_call {
	struct conn *conn; /* NULL: closed meanwhile */
};

struct ww_control {
	struct ww_control_settings set;
	char *path;
	struct event_base *base;
	struct evconnlistener *listener;
	struct conn *conns;
	unsigned n;
};

static void
close_conn(struct conn *k)
{
	struct conn **p = &k->control->conns;

	while (*p != k)
		p = &(*p)->next;
	*p = k->next;
	k->control->n--;
	if (k->call != NULL)
		k->call->conn = NULL;
	bufferevent_free(k->bev);
	free(k);
}

void
ww_control_answer(struct ww_control_call *c, ww_str answer)
{
	struct conn *k = c->conn;

	free(c);
	if (k == NULL)
		return;
	k->call = NULL;
	k->answered = true;
	if (bufferevent_write(k->bev, answer.p, answer.n) != 0 ||
	    bufferevent_write(k->bev, "\n", 1) != 0)
		close_conn(k);
}

static void
take_line(struct conn *k, ww_str line)
{
	struct ww_control *c = k->control;
	struct ww_control_call *call = calloc(1, sizeof(*call));

	if (call == NULL)
		return; /* the caller sees that nothing comes */
	call->conn = k;
	k->call = call;
	c->set.on_line(c->set.arg, call, line);
}

static void
on_read(struct bufferevent *bev, void *arg)
{
	struct conn *k = arg;
	struct evbuffer *in = bufferevent_get_input(bev);
	size_t n;
	char *line = evbuffer_readln(in, &n, EVBUFFER_EOL_LF);

	if (line != NULL && n <= k->control->set.max_line) {
		bufferevent_disable(bev, EV_READ);
		take_line(k, ww_str_of(line, n));
	} else if (line != NULL || evbuffer_get_length(in) > k->control->set.max_line) {
		close_conn(k);
	}
	free(line);
}

/* Also called when nothing was to be written yet. */
static void
on_write(struct bufferevent *bev, void *arg)
{
	struct conn *k = arg;

	(void)bev;
	if (k->answered)
		close_conn(k);
}

static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	(void)bev;
	(void)what;
	close_conn(arg);
}

static void
on_accept(
    struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *sa, int len, void *arg)
{
	struct ww_control *c = arg;
	struct timeval wait = { .tv_sec = c->set.timeout };
	struct conn *k = c->n < c->set.max_connections ? calloc(1, sizeof(*k)) : NULL;

	(void)listener;
	(void)sa;
	(void)len;
	if (k != NULL)
		k->bev = bufferevent_socket_new(c->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (k == NULL || k->bev == NULL) {
		free(k);
		close(fd);
		return;
	}
	k->control = c;
	k->next = c->conns;
	c->conns = k;
	c->n++;
	bufferevent_setcb(k->bev, on_read, on_write, on_event, k);
	bufferevent_set_timeouts(k->bev, &wait, &wait);
	bufferevent_setwatermark(k->bev, EV_READ, 0, c->set.max_line + 1);
	bufferevent_enable(k->bev, EV_READ);
}

/* A socket bound at the path; Linux gives the file the mode of the socket. */
static ww_status
bind_to(struct ww_ctx *cx, const char *path, int *out)
{
	struct sockaddr_un address;
	int folder = -1, fd = -1;
	ww_status s = ww_control_path(cx, path, &address, &folder);

	if (s != WW_OK)
		return s;
	(void)unlink(path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || fchmod(fd, S_IRUSR | S_IWUSR) != 0 ||
	    bind(fd, (const struct sockaddr *)&address, sizeof(address)) != 0)
		s = ww_fail(
		    cx, WW_E_IO, NULL, "cannot open the control socket: %s", strerror(errno));
	if (folder >= 0)
		close(folder);
	if (s != WW_OK && fd >= 0)
		close(fd);
	*out = fd;
	return s;
}

ww_status
ww_control_open(struct ww_loop *l, struct ww_ctx *cx, const struct ww_control_settings *set,
    struct ww_control **out)
{
	struct ww_control *c = calloc(1, sizeof(*c));
	ww_status s;
	int fd = -1;

	if (c == NULL)
		return ww_fail_memory(cx);
	c->set = *set;
	c->base = ww_loop_base(l);
	c->path = strdup(set->path);
	s = c->path != NULL ? bind_to(cx, set->path, &fd) : ww_fail_memory(cx);
	if (s == WW_OK) {
		c->listener = evconnlistener_new(c->base, on_accept, c,
		    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, BACKLOG, fd);
		if (c->listener == NULL) {
			close(fd);
			s = ww_fail(cx, WW_E_IO, NULL, "cannot listen on the control socket: %s",
			    strerror(errno));
		}
	}
	if (s != WW_OK) {
		ww_control_close(c);
		return s;
	}
	*out = c;
	return WW_OK;
}

void
ww_control_close(struct ww_control *c)
{
	if (c == NULL)
		return;
	if (c->listener != NULL) {
		evconnlistener_free(c->listener);
		(void)unlink(c->path);
	}
	while (c->conns != NULL)
		close_conn(c->conns);
	free(c->path);
	free(c);
}
