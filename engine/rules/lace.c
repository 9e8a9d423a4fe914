/* Rule lace/1: the LACE index at discharge (van Walraven, CMAJ 2010;182:551) with the bounds between which
 * it lies where something is not known. Points and cuts: profiles/codes/lace.csv. */
#include <wardwire/chain.h>
#include <wardwire/json.h>
#include <wardwire/params.h>
#include <wardwire/rule.h>

#include "rules/comorbidity.h"
#include "rules/evidence.h"
#include "rules/stay.h"

static const char id[] = "lace/1";

enum {
	ED_DAYS = 180,       /* emergency visits before the stay */
	DIAGNOSIS_DAYS = 365 /* stays before this one whose diagnoses count */
};

enum item { L, A, C, E, ITEMS };

/* -- the table -------------------------------------------------------------------------------------- */

static const struct {
	enum item item;
	int64_t from, points;
} steps[] = {
#define WW_LACE_STEP(item, from, points) { item, from, points },
#define WW_LACE_TYPE(code, points)
#define WW_LACE_BAND(name, from)
#include "gen/lace.inc"
#undef WW_LACE_STEP
#undef WW_LACE_TYPE
#undef WW_LACE_BAND
};

static const struct {
	const char *code;
	int64_t points;
} types[] = {
#define WW_LACE_STEP(item, from, points)
#define WW_LACE_TYPE(code, points) { code, points },
#define WW_LACE_BAND(name, from)
#include "gen/lace.inc"
#undef WW_LACE_STEP
#undef WW_LACE_TYPE
#undef WW_LACE_BAND
};

