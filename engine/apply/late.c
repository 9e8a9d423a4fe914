/* Flags that are the clock's to raise and to end, no rule's: nobody took up an urgent Task in time (task-unacknowledged), or nobody
 * acted on one until it ran out (task-overdue). */
#include "apply/deadline.h"

#include "apply/work.h"

#include <wardwire/program.h>

#define RULE "clock/1"

/* The practice whose matter a Task is. */
static ww_str
practice_of(const struct ww_outbox *task)
{
	return task->concerns.n > 0 ? task->concerns : task->practice;
}

/* A flag of that program in the Task; *found false: it is nobody's any more. */
static ww_status
find_told(struct ww_apply *a, struct ww_ctx *cx, const struct ww_outbox *task, ww_str program,
    struct ww_flag *out, bool *found)
{
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_flag, out);
	out->id = task->flag;
	if (task->flag != 0)
		return ww_get(a->set.ledger, cx, flag, out, found);
	*found = false;
	out->encounter = task->encounter;
	s = ww_find(a->set.ledger, cx, flag, "by_encounter", out, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n && !*found; i++) {
		const struct ww_flag *f = WW_ROW(&rows, flag, i);

		*found = f->state == WW_flag_state_OPEN && ww_str_eq(f->program, program) &&
		         ww_str_eq(f->practice, practice_of(task));
		if (*found)
			*out = *f;
	}
	return s;
}

static ww_str
evidence_of(struct ww_ctx *cx, const struct ww_outbox *task)
{
	return ww_arena_printf(cx->arena, "{\"notice\":\"" WW_ID_FMT "\"}", WW_ID_ARG(task->id));
}

/* It says the same of that flag's subject already. Of what ran out each Task counts. */
static bool
is_same(
    const struct ww_flag *f, const struct ww_flag *told, enum ww_flag_kind kind, ww_str evidence)
{
	return f->state == WW_flag_state_OPEN && ww_str_eq(f->program, told->program) &&
	       (kind != WW_flag_kind_OVERDUE || ww_str_eq(f->evidence, evidence));
}

/* The one that says so of the same subject, practice and program; live->id 0: there is none. *ordinal counts on. */
static ww_status
find_live(struct ww_apply *a, struct ww_ctx *cx, const struct ww_flag *told, enum ww_flag_kind kind,
    ww_str evidence, struct ww_flag *live, int64_t *ordinal)
{
	struct ww_rows rows;
	ww_status s;

	*ordinal = 1;
	ww_row_init(&ww_entity_flag, live);
	live->person = told->person;
	live->kind = kind;
	s = ww_find(a->set.ledger, cx, flag, "by_person", live, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_flag *f = WW_ROW(&rows, flag, i);

		if (f->kind != (int64_t)kind || f->encounter != told->encounter ||
		    f->authorization != told->authorization ||
		    !ww_str_eq(f->practice, told->practice))
			continue;
		(*ordinal)++;
		if (is_same(f, told, kind, evidence))
			*live = *f;
	}
	return s;
}

/* Whom the program tells of it, how and until when. */
static void
address(struct ww_apply *a, struct ww_ctx *cx, const struct ww_program *p, struct ww_flag *f)
{
	const struct ww_program_flag *as = &p->flags[f->kind];
	const struct ww_party *party = ww_program_party(p, a->config, as->to, f->practice);
	struct ww_office office = ww_office_of(a, p, party, as->to, NULL);

	f->program = p->name;
	f->program_version = p->version;
	f->receiver = party != NULL ? party->name : f->practice;
	f->role = as->to;
	f->form =
	    as->as == WW_flag_form_STAY_TASK && f->encounter == 0 ? WW_flag_form_TASK : as->as;
	f->priority = as->priority;
	f->due_ms = ww_deadline_due(p, (enum ww_flag_kind)f->kind, &office, cx->now);
}

ww_status
ww_late_raise(struct ww_apply *a, struct ww_ctx *cx, const struct ww_outbox *task, ww_str program,
    enum ww_flag_kind kind)
{
	const struct ww_program *p = ww_programs_find(&a->programs, program);
	ww_str evidence = evidence_of(cx, task);
	struct ww_flag told, f;
	int64_t ordinal;
	bool found;
	ww_status s;

	if (p == NULL || p->flags[kind].as == WW_flag_form_NONE)
		return WW_OK;
	s = find_told(a, cx, task, program, &told, &found);
	if (s != WW_OK || !found || told.kind == (int64_t)kind)
		return s; /* of what is late about a Task that is late nothing more is said */
	s = find_live(a, cx, &told, kind, evidence, &f, &ordinal);
	if (s != WW_OK || f.id != 0)
		return s;
	f.id = ww_ctx_id(cx);
	f.encounter = told.encounter;
	f.authorization = told.authorization;
	f.practice = told.practice;
	f.state = WW_flag_state_OPEN;
	f.ordinal = ordinal;
	f.rule = WW_STR(RULE);
	f.evidence = evidence;
	f.attribution = told.attribution;
	f.raised_ms = cx->now;
	f.cause = (int64_t)cx->seq;
	address(a, cx, p, &f);
	s = ww_put(a->set.ledger, cx, flag, &f);
	return s == WW_OK ? ww_notify_flag(a, cx, &f) : s;
}

/* Ends those of the rows that say so of that Task. */
static ww_status
end_these(struct ww_apply *a, struct ww_ctx *cx, const struct ww_rows *rows, ww_str evidence,
    enum ww_flag_kind kind, ww_str why)
{
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i < rows->n; i++) {
		struct ww_flag f = *WW_ROW(rows, flag, i);

		if (f.kind != (int64_t)kind || f.state != WW_flag_state_OPEN ||
		    !ww_str_eq(f.evidence, evidence))
			continue;
		f.state = why.n > 0 ? WW_flag_state_DONE : WW_flag_state_RETRACTED;
		f.closed_ms = cx->now;
		f.retracted_by = (int64_t)cx->seq;
		f.reason =
		    why.n > 0 ? why : WW_STR("the Task was withdrawn: nobody need take it up");
		s = ww_put(a->set.ledger, cx, flag, &f);
		if (s == WW_OK)
			s = ww_notify_flag(a, cx, &f);
	}
	return s;
}

ww_status
ww_late_end(struct ww_apply *a, struct ww_ctx *cx, const struct ww_outbox *task,
    enum ww_flag_kind kind, ww_str why)
{
	ww_str evidence = evidence_of(cx, task);
	struct ww_rows rows = { .n = 0 };
	struct ww_flag like;
	bool found = true;
	ww_status s = WW_OK;

	ww_row_init(&ww_entity_flag, &like);
	like.id = task->flag;
	like.encounter = task->encounter;
	if (task->encounter != 0) {
		s = ww_find(a->set.ledger, cx, flag, "by_encounter", &like, &rows);
		return s == WW_OK ? end_these(a, cx, &rows, evidence, kind, why) : s;
	}
	s = ww_get(a->set.ledger, cx, flag, &like, &found);
	if (s == WW_OK && found)
		s = ww_find(a->set.ledger, cx, flag, "by_person", &like, &rows);
	return s == WW_OK ? end_these(a, cx, &rows, evidence, kind, why) : s;
}
