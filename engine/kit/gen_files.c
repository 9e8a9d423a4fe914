/* What goes with the messages of a made-up hospital: the roster of a payer, and what is true in the end. */
#include "kit/gen_parts.h"

#include <wardwire/buf.h>

#include <stdio.h>
#include <time.h>

/* -- the roster -------------------------------------------------------------------------------------- */

static void
write_member(const struct ww_gen_person *p, const char *practice, const char *end, struct ww_buf *b)
{
	ww_buf_printf(b, "M%06u,\"TESTFAMILY%u, GIVEN%u\",%04d-%02d-%02d,%c,%s,2025-01-01,%s\n",
	    p->number, p->number, p->number, p->year, p->month, p->day, p->sex, practice, end);
}

void
ww_gen_write_roster(const struct ww_gen *g, struct ww_buf *out)
{
	ww_buf_cstr(out, "member_id,name,birth_date,sex,practice,effective,end\n");
	for (size_t i = 0; i < g->persons_n; i++) {
		const struct ww_gen_person *p = &g->persons[i];

		if (p->newborn || p->practice == WW_GEN_NO_PRACTICE)
			continue;
		if (p->practice == WW_GEN_EXPIRED)
			write_member(p, "rcca", "2025-12-31", out);
		if (p->practice == WW_GEN_RCCA || p->practice == WW_GEN_BOTH)
			write_member(p, "rcca", "", out);
		if (p->practice == WW_GEN_LAKESIDE || p->practice == WW_GEN_BOTH)
			write_member(p, "lakeside", "", out);
	}
}

/* -- the truth --------------------------------------------------------------------------------------- */

static void
write_time(ww_gen_time t, struct ww_buf *b)
{
	time_t seconds = (time_t)(t / 1000);
	struct tm tm;
	char text[24] = "-";

	if (t != 0 && gmtime_r(&seconds, &tm) != NULL)
		(void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M", &tm);
	ww_buf_printf(b, "\t%s", text);
}

static const char *
class_text(char class_)
{
	static const struct {
		char class_;
		const char *text;
	} table[] = { { 'E', "emergency" }, { 'I', "inpatient" }, { 'O', "outpatient" },
		{ 'V', "observation" }, { 'P', "preadmit" }, { 'B', "obstetrics" } };
	size_t i = 0;

	while (table[i].class_ != class_)
		i++;
	return table[i].text;
}

/* The newest message that told of that patient came while the birth date was a wrong one. */
static bool
is_mistaken(const struct ww_gen *g, size_t person)
{
	ww_gen_time newest = 0;

	if (g->persons[person].typo_until == 0)
		return false;
	for (size_t i = 0; i < g->messages_n; i++) {
		const struct ww_gen_message *m = &g->messages[i];

		if (!m->lost && m->as.person == person && m->at > newest)
			newest = m->at;
	}
	return newest < g->persons[person].typo_until;
}

/* The member as whom the payer would know the patient, by what the hospital has; "-": as nobody. */
static void
write_owner(const struct ww_gen *g, const struct ww_gen_visit *v, struct ww_buf *b)
{
	const struct ww_gen_person *p = &g->persons[v->person];

	ww_buf_printf(b, "\tMR%06u", p->number);
	if (v->record != 0)
		ww_buf_byte(b, (char)('A' + v->record));
	if (p->newborn || v->nameless || is_mistaken(g, v->person))
		ww_buf_cstr(b, "\t-");
	else
		ww_buf_printf(b, "\tM%06u", p->number);
}

void
ww_gen_write_truth(const struct ww_gen *g, struct ww_buf *out)
{
	ww_buf_cstr(out, "visit\tpatient\tmember\tstatus\tclass\tstart\tinpatient\tend\tdisposition"
	                 "\tplace\tknown\n");
	for (size_t i = 0; i < g->visits_n; i++) {
		const struct ww_gen_visit *v = &g->visits[i];

		ww_buf_cstr(out, v->number);
		write_owner(g, v, out);
		ww_buf_printf(out, "\t%s\t%s", v->status, class_text(v->class_));
		write_time(v->start, out);
		write_time(v->inpatient, out);
		write_time(v->end, out);
		ww_buf_printf(out, "\t%s", v->disposition[0] != '\0' ? v->disposition : "-");
		if (v->nowhere)
			ww_buf_cstr(out, "\t?");
		else
			ww_buf_printf(out, "\t%uW^%u^1^MERCY", v->place, 100 + v->place);
		write_time(v->known != 0 ? v->known : g->persons[v->person].typo_until, out);
		ww_buf_byte(out, '\n');
	}
}
