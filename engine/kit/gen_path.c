/* What happens to one patient, visit by visit, and what the hospital sends of it. What is true is set down here, beside the
 * message and not by it. */
#include "kit/gen_parts.h"

#include <stdio.h>
#include <string.h>

enum { HOUR = 60, DAY = 24 * HOUR, PLACES = 40, VISITS_MOST = 5 };

/* What was done wrongly at the desk, and is put right some time later. */
enum trouble {
	NO_TROUBLE,
	SECOND_RECORD, /* a second record of the patient: A40 */
	UNKNOWN,       /* nobody knew who that was: A08 or A31 under the same number */
	WRONG_PATIENT, /* another patient's record: A45 */
	WRONG_NUMBER,  /* the visit's number: A50 */
};

/* One visit on its way. */
struct path {
	struct ww_gen *g;
	unsigned person, visit;
	ww_gen_time now, last; /* last: of the newest message */
	ww_gen_time admitted;  /* PV1-44 as the desk has it */
	enum trouble trouble;
	unsigned wrong; /* WRONG_PATIENT: whose record */
	/* what messages say, which may lag behind */
	unsigned says;
	unsigned says_record;
	bool says_nameless;
	char says_number[WW_GEN_TEXT]; /* empty: the visit's */
	struct ww_gen_message nothing; /* for when there is no memory */
};

/* -- small pieces ------------------------------------------------------------------------------------ */

static struct ww_gen_visit *
visit(struct path *p)
{
	return &p->g->visits[p->visit];
}

/* Time passes, in minutes; false at the end of it. */
static bool
pass(struct path *p, unsigned least, unsigned most)
{
	p->now += (int64_t)(least + ww_gen_below(p->g, most - least + 1)) * WW_GEN_MINUTE;
	return p->now < p->g->ends && !p->g->failed;
}

static struct ww_gen_message *
say(struct path *p, const char *trigger, enum ww_gen_loss loss)
{
	struct ww_gen_message *m = ww_gen_new_message(p->g);

	if (m == NULL)
		m = &p->nothing;
	m->trigger = trigger;
	m->at = p->now;
	m->sent = p->now + (int64_t)ww_gen_below(p->g, 40) * 1000;
	m->visit = p->visit + 1;
	m->as = *visit(p);
	m->as.person = p->says;
	m->as.record = p->says_record;
	m->as.nameless = p->says_nameless;
	if (p->says_number[0] != '\0')
		snprintf(m->as.number, sizeof(m->as.number), "%s", p->says_number);
	m->admitted = p->admitted;
	m->loss = loss;
	p->last = p->now;
	return m;
}

static void
new_number(struct path *p)
{
	struct ww_gen_visit *v = visit(p);

	snprintf(v->number, sizeof(v->number), "V%06u", ++p->g->numbers % 1000000);
}

/* The number of a visit of somebody else's that ended days ago. */
static void
reuse_number(struct path *p)
{
	struct ww_gen_visit *v = visit(p);

	for (unsigned tries = 0; tries < 8; tries++) {
		struct ww_gen_visit *old =
		    &p->g->visits[ww_gen_below(p->g, (unsigned)p->g->visits_n)];

		if (old->uncertain || old->end == 0 || old->person == p->person ||
		    old->end + 3 * (int64_t)WW_GEN_DAY > p->now)
			continue;
		old->uncertain = v->uncertain = true;
		snprintf(v->number, sizeof(v->number), "%s", old->number);
		return;
	}
}

static void
choose_trouble(struct path *p)
{
	unsigned n = ww_gen_below(p->g, 100);

	p->trouble = NO_TROUBLE;
	if (n < 7 && p->g->persons[p->person].typo_until == 0) {
		p->trouble = SECOND_RECORD;
		p->says_record = ++p->g->persons[p->person].records;
		p->says_nameless = ww_gen_chance(p->g, 30);
	} else if (n >= 7 && n < 11 && p->g->set.patients > 1) {
		p->trouble = WRONG_PATIENT;
		p->wrong = (p->person + 1 + ww_gen_below(p->g, p->g->set.patients - 1)) %
		           p->g->set.patients;
		p->says = p->wrong;
	} else if (n >= 11 && n < 15) {
		p->trouble = WRONG_NUMBER;
	} else if (n >= 15 && n < 19 && p->g->persons[p->person].typo_until == 0) {
		p->trouble = UNKNOWN;
		p->says_record = ++p->g->persons[p->person].records;
		p->says_nameless = true;
	}
}

