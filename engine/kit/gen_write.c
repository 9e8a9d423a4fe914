/* The messages of a made-up hospital as HL7 v2: one segment at a time, only the fields that have a value. */
#include "kit/gen_parts.h"

#include <wardwire/buf.h>
#include <wardwire/str.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

/* -- formats ----------------------------------------------------------------------------------------- */

static const char *const delimiters[] = { "|^~\\&", "|~^\\&", "#@*!%", "|$*\\&" };
static const char *const ends[] = { "\r", "\n", "\r\n" };
static const char *const versions[] = { "2.5.1", "2.2", "2.3", "2.3.1", "2.4", "2.5", "2.6", "2.7",
	"2.8", "2.8.2" };

enum {
	DELIMITERS = sizeof(delimiters) / sizeof(delimiters[0]),
	ENDS = sizeof(ends) / sizeof(ends[0]),
	VERSIONS = sizeof(versions) / sizeof(versions[0])
};

static unsigned
one_of(struct ww_gen *g, enum ww_gen_noise noise, unsigned n)
{
	return ww_gen_chance(g, g->set.share[noise]) ? 1 + ww_gen_below(g, n - 1) : 0;
}

unsigned
ww_gen_format(struct ww_gen *g)
{
	unsigned d = one_of(g, WW_GEN_DELIMITERS, DELIMITERS);
	unsigned e = one_of(g, WW_GEN_LINES, ENDS);

	return (one_of(g, WW_GEN_VERSIONS, VERSIONS) * ENDS + e) * DELIMITERS + d;
}

/* -- segments ---------------------------------------------------------------------------------------- */

/* A segment under way. */
struct segment {
	struct ww_buf *b;
	int at; /* the field written last */
};

static struct segment
open_segment(struct ww_buf *b, const char *id)
{
	ww_buf_cstr(b, id);
	return (struct segment){ b, 0 };
}

/* Fields come in their order. */
static void
field(struct segment *s, int number, const char *text)
{
	if (text[0] == '\0')
		return;
	for (; s->at < number; s->at++)
		ww_buf_byte(s->b, '|');
	ww_buf_cstr(s->b, text);
}

static void
field_time(struct segment *s, int number, ww_gen_time t)
{
	time_t seconds = (time_t)(t / 1000);
	struct tm tm;
	char text[24] = "";

	if (t != 0 && gmtime_r(&seconds, &tm) != NULL)
		(void)strftime(text, sizeof(text), "%Y%m%d%H%M%S", &tm);
	field(s, number, text);
}

static void
close_segment(struct segment *s)
{
	ww_buf_byte(s->b, '\r');
}

static void
write_header(const struct ww_gen_message *m, const char *version, struct ww_buf *b)
{
	struct segment s = open_segment(b, "MSH");
	char text[40];

	field(&s, 1, "^~\\&"); /* MSH-2: the first field is the delimiter itself */
	field(&s, 2, "ADT");
	field(&s, 3, "MERCY");
	field(&s, 4, "WARDWIRE");
	field(&s, 5, "PAYER");
	field_time(&s, 6, m->sent);
	snprintf(text, sizeof(text), "ADT^%s", m->trigger);
	field(&s, 8, text);
	snprintf(text, sizeof(text), "G%07u", m->control);
	field(&s, 9, text);
	field(&s, 10, "P");
	field(&s, 11, version);
	close_segment(&s);
	s = open_segment(b, "EVN");
	field(&s, 1, m->trigger);
	field_time(&s, 2, m->at);
	close_segment(&s);
}

static void
number_of(const struct ww_gen_person *p, unsigned record, char *text, size_t size)
{
	char letter[2] = { record != 0 ? (char)('A' + record) : '\0', '\0' };

	snprintf(text, size, "MR%06u%s^^^MERCY^MR", p->number, letter);
}

