/* wardwire-kit demo: a day of a hospital's messages between real processes on loopback. One practice goes down
 * and comes back, the engine is killed and restarted, and the end is checked against what it must be. */
#include "base/fs.h"
#include "base/options.h"
#include "codec/ack.h"
#include "codec/hl7v2_split.h"
#include "kit/demo_again.h"
#include "kit/demo_stage.h"
#include "kit/demo_view.h"
#include "kit/kit.h"

#include <wardwire/buf.h>
#include <wardwire/hl7v2.h>
#include <wardwire/time.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH = WW_STAGE_PATH, PRACTICES = WW_STAGE_PRACTICES };

static void
show_desks(struct ww_stage *st)
{
	for (size_t i = 0; i < PRACTICES; i++)
		ww_view_practice(
		    &st->cx, st->desks[i].name, st->desks[i].keep, &st->desks[i].shown);
}

/* -- actions ------------------------------------------------------------------------------------------ */

static struct ww_desk *
desk_of(struct ww_stage *st, ww_str name)
{
	for (size_t i = 0; i < PRACTICES; i++) {
		if (ww_str_is(name, st->desks[i].name))
			return &st->desks[i];
	}
	return NULL;
}

/* A resource of the day: sent when it was last changed. */
static bool
send_resource(struct ww_stage *st, ww_str name)
{
	struct ww_buf text = { 0 }, at = { 0 };
	int64_t changed;
	long status = 0;
	bool ok =
	    ww_stage_resource(st, name, &text, &changed) && ww_stage_clock(st, changed + 5000);

	if (ok) {
		show_desks(st);
		ww_time_write_hl7(ww_time_at(changed, ww_zone_find("America/New_York")), &at);
		(void)printf("\n%.*s        FHIR %.*s\n",
		    WW_STR_FMT(ww_str_sub(ww_buf_view(&at), 0, 12)), WW_STR_FMT(name));
		ok = ww_stage_send(st, ww_buf_view(&text), &status);
	}
	ww_buf_free(&at);
	ww_buf_free(&text);
	st->taken += ok && status < 300;
	st->untaken += ok && status >= 300;
	if (!ok || status >= 300) {
		(void)printf("        answered %ld\n", status);
		return ok;
	}
	if (!ww_stage_rest(st, true))
		return false;
	ww_ctx_clear(&st->view_cx);
	if (ww_view_message(&st->view, &st->view_cx, st->message) != WW_OK)
		return ww_stage_fail("cannot read the ledger");
	show_desks(st);
	return true;
}

/* The payer's navigator has no system of FHIR: the worklist of the command line, or of the console, is theirs. */
static bool
work_desk(struct ww_stage *st)
{
	struct ww_proc ls = { .argv = { st->engine, "flags", "ls", "-c", st->config, "--party",
		                  WW_STAGE_PAYER } };
	struct ww_proc done = { .argv = { st->engine, "flags", "done", "-c", st->config, "--who",
		                    "navigator", "--outcome", "the practice is told" } };
	struct ww_view_desk desk;
	char id[64];

	(void)printf("\n  ---- the navigator of %s looks at the worklist ----\n"
	             "$ wardwire flags ls --party %s\n",
	    WW_STAGE_PAYER, WW_STAGE_PAYER);
	ww_ctx_clear(&st->view_cx);
	if (ww_proc_run(&ls) != WW_EXIT_OK ||
	    ww_view_desk(&st->view, &st->view_cx, WW_STAGE_DESK, &desk) != WW_OK || desk.open == 0)
		return ww_stage_fail("nothing is on the worklist");
	(void)snprintf(id, sizeof(id), WW_ID_FMT, WW_ID_ARG(desk.open));
	(void)printf("$ wardwire flags done --outcome 'the practice is told' %s\n", id);
	done.argv[9] = id;
	if (ww_proc_run(&done) != WW_EXIT_OK || !ww_stage_rest(st, false))
		return ww_stage_fail("it could not be done");
	show_desks(st);
	return true;
}

static bool
act(struct ww_stage *st, ww_str verb, ww_str what)
{
	struct ww_desk *k = desk_of(st, what);

	if (ww_str_is(verb, "down") && k != NULL) {
		(void)printf("\n  ---- the server of %s goes down ----\n", k->name);
		k->down = true;
		(void)ww_proc_end(&k->proc, SIGTERM);
		return true;
	}
	if (ww_str_is(verb, "up") && k != NULL) {
		(void)printf("\n  ---- the server of %s is back ----\n", k->name);
		if (!ww_stage_start_desk(st, k) || !ww_stage_rest(st, false))
			return false;
		show_desks(st);
		return true;
	}
	if (ww_str_is(verb, "send"))
		return send_resource(st, what);
	if (ww_str_is(verb, "work") && ww_str_is(what, WW_STAGE_PAYER))
		return work_desk(st);
	return ww_stage_fail("day.actions: an action that is not known");
}