/* A visit begins, or is planned. */
static void
begin(struct path *p, char class_, const char *status)
{
	struct ww_gen_visit *v;

	p->visit = (unsigned)ww_gen_new_visit(p->g, p->person);
	if (p->g->failed)
		return;
	p->admitted = 0;
	p->says_number[0] = '\0';
	v = visit(p);
	v->class_ = class_;
	v->status = status;
	v->place = 1 + ww_gen_below(p->g, PLACES);
	new_number(p);
	if (p->trouble == NO_TROUBLE && ww_gen_chance(p->g, p->g->set.share[WW_GEN_REUSE]))
		reuse_number(p);
	v->uncertain = v->uncertain || p->trouble != NO_TROUBLE;
	v->person = p->says;
	v->record = p->says_record;
	v->nameless = p->says_nameless;
}

static void
arrive(struct path *p, char class_, const char *status)
{
	begin(p, class_, status);
	if (p->g->failed)
		return;
	visit(p)->start = p->admitted = p->now;
	if (class_ == 'I' || class_ == 'B')
		visit(p)->inpatient = p->now;
}

/* -- records put right ------------------------------------------------------------------------------- */

static void
merge_records(struct path *p)
{
	bool late = ww_gen_chance(p->g, 30);
	struct ww_gen_message *m;

	for (size_t i = 0; i < p->g->visits_n; i++) {
		struct ww_gen_visit *v = &p->g->visits[i];

		if (v->person != p->person || v->record != p->says_record)
			continue;
		v->record = 0;
		v->known = v->nameless ? p->now : v->known;
		v->nameless = false;
	}
	m = say(p, ww_gen_chance(p->g, 80) ? "A40" : "A34", WW_GEN_NEEDED);
	m->visit = 0;
	m->prior = p->person + 1;
	m->prior_record = p->says_record;
	m->as.record = 0;
	m->as.nameless = false;
	if (late)
		return;
	p->says_record = 0;
	p->says_nameless = false;
}

static void
move_visit(struct path *p)
{
	bool late = ww_gen_chance(p->g, 30);
	struct ww_gen_message *m;

	visit(p)->person = p->person;
	m = say(p, "A45", WW_GEN_NEEDED);
	m->as.person = p->person;
	m->prior = p->wrong + 1;
	snprintf(m->prior_visit, sizeof(m->prior_visit), "%s", visit(p)->number);
	if (!late)
		p->says = p->person;
}

static void
renumber_visit(struct path *p)
{
	bool late = ww_gen_chance(p->g, 30);
	struct ww_gen_message *m;
	char old[WW_GEN_TEXT];

	snprintf(old, sizeof(old), "%s", visit(p)->number);
	new_number(p);
	m = say(p, ww_gen_chance(p->g, 70) ? "A50" : "A42", WW_GEN_NEEDED);
	m->prior = p->person + 1;
	snprintf(m->prior_visit, sizeof(m->prior_visit), "%s", old);
	if (late)
		snprintf(p->says_number, sizeof(p->says_number), "%s", old);
}

/* The record stays, and has a name now. */
static void
name_patient(struct path *p)
{
	for (size_t i = 0; i < p->g->visits_n; i++) {
		struct ww_gen_visit *v = &p->g->visits[i];

		if (v->person != p->person || v->record != p->says_record)
			continue;
		v->nameless = false;
		v->known = p->now;
	}
	p->says_nameless = ww_gen_chance(p->g, 20); /* a department that has not heard of it */
	say(p, ww_gen_chance(p->g, 50) ? "A08" : "A31", WW_GEN_NEEDED)->as.nameless = false;
}

static void
put_right(struct path *p)
{
	enum trouble t = p->trouble;

	p->trouble = NO_TROUBLE;
	if (t == SECOND_RECORD)
		merge_records(p);
	else if (t == UNKNOWN)
		name_patient(p);
	else if (t == WRONG_PATIENT)
		move_visit(p);
	else if (t == WRONG_NUMBER)
		renumber_visit(p);
}

