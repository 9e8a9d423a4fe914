/* OPERATOR records: what a person ordered is carried out by the row of a table, and kept with what came of it. */
#include "apply/operator.h"

#include "apply/order.h"
#include "model/record.h"

#include <stdarg.h>
#include <stdio.h>

/* What an order is about. */
enum about {
	ABOUT_ENDPOINT, /* a name of the configuration, or route/endpoint */
	ABOUT_NOTICE,   /* an outbox id: 17.3 */
	ABOUT_REVIEW,   /* the id of a review: 17.3 */
	ABOUT_FLAG,     /* the id of a flag or a notice: 17.3 */
	ABOUT_RECORD,   /* a journal sequence: 17 */
	ABOUT_ROSTER,   /* a name of the configuration, or feed/Group/id */
	ABOUT_ALL,      /* nothing in particular: it is empty */
};

static const struct rule {
	const char *name;
	enum about about;
	bool needs_reason;
	/* Refuses (ww_order_refuse) before it changes anything, or sets o->changed. A status is a failure of the
	 * machine, after which the record is applied again. */
	ww_status (*carry_out)(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o);
} rules[] = {
	{ "pause", ABOUT_ENDPOINT, false, ww_order_pause },
	{ "resume", ABOUT_ENDPOINT, false, ww_order_resume },
	{ "retry", ABOUT_NOTICE, false, ww_order_retry },
	{ "park", ABOUT_NOTICE, true, ww_order_park },
	{ "discard", ABOUT_NOTICE, true, ww_order_discard },
	{ "retry-all", ABOUT_ENDPOINT, false, ww_order_retry_all },
	{ "park-all", ABOUT_ENDPOINT, true, ww_order_park_all },
	{ "discard-all", ABOUT_ENDPOINT, true, ww_order_discard_all },
	{ "replay", ABOUT_RECORD, true, ww_order_replay },
	{ "dismiss", ABOUT_RECORD, true, ww_order_dismiss },
	{ "release", ABOUT_ALL, true, ww_order_release },
	{ "flag-ack", ABOUT_FLAG, false, ww_order_flag_ack },
	{ "flag-note", ABOUT_FLAG, true, ww_order_flag_note },
	{ "flag-done", ABOUT_FLAG, false, ww_order_flag_done },
	{ "roster-release", ABOUT_ROSTER, true, ww_order_roster_release },
	{ "match-accept", ABOUT_REVIEW, true, ww_order_match_accept },
	{ "match-reject", ABOUT_REVIEW, true, ww_order_match_reject },
	{ "match-undo", ABOUT_REVIEW, true, ww_order_match_undo },
};

static const struct rule *
rule_of(ww_str name)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (ww_str_is(name, rules[i].name))
			return &rules[i];
	}
	return NULL;
}

/* -- form ------------------------------------------------------------------------------------------- */

static ww_status
check_line(struct ww_ctx *cx, const char *place, ww_str text, size_t most)
{
	if (text.n > most)
		return ww_fail(cx, WW_E_LIMIT, place, "at most %zu bytes", most);
	for (size_t i = 0; i < text.n; i++) {
		if ((unsigned char)text.p[i] < ' ' || text.p[i] == 0x7f)
			return ww_fail(cx, WW_E_VALUE, place, "must be one line of text");
	}
	return WW_OK;
}

/* Names of the configuration (config/value.c), of a lane two with a slash between. Also so that nothing else can reach a log
 * line as one. */
static bool
is_name(ww_str s)
{
	ww_str rest, head = ww_str_cut(s, '/', &rest);

	if (head.n < s.n && ww_str_starts(s, WW_STR(WW_ACK_LANE))) {
		s = ww_str_sub(s, sizeof(WW_ACK_LANE) - 1, s.n);
		head = ww_str_cut(s, '/', &rest);
	}
	if (head.n < s.n && (head.n == 0 || rest.n == 0 || ww_str_find(rest, '/') < rest.n))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '.' && c != '_' &&
		    c != '-' && c != '/')
			return false;
	}
	return true;
}