/* The engine is killed before anything else can happen, and started again. */
static bool
kill_engine(struct ww_stage *st)
{
	(void)printf("        ---- kill -9 of the engine, and start again ----\n");
	ww_mllp_out_close(st->link);
	st->link = NULL;
	(void)ww_proc_end(&st->run, SIGKILL);
	st->kills++;
	return ww_stage_start_engine(st) && ww_stage_look(st);
}

/* Finds "after N verb what" of a kind: kills come at once, others when the message has been shown. */
static bool
run_actions(struct ww_stage *st, size_t number, bool kills)
{
	ww_str rest = ww_buf_view(&st->actions);

	while (rest.n > 0) {
		ww_str line = ww_str_cut(rest, '\n', &rest);
		ww_str verb, what;
		uint64_t n;

		if (!ww_str_starts(line, WW_STR("after ")))
			continue;
		line = ww_str_sub(line, 6, line.n);
		if (!ww_str_u64(ww_str_cut(line, ' ', &what), 100000, &n) || n != number)
			continue;
		verb = ww_str_cut(what, ' ', &what);
		if (ww_str_is(verb, "kill") != kills)
			continue;
		if (!(kills ? kill_engine(st) : act(st, verb, what)))
			return false;
	}
	return true;
}

/* -- messages ----------------------------------------------------------------------------------------- */

/* Sets the clock by the message and prints its line; a piece that is no message has no time of its own. */
static bool
announce(struct ww_stage *st, ww_str message, size_t number)
{
	const struct ww_zone *zone = ww_zone_find("America/New_York");
	char line[160];
	struct ww_hl7 *m;
	ww_time sent;

	ww_ctx_clear(&st->cx);
	if (ww_hl7_parse(&st->cx, message, &m) != WW_OK ||
	    !ww_time_hl7(ww_hl7_at(&st->cx, m, "MSH-7"), zone, &sent)) {
		(void)printf("\n  #%-3zu something that is no HL7 message\n", number);
		return true;
	}
	(void)snprintf(line, sizeof(line), "%.*s  #%-3zu ADT %.*s, visit %.*s",
	    WW_STR_FMT(ww_str_sub(ww_hl7_at(&st->cx, m, "MSH-7"), 0, 12)), number,
	    WW_STR_FMT(ww_hl7_at(&st->cx, m, "MSH-9.2")),
	    WW_STR_FMT(ww_hl7_at(&st->cx, m, "PV1-19.1")));
	if (!ww_stage_clock(st, sent.ms + 5000))
		return false;
	show_desks(st); /* what waited for an hour in between */
	(void)printf("\n%s\n", line);
	return true;
}

static bool
is_accepted(struct ww_stage *st, const struct ww_buf *answer, char code[3])
{
	struct ww_hl7 *m;

	(void)snprintf(code, 3, "?");
	if (ww_hl7_parse(&st->cx, ww_buf_view(answer), &m) == WW_OK)
		(void)snprintf(code, 3, "%.*s", WW_STR_FMT(ww_hl7_at(&st->cx, m, "MSA-1")));
	if (strcmp(code, "AA") != 0)
		(void)printf("        answered %s: %.*s at %.*s %.*s\n", code,
		    WW_STR_FMT(ww_hl7_at(&st->cx, m, "ERR-3.2")),
		    WW_STR_FMT(ww_hl7_at(&st->cx, m, "ERR-2.1")),
		    WW_STR_FMT(ww_hl7_at(&st->cx, m, "ERR-2.3")));
	return strcmp(code, "AA") == 0;
}

static bool
play(struct ww_stage *st, ww_str message, size_t number)
{
	struct ww_buf answer = { 0 };
	char code[3];
	bool accepted;

	if (!announce(st, message, number) || !ww_stage_exchange(st, message, &answer)) {
		ww_buf_free(&answer);
		return false;
	}
	accepted = is_accepted(st, &answer, code);
	ww_buf_free(&answer);
	st->accepted += accepted;
	st->rejected += !accepted;
	if (!run_actions(st, number, true))
		return false;
	if (accepted) {
		if (!ww_stage_rest(st, true))
			return false;
		ww_ctx_clear(&st->view_cx);
		if (ww_view_message(&st->view, &st->view_cx, st->message) != WW_OK)
			return ww_stage_fail("cannot read the ledger");
		show_desks(st);
	}
	return run_actions(st, number, false);
}