static const struct {
	const char *name;
	int64_t from;
} bands[] = {
#define WW_LACE_STEP(item, from, points)
#define WW_LACE_TYPE(code, points)
#define WW_LACE_BAND(name, from) { name, from },
#include "gen/lace.inc"
#undef WW_LACE_STEP
#undef WW_LACE_TYPE
#undef WW_LACE_BAND
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* UB-04 patient status: who died is not readmitted. */
static const char *const died_codes[] = { "20", "40", "41", "42" };

static int64_t
points_of(enum item item, int64_t n)
{
	int64_t points = 0;

	for (size_t i = 0; i < COUNT(steps); i++) {
		if (steps[i].item == item && steps[i].from <= n)
			points = steps[i].points;
	}
	return points;
}

static int64_t
most_of(enum item item)
{
	int64_t most = item == A ? 0 : points_of(item, INT64_MAX);

	for (size_t i = 0; item == A && i < COUNT(types); i++)
		most = types[i].points > most ? types[i].points : most;
	return most;
}

static const char *
band_of(int64_t score)
{
	const char *name = bands[0].name;

	for (size_t i = 0; i < COUNT(bands); i++) {
		if (bands[i].from <= score)
			name = bands[i].name;
	}
	return name;
}

/* -- days ------------------------------------------------------------------------------------------- */

/* One item with what is said about it. */
struct factor {
	const char *name;
	const char *source;
	ww_str value;
	int64_t low, high;
	uint32_t groups; /* of C: the Charlson groups found */
};

/* What the items have in common about one case. */
struct view {
	const struct ww_case *c;
	bool dated;                       /* the day of the stay's start is known */
	int64_t start;                    /* that day */
	const struct ww_encounter *first; /* with which the chain of stays began */
	bool from_ed;                     /* the stay began in an emergency department */
};

/* A month or a year is no day. */
static bool
has_day(ww_time t)
{
	return t.prec >= WW_PREC_DAY;
}

/* The ledger has all that happened from `days` before the stay on: nothing of that first day is before
 * since_ms. */
static bool
reaches_back(const struct view *v, int64_t days)
{
	const struct ww_zone *z = v->c->zone;

	return v->dated && ww_time_day(ww_time_at(v->c->since_ms - 1, z), z) < v->start - days;
}

static bool
void_encounter(const struct ww_encounter *e)
{
	return e->status == WW_encounter_status_CANCELLED || e->status == WW_encounter_status_ERROR;
}

static struct view
view_of(const struct ww_case *c)
{
	struct view v = { .c = c,
		.first = ww_chain_first(c->encounter, c->others, c->others_n),
		.from_ed = ww_time_known(c->encounter->ed_start) };

	v.dated = has_day(v.first->start);
	if (v.dated)
		v.start = ww_time_day(v.first->start, c->zone);
	for (size_t i = 0; i < c->others_n; i++)
		v.from_ed = v.from_ed || c->others[i].led_to == c->encounter->id;
	return v;
}

/* Said of a number that may be higher. */
static const char short_history[] = ", history incomplete";

/* -- the items -------------------------------------------------------------------------------------- */

static void
length_of_stay(struct ww_ctx *cx, const struct view *v, struct factor *f)
{
	const struct ww_encounter *e = v->c->encounter;
	int64_t days = -1;

	if (v->dated && has_day(e->end))
		days = ww_time_day(e->end, v->c->zone) - v->start;
	f->source = "PV1-44, PV1-45";
	if (days < 0) { /* not known, or an end before the start */
		f->value = WW_STR("unknown");
		f->low = 0;
		f->high = most_of(L);
		return;
	}
	f->value = ww_arena_printf(cx->arena, "%lld day%s", (long long)days, days == 1 ? "" : "s");
	f->low = f->high = points_of(L, days);
}

static void
acuity(struct ww_ctx *cx, const struct view *v, struct factor *f)
{
	ww_str type = ww_str_trim(v->c->encounter->admit_type);

	f->source = "PV1-4";
	for (size_t i = 0; i < COUNT(types); i++) {
		if (!ww_str_is(type, types[i].code))
			continue;
		f->low = f->high = types[i].points;
		f->value = ww_arena_printf(cx->arena, "%s, type %s",
		    types[i].points != 0 ? "acute" : "not acute", types[i].code);
		return;
	}
	f->high = most_of(A);
	if (v->from_ed) {
		f->source = "PV1-2";
		f->value = WW_STR("acute, began in the emergency department");
		f->low = f->high;
	} else {
		f->value = WW_STR("unknown");
		f->low = 0;
	}
}

/* The stay of a diagnosis began in the year before this one. *undated: it cannot be told. */
static bool
of_the_year_before(const struct view *v, int64_t encounter, bool *undated)
{
	const struct ww_encounter *e = NULL;
	int64_t day;

	for (size_t i = 0; i < v->c->others_n && e == NULL; i++) {
		if (v->c->others[i].id == encounter)
			e = &v->c->others[i];
	}
	if (e == NULL || void_encounter(e))
		return false;
	if (!v->dated || !has_day(e->start)) {
		*undated = true;
		return false;
	}
	day = ww_time_day(e->start, v->c->zone);
	return day >= v->start - DIAGNOSIS_DAYS &&
	       ww_time_cmp(e->start, v->c->encounter->start) <= 0;
}

/* The groups of the year before, beyond those already found. */
static uint32_t
history_groups(const struct view *v, uint32_t found, bool *undated)
{
	for (size_t i = 0; i < v->c->history_n; i++) {
		const struct ww_diagnosis *d = &v->c->history[i];
		uint32_t more = ww_comorbidity_of(d->code) & ~found;

		if (more != 0 && ww_comorbidity_readable(d->code, d->system) &&
		    of_the_year_before(v, d->encounter, undated))
			found |= more;
	}
	return found;
}

/* What claims and Conditions tell: of the stay, or of what was known when it began. */
static uint32_t
told_groups(const struct view *v, bool *coded)
{
	uint32_t found = 0;

	for (size_t i = 0; i < v->c->told_n; i++) {
		const struct ww_told *t = &v->c->told[i];
		bool own = t->stay == v->c->encounter->id;
		bool before = v->dated && t->day != 0 && t->day <= v->start &&
		              (t->lasts || t->day >= v->start - DIAGNOSIS_DAYS);

		if (!(own || before) || !ww_comorbidity_readable(t->code, t->system))
			continue;
		*coded = *coded || own;
		found |= ww_comorbidity_of(t->code);
	}
	return found;
}

static void
comorbidity(struct ww_ctx *cx, const struct view *v, struct factor *f)
{
	bool coded = false, undated = false, whole;
	uint32_t adt;
	int64_t sum;

	for (size_t i = 0; i < v->c->diagnoses_n; i++) {
		const struct ww_diagnosis *d = &v->c->diagnoses[i];

		if (!ww_comorbidity_readable(d->code, d->system))
			continue;
		coded = true;
		f->groups |= ww_comorbidity_of(d->code);
	}
	adt = history_groups(v, f->groups, &undated);
	f->groups = adt | told_groups(v, &coded);
	f->source = f->groups == adt
	                ? "DG1-3 of this stay and of those in the 365 days before"
	                : "DG1-3, claims and Conditions of this stay and of the 365 days before";
	f->groups = ww_comorbidity_settle(f->groups);
	sum = ww_comorbidity_sum(f->groups, WW_CHARLSON_LACE_VARIANT);
	whole = !undated && reaches_back(v, DIAGNOSIS_DAYS);
	f->value = ww_arena_printf(cx->arena, "sum %lld%s%s", (long long)sum,
	    coded ? "" : ", no diagnosis of this stay yet", whole ? "" : short_history);
	f->low = points_of(C, sum);
	f->high = coded && whole ? f->low : most_of(C);
}

/* An emergency visit, an admission or a bill for either that may be the same visit: the doctor's bill, or that of past
 * midnight, is a day off. */
static bool
is_same_visit(int64_t a, int64_t b)
{
	return a - b <= 1 && b - a <= 1;
}

/* The ledger's visits, or an earlier bill, have it already. */
static bool
is_known_visit(const struct view *v, size_t at)
{
	const struct ww_billed *b = &v->c->billed[at];

	for (size_t i = 0; i < v->c->others_n; i++) {
		const struct ww_encounter *e = &v->c->others[i];
		bool hospital = ww_time_known(e->ed_start) || ww_time_known(e->inpatient_start);

		if (hospital && !void_encounter(e) && has_day(e->start) &&
		    is_same_visit(ww_time_day(e->start, v->c->zone), b->day))
			return true;
	}
	for (size_t i = 0; i < v->c->billed_n; i++) {
		const struct ww_billed *o = &v->c->billed[i];
		bool earlier = o->class_ == WW_encounter_class_INPATIENT ||
		               (o->class_ == WW_encounter_class_ED && i < at);

		if (i != at && earlier && is_same_visit(o->day, b->day))
			return true;
	}
	return false;
}

/* Emergency visits that claims alone tell of. */
static int64_t
billed_visits(const struct view *v)
{
	int64_t n = 0;

	for (size_t i = 0; v->dated && i < v->c->billed_n; i++) {
		const struct ww_billed *b = &v->c->billed[i];

		n += b->class_ == WW_encounter_class_ED && b->stay == 0 &&
		     b->day >= v->start - ED_DAYS && b->day < v->start - 1 && !is_known_visit(v, i);
	}
	return n;
}

static void
emergency_visits(struct ww_ctx *cx, const struct view *v, struct factor *f)
{
	const struct ww_encounter *stay = v->c->encounter;
	bool undated = false, whole;
	int64_t n = 0, billed = billed_visits(v);

	for (size_t i = 0; v->dated && i < v->c->others_n; i++) {
		const struct ww_encounter *e = &v->c->others[i];
		int64_t day;

		if (!ww_time_known(e->ed_start) || void_encounter(e) || e->id == stay->id ||
		    e->led_to == stay->id)
			continue;
		if (!has_day(e->ed_start)) {
			undated = true;
			continue;
		}
		day = ww_time_day(e->ed_start, v->c->zone);
		if (day >= v->start - ED_DAYS && day < v->start)
			n++;
	}
	n += billed;
	f->source = billed == 0 ? "emergency visits in the ledger"
	                        : "emergency visits in the ledger, and claims for others";
	whole = !undated && reaches_back(v, ED_DAYS);
	f->value = WW_STR("unknown");
	if (v->dated)
		f->value = ww_arena_printf(cx->arena, "%lld visit%s in the 180 days before%s",
		    (long long)n, n == 1 ? "" : "s", whole ? "" : short_history);
	f->low = points_of(E, n);
	f->high = whole ? f->low : most_of(E);
}

static const struct {
	const char *name;
	void (*judge)(struct ww_ctx *cx, const struct view *v, struct factor *f);
} items[ITEMS] = {
	[L] = { "L", length_of_stay },
	[A] = { "A", acuity },
	[C] = { "C", comorbidity },
	[E] = { "E", emergency_visits },
};

/* -- the finding ------------------------------------------------------------------------------------ */

static struct ww_json *
group_names(struct ww_ctx *cx, uint32_t groups)
{
	struct ww_json *names = ww_json_array(cx);

	for (unsigned g = 0; g < WW_CHARLSON_COUNT; g++) {
		if ((groups & WW_CHARLSON_BIT(g)) != 0)
			ww_json_add(
			    cx, names, ww_json_string(cx, ww_str_from(ww_comorbidity_name(g))));
	}
	return names;
}

static struct ww_json *
factor_json(struct ww_ctx *cx, const struct factor *f, bool with_groups)
{
	struct ww_json *o = ww_json_object(cx);

	ww_json_set_cstr(cx, o, "name", f->name);
	ww_json_set_str(cx, o, "value", f->value);
	ww_json_set_int(cx, o, "points", f->low);
	ww_json_set_int(cx, o, "low", f->low);
	ww_json_set_int(cx, o, "high", f->high);
	ww_json_set_cstr(cx, o, "source", f->source);
	if (with_groups)
		ww_json_set(cx, o, "groups", group_names(cx, f->groups));
	return o;
}

static ww_status
gather(struct ww_ctx *cx, const struct factor f[ITEMS], struct ww_finding *found)
{
	struct ww_json *o = ww_json_object(cx), *factors = ww_json_array(cx);

	ww_json_set_int(cx, o, "score", found->score);
	ww_json_set_int(cx, o, "low", found->low);
	ww_json_set_int(cx, o, "high", found->high);
	ww_json_set_cstr(cx, o, "band", found->band);
	ww_json_set_cstr(cx, o, "weights", ww_comorbidity_set_name(WW_CHARLSON_LACE_VARIANT));
	for (int i = 0; i < ITEMS; i++)
		ww_json_add(cx, factors, factor_json(cx, &f[i], i == C));
	ww_json_set(cx, o, "factors", factors);
	ww_json_set_bool(cx, o, "complete", found->low == found->high);
	return ww_evidence_keep(cx, o, &found->evidence);
}

static bool
died(const struct ww_encounter *e)
{
	for (size_t i = 0; i < COUNT(died_codes); i++) {
		if (ww_str_is(e->disposition, died_codes[i]))
			return true;
	}
	return false;
}

/* Childbirth is none of what the index was made for, and who is transferred is still in acute care: the stay that ends it
 * is judged, and the chain's length counts for it. */
static bool
is_at_risk(const struct ww_case *c)
{
	const struct ww_encounter *e = c->encounter;

	return !died(e) && e->class_ != WW_encounter_class_OB && !ww_chain_left_by_transfer(e) &&
	       !ww_chain_goes_on(e, c->others, c->others_n);
}

static ww_status
judge(
    struct ww_ctx *cx, const struct ww_case *c, const struct ww_params *p, struct ww_findings *out)
{
	struct factor f[ITEMS] = { 0 };
	struct ww_finding *found;
	struct view v;

	(void)p;
	if (!ww_stay_discharged(c->encounter) || !is_at_risk(c))
		return WW_OK;
	found = ww_findings_add(cx, out, WW_flag_kind_READMIT_RISK);
	if (found == NULL)
		return WW_E_LIMIT;
	v = view_of(c);
	for (int i = 0; i < ITEMS; i++) {
		f[i].name = items[i].name;
		items[i].judge(cx, &v, &f[i]);
		found->low += f[i].low;
		found->high += f[i].high;
	}
	found->rule = id;
	found->score = found->low;
	found->completeness =
	    found->low == found->high ? WW_completeness_COMPLETE : WW_completeness_INCOMPLETE;
	/* Where the bounds lie on two sides of a cut, no band is a fact. */
	found->band = band_of(found->low) == band_of(found->high) ? band_of(found->low) : "unknown";
	return gather(cx, f, found);
}

const struct ww_rule ww_rule_lace = {
	.id = id,
	.purpose = "readmission risk at discharge: LACE score, its bounds and its band",
	.on = WW_ON_STAY,
	.needs = WW_NEEDS_CLAIMS,
	.judge = judge,
};
