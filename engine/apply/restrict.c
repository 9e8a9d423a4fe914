/* Of whom what may be told: what messages say of the restrictions of the configuration, the rosters' column notices, and
 * what follows for a stay. As all that is known of a stay, it depends on what was said last and not on what came last. */
#include "apply/work.h"

#include "model/order.h"

#include <wardwire/act.h>

/* -- what one message says ------------------------------------------------------------------------------ */

enum answer { NO, SILENT, YES };

static bool
is_one_of(const struct ww_texts *texts, ww_str text)
{
	for (size_t i = 0; i < texts->n; i++) {
		if (ww_str_eq(texts->v[i], text))
			return true;
	}
	return false;
}

/* One place: a value, or "" which deletes one, says something; a field that is empty or left out does not, unless that
 * is asked for. */
static enum answer
ask_place(struct ww_ctx *cx, const struct ww_hl7 *m, const struct ww_condition *c,
    const struct ww_hl7_path *p)
{
	ww_str text = ww_str_empty();
	enum ww_hl7_state state = ww_hl7_text(cx, m, p, &text);

	if (is_one_of(&c->any, ww_str_trim(text)))
		return YES;
	return state == WW_HL7_VALUE || state == WW_HL7_DELETE ? NO : SILENT;
}

/* The best answer of all segments and repetitions that the path does not name apart. */
static enum answer
ask(struct ww_ctx *cx, const struct ww_hl7 *m, const struct ww_condition *c)
{
	struct ww_hl7_path p = c->path;
	size_t segments = c->path.n != 0 ? 1 : ww_hl7_count(m, p.segment);
	enum answer best = SILENT;
	bool no = false;

	for (size_t i = 1; i <= (segments > 0 ? segments : 1) && best != YES; i++) {
		size_t n = c->path.n != 0 ? c->path.n : i;
		size_t repetitions =
		    c->path.repetition != 0 ? 1 : ww_hl7_repetitions(m, p.segment, n, p.field);

		p.n = (uint16_t)n;
		for (size_t r = 1; r <= (repetitions > 0 ? repetitions : 1) && best != YES; r++) {
			p.repetition = c->path.repetition != 0 ? c->path.repetition : (uint16_t)r;
			best = ask_place(cx, m, c, &p);
			no = no || best == NO;
		}
	}
	return best == YES ? YES : no ? NO : SILENT;
}

static enum answer
ask_all(struct ww_ctx *cx, const struct ww_hl7 *m, const struct ww_conditions *when)
{
	enum answer worst = m != NULL && when->n != 0 ? YES : SILENT;

	for (size_t i = 0; m != NULL && i < when->n && worst != NO; i++) {
		enum answer a = ask(cx, m, &when->v[i]);

		if (a < worst)
			worst = a;
	}
	return worst;
}

/* A Patient speaks of the person, an Encounter of the stay; both state all their labels each time. */
static enum answer
ask_labels(const struct ww_work *w, const struct ww_restriction_row *r, bool of_person)
{
	const struct ww_texts *has = &w->facts.labels;
	enum ww_act act = ww_act_of(w->facts.event.trigger);

	if (r->labels.n == 0 || has->v == NULL ||
	    of_person != (act == WW_ACT_PERSON || ww_act_renumbers(act)))
		return SILENT;
	for (size_t i = 0; i < has->n; i++) {
		if (is_one_of(&r->labels, has->v[i]))
			return YES;
	}
	return NO;
}

static enum answer
ask_work(const struct ww_work *w, const struct ww_restriction_row *r, bool of_person)
{
	if (w->resource != NULL)
		return ask_labels(w, r, of_person);
	return r->of_person == of_person ? ask_all(w->cx, w->hl7, &r->when) : SILENT;
}

/* -- what is kept of it --------------------------------------------------------------------------------- */

/* As an event of which nothing counts but when it was said. */
static struct ww_event
moment_of(const struct ww_restriction *r)
{
	struct ww_event ev;

	ww_row_init(&ww_entity_event, &ev);
	ev.trigger = r->trigger;
	ev.recorded = r->recorded;
	ev.sent = r->sent;
	ev.control = r->control;
	ev.digest = r->digest;
	ev.id = r->by;
	return ev;
}

