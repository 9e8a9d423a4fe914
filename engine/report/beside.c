/* Authorizations and claims as why shows them: rows as JSON, without what says who it is. */
#include "report/beside.h"

#include "model/join.h"
#include "model/model_json.h"
#include "report/moment.h"
#include "store/history.h"

/* Many claims of one stay are a bill a day; who wants all of them asks for the resources. */
enum { CLAIMS_MOST = 200 };

static void
set_id(struct ww_ctx *cx, struct ww_json *o, const char *key, ww_id id)
{
	ww_json_set_str(cx, o, key, ww_arena_printf(cx->arena, WW_ID_FMT, WW_ID_ARG(id)));
}

/* The row, its id as ids are typed, and by what it was joined. */
static struct ww_json *
row_json(struct ww_ctx *cx, const struct ww_entity *e, const void *row, ww_id id, const char *by)
{
	struct ww_json *o = ww_row_json(cx, e, row);

	ww_json_remove(o, "person");
	set_id(cx, o, "id", id);
	if (by[0] != '\0')
		ww_json_set_cstr(cx, o, "joined-by", by);
	return o;
}

/* The moments of a row are shown as all moments are. */
static struct ww_json *
authorization_json(struct ww_ctx *cx, const struct ww_authorization *a, const char *by)
{
	struct ww_json *o = row_json(cx, &ww_entity_authorization, a, a->id, by);

	ww_json_remove(o, "received_ms");
	ww_json_remove(o, "decided_ms");
	ww_json_remove(o, "replaced_by");
	ww_json_remove(o, "encounter"); /* joined-by says it of what is known now */
	ww_json_remove(o, "arrived");
	ww_json_remove(o, "forwarded_ms");
	ww_json_remove(o, "forwarded_by");
	ww_report_moment(cx, o, "received", a->received_ms);
	if (a->forwarded_ms != 0) {
		ww_report_moment(cx, o, "forwarded", a->forwarded_ms);
		ww_json_set_str(cx, o, "forwarded-by", a->forwarded_by);
	}
	ww_report_moment(cx, o, "decided", a->decided_ms);
	if (a->replaced_by != 0)
		set_id(cx, o, "replaced-by", a->replaced_by);
	return o;
}

/* What the claim says besides is in a row of its own. */
static ww_status
add_detail(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_claim *c, struct ww_json *o)
{
	struct ww_claim_detail d;
	struct ww_json *more, *next;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_claim_detail, &d);
	d.person = c->person;
	d.day = c->day;
	d.claim = c->id;
	s = ww_get(l, cx, claim_detail, &d, &found);
	if (s != WW_OK || !found)
		return s;
	more = ww_row_json(cx, &ww_entity_claim_detail, &d);
	ww_json_remove(more, "person");
	ww_json_remove(more, "day");
	ww_json_remove(more, "claim");
	for (struct ww_json *m = ww_json_first(more); m != NULL; m = next) {
		next = ww_json_next(m);
		ww_json_set_str(cx, o, ww_arena_cstr(cx->arena, ww_json_key(m)), ww_json_str(m));
	}
	return WW_OK;
}

static ww_status
claim_json(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_claim *c, const char *by,
    struct ww_json **out)
{
	struct ww_json *o = row_json(cx, &ww_entity_claim, c, c->id, by);

	ww_json_remove(o, "day");
	ww_json_remove(o, "received_ms");
	ww_report_moment(cx, o, "received", c->received_ms);
	*out = o;
	return add_detail(l, cx, c, o);
}

static ww_status
stays_of(struct ww_ledger *l, struct ww_ctx *cx, ww_id person, struct ww_rows *out)
{
	struct ww_encounter like;

	ww_row_init(&ww_entity_encounter, &like);
	like.person = person;
	return ww_find(l, cx, encounter, "by_person", &like, out);
}

/* The list under that key, made when there is something for it. */
static struct ww_json *
list_of(struct ww_ctx *cx, struct ww_json *o, const char *key)
{
	struct ww_json *list = ww_json_get(o, key);

	return list != NULL ? list : ww_json_set(cx, o, key, ww_json_array(cx));
}

/* Of one stay; of all and of none where stay is 0. */
static ww_status
add_told(
    struct ww_ledger *l, struct ww_ctx *cx, ww_id person, ww_id stay, struct ww_json *o, size_t *n)
{
	struct ww_rows stays, authorizations, claims;
	struct ww_family f;
	struct ww_json *one;
	size_t shown = 0;
	ww_status s = ww_family_of(l, cx, person, &f);

