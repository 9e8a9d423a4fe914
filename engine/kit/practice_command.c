/* wardwire-kit practice: its command line, and what it takes to start and to end. */
#include "base/crypto.h"
#include "base/options.h"
#include "kit/kit.h"
#include "kit/listening.h"
#include "kit/practice.h"
#include "kit/practice_http.h"
#include "link/address.h"
#include "link/loop.h"

#include <wardwire/arena.h>
#include <wardwire/ctx.h>
#include <wardwire/log.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* As given on the command line. */
struct options {
	const char *listen, *port_file, *log, *keep;
	struct ww_practice_fault fail, fail_after;
	uint64_t delay; /* ms */
};

struct server {
	struct options o;
	struct ww_ctx cx;
	struct ww_loop *loop;
	struct ww_practice_http *http;
	struct ww_practice *practice;
};

/* -- the command line ------------------------------------------------------------------------------- */

/* "3:503" */
static bool
read_fault(void *arg, const char *text)
{
	struct ww_practice_fault *f = arg;
	ww_str status, n = ww_str_cut(ww_str_from(text), ':', &status);
	uint64_t code;

	if (!ww_str_u64(n, 1000000, &f->n) || !ww_str_u64(status, 599, &code) || code < 300)
		return false;
	f->status = (int)code;
	return true;
}

static bool
read_options(struct options *o, int *argc, char **argv, int *code)
{
	static const struct ww_usage usage = {
		.command = "wardwire-kit practice",
		.summary =
		    "Plays a practice: a FHIR R4 endpoint at http://HOST:PORT/fhir, for tests.",
		.notes = "It takes Task, Communication, Patient, Encounter and Organization: "
		         "create, also "
		         "conditional,\nread, update, search by identifier, _id and status, and "
		         "transactions. A write is a POST\n(but _search) or a PUT.\n\n"
		         "GET /_log lists the requests so far, GET /_kept the resources. SIGTERM "
		         "ends it.",
	};
	const struct ww_option rows[] = {
		{ .name = "listen",
		    .argument = "HOST:PORT",
		    .required = true,
		    .text = &o->listen,
		    .help = "where to listen: 127.0.0.1 or [::1]; port 0 takes any free one" },
		{ .name = "port-file",
		    .argument = "FILE",
		    .text = &o->port_file,
		    .help = "write the port there once it answers" },
		{ .name = "log",
		    .argument = "FILE",
		    .text = &o->log,
		    .help = "append the log lines there instead of to standard error" },
		{ .name = "keep",
		    .argument = "FILE",
		    .text = &o->keep,
		    .help = "append accepted writes there, and start with what it holds" },
		{ .name = "fail",
		    .argument = "N:STATUS",
		    .read = read_fault,
		    .arg = &o->fail,
		    .help = "answer the next N writes with STATUS, without storing" },
		{ .name = "fail-after",
		    .argument = "N:STATUS",
		    .read = read_fault,
		    .arg = &o->fail_after,
		    .help = "store the next N writes, then answer STATUS" },
		{ .name = "delay",
		    .argument = "MS",
		    .number = &o->delay,
		    .least = 0,
		    .most = 3600000,
		    .help = "act at once, but answer that many milliseconds later" },
	};

	return ww_options_read(&usage, rows, sizeof(rows) / sizeof(rows[0]), argc, argv, code);
}

static bool
redirect_log(const char *path)
{
	int fd;

	if (path == NULL)
		return true;
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd >= 0 && dup2(fd, STDERR_FILENO) >= 0) {
		close(fd);
		return true;
	}
	fprintf(stderr, "wardwire-kit practice: cannot write the log: %s\n", strerror(errno));
	if (fd >= 0)
		close(fd);
	return false;
}

/* -- start and end ---------------------------------------------------------------------------------- */

/* Ids begin anew with each start: a practice that lost its resources must not give the id of one of them to
 * another, which the engine would then update. */
static ww_status
start_practice(struct server *sv)
{
	struct ww_practice_settings s = {
		.base = ww_practice_http_base(sv->http),
		.clock = ww_clock_system(),
		.fail = sv->o.fail,
		.fail_after = sv->o.fail_after,
		.keep = sv->o.keep,
	};
	char prefix[8];
	uint8_t random[5];
	ww_status st;

	ww_random(random, sizeof(random));
	ww_base32(random, sizeof(random), prefix, 5);
	prefix[5] = '-';
	prefix[6] = '\0';
	s.id_prefix = ww_str_from(prefix);
	st = ww_practice_open(&sv->cx, &s, &sv->practice);
	if (st == WW_OK)
		ww_practice_http_serve(sv->http, sv->practice);
	return st;
}

static void
on_stop(void *arg)
{
	struct server *sv = arg;

	ww_loop_stop(sv->loop);
}

static ww_status
start(struct server *sv, const struct ww_address *where)
{
	ww_status s = ww_loop_new(&sv->cx, &sv->loop);

	if (s == WW_OK)
		s = ww_practice_http_open(
		    sv->loop, &sv->cx, where, (unsigned)sv->o.delay, &sv->http);
	if (s == WW_OK)
		s = start_practice(sv);
	if (s == WW_OK)
		s = ww_loop_on_stop(sv->loop, &sv->cx, on_stop, sv);
	if (s == WW_OK)
		s = ww_listening_port_file(
		    &sv->cx, sv->o.port_file, ww_practice_http_port(sv->http));
	return s;
}

static void
stop(struct server *sv)
{
	ww_practice_http_close(sv->http);
	ww_practice_close(sv->practice);
	if (sv->loop != NULL)
		ww_loop_free(sv->loop);
}

int
ww_kit_practice(int argc, char **argv)
{
	struct server sv = { .loop = NULL };
	struct ww_address where;
	ww_status s;
	int code;

	if (!read_options(&sv.o, &argc, argv, &code))
		return code;
	if (!ww_listening_address("wardwire-kit practice", sv.o.listen, false, &where))
		return WW_EXIT_USAGE;
	if (!redirect_log(sv.o.log))
		return WW_EXIT_ENVIRONMENT;
	sv.cx.arena = ww_arena_new(0);
	if (sv.cx.arena == NULL)
		return WW_EXIT_ENVIRONMENT;
	s = start(&sv, &where);
	if (s == WW_OK) {
		ww_log(WW_LOG_INFO, "practice=ready port=%u", ww_practice_http_port(sv.http));
		ww_loop_run(sv.loop);
		ww_log(WW_LOG_INFO, "practice=ended");
	} else {
		fprintf(stderr, "wardwire-kit practice: %s%s%s\n", sv.cx.fail.place,
		    sv.cx.fail.place[0] != '\0' ? ": " : "", sv.cx.fail.reason);
	}
	stop(&sv);
	ww_arena_free(sv.cx.arena);
	if (s == WW_OK)
		return WW_EXIT_OK;
	return s == WW_E_DAMAGED ? WW_EXIT_INPUT : WW_EXIT_ENVIRONMENT;
}