static bool
is_newer(const struct ww_restriction *a, const struct ww_restriction *b)
{
	struct ww_event x = moment_of(a), y = moment_of(b);
	struct ww_step sx = ww_step_of(&x), sy = ww_step_of(&y);

	return ww_step_recorded(&sx, &sy) > 0;
}

/* Puts what is said beside what was; *changed when something else holds now. */
static ww_status
keep(struct ww_work *w, struct ww_restriction *said, bool *changed)
{
	struct ww_restriction old;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_restriction, &old);
	old.subject = said->subject;
	old.name = said->name;
	s = ww_get(w->l, w->cx, restriction, &old, &found);
	if (s != WW_OK)
		return s;
	said->held = said->held != 0 || said->holds != 0 || (found && old.held != 0);
	if (found && is_newer(&old, said)) {
		if (old.held == said->held)
			return WW_OK;
		old.held = said->held;
		*said = old;
	}
	*changed = *changed || !found || old.holds != said->holds || old.held != said->held;
	return ww_put(w->l, w->cx, restriction, said);
}

static ww_status
note(struct ww_work *w, bool of_person, ww_id subject, bool *changed)
{
	const struct ww_config *c = w->a->config;
	const struct ww_event *ev = &w->facts.event;
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i < c->restrictions_n; i++) {
		const struct ww_restriction_row *r = &c->restrictions[i];
		enum answer a = ask_work(w, r, of_person);
		struct ww_restriction said = { .subject = subject,
			.name = r->name,
			.holds = a == YES,
			.trigger = ev->trigger,
			.recorded = ev->recorded,
			.sent = ev->sent,
			.control = ev->control,
			.digest = ev->digest.n != 0 ? ev->digest : w->message->dedupe,
			.by = (int64_t)w->cx->seq };

		if (a != SILENT)
			s = keep(w, &said, changed);
	}
	return s;
}

ww_status
ww_restrict_person(struct ww_work *w)
{
	return w->person.id != 0 ? note(w, true, w->person.id, &w->restated) : WW_OK;
}

ww_status
ww_restrict_stay(struct ww_work *w)
{
	bool changed = false;

	return note(w, false, w->after.id, &changed); /* it is judged in any case */
}

static ww_status
rows_of(struct ww_work *w, ww_id subject, struct ww_rows *out)
{
	struct ww_restriction like;

	ww_row_init(&ww_entity_restriction, &like);
	like.subject = subject;
	return ww_ledger_scan(w->l, w->cx, &ww_entity_restriction, 1, &like, 0, out);
}

ww_status
ww_restrict_move(struct ww_work *w, ww_id from, ww_id to)
{
	struct ww_rows rows;
	ww_status s = rows_of(w, from, &rows);

	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		struct ww_restriction said = *WW_ROW(&rows, restriction, i);

		said.subject = to;
		s = keep(w, &said, &w->restated);
	}
	return s;
}

/* -- what follows --------------------------------------------------------------------------------------- */

struct verdict {
	int64_t policy;
	ww_str names;
	bool allowed;
};

static void
add(struct ww_work *w, struct verdict *v, int64_t policy, ww_str name)
{
	if (policy > v->policy)
		v->policy = policy;
	v->names = ww_arena_printf(w->cx->arena, "%.*s%s%.*s", WW_STR_FMT(v->names),
	    v->names.n > 0 ? ", " : "", WW_STR_FMT(name));
}

/* It was said, and holds. */
static bool
is_said(const struct ww_rows *rows, const struct ww_restriction_row *r)
{
	for (size_t k = 0; k < rows->n; k++) {
		const struct ww_restriction *said = WW_ROW(rows, restriction, k);

		if (ww_str_eq(said->name, r->name) &&
		    (said->holds != 0 || (r->lasting && said->held != 0)))
			return true;
	}
	return false;
}

/* In the order of the configuration. */
static void
add_said(
    struct ww_work *w, struct verdict *v, const struct ww_rows *person, const struct ww_rows *stay)
{
	const struct ww_config *c = w->a->config;