	if (s == WW_OK)
		s = stays_of(l, cx, person, &stays);
	if (s == WW_OK)
		s = ww_history_authorizations(l, cx, &f, &authorizations);
	if (s == WW_OK)
		s = ww_history_claims(l, cx, &f, INT32_MIN, INT32_MAX, &claims);
	if (s != WW_OK)
		return s;
	for (size_t i = 0; i < authorizations.n; i++) {
		const struct ww_authorization *a = WW_ROW(&authorizations, authorization, i);
		struct ww_joined j = ww_join_authorization(a, stays.p, stays.n);

		if (stay != 0 && (j.stay == NULL || j.stay->id != stay))
			continue;
		ww_json_add(cx, list_of(cx, o, "authorizations"), authorization_json(cx, a, j.by));
		(*n)++;
	}
	for (size_t i = 0; i < claims.n && shown < CLAIMS_MOST; i++) {
		const struct ww_claim *c = WW_ROW(&claims, claim, i);
		struct ww_joined j = ww_join_claim(c, stays.p, stays.n);

		if (stay != 0 && (j.stay == NULL || j.stay->id != stay))
			continue;
		s = claim_json(l, cx, c, j.by, &one);
		if (s != WW_OK)
			return s;
		ww_json_add(cx, list_of(cx, o, "claims"), one);
		shown++;
		(*n)++;
	}
	return WW_OK;
}

/* A request for it told of the stay as well, perhaps before anybody else. */
static void
name_sources(struct ww_ctx *cx, const struct ww_json *authorizations, struct ww_json *stay)
{
	for (const struct ww_json *a = ww_json_first(authorizations); a != NULL;
	     a = ww_json_next(a)) {
		ww_str known = ww_json_str(ww_json_get(stay, "told-by"));
		ww_str feed = ww_json_str(ww_json_get(a, "feed"));
		ww_str resource = ww_json_str(ww_json_get(a, "resource"));

		ww_json_set_str(cx, stay, "told-by",
		    ww_arena_printf(cx->arena, "%.*s%s%.*s %.*s", WW_STR_FMT(known),
		        known.n != 0 ? ", " : "", WW_STR_FMT(feed), WW_STR_FMT(resource)));
	}
}

ww_status
ww_why_beside(
    struct ww_ledger *l, struct ww_ctx *cx, const struct ww_encounter *stay, struct ww_json *o)
{
	size_t n = 0;
	ww_status s = add_told(l, cx, stay->person, stay->id, o, &n);

	if (s == WW_OK)
		name_sources(cx, ww_json_get(o, "authorizations"), o);
	return s;
}

ww_status
ww_why_person(
    struct ww_ledger *l, struct ww_ctx *cx, ww_id person, struct ww_json *story, size_t *n)
{
	return add_told(l, cx, person, 0, story, n);
}

ww_status
ww_why_authorization(struct ww_ledger *l, struct ww_ctx *cx, ww_id id, struct ww_json *story,
    ww_id *encounter, bool *found)
{
	struct ww_authorization a;
	struct ww_joined j;
	struct ww_person p;
	struct ww_rows stays;
	bool any = true;
	ww_status s;

	ww_row_init(&ww_entity_authorization, &a);
	a.id = id;
	s = ww_get(l, cx, authorization, &a, found);
	if (s != WW_OK || !*found)
		return s;
	ww_row_init(&ww_entity_person, &p);
	for (p.id = a.person; s == WW_OK && any && p.id != 0;) {
		s = ww_get(l, cx, person, &p, &any);
		if (p.merged_into == 0)
			break;
		p.id = p.merged_into;
		p.merged_into = 0;
	}
	if (s == WW_OK)
		s = stays_of(l, cx, p.id, &stays);
	if (s != WW_OK)
		return s;
	j = ww_join_authorization(&a, stays.p, stays.n);
	ww_json_set(cx, story, "authorization", authorization_json(cx, &a, j.by));
	*encounter = j.stay != NULL ? j.stay->id : 0;
	return WW_OK;
}

/* The Claim that a request was about, as rows name it: by itself, or by its answer; empty: none. */
static ww_status
claim_of(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_message *m, ww_str *out)
{
	struct ww_request_answer a;
	struct ww_decision like;
	struct ww_rows rows;
	bool found;
	ww_status s;

	*out = ww_str_empty();
	ww_row_init(&ww_entity_request_answer, &a);
	a.seq = m->seq;
	s = ww_get(l, cx, request_answer, &a, &found);
	if (s != WW_OK || !found || a.id.n == 0)
		return s;
	*out = ww_arena_printf(cx->arena, "%.*s/%.*s", WW_STR_FMT(a.type), WW_STR_FMT(a.id));
	ww_row_init(&ww_entity_decision, &like);
	like.feed = m->feed;
	like.resource = *out;
	s = ww_find(l, cx, decision, "by_resource", &like, &rows);
	if (s == WW_OK && rows.n > 0)
		*out = WW_ROW(&rows, decision, 0)->request;
	return s;
}

ww_status
ww_why_brought(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_message *m,
    struct ww_json *story, ww_id *encounter)
{
	struct ww_rows rows;
	struct ww_family f;
	ww_str claim;
	bool found;
	ww_status s;

	if (m->person == 0)
		return WW_OK;
	s = claim_of(l, cx, m, &claim);
	if (s == WW_OK)
		s = ww_family_of(l, cx, m->person, &f);
	if (s == WW_OK)
		s = ww_history_authorizations(l, cx, &f, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_authorization *a = WW_ROW(&rows, authorization, i);

		if (a->id >> 16 == m->seq ||
		    (claim.n > 0 && ww_str_eq(a->resource, claim) && ww_str_eq(a->feed, m->feed)))
			return ww_why_authorization(l, cx, a->id, story, encounter, &found);
	}
	return s;
}
