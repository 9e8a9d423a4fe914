/* Goes through the table of rules. A check looks at the place its row names and reports what it finds there. */
#include "codec/hl7v2_lint.h"
#include "codec/ack.h"
#include "codec/hl7v2_names.h"
#include "codec/hl7v2_parts.h"

#include <wardwire/arena.h>
#include <wardwire/ctx.h>
#include <wardwire/time.h>

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OF_ONE_RULE = 20, FAULTS = 16, VERSION_UNSAID = 230 };

struct rule;

struct lint {
	struct ww_ctx *cx;
	const struct ww_hl7 *m;
	const struct rule *rule; /* the one at hand */
	size_t reported;         /* of it */
	bool adt;
	ww_str event; /* of ADT */
	int version;
	struct ww_lint_finding *findings;
	size_t n, cap;
};

struct rule {
	const char *code;
	enum ww_lint_severity severity;
	void (*check)(struct lint *l);
	const char *path, *arg, *events;
	int from, to;
	const char *text, *source;
};

/* -- reporting -------------------------------------------------------------------------------------- */

static struct ww_lint_finding *
add(struct lint *l)
{
	if (l->n == l->cap) {
		size_t cap = l->cap > 0 ? 2 * l->cap : 32;
		struct ww_lint_finding *p = ww_arena_array(l->cx->arena, cap, sizeof(*p));

		if (p == NULL)
			return NULL;
		if (l->n > 0)
			memcpy(p, l->findings, l->n * sizeof(*p));
		l->findings = p;
		l->cap = cap;
	}
	return &l->findings[l->n++];
}

/* Where a path's segment stands in the bytes; 0 when there is none. */
static size_t
offset_of(const struct ww_hl7 *m, const struct ww_hl7_path *p)
{
	const struct ww_hl7_segment *s = NULL;

	if (m != NULL && p->segment[0] != '\0')
		s = ww_hl7_find(m, p->segment, p->n > 0 ? p->n : 1);
	return s != NULL ? s->start : 0;
}

/* Reports the rule at hand at that place; segment n and repetition r are named where they are above 1. */
static void
report_at(struct lint *l, const struct ww_hl7_path *p)
{
	struct ww_lint_finding *f;
	int at = 0;

	if (l->reported++ >= OF_ONE_RULE || (f = add(l)) == NULL)
		return;
	*f =
	    (struct ww_lint_finding){ .severity = l->rule->severity, .offset = offset_of(l->m, p) };
	(void)snprintf(f->code, sizeof(f->code), "%s", l->rule->code);
	(void)snprintf(f->reason, sizeof(f->reason), "%s", l->rule->text);
	at = snprintf(f->place, sizeof(f->place), "%s", p->segment);
	if (p->n > 1)
		at += snprintf(f->place + at, sizeof(f->place) - (size_t)at, "(%u)", p->n);
	if (p->field > 0)
		at += snprintf(f->place + at, sizeof(f->place) - (size_t)at, "-%u", p->field);
	if (p->repetition > 1)
		at += snprintf(f->place + at, sizeof(f->place) - (size_t)at, "(%u)", p->repetition);
	if (p->component > 0)
		at += snprintf(f->place + at, sizeof(f->place) - (size_t)at, ".%u", p->component);
	if (p->subcomponent > 0)
		(void)snprintf(
		    f->place + at, sizeof(f->place) - (size_t)at, ".%u", p->subcomponent);
}

/* The path of a row, nowhere where it has none; a bad one is a bug. */
static struct ww_hl7_path
path_of(const char *text)
{
	struct ww_hl7_path p = { .n = 0 };
	size_t fault;

	if (text[0] != '\0') {
		const char *wrong = ww_hl7_path_compile(ww_str_from(text), &p, &fault);

		assert(wrong == NULL);
		(void)wrong;
	}
	return p;
}

static void
report(struct lint *l)
{
	struct ww_hl7_path p = path_of(l->rule->path);

	report_at(l, &p);
}

