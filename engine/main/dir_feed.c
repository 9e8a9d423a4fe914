/* The messages of files on their way through the intake, and the text of each file's acknowledgement, which is in the order of
 * its messages whatever the order of their answers. */
#include "main/dir_feed.h"

#include "codec/ack_batch.h"
#include "codec/hl7v2_batch.h"
#include "link/dir_in.h"
#include "link/loop.h"
#include "link/mllp_room.h"
#include "main/intake.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/log.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
	WINDOW = 256,    /* messages with the intake */
	BLOCKED_MS = 20, /* between two looks whether there is room again */
};

enum part_kind { ANSWER, BEGINNING, END };

/* A piece of an acknowledgement: what answers one message, or a line of the response batch. */
struct part {
	struct part *next;
	struct file *file;
	enum part_kind kind;
	struct ww_hl7_item
	    header;         /* that a line of the batch answers; without text when there was none */
	struct ww_buf text; /* of an answer */
	size_t said;        /* acknowledgements in it */
	size_t cost;        /* what the room counts */
	bool waits;         /* there is more to be said of it */
};

struct file {
	struct file *next;
	struct ww_dir_feed *feed;
	struct ww_dir_file *f;
	ww_str bytes;
	struct ww_buf peer;
	bool whole;
	struct ww_hl7_batch batch;
	bool given; /* all of it is with the intake */
	bool kept;  /* to be taken anew another time */
	size_t inputs, waits, stored, refused;
	/* The response. */
	bool is_batch;
	struct ww_hl7_item file_header, batch_header; /* that are open */
	bool file_open, batch_open;
	struct part *first, **last;
	size_t messages, batches; /* written so far, in the batch and the file that are open */
	struct ww_buf ack;
};

struct ww_dir_feed {
	struct ww_dir_feed_settings set;
	char *listener;
	struct file *first, **last;
	size_t waits; /* messages with the intake */
	bool paused, stopped, giving;
	struct ww_loop_timer *blocked; /* NULL: not for want of room */
};

static void give_more(struct ww_dir_feed *d);

/* -- the acknowledgement ------------------------------------------------------------------------------- */

static struct part *
new_part(struct file *x, enum part_kind kind)
{
	struct part *p = calloc(1, sizeof(*p));

	if (p == NULL) {
		x->kept = true;
		return NULL;
	}
	p->file = x;
	p->kind = kind;
	*x->last = p;
	x->last = &p->next;
	return p;
}

static const struct ww_hl7_item *
header_of(const struct part *p)
{
	return p->header.text.n > 0 ? &p->header : NULL;
}

static void
write_beginning(struct file *x, const struct part *p)
{
	ww_ack_batch_begin(
	    header_of(p), ww_clock_now(&x->feed->set.clock), (*x->feed->set.number)++, &x->ack);
	if (p->header.kind == WW_HL7_ITEM_FHS)
		x->batches = 0;
	else
		x->messages = 0;
}

static void
write_end(struct file *x, const struct part *p)
{
	bool file = p->header.kind == WW_HL7_ITEM_FHS;

	ww_ack_batch_end(header_of(p), file ? x->batches : x->messages, &x->ack);
	x->batches += !file;
}

static void
write_answer(struct file *x, const struct part *p)
{
	x->kept = x->kept || p->text.error != WW_OK;
	ww_buf_str_add(&x->ack, ww_buf_view(&p->text));
	x->messages += p->said;
}

static void (*const writers[])(struct file *x, const struct part *p) = {
	[ANSWER] = write_answer,
	[BEGINNING] = write_beginning,
	[END] = write_end,
};

/* Writes parts as far as nothing before them is still to be said. */
static void
write_parts(struct file *x)
{
	struct part *p;

	while ((p = x->first) != NULL && !p->waits) {
		writers[p->kind](x, p);
		x->first = p->next;
		if (x->first == NULL)
			x->last = &x->first;
		ww_buf_free(&p->text);
		free(p);
	}
}

/* header NULL: messages stand there without one. */
static void
begin_batch(struct file *x, const struct ww_hl7_item *header)
{
	struct ww_hl7_item none = { .kind = WW_HL7_ITEM_BHS, .text = ww_str_empty() };
	bool file = header != NULL && header->kind == WW_HL7_ITEM_FHS;
	struct part *p;

	if (!x->is_batch || x->feed->set.batch == WW_ACK_BATCH_NONE ||
	    (p = new_part(x, BEGINNING)) == NULL)
		return;
	p->header = header != NULL ? *header : none;
	*(file ? &x->file_header : &x->batch_header) = p->header;
	*(file ? &x->file_open : &x->batch_open) = true;
}

