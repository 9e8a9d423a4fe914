/* wardwire-kit demo: a day of a hospital's messages between real processes on loopback. One practice goes down
 * and comes back, the engine is killed and restarted, and the end is checked against what it must be. */
#include "base/fs.h"
#include "base/options.h"
#include "codec/ack.h"
#include "codec/hl7v2_split.h"
#include "kit/demo_proc.h"
#include "kit/demo_view.h"
#include "kit/kit.h"
#include "link/mllp_out.h"
#include "store/store.h"

#include <wardwire/buf.h>
#include <wardwire/hl7v2.h>
#include <wardwire/time.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PRACTICES = 2, PATH = 256, WAIT_MS = 20000, STEP_MS = 10 };

/* A practice: its server, and how much of what it got was shown. */
struct desk {
	const char *name;
	struct ww_proc proc;
	char url[PATH], listen[PATH], keep[PATH], log[PATH], ports[PATH];
	size_t shown;
	bool down;
};

struct demo {
	const char *engine, *samples;
	bool stay;
	char self[PATH], dir[PATH], config[PATH], clock[PATH], ports[PATH], log[PATH];
	struct desk desks[PRACTICES];
	struct ww_proc run;
	char mllp[PATH];
	struct ww_ctx cx, view_cx;
	struct ww_ledger view;
	struct ww_mllp_out *link;
	struct ww_buf actions;
	uint64_t message; /* sequence of the last one shown */
	size_t accepted, rejected, kills;
};

static bool
fail(const char *what)
{
	(void)fprintf(stderr, "wardwire-kit demo: %s\n", what);
	return false;
}

static bool
put(struct demo *d, const char *path, ww_str text)
{
	ww_ctx_clear(&d->cx);
	return ww_fs_put(&ww_fs_real, &d->cx, path, text) == WW_OK ||
	       fail("cannot write to the temporary folder");
}

/* -- processes ---------------------------------------------------------------------------------------- */

static bool
start_desk(struct demo *d, struct desk *k)
{
	unsigned port;

	(void)unlink(k->ports);
	k->proc = (struct ww_proc){ .log = k->log,
		.argv = { d->self, "practice", "--listen", k->listen, "--port-file", k->ports,
		    "--keep", k->keep } };
	if (!ww_proc_start(&k->proc))
		return false;
	port = ww_proc_port(&k->proc, k->ports, "");
	if (port == 0)
		return fail("a practice did not start");
	(void)snprintf(k->listen, sizeof(k->listen), "127.0.0.1:%u", port);
	(void)snprintf(k->url, sizeof(k->url), "http://127.0.0.1:%u/fhir", port);
	k->down = false;
	return true;
}

static bool
start_engine(struct demo *d)
{
	unsigned port;

	(void)unlink(d->ports);
	d->run = (struct ww_proc){ .log = d->log,
		.argv = { d->engine, "run", "-c", d->config, "--port-file", d->ports,
		    "--clock-file", d->clock } };
	if (!ww_proc_start(&d->run))
		return false;
	port = ww_proc_port(&d->run, d->ports, "adt ");
	if (port == 0)
		return fail("the engine did not start; see its log in the folder named above");
	(void)snprintf(d->mllp, sizeof(d->mllp), "127.0.0.1:%u", port);
	return true;
}

static bool
open_view(struct demo *d)
{
	char path[PATH + 32];

	ww_ledger_close(&d->view);
	d->view = (struct ww_ledger){ 0 };
	(void)snprintf(path, sizeof(path), "%s/data/ledger.db", d->dir);
	ww_ctx_clear(&d->view_cx);
	return ww_ledger_sqlite(&d->view_cx, path, WW_LEDGER_READ, &d->view) == WW_OK ||
	       fail("cannot read the ledger");
}

/* -- configuration ------------------------------------------------------------------------------------ */

static bool
write_config(struct demo *d)
{
	struct ww_buf b = { 0 };
	bool ok;

	ww_buf_printf(&b, "data: data\n"
	                  "system: https://engine.example.org\n"
	                  "history_since: 2025-01-01\n"
	                  "retry: {first: 1, most: 1}\n"
	                  "listeners:\n  - {name: adt, mllp: \"127.0.0.1:0\"}\n"
	                  "feeds:\n  - {name: mercy, on: adt, zone: America/New_York}\n"
	                  "endpoints:\n");
	for (size_t i = 0; i < PRACTICES; i++)
		ww_buf_printf(&b, "  - {name: %s-ehr, fhir: \"%s\", timeout: 5}\n",
		    d->desks[i].name, d->desks[i].url);
	ww_buf_cstr(&b, "parties:\n");
	for (size_t i = 0; i < PRACTICES; i++)
		ww_buf_printf(
		    &b, "  - {name: %s, send: %s-ehr}\n", d->desks[i].name, d->desks[i].name);
	ww_buf_cstr(&b, "rosters:\n  - {file: roster.csv}\n");
	ok = put(d, d->config, ww_buf_view(&b));
	ww_buf_free(&b);
	return ok;
}