/* -- what checks look at ------------------------------------------------------------------------------ */

/* The text at a path, without blanks around it. */
static ww_str
text_at(struct lint *l, const struct ww_hl7_path *p)
{
	ww_str text;

	return ww_hl7_text(l->cx, l->m, p, &text) == WW_HL7_VALUE ? ww_str_trim(text)
	                                                          : ww_str_empty();
}

/* There is a text, or what was there is deleted. */
static bool
is_said(struct lint *l, const struct ww_hl7_path *p)
{
	ww_str raw;

	return ww_hl7_raw(l->m, p, &raw) == WW_HL7_DELETE || text_at(l, p).n > 0;
}

static bool
has_segment(const struct lint *l, const char *path)
{
	struct ww_hl7_path p = path_of(path);

	return ww_hl7_find(l->m, p.segment, 1) != NULL;
}

/* Whether word is one of the words of list, blanks between. */
static bool
is_among(ww_str word, const char *list)
{
	ww_str rest = ww_str_from(list);

	while (rest.n > 0)
		if (ww_str_ieq(ww_str_cut(rest, ' ', &rest), word))
			return true;
	return false;
}

/* Codes of HL7 tables, v2.5.1 appendix A; 0112 with the codes of NUBC (UB-04 form locator 17). */
static const struct {
	const char *table, *codes;
} tables[] = {
	{ "0001", "F M O U A N" },
	{ "0003",
	    "A01 A02 A03 A04 A05 A06 A07 A08 A09 A10 A11 A12 A13 A14 A15 A16 A17 A18 A19 A20 A21 "
	    "A22 A23 A24 A25 A26 A27 A28 A29 A30 A31 A32 A33 A34 A35 A36 A37 A38 A39 A40 A41 A42 "
	    "A43 A44 A45 A46 A47 A48 A49 A50 A51 A52 A53 A54 A55 A56 A57 A58 A59 A60 A61 A62" },
	{ "0004", "E I O P R B C N U" },
	{ "0007", "A C E L N R U" },
	{ "0052", "A W F" },
	{ "0112",
	    "01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 "
	    "29 "
	    "30 31 32 33 34 35 36 37 38 39 40 41 42 43 50 51 61 62 63 64 65 66 69 70 81 82 83 84 "
	    "85 86 87 88 89 90 91 92 93 94 95" },
	{ "0125", "AD CE CF CK CN CP CQ CX CWE CNE DR DT DTM ED EI FT GTS HD ID IS MA MO NA NM PN "
	          "RP SI SN "
	          "SRT ST TM TN TS TX XAD XCN XON XPN XTN" },
	{ "0136", "Y N" },
	{ "0155", "AL NE ER SU" },
};

static const char *
codes_of(const char *table)
{
	size_t i;

	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		if (strcmp(tables[i].table, table) == 0)
			return tables[i].codes;
	return "";
}

/* Table 0354 of v2.5.1: events in the order of their structures. A12 differs between printings and is left out. */
static const struct {
	const char *structure, *events;
} structures[] = {
	{ "ADT_A01", "A01 A04 A08 A13" },
	{ "ADT_A02", "A02" },
	{ "ADT_A03", "A03" },
	{ "ADT_A05", "A05 A14 A28 A31" },
	{ "ADT_A06", "A06 A07" },
	{ "ADT_A09", "A09 A10 A11" },
	{ "ADT_A15", "A15" },
	{ "ADT_A16", "A16" },
	{ "ADT_A17", "A17" },
	{ "ADT_A18", "A18" },
	{ "ADT_A20", "A20" },
	{ "ADT_A21", "A21 A22 A23 A25 A26 A27 A29 A32 A33" },
	{ "ADT_A24", "A24" },
	{ "ADT_A30", "A30 A34 A35 A36 A46 A47 A48 A49" },
	{ "ADT_A37", "A37" },
	{ "ADT_A38", "A38" },
	{ "ADT_A39", "A39 A40 A41 A42" },
	{ "ADT_A43", "A43 A44" },
	{ "ADT_A45", "A45" },
	{ "ADT_A50", "A50 A51" },
	{ "ADT_A52", "A52 A53" },
	{ "ADT_A54", "A54 A55" },
	{ "ADT_A60", "A60" },
	{ "ADT_A61", "A61 A62" },
};

