/* MESSAGE records: a message through the chain of pure stages. */
#include "apply/work.h"

#include "base/crypto.h"
#include "model/record.h"

#include <wardwire/act.h>
#include <wardwire/hl7v2.h>

#include <string.h>

/* -- duplicates ------------------------------------------------------------------------------------- */

/* Digests are kept to 128 bits, which no two messages share by chance. */
static ww_str
short_hex(struct ww_ctx *cx, const uint8_t digest[WW_SHA256])
{
	char hex[WW_SHA256 + 1];

	ww_hex(digest, WW_SHA256 / 2, hex);
	return ww_arena_str(cx->arena, ww_str_from(hex));
}

/* A message is known by its feed, MSH-3, MSH-4, MSH-10 and the digest of its bytes: a counter that starts
 * again makes no duplicate of another message. */
static ww_str
dedupe_key(struct ww_ctx *cx, ww_str feed, const struct ww_hl7 *m, const uint8_t body[WW_SHA256])
{
	uint8_t digest[WW_SHA256];
	ww_str parts[5];

	parts[0] = feed;
	parts[1] = ww_hl7_at(cx, m, "MSH-3");
	parts[2] = ww_hl7_at(cx, m, "MSH-4");
	parts[3] = ww_hl7_at(cx, m, "MSH-10");
	parts[4] = ww_str_of(body, WW_SHA256);
	ww_hmac(WW_STR("dedupe"), parts, 5, digest);
	return short_hex(cx, digest);
}

/* Takes over from the first copy. */
static void
be_duplicate(struct ww_work *w, const struct ww_message *m)
{
	w->message->first = m->seq;
	w->message->disposition = WW_disposition_DUPLICATE;
	w->message->person = m->person;
	w->message->encounter = m->encounter;
	w->message->reason =
	    ww_arena_printf(w->cx->arena, "the same message as journal %lld", (long long)m->seq);
}

/* What was set aside may have been sent on nevertheless, and is not sent on twice. */
static ww_status
note_routed(struct ww_work *w, int64_t seq)
{
	bool decided = false;
	ww_status s = w->routed ? WW_OK : ww_route_is_decided(w->a, w->cx, seq, &decided);

	w->routed = w->routed || decided;
	return s;
}

/* Looks for the first copy. One that was set aside does not count: its copy is tried again. Read page by page, because
 * there may be ten thousand copies and the first is most often the one. */
static ww_status
find_first(struct ww_work *w)
{
	enum { PAGE = 4 };
	struct ww_message like = *w->message;
	struct ww_rows rows = { .n = PAGE };
	ww_status s = WW_OK;

	like.seq = 0;
	while (s == WW_OK && rows.n == PAGE) {
		s = ww_ledger_after(
		    w->l, w->cx, &ww_entity_message, "by_dedupe", &like, PAGE, &rows);
		for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
			const struct ww_message *m = WW_ROW(&rows, message, i);

			like.seq = m->seq;
			if (m->disposition == WW_disposition_QUARANTINED)
				s = note_routed(w, m->seq);
			if (m->disposition == WW_disposition_QUARANTINED ||
			    m->disposition == WW_disposition_DUPLICATE)
				continue;
			be_duplicate(w, m);
			return WW_OK;
		}
	}
	return s;
}

/* -- tests ------------------------------------------------------------------------------------------ */

/* HL7 table 0103: P is production; senders of old versions leave MSH-11 out. What else it may be is no news. */
static bool
is_test(struct ww_work *w, const struct ww_hl7 *m)
{
	ww_str id = ww_str_trim(ww_hl7_at(w->cx, m, "MSH-11.1"));

	return id.n != 0 && !ww_str_ieq(id, WW_STR("P"));
}

/* -- the parts of a message ----------------------------------------------------------------------------- */

static ww_status
map_message(struct ww_work *w, const struct ww_hl7 *m)
{
	const struct ww_mapper *mapper = ww_mapper_find(w->message->type);
	ww_status s;

	if (mapper == NULL) {
		w->facts.ignored = WW_STR("no mapper takes this message type");
		return WW_OK;
	}
	s = mapper->map(w->cx, m, w->feed, &w->facts);
	if (s == WW_OK && w->message->event.n == 0) /* as senders before 2.3 do */
		w->message->event = w->facts.event.trigger;
	return s;
}

/* Codes are in capitals; some senders write them otherwise. */
static ww_str
code_at(struct ww_ctx *cx, const struct ww_hl7 *m, const char *path)
{
	return ww_arena_upper(cx->arena, ww_str_trim(ww_hl7_at(cx, m, path)));
}

/* What the header says, and whether it was here before: then it is a duplicate. */
static ww_status
read_header(struct ww_work *w, const struct ww_rec_message *body, const struct ww_hl7 *m)
{
	uint8_t digest[WW_SHA256];

	w->message->type = code_at(w->cx, m, "MSH-9.1");
	w->message->event = code_at(w->cx, m, "MSH-9.2");
	w->message->version = ww_hl7_at(w->cx, m, "MSH-12.1");
	w->test = is_test(w, m);
	ww_sha256(body->raw, digest);
	w->message->dedupe = dedupe_key(w->cx, body->feed, m, digest);
	return find_first(w);
}

