/* wardwire-kit listen: an MLLP server that shows what comes in and answers as it is told. */
#include "base/options.h"
#include "codec/ack.h"
#include "codec/mllp.h"
#include "codec/utf8.h"
#include "kit/header.h"
#include "kit/kit.h"
#include "kit/listen_script.h"
#include "kit/listen_server.h"
#include "kit/listening.h"
#include "kit/secure.h"
#include "link/address.h"
#include "link/loop.h"
#include "link/tls.h"

#include <wardwire/arena.h>
#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/hl7v2.h>
#include <wardwire/json.h>
#include <wardwire/log.h>
#include <wardwire/time.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COMMAND "wardwire-kit listen"

enum { RULES_MOST = 16 };

/* Messages whose field has that text get their answers from a script of their own. */
struct rule {
	struct ww_hl7_path path;
	ww_str value;
	struct ww_listen_script script;
};

struct options {
	const char *listen, *port_file, *keep;
	struct ww_listen_script answers;
	struct rule rule[RULES_MOST];
	size_t rules;
	uint64_t count;
	bool quiet, anyone;
	struct ww_secure tls;
};

struct listener {
	struct options o;
	struct ww_ctx cx;    /* of the whole */
	struct ww_ctx frame; /* of the message at hand */
	struct ww_clock clock;
	struct ww_loop *loop;
	struct ww_listen_server *server;
	struct ww_tls *tls; /* NULL: plain */
	FILE *keep;         /* NULL: none */
	uint64_t messages;  /* so far */
	uint64_t acks;      /* control ids given out */
	bool broken;        /* the file of messages cannot be written */
};

/* -- what is answered ---------------------------------------------------------------------------------- */

/* An acknowledgement is answered by nobody, but for an application acknowledgement that asks for it in so many words. */
static bool
is_for_answering(struct listener *li, const struct ww_header *h)
{
	ww_str asks;

	if (!h->is_acknowledgement || h->message == NULL)
		return !h->is_acknowledgement;
	asks = ww_str_trim(ww_hl7_at(&li->frame, h->message, "MSH-15"));
	return asks.n > 0 && !ww_str_ieq(asks, WW_STR("NE"));
}

/* The step for this message; NULL: it is not answered. */
static const struct ww_listen_step *
choose(struct listener *li, const struct ww_header *h)
{
	size_t i;
	ww_str text;

	if (!is_for_answering(li, h))
		return NULL;
	for (i = 0; i < li->o.rules && h->message != NULL; i++) {
		struct rule *r = &li->o.rule[i];

		(void)ww_hl7_text(&li->frame, h->message, &r->path, &text);
		if (ww_str_eq(text, r->value))
			return ww_listen_script_next(&r->script);
	}
	return ww_listen_script_next(&li->o.answers);
}

/* One acknowledgement as a frame, in the arena. */
static ww_str
acknowledge(struct listener *li, const struct ww_hl7 *m, const char *code)
{
	static const struct ww_failure invented = { .status = WW_E_VALUE,
		.place = "MSH-10",
		.reason = "refused by wardwire-kit listen, as it was told" };
	const struct ww_ack a = {
		.code = code,
		.failures = &invented,
		.failures_n = code[1] != 'A',
		.now = ww_clock_now(&li->clock),
		.number = ++li->acks,
	};
	struct ww_buf text = { 0 }, framed = { 0 };
	ww_str out = ww_str_empty();

	ww_ack_write(&li->frame, m, &a, &text);
	if (ww_mllp_write(ww_buf_view(&text), &framed) && framed.error == WW_OK)
		out = ww_arena_str(li->frame.arena, ww_buf_view(&framed));
	ww_buf_free(&text);
	ww_buf_free(&framed);
	return out;
}

/* AA to a control id that nobody sent. */
static ww_str
acknowledge_other(struct listener *li)
{
	ww_str header = ww_arena_printf(
	    li->frame.arena, "MSH|^~\\&|||||||ADT|WW-NOBODY-%" PRIu64 "|P|2.5.1\r", li->acks);
	struct ww_hl7 *m = NULL;

	if (ww_hl7_parse(&li->frame, header, &m) != WW_OK)
		return ww_str_empty();
	return acknowledge(li, m, "AA");
}

