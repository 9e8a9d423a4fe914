/* Requests that come again. */
#include "apply/seen.h"

#include "apply/bundle.h"
#include "apply/reply.h"
#include "base/crypto.h"

#include <wardwire/json.h>

/* -- what a request is known by --------------------------------------------------------------------- */

enum { PARTS_MAX = 11 };

/* 128 bits of a keyed digest, in hex. */
static ww_str
digest_of(struct ww_request_work *rw, const char *what, const ww_str *parts, size_t n)
{
	uint8_t digest[WW_SHA256];
	char hex[WW_SHA256 + 1];

	ww_hmac(ww_str_from(what), parts, n, digest);
	ww_hex(digest, WW_SHA256 / 2, hex);
	return ww_arena_str(rw->cx->arena, ww_str_from(hex));
}

static ww_str
of_bytes(struct ww_request_work *rw)
{
	const struct ww_rec_request *b = &rw->body;
	const ww_str parts[PARTS_MAX] = { b->feed, b->client, b->party, b->interaction, b->type,
		b->id, b->condition, b->match, b->format, b->raw, b->none_match };

	/* What has none is known by what earlier builds knew it by. */
	return digest_of(rw, "request", parts, b->none_match.n != 0 ? PARTS_MAX : PARTS_MAX - 1);
}

/* Without a condition an update or a delete that comes again does nothing by itself. */
static ww_str
of_condition(struct ww_request_work *rw)
{
	const struct ww_rec_request *b = &rw->body;

	return b->condition.n != 0 || b->match.n != 0 || b->none_match.n != 0 ? of_bytes(rw)
	                                                                      : ww_str_empty();
}

/* On condition that nothing fits it finds what it made. */
static ww_str
of_create(struct ww_request_work *rw)
{
	return rw->body.condition.n == 0 ? of_bytes(rw) : ww_str_empty();
}

static ww_str
of_message(struct ww_request_work *rw)
{
	const struct ww_json *bundle = ww_bundle_of(rw);
	const ww_str parts[] = { rw->body.feed, ww_json_str(ww_json_get(bundle, "id")),
		ww_json_str(ww_json_find(bundle, "entry[0].resource.id")),
		ww_json_str(ww_json_find(bundle, "entry[0].resource.source.endpoint")) };

	if (parts[1].n == 0 || parts[2].n == 0)
		return of_bytes(rw);
	return digest_of(rw, "message", parts, sizeof(parts) / sizeof(parts[0]));
}

static ww_str
of_submit(struct ww_request_work *rw)
{
	const struct ww_json *identifier = ww_json_get(ww_bundle_of(rw), "identifier");
	const ww_str parts[] = { rw->body.feed, rw->body.client,
		ww_json_str(ww_json_get(identifier, "system")),
		ww_json_str(ww_json_get(identifier, "value")) };

	if (parts[3].n == 0)
		return of_bytes(rw);
	return digest_of(rw, "submit", parts, sizeof(parts) / sizeof(parts[0]));
}

static const struct {
	ww_str (*fingerprint)(struct ww_request_work *rw); /* empty: it is looked for nowhere */
	bool ever;                                         /* however long ago */
	bool content;                                      /* the body must be the same */
} ways[] = {
	[WW_SEEN_NEVER] = { NULL, false, false },
	[WW_SEEN_CREATE] = { of_create, false, false },
	[WW_SEEN_SAME] = { of_bytes, false, false },
	[WW_SEEN_UNCHANGED] = { of_condition, false, false },
	[WW_SEEN_BUNDLE] = { of_bytes, false, false },
	[WW_SEEN_MESSAGE] = { of_message, true, false },
	[WW_SEEN_SUBMIT] = { of_submit, true, true },
};

/* -- whether it is one ------------------------------------------------------------------------------ */

/* That version is the one there is. 0: any, but it must not be deleted. */
static ww_status
is_version(struct ww_request_work *rw, ww_str type, ww_str id, int64_t version, bool *is)
{
	struct ww_resource r;
	bool found;
	ww_status s = ww_resource_get(rw, type, id, &r, &found);

	*is = s == WW_OK && found && (version == 0 ? r.deleted == 0 : r.version == version);
	return s;
}

/* Each time it is carried out there is something new. */
static bool
makes_new(const struct ww_json *bundle)
{
	const struct ww_json *e = ww_json_first(ww_json_get(bundle, "entry"));

	for (; e != NULL; e = ww_json_next(e)) {
		const struct ww_json *request = ww_json_get(e, "request");

		if (ww_str_is(ww_json_str(ww_json_get(request, "method")), "POST") &&
		    ww_json_get(request, "ifNoneExist") == NULL)
			return true;
	}
	return false;
}

/* "Type/id/_history/3" of each entry of the answer is the version there is. */
static ww_status
are_versions(struct ww_request_work *rw, const struct ww_request_answer *first, bool *are)
{
	struct ww_json *answer;
	ww_status s = ww_json_parse(rw->cx, first->body, &answer);
	const struct ww_json *e;

	*are = s == WW_OK;
	e = *are ? ww_json_first(ww_json_get(answer, "entry")) : NULL;
	for (; s == WW_OK && *are && e != NULL; e = ww_json_next(e)) {
		ww_str rest = ww_json_str(ww_json_find(e, "response.location"));
		ww_str type = ww_str_cut(rest, '/', &rest), id = ww_str_cut(rest, '/', &rest);
		uint64_t version;

		(void)ww_str_cut(rest, '/', &rest);
		if (ww_str_u64(rest, INT64_MAX, &version))
			s = is_version(rw, type, id, (int64_t)version, are);
	}
	return s;
}

