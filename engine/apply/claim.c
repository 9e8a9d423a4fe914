/* Bills: kept row by row as they came, each with its lines. Which of them count follows from those that are about the same
 * bill (replaced, voided, paid), and is worked out again for each of these when one comes or changes. */
#include "apply/claims.h"

#include "model/join.h"

/* -- the rows of one claim --------------------------------------------------------------------------- */

/* The claim and all that hangs on it. */
static ww_status
remove_claim(struct ww_work *w, const struct ww_claim *c)
{
	struct ww_claim_detail detail = { .person = c->person, .day = c->day, .claim = c->id };
	struct ww_claim_line line;
	struct ww_problem problem;
	struct ww_procedure procedure;
	struct ww_dispense dispense;
	ww_status s = ww_ledger_remove(w->l, w->cx, &ww_entity_claim, c);

	ww_row_init(&ww_entity_claim_line, &line);
	ww_row_init(&ww_entity_problem, &problem);
	ww_row_init(&ww_entity_procedure, &procedure);
	ww_row_init(&ww_entity_dispense, &dispense);
	line.person = problem.person = procedure.person = dispense.person = c->person;
	line.day = problem.day = procedure.day = dispense.day = c->day;
	line.claim = problem.source = procedure.source = dispense.source = c->id;
	if (s == WW_OK)
		s = ww_ledger_remove(w->l, w->cx, &ww_entity_claim_detail, &detail);
	if (s == WW_OK)
		s = ww_remove_keyed(w, &ww_entity_claim_line, &line);
	if (s == WW_OK)
		s = ww_remove_keyed(w, &ww_entity_problem, &problem);
	if (s == WW_OK)
		s = ww_remove_keyed(w, &ww_entity_procedure, &procedure);
	return s == WW_OK ? ww_remove_keyed(w, &ww_entity_dispense, &dispense) : s;
}

static ww_status
put_lines(struct ww_work *w, const struct ww_claim *c, const struct ww_claim_detail *detail,
    const struct ww_bill *b)
{
	ww_status s = ww_put(w->l, w->cx, claim_detail, detail);

	for (size_t i = 0; s == WW_OK && i < b->lines_n; i++) {
		struct ww_claim_line l = b->lines[i];

		l.person = c->person;
		l.day = c->day;
		l.claim = c->id;
		s = ww_put(w->l, w->cx, claim_line, &l);
	}
	for (size_t i = 0; s == WW_OK && i < b->problems_n; i++) {
		struct ww_problem p = b->problems[i];

		p.person = c->person;
		p.day = c->day;
		p.source = p.claim = c->id;
		s = ww_put(w->l, w->cx, problem, &p);
	}
	for (size_t i = 0; s == WW_OK && i < b->procedures_n; i++) {
		struct ww_procedure p = b->procedures[i];

		p.person = c->person;
		p.day = c->day;
		p.source = p.claim = c->id;
		s = ww_put(w->l, w->cx, procedure, &p);
	}
	for (size_t i = 0; s == WW_OK && i < b->dispenses_n; i++) {
		struct ww_dispense d = b->dispenses[i];

		d.person = c->person;
		d.day = c->day;
		d.source = d.claim = c->id;
		s = ww_put(w->l, w->cx, dispense, &d);
	}
	return s;
}

/* -- which count ------------------------------------------------------------------------------------- */

/* Rows about the same bill as one of them, itself among them; there may be one twice. */
enum { SAME_MAX = 64 };

struct same {
	const struct ww_claim *v[SAME_MAX];
	size_t n;
};

static ww_status
add_same(struct ww_work *w, const char *index, const struct ww_claim *like, struct same *out)
{
	struct ww_rows rows;
	ww_status s = ww_find(w->l, w->cx, claim, index, like, &rows);

	for (size_t i = 0; s == WW_OK && i < rows.n && out->n < SAME_MAX; i++)
		out->v[out->n++] = WW_ROW(&rows, claim, i);
	return s;
}

/* Those that are called name, or say that they are about it. */
static ww_status
add_named(struct ww_work *w, const struct ww_claim *c, ww_str name, struct same *out)
{
	struct ww_claim like;
	ww_status s = WW_OK;

	if (name.n == 0)
		return s;
	ww_row_init(&ww_entity_claim, &like);
	like.feed = c->feed;
	like.resource = like.number = like.request = like.related = name;
	if (!ww_str_eq(name, c->number))
		s = add_same(w, "by_resource", &like, out);
	if (s == WW_OK && !ww_str_eq(name, c->resource))
		s = add_same(w, "by_number", &like, out);
	if (s == WW_OK)
		s = add_same(w, "by_request", &like, out);
	return s == WW_OK ? add_same(w, "by_related", &like, out) : s;
}

