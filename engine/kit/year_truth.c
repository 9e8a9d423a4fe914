/* Which flags must have been raised of a made-up year, from what happened: each rule is written here anew, after its source. */
#include "kit/year.h"

#include <wardwire/buf.h>

#include <string.h>

/* A member's life as the rules look at it. */
struct life {
	const struct ww_year *y;
	const struct ww_year_member *m;
	const struct ww_year_visit *v; /* of the member, by time */
	size_t n;
	struct ww_buf *out;
};

static ww_year_time
day_of(ww_year_time t)
{
	return t / WW_YEAR_DAY;
}

static ww_year_time
began(const struct ww_year_visit *v)
{
	return v->came != 0 ? v->came : v->start;
}

/* The practice is the member's on the day. */
static bool
is_attributed(const struct life *l, ww_year_time t)
{
	return l->m->practice != WW_YEAR_NOBODY &&
	       (l->m->leaves == 0 || day_of(t) <= day_of(l->m->leaves));
}

static void
flag(struct life *l, const char *kind, const struct ww_year_visit *v, bool open, const char *detail)
{
	static const char *const practices[] = { "", "rcca", "lakeside" };

	ww_buf_printf(l->out, "M%06u\t%s\t%s\t", l->m->number, practices[l->m->practice], kind);
	if (v == NULL)
		ww_buf_cstr(l->out, "-");
	else
		ww_buf_printf(l->out, "V%07u", v->number);
	ww_buf_printf(l->out, "\t%s\t%s\n", open ? "open" : "retracted", detail);
}

/* -- LACE: van Walraven et al., CMAJ 2010;182:551 --------------------------------------------------- */

static bool
is_transfer(const struct ww_year_visit *v)
{
	return strcmp(v->disposition, "02") == 0;
}

static unsigned
length_points(ww_year_time days)
{
	return days < 1 ? 0 : days < 4 ? (unsigned)days : days < 7 ? 4 : days < 14 ? 5 : 7;
}

/* Sum of the weights of the groups that the stay's codes and those of the year before name. */
static unsigned
comorbidity(const struct life *l, size_t at, ww_year_time first)
{
	bool mi = strcmp(ww_year_reasons[l->v[at].reason].group, "MI") == 0;
	const char *seen[WW_YEAR_CONDITIONS];
	unsigned sum = 0, seen_n = 0;

	for (size_t i = 0; i < at; i++) {
		bool told = l->v[i].messages || l->v[i].bill;

		mi = mi || (told && !l->v[i].cancelled &&
		               day_of(began(&l->v[i])) >= day_of(first) - 365 &&
		               strcmp(ww_year_reasons[l->v[i].reason].group, "MI") == 0);
	}
	for (unsigned c = 0; c < WW_YEAR_CONDITIONS; c++) {
		bool again = false;

		if ((l->m->conditions >> c & 1) == 0)
			continue;
		for (unsigned k = 0; k < seen_n; k++)
			again = again || strcmp(seen[k], ww_year_conditions[c].group) == 0;
		if (!again)
			sum += ww_year_conditions[c].points;
		seen[seen_n++] = ww_year_conditions[c].group;
		mi = mi && strcmp(ww_year_conditions[c].group, "MI") != 0;
	}
	return sum + (mi ? 1 : 0);
}

/* Visits to an emergency department in the 180 days before, but the one that led to the stay. */
static unsigned
emergencies(const struct life *l, size_t at, ww_year_time first)
{
	unsigned n = 0;

	for (size_t i = 0; i < at; i++) {
		ww_year_time day = day_of(l->v[i].came);

		n += l->v[i].came != 0 && day < day_of(first) && day >= day_of(first) - 180;
	}
	return n;
}

enum { HIGH = 10, MODERATE = 5 };

static unsigned
score_of(const struct life *l, size_t at)
{
	const struct ww_year_visit *v = &l->v[at];
	bool chained = at > 0 && is_transfer(v - 1) && v->start - v[-1].end < WW_YEAR_DAY;
	const struct ww_year_visit *from = chained ? v - 1 : v;
	unsigned c = comorbidity(l, at, began(from));
	unsigned e = emergencies(l, chained ? at - 1 : at, began(from));

	return length_points(day_of(v->end) - day_of(began(from))) + (v->type == 'E' ? 3 : 0) +
	       (c > 3 ? 5 : c) + (e > 4 ? 4 : e);
}

static void
readmission_risk(struct life *l, size_t at)
{
	const struct ww_year_visit *v = &l->v[at];
	unsigned score = score_of(l, at);
	char text[24] = "";
	struct ww_buf b = { 0 };

	if (strcmp(v->disposition, "20") == 0 || is_transfer(v))
		return;
	ww_buf_printf(&b, "%u %s", score,
	    score >= HIGH       ? "high"
	    : score >= MODERATE ? "moderate"
	                        : "low");
	memcpy(text, ww_buf_view(&b).p, ww_buf_view(&b).n);
	flag(l, "readmission-risk", v, true, text);
	ww_buf_free(&b);
}

