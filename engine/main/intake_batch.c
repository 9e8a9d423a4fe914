/* A batch: each message is taken or refused alone, and one response batch answers them all. */
#include "main/intake_parts.h"

#include "codec/ack.h"
#include "codec/ack_batch.h"

#include <wardwire/log.h>

#include <stdlib.h>

enum {
	ITEMS_MOST = 10000
}; /* messages and headers of a batch: what it costs beside its bytes is bounded */

/* -- taking it apart -------------------------------------------------------------------------------- */

/* The header of the answers, and that of the application acknowledgements. */
static void
write_begin(struct ww_input *i, const struct ww_hl7_item *header, struct ww_buf begin[2])
{
	struct ww_intake *in = i->in;

	for (int k = 0; k < 2; k++) {
		ww_ack_batch_begin(
		    header, ww_clock_now(&in->set.clock), (*in->set.number)++, &begin[k]);
		i->try_again = i->try_again || begin[k].error != WW_OK;
	}
}

/* The trailer that belongs to a header of ours. */
static void
write_end(const struct ww_buf *begin, enum ww_hl7_item_kind kind, size_t n, struct ww_buf *out)
{
	const struct ww_hl7_item header = { .kind = kind, .text = ww_buf_view(begin) };

	ww_ack_batch_end(&header, n, out);
}

/* header NULL: there is none. */
static struct ww_group *
add_group(struct ww_input *i, const struct ww_hl7_item *header)
{
	struct ww_group *g = calloc(1, sizeof(*g));

	if (g == NULL) {
		i->try_again = true;
		return NULL;
	}
	write_begin(i, header, g->begin);
	*i->last_group = g;
	i->last_group = &g->next;
	return g;
}

static void
add_message(struct ww_input *i, struct ww_group *g, const struct ww_hl7_item *it,
    const struct ww_intake_peer *peer)
{
	struct ww_piece **at = i->last_piece;

	ww_intake_message(i, it->text, peer);
	if (g->first == NULL)
		g->first = *at;
	g->pieces += *at != NULL;
}

static void
take_item(struct ww_input *i, struct ww_group **open, const struct ww_hl7_item *it,
    const struct ww_intake_peer *peer)
{
	switch (it->kind) {
	case WW_HL7_ITEM_FHS:
		*open = NULL;
		if (i->file[0].n == 0)
			write_begin(i, it, i->file);
		break;
	case WW_HL7_ITEM_BHS:
		*open = add_group(i, it);
		break;
	case WW_HL7_ITEM_BTS:
		if (*open == NULL)
			(void)add_group(i, NULL);
		*open = NULL;
		break;
	case WW_HL7_ITEM_FTS:
		*open = NULL;
		break;
	case WW_HL7_ITEM_MESSAGE:
	case WW_HL7_ITEM_NOT_HL7:
	default:
		if (*open == NULL)
			*open = add_group(i, NULL);
		if (*open != NULL)
			add_message(i, *open, it, peer);
		break;
	}
}

/* How many items there are; *first is the first message, or the beginning where there is none. */
static size_t
count_items(ww_str bytes, ww_str *first)
{
	struct ww_hl7_batch b;
	struct ww_hl7_item it;
	size_t n = 0;

	*first = bytes;
	ww_hl7_batch_begin(&b, bytes, false);
	while (ww_hl7_batch_next(&b, &it)) {
		if (b.messages == 1 && it.kind == WW_HL7_ITEM_MESSAGE)
			*first = it.text;
		n++;
	}
	return n;
}

static void
refuse_whole(struct ww_input *i, ww_str bytes, const struct ww_intake_peer *peer)
{
	struct ww_group *g = add_group(i, NULL);

	if (g == NULL)
		return;
	ww_intake_too_many(i, bytes, peer, ITEMS_MOST);
	g->first = i->pieces;
	g->pieces = i->pieces != NULL;
}

void
ww_intake_batch(struct ww_input *i, ww_str bytes, const struct ww_intake_peer *peer)
{
	const struct ww_feed *feed;
	struct ww_hl7_batch b;
	struct ww_hl7_item it;
	struct ww_group *open = NULL;
	size_t items;
	ww_str first;

	items = count_items(bytes, &first);
	feed = ww_intake_feed_of(i, first, peer);
	i->how = &feed->ack;
	if (items > ITEMS_MOST) {
		refuse_whole(i, bytes, peer);
		return;
	}
	ww_hl7_batch_begin(&b, bytes, false);
	while (!i->try_again && ww_hl7_batch_next(&b, &it))
		take_item(i, &open, &it, peer);
	if (b.faults != 0)
		ww_intake_trouble(i->in, WW_INTAKE_BATCH, feed);
}

/* -- answering it ----------------------------------------------------------------------------------- */

static ww_str
said_of(const struct ww_piece *p, bool later)
{
	return ww_buf_view(later ? &p->application : &p->answer);
}

/* A batch is answered unless it has messages and none of them is, by its mode. */
static bool
is_answered(const struct ww_input *i, bool later)
{
	if (i->how->batch == WW_ACK_BATCH_NONE || i->how->when == WW_ACK_NOT)
		return false;
	for (const struct ww_piece *p = i->pieces; p != NULL; p = p->next)
		if (said_of(p, later).n > 0)
			return true;
	return !later && i->pieces == NULL;
}

static void
write_group(const struct ww_input *i, const struct ww_group *g, bool later, struct ww_buf *out)
{
	bool errors = i->how->batch == WW_ACK_BATCH_ERRORS;
	const struct ww_piece *p = g->first;
	size_t said = 0;

	ww_buf_str_add(out, ww_buf_view(&g->begin[later]));
	for (size_t k = 0; k < g->pieces; k++, p = p->next) {
		ww_str text = said_of(p, later);

		if (text.n == 0 || (errors && !p->bad))
			continue;
		ww_buf_str_add(out, text);
		said++;
	}
	write_end(&g->begin[later], WW_HL7_ITEM_BHS, said, out);
}

ww_str
ww_intake_batch_text(struct ww_input *i, bool later)
{
	struct ww_buf *out = &i->text[later];
	size_t n = 0;

	if (!is_answered(i, later))
		return ww_str_empty();
	ww_buf_str_add(out, ww_buf_view(&i->file[later]));
	for (const struct ww_group *g = i->groups; g != NULL; g = g->next, n++)
		write_group(i, g, later, out);
	if (i->file[later].n > 0)
		write_end(&i->file[later], WW_HL7_ITEM_FHS, n, out);
	i->try_again = i->try_again || out->error != WW_OK;
	return ww_buf_view(out);
}