static bool
play_day(struct ww_stage *st)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_hl7_part *parts;
	struct ww_buf text = { 0 }, wire = { 0 };
	char path[PATH + 32];
	size_t n = 0;
	bool ok;

	(void)snprintf(path, sizeof(path), "%s/day.hl7", st->samples);
	ok = cx.arena != NULL && ww_fs_get(&cx, path, 0, &text) == WW_OK &&
	     ww_hl7_split(&cx, ww_buf_view(&text), &parts, &n) == WW_OK;
	(void)snprintf(path, sizeof(path), "%s/day.actions", st->samples);
	ok = (ok && ww_fs_get(&cx, path, 0, &st->actions) == WW_OK) ||
	     ww_stage_fail("cannot read the samples");
	for (size_t i = 0; ok && i < n; i++) {
		ww_buf_clear(&wire);
		ww_buf_str_add(&wire, parts[i].text); /* as it stands: any line end is good */
		ok = play(st, ww_buf_view(&wire), i + 1);
	}
	ww_buf_free(&wire);
	ww_buf_free(&text);
	ww_arena_free(cx.arena);
	return ok;
}

/* -- the end ------------------------------------------------------------------------------------------ */

static int
run_command(struct ww_stage *st, const char *command, const char *argument)
{
	struct ww_proc p = { .argv = { st->engine, command, "-c", st->config, argument } };

	(void)printf(
	    "\n$ wardwire %s -c wardwire.yaml %s\n", command, argument == NULL ? "" : argument);
	return ww_proc_run(&p);
}

static bool
show_reasons(struct ww_stage *st)
{
	char id[64];
	uint64_t seq = 0;
	ww_id flag = 0;

	ww_ctx_clear(&st->view_cx);
	if (ww_view_find_flag(&st->view, &st->view_cx, WW_flag_kind_READMIT_RISK, "high", &flag) !=
	        WW_OK ||
	    ww_view_find_message(&st->view, &st->view_cx, "no attribution", &seq) != WW_OK ||
	    flag == 0 || seq == 0)
		return ww_stage_fail(
		    "the high readmission risk or the patient on no roster is missing");
	(void)snprintf(id, sizeof(id), WW_ID_FMT, WW_ID_ARG(flag));
	if (run_command(st, "why", id) != WW_EXIT_OK)
		return ww_stage_fail("why gave no answer");
	(void)snprintf(id, sizeof(id), "%llu", (unsigned long long)seq);
	return (run_command(st, "why", id) == WW_EXIT_OK &&
	           run_command(st, "refused", NULL) == WW_EXIT_OK &&
	           run_command(st, "status", NULL) == WW_EXIT_OK) ||
	       ww_stage_fail("a command gave no answer");
}

/* The totals as text, compared with what they must be. */
static bool
check_totals(struct ww_stage *st)
{
	struct ww_buf have = { 0 }, want = { 0 };
	struct ww_view_desk desk;
	char path[PATH + 32];
	bool ok;

	ww_buf_printf(&have, "messages: %zu accepted, %zu refused\n", st->accepted, st->rejected);
	ww_buf_printf(&have, "resources: %zu taken, %zu refused\n", st->taken, st->untaken);
	for (size_t i = 0; i < PRACTICES; i++) {
		struct ww_view_kept k;

		ww_view_count(&st->cx, st->desks[i].keep, &k);
		ww_buf_printf(&have, "%s: %zu Tasks, %zu of them cancelled, %zu Communications\n",
		    st->desks[i].name, k.tasks, k.cancelled, k.communications);
	}
	ww_ctx_clear(&st->view_cx);
	if (ww_view_desk(&st->view, &st->view_cx, WW_STAGE_DESK, &desk) == WW_OK)
		ww_buf_printf(&have, "worklist of %s: %zu items, %zu of them done\n",
		    WW_STAGE_PAYER, desk.items, desk.done);
	ww_buf_printf(&have, "engine: killed %zu time, nothing lost\n", st->kills);
	(void)snprintf(path, sizeof(path), "%s/totals.want", st->samples);
	ok = ww_fs_get(&st->cx, path, 0, &want) == WW_OK &&
	     ww_str_eq(ww_buf_view(&have), ww_buf_view(&want));
	(void)printf("\nTotals\n%.*s", WW_STR_FMT(ww_buf_view(&have)));
	if (!ok)
		(void)printf("but they should be\n%.*s", WW_STR_FMT(ww_buf_view(&want)));
	ww_buf_free(&have);
	ww_buf_free(&want);
	return ok;
}

