/* Submissions to a payer, and its answers. */
#include "apply/submission.h"

#include "apply/bundle.h"
#include "apply/reply.h"

#include <wardwire/buf.h>
#include <wardwire/json.h>

ww_status
ww_submission_note(struct ww_request_work *rw, const struct ww_entry *claim)
{
	struct ww_submission row;

	ww_row_init(&ww_entity_submission, &row);
	row.seq = rw->message.seq;
	row.claim = claim->id;
	return ww_put(rw->l, rw->cx, submission, &row);
}

ww_status
ww_submission_inquire(struct ww_request_work *rw)
{
	const struct ww_fhir_issues none = { .n = 0 };

	return ww_reply_issues(rw, WW_SUBMISSION_OPEN, &none);
}

void
ww_submission_point(struct ww_request_work *rw, struct ww_json *response, ww_str claim)
{
	struct ww_json *request = ww_json_get(response, "request");
	ww_str said = ww_json_str(ww_json_get(request, "reference"));

	if (claim.n > 0 && request != NULL && ww_str_starts(said, WW_STR("urn:")))
		ww_json_set_str(rw->cx, request, "reference",
		    ww_arena_printf(rw->cx->arena, "Claim/%.*s", WW_STR_FMT(claim)));
}

/* -- the payer's answer ----------------------------------------------------------------------------- */

/* As JSON: letter by letter where it came so. */
static ww_status
text_of(struct ww_request_work *rw, ww_str *out)
{
	struct ww_buf b = { 0 };
	ww_status s;

	*out = rw->body.raw;
	if (ww_str_is(rw->body.format, "json"))
		return WW_OK;
	s = ww_json_write(rw->cx, rw->root, false, &b);
	if (s == WW_OK)
		*out = ww_arena_str(rw->cx->arena, ww_buf_view(&b));
	ww_buf_free(&b);
	return s == WW_OK && ww_arena_status(rw->cx->arena) != WW_OK ? ww_fail_memory(rw->cx) : s;
}

static ww_status
put_answer(struct ww_request_work *rw, int64_t seq, ww_str text)
{
	struct ww_request_answer a;

	ww_row_init(&ww_entity_request_answer, &a);
	a.seq = seq;
	a.http = rw->body.http;
	a.body = text;
	return ww_put(rw->l, rw->cx, request_answer, &a);
}

/* The request, all by which it is known when it comes again, and the record itself. */
static ww_status
put_answers(struct ww_request_work *rw, const struct ww_message *asked)
{
	struct ww_request_seen first;
	bool found = false;
	ww_str text;
	ww_status s = text_of(rw, &text);

	ww_row_init(&ww_entity_request_seen, &first);
	first.fingerprint = asked->dedupe;
	if (s == WW_OK)
		s = put_answer(rw, asked->seq, text);
	if (s == WW_OK)
		s = put_answer(rw, rw->message.seq, text);
	if (s == WW_OK && first.fingerprint.n > 0)
		s = ww_get(rw->l, rw->cx, request_seen, &first, &found);
	if (s == WW_OK && found && first.seq != asked->seq)
		s = put_answer(rw, first.seq, text);
	return s;
}

ww_status
ww_submission_answer(struct ww_request_work *rw)
{
	struct ww_submission submission;
	struct ww_message asked;
	bool found, noted;
	ww_status s;

	ww_row_init(&ww_entity_message, &asked);
	ww_row_init(&ww_entity_submission, &submission);
	asked.seq = submission.seq = rw->body.answers;
	s = ww_get(rw->l, rw->cx, message, &asked, &found);
	if (s == WW_OK && (!found || !ww_str_eq(asked.feed, rw->body.feed)))
		return ww_fail(
		    rw->cx, WW_E_CONFLICT, "answers", "no request of that feed is it to");
	if (s == WW_OK)
		s = ww_get(rw->l, rw->cx, submission, &submission, &noted);
	if (s == WW_OK && rw->body.http < 300)
		s = ww_bundle_answer(rw, submission.claim);
	return s == WW_OK ? put_answers(rw, &asked) : s;
}