/* Nothing that the first one did was undone or changed where a client may mean to have it again. */
static ww_status
still_holds(struct ww_request_work *rw, enum ww_seen_how how, const struct ww_request_answer *first,
    bool *holds)
{
	*holds = true;
	if (how == WW_SEEN_UNCHANGED)
		return is_version(rw, first->type, first->id, first->version, holds);
	if ((how == WW_SEEN_SAME || how == WW_SEEN_CREATE) && first->type.n != 0)
		return is_version(rw, first->type, first->id, 0, holds);
	/* It was forgotten, and then the time in which it counts was made longer. */
	*holds = how != WW_SEEN_BUNDLE || first->body.n != 0;
	if (*holds && how == WW_SEEN_BUNDLE && !makes_new(rw->root))
		return are_versions(rw, first, holds);
	return WW_OK;
}

static ww_status
refuse_content(struct ww_request_work *rw)
{
	struct ww_fhir_issues is = { .n = 0 };

	ww_fhir_issue_add(rw->cx, &is, WW_FHIR_ERROR, WW_E_DUPLICATE, NULL,
	    WW_STR("Bundle.identifier"),
	    "another Bundle with that identifier was submitted before");
	return ww_reply_issues(rw, 422, &is);
}

static ww_status
answer_again(struct ww_request_work *rw, enum ww_seen_how how, const struct ww_request_seen *was,
    struct ww_seen *out)
{
	struct ww_request_answer first;
	struct ww_message m;
	bool found, same = true;
	ww_status s;

	if (was->seq == rw->message.seq)
		return WW_OK; /* an order runs it again */
	out->answered = true;
	if (ways[how].content && !ww_str_eq(was->digest, out->digest))
		return refuse_content(rw);
	ww_row_init(&ww_entity_request_answer, &first);
	ww_row_init(&ww_entity_message, &m);
	first.seq = m.seq = was->seq;
	s = ww_get(rw->l, rw->cx, request_answer, &first, &found);
	if (s == WW_OK && found)
		s = ww_get(rw->l, rw->cx, message, &m, &found);
	if (s == WW_OK && found)
		s = still_holds(rw, how, &first, &same);
	out->answered = s == WW_OK && found && same;
	return out->answered ? ww_reply_again(rw, &first, &m) : s;
}

ww_status
ww_seen_find(struct ww_request_work *rw, enum ww_seen_how how, struct ww_seen *out)
{
	struct ww_request_seen was;
	int64_t window = (int64_t)rw->feed->fhir.idempotency * 1000;
	bool found;
	ww_status s;

	*out = (struct ww_seen){ .fingerprint = ww_str_empty(), .digest = ww_str_empty() };
	if (ways[how].fingerprint != NULL)
		out->fingerprint = ways[how].fingerprint(rw);
	if (ways[how].content)
		out->digest = digest_of(rw, "content", &rw->body.raw, 1);
	if (ww_arena_status(rw->cx->arena) != WW_OK)
		return ww_fail_memory(rw->cx);
	if (out->fingerprint.n == 0)
		return WW_OK;
	rw->message.dedupe = out->fingerprint;
	ww_row_init(&ww_entity_request_seen, &was);
	was.fingerprint = out->fingerprint;
	s = ww_get(rw->l, rw->cx, request_seen, &was, &found);
	if (s != WW_OK || !found)
		return s;
	if (!ways[how].ever && rw->cx->now - was.received_ms > window)
		return WW_OK;
	return answer_again(rw, how, &was, out);
}

ww_status
ww_seen_keep(struct ww_request_work *rw, const struct ww_seen *seen)
{
	struct ww_request_seen row;

	if (seen->fingerprint.n == 0 || rw->refused)
		return WW_OK;
	ww_row_init(&ww_entity_request_seen, &row);
	row.fingerprint = seen->fingerprint;
	row.seq = rw->message.seq;
	row.received_ms = rw->cx->now;
	row.digest = seen->digest;
	return ww_put(rw->l, rw->cx, request_seen, &row);
}

/* -- forgetting ------------------------------------------------------------------------------------- */

enum { SWEEP_MOST = 512 }; /* at one TICK record */

/* Of all feeds the longest time in which a retry is recognised. */
static int64_t
longest(const struct ww_config *config)
{
	int64_t most = 0;

	for (size_t i = 0; i < config->feeds_n; i++) {
		int64_t ms = (int64_t)config->feeds[i].fhir.idempotency * 1000;

		most = ms > most ? ms : most;
	}
	return most;
}

/* What is said of a message or a submission is short, and asked for however long ago it was. */
static bool
is_bundle(ww_str body)
{
	return ww_str_starts(body, WW_STR("{\"resourceType\":\"Bundle\""));
}

static ww_status
forget(struct ww_apply *a, struct ww_ctx *cx, const struct ww_long_answer *l)
{
	struct ww_request_answer row;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_request_answer, &row);
	row.seq = l->seq;
	s = ww_get(a->set.ledger, cx, request_answer, &row, &found);
	if (s == WW_OK && found && is_bundle(row.body)) {
		row.body = ww_str_empty();
		s = ww_put(a->set.ledger, cx, request_answer, &row);
	}
	return s == WW_OK ? ww_ledger_remove(a->set.ledger, cx, &ww_entity_long_answer, l) : s;
}

ww_status
ww_seen_sweep(struct ww_apply *a, struct ww_ctx *cx)
{
	struct ww_rows rows;
	ww_status s;

	if (a->config == NULL)
		return WW_OK;
	s = ww_ledger_scan(a->set.ledger, cx, &ww_entity_long_answer, 0, NULL, SWEEP_MOST, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_long_answer *l = WW_ROW(&rows, long_answer, i);

		if (cx->now - l->received_ms <= longest(a->config))
			break;
		s = forget(a, cx, l);
	}
	return s;
}