/* A wrong birth date is one of another year. */
static void
write_patient(const struct ww_gen *g, const struct ww_gen_message *m, struct ww_buf *b)
{
	const struct ww_gen_person *p = &g->persons[m->as.person];
	bool nameless = m->as.nameless;
	struct segment s = open_segment(b, "PID");
	char text[96];

	field(&s, 1, "1");
	number_of(p, m->as.record, text, sizeof(text));
	field(&s, 3, text);
	if (nameless)
		snprintf(text, sizeof(text), "TESTUNKNOWN%u", p->number);
	else if (p->newborn)
		snprintf(text, sizeof(text), "TESTFAMILY%u^BABY%u", p->mother, p->number);
	else
		snprintf(text, sizeof(text), "TESTFAMILY%u^GIVEN%u", p->number, p->number);
	field(&s, 5, text);
	snprintf(text, sizeof(text), "%04d%02d%02d", m->at < p->typo_until ? p->year - 1 : p->year,
	    p->month, p->day);
	field(&s, 7, nameless ? "" : text);
	text[0] = p->sex;
	text[1] = '\0';
	field(&s, 8, text);
	snprintf(text, sizeof(text), "%u TEST STREET^^TESTVILLE^NY^00000", p->number);
	field(&s, 11, nameless ? "" : text);
	close_segment(&s);
}

static void
write_prior(const struct ww_gen *g, const struct ww_gen_message *m, struct ww_buf *b)
{
	struct segment s;
	char text[64];

	if (m->prior == 0)
		return;
	s = open_segment(b, "MRG");
	number_of(&g->persons[m->prior - 1], m->prior_record, text, sizeof(text));
	field(&s, 1, text);
	snprintf(text, sizeof(text), "%s^^^MERCY", m->prior_visit);
	field(&s, 5, m->prior_visit[0] != '\0' ? text : "");
	close_segment(&s);
}

static void
write_visit(const struct ww_gen_message *m, struct ww_buf *b)
{
	const struct ww_gen_visit *v = &m->as;
	bool observed = v->class_ == 'V';
	struct segment s = open_segment(b, "PV1");
	char text[64];

	field(&s, 1, "1");
	snprintf(text, sizeof(text), "%c", observed ? 'O' : v->class_);
	field(&s, 2, text);
	snprintf(text, sizeof(text), "%uW^%u^1^MERCY", v->place, 100 + v->place);
	field(&s, 3, text);
	field(&s, 18, observed ? "OBS" : "");
	snprintf(text, sizeof(text), "%s^^^MERCY", v->number);
	field(&s, 19, text);
	field(&s, 36, v->disposition);
	field_time(&s, 44, m->admitted);
	field_time(&s, 45, v->end);
	close_segment(&s);
	if (m->expected == 0)
		return;
	s = open_segment(b, "PV2");
	field_time(&s, strcmp(m->trigger, "A16") == 0 ? 9 : 8, m->expected);
	close_segment(&s);
}

/* A child is on its mother's insurance. */
static void
write_insurance(const struct ww_gen *g, const struct ww_gen_message *m, struct ww_buf *b)
{
	const struct ww_gen_person *p = &g->persons[m->as.person];
	struct segment s;
	char text[32];

	if (m->as.nameless)
		return;
	s = open_segment(b, "IN1");
	field(&s, 1, "1");
	field(&s, 2, "PPO");
	field(&s, 3, "ACME");
	field(&s, 17, p->newborn ? "CHD" : "SEL");
	snprintf(text, sizeof(text), "M%06u", p->newborn ? p->mother : p->number);
	field(&s, 49, text);
	close_segment(&s);
}

/* Nothing in a message but its delimiters is one of these characters. */
static void
translate(ww_str s, const char *to, const char *end, struct ww_buf *out)
{
	static const char from[] = "|^~\\&";

	for (size_t i = 0; i < s.n; i++) {
		const char *at = strchr(from, s.p[i]);

		if (s.p[i] == '\r')
			ww_buf_cstr(out, end);
		else
			ww_buf_byte(out, at != NULL ? to[at - from] : s.p[i]);
	}
}

void
ww_gen_write_message(const struct ww_gen *g, const struct ww_gen_message *m, struct ww_buf *out)
{
	unsigned f = m->format;
	struct ww_buf plain = { 0 };

	write_header(m, versions[f / DELIMITERS / ENDS % VERSIONS], &plain);
	write_patient(g, m, &plain);
	write_prior(g, m, &plain);
	if (m->visit != 0)
		write_visit(m, &plain);
	write_insurance(g, m, &plain);
	translate(
	    ww_buf_view(&plain), delimiters[f % DELIMITERS], ends[f / DELIMITERS % ENDS], out);
	if (plain.error != WW_OK)
		out->error = plain.error;
	ww_buf_free(&plain);
}

void
ww_gen_write(const struct ww_gen *g, struct ww_buf *out)
{
	for (size_t i = 0; i < g->messages_n; i++) {
		if (!g->messages[i].lost)
			ww_gen_write_message(g, &g->messages[i], out);
	}
}
