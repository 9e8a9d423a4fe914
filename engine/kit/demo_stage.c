#include "kit/demo_stage.h"

#include "base/fs.h"
#include "kit/demo_http.h"
#include "kit/demo_view.h"
#include "link/http_out.h"
#include "store/store.h"

#include <wardwire/json.h>
#include <wardwire/time.h>

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

enum { WAIT_MS = 20000, STEP_MS = 10, PATH = WW_STAGE_PATH, PRACTICES = WW_STAGE_PRACTICES };

bool
ww_stage_fail(const char *what)
{
	(void)fprintf(stderr, "wardwire-kit demo: %s\n", what);
	return false;
}

static bool
put(struct ww_stage *st, const char *path, ww_str text)
{
	ww_ctx_clear(&st->cx);
	return ww_fs_put(&ww_fs_real, &st->cx, path, text) == WW_OK ||
	       ww_stage_fail("cannot write to the temporary folder");
}

/* -- processes ---------------------------------------------------------------------------------------- */

bool
ww_stage_start_desk(struct ww_stage *st, struct ww_desk *k)
{
	unsigned port;

	(void)unlink(k->ports);
	k->proc = (struct ww_proc){ .log = k->log,
		.argv = { st->self, "practice", "--listen", k->listen, "--port-file", k->ports,
		    "--keep", k->keep } };
	if (!ww_proc_start(&k->proc))
		return false;
	port = ww_proc_port(&k->proc, k->ports, "");
	if (port == 0)
		return ww_stage_fail("a practice did not start");
	(void)snprintf(k->listen, sizeof(k->listen), "127.0.0.1:%u", port);
	(void)snprintf(k->url, sizeof(k->url), "http://127.0.0.1:%u/fhir", port);
	k->down = false;
	return true;
}

bool
ww_stage_start_engine(struct ww_stage *st)
{
	unsigned port;

	(void)unlink(st->ports);
	st->run = (struct ww_proc){ .log = st->log,
		.argv = { st->engine, "run", "-c", st->config, "--port-file", st->ports,
		    "--clock-file", st->clock } };
	if (!ww_proc_start(&st->run))
		return false;
	port = ww_proc_port(&st->run, st->ports, "adt ");
	if (port == 0)
		return ww_stage_fail(
		    "the engine did not start; see its log in the folder named above");
	(void)snprintf(st->mllp, sizeof(st->mllp), "127.0.0.1:%u", port);
	port = ww_proc_port(&st->run, st->ports, "fhir ");
	if (port == 0)
		return ww_stage_fail("the engine listens for no FHIR");
	(void)snprintf(st->fhir, sizeof(st->fhir), "http://127.0.0.1:%u/fhir", port);
	return true;
}

bool
ww_stage_look(struct ww_stage *st)
{
	char path[PATH + 32];

	ww_ledger_close(&st->view);
	st->view = (struct ww_ledger){ 0 };
	(void)snprintf(path, sizeof(path), "%s/data/ledger.db", st->dir);
	ww_ctx_clear(&st->view_cx);
	return ww_ledger_sqlite(&st->view_cx, path, WW_LEDGER_READ, &st->view) == WW_OK ||
	       ww_stage_fail("cannot read the ledger");
}

/* -- configuration ------------------------------------------------------------------------------------ */

static bool
write_config(struct ww_stage *st)
{
	struct ww_buf b = { 0 };
	bool ok;

	ww_buf_printf(&b, "data: data\n"
	                  "tick_seconds: 1\n"
	                  "system: https://engine.example.org\n"
	                  "history_since: 2025-01-01\n"
	                  "retry: {first: 1, most: 1}\n"
	                  "listeners:\n  - {name: adt, mllp: \"127.0.0.1:0\"}\n"
	                  "  - {name: fhir, fhir: \"127.0.0.1:0/fhir\", auth: none}\n"
	                  "feeds:\n  - {name: mercy, on: adt, zone: America/New_York}\n"
	                  "  - name: ehr\n    on: fhir\n    zone: America/New_York\n"
	                  "    fhir:\n      systems:\n"
	                  "        - {system: \"https://mercy.example.org/mrn\", authority: "
	                  "MERCY}\n"
	                  "      facilities:\n"
	                  "        - {is: Mercy General, facility: MERCY}\n"
	                  "endpoints:\n");
	for (size_t i = 0; i < PRACTICES; i++)
		ww_buf_printf(&b, "  - {name: %s-ehr, fhir: \"%s\", timeout: 5}\n",
		    st->desks[i].name, st->desks[i].url);
	ww_buf_cstr(&b, "  - {name: " WW_STAGE_DESK ", worklist: true}\nparties:\n");
	for (size_t i = 0; i < PRACTICES; i++)
		ww_buf_printf(&b, "  - {name: %s, send: %s-ehr, zone: America/New_York}\n",
		    st->desks[i].name, st->desks[i].name);
	ww_buf_cstr(&b,
	    "  - {name: " WW_STAGE_PAYER ", send: " WW_STAGE_DESK ", zone: America/New_York}\n"
	    "programs:\n  - {file: collaborative-care.yaml, payer: " WW_STAGE_PAYER "}\n"
	    "  - {file: oncology-care.yaml, payer: " WW_STAGE_PAYER "}\n"
	    "rosters:\n  - {file: roster.csv}\n");
	ok = put(st, st->config, ww_buf_view(&b));
	ww_buf_free(&b);
	return ok;
}