/* Calls each(l, p) for every repetition of the field of p that is there, in every such segment. */
static void
in_each(
    struct lint *l, struct ww_hl7_path p, void (*each)(struct lint *l, const struct ww_hl7_path *p))
{
	size_t n, r, segments = ww_hl7_count(l->m, p.segment);

	for (n = 1; n <= segments && l->reported < OF_ONE_RULE; n++) {
		size_t repetitions = ww_hl7_repetitions(l->m, p.segment, n, p.field);

		p.n = (uint16_t)n;
		for (r = 1; r <= repetitions && l->reported < OF_ONE_RULE; r++) {
			p.repetition = (uint16_t)r;
			each(l, &p);
		}
	}
}

/* -- checks of a place ------------------------------------------------------------------------------ */

/* path: something is said. Of a segment that is missing altogether another rule speaks. */
static void
check_required(struct lint *l)
{
	struct ww_hl7_path p = path_of(l->rule->path);

	if (has_segment(l, l->rule->path) && !is_said(l, &p))
		report_at(l, &p);
}

/* path: there is none. */
static void
check_absent(struct lint *l)
{
	struct ww_hl7_path p = path_of(l->rule->path);

	if (text_at(l, &p).n > 0)
		report_at(l, &p);
}

/* path: every such segment has it. */
static void
check_each(struct lint *l)
{
	struct ww_hl7_path p = path_of(l->rule->path);
	size_t n, segments = ww_hl7_count(l->m, p.segment);

	for (n = 1; n <= segments; n++) {
		p.n = (uint16_t)n;
		if (!is_said(l, &p))
			report_at(l, &p);
	}
}

static void
code_is_known(struct lint *l, const struct ww_hl7_path *p)
{
	ww_str code = text_at(l, p);

	if (code.n > 0 && !is_among(code, codes_of(l->rule->arg)))
		report_at(l, p);
}

/* path, every repetition in every such segment: its code is in table arg, or there is none. */
static void
check_table(struct lint *l)
{
	in_each(l, path_of(l->rule->path), code_is_known);
}

static void
part_is_there(struct lint *l, const struct ww_hl7_path *p)
{
	struct ww_hl7_path part = *p;

	part.component = (uint16_t)(l->rule->arg[0] - '0');
	if (text_at(l, p).n > 0 && !is_said(l, &part))
		report_at(l, &part);
}

/* path, every repetition that has a text: it also has component arg. */
static void
check_part(struct lint *l)
{
	in_each(l, path_of(l->rule->path), part_is_there);
}

/* path: at most arg characters. */
static void
check_length(struct lint *l)
{
	struct ww_hl7_path p = path_of(l->rule->path);
	uint64_t most;

	if (ww_str_u64(ww_str_from(l->rule->arg), UINT32_MAX, &most) && text_at(l, &p).n > most)
		report_at(l, &p);
}

static bool
time_at(struct lint *l, const struct ww_hl7_path *p, ww_time *out)
{
	return ww_time_hl7(text_at(l, p), ww_zone_utc(), out);
}

static void
time_is_one(struct lint *l, const struct ww_hl7_path *p)
{
	ww_time t;

	if (text_at(l, p).n > 0 && !time_at(l, p, &t))
		report_at(l, p);
}

/* path: a time, or nothing. */
static void
check_time(struct lint *l)
{
	in_each(l, path_of(l->rule->path), time_is_one);
}

static bool has_time_rule(const char *segment, size_t field);

