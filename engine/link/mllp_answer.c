/* The frames of a connection that are not answered in full: what is said of them, and the order in which it leaves. */
#include "link/mllp_conn.h"

#include "codec/mllp.h"
#include "link/stream.h"

#include <wardwire/buf.h>

#include <assert.h>
#include <stdlib.h>

/* A peer with more answers unread will never read them. */
#define UNREAD_MOST ((size_t)1 << 20)

enum part_state {
	UNSAID,
	SAID, /* it waits for what must leave before it */
	DONE, /* written, or there is none */
};

enum frame_state {
	WAITING, /* the callee has it */
	ENDED,   /* what is not said now never will be */
	ABANDONED,
};

struct ww_mllp_frame {
	struct ww_mllp_frame *next;
	struct ww_mllp_conn *conn; /* NULL: closed meanwhile */
	struct ww_mllp_room *room;
	size_t cost; /* to the room */
	enum frame_state state;
	struct {
		enum part_state state;
		struct ww_buf bytes; /* framed */
	} part[WW_MLLP_PARTS];
};

/* -- in and out of the list ------------------------------------------------------------------------- */

struct ww_mllp_frame *
ww_mllp_frame_new(struct ww_mllp_conn *c, size_t payload)
{
	struct ww_mllp_frame *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return NULL;
	f->conn = c;
	f->room = c->in->room;
	f->cost = ww_mllp_room_take(f->room, payload);
	if (c->in->settings.release < 2)
		f->part[WW_MLLP_COMMIT].state = DONE;
	*c->last_frame = f;
	c->last_frame = &f->next;
	c->pending++;
	return f;
}

static void
free_frame(struct ww_mllp_frame *f)
{
	for (int p = 0; p < WW_MLLP_PARTS; p++)
		ww_buf_free(&f->part[p].bytes);
	free(f);
}

/* The callee has ended it. */
static void
leave_room(struct ww_mllp_frame *f)
{
	ww_mllp_room_give(f->room, f->cost);
}

void
ww_mllp_frames_drop(struct ww_mllp_conn *c)
{
	struct ww_mllp_frame *f, *next;

	for (f = c->first; f != NULL; f = next) {
		next = f->next;
		f->conn = NULL;
		if (f->state != WAITING)
			free_frame(f);
	}
	c->first = NULL;
	c->last_frame = &c->first;
	c->pending = 0;
}

struct ww_tls_names
ww_mllp_frame_names(const struct ww_mllp_frame *f)
{
	const struct ww_tls_conn *tls = f->conn != NULL ? ww_stream_tls(f->conn->stream) : NULL;

	return tls != NULL ? ww_tls_peer_names(tls) : (struct ww_tls_names){ .n = 0 };
}

/* -- writing ---------------------------------------------------------------------------------------- */

/* False: the connection is gone. */
static bool
write_part(struct ww_mllp_conn *c, struct ww_mllp_frame *f, int p)
{
	ww_str bytes = ww_buf_view(&f->part[p].bytes);

	if (bytes.n > 0 && ww_stream_unwritten(c->stream) > UNREAD_MOST) {
		ww_mllp_conn_give_up(c, WW_MLLP_TROUBLE_UNREAD);
		return false;
	}
	if (bytes.n > 0 && !ww_stream_write(c->stream, bytes)) {
		ww_mllp_conn_give_up(c, WW_MLLP_TROUBLE_MEMORY);
		return false;
	}
	ww_buf_free(&f->part[p].bytes);
	f->part[p].state = DONE;
	return true;
}

/* Nothing of it is still to leave. */
static bool
is_done(const struct ww_mllp_frame *f)
{
	for (int p = 0; p < WW_MLLP_PARTS; p++)
		if (f->part[p].state == SAID)
			return false;
	return f->state == ENDED;
}

/* Writes what nothing holds back. A part that is still to be said holds back the same part of the frames behind it, and the
 * parts behind it of its own frame: held is the first part that waits so. */
static void
write_parts(struct ww_mllp_conn *c)
{
	struct ww_mllp_frame *f, **at = &c->first;
	int held = WW_MLLP_PARTS;

	while ((f = *at) != NULL && held > 0) {
		for (int p = 0; p < held; p++) {
			if (f->part[p].state == SAID && !write_part(c, f, p))
				return;
			if (f->part[p].state == UNSAID && f->state != ENDED)
				held = p;
		}
		if (!is_done(f)) {
			at = &f->next;
			continue;
		}
		*at = f->next;
		if (f->next == NULL)
			c->last_frame = at;
		c->pending--;
		free_frame(f);
	}
	if (c->first != NULL && c->first->state == ABANDONED)
		ww_mllp_frames_drop(
		    c); /* those behind it must not be answered before it is sent again */
}

static void
go_on(struct ww_mllp_conn *c)
{
	write_parts(c);
	if (c->dead)
		return;
	ww_mllp_turn_refresh(c);
	ww_mllp_conn_settle(c);
}

/* -- what is said ----------------------------------------------------------------------------------- */

/* False: the connection is gone. */
static bool
put(struct ww_mllp_frame *f, enum ww_mllp_part part, ww_str payload)
{
	struct ww_buf *bytes = &f->part[part].bytes;

	assert(f->state == WAITING && f->part[part].state == UNSAID);
	if (f->conn == NULL)
		return false;
	f->part[part].state = SAID;
	if (payload.n > 0 && !ww_mllp_write(payload, bytes)) {
		ww_mllp_conn_give_up(f->conn, WW_MLLP_TROUBLE_ANSWER);
		return false;
	}
	if (bytes->error != WW_OK) {
		ww_mllp_conn_give_up(f->conn, WW_MLLP_TROUBLE_MEMORY);
		return false;
	}
	return true;
}

void
ww_mllp_say(struct ww_mllp_frame *f, enum ww_mllp_part part, ww_str payload)
{
	if (put(f, part, payload))
		go_on(f->conn);
}

void
ww_mllp_commit(struct ww_mllp_frame *f, bool taken)
{
	if (f->part[WW_MLLP_COMMIT].state == UNSAID)
		ww_mllp_say(f, WW_MLLP_COMMIT, ww_mllp_commit_block(taken));
}

static void
end(struct ww_mllp_frame *f, enum frame_state state)
{
	struct ww_mllp_conn *c = f->conn;

	assert(f->state == WAITING);
	leave_room(f);
	if (c == NULL) {
		free_frame(f);
		return;
	}
	f->state = state;
	c->finishing = c->finishing || state == ABANDONED; /* frames before it are still answered */
	go_on(c);
}

void
ww_mllp_end(struct ww_mllp_frame *f)
{
	end(f, ENDED);
}

void
ww_mllp_answer(struct ww_mllp_frame *f, ww_str answer)
{
	(void)put(f, WW_MLLP_ANSWER, answer);
	end(f, ENDED);
}

void
ww_mllp_abandon(struct ww_mllp_frame *f)
{
	end(f, ABANDONED);
}