static bool
copy_roster(struct demo *d)
{
	struct ww_buf b = { 0 };
	char path[PATH + 32];
	bool ok;

	ww_ctx_clear(&d->cx);
	(void)snprintf(path, sizeof(path), "%s/roster.csv", d->samples);
	ok = ww_fs_get(&d->cx, path, 0, &b) == WW_OK || fail("cannot read the sample roster");
	(void)snprintf(path, sizeof(path), "%s/roster.csv", d->dir);
	ok = ok && put(d, path, ww_buf_view(&b));
	ww_buf_free(&b);
	return ok;
}

/* The clock of the whole day: five seconds after the message was sent. */
static bool
set_clock(struct demo *d, int64_t ms)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "%lld\n", (long long)ms);

	return put(d, d->clock, ww_str_of(text, (size_t)n));
}

static void
name_files(struct demo *d)
{
	static const char *const names[PRACTICES] = { "rcca", "lakeside" };

	(void)snprintf(d->config, sizeof(d->config), "%.200s/wardwire.yaml", d->dir);
	(void)snprintf(d->clock, sizeof(d->clock), "%.200s/clock", d->dir);
	(void)snprintf(d->ports, sizeof(d->ports), "%.200s/ports", d->dir);
	(void)snprintf(d->log, sizeof(d->log), "%.200s/engine.log", d->dir);
	for (size_t i = 0; i < PRACTICES; i++) {
		struct desk *k = &d->desks[i];

		k->name = names[i];
		(void)snprintf(k->listen, sizeof(k->listen), "127.0.0.1:0");
		(void)snprintf(k->keep, sizeof(k->keep), "%.200s/%s.ndjson", d->dir, k->name);
		(void)snprintf(k->log, sizeof(k->log), "%.200s/%s.log", d->dir, k->name);
		(void)snprintf(k->ports, sizeof(k->ports), "%.200s/%s.port", d->dir, k->name);
	}
}

/* -- waiting ------------------------------------------------------------------------------------------ */

static bool
all_up(const struct demo *d)
{
	for (size_t i = 0; i < PRACTICES; i++) {
		if (d->desks[i].down)
			return false;
	}
	return true;
}

/* Waits until the message is applied and what it called for has left, or could not leave. */
static bool
wait_quiet(struct demo *d, bool new_message)
{
	for (int ms = 0; ms < WAIT_MS; ms += STEP_MS) {
		uint64_t message = 0, applied = 0;
		size_t due = 0, open = 0;

		ww_ctx_clear(&d->view_cx);
		if (ww_view_newest(&d->view, &d->view_cx, &message, &applied) == WW_OK &&
		    ww_view_owed(&d->view, &d->view_cx, &due, &open) == WW_OK &&
		    (!new_message || message > d->message) && open == 0 &&
		    (due == 0 || !all_up(d))) {
			d->message = message;
			return true;
		}
		if (ww_proc_gone(&d->run))
			return fail("the engine has ended");
		ww_proc_sleep(STEP_MS);
	}
	return fail("the engine did not come to rest in time");
}

static void
show_desks(struct demo *d)
{
	for (size_t i = 0; i < PRACTICES; i++)
		ww_view_practice(&d->cx, d->desks[i].name, d->desks[i].keep, &d->desks[i].shown);
}

/* -- actions ------------------------------------------------------------------------------------------ */

static struct desk *
desk_of(struct demo *d, ww_str name)
{
	for (size_t i = 0; i < PRACTICES; i++) {
		if (ww_str_is(name, d->desks[i].name))
			return &d->desks[i];
	}
	return NULL;
}

static bool
act(struct demo *d, ww_str verb, ww_str what)
{
	struct desk *k = desk_of(d, what);

	if (ww_str_is(verb, "down") && k != NULL) {
		(void)printf("\n  ---- the server of %s goes down ----\n", k->name);
		k->down = true;
		(void)ww_proc_end(&k->proc, SIGTERM);
		return true;
	}
	if (ww_str_is(verb, "up") && k != NULL) {
		(void)printf("\n  ---- the server of %s is back ----\n", k->name);
		if (!start_desk(d, k) || !wait_quiet(d, false))
			return false;
		show_desks(d);
		return true;
	}
	return fail("day.actions: an action that is not known");
}

/* The engine is killed before anything else can happen, and started again. */
static bool
kill_engine(struct demo *d)
{
	(void)printf("        ---- kill -9 of the engine, and start again ----\n");
	ww_mllp_out_close(d->link);
	d->link = NULL;
	(void)ww_proc_end(&d->run, SIGKILL);
	d->kills++;
	return start_engine(d) && open_view(d);
}