/* Every field that is a time by the table of names and has no rule of its own. */
static void
check_times(struct lint *l)
{
	static const char *const types[] = { "TS", "DT", "DTM" };
	const struct ww_hl7_named_field *f;
	size_t i, k;

	for (i = 0; (f = ww_hl7_names_at(i)) != NULL; i++) {
		struct ww_hl7_path p = { .field = (uint16_t)f->field };

		for (k = 0; k < sizeof(types) / sizeof(types[0]); k++)
			if (strcmp(f->type, types[k]) == 0 &&
			    !has_time_rule(f->segment, f->field)) {
				(void)snprintf(p.segment, sizeof(p.segment), "%s", f->segment);
				in_each(l, p, time_is_one);
			}
	}
}

/* path: a time not later than that at arg, where both are times. */
static void
check_not_after(struct lint *l)
{
	struct ww_hl7_path p = path_of(l->rule->path), q = path_of(l->rule->arg);
	ww_time a, b;

	if (time_at(l, &p, &a) && time_at(l, &q, &b) && ww_time_cmp(a, b) > 0)
		report_at(l, &p);
}

/* path: says the same as arg, where both say something. */
static void
check_agrees(struct lint *l)
{
	struct ww_hl7_path p = path_of(l->rule->path), q = path_of(l->rule->arg);
	ww_str a = text_at(l, &p), b = text_at(l, &q);

	if (a.n > 0 && b.n > 0 && !ww_str_ieq(a, b))
		report_at(l, &p);
}

static void
check_structure(struct lint *l)
{
	struct ww_hl7_path p = path_of(l->rule->path);
	ww_str structure = text_at(l, &p);
	size_t i;

	for (i = 0; i < sizeof(structures) / sizeof(structures[0]) && structure.n > 0; i++)
		if (is_among(l->event, structures[i].events) &&
		    !ww_str_ieq(structure, ww_str_from(structures[i].structure)))
			report_at(l, &p);
}

/* -- checks of segments ------------------------------------------------------------------------------ */

/* path: there is such a segment. */
static void
check_segment(struct lint *l)
{
	if (!has_segment(l, l->rule->path))
		report(l);
}

/* path: there is at most one. */
static void
check_single(struct lint *l)
{
	struct ww_hl7_path p = path_of(l->rule->path);

	p.n = 2;
	if (ww_hl7_find(l->m, p.segment, 2) != NULL)
		report_at(l, &p);
}

/* path: the first such segment stands behind the first one of arg. */
static void
check_order(struct lint *l)
{
	struct ww_hl7_path p = path_of(l->rule->path), q = path_of(l->rule->arg);

	if (has_segment(l, l->rule->path) && has_segment(l, l->rule->arg) &&
	    offset_of(l->m, &p) < offset_of(l->m, &q))
		report_at(l, &p);
}

/* Every line is a segment. */
static void
check_no_segment(struct lint *l)
{
	struct ww_hl7_path nowhere = { .n = 0 };
	size_t i;

	for (i = 0; i < l->m->segments; i++) {
		size_t n = l->n;

		if (l->m->segment[i].id != 0)
			continue;
		report_at(l, &nowhere);
		if (l->n > n)
			l->findings[n].offset = l->m->segment[i].start;
	}
}

/* -- checks of bytes ---------------------------------------------------------------------------------- */

static void
check_delimiters(struct lint *l)
{
	const struct ww_hl7_delims *d = &l->m->delims, *usual = &ww_hl7_default_delims;

	if (d->field != usual->field || d->component != usual->component ||
	    d->repetition != usual->repetition || d->escape != usual->escape ||
	    d->subcomponent != usual->subcomponent)
		report(l);
}

static void
check_five(struct lint *l)
{
	if (l->m->delims.truncation != '\0')
		report(l);
}

/* arg: the name of what the codec noticed. */
static void
check_noticed(struct lint *l)
{
	uint32_t set = ww_hl7_warnings(l->m);
	unsigned i;

	for (i = 0; i < WW_HL7_WARNINGS_N; i++)
		if ((set >> i & 1) != 0 &&
		    strcmp(ww_hl7_warning_name((enum ww_hl7_warning)i), l->rule->arg) == 0)
			report(l);
}

