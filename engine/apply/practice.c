/* The status that a practice gives a Task. */
#include "apply/practice.h"

#include "apply/answered.h"
#include "model/task_status.h"

#include <wardwire/json.h>

#include <string.h>

/* -- which Task ------------------------------------------------------------------------------------- */

bool
ww_practice_is_task(const struct ww_request_work *rw, const struct ww_entry *e)
{
	return rw->body.party.n != 0 && ww_str_is(e->type, "Task") && e->verb != WW_ENTRY_KEEP &&
	       e->verb != WW_ENTRY_READ;
}

/* *found: it is the practice's, and it is told of it. */
static ww_status
find_row(struct ww_request_work *rw, ww_str id, struct ww_outbox *row, bool *found)
{
	ww_status s;

	*found = false;
	ww_row_init(&ww_entity_outbox, row);
	if (!ww_id_parse(id, &row->id))
		return WW_OK;
	s = ww_get(rw->l, rw->cx, outbox, row, found);
	*found = s == WW_OK && *found && row->withheld == 0 &&
	         ww_str_eq(row->practice, rw->body.party) &&
	         (row->state == WW_outbox_state_DUE || row->state == WW_outbox_state_SETTLED ||
	             row->state == WW_outbox_state_PARKED || row->state == WW_outbox_state_QUIET);
	return s;
}

static int64_t
version_of(const struct ww_outbox *row)
{
	return row->answered > row->wanted ? row->answered : row->wanted;
}

/* As the entry's row shows it. */
static void
show(struct ww_request_work *rw, struct ww_entry *e, const struct ww_outbox *row)
{
	e->row.feed = rw->feed->name;
	e->row.type = e->type;
	e->row.id = e->id;
	e->row.version = version_of(row);
	e->row.updated_ms = row->answered_ms > row->created_ms ? row->answered_ms : row->created_ms;
	rw->message.encounter = row->encounter;
	rw->message.person = row->person;
}

/* -- changing it ------------------------------------------------------------------------------------ */

static void
judge(struct ww_request_work *rw, struct ww_entry *e, const struct ww_outbox *row)
{
	ww_str status = ww_json_str(ww_json_get(e->tree, "status"));

	e->http = 200;
	if (ww_str_eq(status, ww_task_status(row)))
		return; /* nothing is changed, whatever version it was read as */
	if (!ww_entry_version_fits(rw, e, version_of(row)))
		return;
	if (ww_str_is(row->change, "cancel"))
		ww_entry_refuse(rw, e, 409, WW_E_CONFLICT, "the Task was taken back");
	else if (status.n == 0)
		ww_entry_refuse(rw, e, 422, WW_E_RULE,
		    "nothing of a Task is changed but its status: a patch is one replace or add of "
		    "/status");
	else if (!ww_task_may_follow(ww_task_status(row), status))
		ww_entry_refuse(
		    rw, e, 422, WW_E_RULE, "that status does not follow the one that the Task has");
	else
		e->writes = true;
}

ww_status
ww_practice_plan(struct ww_request_work *rw, struct ww_entry *e)
{
	struct ww_outbox row;
	bool found;
	ww_status s = find_row(rw, e->id, &row, &found);

	if (s != WW_OK)
		return s;
	found = found && row.resource == WW_resource_type_TASK;
	if (e->verb != WW_ENTRY_UPDATE)
		ww_entry_refuse(
		    rw, e, 403, WW_E_FORBIDDEN, "a practice updates the Tasks it was given");
	else if (!found)
		ww_entry_refuse(rw, e, 404, WW_E_NOT_FOUND, "there is no such Task");
	else if (!ww_str_eq(ww_json_str(ww_json_get(e->tree, "id")), e->id))
		ww_entry_refuse(
		    rw, e, 400, WW_E_CONFLICT, "the resource's id is not the one of the URL");
	if (e->http >= 400)
		return WW_OK;
	show(rw, e, &row);
	judge(rw, e, &row);
	return WW_OK;
}

ww_status
ww_practice_do(struct ww_request_work *rw, struct ww_entry *e)
{
	struct ww_outbox row;
	struct ww_note note;
	bool found;
	ww_status s = find_row(rw, e->id, &row, &found);

	if (s != WW_OK)
		return s;
	ww_row_init(&ww_entity_note, &note);
	note.deed = WW_STR("task");
	note.who = note.client = rw->body.client;
	s = ww_notice_answered(
	    rw->a, rw->cx, &row, ww_json_str(ww_json_get(e->tree, "status")), &note);
	show(rw, e, &row);
	return s;
}

/* -- what else it says ------------------------------------------------------------------------------ */

/* The notice that a Reference of one of our own means. */
static ww_status
note_reference(struct ww_request_work *rw, const struct ww_json *reference)
{
	ww_str id, type = ww_str_cut(ww_json_str(ww_json_get(reference, "reference")), '/', &id);
	struct ww_outbox row;
	bool found = false;
	ww_status s = WW_OK;

	if (ww_str_is(type, "Task") || ww_str_is(type, "Communication"))
		s = find_row(rw, id, &row, &found);
	if (s != WW_OK || !found)
		return s;
	rw->message.encounter = row.encounter;
	rw->message.person = row.person;
	return WW_OK;
}

static ww_status
note_communication(struct ww_request_work *rw, const struct ww_json *tree)
{
	static const char *const members[] = { "inResponseTo", "basedOn", "about" };
	ww_status s = WW_OK;

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		const struct ww_json *r = ww_json_first(ww_json_get(tree, members[i]));

		for (; s == WW_OK && r != NULL && rw->message.encounter == 0; r = ww_json_next(r))
			s = note_reference(rw, r);
	}
	return s;
}

ww_status
ww_practice_note(struct ww_request_work *rw)
{
	ww_status s = WW_OK;

	if (rw->body.party.n == 0)
		return WW_OK;
	for (size_t i = 0; s == WW_OK && i < rw->n; i++) {
		const struct ww_brought *b = &rw->brought[i];

		if (ww_str_is(b->type, "Communication") && !b->deleted)
			s = note_communication(rw, b->tree);
	}
	return s;
}
