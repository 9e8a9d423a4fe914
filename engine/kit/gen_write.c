/* The messages of a made-up hospital as HL7 v2: one segment at a time, only the fields that have a value. */
#include "kit/gen_parts.h"
#include "kit/segment.h"

#include <wardwire/buf.h>
#include <wardwire/str.h>

#include <stdio.h>
#include <string.h>

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

static void
write_header(const struct ww_gen_message *m, const char *version, struct ww_buf *b)
{
	struct ww_segment s = ww_segment_open(b, "MSH");
	char text[40];

	ww_segment_field(&s, 1, "^~\\&"); /* MSH-2: the first field is the delimiter itself */
	ww_segment_field(&s, 2, "ADT");
	ww_segment_field(&s, 3, "MERCY");
	ww_segment_field(&s, 4, "WARDWIRE");
	ww_segment_field(&s, 5, "PAYER");
	ww_segment_time(&s, 6, m->sent);
	snprintf(text, sizeof(text), "ADT^%s", m->trigger);
	ww_segment_field(&s, 8, text);
	snprintf(text, sizeof(text), "G%07u", m->control);
	ww_segment_field(&s, 9, text);
	ww_segment_field(&s, 10, "P");
	ww_segment_field(&s, 11, version);
	ww_segment_close(&s);
	s = ww_segment_open(b, "EVN");
	ww_segment_field(&s, 1, m->trigger);
	ww_segment_time(&s, 2, m->at);
	ww_segment_close(&s);
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
	struct ww_segment s = ww_segment_open(b, "PID");
	char text[96];

	ww_segment_field(&s, 1, "1");
	number_of(p, m->as.record, text, sizeof(text));
	ww_segment_field(&s, 3, text);
	if (nameless)
		snprintf(text, sizeof(text), "TESTUNKNOWN%u", p->number);
	else if (p->newborn)
		snprintf(text, sizeof(text), "TESTFAMILY%u^BABY%u", p->mother, p->number);
	else
		snprintf(text, sizeof(text), "TESTFAMILY%u^GIVEN%u", p->number, p->number);
	ww_segment_field(&s, 5, text);
	snprintf(text, sizeof(text), "%04d%02d%02d", m->at < p->typo_until ? p->year - 1 : p->year,
	    p->month, p->day);
	ww_segment_field(&s, 7, nameless ? "" : text);
	text[0] = p->sex;
	text[1] = '\0';
	ww_segment_field(&s, 8, text);
	snprintf(text, sizeof(text), "%u TEST STREET^^TESTVILLE^NY^00000", p->number);
	ww_segment_field(&s, 11, nameless ? "" : text);
	ww_segment_close(&s);
}

static void
write_prior(const struct ww_gen *g, const struct ww_gen_message *m, struct ww_buf *b)
{
	struct ww_segment s;
	char text[64];

	if (m->prior == 0)
		return;
	s = ww_segment_open(b, "MRG");
	number_of(&g->persons[m->prior - 1], m->prior_record, text, sizeof(text));
	ww_segment_field(&s, 1, text);
	snprintf(text, sizeof(text), "%s^^^MERCY", m->prior_visit);
	ww_segment_field(&s, 5, m->prior_visit[0] != '\0' ? text : "");
	ww_segment_close(&s);
}

static void
write_visit(const struct ww_gen_message *m, struct ww_buf *b)
{
	const struct ww_gen_visit *v = &m->as;
	bool observed = v->class_ == 'V';
	struct ww_segment s = ww_segment_open(b, "PV1");
	char text[64];

	ww_segment_field(&s, 1, "1");
	snprintf(text, sizeof(text), "%c", observed ? 'O' : v->class_);
	ww_segment_field(&s, 2, text);
	snprintf(text, sizeof(text), "%uW^%u^1^MERCY", v->place, 100 + v->place);
	ww_segment_field(&s, 3, text);
	ww_segment_field(&s, 18, observed ? "OBS" : "");
	snprintf(text, sizeof(text), "%s^^^MERCY", v->number);
	ww_segment_field(&s, 19, text);
	ww_segment_field(&s, 36, v->disposition);
	ww_segment_time(&s, 44, m->admitted);
	ww_segment_time(&s, 45, v->end);
	ww_segment_close(&s);
	if (m->expected == 0)
		return;
	s = ww_segment_open(b, "PV2");
	ww_segment_time(&s, strcmp(m->trigger, "A16") == 0 ? 9 : 8, m->expected);
	ww_segment_close(&s);
}

/* A child is on its mother's insurance. */
static void
write_insurance(const struct ww_gen *g, const struct ww_gen_message *m, struct ww_buf *b)
{
	const struct ww_gen_person *p = &g->persons[m->as.person];
	struct ww_segment s;
	char text[32];

	if (m->as.nameless)
		return;
	s = ww_segment_open(b, "IN1");
	ww_segment_field(&s, 1, "1");
	ww_segment_field(&s, 2, "PPO");
	ww_segment_field(&s, 3, "ACME");
	ww_segment_field(&s, 17, p->newborn ? "CHD" : "SEL");
	snprintf(text, sizeof(text), "M%06u", p->newborn ? p->mother : p->number);
	ww_segment_field(&s, 49, text);
	ww_segment_close(&s);
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
