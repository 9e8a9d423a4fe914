/* wardwire-kit send: files of HL7 v2 messages over MLLP, one message at a time, each answer checked. */
#include "base/fs.h"
#include "base/options.h"
#include "codec/ack.h"
#include "codec/hl7v2_split.h"
#include "kit/header.h"
#include "kit/kit.h"
#include "kit/send_report.h"
#include "link/address.h"
#include "link/mllp_out.h"

#include <wardwire/arena.h>
#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SCHEME "mllp://"

struct options {
	const char *to;
	uint64_t timeout, retry; /* seconds, times */
	bool quiet, json;
};

struct sender {
	struct options o;
	ww_str address;
	struct ww_mllp_out *out; /* NULL: not connected */
	struct ww_ctx file;      /* of the file at hand */
	struct ww_ctx cx;        /* of the message at hand */
	struct ww_send_report report;
};

/* -- one message -------------------------------------------------------------------------------------- */

static void
disconnect(struct sender *sd)
{
	ww_mllp_out_close(sd->out);
	sd->out = NULL;
}

/* Sends the message once; *sent when any of it may have left. */
static ww_status
exchange(struct sender *sd, ww_str wire, struct ww_buf *answer, bool *sent)
{
	unsigned ms = (unsigned)(sd->o.timeout * 1000);
	ww_status s = WW_OK;

	if (sd->out == NULL)
		s = ww_mllp_out_open(&sd->cx, sd->address, ms, &sd->out);
	if (s != WW_OK)
		return s;
	*sent = true;
	s = ww_mllp_out_exchange(sd->out, &sd->cx, wire, ms, answer);
	if (s != WW_OK)
		disconnect(sd); /* a late answer must not be taken for the next one's */
	return s;
}

static void
wait_a_second(void)
{
	struct timespec left = { 1, 0 };

	while (nanosleep(&left, &left) != 0 && errno == EINTR)
		;
}

/* Sends until there is an answer or the tries are used up. */
static ww_status
exchange_with_retries(
    struct sender *sd, ww_str wire, uint64_t left, struct ww_buf *answer, bool *sent)
{
	ww_status s;

	for (;;) {
		s = exchange(sd, wire, answer, sent);
		if (s == WW_OK)
			return s;
		fprintf(stderr, "wardwire-kit send: %s%s\n", sd->cx.fail.reason,
		    left > 0 ? "; trying again" : "");
		if (left-- == 0)
			return s;
		sd->cx.fail = (struct ww_failure){ .status = WW_OK };
		ww_buf_clear(answer);
		wait_a_second();
	}
}

/* What the answer makes of the message whose MSH-10 that is, as raw bytes. */
static enum ww_send_end
judge(struct sender *sd, ww_str answer, ww_str control_id, char code[3])
{
	static const enum ww_send_end by_letter[] = {
		['A'] = WW_SEND_AA, ['E'] = WW_SEND_AE, ['R'] = WW_SEND_AR
	};
	bool ours;

	if (!ww_ack_read(&sd->cx, answer, control_id, code, &ours)) {
		code[0] = '\0';
		return WW_SEND_UNFIT;
	}
	/* A message without control id is refused, and the answer then cannot name it. */
	if (!ours && control_id.n > 0)
		return WW_SEND_UNFIT;
	return by_letter[(unsigned char)code[1]];
}

/* Fails when the receiver cannot be reached any more; a bad answer is no failure. */
static ww_status
send_message(struct sender *sd, const char *file, const struct ww_hl7_part *part)
{
	struct ww_send_result one = {
		.file = file, .line = part->line, .end = WW_SEND_NONE, .code = ""
	};
	struct ww_buf wire = { 0 }, answer = { 0 };
	struct ww_header header;
	bool sent = false;
	ww_status s;

	ww_ctx_clear(&sd->cx);
	/* A broken header is sent all the same: how a receiver takes it is worth a test. */
	ww_header_read(&sd->cx, part->text, &header);
	one.event = header.event;
	ww_hl7_split_wire(part->text, &wire);
	s = (ww_status)wire.error;
	if (s == WW_OK)
		s = exchange_with_retries(sd, ww_buf_view(&wire),
		    header.is_acknowledgement ? 0 : sd->o.retry, &answer, &sent);
	one.answer = ww_buf_view(&answer);
	if (s == WW_OK)
		one.end = judge(sd, one.answer, header.control_id, one.code);
	if (one.end == WW_SEND_UNFIT)
		disconnect(sd); /* its answers are out of step with what we send */
	if (sent)
		ww_send_report_add(&sd->report, &sd->cx, &one);
	if (sent && header.is_acknowledgement)
		s = WW_OK; /* those are not answered: the next message has a connection of its own */
	ww_buf_free(&wire);
	ww_buf_free(&answer);
	return s;
}

/* -- files ---------------------------------------------------------------------------------------- */

static void
note(const char *file, const struct ww_hl7_part *part)
{
	fprintf(stderr, "wardwire-kit send: %s:%zu: not sent: %s\n", file, part->line,
	    part->kind == WW_HL7_PART_ENVELOPE ? "a line of the batch protocol"
	                                       : "text outside of any message");
}

/* Sends what a file holds. WW_E_CONNECT and the like when the receiver is gone, WW_E_IO when the file
 * cannot be read. */