/* -- readmission within 30 days: CMS hospital-wide readmission, NQF 1789 --------------------------------- */

/* The stay that was over, at most thirty days before, when the patient came; a transfer is none, by whatever name: the next
 * day at another hospital. */
static bool
is_after_stay(const struct life *l, size_t at, bool admitted)
{
	const struct ww_year_visit *v = &l->v[at];

	for (size_t i = at; i-- > 0;) {
		const struct ww_year_visit *o = &l->v[i];
		ww_year_time days = day_of(began(v)) - day_of(o->end);

		if (o->class_ != WW_YEAR_INPATIENT || o->cancelled)
			continue;
		return days <= 30 && !(admitted && o->hospital != v->hospital && days < 2);
	}
	return false;
}

/* An emergency visit soon after a stay is one until the patient is admitted. */
static void
returns(struct life *l, size_t at)
{
	const struct ww_year_visit *v = &l->v[at];
	bool admitted = v->class_ == WW_YEAR_INPATIENT;

	if (admitted && is_after_stay(l, at, true))
		flag(l, "readmission", v, !v->cancelled,
		    v->cancelled                         ? "provisional" /* never coded */
		    : ww_year_reasons[v->reason].planned ? "planned"
		                                         : "unplanned");
	if ((!admitted || v->came != 0) && is_after_stay(l, at, false))
		flag(l, "recent-stay", v, !admitted, "");
}

/* -- what a hospital tells --------------------------------------------------------------------------- */

/* Medicare's transitional care management: for thirty days from the discharge on. Who is admitted meanwhile is not awaited, and
 * awaited again when that admission never was, unless the time for the visit, which is shorter where the risk is high, was over. */
static void
follow_up(struct life *l, size_t at)
{
	ww_year_time visit = score_of(l, at) >= HIGH ? 7 : 14;
	const struct ww_year_visit *v = &l->v[at];

	if (strcmp(v->disposition, "01") != 0 && strcmp(v->disposition, "07") != 0)
		return;
	flag(l, "follow-up-contact", v, false, "");
	flag(l, "follow-up-visit", v, false, "");
	for (at++; at < l->n; at++) {
		if (l->v[at].class_ != WW_YEAR_INPATIENT)
			continue;
		if (l->v[at].cancelled && day_of(l->v[at].start) - day_of(v->end) <= visit)
			flag(l, "follow-up-visit", v, false, "");
		return;
	}
}

/* The navigator is told when it is decided, and the practice a day later at the latest; all of it before the patient comes. */
static void
authorized(struct life *l, const struct ww_year_visit *v)
{
	if (v->requested == 0 || !v->approved)
		return;
	flag(l, "admission-authorized", v, true, "");
	flag(l, "admission-alert", v, true, "");
}

static void
arrivals(struct life *l, size_t at)
{
	const struct ww_year_visit *v = &l->v[at];

	if (!v->messages || !is_attributed(l, began(v)))
		return;
	authorized(l, v);
	if (v->expected != 0)
		flag(l, "planned-admission", v, true, "");
	if (v->came != 0)
		flag(l, "ed-arrival", v, true, "");
	if (v->class_ == WW_YEAR_ED)
		flag(l, "ed-discharge", v, true, "");
	if (v->class_ == WW_YEAR_OBSERVED)
		flag(l, "observation", v, true, "");
	returns(l, at);
	if (v->class_ != WW_YEAR_INPATIENT)
		return;
	flag(l, "admission", v, !v->cancelled, "");
	if (v->cancelled)
		return;
	flag(l, "discharge", v, true, "");
	if (is_transfer(v))
		flag(l, "transfer", v, true, "");
	readmission_risk(l, at);
	follow_up(l, at);
}

/* -- what follows from a year ------------------------------------------------------------------------- */

enum { YEAR = 365, LINGER = 31, BILL = 10 };

/* A day, and up to which day all is known that happened: in the morning up to the one before. */
struct when {
	ww_year_time day, known;
};

static bool
is_known(const struct ww_year_visit *v, struct when w)
{
	return v->messages ? day_of(began(v)) <= w.known : day_of(v->end) + 1 <= w.known;
}

/* Three emergency visits in 60 days, or four in a year; the day itself and the one so many days before count. */
static bool
is_often(const struct life *l, unsigned unused, struct when w)
{
	unsigned n60 = 0, n365 = 0;

	(void)unused;
	for (size_t i = 0; i < l->n; i++) {
		const struct ww_year_visit *v = &l->v[i];

		if (v->came == 0 || !is_known(v, w))
			continue;
		n60 += day_of(v->came) >= w.day - 60;
		n365 += day_of(v->came) >= w.day - YEAR;
	}
	return n60 > 2 || n365 > 3;
}

/* A bill of a stay with the code, or two others on two days. CCW: two years of diabetes and heart failure, one of the
 * lung; there is no 29 February in them. */