static void
check_line_ends(struct lint *l)
{
	size_t i;

	for (i = 0; i < l->m->segments; i++) {
		size_t end = l->m->segment[i].end;

		if (end < l->m->bytes.n &&
		    (l->m->bytes.p[end] == '\n' ||
		        (end + 1 < l->m->bytes.n && l->m->bytes.p[end + 1] == '\n'))) {
			report(l);
			return;
		}
	}
}

/* Calls each(l, p, raw) for every field that is there but the declared delimiters. */
static void
in_each_field(struct lint *l, void (*each)(struct lint *l, const struct ww_hl7_path *p, ww_str raw))
{
	size_t i, k, f;

	for (i = 0; i < l->m->segments && l->reported < OF_ONE_RULE; i++) {
		const struct ww_hl7_segment *s = &l->m->segment[i];
		struct ww_hl7_path p = { .n = 1 };
		ww_str raw;

		(void)snprintf(
		    p.segment, sizeof(p.segment), "%.*s", WW_STR_FMT(ww_hl7_segment_id(l->m, i)));
		for (k = 0; k < i; k++)
			p.n = (uint16_t)(p.n + (l->m->segment[k].id == s->id));
		for (f = 1; s->id != 0 && f <= ww_hl7_segment_fields(l->m, i); f++) {
			p.field = (uint16_t)f;
			if (!ww_hl7_opaque(s, f) && ww_hl7_field(l->m, s, f, &raw) && raw.n > 0)
				each(l, &p, raw);
		}
	}
}

static void
has_no_controls(struct lint *l, const struct ww_hl7_path *p, ww_str raw)
{
	size_t i;

	for (i = 0; i < raw.n; i++)
		if ((unsigned char)raw.p[i] < ' ') {
			report_at(l, p);
			return;
		}
}

static void
check_controls(struct lint *l)
{
	in_each_field(l, has_no_controls);
}

/* Escapes stand within leaves: raw is cut at every delimiter above them. */
static void
has_good_escapes(struct lint *l, const struct ww_hl7_path *p, ww_str raw)
{
	const struct ww_hl7_delims *d = &l->m->delims;
	size_t from = 0, i;

	if (ww_str_find(raw, d->escape) == raw.n)
		return;
	for (i = 0; i <= raw.n; i++) {
		if (i < raw.n && raw.p[i] != d->repetition && raw.p[i] != d->component &&
		    raw.p[i] != d->subcomponent)
			continue;
		if (ww_hl7_escape_faults(ww_str_sub(raw, from, i - from), d) != 0) {
			report_at(l, p);
			return;
		}
		from = i + 1;
	}
}

static void
check_escapes(struct lint *l)
{
	in_each_field(l, has_good_escapes);
}

/* -- the rules ------------------------------------------------------------------------------------------- */

