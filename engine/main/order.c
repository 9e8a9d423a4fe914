/* Gives orders: by the control socket while an engine runs; else this process takes the lock, journals the record and
 * applies it, as the engine would. */
#include "main/order.h"

#include "apply/operator.h"
#include "base/options.h"
#include "link/control.h"
#include "main/hands.h"
#include "main/print.h"
#include "main/start.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ANSWER_MS = 60000, QUESTION_MS = 3000, TRIES = 50, TRY_MS = 100 };

ww_status
ww_order_outcome(struct ww_ctx *cx, struct ww_ledger *l, uint64_t seq, struct ww_json **out)
{
	struct ww_operator o;
	bool found;
	ww_status s;
	ww_str reason;

	ww_row_init(&ww_entity_operator, &o);
	o.seq = (int64_t)seq;
	s = ww_get(l, cx, operator, & o, &found);
	if (s != WW_OK)
		return s;
	if (!found)
		return ww_fail(
		    cx, WW_E_DAMAGED, NULL, "journal %llu was set aside", (unsigned long long)seq);
	*out = ww_json_object(cx);
	ww_json_set_int(cx, *out, "journal", o.seq);
	ww_json_set_str(cx, *out, "order", o.order);
	if (o.refused.n == 0) {
		ww_json_set_int(cx, *out, "changed", o.changed);
		return WW_OK;
	}
	ww_json_set_str(cx, *out, "code", ww_str_cut(o.refused, ' ', &reason));
	ww_json_set_str(cx, *out, "reason", reason);
	return WW_OK;
}

/* -- to the engine ------------------------------------------------------------------------------------- */

/* WW_E_CONNECT: none runs. */
static ww_status
exchange(struct ww_site *site, const struct ww_json *line, unsigned ms, struct ww_json **out)
{
	struct ww_ctx *cx = &site->cx;
	struct ww_buf text = { 0 }, answer = { 0 };
	ww_status s;

	s = ww_json_write(cx, line, false, &text);
	if (s == WW_OK)
		s = ww_control_ask(cx, site->control, ww_buf_view(&text), ms, &answer);
	if (s == WW_OK)
		s = ww_json_parse(
		    cx, ww_arena_str(cx->arena, ww_buf_view(&answer)), out); /* the tree is ours */
	ww_buf_free(&text);
	ww_buf_free(&answer);
	return s;
}

static ww_status
ask_engine(struct ww_site *site, const struct ww_rec_operator *o, struct ww_json **out)
{
	struct ww_ctx *cx = &site->cx;
	struct ww_json *line = ww_json_object(cx);

	ww_json_set_str(cx, line, "order", o->order);
	ww_json_set_str(cx, line, "subject", o->subject);
	ww_json_set_str(cx, line, "reason", o->reason);
	ww_json_set_str(cx, line, "who", o->who);
	return exchange(site, line, ANSWER_MS, out);
}

ww_status
ww_order_ask(struct ww_site *site, const char *what, struct ww_json **out)
{
	struct ww_json *line = ww_json_object(&site->cx);

	ww_json_set_cstr(&site->cx, line, "ask", what);
	return exchange(site, line, QUESTION_MS, out);
}

/* -- without an engine --------------------------------------------------------------------------------- */

static ww_status
append_order(
    struct ww_ctx *cx, struct ww_journal *j, const struct ww_rec_operator *o, uint64_t *seq)
{
	struct ww_clock clock = ww_clock_system();
	struct ww_buf body = { 0 };
	struct ww_record r = { .kind = WW_REC_OPERATOR, .time = ww_clock_now(&clock) };
	ww_status s;

	ww_rec_operator_write(o, &body);
	r.body = ww_buf_view(&body);
	s = body.error == WW_OK ? ww_journal_append(j, cx, &r, 1)
	                        : ww_fail(cx, WW_E_MEMORY, NULL, "no memory for an order");
	*seq = r.seq;
	ww_buf_free(&body);
	return s;
}