static ww_status
send_file(struct sender *sd, const char *file)
{
	struct ww_buf text = { 0 };
	struct ww_hl7_part *parts = NULL;
	size_t n = 0, i;
	ww_status s;

	ww_ctx_clear(&sd->file);
	s = ww_fs_get(&sd->file, file, 0, &text);
	if (s == WW_OK)
		s = ww_hl7_split(&sd->file, ww_buf_view(&text), &parts, &n);
	if (s != WW_OK)
		fprintf(stderr, "wardwire-kit send: %s: %s\n", file, sd->file.fail.reason);
	for (i = 0; i < n && s == WW_OK; i++) {
		if (parts[i].kind == WW_HL7_PART_MESSAGE)
			s = send_message(sd, file, &parts[i]);
		else
			note(file, &parts[i]);
	}
	ww_buf_free(&text);
	return s;
}

/* Before anything is sent: half a test sent is worse than none. */
static bool
are_readable(char **files, int n)
{
	bool good = true;
	int i;

	for (i = 0; i < n; i++)
		if (strcmp(files[i], "-") != 0 && access(files[i], R_OK) != 0) {
			fprintf(stderr, "wardwire-kit send: %s: %s\n", files[i], strerror(errno));
			good = false;
		}
	return good;
}

static int
send_files(struct sender *sd, char **files, int n)
{
	ww_status s = WW_OK;
	int i;

	if (!are_readable(files, n))
		return WW_EXIT_ENVIRONMENT;
	for (i = 0; i < n && s == WW_OK; i++)
		s = send_file(sd, files[i]);
	ww_ctx_clear(&sd->cx);
	ww_send_report_totals(&sd->report, &sd->cx);
	if (s != WW_OK)
		return WW_EXIT_ENVIRONMENT;
	if (ww_send_report_sent(&sd->report) == 0) {
		fprintf(stderr, "wardwire-kit send: there is no HL7 v2 message in it\n");
		return WW_EXIT_INPUT;
	}
	return ww_send_report_good(&sd->report) ? WW_EXIT_OK : WW_EXIT_NO;
}

/* -- the command -------------------------------------------------------------------------------------- */

static bool
read_options(struct options *o, int *argc, char **argv, int *code)
{
	static const struct ww_usage usage = {
		.command = "wardwire-kit send",
		.arguments = "FILE...",
		.summary = "Sends files of HL7 v2 messages over MLLP, one at a time, and checks "
		           "each answer.",
		.notes =
		    "FILE holds one or more messages, each beginning with a line MSH; - is "
		    "standard input. "
		    "Segment ends\nare sent as CR, all else as it is.\n\n"
		    "Ends with 0 when all were accepted, 1 when one was not, 3 when there was "
		    "no message,\n"
		    "4 when there was no connection or no answer. A message that is itself an\n"
		    "acknowledgement is not answered by anybody: the next ones are sent.",
		.least = 1,
		.most = -1,
	};
	const struct ww_option rows[] = {
		{ .name = "to",
		    .argument = SCHEME "HOST:PORT",
		    .required = true,
		    .text = &o->to,
		    .help = "the receiver" },
		{ .name = "timeout",
		    .argument = "SECONDS",
		    .number = &o->timeout,
		    .least = 1,
		    .most = 3600,
		    .help = "wait so long for a connection or an answer (30)" },
		{ .name = "retry",
		    .argument = "N",
		    .number = &o->retry,
		    .least = 0,
		    .most = 1000000,
		    .help = "send again up to N times, a second apart, when no answer came (0)" },
		{ .name = "quiet",
		    .brief = 'q',
		    .flag = &o->quiet,
		    .help = "print the totals only" },
		{ .name = "json", .flag = &o->json, .help = "print one JSON object a line" },
	};

	return ww_options_read(&usage, rows, sizeof(rows) / sizeof(rows[0]), argc, argv, code);
}

static bool
read_address(const char *to, ww_str *address)
{
	struct ww_address taken_apart;
	ww_str text = ww_str_from(to), scheme = WW_STR(SCHEME);

	if (ww_str_starts(text, scheme))
		text = ww_str_sub(text, scheme.n, text.n);
	*address = text;
	if (ww_address_split(text, &taken_apart))
		return true;
	fprintf(stderr, "wardwire-kit send: --to takes " SCHEME "HOST:PORT\n");
	return false;
}

int
ww_kit_send(int argc, char **argv)
{
	struct sender sd = { .o = { .timeout = 30 } };
	int code;

	if (!read_options(&sd.o, &argc, argv, &code))
		return code;
	if (!read_address(sd.o.to, &sd.address))
		return WW_EXIT_USAGE;
	sd.report = (struct ww_send_report){ .quiet = sd.o.quiet, .json = sd.o.json };
	sd.file.arena = ww_arena_new(0);
	sd.cx.arena = ww_arena_new(0);
	if (sd.file.arena != NULL && sd.cx.arena != NULL) {
		setvbuf(stdout, NULL, _IOLBF, 0); /* each line when it is true, also into a pipe */
		code = send_files(&sd, argv + 1, argc - 1);
	} else {
		fprintf(stderr, "wardwire-kit send: short of memory\n");
		code = WW_EXIT_ENVIRONMENT;
	}
	disconnect(&sd);
	ww_arena_free(sd.cx.arena);
	ww_arena_free(sd.file.arena);
	return code;
}