static void
end_batch(struct file *x, bool file)
{
	bool *open = file ? &x->file_open : &x->batch_open;
	struct part *p;

	if (!*open || (p = new_part(x, END)) == NULL)
		return;
	p->header = file ? x->file_header : x->batch_header;
	*open = false;
}

/* -- the end of a file --------------------------------------------------------------------------------- */

static void
free_file(struct file *x)
{
	struct part *p, *next;

	for (p = x->first; p != NULL; p = next) {
		next = p->next;
		ww_buf_free(&p->text);
		free(p);
	}
	ww_buf_free(&x->peer);
	ww_buf_free(&x->ack);
	free(x);
}

static void
unlink_file(struct ww_dir_feed *d, const struct file *x)
{
	struct file **at = &d->first;

	while (*at != x)
		at = &(*at)->next;
	*at = x->next;
	if (*at == NULL)
		d->last = at;
}

/* Ends the file when nothing more is to come of it. */
static void
end_if_done(struct file *x)
{
	const char *fault = ww_hl7_batch_fault_name(x->batch.faults);
	struct ww_dir_feed *d = x->feed;
	bool failed = x->refused > 0 || fault != NULL;

	if (!x->given || x->waits > 0)
		return;
	end_batch(x, false);
	end_batch(x, true);
	write_parts(x);
	unlink_file(d, x);
	if (x->kept || x->ack.error != WW_OK) {
		ww_log(WW_LOG_WARN, "file=kept listener=%s stored=%zu refused=%zu", d->listener,
		    x->stored, x->refused);
		ww_dir_abandon(x->f);
	} else {
		ww_log(failed ? WW_LOG_WARN : WW_LOG_INFO,
		    "file=%s listener=%s stored=%zu refused=%zu%s%s", failed ? "failed" : "done",
		    d->listener, x->stored, x->refused, fault != NULL ? " fault=" : "",
		    fault != NULL ? fault : "");
		ww_dir_answer(x->f, failed, ww_buf_view(&x->ack));
	}
	free_file(x);
}

/* -- messages ------------------------------------------------------------------------------------------ */

/* Whether the answer to one message belongs into that to the file. */
static bool
is_wanted(const struct file *x, const struct ww_intake_word *w)
{
	enum ww_ack_batch batch = x->feed->set.batch;

	if (w->answer.n == 0)
		return false;
	return !x->is_batch || batch == WW_ACK_BATCH_ALL ||
	       (batch == WW_ACK_BATCH_ERRORS && w->bad);
}

static void
on_said(void *arg, const struct ww_intake_word *w)
{
	struct part *p = arg;
	struct file *x = p->file;
	struct ww_dir_feed *d = x->feed;

	if (is_wanted(x, w)) {
		ww_buf_str_add(&p->text, w->answer);
		p->said++;
	}
	if (!w->last)
		return;
	if (w->fate == WW_INTAKE_STORED)
		x->stored++;
	else if (w->fate == WW_INTAKE_TRY_AGAIN)
		x->kept = x->given = true; /* what is not yet given comes again with the rest */
	else
		x->refused++;
	p->waits = false;
	x->waits--;
	d->waits--;
	ww_mllp_room_give(d->set.room, p->cost);
	write_parts(x);
	if (d->giving)
		return; /* it is looked at when the call that gave it returns */
	end_if_done(x);
	give_more(d);
}

static void
give_text(struct file *x, ww_str text, bool whole)
{
	const struct ww_intake_peer peer = { .address = ww_buf_view(&x->peer) };
	struct ww_dir_feed *d = x->feed;
	struct part *p = new_part(x, ANSWER);

	if (p == NULL) {
		x->given = true;
		return;
	}
	p->waits = true;
	p->cost = ww_mllp_room_take(d->set.room, text.n);
	x->inputs++;
	x->waits++;
	d->waits++;
	if (!whole)
		ww_intake_beyond(d->set.intake, ww_str_sub(text, 0, d->set.max_message),
		    d->set.max_file, "max_file", &peer, on_said, p);
	else if (text.n > d->set.max_message)
		ww_intake_too_big(
		    d->set.intake, ww_str_sub(text, 0, d->set.max_message), &peer, on_said, p);
	else
		ww_intake_take(d->set.intake, text, &peer, on_said, p);
}

