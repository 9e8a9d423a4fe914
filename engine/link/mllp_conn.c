/* One connection of an MLLP listener: frames are read as they come, their answers leave in the order of
 * the frames whatever order they are given in. A connection dies in two steps, so that a callback that
 * kills it may still be running on it: ww_mllp_conn_kill takes it out of service, the listener's reap
 * event frees it. */
#include "link/mllp_conn.h"

#include "base/failpoint.h"
#include "codec/mllp.h"

#include <wardwire/buf.h>

#include <assert.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define READ_AT_ONCE ((size_t)64 << 10)
/* Answers are some hundred bytes each: a peer with more than this unread has stopped reading. */
#define UNREAD_MOST ((size_t)1 << 20)
/* A frame may take this many frame timeouts in all, however the bytes drip. */
#define WHOLE_FRAME 10

enum frame_state {
	WAITING,  /* the callee has it */
	ANSWERED, /* its answer waits for those before it */
	ABANDONED,
};

struct ww_mllp_frame {
	struct ww_mllp_frame *next;
	struct ww_mllp_conn *conn; /* NULL: closed meanwhile */
	enum frame_state state;
	struct ww_buf answer; /* framed */
};

struct ww_mllp_conn {
	struct ww_mllp_conn *next, *prev;
	struct ww_mllp_in *in;
	struct bufferevent *bev;
	struct event *deadline; /* pending while a frame is open and we read */
	struct ww_mllp codec;
	uint64_t restarts; /* of the codec, as far as they are counted */
	int64_t begun;     /* when the open frame began, monotonic ms; 0: none is open */
	bool timed;        /* the deadline is pending */
	struct ww_mllp_frame *first, **last;
	unsigned pending; /* frames in that list */
	bool reading;     /* EV_READ is on */
	bool eof;         /* the peer sends no more; what came is still worked on */
	bool finishing;   /* nothing more is taken, not even what came */
	bool taking;      /* on_read is under way */
	bool dead;
	char peer[48];
};

static bool
takes(const struct ww_mllp_conn *c)
{
	return !c->dead && !c->finishing && !c->in->paused &&
	       c->pending < c->in->settings.max_pending;
}

/* The deadline runs only while we do read: a sender is not slow when it is us who do not listen. */
static void
set_deadline(struct ww_mllp_conn *c)
{
	int64_t now, left, timeout = (int64_t)c->in->settings.frame_timeout * 1000;
	struct timeval tv;

	if (!c->reading || !ww_mllp_open(&c->codec)) {
		if (c->timed)
			event_del(c->deadline);
		c->timed = false;
		c->begun = 0;
		return;
	}
	now = ww_mllp_in_clock();
	if (c->begun == 0)
		c->begun = now;
	left = c->begun + WHOLE_FRAME * timeout - now;
	if (left > timeout)
		left = timeout;
	if (left < 1)
		left = 1;
	tv.tv_sec = (time_t)(left / 1000);
	tv.tv_usec = (suseconds_t)(left % 1000 * 1000);
	event_add(c->deadline, &tv);
	c->timed = true;
}

void
ww_mllp_conn_refresh(struct ww_mllp_conn *c)
{
	bool want = takes(c) && !c->eof;

	if (want != c->reading) {
		c->reading = want;
		if (want)
			bufferevent_enable(c->bev, EV_READ);
		else
			bufferevent_disable(c->bev, EV_READ);
	}
	if (!c->dead)
		set_deadline(c);
	/* What came before reading was stopped causes no event by itself. */
	if (takes(c) && !c->taking && evbuffer_get_length(bufferevent_get_input(c->bev)) > 0)
		bufferevent_trigger(
		    c->bev, EV_READ, BEV_TRIG_IGNORE_WATERMARKS | BEV_TRIG_DEFER_CALLBACKS);
}

static void
free_frame(struct ww_mllp_frame *f)
{
	ww_buf_free(&f->answer);
	free(f);
}

/* Frees the frames that the callee has let go; the others it still ends, without effect. */
static void
drop_frames(struct ww_mllp_conn *c)
{
	struct ww_mllp_frame *f, *next;

	for (f = c->first; f != NULL; f = next) {
		next = f->next;
		f->conn = NULL;
		if (f->state != WAITING)
			free_frame(f);
	}
	c->first = NULL;
	c->last = &c->first;
	c->pending = 0;
}