/* Its own context: applying clears it, and the order is a slice of the site's arena. WW_E_BUSY: an engine runs. */
static ww_status
carry_out(struct ww_site *site, const struct ww_rec_operator *o, struct ww_json **out)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_hands h = { .apply = NULL };
	uint64_t seq = 0;
	ww_status s = cx.arena != NULL ? ww_hands_take(site, &h)
	                               : ww_fail(&site->cx, WW_E_MEMORY, NULL, "order");

	if (s == WW_OK) {
		s = ww_start_catch_up(h.apply, &cx, &h.journal);
		if (s == WW_OK)
			s = append_order(&cx, &h.journal, o, &seq);
		if (s == WW_OK)
			s = ww_start_catch_up(h.apply, &cx, &h.journal);
		if (s != WW_OK)
			site->cx.fail = cx.fail;
	}
	if (s == WW_OK)
		s = ww_order_outcome(&site->cx, &h.ledger, seq, out);
	ww_hands_let_go(&h);
	ww_arena_free(cx.arena);
	return s;
}

/* An engine that starts or stops holds the lock and does not answer yet or any more: for a while both are tried. */
static ww_status
give(struct ww_site *site, const struct ww_rec_operator *o, struct ww_json **out)
{
	for (int i = 0;; i++) {
		ww_status s = ask_engine(site, o, out);

		if (s != WW_E_CONNECT)
			return s;
		site->cx.fail = (struct ww_failure){ .status = WW_OK };
		if (access(site->journal, R_OK) != 0)
			return ww_fail(&site->cx, WW_E_NOT_FOUND, NULL,
			    "no journal at %s: has the engine run with this configuration?",
			    site->journal);
		s = carry_out(site, o, out);
		if (s != WW_E_BUSY || i == TRIES)
			return s;
		site->cx.fail = (struct ww_failure){ .status = WW_OK };
		(void)nanosleep(&(struct timespec){ .tv_nsec = TRY_MS * 1000000L }, NULL);
	}
}

/* -- the command --------------------------------------------------------------------------------------- */

/* Whoever became root by sudo is still who orders. */
const char *
ww_order_who(const char *given)
{
	const char *sudo = getenv("SUDO_USER");
	const struct passwd *p = getpwuid(getuid());

	if (given[0] != '\0')
		return given;
	if (p != NULL && (p->pw_uid != 0 || sudo == NULL || sudo[0] == '\0'))
		return p->pw_name;
	return sudo != NULL && sudo[0] != '\0' ? sudo : "unknown";
}

static int
print_outcome(struct ww_site *site, const struct ww_json *v, bool json)
{
	ww_str code = ww_json_str(ww_json_get(v, "code"));
	int exit_code = code.n > 0 ? WW_EXIT_NO : WW_EXIT_OK;

	if (json) {
		int printed = ww_print_json(&site->cx, v, true);

		return printed != WW_EXIT_OK ? printed : exit_code;
	}
	if (code.n > 0)
		(void)fprintf(stderr, "wardwire: refused: %.*s (%.*s)\n",
		    WW_STR_FMT(ww_json_str(ww_json_get(v, "reason"))), WW_STR_FMT(code));
	else
		(void)printf("ordered: journal %lld, %lld changed\n",
		    (long long)ww_json_int(ww_json_get(v, "journal")),
		    (long long)ww_json_int(ww_json_get(v, "changed")));
	return exit_code;
}

int
ww_order_give(struct ww_site *site, struct ww_rec_operator o, bool json)
{
	struct ww_json *outcome = NULL;

	if (o.who.n == 0)
		o.who = ww_str_from(ww_order_who(""));
	if (ww_order_check(&site->cx, &o) != WW_OK) {
		(void)ww_site_complain("", &site->cx);
		return WW_EXIT_USAGE;
	}
	if (give(site, &o, &outcome) != WW_OK)
		return ww_site_complain("", &site->cx);
	return print_outcome(site, outcome, json);
}

int
ww_order_command(const struct ww_usage *usage, const char *order, int argc, char **argv)
{
	const char *file = WW_SITE_FILE, *reason = "", *who = "";
	bool json = false;
	const struct ww_option rows[] = {
		WW_SITE_OPTION(file),
		WW_ORDER_REASON_OPTION(reason),
		WW_ORDER_WHO_OPTION(who),
		{ .name = "json", .flag = &json, .help = "as JSON" },
	};
	struct ww_site site;
	int code;

	if (!ww_options_read(usage, rows, sizeof(rows) / sizeof(rows[0]), &argc, argv, &code))
		return code;
	code = ww_site_open(&site, file);
	if (code == WW_EXIT_OK)
		code = ww_order_give(&site,
		    (struct ww_rec_operator){ .order = ww_str_from(order),
		        .subject = ww_str_from(argv[1]),
		        .reason = ww_str_from(reason),
		        .who = ww_str_from(who) },
		    json);
	ww_site_close(&site);
	return code;
}