static ww_status
find_all_same(struct ww_work *w, const struct ww_claim *c, struct same *out)
{
	ww_status s = add_named(w, c, c->resource, out);

	if (s == WW_OK)
		s = add_named(w, c, c->number, out);
	if (s == WW_OK)
		s = add_named(w, c, c->request, out);
	if (s == WW_OK && !ww_str_eq(c->related, c->number))
		s = add_named(w, c, c->related, out);
	return s;
}

static bool
is_paid_view(const struct ww_claim *c)
{
	return ww_str_starts(c->resource, WW_STR("ExplanationOfBenefit/"));
}

static bool
names(ww_str name, const struct ww_claim *c)
{
	return name.n != 0 && (ww_str_eq(name, c->resource) || ww_str_eq(name, c->number));
}

static bool
is_frequency(const struct ww_claim *c, const char *digit)
{
	return ww_str_is(c->frequency, digit);
}

static bool
changes_others(const struct ww_claim *c)
{
	return is_frequency(c, "7") || is_frequency(c, "8");
}

static bool
is_newer(const struct ww_claim *a, const struct ww_claim *b)
{
	return a->stated.ms != b->stated.ms ? a->stated.ms > b->stated.ms : a->id > b->id;
}

/* What x makes of c. COUNTS: nothing. */
static enum ww_claim_status
effect_of(const struct ww_claim *x, const struct ww_claim *c)
{
	bool alike = is_paid_view(x) == is_paid_view(c);
	bool same =
	    x->number.n != 0 && ww_str_eq(x->number, c->number) && ww_str_eq(x->system, c->system);

	if (x->id == c->id || !ww_str_is(x->said, "active"))
		return WW_claim_status_COUNTS;
	if (is_frequency(x, "8") && names(x->related, c))
		return WW_claim_status_VOIDED;
	if (is_frequency(x, "7") && names(x->related, c) && (!changes_others(c) || is_newer(x, c)))
		return WW_claim_status_REPLACED;
	if (!alike && is_paid_view(x) && !changes_others(x) && (same || names(x->request, c)))
		return WW_claim_status_PAID;
	if (alike && same && changes_others(x) == changes_others(c) && is_newer(x, c))
		return WW_claim_status_REPLACED;
	return WW_claim_status_COUNTS;
}

static enum ww_claim_status
own_status(const struct ww_claim *c)
{
	static const struct {
		const char *said;
		enum ww_claim_status status;
	} table[] = {
		{ "cancelled", WW_claim_status_CANCELLED },
		{ "entered-in-error", WW_claim_status_ERROR },
		{ "draft", WW_claim_status_DRAFT },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (ww_str_is(c->said, table[i].said))
			return table[i].status;
	}
	return is_frequency(c, "8") ? WW_claim_status_VOID : WW_claim_status_COUNTS;
}

/* The strongest of what the others say: voided, replaced, paid. */
static enum ww_claim_status
status_among(const struct ww_claim *c, const struct same *all)
{
	static const enum ww_claim_status order[] = { WW_claim_status_VOIDED,
		WW_claim_status_REPLACED, WW_claim_status_PAID };
	enum ww_claim_status own = own_status(c);

	for (size_t k = 0; own == WW_claim_status_COUNTS && k < sizeof(order) / sizeof(order[0]);
	     k++) {
		for (size_t i = 0; i < all->n; i++) {
			if (effect_of(all->v[i], c) == order[k])
				return order[k];
		}
	}
	return own;
}

static ww_status
settle_one(struct ww_work *w, const struct ww_claim *c)
{
	struct same all = { .n = 0 };
	struct ww_claim row = *c;
	ww_status s = find_all_same(w, c, &all);

	row.status = status_among(c, &all);
	return s == WW_OK && row.status != c->status ? ww_put(w->l, w->cx, claim, &row) : s;
}

/* One that came or changed, and those about the same bill. */
static ww_status
settle(struct ww_work *w, const struct ww_claim *c)
{
	struct same all = { .n = 0 };
	ww_status s = find_all_same(w, c, &all);

	for (size_t i = 0; s == WW_OK && i < all.n; i++)
		s = settle_one(w, all.v[i]);
	return s;
}