void
ww_mllp_conn_kill(struct ww_mllp_conn *c)
{
	struct ww_mllp_in *in = c->in;

	if (c->dead)
		return;
	c->dead = true;
	c->reading = false;
	bufferevent_setcb(c->bev, NULL, NULL, NULL, NULL);
	bufferevent_disable(c->bev, EV_READ | EV_WRITE);
	event_del(c->deadline);
	drop_frames(c);
	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		in->open = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	in->open_n--;
	c->next = in->dead;
	in->dead = c;
	event_active(in->reap, EV_TIMEOUT, 0);
}

void
ww_mllp_conn_reap(struct ww_mllp_in *in)
{
	struct ww_mllp_conn *c;

	while ((c = in->dead) != NULL) {
		in->dead = c->next;
		bufferevent_free(c->bev);
		event_free(c->deadline);
		ww_mllp_free(&c->codec);
		free(c);
	}
}

struct ww_mllp_conn *
ww_mllp_conn_next(const struct ww_mllp_conn *c)
{
	return c->next;
}

/* Closing a socket with bytes unread makes the system send a reset, which can overtake the answers and
 * destroy them at the peer. */
static void
discard_unread(struct ww_mllp_conn *c)
{
	int fd = bufferevent_getfd(c->bev);
	char bytes[4096];
	size_t left = READ_AT_ONCE;
	ssize_t n;

	while (left > 0 && (n = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0)
		left -= (size_t)n < left ? (size_t)n : left;
}

/* Closes a connection that has come to its end: nothing more to take, to answer or to write. */
static void
settle(struct ww_mllp_conn *c)
{
	bool ends =
	    c->finishing || (c->eof && evbuffer_get_length(bufferevent_get_input(c->bev)) == 0);

	if (c->dead || !ends || c->first != NULL ||
	    evbuffer_get_length(bufferevent_get_output(c->bev)) > 0)
		return;
	discard_unread(c);
	ww_mllp_conn_kill(c);
}

void
ww_mllp_conn_finish(struct ww_mllp_conn *c)
{
	c->finishing = true;
	ww_mllp_conn_refresh(c);
	settle(c);
}

/* Closes at once, losing the answers not written: where they cannot be. */
static void
give_up(struct ww_mllp_conn *c, enum ww_mllp_trouble t)
{
	ww_mllp_in_trouble(c->in, t, c->peer);
	ww_mllp_conn_kill(c);
}

/* Closes after the answers to the frames before: the sender did wrong, but they are stored. */
static void
refuse(struct ww_mllp_conn *c, enum ww_mllp_trouble t)
{
	c->in->noise++;
	ww_mllp_in_trouble(c->in, t, c->peer);
	ww_mllp_conn_finish(c);
}

/* -- answers -------------------------------------------------------------------------------------- */

/* Writes the answers that no earlier frame holds back. */
static void
write_answers(struct ww_mllp_conn *c)
{
	struct evbuffer *output = bufferevent_get_output(c->bev);
	struct ww_mllp_frame *f;

	while ((f = c->first) != NULL && f->state == ANSWERED) {
		ww_str bytes = ww_buf_view(&f->answer);

		if (evbuffer_get_length(output) > UNREAD_MOST) {
			give_up(c, WW_MLLP_TROUBLE_UNREAD);
			return;
		}
		if (bufferevent_write(c->bev, bytes.p, bytes.n) != 0) {
			give_up(c, WW_MLLP_TROUBLE_MEMORY);
			return;
		}
		c->first = f->next;
		if (c->first == NULL)
			c->last = &c->first;
		c->pending--;
		free_frame(f);
	}
	if (f != NULL && f->state == ABANDONED)
		drop_frames(c); /* those behind it must not be answered before it is sent again */
}

static void
ended(struct ww_mllp_conn *c)
{
	write_answers(c);
	if (c->dead)
		return;
	ww_mllp_conn_refresh(c);
	settle(c);
}

void
ww_mllp_answer(struct ww_mllp_frame *f, ww_str answer)
{
	struct ww_mllp_conn *c = f->conn;

	assert(f->state == WAITING);
	if (c == NULL) {
		free_frame(f);
		return;
	}
	f->state = ANSWERED;
	if (!ww_mllp_write(answer, &f->answer)) {
		give_up(c, WW_MLLP_TROUBLE_ANSWER);
		return;
	}
	if (f->answer.error != WW_OK) {
		give_up(c, WW_MLLP_TROUBLE_MEMORY);
		return;
	}
	ended(c);
}

void
ww_mllp_abandon(struct ww_mllp_frame *f)
{
	struct ww_mllp_conn *c = f->conn;

	assert(f->state == WAITING);
	if (c == NULL) {
		free_frame(f);
		return;
	}
	f->state = ABANDONED;
	c->finishing = true; /* frames before it are still answered */
	ended(c);
}

/* -- frames --------------------------------------------------------------------------------------- */

static void
take_frame(struct ww_mllp_conn *c, ww_str payload)
{
	struct ww_mllp_in *in = c->in;
	struct ww_mllp_frame *f;

	if (payload.n == 0) { /* nothing to answer to: it has no control id */
		in->noise++;
		return;
	}
	f = calloc(1, sizeof(*f));
	if (f == NULL) {
		give_up(c, WW_MLLP_TROUBLE_MEMORY);
		return;
	}
	f->conn = c;
	*c->last = f;
	c->last = &f->next;
	c->pending++;
	in->frames++;
	in->settings.on_frame(in->settings.arg, f, payload, ww_str_from(c->peer));
}

static void
on_read(struct bufferevent *bev, void *arg)
{
	struct ww_mllp_conn *c = arg;
	struct evbuffer *input = bufferevent_get_input(bev);
	size_t n;

	c->taking = true;
	while (takes(c) && (n = evbuffer_get_contiguous_space(input)) > 0) {
		ww_str frame, bytes = ww_str_of(evbuffer_pullup(input, (ev_ssize_t)n), n);
		size_t before = bytes.n;

		switch (ww_mllp_feed(&c->codec, &bytes, &frame)) {
		case WW_MLLP_MORE:
			break;
		case WW_MLLP_FRAME:
			c->begun = 0;
			take_frame(c, frame);
			break;
		case WW_MLLP_NOISE:
			refuse(c, WW_MLLP_TROUBLE_NOISE);
			break;
		case WW_MLLP_TOO_BIG:
			refuse(c, WW_MLLP_TROUBLE_TOO_BIG);
			break;
		}
		evbuffer_drain(input, before - bytes.n); /* only now: frame may lie in it */
	}
	c->taking = false;
	c->in->noise += c->codec.restarts - c->restarts;
	c->restarts = c->codec.restarts;
	if (c->dead)
		return;
	ww_mllp_conn_refresh(c);
	settle(c);
}

static void
on_write(struct bufferevent *bev, void *arg)
{
	struct ww_mllp_conn *c = arg;

	(void)bev;
	WW_FAILPOINT("after-ack"); /* the answers are with the system now */
	settle(c);
}

static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	struct ww_mllp_conn *c = arg;

	if ((what & BEV_EVENT_TIMEOUT) != 0) {
		give_up(c, WW_MLLP_TROUBLE_UNREAD);
		return;
	}
	if ((what & BEV_EVENT_EOF) == 0) {
		ww_mllp_conn_kill(c);
		return;
	}
	c->eof = true;
	on_read(bev, c);
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct ww_mllp_conn *c = arg;

	(void)fd;
	(void)what;
	c->timed = false;
	refuse(c, WW_MLLP_TROUBLE_SLOW);
}