static void
fill_reply(struct listener *li, const struct ww_hl7 *m, const struct ww_listen_step *step,
    struct ww_listen_reply *r)
{
	r->wait = step->wait;
	switch (step->kind) {
	case WW_LISTEN_CODE:
		r->later = acknowledge(li, m, step->code);
		if (step->second[0] == '\0')
			return;
		r->now = r->later;
		r->later = acknowledge(li, m, step->second);
		return;
	case WW_LISTEN_GARBAGE:
		r->later = WW_STR("\x0bwhat is this\x1c\r");
		return;
	case WW_LISTEN_OTHER:
		r->later = acknowledge_other(li);
		return;
	case WW_LISTEN_HALF:
		r->later = acknowledge(li, m, "AA");
		r->later.n /= 2;
		r->close = true;
		return;
	case WW_LISTEN_CLOSE:
		r->close = true;
		return;
	case WW_LISTEN_NEVER:
		return;
	}
}

/* -- what is shown and kept -------------------------------------------------------------------------- */

/* The message for a terminal: a segment a line, without bytes that could steer it. */
static void
print_message(ww_str text)
{
	size_t i;

	fputs("  ", stdout);
	for (i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c == '\r')
			fputs(i + 1 < text.n ? "\n  " : "", stdout);
		else
			putchar(c < ' ' || c == 0x7f ? ' ' : c);
	}
	putchar('\n');
}

static void
print(struct listener *li, ww_str text, const char *peer, const struct ww_header *h,
    const char *answer)
{
	printf("#%" PRIu64 " %s %.*s %zu bytes -> %s\n", li->messages, peer,
	    WW_STR_FMT(h->event.n > 0 ? h->event : WW_STR("?")), text.n, answer);
	if (!li->o.quiet)
		print_message(text);
	fflush(stdout);
}

/* Every byte of it can stand in a JSON text. */
static bool
is_text(ww_str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' && strchr("\r\n\t", s.p[i]) == NULL)
			return false;
	return ww_str_find(s, '\0') == s.n && ww_utf8_valid(s);
}

static ww_str
hex(struct ww_ctx *cx, ww_str s)
{
	static const char digits[] = "0123456789abcdef";
	char *p = ww_arena_alloc(cx->arena, 2 * s.n);
	size_t i;

	if (p == NULL)
		return ww_str_empty();
	for (i = 0; i < s.n; i++) {
		p[2 * i] = digits[(unsigned char)s.p[i] >> 4];
		p[2 * i + 1] = digits[(unsigned char)s.p[i] & 15];
	}
	return ww_str_of(p, 2 * s.n);
}

/* One line for tests; it is there before the answer is. */
static void
keep(struct listener *li, ww_str text, uint64_t connection, const char *peer,
    const struct ww_header *h, const char *answer)
{
	struct ww_ctx *cx = &li->frame;
	struct ww_json *o = ww_json_object(cx);
	struct ww_buf b = { 0 };
	ww_str line;

	ww_json_set_int(cx, o, "number", (int64_t)li->messages);
	ww_json_set_int(cx, o, "connection", (int64_t)connection);
	ww_json_set_cstr(cx, o, "peer", peer);
	ww_json_set_str(cx, o, "event", h->event);
	ww_json_set_str(cx, o, "control-id", h->control_id);
	ww_json_set_cstr(cx, o, "answer", answer);
	if (is_text(text))
		ww_json_set_str(cx, o, "message", text);
	else
		ww_json_set_str(cx, o, "hex", hex(cx, text));
	if (ww_json_write(cx, o, false, &b) != WW_OK)
		li->broken = true;
	ww_buf_byte(&b, '\n');
	line = ww_buf_view(&b);
	if (fwrite(line.p, 1, line.n, li->keep) != line.n || fflush(li->keep) != 0)
		li->broken = true;
	ww_buf_free(&b);
}

/* -- one message ---------------------------------------------------------------------------------------- */