/* -- the way out ------------------------------------------------------------------------------------- */

static const char *
somewhere(struct ww_gen *g)
{
	static const char *const table[] = { "01", "01", "01", "06", "03", "02", "07", "20" };

	return table[ww_gen_below(g, sizeof(table) / sizeof(table[0]))];
}

/* Between the newest message and now. */
static ww_gen_time
just_now(struct path *p)
{
	unsigned minutes = (unsigned)((p->now - p->last) / WW_GEN_MINUTE);

	minutes = minutes > 30 ? 30 : minutes;
	return p->now - (int64_t)(minutes > 0 ? ww_gen_below(p->g, minutes) : 0) * WW_GEN_MINUTE;
}

static bool
code_late(struct path *p, const char *to)
{
	if (!pass(p, 2 * HOUR, 3 * DAY))
		return false;
	visit(p)->disposition = to;
	(void)say(p, "A08", WW_GEN_NEEDED);
	return true;
}

static bool
correct_discharge(struct path *p, ww_gen_time at_least)
{
	ww_gen_time end;

	if (!pass(p, 10, 5 * HOUR))
		return false;
	visit(p)->uncertain = true;
	end = visit(p)->end - (int64_t)ww_gen_below(p->g, 90) * WW_GEN_MINUTE;
	visit(p)->end = end > at_least ? end : visit(p)->end + 7 * WW_GEN_MINUTE;
	(void)say(p, "A03", WW_GEN_NEEDED);
	return true;
}

static bool
cancel_discharge(struct path *p)
{
	if (!pass(p, 10, 3 * HOUR))
		return false;
	visit(p)->uncertain = true;
	visit(p)->status = visit(p)->before;
	visit(p)->end = 0;
	visit(p)->disposition = "";
	(void)say(p, "A13", WW_GEN_NEEDED);
	return true;
}

/* False at the end of all time. */
static bool
discharge(struct path *p)
{
	const char *to = somewhere(p->g);
	bool late = ww_gen_chance(p->g, 15);
	ww_gen_time last = p->last;

	visit(p)->before = visit(p)->status;
	visit(p)->status = "finished";
	visit(p)->end = just_now(p);
	visit(p)->discharges++;
	visit(p)->disposition = late ? "" : to;
	(void)say(p, "A03", WW_GEN_RELEASE_LOST);
	if (ww_gen_chance(p->g, p->g->set.share[WW_GEN_CORRECT]) && !correct_discharge(p, last))
		return false;
	if (ww_gen_chance(p->g, 6)) {
		if (!cancel_discharge(p) || ww_gen_chance(p->g, 20) || !pass(p, 30, 2 * DAY))
			return false;
		return discharge(p);
	}
	return !late || code_late(p, to);
}

/* -- during a stay ----------------------------------------------------------------------------------- */

static void
transfer(struct path *p)
{
	unsigned before = visit(p)->place;
	bool back = ww_gen_chance(p->g, 15);

	visit(p)->place = before % PLACES + 1;
	(void)say(p, "A02", back ? WW_GEN_NEEDED : WW_GEN_MOVE_LOST);
	if (!back || !pass(p, 5, HOUR))
		return;
	visit(p)->place = before;
	(void)say(p, "A12", WW_GEN_NEEDED);
}

/* Who is back from a leave has a bed. */
static void
come_back(struct path *p)
{
	visit(p)->status = "in-progress";
	(void)say(p, "A22", WW_GEN_NEEDED);
}

static void
go_on_leave(struct path *p)
{
	const char *status = visit(p)->status;
	unsigned how = ww_gen_below(p->g, 10);

	visit(p)->status = "onleave";
	(void)say(p, "A21", WW_GEN_NEEDED);
	if (!pass(p, HOUR, DAY))
		return;
	if (how == 0) {
		visit(p)->status = status;
		(void)say(p, "A52", WW_GEN_NEEDED);
		return;
	}
	come_back(p);
	if (how != 1 || !pass(p, 5, HOUR))
		return;
	visit(p)->status = "onleave";
	(void)say(p, "A53", WW_GEN_NEEDED);
	if (pass(p, 5, DAY))
		come_back(p);
}