void
ww_mllp_conn_new(struct ww_mllp_in *in, int fd, const char *peer)
{
	const struct timeval unread = { .tv_sec = (time_t)in->settings.frame_timeout };
	struct ww_mllp_conn *c = calloc(1, sizeof(*c));

	if (c == NULL)
		goto close_fd;
	c->deadline = evtimer_new(in->base, on_deadline, c);
	if (c->deadline == NULL)
		goto free_conn;
	c->bev = bufferevent_socket_new(in->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (c->bev == NULL)
		goto free_deadline;
	c->in = in;
	c->last = &c->first;
	snprintf(c->peer, sizeof(c->peer), "%s", peer);
	ww_mllp_start(&c->codec, in->settings.max_message);
	bufferevent_setcb(c->bev, on_read, on_write, on_event, c);
	bufferevent_setwatermark(c->bev, EV_READ, 0, READ_AT_ONCE);
	bufferevent_set_timeouts(c->bev, NULL, &unread); /* without progress in writing */
	bufferevent_set_max_single_read(c->bev, READ_AT_ONCE);
	c->next = in->open;
	if (c->next != NULL)
		c->next->prev = c;
	in->open = c;
	in->open_n++;
	ww_mllp_conn_refresh(c);
	return;
free_deadline:
	event_free(c->deadline);
free_conn:
	free(c);
close_fd:
	close(fd);
	ww_mllp_in_trouble(in, WW_MLLP_TROUBLE_MEMORY, peer);
}