static bool
is_eligible(const struct life *l, unsigned c, struct when w)
{
	bool lung = strcmp(ww_year_conditions[c].group, "COPD") == 0;
	ww_year_time from = w.day - (lung ? YEAR : 2 * YEAR), first = day_of(l->m->office[c]);
	unsigned n = 0;

	for (size_t i = 0; i < l->n; i++) {
		const struct ww_year_visit *v = &l->v[i];

		if (v->class_ == WW_YEAR_INPATIENT && v->bill && day_of(v->end) + BILL <= w.known &&
		    day_of(began(v)) >= from)
			return true;
	}
	n += first >= from;
	n += (l->m->twice >> c & 1) != 0 && first + WW_YEAR_SECOND >= from;
	return n > 1;
}

static bool
has_group(const struct life *l, const char *group, struct when w)
{
	for (unsigned c = 0; c < WW_YEAR_CONDITIONS; c++) {
		ww_year_time last =
		    day_of(l->m->office[c]) + ((l->m->twice >> c & 1) != 0 ? WW_YEAR_SECOND : 0);

		if ((l->m->conditions >> c & 1) == 0 ||
		    strcmp(ww_year_conditions[c].group, group) != 0)
			continue;
		if (last >= w.day - YEAR)
			return true;
		for (size_t i = 0; i < l->n; i++) {
			const struct ww_year_visit *v = &l->v[i];

			if (v->class_ == WW_YEAR_INPATIENT && !v->cancelled &&
			    day_of(v->end) <= w.known && day_of(began(v)) >= w.day - YEAR &&
			    day_of(began(v)) <= w.day)
				return true;
		}
	}
	for (size_t i = 0; i < l->n; i++) {
		const struct ww_year_visit *v = &l->v[i];
		ww_year_time told = v->messages ? day_of(v->end) : day_of(v->end) + 1;

		if (strcmp(ww_year_reasons[v->reason].group, group) == 0 && !v->cancelled &&
		    told <= w.known && day_of(began(v)) >= w.day - YEAR &&
		    day_of(began(v)) <= w.day)
			return true;
	}
	return false;
}

/* Three groups of diseases but cancer, and two admissions, in a year. */
static bool
is_complex_on(const struct life *l, struct when w)
{
	static const char *const groups[] = { "DIAB_UC", "CHF", "COPD", "RD", "MI", "DEM", "HIV" };
	unsigned groups_n = 0, stays = 0;

	for (size_t g = 0; g < sizeof(groups) / sizeof(groups[0]); g++)
		groups_n += has_group(l, groups[g], w);
	for (size_t i = 0; i < l->n; i++) {
		const struct ww_year_visit *v = &l->v[i];

		/* a stay that went on in another hospital is one */
		stays += v->class_ == WW_YEAR_INPATIENT && !v->cancelled && !is_transfer(v) &&
		         day_of(began(v)) <= w.known && day_of(began(v)) <= w.day &&
		         day_of(began(v)) >= w.day - YEAR;
	}
	return groups_n > 2 && stays > 1;
}

/* Who falls below stays so for a month. */
static bool
is_complex(const struct life *l, unsigned unused, struct when w)
{
	(void)unused;
	for (ww_year_time ago = 0; ago <= LINGER; ago++) {
		if (is_complex_on(l, (struct when){ w.day - ago, w.known }))
			return true;
	}
	return false;
}

/* From when on, and until when, it was so: in the morning, when a day has left each time that counts, and in the evening. It is
 * the practice's as long as the member is its patient. */
static void
through_the_year(struct life *l, const char *kind, unsigned condition,
    bool (*is)(const struct life *l, unsigned condition, struct when w))
{
	bool open = false;

	for (ww_year_time half = 2 * day_of(WW_YEAR_BEGINS); half < 2 * day_of(WW_YEAR_ENDS);
	     half++) {
		struct when w = { half / 2, half / 2 - (half % 2 == 0) };
		bool dead = l->m->dies != 0 && w.known >= day_of(l->m->dies);
		bool now = !dead && is_attributed(l, w.day * WW_YEAR_DAY) && is(l, condition, w);

		if (open && !now)
			flag(l, kind, NULL, false, "");
		open = now;
	}
	if (open)
		flag(l, kind, NULL, true, "");
}

static void
needs(struct life *l)
{
	through_the_year(l, "frequent-ed", 0, is_often);
	through_the_year(l, "complex-comorbidity", 0, is_complex);
	for (unsigned c = 0; c < WW_YEAR_CONDITIONS; c++) {
		if (ww_year_conditions[c].program != NULL && (l->m->conditions >> c & 1) != 0)
			through_the_year(l, ww_year_conditions[c].program, c, is_eligible);
	}
}

void
ww_year_write_truth(const struct ww_year *y, struct ww_buf *out)
{
	size_t at = 0;

	ww_buf_cstr(out, "member\tpractice\tflag\tvisit\tstate\tscore\n");
	for (size_t i = 0; i < y->members_n; i++) {
		struct life l = { .y = y, .m = &y->members[i], .v = y->visits + at, .out = out };

		while (at + l.n < y->visits_n && l.v[l.n].member == i)
			l.n++;
		at += l.n;
		for (size_t v = 0; v < l.n; v++)
			arrivals(&l, v);
		needs(&l);
	}
}