static void
plan_discharge(struct path *p)
{
	say(p, "A16", WW_GEN_SPARE)->expected = p->now + WW_GEN_DAY;
	if (ww_gen_chance(p->g, 25) && pass(p, 10, 3 * HOUR))
		(void)say(p, "A25", WW_GEN_SPARE);
}

static void
update(struct path *p)
{
	(void)say(p, ww_gen_chance(p->g, 80) ? "A08" : "A31", WW_GEN_SPARE);
}

static void
chatter(struct path *p)
{
	static const char *const table[] = { "A54", "A60", "A10", "A15", "A28" };

	(void)say(p, table[ww_gen_below(p->g, sizeof(table) / sizeof(table[0]))], WW_GEN_SPARE);
}

/* What happens between admission and discharge; false at the end of all time. */
static bool
spend(struct path *p, unsigned most)
{
	static void (*const events[])(struct path *) = { transfer, transfer, update, update, update,
		go_on_leave, plan_discharge, chatter };
	unsigned n = ww_gen_below(p->g, most + 1);

	for (unsigned i = 0; i < n; i++) {
		if (!pass(p, 30, 30 * HOUR))
			return false;
		if (p->trouble != NO_TROUBLE && ww_gen_chance(p->g, 50))
			put_right(p);
		else
			events[ww_gen_below(p->g, sizeof(events) / sizeof(events[0]))](p);
	}
	return pass(p, HOUR, 2 * DAY);
}

/* -- ways in ------------------------------------------------------------------------------------------ */

static bool
stay(struct path *p)
{
	return spend(p, 6) && discharge(p);
}

/* Nothing of it is true but that it was. */
static void
undo(struct path *p, const char *status)
{
	visit(p)->status = status;
	visit(p)->uncertain = true;
	visit(p)->inpatient = visit(p)->start = 0;
	p->admitted = 0;
}

static void
direct(struct path *p)
{
	ww_gen_time was;

	arrive(p, 'I', "in-progress");
	was = p->now;
	(void)say(p, "A01", WW_GEN_ADMIT_LOST);
	if (ww_gen_chance(p->g, p->g->set.share[WW_GEN_CORRECT])) {
		if (!pass(p, 5, 2 * HOUR))
			return;
		visit(p)->uncertain = true;
		visit(p)->start = visit(p)->inpatient = p->admitted =
		    was - (int64_t)(5 + ww_gen_below(p->g, 60)) * WW_GEN_MINUTE;
		(void)say(p, "A01", WW_GEN_NEEDED);
	}
	(void)stay(p);
}

/* An admission that never was, and perhaps one more under the same number. */
static void
cancelled(struct path *p)
{
	arrive(p, 'I', "in-progress");
	visit(p)->uncertain = true;
	(void)say(p, "A01", WW_GEN_NEEDED);
	if (!pass(p, 5, 2 * HOUR))
		return;
	(void)say(p, "A11", WW_GEN_NEEDED);
	undo(p, "cancelled");
	if (!ww_gen_chance(p->g, 30) || !pass(p, 5, DAY))
		return;
	visit(p)->status = "in-progress";
	visit(p)->start = visit(p)->inpatient = p->admitted = p->now;
	(void)say(p, "A01", WW_GEN_NEEDED);
	(void)stay(p);
}

/* The patient comes within a day of when it was planned, and gets another number: the plan is done with. */
static void
come_as_planned(struct path *p, ww_gen_time expected)
{
	p->now = expected;
	if (!pass(p, 0, DAY) || p->trouble != NO_TROUBLE)
		return;
	visit(p)->status = "finished";
	arrive(p, 'I', "in-progress");
	visit(p)->uncertain = true;
	(void)say(p, "A01", WW_GEN_NEEDED);
	(void)stay(p);
}