	for (size_t i = 0; i < c->restrictions_n; i++) {
		const struct ww_restriction_row *r = &c->restrictions[i];
		bool either = r->labels.n != 0; /* a Patient may have said it, or an Encounter */

		if (!((r->of_person || either) && is_said(person, r)) &&
		    !((!r->of_person || either) && is_said(stay, r)))
			continue;
		v->allowed = v->allowed || r->policy == WW_policy_NONE;
		if (r->policy != WW_policy_NONE)
			add(w, v, r->policy, r->name);
	}
}

/* What rosters say of the member. */
struct asked {
	int64_t policy;
	bool opt_out;
};

static void
add_wish(struct asked *a, const struct ww_attribution *at)
{
	if (at->policy > a->policy)
		a->policy = at->policy;
	a->opt_out = a->opt_out || at->opt_out != 0;
}

static ww_status
of_row(struct ww_work *w, ww_id attribution, struct asked *asked)
{
	struct ww_attribution at;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_attribution, &at);
	at.id = attribution;
	s = ww_get(w->l, w->cx, attribution, &at, &found);
	if (s == WW_OK && found)
		add_wish(asked, &at);
	return s;
}

/* What the member asked a payer for holds for all practices: of those the stay is attributed to, and of those that
 * were told of it before. */
static ww_status
of_rosters(struct ww_work *w, const struct ww_rows *told, struct asked *asked)
{
	ww_id last = 0;
	ww_status s = WW_OK;

	*asked = (struct asked){ .policy = WW_policy_NONE };
	for (size_t i = 0; i < w->owners_n; i++)
		add_wish(asked, w->owners[i]);
	for (size_t i = 0; s == WW_OK && i < told->n; i++) {
		ww_id at = WW_ROW(told, flag, i)->attribution;

		if (at != last)
			s = of_row(w, at, asked);
		last = at;
	}
	return s;
}

ww_status
ww_restrict_decide(struct ww_work *w, const struct ww_rows *told)
{
	struct verdict v = { .policy = WW_policy_NONE, .names = ww_str_empty() };
	struct ww_rows person = { .n = 0 }, stay = { .n = 0 };
	struct asked asked;
	ww_status s = WW_OK;

	w->policy_was = (enum ww_policy)w->after.policy;
	if (w->a->config->restrictions_n > 0)
		s = rows_of(w, w->person.id, &person);
	if (s == WW_OK && w->a->config->restrictions_n > 0 && w->after.id != 0)
		s = rows_of(w, w->after.id, &stay);
	if (s == WW_OK)
		s = of_rosters(w, told, &asked);
	if (s != WW_OK)
		return s;
	add_said(w, &v, &person, &stay);
	if (v.allowed) { /* not against what the member asked for */
		v.policy = WW_policy_NONE;
		v.names = ww_str_empty();
	}
	if (asked.policy != WW_policy_NONE)
		add(w, &v, asked.policy,
		    asked.opt_out ? WW_STR("the member opted out") : WW_STR("the member's wish"));
	if (v.policy == w->after.policy && ww_str_eq(v.names, w->after.restricted))
		return WW_OK;
	w->after.policy = v.policy;
	w->after.restricted = v.names;
	if (w->subject.encounter == 0)
		return WW_OK; /* it is found out anew whenever it is judged */
	return ww_put(w->l, w->cx, encounter, &w->after);
}

/* -- another configuration ------------------------------------------------------------------------------ */

/* What was said means the same under both. A row that is new means nothing before a message has said something of it. */
static bool
mean_the_same(const struct ww_config *old, const struct ww_config *c)
{
	for (size_t i = 0; i < old->restrictions_n; i++) {
		const struct ww_restriction_row *was = &old->restrictions[i], *is = NULL;

		for (size_t k = 0; k < c->restrictions_n && is == NULL; k++) {
			if (ww_str_eq(c->restrictions[k].name, was->name))
				is = &c->restrictions[k];
		}
		if (is == NULL || is->policy != was->policy || is->lasting != was->lasting ||
		    is->of_person != was->of_person)
			return false;
	}
	return true;
}

/* Stays of which something waits or is withheld; of what is no stay the flags, as numbers below 0. */
struct waiting {
	struct ww_ctx *cx; /* in whose arena they are kept */
	ww_id *v;
	size_t n, cap;
};