static void
on_frame(
    void *arg, ww_str payload, uint64_t connection, const char *peer, struct ww_listen_reply *reply)
{
	struct listener *li = arg;
	const struct ww_listen_step *step;
	struct ww_header h;
	char word[16] = "nothing";

	ww_ctx_clear(&li->frame);
	ww_header_read(&li->frame, payload, &h);
	step = choose(li, &h);
	if (step != NULL)
		ww_listen_script_word(step, word);
	li->messages++;
	print(li, payload, peer, &h, word);
	if (li->keep != NULL)
		keep(li, payload, connection, peer, &h, word);
	if (step != NULL)
		fill_reply(li, h.message, step, reply);
	if (li->broken)
		ww_loop_stop(li->loop);
}

static void
on_quiet(void *arg)
{
	struct listener *li = arg;

	if (li->o.count > 0 && li->messages >= li->o.count)
		ww_loop_stop(li->loop);
}

static void
on_stop(void *arg)
{
	struct listener *li = arg;

	ww_loop_stop(li->loop);
}

/* -- the command line ----------------------------------------------------------------------------------- */

static bool
read_answers(void *arg, const char *text)
{
	const char *wrong = ww_listen_script_read(ww_str_from(text), arg);

	if (wrong != NULL)
		fprintf(stderr, COMMAND ": '%s': %s\n", text, wrong);
	return wrong == NULL;
}

/* "PID-3=MR3:AE*2,AA" */
static bool
read_rule(void *arg, const char *text)
{
	struct options *o = arg;
	struct rule *r = &o->rule[o->rules < RULES_MOST ? o->rules : 0];
	ww_str script, path = ww_str_cut(ww_str_from(text), '=', &r->value);
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	const char *wrong;

	r->value = ww_str_cut(r->value, ':', &script);
	if (o->rules == RULES_MOST)
		wrong = "that are too many of them";
	else if (ww_hl7_path(&cx, path, &r->path) != WW_OK)
		wrong = cx.fail.reason;
	else
		wrong = ww_listen_script_read(script, &r->script);
	if (wrong != NULL)
		fprintf(stderr, COMMAND ": '%s': %s\n", text, wrong);
	else
		o->rules++;
	ww_arena_free(cx.arena);
	return wrong == NULL;
}

static bool
read_options(struct options *o, int *argc, char **argv, int *code)
{
	static const struct ww_usage usage = {
		.command = COMMAND,
		.summary =
		    "Plays a receiver: an MLLP server that shows each message and answers it.",
		.notes =
		    "SCRIPT is ANSWER[@MS][*N][,...]: N messages get that answer (1), MS "
		    "milliseconds "
		    "late (0),\nthen the next ones; the last one goes on for ever. ANSWER is AA, "
		    "AE, "
		    "AR, CA, CE or CR; two of\nthem, as CA+AA, where @MS delays the second; never; "
		    "garbage: a frame that is no message;\nother: AA to a message that nobody "
		    "sent; "
		    "half: the first half of an AA, then the connection\nis closed; close. A "
		    "message "
		    "that is itself an acknowledgement is shown, and answered only when its MSH-15 "
		    "asks "
		    "for it.\n\n"
		    "With --cert and --key it speaks TLS, with --ca only to those with a "
		    "certificate of "
		    "that CA.\nSIGTERM ends it.",
	};
	const struct ww_option own[] = {
		{ .name = "listen",
		    .argument = "HOST:PORT",
		    .required = true,
		    .text = &o->listen,
		    .help = "where to listen; port 0 takes any free one" },
		{ .name = "anyone",
		    .flag = &o->anyone,
		    .help = "other machines may connect: HOST need not be a loopback address" },
		{ .name = "port-file",
		    .argument = "FILE",
		    .text = &o->port_file,
		    .help = "write the port there once it listens" },
		{ .name = "answer",
		    .argument = "SCRIPT",
		    .read = read_answers,
		    .arg = &o->answers,
		    .help = "what is answered, message by message (AA)" },
		{ .name = "answer-if",
		    .argument = "PATH=VALUE:SCRIPT",
		    .read = read_rule,
		    .arg = o,
		    .help =
		        "the same for messages with that text there, as PV1-2=E:AE*3,AA; may be "
		        "repeated" },
		{ .name = "keep",
		    .argument = "FILE",
		    .text = &o->keep,
		    .help = "append a JSON line a message, before it is answered" },
		{ .name = "count",
		    .argument = "N",
		    .number = &o->count,
		    .least = 1,
		    .most = UINT32_MAX,
		    .help = "end when N messages came and their answers are written" },
		{ .name = "quiet",
		    .brief = 'q',
		    .flag = &o->quiet,
		    .help = "print one line a message, not the message" },
	};
	struct ww_option rows[sizeof(own) / sizeof(own[0]) + WW_SECURE_ROWS];

	memcpy(rows, own, sizeof(own));
	ww_secure_rows(&o->tls, rows + sizeof(own) / sizeof(own[0]));
	return ww_options_read(&usage, rows, sizeof(rows) / sizeof(rows[0]), argc, argv, code);
}

