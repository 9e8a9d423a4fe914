#include "main/loads.h"

#include "model/record.h"

#include <wardwire/buf.h>
#include <wardwire/model.h>

/* -- the line ------------------------------------------------------------------------------------------ */

struct ww_json *
ww_load_line(struct ww_ctx *cx, const struct ww_load_batch *b)
{
	struct ww_json *line = ww_json_object(cx), *items;
	size_t i;

	ww_json_set_str(cx, line, "load", b->feed);
	items = ww_json_set(cx, line, "items", ww_json_array(cx));
	for (i = 0; i < b->n; i++) {
		struct ww_json *o = ww_json_add(cx, items, ww_json_object(cx));

		ww_json_set_str(cx, o, "type", b->items[i].type);
		ww_json_set_str(cx, o, "id", b->items[i].id);
		ww_json_set_str(cx, o, "text", b->items[i].text);
	}
	return line;
}

static bool
read_item(const struct ww_json *o, struct ww_load_item *out)
{
	*out = (struct ww_load_item){ .type = ww_json_str(ww_json_get(o, "type")),
		.id = ww_json_str(ww_json_get(o, "id")),
		.text = ww_json_str(ww_json_get(o, "text")) };
	return out->type.n > 0 && out->id.n > 0 && out->text.n > 0 && out->text.n <= WW_LOAD_BYTES;
}

ww_status
ww_load_read(struct ww_ctx *cx, const struct ww_json *line, const struct ww_config *config,
    struct ww_load_batch *out)
{
	const struct ww_json *items = ww_json_get(line, "items"), *o;
	struct ww_load_batch b = { .feed = ww_json_str(ww_json_get(line, "load")) };
	size_t n = ww_json_len(items);

	if (ww_config_feed(config, b.feed) == NULL)
		return ww_fail(
		    cx, WW_E_FEED, "load", "the running engine has no feed of that name");
	if (n == 0 || n > WW_LOAD_MOST)
		return ww_fail(cx, WW_E_LIMIT, "items", "1 to %d in one batch", WW_LOAD_MOST);
	b.items = ww_arena_array(cx->arena, n, sizeof(*b.items));
	if (b.items == NULL)
		return ww_fail_memory(cx);
	for (o = ww_json_first(items); o != NULL; o = ww_json_next(o))
		if (!read_item(o, &b.items[b.n++]))
			return ww_fail(
			    cx, WW_E_VALUE, "items", "type, id and text, all short enough");
	*out = b;
	return WW_OK;
}

void
ww_load_record(const struct ww_load_batch *b, size_t i, struct ww_buf *out)
{
	const struct ww_load_item *it = &b->items[i];
	struct ww_rec_request r = {
		.feed = b->feed,
		.peer = WW_STR("load"),
		.client = ww_str_empty(),
		.party = ww_str_empty(),
		.interaction = WW_STR("load"),
		.type = it->type,
		.id = it->id,
		.condition = ww_str_empty(),
		.match = ww_str_empty(),
		.format = WW_STR("json"),
		.raw = it->text,
		.refused = ww_str_empty(),
		.none_match = ww_str_empty(),
	};

	ww_rec_request_write(&r, out);
}

/* -- what came of it ----------------------------------------------------------------------------------- */

struct counts {
	int64_t created, changed, same;
	struct ww_json *refused;
};

static void
refuse(struct ww_ctx *cx, struct counts *c, size_t at, ww_str code, ww_str reason)
{
	struct ww_json *o = ww_json_add(cx, c->refused, ww_json_object(cx));

	ww_json_set_int(cx, o, "at", (int64_t)at);
	ww_json_set_str(cx, o, "code", code);
	ww_json_set_str(cx, o, "reason", reason);
}

static ww_status
read_aside(struct ww_ctx *cx, struct ww_ledger *l, uint64_t seq, size_t at, struct counts *c)
{
	struct ww_quarantine q;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_quarantine, &q);
	q.seq = (int64_t)seq;
	s = ww_get(l, cx, quarantine, &q, &found);
	if (s == WW_OK)
		refuse(cx, c, at, ww_arena_printf(cx->arena, "WW-%03d", found ? (int)q.code : 901),
		    ww_arena_printf(cx->arena, "set aside as journal %llu: %.*s",
		        (unsigned long long)seq, WW_STR_FMT(found ? q.cause : WW_STR("unknown"))));
	return s;
}

static ww_status
count_one(struct ww_ctx *cx, struct ww_ledger *l, uint64_t seq, size_t at, struct counts *c)
{
	struct ww_request_answer a;
	struct ww_message m;
	bool answered = false, found = false;
	ww_status s;

	ww_row_init(&ww_entity_message, &m);
	ww_row_init(&ww_entity_request_answer, &a);
	m.seq = a.seq = (int64_t)seq;
	s = ww_get(l, cx, message, &m, &found);
	if (s == WW_OK)
		s = ww_get(l, cx, request_answer, &a, &answered);
	if (s != WW_OK)
		return s;
	if (!found || !answered)
		return read_aside(cx, l, seq, at, c);
	if (a.http >= 400)
		refuse(cx, c, at, WW_STR("WW-216"), m.reason);
	else if (a.http == 201)
		c->created++;
	else if (a.updated_ms != m.received_ms) /* of the version that it was already */
		c->same++;
	else
		c->changed++;
	return WW_OK;
}

ww_status
ww_load_outcome(
    struct ww_ctx *cx, struct ww_ledger *l, const uint64_t *seqs, size_t n, struct ww_json **out)
{
	struct ww_json *o = ww_json_object(cx), *journal;
	struct counts c = { .refused = ww_json_array(cx) };
	size_t i;

	journal = ww_json_set(cx, o, "journal", ww_json_array(cx));
	for (i = 0; i < n; i++) {
		ww_status s = count_one(cx, l, seqs[i], i, &c);

		if (s != WW_OK)
			return s;
		(void)ww_json_add(cx, journal,
		    ww_json_digits(
		        cx, ww_arena_printf(cx->arena, "%llu", (unsigned long long)seqs[i])));
	}
	ww_json_set_int(cx, o, "created", c.created);
	ww_json_set_int(cx, o, "changed", c.changed);
	ww_json_set_int(cx, o, "same", c.same);
	(void)ww_json_set(cx, o, "refused", c.refused);
	*out = o;
	return WW_OK;
}
