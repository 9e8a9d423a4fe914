/* wardwire-kit payer: answers Claim/$submit and Claim/$inquire with what stands in files, for tests and sandboxes. */
#include "base/fs.h"
#include "base/options.h"
#include "codec/http1.h"
#include "kit/kit.h"
#include "kit/listening.h"
#include "link/address.h"
#include "link/http_in.h"
#include "link/loop.h"
#include "link/mllp_room.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/log.h>

#include <stdio.h>
#include <string.h>

enum { BODY_MOST = 16 << 20, CONNECTIONS = 256 };

/* As given on the command line. */
struct options {
	const char *listen, *port_file, *keep, *submit, *inquire, *type;
	uint64_t status;
	bool mute;
};

struct payer {
	struct options o;
	struct ww_ctx cx;
	struct ww_loop *loop;
	struct ww_mllp_room *room;
	struct ww_http_server *server;
	bool stopping;
};

/* -- the command line ------------------------------------------------------------------------------- */

static bool
read_options(struct options *o, int *argc, char **argv, int *code)
{
	static const struct ww_usage usage = {
		.command = "wardwire-kit payer",
		.summary = "Plays a payer: answers POST .../Claim/$submit and .../Claim/$inquire, "
		           "for tests.",
		.notes = "Nothing is decided: the answer is what stands in the file, which is read "
		         "anew each "
		         "time.\nSIGTERM ends it.",
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
		{ .name = "submit",
		    .argument = "FILE",
		    .text = &o->submit,
		    .help = "the answer to $submit; without it, 404" },
		{ .name = "inquire",
		    .argument = "FILE",
		    .text = &o->inquire,
		    .help = "the answer to $inquire; without it, 404" },
		{ .name = "type",
		    .argument = "TYPE",
		    .text = &o->type,
		    .help = "Content-Type of the answers; application/fhir+json unless given" },
		{ .name = "status",
		    .argument = "STATUS",
		    .number = &o->status,
		    .least = 200,
		    .most = 599,
		    .help = "of the answers; 200 unless given" },
		{ .name = "mute", .flag = &o->mute, .help = "take requests and answer none" },
		{ .name = "keep",
		    .argument = "FILE",
		    .text = &o->keep,
		    .help = "append there, a line each, the path and the body of each request" },
	};

	*o = (struct options){ .status = 200, .type = "application/fhir+json" };
	return ww_options_read(&usage, rows, sizeof(rows) / sizeof(rows[0]), argc, argv, code);
}

/* -- requests --------------------------------------------------------------------------------------- */

static void
answer(struct ww_http_call *call, unsigned status, const ww_str *type, ww_str body)
{
	const struct ww_http_answer a = {
		.status = status, .headers = type, .headers_n = type != NULL, .body = body
	};

	ww_http_call_answer(call, &a);
}

static void
on_head(void *arg, struct ww_http_call *call)
{
	(void)arg;
	if (!ww_http_call_take(call, BODY_MOST))
		answer(call, 413, NULL, ww_str_empty());
}

static bool
ends_with(ww_str s, const char *end)
{
	size_t n = strlen(end);

	return s.n >= n && ww_str_is(ww_str_sub(s, s.n - n, n), end);
}

/* Its line ends become blanks. */
static void
keep(const struct payer *p, ww_str path, ww_str body)
{
	FILE *f = p->o.keep != NULL ? fopen(p->o.keep, "a") : NULL;

	if (f == NULL)
		return;
	(void)fprintf(f, "%.*s ", WW_STR_FMT(path));
	for (size_t i = 0; i < body.n; i++)
		(void)fputc(body.p[i] == '\n' || body.p[i] == '\r' ? ' ' : body.p[i], f);
	(void)fputc('\n', f);
	(void)fclose(f);
}