/* Finds "after N verb what" of a kind: kills come at once, others when the message has been shown. */
static bool
run_actions(struct demo *d, size_t number, bool kills)
{
	ww_str rest = ww_buf_view(&d->actions);

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
		if (!(kills ? kill_engine(d) : act(d, verb, what)))
			return false;
	}
	return true;
}

/* -- messages ----------------------------------------------------------------------------------------- */

static bool
exchange(struct demo *d, ww_str message, struct ww_buf *answer)
{
	if (d->link == NULL &&
	    ww_mllp_out_open(&d->cx, ww_str_from(d->mllp), 5000, &d->link) != WW_OK)
		return fail("no connection to the engine");
	return ww_mllp_out_exchange(d->link, &d->cx, message, 10000, answer) == WW_OK ||
	       fail("no acknowledgement came");
}

/* Sets the clock by the message and prints its line; a piece that is no message has no time of its own. */
static bool
announce(struct demo *d, ww_str message, size_t number)
{
	const struct ww_zone *zone = ww_zone_find("America/New_York");
	struct ww_hl7 *m;
	ww_time sent;

	ww_ctx_clear(&d->cx);
	if (ww_hl7_parse(&d->cx, message, &m) != WW_OK ||
	    !ww_time_hl7(ww_hl7_at(&d->cx, m, "MSH-7"), zone, &sent)) {
		(void)printf("\n  #%-3zu something that is no HL7 message\n", number);
		return true;
	}
	if (!set_clock(d, sent.ms + 5000))
		return false;
	(void)printf("\n%.*s  #%-3zu ADT %.*s, visit %.*s\n",
	    WW_STR_FMT(ww_str_sub(ww_hl7_at(&d->cx, m, "MSH-7"), 0, 12)), number,
	    WW_STR_FMT(ww_hl7_at(&d->cx, m, "MSH-9.2")),
	    WW_STR_FMT(ww_hl7_at(&d->cx, m, "PV1-19.1")));
	return true;
}

static bool
is_accepted(struct demo *d, const struct ww_buf *answer, char code[3])
{
	struct ww_hl7 *m;

	(void)snprintf(code, 3, "?");
	if (ww_hl7_parse(&d->cx, ww_buf_view(answer), &m) == WW_OK)
		(void)snprintf(code, 3, "%.*s", WW_STR_FMT(ww_hl7_at(&d->cx, m, "MSA-1")));
	if (strcmp(code, "AA") != 0)
		(void)printf("        answered %s: %.*s at %.*s %.*s\n", code,
		    WW_STR_FMT(ww_hl7_at(&d->cx, m, "ERR-3.2")),
		    WW_STR_FMT(ww_hl7_at(&d->cx, m, "ERR-2.1")),
		    WW_STR_FMT(ww_hl7_at(&d->cx, m, "ERR-2.3")));
	return strcmp(code, "AA") == 0;
}

static bool
play(struct demo *d, ww_str message, size_t number)
{
	struct ww_buf answer = { 0 };
	char code[3];
	bool accepted;

	if (!announce(d, message, number) || !exchange(d, message, &answer)) {
		ww_buf_free(&answer);
		return false;
	}
	accepted = is_accepted(d, &answer, code);
	ww_buf_free(&answer);
	d->accepted += accepted;
	d->rejected += !accepted;
	if (!run_actions(d, number, true))
		return false;
	if (accepted) {
		if (!wait_quiet(d, true))
			return false;
		ww_ctx_clear(&d->view_cx);
		if (ww_view_message(&d->view, &d->view_cx, d->message) != WW_OK)
			return fail("cannot read the ledger");
		show_desks(d);
	}
	return run_actions(d, number, false);
}

static bool
play_day(struct demo *d)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_hl7_part *parts;
	struct ww_buf text = { 0 }, wire = { 0 };
	char path[PATH + 32];
	size_t n = 0;
	bool ok;

	(void)snprintf(path, sizeof(path), "%s/day.hl7", d->samples);
	ok = cx.arena != NULL && ww_fs_get(&cx, path, 0, &text) == WW_OK &&
	     ww_hl7_split(&cx, ww_buf_view(&text), &parts, &n) == WW_OK;
	(void)snprintf(path, sizeof(path), "%s/day.actions", d->samples);
	ok = (ok && ww_fs_get(&cx, path, 0, &d->actions) == WW_OK) ||
	     fail("cannot read the samples");
	for (size_t i = 0; ok && i < n; i++) {
		ww_buf_clear(&wire);
		ww_buf_str_add(&wire, parts[i].text); /* as it stands: any line end is good */
		ok = play(d, ww_buf_view(&wire), i + 1);
	}
	ww_buf_free(&wire);
	ww_buf_free(&text);
	ww_arena_free(cx.arena);
	return ok;
}