static bool
copy_roster(struct ww_stage *st)
{
	struct ww_buf b = { 0 };
	char path[PATH + 32];
	bool ok;

	ww_ctx_clear(&st->cx);
	(void)snprintf(path, sizeof(path), "%s/roster.csv", st->samples);
	ok = ww_fs_get(&st->cx, path, 0, &b) == WW_OK ||
	     ww_stage_fail("cannot read the sample roster");
	(void)snprintf(path, sizeof(path), "%s/roster.csv", st->dir);
	ok = ok && put(st, path, ww_buf_view(&b));
	ww_buf_free(&b);
	return ok;
}

/* Whether the engine has done what waited for that hour: it journals the time when it sees that it has moved. */
static bool
has_struck(struct ww_stage *st, int64_t ms)
{
	int64_t now = 0;
	bool waits;

	ww_ctx_clear(&st->view_cx);
	return ww_view_time(&st->view, &st->view_cx, &now, &waits) == WW_OK && now >= ms;
}

/* The clock of the whole day: five seconds after the message was sent. What waited for an hour until then is done before the
 * message comes, so that every play of the day goes alike. */
bool
ww_stage_clock(struct ww_stage *st, int64_t ms)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "%lld\n", (long long)ms);

	if (!put(st, st->clock, ww_str_of(text, (size_t)n)))
		return false;
	if (st->run.pid == 0)
		return true;
	for (int waited = 0; waited < WAIT_MS && !has_struck(st, ms); waited += STEP_MS)
		ww_proc_sleep(STEP_MS);
	return (has_struck(st, ms) || ww_stage_fail("the engine does not see the time pass")) &&
	       ww_stage_rest(st, false);
}

static void
name_files(struct ww_stage *st)
{
	static const char *const names[PRACTICES] = { "rcca", "lakeside" };

	(void)snprintf(st->config, sizeof(st->config), "%.200s/wardwire.yaml", st->dir);
	(void)snprintf(st->clock, sizeof(st->clock), "%.200s/clock", st->dir);
	(void)snprintf(st->ports, sizeof(st->ports), "%.200s/ports", st->dir);
	(void)snprintf(st->log, sizeof(st->log), "%.200s/engine.log", st->dir);
	for (size_t i = 0; i < PRACTICES; i++) {
		struct ww_desk *k = &st->desks[i];

		k->name = names[i];
		(void)snprintf(k->listen, sizeof(k->listen), "127.0.0.1:0");
		(void)snprintf(k->keep, sizeof(k->keep), "%.200s/%s.ndjson", st->dir, k->name);
		(void)snprintf(k->log, sizeof(k->log), "%.200s/%s.log", st->dir, k->name);
		(void)snprintf(k->ports, sizeof(k->ports), "%.200s/%s.port", st->dir, k->name);
	}
}

/* -- waiting ------------------------------------------------------------------------------------------ */

static bool
all_up(const struct ww_stage *st)
{
	for (size_t i = 0; i < PRACTICES; i++) {
		if (st->desks[i].down)
			return false;
	}
	return true;
}

/* Waits until the message is applied, what waited for an hour that has come is done, and what it called for has left, or could
 * not leave. */
