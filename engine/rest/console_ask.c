/* Reads calls of the console. */
#include "rest/console_ask.h"

#include "codec/form.h"
#include "codec/http1.h"
#include "rest/access.h"
#include "rest/ask.h"
#include "store/notice.h"

#include <wardwire/json.h>

/* -- which call ---------------------------------------------------------------------------------------- */

#define WORKLIST "/api/worklist"

/* One item has an id, and below it what is said of it. */
static const struct {
	const char *method, *below;
	enum ww_console_what what;
} items[] = {
	{ "GET", "", WW_CONSOLE_SHOW },
	{ "POST", "ack", WW_CONSOLE_ACK },
	{ "POST", "note", WW_CONSOLE_NOTE },
	{ "POST", "done", WW_CONSOLE_DONE },
};

static bool
is_order(enum ww_console_what what)
{
	return what == WW_CONSOLE_ACK || what == WW_CONSOLE_NOTE || what == WW_CONSOLE_DONE;
}

static ww_status
nothing_there(struct ww_ctx *cx)
{
	return ww_fail(cx, WW_E_NOT_FOUND, NULL, "nothing is there");
}

static ww_status
take(struct ww_ctx *cx, const struct ww_http1_head *h, const char *method,
    enum ww_console_what what, struct ww_console_ask *out)
{
	if (!ww_str_is(h->method, method)) {
		out->allow = method;
		return ww_fail(cx, WW_E_METHOD, NULL, "Allow says what is done there");
	}
	out->what = what;
	return WW_OK;
}

static ww_status
find_call(struct ww_ctx *cx, const struct ww_http1_head *h, struct ww_console_ask *out)
{
	static const ww_str worklist = WW_STR_INIT(WORKLIST);
	ww_str below, id;

	if (ww_str_eq(h->path, worklist))
		return take(cx, h, "GET", WW_CONSOLE_LIST, out);
	if (ww_str_is(h->path, WW_ACCESS_TOKEN_PATH))
		return take(cx, h, "POST", WW_CONSOLE_TOKEN, out);
	if (!ww_str_starts(h->path, worklist) || h->path.p[worklist.n] != '/')
		return nothing_there(cx);
	id = ww_str_cut(ww_str_sub(h->path, worklist.n + 1, h->path.n), '/', &below);
	if (!ww_id_parse(id, &out->id) || (out->id & 0xffff) == 0 ||
	    (below.n == 0 && h->path.p[h->path.n - 1] == '/'))
		return nothing_there(cx);
	for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++)
		if (ww_str_is(below, items[i].below))
			return take(cx, h, items[i].method, items[i].what, out);
	return nothing_there(cx);
}

/* -- filters ------------------------------------------------------------------------------------------- */

static bool
read_states(ww_str v, struct ww_console_ask *out)
{
	enum ww_work_state s;

	while (v.n > 0) {
		ww_str one = ww_str_cut(v, ',', &v);

		if (ww_str_is(one, "all"))
			out->states = (1u << WW_WORK_STATES) - 1;
		else if (ww_work_state_parse(one, &s))
			out->states |= 1u << s;
		else
			return false;
	}
	return true;
}

static bool
read_enum(ww_str v, const char *(*text)(int64_t), int64_t count, int64_t *out)
{
	for (*out = 1; *out < count; (*out)++)
		if (ww_str_is(v, text(*out)))
			return true;
	return false;
}

static bool
read_role(ww_str v, struct ww_console_ask *out)
{
	return read_enum(v, ww_role_text, ww_role_count, &out->role);
}

static bool
read_kind(ww_str v, struct ww_console_ask *out)
{
	return read_enum(v, ww_flag_kind_text, ww_flag_kind_count, &out->kind);
}

static bool
read_overdue(ww_str v, struct ww_console_ask *out)
{
	out->overdue = ww_str_is(v, "true");
	return out->overdue || ww_str_is(v, "false");
}

static bool
read_limit(ww_str v, struct ww_console_ask *out)
{
	uint64_t n;

	if (!ww_str_u64(v, WW_CONSOLE_PAGE_MOST, &n) || n == 0)
		return false;
	out->limit = (size_t)n;
	return true;
}

static bool
read_party(ww_str v, struct ww_console_ask *out)
{
	out->party = v;
	return v.n > 0;
}

static bool
read_program(ww_str v, struct ww_console_ask *out)
{
	out->program = v;
	return v.n > 0;
}

static bool
read_member(ww_str v, struct ww_console_ask *out)
{
	out->member = v;
	return v.n > 0;
}

static bool
read_after(ww_str v, struct ww_console_ask *out)
{
	ww_str id;
	ww_id n;

	out->after = v;
	return ww_str_cut(v, '/', &id).n > 0 && ww_id_parse(id, &n);
}

static const struct {
	const char *name;
	bool (*read)(ww_str v, struct ww_console_ask *out);
	const char *rule;
} filters[] = {
	{ "state", read_states, "open, acknowledged, done, retracted, or all, commas between" },
	{ "role", read_role, "a role, such as coordinator" },
	{ "kind", read_kind, "a kind of flag, such as admission" },
	{ "party", read_party, "the name of a party" },
	{ "program", read_program, "the name of a program" },
	{ "member", read_member, "a payer's member number" },
	{ "overdue", read_overdue, "true or false" },
	{ "limit", read_limit, "a whole number from 1 to 200" },
	{ "after", read_after, "what a page gave as its next" },
};