static const struct rule rules[] = {
#define WW_LINT(code, severity, check, path, arg, events, from, to, text, source)                  \
	{ #code, WW_LINT_##severity, check_##check, path, arg, events, from, to, text, source },
#include "codec/hl7v2_lint.def"
#undef WW_LINT
};

#define RULES (sizeof(rules) / sizeof(rules[0]))

static bool
has_time_rule(const char *segment, size_t field)
{
	size_t i;

	for (i = 0; i < RULES; i++) {
		struct ww_hl7_path p = path_of(rules[i].path);

		if (rules[i].check == check_time && p.field == field &&
		    strcmp(p.segment, segment) == 0)
			return true;
	}
	return false;
}

static bool
applies(const struct lint *l, const struct rule *r)
{
	if (l->version < r->from || (r->to != 0 && l->version > r->to))
		return false;
	if (r->events[0] == '\0')
		return true;
	return l->adt && (strcmp(r->events, "ADT") == 0 || is_among(l->event, r->events));
}

/* What the engine would refuse it for. */
static void
add_refusal(struct lint *l, const struct ww_failure *fail)
{
	struct ww_lint_finding *f = add(l);
	struct ww_hl7_path p;
	size_t fault;

	if (f == NULL)
		return;
	*f = (struct ww_lint_finding){ .severity = WW_LINT_ERROR };
	(void)snprintf(f->code, sizeof(f->code), "WW-%03d", ww_status_number(fail->status));
	(void)snprintf(f->place, sizeof(f->place), "%s", fail->place);
	(void)snprintf(f->reason, sizeof(f->reason), "%s", fail->reason);
	if (ww_hl7_path_compile(ww_str_from(fail->place), &p, &fault) == NULL)
		f->offset = offset_of(l->m, &p);
}

static void
look_at(struct lint *l)
{
	static const struct ww_hl7_path code = { "MSH", 1, 9, 0, 1, 0 },
	                                event = { "MSH", 1, 9, 0, 2, 0 },
	                                evn = { "EVN", 1, 1, 0, 0, 0 };
	struct ww_failure faults[FAULTS];
	size_t i, n = ww_hl7_faults(l->cx, l->m, faults, FAULTS);

	for (i = 0; i < n; i++)
		add_refusal(l, &faults[i]);
	l->adt = ww_str_ieq(text_at(l, &code), WW_STR("ADT"));
	l->event = text_at(l, &event).n > 0 ? text_at(l, &event) : text_at(l, &evn);
	l->version = ww_hl7_version_number(ww_str_trim(ww_hl7_at(l->cx, l->m, "MSH-12")));
	if (l->version <= 0)
		l->version = VERSION_UNSAID;
	for (i = 0; i < RULES; i++) {
		l->rule = &rules[i];
		l->reported = 0;
		if (applies(l, l->rule))
			l->rule->check(l);
	}
}

/* In the order of the lines, those of one line in that of the rules. There are few. */
static void
sort(struct ww_lint_finding *f, size_t n)
{
	size_t i, k;

	for (i = 1; i < n; i++) {
		struct ww_lint_finding one = f[i];

		for (k = i; k > 0 && f[k - 1].offset > one.offset; k--)
			f[k] = f[k - 1];
		f[k] = one;
	}
}

ww_status
ww_hl7_lint(struct ww_ctx *cx, ww_str raw, struct ww_lint_finding **out, size_t *n)
{
	struct ww_ctx apart = { .arena = cx->arena };
	struct lint l = { .cx = &apart };
	struct ww_hl7 *m = NULL;
	size_t i, before;
	ww_status s = ww_hl7_read(&apart, raw, NULL, &m);

	l.m = m;
	if (s == WW_OK ||
	    (m != NULL && ww_status_class(s) == WW_PERMANENT && m->segments > 0 && s != WW_E_LIMIT))
		look_at(&l);
	else if (ww_status_class(s) == WW_PERMANENT)
		add_refusal(&l, &apart.fail);
	if (ww_arena_status(cx->arena) != WW_OK)
		return ww_fail_memory(cx);
	before = m != NULL && m->bytes.p >= raw.p && m->bytes.p <= raw.p + raw.n
	             ? (size_t)(m->bytes.p - raw.p)
	             : 0;
	for (i = 0; i < l.n; i++)
		l.findings[i].offset += before;
	sort(l.findings, l.n);
	*out = l.findings;
	*n = l.n;
	return WW_OK;
}

bool
ww_hl7_lint_rule(size_t i, struct ww_lint_rule_text *out)
{
	if (i >= RULES)
		return false;
	*out = (struct ww_lint_rule_text){ .code = rules[i].code,
		.place = rules[i].path,
		.text = rules[i].text,
		.events = rules[i].events,
		.from = rules[i].from,
		.to = rules[i].to,
		.source = rules[i].source,
		.severity = rules[i].severity };
	return true;
}

const char *
ww_hl7_lint_severity_name(enum ww_lint_severity s)
{
	return s == WW_LINT_ERROR ? "error" : "warning";
}
