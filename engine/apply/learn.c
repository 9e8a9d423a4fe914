/* From stored resources to what is known: a function a type, what others refer to first. */
#include "apply/claims.h"

#include "apply/bundle.h"
#include "base/crypto.h"

#include <wardwire/json.h>
#include <wardwire/mapper.h>

static ww_status learn_facts(struct ww_request_work *rw, const struct ww_brought *b);

/* In the order in which they are learned. */
static const struct {
	const char *type;
	ww_learn_fn *learn;
} table[] = {
	{ "Patient", learn_facts },
	{ "Coverage", learn_facts },
	{ "Coverage", ww_learn_eligibility },
	{ "Patient", ww_learn_listed },
	{ "Group", ww_learn_group },
	{ "Encounter", learn_facts },
	{ "Condition", ww_learn_clinical },
	{ "Procedure", ww_learn_clinical },
	{ "MedicationRequest", ww_learn_clinical },
	{ "MedicationDispense", ww_learn_clinical },
	{ "MedicationAdministration", ww_learn_clinical },
	{ "Observation", ww_learn_clinical },
	{ "Claim", ww_learn_claim },
	{ "ExplanationOfBenefit", ww_learn_claim },
	{ "ClaimResponse", ww_learn_response },
};

/* -- what a mapper is given ------------------------------------------------------------------------- */

ww_time
ww_learn_stamp(struct ww_request_work *rw, const struct ww_brought *b)
{
	enum { AHEAD_MS = 10 * 60 * 1000 }; /* more than that, and the sender's clock is wrong */
	const struct ww_zone *zone = rw->feed->zone;
	ww_str sent =
	    b->data ? ww_json_str(ww_json_get(ww_bundle_of(rw), "timestamp")) : ww_str_empty();
	ww_time t;

	if (!(ww_time_fhir(b->came_updated, zone, &t) || ww_time_fhir(sent, zone, &t)) ||
	    t.ms > rw->cx->now + AHEAD_MS)
		return (ww_time){ .ms = rw->cx->now, .prec = WW_PREC_MS };
	return t;
}

/* The MessageHeader that came with it. */
static const struct ww_json *
header_of(const struct ww_request_work *rw)
{
	const struct ww_json *first = ww_json_find(ww_bundle_of(rw), "entry[0].resource");

	return ww_str_is(ww_json_str(ww_json_get(first, "resourceType")), "MessageHeader") ? first
	                                                                                   : NULL;
}

static ww_status
resolve(void *arg, ww_str reference, const struct ww_json **out)
{
	return ww_request_resolve(arg, reference, out);
}

/* Once a request, however many resources it brings. */
static ww_str
digest_of(struct ww_request_work *rw)
{
	uint8_t digest[WW_SHA256];
	char hex[WW_SHA256 + 1];

	if (rw->digest.n != 0)
		return rw->digest;
	ww_sha256(rw->body.raw, digest);
	ww_hex(digest, WW_SHA256 / 2, hex);
	rw->digest = ww_arena_str(rw->cx->arena, ww_str_from(hex));
	return rw->digest;
}

static struct ww_fhir_source
source_of(struct ww_request_work *rw, const struct ww_brought *b)
{
	return (struct ww_fhir_source){ .resource = b->tree,
		.deleted = b->deleted,
		.name = ww_arena_printf(
		    rw->cx->arena, "%.*s/%.*s", WW_STR_FMT(b->type), WW_STR_FMT(b->id)),
		.version = b->came_version,
		.updated = ww_learn_stamp(rw, b),
		.digest = digest_of(rw),
		.header = header_of(rw),
		.resolve = resolve,
		.arg = rw };
}

struct ww_work *
ww_learn_work(struct ww_request_work *rw)
{
	struct ww_work *w = ww_work_new(rw->a, rw->cx, &rw->message);

	if (w != NULL)
		w->feed = rw->feed;
	return w;
}

/* -- one resource ----------------------------------------------------------------------------------- */