/* -- the end ------------------------------------------------------------------------------------------ */

static int
run_command(struct demo *d, const char *command, const char *argument)
{
	struct ww_proc p = { .argv = { d->engine, command, "-c", d->config, argument } };

	(void)printf(
	    "\n$ wardwire %s -c wardwire.yaml %s\n", command, argument == NULL ? "" : argument);
	return ww_proc_run(&p);
}

static bool
show_reasons(struct demo *d)
{
	char id[64];
	uint64_t seq = 0;
	ww_id flag = 0;

	ww_ctx_clear(&d->view_cx);
	if (ww_view_find_flag(&d->view, &d->view_cx, WW_flag_kind_READMIT_RISK, "high", &flag) !=
	        WW_OK ||
	    ww_view_find_message(&d->view, &d->view_cx, "no attribution", &seq) != WW_OK ||
	    flag == 0 || seq == 0)
		return fail("the high readmission risk or the patient on no roster is missing");
	(void)snprintf(id, sizeof(id), WW_ID_FMT, WW_ID_ARG(flag));
	if (run_command(d, "why", id) != WW_EXIT_OK)
		return fail("why gave no answer");
	(void)snprintf(id, sizeof(id), "%llu", (unsigned long long)seq);
	return (run_command(d, "why", id) == WW_EXIT_OK &&
	           run_command(d, "refused", NULL) == WW_EXIT_OK &&
	           run_command(d, "status", NULL) == WW_EXIT_OK) ||
	       fail("a command gave no answer");
}

/* The totals as text, compared with what they must be. */
static bool
check_totals(struct demo *d)
{
	struct ww_buf have = { 0 }, want = { 0 };
	char path[PATH + 32];
	bool ok;

	ww_buf_printf(&have, "messages: %zu accepted, %zu refused\n", d->accepted, d->rejected);
	for (size_t i = 0; i < PRACTICES; i++) {
		struct ww_view_kept k;

		ww_view_count(&d->cx, d->desks[i].keep, &k);
		ww_buf_printf(&have, "%s: %zu Tasks, %zu of them cancelled, %zu Communications\n",
		    d->desks[i].name, k.tasks, k.cancelled, k.communications);
	}
	ww_buf_printf(&have, "engine: killed %zu time, nothing lost\n", d->kills);
	(void)snprintf(path, sizeof(path), "%s/totals.want", d->samples);
	ok = ww_fs_get(&d->cx, path, 0, &want) == WW_OK &&
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
stay(struct demo *d)
{
	sigset_t set;
	int got;

	(void)printf("\nAll is still up. Interrupt with Ctrl-C.\n"
	             "  MLLP       %s\n  rcca       %s\n  lakeside   %s\n"
	             "  send       %s send --to mllp://%s %s/day.hl7\n"
	             "  look       curl -s '%s/Task'\n  log        %s\n",
	    d->mllp, d->desks[0].url, d->desks[1].url, d->self, d->mllp, d->samples,
	    d->desks[0].url, d->log);
	(void)fflush(stdout);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	(void)sigwait(&set, &got);
}

static bool
start_all(struct demo *d)
{
	name_files(d);
	if (!copy_roster(d) || !set_clock(d, 1770750000000))
		return false;
	for (size_t i = 0; i < PRACTICES; i++) {
		if (!start_desk(d, &d->desks[i]))
			return false;
	}
	return write_config(d) && start_engine(d) && open_view(d);
}

static bool
play_all(struct demo *d)
{
	bool ok = start_all(d) && play_day(d) && show_reasons(d);

	ok = check_totals(d) && ok;
	if (ok && d->stay)
		stay(d);
	ww_mllp_out_close(d->link);
	ww_ledger_close(&d->view);
	if (d->run.pid != 0 && ww_proc_end(&d->run, SIGTERM) != 0)
		ok = fail("the engine did not end well");
	if (ok)
		ok = run_command(d, "rebuild", "--check") == WW_EXIT_OK ||
		     fail("the rebuilt ledger differs");
	for (size_t i = 0; i < PRACTICES; i++)
		(void)ww_proc_end(&d->desks[i].proc, SIGTERM);
	return ok;
}

/* Removes the folder, or says where it is when something went wrong. */
static void
clean_up(struct demo *d, bool ok)
{
	struct ww_proc rm = { .argv = { "/bin/rm", "-rf", d->dir } };

	if (ok)
		(void)ww_proc_run(&rm);
	else
		(void)printf("\nThe demonstration FAILED. Logs and data are in %s\n", d->dir);
	if (ok)
		(void)printf("\nThe day went as it should.\n");
}

int
ww_kit_demo(int argc, char **argv)
{
	struct demo d = { .stay = false };
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
		    .help = "folder with day.hl7, day.actions, roster.csv and totals.want" },
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
		(void)fail("no temporary folder");
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