enum { FILTERS = sizeof(filters) / sizeof(filters[0]) };

/* A filter that is not known would be one that is not held to. */
static ww_status
read_query(struct ww_ctx *cx, ww_str query, struct ww_console_ask *out)
{
	bool given[FILTERS] = { false };
	struct ww_form_field f;
	ww_status s;

	while ((s = ww_form_next(cx, &query, &f)) == WW_OK && f.name.n > 0) {
		size_t i = 0;

		while (i < FILTERS && !ww_str_is(f.name, filters[i].name))
			i++;
		if (i == FILTERS)
			return ww_fail(cx, WW_E_VALUE, "query", "there is no such parameter");
		if (given[i])
			return ww_fail(cx, WW_E_VALUE, filters[i].name, "it is given twice");
		if (!filters[i].read(f.value, out))
			return ww_fail(
			    cx, WW_E_VALUE, filters[i].name, "it is not %s", filters[i].rule);
		given[i] = true;
	}
	if (out->states == 0)
		out->states = 1u << WW_WORK_OPEN | 1u << WW_WORK_ACKNOWLEDGED;
	return s;
}

/* -- orders -------------------------------------------------------------------------------------------- */

/* A page of somebody else's in a browser can send a form or plain text without asking, but nothing of this type. */
static ww_status
check_type(struct ww_ctx *cx, const struct ww_http1_head *h)
{
	ww_str rest, type = ww_str_trim(ww_str_cut(ww_http1_value(h, "Content-Type"), ';', &rest));

	if (ww_str_ieq(type, WW_STR("application/json")))
		return WW_OK;
	return ww_fail(cx, WW_E_MEDIA, "Content-Type", "application/json is read, nothing else");
}

/* "7", in quotes, weak or not; or whatever there is. */
static ww_status
read_match(struct ww_ctx *cx, ww_str v, struct ww_console_ask *out)
{
	uint64_t n;

	if (v.n == 0)
		return ww_fail(cx, WW_E_REQUIRED, "If-Match",
		    "it says which version was looked at: the ETag of the item, or *");
	if (ww_str_is(v, "*"))
		return WW_OK;
	if (ww_str_starts(v, WW_STR("W/")))
		v = ww_str_sub(v, 2, v.n);
	if (v.n < 3 || v.p[0] != '"' || v.p[v.n - 1] != '"' ||
	    !ww_str_u64(ww_str_sub(v, 1, v.n - 2), INT64_MAX, &n) || n == 0)
		return ww_fail(cx, WW_E_VALUE, "If-Match", "it is not the ETag of an item, or *");
	out->match = (int64_t)n;
	return WW_OK;
}

ww_status
ww_console_ask_head(struct ww_ctx *cx, const struct ww_http1_head *h, struct ww_console_ask *out)
{
	ww_status s;

	*out = (struct ww_console_ask){ .request_id =
		                            ww_rest_request_id(ww_http1_value(h, "X-Request-Id")),
		.party = ww_str_empty(),
		.program = ww_str_empty(),
		.member = ww_str_empty(),
		.after = ww_str_empty(),
		.text = ww_str_empty(),
		.who = ww_str_empty(),
		.limit = WW_CONSOLE_PAGE };
	s = find_call(cx, h, out);
	if (s == WW_OK && out->what == WW_CONSOLE_LIST)
		return read_query(cx, h->query, out);
	if (s == WW_OK && h->query.n > 0)
		return ww_fail(cx, WW_E_VALUE, "query", "it means nothing there");
	if (s != WW_OK || !is_order(out->what))
		return s;
	if (h->chunked || h->length > 0)
		s = check_type(cx, h);
	return s == WW_OK ? read_match(cx, ww_http1_value(h, "If-Match"), out) : s;
}

/* -- the body ------------------------------------------------------------------------------------------ */

ww_status
ww_console_ask_body(struct ww_ctx *cx, ww_str body, struct ww_console_ask *out)
{
	const char *said = out->what == WW_CONSOLE_DONE ? "outcome" : "text";
	struct ww_json *v;
	ww_status s;

	if (body.n == 0)
		return WW_OK;
	s = ww_json_parse(cx, body, &v);
	if (s != WW_OK)
		return s;
	if (ww_json_kind(v) != WW_JSON_OBJECT)
		return ww_fail(cx, WW_E_SYNTAX, "body", "an object is expected");
	for (const struct ww_json *m = ww_json_first(v); m != NULL; m = ww_json_next(m)) {
		bool text = ww_str_is(ww_json_key(m), said);

		if (!text && !ww_str_is(ww_json_key(m), "who"))
			return ww_fail(
			    cx, WW_E_VALUE, "body", "it has a member besides %s and who", said);
		if (ww_json_kind(m) != WW_JSON_STRING)
			return ww_fail(cx, WW_E_VALUE, text ? said : "who", "it is no text");
		*(text ? &out->text : &out->who) = ww_json_str(m);
	}
	return WW_OK;
}