static void
planned(struct path *p)
{
	bool pending = ww_gen_chance(p->g, 30);
	unsigned how = ww_gen_below(p->g, 100);
	ww_gen_time expected = p->now + (1 + ww_gen_below(p->g, 6)) * (int64_t)WW_GEN_DAY;

	/* another patient's plan could not be told from one of their own */
	if (p->trouble == WRONG_PATIENT) {
		p->trouble = NO_TROUBLE;
		p->says = p->person;
	}
	begin(p, 'P', "planned");
	visit(p)->uncertain = true;
	say(p, pending ? "A14" : "A05", WW_GEN_NEEDED)->expected = expected;
	if (how >= 90) {
		come_as_planned(p, expected);
		return;
	}
	if (!pass(p, HOUR, 5 * DAY))
		return;
	if (how < 10) {
		(void)pass(p, 10 * DAY, 20 * DAY); /* whoever comes now comes for something else */
		return;
	}
	if (how < 25) {
		(void)say(p, pending ? "A27" : "A38", WW_GEN_NEEDED);
		undo(p, "cancelled");
		return;
	}
	visit(p)->class_ = 'I';
	visit(p)->status = "in-progress";
	visit(p)->start = visit(p)->inpatient = p->admitted = p->now;
	(void)say(p, "A01", WW_GEN_NEEDED);
	if (how >= 35) {
		(void)stay(p);
		return;
	}
	if (!pass(p, 5, 3 * HOUR))
		return;
	(void)say(p, "A11", WW_GEN_NEEDED);
	undo(p, "planned");
	visit(p)->class_ = 'P';
	(void)pass(p, 10 * DAY, 20 * DAY);
}

/* The ways in which hospitals tell that an emergency or observation patient is admitted. */
static void
by_a06(struct path *p)
{
	(void)say(p, "A06", WW_GEN_NEEDED);
}

/* PV1-44 stays the time of arrival. */
static void
by_a01(struct path *p)
{
	(void)say(p, "A01", WW_GEN_NEEDED);
}

static void
by_a01_anew(struct path *p)
{
	p->admitted = p->now;
	(void)say(p, "A01", WW_GEN_NEEDED);
}

static void
by_a08(struct path *p)
{
	(void)say(p, "A08", WW_GEN_NEEDED);
}

static void
by_a02(struct path *p)
{
	visit(p)->place = visit(p)->place % PLACES + 1;
	(void)say(p, "A02", WW_GEN_NEEDED);
}

static const struct {
	void (*say)(struct path *p);
	bool admits; /* so that A11 takes it back */
} admissions[] = { { by_a06, true }, { by_a06, true }, { by_a01, true }, { by_a01_anew, true },
	{ by_a08, false }, { by_a02, false } };

/* The visit becomes an inpatient stay and ends as one, or not. */
static void
become_inpatient(struct path *p)
{
	unsigned form = ww_gen_below(p->g, sizeof(admissions) / sizeof(admissions[0]));
	const struct ww_gen_visit was = *visit(p);
	ww_gen_time admitted = p->admitted;
	unsigned how = ww_gen_below(p->g, 100);

	visit(p)->uncertain = true;
	visit(p)->class_ = 'I';
	visit(p)->status = "in-progress";
	visit(p)->inpatient = p->now;
	admissions[form].say(p);
	if (how < 6 && admissions[form].admits) {
		if (!pass(p, 5, 2 * HOUR))
			return;
		(void)say(p, "A11", WW_GEN_NEEDED);
		visit(p)->class_ = was.class_;
		visit(p)->status = was.status;
		visit(p)->inpatient = 0;
		visit(p)->place = was.place;
		p->admitted = admitted;
		if (pass(p, HOUR, DAY))
			(void)discharge(p);
		return;
	}
	if (how < 16) {
		if (!pass(p, HOUR, DAY))
			return;
		visit(p)->class_ = ww_gen_chance(p->g, 60) ? 'V' : 'O';
		visit(p)->inpatient = 0;
		(void)say(p, "A07", WW_GEN_NEEDED);
	}
	(void)stay(p);
}

/* The emergency visit ends and another begins. */
static void
under_new_number(struct path *p)
{
	visit(p)->before = visit(p)->status;
	visit(p)->status = "finished";
	visit(p)->end = p->now;
	visit(p)->disposition = "09";
	visit(p)->discharges++;
	(void)say(p, "A03", WW_GEN_NEEDED);
	if (!pass(p, 1, 40))
		return;
	arrive(p, 'I', "in-progress");
	(void)say(p, "A01", WW_GEN_ADMIT_LOST);
	(void)stay(p);
}