/* Gives the next message of the file, or what stands in its place. */
static void
give_item(struct file *x)
{
	struct ww_hl7_item item;

	if (!x->whole) {
		x->given = true;
		give_text(x, x->bytes, false);
		return;
	}
	if (!ww_hl7_batch_next(&x->batch, &item)) {
		x->given = true;
		if (x->inputs == 0 && !x->batch.enveloped)
			give_text(x, x->bytes, true); /* blanks: no HL7, as the intake will say */
		return;
	}
	switch (item.kind) {
	case WW_HL7_ITEM_FHS:
	case WW_HL7_ITEM_BHS:
		end_batch(x, false);
		if (item.kind == WW_HL7_ITEM_FHS)
			end_batch(x, true);
		begin_batch(x, &item);
		break;
	case WW_HL7_ITEM_BTS:
		end_batch(x, false);
		break;
	case WW_HL7_ITEM_FTS:
		end_batch(x, false);
		end_batch(x, true);
		break;
	case WW_HL7_ITEM_MESSAGE:
	case WW_HL7_ITEM_NOT_HL7:
		if (!x->batch_open)
			begin_batch(x, NULL);
		give_text(x, item.text, true);
		break;
	}
}

/* The first file that is not wholly with the intake. */
static struct file *
next_to_give(struct ww_dir_feed *d)
{
	struct file *x = d->first;

	while (x != NULL && x->given)
		x = x->next;
	return x;
}

static void
on_blocked(void *arg)
{
	struct ww_dir_feed *d = arg;

	ww_loop_timer_free(d->blocked);
	d->blocked = NULL;
	give_more(d);
}

/* As much as there is room for. */
static void
give_more(struct ww_dir_feed *d)
{
	struct ww_ctx cx = { .arena = NULL };
	struct file *x;

	while (!d->paused && !d->stopped && d->waits < WINDOW &&
	       !ww_mllp_room_is_full(d->set.room) && (x = next_to_give(d)) != NULL) {
		d->giving = true;
		give_item(x);
		d->giving = false;
		end_if_done(x);
	}
	/* Else an answer comes, or the pause ends. */
	if (d->waits == 0 && !d->paused && !d->stopped && d->blocked == NULL &&
	    next_to_give(d) != NULL &&
	    ww_loop_timer_new(d->set.loop, &cx, BLOCKED_MS, on_blocked, d, &d->blocked) != WW_OK)
		d->blocked = NULL; /* the next file that comes goes on with it */
}

/* -- files ----------------------------------------------------------------------------------------------- */

/* Names come from outside: what would change a terminal or break a line does not go into the journal. */
static void
write_peer(ww_str name, struct ww_buf *out)
{
	ww_buf_cstr(out, "file:");
	for (size_t i = 0; i < name.n; i++)
		ww_buf_byte(
		    out, (unsigned char)name.p[i] < 0x20 || name.p[i] == 0x7f ? '?' : name.p[i]);
}

void
ww_dir_feed_file(void *arg, struct ww_dir_file *f, ww_str name, ww_str bytes, bool whole)
{
	struct ww_dir_feed *d = arg;
	struct file *x = d->stopped ? NULL : calloc(1, sizeof(*x));

	if (x == NULL) {
		ww_dir_abandon(f);
		return;
	}
	x->feed = d;
	x->f = f;
	x->bytes = bytes;
	x->whole = whole;
	x->last = &x->first;
	write_peer(name, &x->peer);
	ww_hl7_batch_begin(&x->batch, bytes, false);
	x->is_batch = whole && ww_hl7_batch_is(bytes);
	*d->last = x;
	d->last = &x->next;
	give_more(d);
}

void
ww_dir_feed_pause(struct ww_dir_feed *d, bool paused)
{
	d->paused = paused;
	give_more(d);
}

void
ww_dir_feed_stop(struct ww_dir_feed *d)
{
	struct file *x, *next;

	d->stopped = true;
	for (x = d->first; x != NULL; x = next) {
		next = x->next;
		if (!x->given)
			x->kept = x->given = true;
		end_if_done(x);
	}
}

ww_status
ww_dir_feed_new(struct ww_ctx *cx, const struct ww_dir_feed_settings *set, struct ww_dir_feed **out)
{
	struct ww_dir_feed *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return ww_fail_memory(cx);
	d->set = *set;
	d->last = &d->first;
	d->listener = strdup(set->listener);
	if (d->listener == NULL) {
		free(d);
		return ww_fail_memory(cx);
	}
	*out = d;
	return WW_OK;
}

void
ww_dir_feed_free(struct ww_dir_feed *d)
{
	if (d == NULL)
		return;
	assert(d->first == NULL);
	ww_loop_timer_free(d->blocked);
	free(d->listener);
	free(d);
}