static ww_status
check_subject(struct ww_ctx *cx, enum about about, ww_str subject)
{
	ww_id id = 0;
	bool ordinal;

	if (about == ABOUT_ALL && subject.n == 0)
		return WW_OK;
	if (about == ABOUT_ALL)
		return ww_fail(cx, WW_E_VALUE, "subject", "must be empty");
	if (subject.n == 0)
		return ww_fail(cx, WW_E_REQUIRED, "subject", "says what the order is about");
	if (about == ABOUT_ENDPOINT && !is_name(subject))
		return ww_fail(cx, WW_E_VALUE, "subject",
		    "must be the name of an endpoint, or route/endpoint");
	if (about == ABOUT_ENDPOINT || about == ABOUT_ROSTER)
		return WW_OK;
	ordinal = about != ABOUT_RECORD;
	if (!ww_id_parse(subject, &id) || ((id & 0xffff) != 0) != ordinal)
		return ww_fail(cx, WW_E_VALUE, "subject",
		    about == ABOUT_NOTICE   ? "must be the id of a notice, such as 17.3"
		    : about == ABOUT_REVIEW ? "must be the id of a review, such as 17.3"
		    : about == ABOUT_FLAG   ? "must be the id of a flag or a notice, such as 17.3"
		                            : "must be the number of a record, such as 17");
	return WW_OK;
}

ww_status
ww_order_check(struct ww_ctx *cx, const struct ww_rec_operator *o)
{
	const struct rule *rule = rule_of(o->order);
	ww_status s;

	if (rule == NULL)
		return ww_fail(cx, WW_E_CODE, "order", "there is no such order");
	s = check_line(cx, "subject", o->subject, WW_ORDER_SUBJECT_MAX);
	if (s == WW_OK)
		s = check_line(cx, "reason", o->reason, WW_ORDER_REASON_MAX);
	if (s == WW_OK)
		s = check_line(cx, "who", o->who, WW_ORDER_WHO_MAX);
	if (s == WW_OK)
		s = check_line(cx, "client", o->client, WW_ORDER_WHO_MAX);
	if (s == WW_OK && o->match < 0)
		return ww_fail(cx, WW_E_VALUE, "match", "is no version");
	if (s == WW_OK)
		s = check_subject(cx, rule->about, o->subject);
	if (s == WW_OK && rule->needs_reason && o->reason.n == 0)
		return ww_fail(cx, WW_E_REQUIRED, "reason", "this order needs one");
	return s;
}

/* -- carrying out ----------------------------------------------------------------------------------- */

ww_status
ww_order_refuse(struct ww_ctx *cx, struct ww_operator *o, ww_status why, const char *fmt, ...)
{
	char reason[192];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(reason, sizeof(reason), fmt, ap);
	va_end(ap);
	o->refused = ww_arena_printf(cx->arena, "WW-%03d %s", ww_status_number(why), reason);
	return WW_OK;
}

/* The row of an order that nothing has come of yet. *rule: NULL when this build has no such order. */
static ww_status
read_order(
    struct ww_ctx *cx, const struct ww_record *r, struct ww_operator *o, const struct rule **rule)
{
	struct ww_rec_operator body;
	ww_status s = ww_rec_operator_read(cx, r->body, &body);

	if (s != WW_OK)
		return s;
	ww_row_init(&ww_entity_operator, o);
	o->seq = (int64_t)r->seq;
	o->order = body.order;
	o->subject = body.subject;
	o->reason = body.reason;
	o->who = body.who;
	o->client = body.client;
	o->match = body.match;
	o->given_ms = cx->now;
	*rule = rule_of(body.order);
	if (*rule != NULL && (*rule)->about != ABOUT_ENDPOINT && (*rule)->about != ABOUT_ROSTER)
		(void)ww_id_parse(body.subject, &o->about);
	return WW_OK;
}

ww_status
ww_order_set_aside(
    struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r, const struct ww_failure *why)
{
	const struct rule *rule;
	struct ww_operator o;

	if (read_order(cx, r, &o, &rule) != WW_OK) {
		cx->fail = (struct ww_failure){ .status = WW_OK };
		return WW_OK; /* a body in no form leaves nothing to keep */
	}
	(void)ww_order_refuse(cx, &o, why->status, "%s%s%s", why->place,
	    why->place[0] != '\0' ? " " : "", why->reason);
	return ww_put(a->set.ledger, cx, operator, & o);
}

ww_status
ww_apply_operator(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r)
{
	const struct rule *rule;
	struct ww_operator o;
	ww_status s = read_order(cx, r, &o, &rule);

	if (s != WW_OK)
		return s;
	s = rule != NULL ? rule->carry_out(a, cx, &o)
	                 : ww_order_refuse(cx, &o, WW_E_CODE, "this build knows no such order");
	return s == WW_OK ? ww_put(a->set.ledger, cx, operator, & o) : s;
}
