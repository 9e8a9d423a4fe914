/* MESSAGE records: a message through the chain of pure stages. */
#include "apply/work.h"

#include "base/crypto.h"
#include "model/fold.h"
#include "model/record.h"

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

static ww_str
apart(struct ww_work *w, ww_str system)
{
	return ww_arena_printf(w->cx->arena, "test:%.*s", WW_STR_FMT(system));
}

/* Whoever tries something with a number that is also a patient's must not end that patient's stay, nor have it count
 * as history: the numbers of tests are numbers of their own. */
static void
set_apart(struct ww_work *w)
{
	struct ww_prior *prior = &w->facts.prior;

	for (size_t i = 0; i < w->facts.identifiers_n; i++)
		w->facts.identifiers[i].system = apart(w, w->facts.identifiers[i].system);
	for (size_t i = 0; i < prior->identifiers_n; i++)
		prior->identifiers[i].system = apart(w, prior->identifiers[i].system);
	w->facts.visit_system = apart(w, w->facts.visit_system);
	prior->visit_system = apart(w, prior->visit_system);
	w->facts.event.prior_system = prior->visit_system;
	for (size_t i = 0; i < w->facts.alternates_n; i++)
		w->facts.alternates[i].system = apart(w, w->facts.alternates[i].system);
}

/* -- the chain -------------------------------------------------------------------------------------- */

static void
conclude(struct ww_work *w)
{
	if (w->message->reason.n != 0 || w->changes_n != 0)
		return;
	w->message->reason =
	    w->renumbered || w->moved_n != 0
	        ? WW_STR("numbers changed; no flag was raised, changed or retracted")
	        : WW_STR("nothing new: no flag was raised, changed or retracted");
}

/* What a person should look at, although the message was taken. */
static const char *
doubt_of(const struct ww_work *w)
{
	enum ww_act act = ww_act_of(w->facts.event.trigger);
	int64_t said = w->facts.event.class_;
	bool inpatient = ww_time_known(w->after.inpatient_start);

	if (w->weak)
		return "no number names the visit: it is the only one of the person that is open";
	if (act == WW_ACT_REGISTER && inpatient &&
	    (said == WW_encounter_class_INPATIENT || said == WW_encounter_class_OB))
		return "A04 registers, and PV1-2 says inpatient: taken for an admission";
	if (act == WW_ACT_ADMIT && said == WW_encounter_class_UNKNOWN && !inpatient)
		return "A01 admits, and PV1-2 names no class: not taken for an inpatient";
	return NULL;
}

static void
add_doubt(struct ww_work *w)
{
	const char *doubt = w->after.id != 0 ? doubt_of(w) : NULL;

	if (doubt != NULL && w->message->reason.n == 0)
		w->message->reason = ww_str_from(doubt);
	else if (doubt != NULL)
		w->message->reason = ww_arena_printf(
		    w->cx->arena, "%.*s; %s", WW_STR_FMT(w->message->reason), doubt);
}

/* What it says of numbers. */
static ww_status
run_renumbering(struct ww_work *w, const struct ww_hl7 *m)
{
	ww_status s = ww_rehome_numbers(w);

	if (s == WW_OK)
		s = ww_identify_person(w);
	if (s == WW_OK)
		s = ww_restrict_person(w, m);
	return s == WW_OK ? ww_rehome(w) : s;
}

static ww_status
run_visit(struct ww_work *w, const struct ww_hl7 *m)
{
	ww_status s = ww_identify_encounter(w);

	if (s != WW_OK || w->after.id == 0)
		return s;
	s = ww_restrict_stay(w, m);
	if (s == WW_OK)
		s = ww_fold_stay(w);
	if (s == WW_OK && w->after.status == WW_encounter_status_UNKNOWN &&
	    w->before.status == WW_encounter_status_UNKNOWN) {
		w->message->reason = ww_arena_printf(w->cx->arena,
		    "%.*s of a visit of which nothing else is known: kept until it is",
		    WW_STR_FMT(w->facts.event.trigger));
		return WW_OK;
	}
	if (s == WW_OK)
		s = ww_settle_chain(w);
	if (s == WW_OK)
		s = ww_attribute(w);
	return s == WW_OK ? ww_judge(w) : s;
}

/* What it says of a person and a visit. Stays of somebody who turned out to be the same person are judged behind it, and so
 * are the person's other stays when a name or birth date was put right, an insurance is new, or a restriction began or ended. */
static ww_status
run_chain(struct ww_work *w, const struct ww_hl7 *m)
{
	ww_status s = ww_identify_person(w);
	bool corrected = w->corrected;

	if (s == WW_OK)
		s = ww_restrict_person(w, m);
	if (s == WW_OK)
		s = run_visit(w, m);
	if (s == WW_OK && w->moved_n != 0)
		s = ww_rehome_moved(w);
	return s == WW_OK && (corrected || w->restated || w->insured) ? ww_reattribute_person(w)
	                                                              : s;
}

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