bool
ww_stage_rest(struct ww_stage *st, bool new_message)
{
	for (int ms = 0; ms < WAIT_MS; ms += STEP_MS) {
		uint64_t message = 0, applied = 0;
		size_t due = 0, open = 0;
		int64_t now = 0;
		bool waits = true;

		ww_ctx_clear(&st->view_cx);
		if (ww_view_newest(&st->view, &st->view_cx, &message, &applied) == WW_OK &&
		    ww_view_time(&st->view, &st->view_cx, &now, &waits) == WW_OK && !waits &&
		    ww_view_owed(&st->view, &st->view_cx, &due, &open) == WW_OK &&
		    (!new_message || message > st->message) && open == 0 &&
		    (due == 0 || !all_up(st))) {
			st->message = message;
			return true;
		}
		if (ww_proc_gone(&st->run))
			return ww_stage_fail("the engine has ended");
		ww_proc_sleep(STEP_MS);
	}
	return ww_stage_fail("the engine did not come to rest in time");
}

/* -- messages ----------------------------------------------------------------------------------------- */

bool
ww_stage_exchange(struct ww_stage *st, ww_str message, struct ww_buf *answer)
{
	if (st->link == NULL &&
	    ww_mllp_out_open(&st->cx, ww_str_from(st->mllp), 5000, &st->link) != WW_OK)
		return ww_stage_fail("no connection to the engine");
	return ww_mllp_out_exchange(st->link, &st->cx, message, 10000, answer) == WW_OK ||
	       ww_stage_fail("no acknowledgement came");
}

/* -- resources ---------------------------------------------------------------------------------------- */

static void
later_of(const struct ww_json *resource, int64_t *ms)
{
	ww_time t;

	if (ww_time_fhir(
	        ww_json_str(ww_json_find(resource, "meta.lastUpdated")), ww_zone_utc(), &t) &&
	    t.ms > *ms)
		*ms = t.ms;
}

bool
ww_stage_resource(struct ww_stage *st, ww_str name, struct ww_buf *text, int64_t *changed_ms)
{
	struct ww_json *tree = NULL;
	char path[PATH + 64];

	ww_ctx_clear(&st->cx);
	(void)snprintf(path, sizeof(path), "%s/%.*s", st->samples, WW_STR_FMT(name));
	if (ww_fs_get(&st->cx, path, 0, text) != WW_OK ||
	    ww_json_parse(&st->cx, ww_buf_view(text), &tree) != WW_OK)
		return ww_stage_fail("cannot read a sample resource");
	*changed_ms = 0;
	later_of(tree, changed_ms);
	for (const struct ww_json *e = ww_json_first(ww_json_get(tree, "entry")); e != NULL;
	     e = ww_json_next(e))
		later_of(ww_json_get(e, "resource"), changed_ms);
	return true;
}

bool
ww_stage_send(struct ww_stage *st, ww_str text, long *status)
{
	struct ww_json *tree = NULL;
	ww_str type, id;
	bool bundle;

	ww_ctx_clear(&st->cx);
	if (ww_json_parse(&st->cx, text, &tree) != WW_OK)
		return ww_stage_fail("a sample resource is none");
	type = ww_json_str(ww_json_get(tree, "resourceType"));
	id = ww_json_str(ww_json_get(tree, "id"));
	bundle = ww_str_is(type, "Bundle");
	*status = ww_demo_http(&st->cx, &st->http, bundle ? "POST" : "PUT",
	    bundle ? ww_str_from(st->fhir)
	           : ww_arena_printf(
	                 st->cx.arena, "%s/%.*s/%.*s", st->fhir, WW_STR_FMT(type), WW_STR_FMT(id)),
	    text);
	return *status != 0 || ww_stage_fail("no answer of the engine came");
}

/* -- all of it ---------------------------------------------------------------------------------------- */

bool
ww_stage_start(struct ww_stage *st, int64_t clock_ms)
{
	name_files(st);
	if (!copy_roster(st) || !ww_stage_clock(st, clock_ms))
		return false;
	for (size_t i = 0; i < PRACTICES; i++) {
		if (!ww_stage_start_desk(st, &st->desks[i]))
			return false;
	}
	return write_config(st) && ww_stage_start_engine(st) && ww_stage_look(st);
}

bool
ww_stage_end(struct ww_stage *st)
{
	bool ok = true;

	ww_mllp_out_close(st->link);
	st->link = NULL;
	ww_http_close(st->http);
	st->http = NULL;
	ww_ledger_close(&st->view);
	st->view = (struct ww_ledger){ 0 };
	if (st->run.pid != 0 && ww_proc_end(&st->run, SIGTERM) != 0)
		ok = ww_stage_fail("the engine did not end well");
	return ok;
}
