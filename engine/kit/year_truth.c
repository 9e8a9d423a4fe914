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

static void
readmission_risk(struct life *l, size_t at)
{
	const struct ww_year_visit *v = &l->v[at];
	bool chained = at > 0 && is_transfer(v - 1) && v->start - v[-1].end < WW_YEAR_DAY;
	const struct ww_year_visit *from = chained ? v - 1 : v;
	unsigned c, e, score;
	char text[24] = "";
	struct ww_buf b = { 0 };

	if (strcmp(v->disposition, "20") == 0 || is_transfer(v))
		return;
	c = comorbidity(l, at, began(from));
	e = emergencies(l, chained ? at - 1 : at, began(from));
	score = length_points(day_of(v->end) - day_of(began(from))) + (v->type == 'E' ? 3 : 0) +
	        (c > 3 ? 5 : c) + (e > 4 ? 4 : e);
	ww_buf_printf(&b, "%u %s", score, score > 9 ? "high" : score > 4 ? "moderate" : "low");
	memcpy(text, ww_buf_view(&b).p, ww_buf_view(&b).n);
	flag(l, "readmission-risk", v, true, text);
	ww_buf_free(&b);
}

/* -- what a hospital tells --------------------------------------------------------------------------- */

static void
arrivals(struct life *l, size_t at)
{
	const struct ww_year_visit *v = &l->v[at];

	if (!v->messages || !is_attributed(l, began(v)))
		return;
	if (v->came != 0)
		flag(l, "ed-arrival", v, true, "");
	if (v->class_ == WW_YEAR_ED)
		flag(l, "ed-discharge", v, true, "");
	if (v->class_ == WW_YEAR_OBSERVED)
		flag(l, "observation", v, true, "");
	if (v->class_ != WW_YEAR_INPATIENT)
		return;
	flag(l, "admission", v, !v->cancelled, "");
	if (v->cancelled)
		return;
	flag(l, "discharge", v, true, "");
	readmission_risk(l, at);
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
	}
}