static ww_status
note_waiting(void *arg, struct ww_apply *a, struct ww_ctx *cx, struct ww_outbox *row, bool *stop)
{
	struct waiting *x = arg;
	size_t cap = 2 * x->cap + 64;
	ww_id what = row->encounter != 0 ? row->encounter : -row->flag;

	(void)a;
	(void)cx;
	(void)stop;
	if (row->message != 0 || (row->state == WW_outbox_state_SUPPRESSED && row->withheld == 0) ||
	    (x->n > 0 && x->v[x->n - 1] == what))
		return WW_OK;
	if (x->n == x->cap) {
		ww_id *more = ww_arena_array(x->cx->arena, cap, sizeof(*more));

		if (more == NULL)
			return ww_fail_memory(cx);
		for (size_t i = 0; i < x->n; i++)
			more[i] = x->v[i];
		x->v = more;
		x->cap = cap;
	}
	x->v[x->n++] = what;
	return WW_OK;
}

/* By which number the stay is somebody's: by it all its like are found again. */
static ww_status
note_member(struct ww_apply *a, struct ww_ctx *cx, ww_id stay, struct ww_numbers *out)
{
	struct ww_attribution at;
	struct ww_flag like;
	struct ww_rows rows;
	bool found = false;
	ww_status s;

	ww_row_init(&ww_entity_flag, &like);
	like.encounter = stay;
	s = ww_find(a->set.ledger, cx, flag, "by_encounter", &like, &rows);
	if (s != WW_OK || rows.n == 0)
		return s;
	ww_row_init(&ww_entity_attribution, &at);
	at.id = WW_ROW(&rows, flag, rows.n - 1)->attribution;
	s = ww_get(a->set.ledger, cx, attribution, &at, &found);
	if (s == WW_OK && found)
		out->v[out->n++] = at.member_key;
	return s;
}

/* The person of that flag: what was found of them beside stays is judged again. */
static ww_status
judge_person_of(struct ww_apply *a, struct ww_ctx *cx, ww_id flag)
{
	struct ww_message nobody; /* whose reason is read by nobody */
	struct ww_flag f;
	struct ww_work *w;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_message, &nobody);
	ww_row_init(&ww_entity_flag, &f);
	f.id = flag;
	s = ww_get(a->set.ledger, cx, flag, &f, &found);
	if (s != WW_OK || !found)
		return s;
	w = ww_work_new(a, cx, &nobody);
	if (w == NULL)
		return ww_fail_memory(cx);
	ww_row_init(&ww_entity_person, &w->person);
	w->person.id = f.person;
	s = ww_get(w->l, cx, person, &w->person, &found);
	if (s == WW_OK && found)
		s = ww_person_resolve(w, &w->person, &found);
	return s == WW_OK && found ? ww_judge_beside(w) : s;
}

ww_status
ww_restrict_reconfigured(struct ww_apply *a, struct ww_ctx *cx, const struct ww_config *old)
{
	static const enum ww_outbox_state states[] = { WW_outbox_state_DUE, WW_outbox_state_PARKED,
		WW_outbox_state_SUPPRESSED, WW_outbox_state_QUIET };
	struct waiting x = { .cx = cx };
	struct ww_numbers numbers = { .n = 0 };
	struct ww_rows rows;
	ww_status s;

	if (old == NULL || mean_the_same(old, a->config))
		return WW_OK;
	s = ww_ledger_scan(a->set.ledger, cx, &ww_entity_destination, 0, NULL, 0, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		for (size_t k = 0; s == WW_OK && k < sizeof(states) / sizeof(states[0]); k++)
			s = ww_apply_each_row(a, cx, WW_ROW(&rows, destination, i)->name, states[k],
			    note_waiting, &x);
	}
	if (s != WW_OK)
		return s;
	numbers.v = ww_arena_array(cx->arena, x.n + 1, sizeof(*numbers.v));
	if (numbers.v == NULL)
		return ww_fail_memory(cx);
	for (size_t i = 0; s == WW_OK && i < x.n; i++)
		s = x.v[i] > 0   ? note_member(a, cx, x.v[i], &numbers)
		    : x.v[i] < 0 ? judge_person_of(a, cx, -x.v[i])
		                 : WW_OK;
	return s == WW_OK ? ww_reattribute(a, cx, &numbers) : s;
}
