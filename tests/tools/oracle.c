/* Holds what an engine ended in against what is true: it knows the truth of a made-up hospital (wardwire-kit gen --truth), the
 * roster of its payer, and the rows of a ledger (wardwire rebuild --dump). Shares no code with the engine.
 *
 *	oracle [-l] TRUTH ROSTER DUMP
 *
 * Of every visit: that it is there once, whose it is, its status, class, times, disposition and place; and that exactly those
 * practices have a Task of it that stands whose patient was an inpatient on the day it began. One line each that differs; the
 * exit status is 1 then. -l: the messages came weeks late and in no order. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT = 64, LINE = 65536, OWNERS = 4 };

/* A line of the truth. */
struct visit {
	char number[TEXT], patient[TEXT], member[TEXT], status[TEXT], class_[TEXT], start[TEXT],
	    inpatient[TEXT], end[TEXT], to[TEXT], place[TEXT], known[TEXT];
	const struct stay *found;
};

/* A row of the ledger. */
struct stay {
	char id[TEXT], person[TEXT], number[TEXT], status[TEXT], class_[TEXT], start[TEXT],
	    inpatient[TEXT], end[TEXT], to[TEXT], place[TEXT];
	char tasks[TEXT]; /* practices, a blank before each, in their order */
	bool taken;
};

struct member {
	char number[TEXT], practice[TEXT], from[TEXT], until[TEXT];
};

static struct visit *visits;
static struct stay *stays;
static struct member *members;
static size_t visits_n, stays_n, members_n;
static unsigned bad;
static bool late;

static void *
more(void *list, size_t n, size_t size)
{
	void *p = realloc(list, (n + 1) * size);

	if (p == NULL) {
		perror("oracle");
		exit(2);
	}
	memset((char *)p + n * size, 0, size);
	return p;
}

static FILE *
open_file(const char *path)
{
	FILE *f = fopen(path, "r");

	if (f == NULL) {
		perror(path);
		exit(2);
	}
	return f;
}

static void
set(char *to, const char *from, size_t n)
{
	n = n < TEXT - 1 ? n : TEXT - 1;
	memcpy(to, from, n);
	to[n] = '\0';
}

/* -- the truth and the roster ------------------------------------------------------------------------ */

/* The next of the fields that a character parts. */
static void
cut(char **rest, char by, char *out)
{
	size_t n = strcspn(*rest, (char[]){ by, '\n', '\0' });

	set(out, *rest, n);
	*rest += n + ((*rest)[n] == by);
}

static void
read_truth(const char *path)
{
	static char line[LINE];
	FILE *f = open_file(path);

	if (fgets(line, sizeof(line), f) == NULL)
		exit(2);
	while (fgets(line, sizeof(line), f) != NULL) {
		char *rest = line;
		struct visit *v;

		visits = more(visits, visits_n, sizeof(*visits));
		v = &visits[visits_n++];
		cut(&rest, '\t', v->number);
		cut(&rest, '\t', v->patient);
		cut(&rest, '\t', v->member);
		cut(&rest, '\t', v->status);
		cut(&rest, '\t', v->class_);
		cut(&rest, '\t', v->start);
		cut(&rest, '\t', v->inpatient);
		cut(&rest, '\t', v->end);
		cut(&rest, '\t', v->to);
		cut(&rest, '\t', v->place);
		cut(&rest, '\t', v->known);
	}
	(void)fclose(f);
}

/* member_id,"name, name",birth_date,sex,practice,effective,end */
static void
read_roster(const char *path)
{
	static char line[LINE];
	FILE *f = open_file(path);

	if (fgets(line, sizeof(line), f) == NULL)
		exit(2);
	while (fgets(line, sizeof(line), f) != NULL) {
		char *rest = line, nothing[TEXT];
		struct member *m;

		members = more(members, members_n, sizeof(*members));
		m = &members[members_n++];
		cut(&rest, ',', m->number);
		cut(&rest, '"', nothing);
		cut(&rest, '"', nothing);
		cut(&rest, ',', nothing);
		cut(&rest, ',', nothing);
		cut(&rest, ',', nothing);
		cut(&rest, ',', m->practice);
		cut(&rest, ',', m->from);
		cut(&rest, ',', m->until);
	}
	(void)fclose(f);
}