/* A message that is about one patient, or the part about one. */
static ww_status
run_part(struct ww_work *w, const struct ww_hl7 *m)
{
	ww_status s = map_message(w, m);

	w->hl7 = m;
	if (s == WW_OK)
		s = ww_take_facts(w);
	return s == WW_OK && w->facts.observations_n != 0 ? ww_results_keep(w) : s;
}

/* Nobody has so many patients in one message. */
enum { PARTS_MAX = 256 };

static ww_status
run_parts(struct ww_work *w, const struct ww_hl7 *m)
{
	enum ww_act act = ww_act_of(w->message->event);
	const struct ww_mapper *mapper = ww_mapper_find(w->message->type);
	const char *begins = mapper != NULL && mapper->parts != NULL
	                         ? mapper->parts
	                         : ww_act_group(act, w->message->event);
	bool test = w->test;
	size_t n = begins == NULL ? 1 : ww_hl7_count(m, begins);
	ww_status s = WW_OK;

	if (n <= 1)
		return run_part(w, m);
	if (n > PARTS_MAX)
		return ww_fail(w->cx, WW_E_LIMIT, begins,
		    "more than %d patients or visits in one message", PARTS_MAX);
	for (size_t i = 1; s == WW_OK && i <= n; i++) {
		struct ww_hl7 *part;

		w->test = test; /* by the header; each part may be one of its own */
		ww_work_next(w);
		s = ww_group(w, m, begins, i, &part);
		if (s == WW_OK)
			s = run_part(w, part);
	}
	return s;
}

static ww_status
apply_parsed(struct ww_work *w, const struct ww_rec_message *body, const struct ww_hl7 *m)
{
	ww_status s = read_header(w, body, m);

	if (s == WW_OK && (uint64_t)w->message->seq != w->cx->seq)
		s = note_routed(w, w->message->seq); /* an order runs it again */
	if (s == WW_OK && !w->routed && w->message->disposition != WW_disposition_DUPLICATE)
		s = ww_route(w->a, w->cx, w->feed, m, w->message);
	/* What is to be said when all goes well; when it does not, the record is set aside and this did not happen. */
	if (s == WW_OK)
		s = ww_acknowledge(w->a, w->cx, w->feed, m, w->message->seq, NULL);
	if (s != WW_OK || w->message->disposition == WW_disposition_DUPLICATE)
		return s;
	return run_parts(w, m);
}

static const struct ww_feed *
feed_of(const struct ww_apply *a, ww_str name)
{
	return a->config == NULL ? NULL : ww_config_feed(a->config, name);
}

/* Nothing here may fail because of what the message says: it is the end of the way of those that do. */
ww_status
ww_message_set_aside(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r,
    const struct ww_failure *why, struct ww_message *message)
{
	struct ww_work *w = ww_work_new(a, cx, message);
	enum ww_disposition disposition = message->disposition;
	struct ww_rec_message body;
	struct ww_hl7 *m = NULL;
	ww_str reason = message->reason;
	ww_status s;

	if (w == NULL)
		return ww_fail_memory(cx);
	s = ww_rec_message_read(cx, r->body, &body);
	if (s == WW_OK)
		w->feed = feed_of(a, body.feed);
	if (s != WW_OK || w->feed == NULL)
		return ww_status_class(s) == WW_TRANSIENT ? s : WW_OK;
	message->feed = body.feed;
	s = ww_hl7_read(cx, body.raw, &w->feed->source, &m);
	if (ww_status_class(s) == WW_TRANSIENT)
		return s;
	s = m != NULL ? read_header(w, &body, m) : WW_OK;
	if (s == WW_OK && !w->routed && message->disposition != WW_disposition_DUPLICATE)
		s = ww_route(a, cx, w->feed, m, message);
	if (s == WW_OK)
		s = ww_acknowledge(a, cx, w->feed, m, message->seq, why);
	message->disposition = disposition;
	message->reason = reason;
	message->first = 0;
	return s;
}

ww_status
ww_apply_message(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r)
{
	struct ww_message message;
	struct ww_work *w = ww_work_new(a, cx, &message);
	struct ww_rec_message body;
	struct ww_hl7 *m;
	ww_status s;

	if (w == NULL)
		return ww_fail_memory(cx);
	ww_row_init(&ww_entity_message, &message);
	s = ww_rec_message_read(cx, r->body, &body);
	if (s != WW_OK)
		return s;
	message.seq = (int64_t)r->seq;
	message.received_ms = cx->now;
	message.feed = body.feed;
	w->feed = feed_of(a, body.feed);
	if (w->feed == NULL)
		return ww_fail(cx, WW_E_CONFLICT, "feed",
		    "no feed of that name in the configuration in force");
	s = ww_hl7_read(cx, body.raw, &w->feed->source, &m);
	if (s == WW_OK)
		s = apply_parsed(w, &body, m);
	if (s == WW_OK)
		s = ww_work_noticed(w, ww_hl7_warnings(m));
	if (s == WW_OK)
		s = ww_test_count(w);
	if (s == WW_OK)
		s = ww_put(w->l, cx, message, &message);
	if (s == WW_OK)
		ww_work_tell(w);
	return s;
}