/* -- keeping ----------------------------------------------------------------------------------------- */

static ww_status
find_claim(struct ww_work *w, const struct ww_claim *c, struct ww_claim *out, bool *found)
{
	struct ww_rows rows;
	ww_status s = ww_find(w->l, w->cx, claim, "by_resource", c, &rows);

	*found = s == WW_OK && rows.n > 0;
	if (*found)
		*out = *WW_ROW(&rows, claim, 0);
	return s;
}

static ww_status
keep_claim(struct ww_work *w, const struct ww_bill *b)
{
	struct ww_claim row = b->claim, old;
	struct ww_claim_detail detail = b->detail;
	bool found;
	ww_status s = find_claim(w, &row, &old, &found);

	if (s != WW_OK || (found && old.stated.ms > row.stated.ms))
		return s;
	row.person = w->person.id;
	row.day = ww_written_day(row.start);
	row.id = found ? old.id : ww_ctx_id(w->cx);
	detail.person = row.person;
	detail.day = row.day;
	detail.claim = row.id;
	row.received_ms = found ? old.received_ms : w->cx->now;
	row.status = own_status(&row);
	if (found)
		s = remove_claim(w, &old);
	if (s == WW_OK)
		s = ww_put(w->l, w->cx, claim, &row);
	if (s == WW_OK)
		s = put_lines(w, &row, &detail, b);
	if (s == WW_OK && found)
		s = settle(w, &old); /* of what it was about before */
	return s == WW_OK ? settle(w, &row) : s;
}

static ww_status
map_bill(struct ww_request_work *rw, const struct ww_brought *b, struct ww_bill *out)
{
	struct ww_fhir_source source = ww_learn_source(rw, b);

	return ww_str_is(b->type, "ExplanationOfBenefit")
	           ? ww_fhir_eob(rw->cx, &source, rw->feed, out)
	           : ww_fhir_claim(rw->cx, &source, rw->feed, out);
}

/* The Encounter that it names, whether it has come or not, and the number of the visit that it has. */
static ww_status
name_visit(struct ww_request_work *rw, struct ww_bill *bill)
{
	ww_str system, visit;
	ww_status s;

	if (bill->encounter.n == 0)
		return WW_OK;
	bill->claim.stay = bill->authorization.stay = ww_arena_printf(
	    rw->cx->arena, "%.*s %.*s", WW_STR_FMT(rw->feed->name), WW_STR_FMT(bill->encounter));
	s = ww_learn_visit(rw, bill->encounter, &system, &visit);
	if (s != WW_OK || visit.n == 0)
		return s;
	bill->claim.visit_system = bill->authorization.visit_system = system;
	bill->claim.visit = bill->authorization.visit = visit;
	return s;
}

/* Its use was another one before. */
static ww_status
forget_other_use(struct ww_work *w, const struct ww_brought *b, const struct ww_bill *bill)
{
	struct ww_claim old;
	bool found = false;
	ww_status s = WW_OK;

	if (b->before == NULL)
		return s;
	if (bill->authorization.use == WW_claim_use_NONE)
		return ww_authorization_drop(w, bill->claim.resource);
	s = find_claim(w, &bill->claim, &old, &found);
	if (s == WW_OK && found)
		s = remove_claim(w, &old);
	return s == WW_OK && found ? settle(w, &old) : s;
}

ww_status
ww_learn_claim(struct ww_request_work *rw, const struct ww_brought *b)
{
	struct ww_bill bill;
	struct ww_work *w = NULL;
	ww_status s = map_bill(rw, b, &bill);

	if (s == WW_OK)
		s = name_visit(rw, &bill);
	if (s == WW_OK)
		s = ww_learn_patient(rw, b, bill.patient, &w);
	if (s != WW_OK || w == NULL)
		return s;
	ww_learn_say(rw, bill.authorization.use != WW_claim_use_NONE
	                     ? "a request for authorization: kept for the stay that it is of"
	                     : "a claim: kept as history");
	s = forget_other_use(w, b, &bill);
	if (s == WW_OK && bill.authorization.use != WW_claim_use_NONE)
		s = ww_authorization_keep(w, &bill.authorization);
	else if (s == WW_OK && bill.claim.said.n != 0)
		s = keep_claim(w, &bill);
	return s == WW_OK ? ww_reattribute_person(w) : s;
}