static void
tell_observer(struct ww_work *w)
{
	struct ww_effect e = {
		.message = w->message,
		.trigger = ww_arena_cstr(w->cx->arena, w->message->event),
		.act = ww_act_text(ww_act_of(w->message->event)),
		.before = w->is_new || w->before.id == 0 ? NULL : &w->before,
		.after = w->after.id == 0 ? NULL : &w->after,
		.changes = w->changes,
		.changes_n = w->changes_n,
		.rows = w->touched,
		.rows_n = w->touched_n,
	};

	if (w->a->set.observe == NULL || w->cx->seq <= w->a->told)
		return;
	w->a->told = w->cx->seq;
	w->a->set.observe(w->a->set.arg, &e);
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

	if (s != WW_OK)
		return s;
	if (w->facts.ignored.n != 0) {
		w->message->disposition = WW_disposition_IGNORED;
		w->message->reason = w->facts.ignored;
		return WW_OK;
	}
	w->patient_test = !w->test && ww_test_is(w, m);
	w->test = w->test || w->patient_test;
	w->message->disposition = w->test ? WW_disposition_TEST : WW_disposition_APPLIED;
	if (w->test)
		set_apart(w);
	s = ww_act_renumbers(ww_act_of(w->facts.event.trigger)) ? run_renumbering(w, m)
	                                                        : run_chain(w, m);
	if (s != WW_OK)
		return s;
	conclude(w);
	add_doubt(w);
	return WW_OK;
}

/* Nobody has so many patients in one message. */
enum { PARTS_MAX = 256 };

/* What the part before said of its visit is not this one's, and what it moved has been judged. */
static void
start_part(struct ww_work *w)
{
	ww_row_init(&ww_entity_encounter, &w->before);
	ww_row_init(&ww_entity_encounter, &w->after);
	w->reused = w->weak = false;
	w->is_new = w->late = w->corrected = w->restated = w->insured = false;
	w->owners_n = 0;
	w->renumbered = w->renumbered || w->moved_n != 0;
	w->moved_n = 0;
}

static ww_status
run_parts(struct ww_work *w, const struct ww_hl7 *m)
{
	enum ww_act act = ww_act_of(w->message->event);
	const char *begins = ww_act_group(act, w->message->event);
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
		start_part(w);
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

/* -- what was noticed -------------------------------------------------------------------------------- */

static ww_status
count_warning(struct ww_work *w, enum ww_hl7_warning warning)
{
	struct ww_noticed n;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_noticed, &n);
	n.feed = w->message->feed;
	n.warning = ww_str_from(ww_hl7_warning_name(warning));
	s = ww_get(w->l, w->cx, noticed, &n, &found);
	if (s != WW_OK)
		return s;
	n.messages++;
	n.last = w->message->seq;
	return ww_put(w->l, w->cx, noticed, &n);
}

/* Keeps with the message what was noticed in it, and counts it. */
static ww_status
keep_warnings(struct ww_work *w, const struct ww_hl7 *m)
{
	uint32_t set = ww_hl7_warnings(m);
	ww_status s = WW_OK;

	if (w->after.anomaly != 0 && w->before.anomaly == 0)
		set |= UINT32_C(1) << WW_HL7_WARN_class_anomaly;
	if (w->weak)
		set |= UINT32_C(1) << WW_HL7_WARN_visit_weak;
	if (w->overlay)
		set |= UINT32_C(1) << WW_HL7_WARN_merge_overlay;
	if (set == 0)
		return WW_OK;
	w->message->warnings = ww_hl7_warning_names(w->cx, set);
	for (unsigned i = 0; s == WW_OK && i < WW_HL7_WARNINGS_N; i++) {
		if ((set >> i & 1) != 0)
			s = count_warning(w, (enum ww_hl7_warning)i);
	}
	return s;
}

/* Everything it needs but what the record says. */
static struct ww_work *
new_work(struct ww_apply *a, struct ww_ctx *cx, struct ww_message *message)
{
	struct ww_work *w = ww_arena_alloc(cx->arena, sizeof(*w));

	if (w == NULL)
		return NULL;
	ww_row_init(&ww_entity_encounter, &w->before);
	ww_row_init(&ww_entity_encounter, &w->after);
	w->a = a;
	w->cx = cx;
	w->l = a->set.ledger;
	w->message = message;
	w->facts.ignored = ww_str_empty();
	return w;
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
	struct ww_work *w = new_work(a, cx, message);
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
	struct ww_work *w = new_work(a, cx, &message);
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
		s = keep_warnings(w, m);
	if (s == WW_OK)
		s = ww_test_count(w);
	if (s == WW_OK)
		s = ww_put(w->l, cx, message, &message);
	if (s == WW_OK)
		tell_observer(w);
	return s;
}