/* The row of the request says of what was first what became of it. */
static void
keep_first(struct ww_request_work *rw, const struct ww_message *first)
{
	struct ww_message *m = &rw->message;

	if (first->encounter == 0 && (first->person == 0 || m->encounter != 0))
		return;
	m->person = first->person;
	m->encounter = first->encounter;
	m->reason = first->reason;
	m->disposition = first->disposition;
}

/* Of all that a request brings one account is given, of the first stay in it. */
static void
tell_later(struct ww_request_work *rw, struct ww_work *w)
{
	struct ww_work *was = rw->told;

	if (was != NULL && was->after.id != 0) {
		ww_work_hand_over(w, was);
		return;
	}
	rw->told = w;
	if (was != NULL)
		ww_work_hand_over(was, w);
}

static ww_status
run(struct ww_request_work *rw, const struct ww_brought *b, struct ww_work *w)
{
	struct ww_message first = rw->message;
	ww_status s;

	w->resource = b->tree;
	rw->message.reason = ww_str_empty();
	rw->message.person = rw->message.encounter = 0;
	s = ww_take_facts(w);
	if (s == WW_OK)
		s = ww_work_noticed(w, 0);
	keep_first(rw, &first);
	if (s == WW_OK)
		tell_later(rw, w);
	return s;
}

static ww_status
learn_facts(struct ww_request_work *rw, const struct ww_brought *b)
{
	const struct ww_fhir_mapper *mapper = ww_fhir_mapper_find(b->type);
	struct ww_fhir_source src = source_of(rw, b);
	struct ww_work *w = ww_learn_work(rw);
	ww_status s;

	if (w == NULL)
		return ww_fail_memory(rw->cx);
	s = mapper->map(rw->cx, &src, rw->feed, &w->facts);
	if (s != WW_OK || w->facts.ignored.n == 0)
		return s == WW_OK ? run(rw, b, w) : s;
	if (rw->message.reason.n == 0) /* it is stored, and that was asked for */
		rw->message.reason = w->facts.ignored;
	return WW_OK;
}

ww_status
ww_learn_patient(struct ww_request_work *rw, const struct ww_brought *b,
    const struct ww_json *reference, struct ww_work **out)
{
	struct ww_fhir_source src = source_of(rw, b);
	struct ww_work *w = ww_learn_work(rw);
	bool any;
	ww_status s;

	*out = NULL;
	if (w == NULL)
		return ww_fail_memory(rw->cx);
	s = ww_fhir_map_subject(rw->cx, &src, reference, rw->feed, &w->facts, &any);
	if (s == WW_OK && any)
		s = run(rw, b, w);
	if (s == WW_OK && any)
		*out = w;
	return s;
}

/* What one record gives ids to has an end; what would be beyond it must not be known by no id. */
static ww_status
check_room(struct ww_request_work *rw)
{
	enum { IDS_MAX = 0xffff, ROOM = 2000 };

	if (rw->cx->ordinal <= IDS_MAX - ROOM)
		return WW_OK;
	return ww_fail(rw->cx, WW_E_LIMIT, "Bundle.entry",
	    "the Bundle says more than one record can hold: it has to come in parts");
}

static ww_status
learn_type(struct ww_request_work *rw, const char *type, ww_learn_fn *learn)
{
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i < rw->n; i++) {
		const struct ww_brought *b = &rw->brought[i];

		/* what is stored already may be said to be older, or newer */
		if (b->tree == NULL || !ww_str_is(b->type, type))
			continue;
		s = check_room(rw);
		if (s == WW_OK)
			s = learn(rw, b);
	}
	return s;
}

ww_status
ww_learn(struct ww_request_work *rw)
{
	ww_status s = WW_OK;

	for (size_t k = 0; s == WW_OK && k < sizeof(table) / sizeof(table[0]); k++)
		s = learn_type(rw, table[k].type, table[k].learn);
	if (s != WW_OK || rw->told == NULL)
		return s;
	s = ww_test_count(rw->told);
	if (s == WW_OK)
		ww_work_tell(rw->told);
	return s;
}