/* -- start and end ---------------------------------------------------------------------------------- */

static ww_status
start(struct listener *li, const struct ww_address *where)
{
	struct ww_listen_settings settings = {
		.where = where, .on_frame = on_frame, .on_quiet = on_quiet, .arg = li
	};
	ww_status s = WW_OK;

	if (li->o.keep != NULL && (li->keep = fopen(li->o.keep, "a")) == NULL)
		return ww_fail(&li->cx, WW_E_IO, li->o.keep, "%s", strerror(errno));
	if (ww_secure_given(&li->o.tls))
		s = ww_secure_open(&li->cx, &li->o.tls, true, &li->tls);
	settings.tls = li->tls;
	if (s == WW_OK)
		s = ww_loop_new(&li->cx, &li->loop);
	if (s == WW_OK)
		s = ww_loop_on_stop(li->loop, &li->cx, on_stop, li);
	if (s == WW_OK)
		s = ww_listen_server_open(li->loop, &li->cx, &settings, &li->server);
	if (s == WW_OK)
		s = ww_listening_port_file(
		    &li->cx, li->o.port_file, ww_listen_server_port(li->server));
	return s;
}

static void
stop(struct listener *li)
{
	ww_listen_server_close(li->server);
	ww_tls_close(li->tls);
	if (li->loop != NULL)
		ww_loop_free(li->loop);
	if (li->keep != NULL)
		(void)fclose(li->keep);
	ww_arena_free(li->frame.arena);
	ww_arena_free(li->cx.arena);
}

static int
run(struct listener *li, const struct ww_address *where)
{
	ww_status s =
	    li->cx.arena != NULL && li->frame.arena != NULL ? start(li, where) : WW_E_MEMORY;

	if (s != WW_OK) {
		fprintf(stderr, COMMAND ": %s%s%s\n", li->cx.fail.place,
		    li->cx.fail.place[0] != '\0' ? ": " : "", li->cx.fail.reason);
		return s == WW_E_CONFIG ? WW_EXIT_INPUT : WW_EXIT_ENVIRONMENT;
	}
	ww_log(WW_LOG_INFO, "listen=ready port=%u", ww_listen_server_port(li->server));
	ww_loop_run(li->loop);
	ww_log(WW_LOG_INFO, "listen=ended messages=%" PRIu64, li->messages);
	if (li->broken)
		fprintf(stderr, COMMAND ": %s: cannot be written\n", li->o.keep);
	return li->broken ? WW_EXIT_ENVIRONMENT : WW_EXIT_OK;
}

int
ww_kit_listen(int argc, char **argv)
{
	struct listener li = { .clock = ww_clock_system() };
	struct ww_address where;
	int code;

	(void)ww_listen_script_read(WW_STR("AA"), &li.o.answers);
	if (!read_options(&li.o, &argc, argv, &code))
		return code;
	if (!ww_listening_address(COMMAND, li.o.listen, li.o.anyone, &where))
		return WW_EXIT_USAGE;
	li.cx.arena = ww_arena_new(0);
	li.frame.arena = ww_arena_new(0);
	code = run(&li, &where);
	stop(&li);
	return code;
}