static void
emergency(struct path *p)
{
	unsigned how = ww_gen_below(p->g, 100);

	arrive(p, 'E', "arrived");
	(void)say(p, "A04", WW_GEN_ADMIT_LOST);
	if (ww_gen_chance(p->g, 30)) {
		if (!pass(p, 5, 2 * HOUR))
			return;
		update(p);
	}
	if (!pass(p, 30, 10 * HOUR))
		return;
	if (how < 55)
		(void)discharge(p);
	else if (how < 90)
		become_inpatient(p);
	else
		under_new_number(p);
}

static void
observation(struct path *p)
{
	arrive(p, 'V', "arrived");
	(void)say(p, "A04", WW_GEN_ADMIT_LOST);
	if (!spend(p, 2))
		return;
	if (ww_gen_chance(p->g, 60))
		(void)discharge(p);
	else
		become_inpatient(p);
}

static void
clinic(struct path *p)
{
	arrive(p, 'O', "arrived");
	(void)say(p, "A04", WW_GEN_ADMIT_LOST);
	if (pass(p, 20, 5 * HOUR))
		(void)discharge(p);
}

/* The child has a record and a visit of its own, and the mother's insurance. */
static void
born(struct path *mother)
{
	struct path p = *mother;
	unsigned child = (unsigned)ww_gen_new_person(p.g);
	struct ww_gen_person *c, *m;

	if (p.g->failed)
		return;
	c = &p.g->persons[child];
	m = &p.g->persons[mother->person];
	c->newborn = true;
	c->mother = m->number;
	c->sex = ww_gen_chance(p.g, 50) ? 'F' : 'M';
	ww_gen_date(p.now, &c->year, &c->month, &c->day);
	p.person = p.says = child;
	p.trouble = NO_TROUBLE;
	p.says_record = 0;
	p.says_nameless = false;
	arrive(&p, 'I', "in-progress");
	if (p.g->failed)
		return;
	(void)say(&p, "A01", WW_GEN_ADMIT_LOST);
	if (pass(&p, DAY, 4 * DAY))
		(void)discharge(&p);
}

static void
obstetrics(struct path *p)
{
	arrive(p, 'B', "in-progress");
	(void)say(p, "A01", WW_GEN_ADMIT_LOST);
	if (!pass(p, 2 * HOUR, DAY))
		return;
	born(p);
	(void)stay(p);
}

/* -- a life ------------------------------------------------------------------------------------------- */

static const struct {
	unsigned percent;
	void (*take)(struct path *p);
} paths[] = { { 48, emergency }, { 14, direct }, { 14, planned }, { 9, observation }, { 6, clinic },
	{ 5, cancelled }, { 4, obstetrics } };

static void
visit_once(struct path *p)
{
	bool woman = p->g->persons[p->person].sex == 'F' && p->g->persons[p->person].year > 1975;
	unsigned n = ww_gen_below(p->g, 100), i = 0;

	while (n >= paths[i].percent)
		n -= paths[i++].percent;
	p->says = p->person;
	p->says_record = 0;
	p->says_nameless = false;
	choose_trouble(p);
	if (paths[i].take == obstetrics && !woman)
		direct(p);
	else
		paths[i].take(p);
	if (p->trouble != NO_TROUBLE && !p->g->failed && pass(p, HOUR, 3 * DAY))
		put_right(p);
}

void
ww_gen_live(struct ww_gen *g, unsigned person)
{
	struct path p = { .g = g, .person = person };
	ww_gen_time typo = g->persons[person].typo_until;

	p.now = g->begins + (int64_t)ww_gen_below(g, g->set.days * DAY) * WW_GEN_MINUTE;
	for (unsigned i = 0; i < VISITS_MOST && p.now < g->ends && !g->failed; i++) {
		visit_once(&p);
		if (!pass(&p, DAY, 25 * DAY))
			break;
	}
	/* the registry puts the birth date right */
	if (typo == 0 || typo >= g->ends || g->failed || p.last == 0)
		return;
	p.now = typo;
	p.says = person;
	p.says_record = 0;
	p.says_nameless = false;
	say(&p, "A31", WW_GEN_NEEDED)->visit = 0;
}