static void
on_call(void *arg, struct ww_http_call *call)
{
	struct payer *p = arg;
	ww_str path = ww_http_call_head(call)->path, type;
	struct ww_buf text = { 0 };
	const char *file = ends_with(path, "/Claim/$submit")    ? p->o.submit
	                   : ends_with(path, "/Claim/$inquire") ? p->o.inquire
	                                                        : NULL;

	keep(p, path, ww_http_call_body(call));
	ww_log(WW_LOG_INFO, "method=%.*s known=%d", WW_STR_FMT(ww_http_call_head(call)->method),
	    file != NULL);
	if (p->o.mute)
		return;
	ww_ctx_clear(&p->cx);
	type = ww_arena_printf(p->cx.arena, "Content-Type: %s", p->o.type);
	if (file == NULL || ww_fs_get(&p->cx, file, BODY_MOST, &text) != WW_OK)
		answer(call, 404, NULL, ww_str_empty());
	else
		answer(call, (unsigned)p->o.status, &type, ww_buf_view(&text));
	ww_buf_free(&text);
}

static void
on_bad(void *arg, struct ww_http_call *call, unsigned status, const char *why)
{
	(void)arg;
	(void)why;
	answer(call, status, NULL, ww_str_empty());
}

static void
on_gone(void *arg, struct ww_http_call *call)
{
	(void)arg;
	(void)call;
}

/* -- start and end ---------------------------------------------------------------------------------- */

static void
on_closed(void *arg)
{
	struct payer *p = arg;

	p->server = NULL;
	ww_loop_stop(p->loop);
}

static void
on_stop(void *arg)
{
	struct payer *p = arg;

	if (p->stopping)
		return;
	p->stopping = true;
	ww_http_server_close(p->server, 0, on_closed, p);
}

static ww_status
start(struct payer *p, const struct ww_address *where)
{
	const struct ww_mllp_room_settings rs = { .frames = CONNECTIONS,
		.bytes = 64 << 20,
		.open = 64 << 20,
		.connections = CONNECTIONS };
	struct ww_http_server_settings set = { .address = ww_arena_printf(p->cx.arena,
		                                   strchr(where->host, ':') != NULL ? "[%s]:%s"
		                                                                    : "%s:%s",
		                                   where->host, where->port),
		.max_connections = CONNECTIONS,
		.peer_connections = CONNECTIONS,
		.head_deadline = 10,
		.body_deadline = 30,
		.idle_timeout = 60,
		.write_timeout = 30,
		.accept_queue = 64,
		.on_head = on_head,
		.on_call = on_call,
		.on_bad = on_bad,
		.on_gone = on_gone,
		.arg = p };
	ww_status s = ww_loop_new(&p->cx, &p->loop);

	if (s == WW_OK)
		s = ww_mllp_room_new(p->loop, &p->cx, &rs, &p->room);
	set.room = p->room;
	if (s == WW_OK)
		s = ww_http_server_open(p->loop, &p->cx, &set, &p->server);
	if (s == WW_OK)
		s = ww_loop_on_stop(p->loop, &p->cx, on_stop, p);
	if (s == WW_OK)
		s = ww_listening_port_file(&p->cx, p->o.port_file, ww_http_server_port(p->server));
	return s;
}

static void
stop(struct payer *p)
{
	if (p->server != NULL) { /* it never ran */
		on_stop(p);
		ww_loop_run(p->loop);
	}
	ww_mllp_room_free(p->room);
	if (p->loop != NULL)
		ww_loop_free(p->loop);
}

int
ww_kit_payer(int argc, char **argv)
{
	struct payer p = { .loop = NULL };
	struct ww_address where;
	ww_status s;
	int code;

	if (!read_options(&p.o, &argc, argv, &code))
		return code;
	if (!ww_listening_address("wardwire-kit payer", p.o.listen, false, &where))
		return WW_EXIT_USAGE;
	p.cx.arena = ww_arena_new(0);
	if (p.cx.arena == NULL)
		return WW_EXIT_ENVIRONMENT;
	s = start(&p, &where);
	if (s == WW_OK) {
		ww_log(WW_LOG_INFO, "payer=ready port=%u", ww_http_server_port(p.server));
		ww_loop_run(p.loop);
		ww_log(WW_LOG_INFO, "payer=ended");
	} else {
		fprintf(stderr, "wardwire-kit payer: %s\n", p.cx.fail.reason);
	}
	stop(&p);
	ww_arena_free(p.cx.arena);
	return s == WW_OK ? WW_EXIT_OK : WW_EXIT_ENVIRONMENT;
}