/* -- the ledger -------------------------------------------------------------------------------------- */

/* The text or number of a key in one line of JSON; "-" when it has none. */
static void
value(const char *line, const char *key, char *out)
{
	char quoted[TEXT];
	const char *at;

	(void)snprintf(quoted, sizeof(quoted), "\"%s\":", key);
	at = strstr(line, quoted);
	set(out, "-", 1);
	if (at == NULL)
		return;
	at += strlen(quoted);
	if (*at == '"')
		set(out, at + 1, strcspn(at + 1, "\""));
	else
		set(out, at, strcspn(at, ",}"));
	if (out[0] == '\0')
		set(out, "-", 1);
}

/* To the minute, as the hospital's clock had it. */
static void
moment(const char *line, const char *key, char *out)
{
	value(line, key, out);
	if (strlen(out) > 16)
		out[16] = '\0';
}

/* Visits that turned out to be another are empty. */
static void
read_stay(const char *line)
{
	struct stay *s;
	char merged[TEXT];

	value(line, "merged_into", merged);
	if (strcmp(merged, "-") != 0 && strcmp(merged, "0") != 0)
		return;
	stays = more(stays, stays_n, sizeof(*stays));
	s = &stays[stays_n++];
	value(line, "id", s->id);
	value(line, "person", s->person);
	value(line, "visit", s->number);
	value(line, "status", s->status);
	value(line, "class", s->class_);
	moment(line, "start", s->start);
	moment(line, "inpatient_start", s->inpatient);
	moment(line, "end", s->end);
	value(line, "disposition", s->to);
	value(line, "location", s->place);
}

/* Practices are few: kept in their order, so that two lists compare. */
static void
add_practice(char *list, const char *practice)
{
	char all[2 * TEXT] = "", *v[OWNERS + 1], *rest;
	size_t n = 0;

	(void)snprintf(all, sizeof(all), "%s %s", list, practice);
	for (rest = strtok(all, " "); rest != NULL && n <= OWNERS; rest = strtok(NULL, " "))
		v[n++] = rest;
	for (size_t i = 1; i < n; i++) {
		for (size_t k = i; k > 0 && strcmp(v[k - 1], v[k]) > 0; k--) {
			char *t = v[k];

			v[k] = v[k - 1];
			v[k - 1] = t;
		}
	}
	list[0] = '\0';
	for (size_t i = 0; i < n && strlen(list) + strlen(v[i]) + 2 < TEXT; i++) {
		strcat(list, " ");
		strcat(list, v[i]);
	}
}

static void
read_task(const char *line)
{
	char kind[TEXT], state[TEXT], change[TEXT], id[TEXT], practice[TEXT];

	value(line, "resource", kind);
	value(line, "state", state);
	value(line, "change", change);
	value(line, "encounter", id);
	value(line, "practice", practice);
	if (strcmp(kind, "Task") != 0 || strcmp(state, "suppressed") == 0 ||
	    strcmp(change, "cancel") == 0)
		return;
	for (size_t i = 0; i < stays_n; i++) {
		if (strcmp(stays[i].id, id) == 0) {
			add_practice(stays[i].tasks, practice);
			return;
		}
	}
	printf("a Task stands of visit row %s, which is none\n", id);
	bad++;
}

static void
read_dump(const char *path)
{
	static char line[LINE];

	for (int round = 0; round < 2; round++) {
		const char *want = round == 0 ? "{\"encounter\":{" : "{\"outbox\":{";
		FILE *f = open_file(path);

		while (fgets(line, sizeof(line), f) != NULL) {
			if (strncmp(line, want, strlen(want)) != 0)
				continue;
			if (round == 0)
				read_stay(line + strlen(want) - 1);
			else
				read_task(line + strlen(want) - 1);
		}
		(void)fclose(f);
	}
}

/* -- the comparison ---------------------------------------------------------------------------------- */

static void
same(const struct visit *v, const char *what, const char *want, const char *have)
{
	if (strcmp(want, have) == 0)
		return;
	printf("visit %s of %s, began %s: %s should be %s and is %s\n", v->number, v->patient,
	    v->start, what, want, have);
	bad++;
}