/* Keeps all up until the reader has had enough. */
static void
stay(struct ww_stage *st)
{
	sigset_t set;
	int got;

	(void)printf("\nAll is still up. Interrupt with Ctrl-C.\n"
	             "  MLLP       %s\n  FHIR       %s\n  rcca       %s\n  lakeside   %s\n"
	             "  send       %s send --to mllp://%s %s/day.hl7\n"
	             "  look       curl -s '%s/Task'\n  log        %s\n",
	    st->mllp, st->fhir, st->desks[0].url, st->desks[1].url, st->self, st->mllp, st->samples,
	    st->desks[0].url, st->log);
	(void)fflush(stdout);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	(void)sigwait(&set, &got);
}

static bool
play_all(struct ww_stage *st)
{
	struct ww_buf state = { 0 };
	bool ok = ww_stage_start(st, 1770750000000) && play_day(st) && show_reasons(st);

	ok = check_totals(st) && ok;
	ok = ok && ww_demo_state(st, &state);
	if (ok && st->stay)
		stay(st);
	ok = ww_stage_end(st) && ok;
	if (ok)
		ok = run_command(st, "rebuild", "--check") == WW_EXIT_OK ||
		     ww_stage_fail("the rebuilt ledger differs");
	for (size_t i = 0; i < PRACTICES; i++)
		(void)ww_proc_end(&st->desks[i].proc, SIGTERM);
	ok = ok && ww_demo_again(st, ww_buf_view(&state));
	ww_buf_free(&state);
	return ok;
}

/* Removes the folder, or says where it is when something went wrong. */
static void
clean_up(struct ww_stage *st, bool ok)
{
	struct ww_proc rm = { .argv = { "/bin/rm", "-rf", st->dir } };

	if (ok)
		(void)ww_proc_run(&rm);
	else
		(void)printf("\nThe demonstration FAILED. Logs and data are in %s\n", st->dir);
	if (ok)
		(void)printf("\nThe day went as it should.\n");
}

int
ww_kit_demo(int argc, char **argv)
{
	struct ww_stage d = { .stay = false };
	const char *tmp = getenv("TMPDIR");
	const struct ww_option rows[] = {
		{ .name = "engine",
		    .argument = "FILE",
		    .required = true,
		    .text = &d.engine,
		    .help = "the program wardwire" },
		{ .name = "samples",
		    .argument = "DIR",
		    .required = true,
		    .text = &d.samples,
		    .help =
		        "folder with day.hl7, day.actions and the resources it names, roster.csv "
		        "and totals.want" },
		{ .name = "stay",
		    .flag = &d.stay,
		    .help = "keep all up at the end and say how to use it" },
	};
	const struct ww_usage usage = {
		.command = "wardwire-kit demo",
		.summary = "Plays a day of sample messages through engine and practices, and "
		           "checks the end.",
		.notes =
		    "Works in a temporary folder on free loopback ports and leaves nothing running."
	};
	ssize_t n;
	bool ok;
	int code;

	if (!ww_options_read(&usage, rows, sizeof(rows) / sizeof(rows[0]), &argc, argv, &code))
		return code;
	n = readlink("/proc/self/exe", d.self, sizeof(d.self) - 1);
	d.cx.arena = ww_arena_new(0);
	d.view_cx.arena = ww_arena_new(0);
	(void)snprintf(
	    d.dir, sizeof(d.dir), "%.200s/wardwire-demo-XXXXXX", tmp != NULL ? tmp : "/tmp");
	if (n <= 0 || d.cx.arena == NULL || d.view_cx.arena == NULL || mkdtemp(d.dir) == NULL) {
		(void)ww_stage_fail("no temporary folder");
		return WW_EXIT_ENVIRONMENT;
	}
	(void)signal(SIGPIPE, SIG_IGN);
	ok = play_all(&d);
	clean_up(&d, ok);
	ww_buf_free(&d.actions);
	ww_arena_free(d.cx.arena);
	ww_arena_free(d.view_cx.arena);
	return ok ? WW_EXIT_OK : WW_EXIT_NO;
}