/* The row of that number; of several the one that began at that time. */
static struct stay *
find_stay(const struct visit *v)
{
	struct stay *best = NULL;

	for (size_t i = 0; i < stays_n; i++) {
		struct stay *s = &stays[i];

		if (s->taken || strcmp(s->number, v->number) != 0)
			continue;
		if (best == NULL || strcmp(s->start, v->start) == 0)
			best = s;
	}
	return best;
}

static bool
was_inpatient(const struct visit *v)
{
	return (strcmp(v->class_, "inpatient") == 0 || strcmp(v->class_, "obstetrics") == 0) &&
	       (strcmp(v->status, "in-progress") == 0 || strcmp(v->status, "onleave") == 0 ||
	           strcmp(v->status, "finished") == 0);
}

/* Who is to have a Task of it: those whose patient its member was on the day it began. */
static void
expect_tasks(const struct visit *v, char *out)
{
	out[0] = '\0';
	for (size_t i = 0; was_inpatient(v) && i < members_n; i++) {
		const struct member *m = &members[i];

		if (strcmp(m->number, v->member) == 0 && strncmp(m->from, v->start, 10) <= 0 &&
		    (m->until[0] == '\0' || strncmp(v->start, m->until, 10) <= 0))
			add_practice(out, m->practice);
	}
}

/* Whose it was came out when it was over: then it may be told or not, by how long ago that was. Of messages that come weeks
 * late that one may be the last. */
static bool
is_history(const struct visit *v)
{
	return v->known[0] != '-' && v->end[0] != '-' && (late || strcmp(v->known, v->end) > 0);
}

static void
check_visit(struct visit *v)
{
	struct stay *s = find_stay(v);
	char tasks[TEXT];

	v->found = s;
	if (s == NULL) {
		printf("visit %s of %s, began %s: is not there\n", v->number, v->patient, v->start);
		bad++;
		return;
	}
	s->taken = true;
	expect_tasks(v, tasks);
	if (!is_history(v))
		same(v, "Tasks that stand", tasks, s->tasks);
	same(v, "status", v->status, s->status);
	if (strcmp(v->status, "cancelled") == 0)
		return; /* of what never was there is nothing more to say */
	same(v, "class", v->class_, s->class_);
	same(v, "start", v->start, s->start);
	same(v, "inpatient start", v->inpatient, s->inpatient);
	same(v, "end", v->end, s->end);
	same(v, "disposition", v->to, s->to);
	if (strcmp(v->place, "?") != 0 && v->start[0] != '-')
		same(v, "place", v->place, s->place);
}

/* One patient is one person to the engine, and two are two. A second record that the hospital has not merged (a letter behind the
 * number) may be recognized as the same patient's or not. */
static void
check_owners(const struct visit *a, const struct visit *b)
{
	bool one_record = strcmp(a->patient, b->patient) == 0;
	bool one_patient = strncmp(a->patient, b->patient, strcspn(a->patient, "BCDEFGH")) == 0;

	if (a->found == NULL || b->found == NULL || (one_patient && !one_record) ||
	    one_record == (strcmp(a->found->person, b->found->person) == 0))
		return;
	printf("visits %s of %s and %s of %s are %s person's\n", a->number, a->patient, b->number,
	    b->patient, one_record ? "not one" : "one");
	bad++;
}

int
main(int argc, char **argv)
{
	late = argc > 1 && strcmp(argv[1], "-l") == 0;
	argv += late;
	if (argc - late != 4) {
		(void)fprintf(stderr, "usage: oracle [-l] TRUTH ROSTER DUMP\n");
		return 2;
	}
	read_truth(argv[1]);
	read_roster(argv[2]);
	read_dump(argv[3]);
	for (size_t i = 0; i < visits_n; i++)
		check_visit(&visits[i]);
	for (size_t i = 0; i < visits_n; i++) {
		for (size_t k = 0; k < i; k++)
			check_owners(&visits[k], &visits[i]);
	}
	for (size_t i = 0; i < stays_n; i++) {
		if (stays[i].taken)
			continue;
		printf("visit %s, began %s, is %s and should not be there\n", stays[i].number,
		    stays[i].start, stays[i].status);
		bad++;
	}
	if (bad == 0 && visits_n == 0)
		printf("there is nothing to compare\n");
	free(visits);
	free(stays);
	free(members);
	return bad != 0 || visits_n == 0;
}
