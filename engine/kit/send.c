/* wardwire-kit send: files of HL7 v2 messages over MLLP, each answer checked; one connection sends one message at a
 * time. */
#include "base/crypto.h"
#include "base/options.h"
#include "codec/hl7v2_batch.h"
#include "codec/hl7v2_split.h"
#include "kit/header.h"
#include "kit/kit.h"
#include "kit/progress.h"
#include "kit/secure.h"
#include "kit/send_conn.h"
#include "kit/send_ids.h"
#include "kit/send_report.h"
#include "kit/send_source.h"
#include "link/address.h"
#include "link/tls.h"

#include <wardwire/arena.h>
#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define COMMAND "wardwire-kit send"

enum { CONNECTIONS_MOST = 256, RANDOM = 5 };

struct options {
	const char *to;
	uint64_t timeout, retry; /* seconds, times */
	uint64_t rate;           /* messages a second; 0: as fast as it goes */
	uint64_t connections, repeat, count;
	bool fresh_ids, whole, quiet, json;
	struct ww_secure tls;
	const char *name; /* TLS: of the receiver; NULL: HOST */
};

/* What all connections share. */
struct job {
	struct options o;
	ww_str address;
	bool secure;        /* TLS */
	struct ww_tls *tls; /* NULL: plain */
	const struct ww_send_source *source;
	uint64_t total; /* frames to send */
	uint64_t began; /* us */
	char ids[8];    /* what control ids of this run begin with */

	pthread_mutex_t lock; /* of what follows, and of standard output */
	uint64_t next, done;  /* frames begun, and ended */
	bool gone;            /* the receiver cannot be reached any more */
	struct ww_send_report report;
	struct ww_progress progress;
};

/* One connection and its thread. */
struct sender {
	struct job *job;
	struct ww_send_conn conn;
	struct ww_ctx cx; /* of the frame at hand */
	pthread_t thread;
};

static volatile sig_atomic_t interrupted;

/* -- one frame ------------------------------------------------------------------------------------------ */

/* Tells what became of one message; several threads do. */
static void
tell(struct sender *sd, const struct ww_send_result *one)
{
	struct job *j = sd->job;

	(void)pthread_mutex_lock(&j->lock);
	if (!j->report.quiet)
		ww_progress_hide(&j->progress);
	ww_send_report_add(&j->report, &sd->cx, one);
	(void)pthread_mutex_unlock(&j->lock);
}

/* The result of one message of a frame, by the answer to that. */
static enum ww_send_end
judge(struct sender *sd, const struct ww_send_item *item, const struct ww_header *h, size_t line,
    ww_str answer, uint64_t us)
{
	struct ww_send_result one = { .file = item->file,
		.line = item->line + line,
		.event = h->event,
		.end = WW_SEND_NONE,
		.code = "",
		.answer = answer,
		.us = us };

	if (answer.n > 0)
		one.end = ww_send_conn_judge(&sd->cx, answer, h->control_id, one.code, &one.answer);
	tell(sd, &one);
	return one.end;
}

/* The results of all messages of a frame; of one that has none, one. */
static enum ww_send_end
judge_all(struct sender *sd, const struct ww_send_item *item, ww_str answer, uint64_t us)
{
	enum ww_send_end worst = WW_SEND_AA, end;
	struct ww_hl7_batch b;
	struct ww_hl7_item part;
	struct ww_header h = { .event = ww_str_empty(), .control_id = ww_str_empty() };

	ww_hl7_batch_begin(&b, item->text, true);
	while (ww_hl7_batch_next(&b, &part)) {
		if (part.kind != WW_HL7_ITEM_MESSAGE)
			continue;
		ww_header_read(&sd->cx, part.text, &h);
		end = judge(sd, item, &h, part.line - 1, answer, us);
		worst = end > worst ? end : worst;
	}
	return b.messages > 0 ? worst : judge(sd, item, &h, 0, answer, us);
}

/* The bytes of frame number i, with a control id of its own where that is wanted. */
static void
write_wire(struct sender *sd, const struct ww_send_item *item, uint64_t i, struct ww_buf *wire)
{
	struct ww_buf plain = { 0 };

	if (!sd->job->o.fresh_ids) {
		ww_hl7_split_wire(item->text, wire);
		return;
	}
	ww_hl7_split_wire(item->text, &plain);
	ww_send_ids_put(ww_buf_view(&plain),
	    ww_arena_printf(sd->cx.arena, "%s-%" PRIu64, sd->job->ids, i + 1), wire);
	ww_buf_free(&plain);
}

/* Sends frame number i. Fails when the receiver cannot be reached any more; a bad answer is no failure. */
static ww_status
send_frame(struct sender *sd, uint64_t i)
{
	struct job *j = sd->job;
	const struct ww_send_item *item =
	    ww_send_source_item(j->source, (size_t)(i % ww_send_source_count(j->source)));
	struct ww_buf wire = { 0 }, answer = { 0 };
	enum ww_send_end end = WW_SEND_NONE;
	struct ww_header header;
	bool sent = false;
	uint64_t us = 0;
	ww_status s;

	ww_ctx_clear(&sd->cx);
	write_wire(sd, item, i, &wire);
	/* A broken header is sent all the same: how a receiver takes it is worth a test. */
	ww_header_read(&sd->cx, ww_buf_view(&wire), &header);
	s = (ww_status)wire.error;
	if (s == WW_OK)
		s = ww_send_conn_exchange(&sd->conn, &sd->cx, ww_buf_view(&wire), header.control_id,
		    header.is_acknowledgement ? 0 : j->o.retry, &answer, &sent, &us);
	if (sent)
		end = j->o.whole ? judge_all(sd, item, ww_buf_view(&answer), us)
		                 : judge(sd, item, &header, 0, ww_buf_view(&answer), us);
	if (end == WW_SEND_UNFIT)
		ww_send_conn_close(&sd->conn); /* its answers are out of step with what we send */
	if (sent && header.is_acknowledgement)
		s = WW_OK; /* those are not answered: the next message has a connection of its own */
	ww_buf_free(&wire);
	ww_buf_free(&answer);
	return s;
}

/* -- the frames, one after the other ------------------------------------------------------------------- */

/* Waits until frame number i is due. */
static void
keep_pace(const struct job *j, uint64_t i)
{
	const uint64_t look = 50000; /* us: how long an interrupt may wait */
	uint64_t due, now;

	if (j->o.rate == 0)
		return;
	due = j->began + i * 1000000 / j->o.rate;
	while (!interrupted && (now = ww_send_conn_clock()) < due) {
		const struct timespec wait = { 0,
			(long)(due - now < look ? due - now : look) * 1000 };

		(void)nanosleep(&wait, NULL);
	}
}

/* The number of the next frame; false when there is none. */
static bool
take(struct job *j, uint64_t *i)
{
	bool more;

	(void)pthread_mutex_lock(&j->lock);
	more = !j->gone && !interrupted && j->next < j->total;
	if (more)
		*i = j->next++;
	(void)pthread_mutex_unlock(&j->lock);
	if (more)
		keep_pace(j, *i);
	return more && !interrupted;
}

static void
note_end(struct job *j, ww_status s)
{
	(void)pthread_mutex_lock(&j->lock);
	j->done++;
	j->gone = j->gone || s != WW_OK;
	ww_progress_show(&j->progress, j->done, ww_send_conn_clock());
	(void)pthread_mutex_unlock(&j->lock);
}

static void *
run_sender(void *arg)
{
	struct sender *sd = arg;
	uint64_t i;

	while (take(sd->job, &i))
		note_end(sd->job, send_frame(sd, i));
	return NULL;
}

/* The first connection is the calling thread's. */
static ww_status
run_senders(struct job *j, struct ww_ctx *cx, struct sender *sd, size_t n)
{
	ww_status s = WW_OK;
	size_t i, started = 1;

	for (i = 0; i < n && s == WW_OK; i++) {
		sd[i] = (struct sender){ .job = j,
			.conn = { .address = j->address,
			    .timeout = (unsigned)(j->o.timeout * 1000),
			    .interrupted = &interrupted,
			    .tls = j->tls,
			    .name = j->o.name },
			.cx = { .arena = ww_arena_new(0) } };
		if (sd[i].cx.arena == NULL)
			s = ww_fail_memory(cx);
	}
	for (; started < n && s == WW_OK; started++)
		if (pthread_create(&sd[started].thread, NULL, run_sender, &sd[started]) != 0) {
			s = ww_fail(cx, WW_E_MEMORY, NULL, "no more than %zu connections", started);
			j->gone = true;
			break;
		}
	if (s == WW_OK)
		(void)run_sender(&sd[0]);
	while (started > 1)
		(void)pthread_join(sd[--started].thread, NULL);
	while (i > 0) {
		ww_send_conn_close(&sd[--i].conn);
		ww_arena_free(sd[i].cx.arena);
	}
	return s;
}

/* -- the command -------------------------------------------------------------------------------------- */

static void
on_interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

/* What was sent until then is told all the same. A second one ends it at once. */
static void
catch_interrupts(void)
{
	static const int signals[] = { SIGINT, SIGTERM };
	struct sigaction sa;
	size_t i;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_interrupt;
	sa.sa_flags = (int)SA_RESETHAND;
	(void)sigemptyset(&sa.sa_mask);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		(void)sigaction(signals[i], &sa, NULL);
	sa.sa_handler = SIG_IGN;
	(void)sigaction(SIGPIPE, &sa, NULL);
}

/* How it went, as an exit status. */
static int
conclude(struct job *j, struct ww_ctx *cx)
{
	ww_progress_hide(&j->progress);
	ww_send_report_totals(&j->report, cx, ww_send_conn_clock() - j->began);
	if (interrupted && j->done < j->total)
		fprintf(stderr, COMMAND ": interrupted: %" PRIu64 " of %" PRIu64 " not sent\n",
		    j->total - j->done, j->total);
	if (j->gone)
		return WW_EXIT_ENVIRONMENT;
	return ww_send_report_good(&j->report) && j->done == j->total ? WW_EXIT_OK : WW_EXIT_NO;
}

static int
send_all(struct job *j, struct ww_ctx *cx)
{
	static struct sender senders[CONNECTIONS_MOST];
	uint8_t random[RANDOM];
	ww_status s;

	j->total = j->o.count > 0 ? j->o.count : j->o.repeat * ww_send_source_count(j->source);
	j->report = (struct ww_send_report){ .quiet = j->o.quiet, .json = j->o.json };
	j->progress = (struct ww_progress){ .command = COMMAND,
		.terminal = isatty(STDERR_FILENO) == 1,
		.lines = j->o.quiet,
		.total = j->total };
	ww_random(random, sizeof(random));
	ww_base32(random, sizeof(random), j->ids, RANDOM);
	j->ids[RANDOM] = '\0';
	(void)pthread_mutex_init(&j->lock, NULL);
	catch_interrupts();
	j->progress.began = j->began = ww_send_conn_clock();
	s = run_senders(j, cx, senders, (size_t)j->o.connections);
	(void)pthread_mutex_destroy(&j->lock);
	if (s == WW_OK)
		return conclude(j, cx);
	fprintf(stderr, COMMAND ": %s\n", cx->fail.reason);
	return WW_EXIT_ENVIRONMENT;
}

static int
open_and_send(struct job *j, char **files, size_t n)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_send_source *source = NULL;
	ww_status s = cx.arena != NULL ? ww_send_source_open(&cx, files, n, j->o.whole, &source)
	                               : ww_fail(&cx, WW_E_MEMORY, NULL, "short of memory");
	int code;

	if (s == WW_OK && j->secure)
		s = ww_secure_open(&cx, &j->o.tls, false, &j->tls);
	if (s == WW_OK) {
		j->source = source;
		setvbuf(stdout, NULL, _IOLBF, 0); /* each line when it is true, also into a pipe */
		code = send_all(j, &cx);
	} else {
		fprintf(stderr, COMMAND ": %s%s%s\n", cx.fail.place,
		    cx.fail.place[0] != '\0' ? ": " : "", cx.fail.reason);
		code = s == WW_E_NOT_HL7 || s == WW_E_CONFIG ? WW_EXIT_INPUT : WW_EXIT_ENVIRONMENT;
	}
	ww_send_source_close(source);
	ww_tls_close(j->tls);
	ww_arena_free(cx.arena);
	return code;
}

static bool
read_options(struct options *o, int *argc, char **argv, int *code)
{
	static const struct ww_usage usage = {
		.command = COMMAND,
		.arguments = "FILE...",
		.summary = "Sends files of HL7 v2 messages over MLLP and checks each answer.",
		.notes =
		    "FILE holds one or more messages, each beginning with a line MSH; - is "
		    "standard input. "
		    "Segment ends\nare sent as CR, all else as it is. Each connection sends one "
		    "message at a time; with several of\nthem messages do not arrive in the order "
		    "of the files.\n\n"
		    "Ends with 0 when all were accepted, 1 when one was not or it was interrupted, "
		    "3 when there was\nno message, 4 when there was no connection or no answer. A "
		    "message that is itself an\nacknowledgement is not answered by anybody: the "
		    "next ones are sent.",
		.least = 1,
		.most = -1,
	};
	const struct ww_option own[] = {
		{ .name = "to",
		    .argument = "mllp[s]://HOST:PORT",
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
		{ .name = "rate",
		    .argument = "N",
		    .number = &o->rate,
		    .least = 1,
		    .most = 1000000,
		    .help = "N messages a second over all connections (as fast as they are "
		            "answered)" },
		{ .name = "connections",
		    .argument = "N",
		    .number = &o->connections,
		    .least = 1,
		    .most = CONNECTIONS_MOST,
		    .help = "connections at the same time (1)" },
		{ .name = "repeat",
		    .argument = "N",
		    .number = &o->repeat,
		    .least = 1,
		    .most = UINT32_MAX,
		    .help = "send all of it N times (1)" },
		{ .name = "count",
		    .argument = "N",
		    .number = &o->count,
		    .least = 1,
		    .most = UINT32_MAX,
		    .help = "send N messages, beginning anew after the last one" },
		{ .name = "fresh-ids",
		    .flag = &o->fresh_ids,
		    .help = "give each message an MSH-10 that none had before" },
		{ .name = "whole",
		    .flag = &o->whole,
		    .help = "send each file as one frame, as a batch is" },
		{ .name = "quiet",
		    .brief = 'q',
		    .flag = &o->quiet,
		    .help = "print the totals only" },
		{ .name = "json", .flag = &o->json, .help = "print one JSON object a line" },
		{ .name = "name",
		    .argument = "NAME",
		    .text = &o->name,
		    .help = "TLS: what the receiver's certificate must be for (HOST)" },
	};
	struct ww_option rows[sizeof(own) / sizeof(own[0]) + WW_SECURE_ROWS];

	memcpy(rows, own, sizeof(own));
	ww_secure_rows(&o->tls, rows + sizeof(own) / sizeof(own[0]));
	return ww_options_read(&usage, rows, sizeof(rows) / sizeof(rows[0]), argc, argv, code);
}

static bool
complain(const char *what)
{
	fprintf(stderr, COMMAND ": %s\n", what);
	return false;
}

/* Also where no scheme is given: that is plain MLLP. */
static void
read_scheme(struct job *j)
{
	static const struct {
		ww_str scheme;
		bool secure;
	} schemes[] = {
		{ WW_STR_INIT("mllps://"), true },
		{ WW_STR_INIT("mllp://"), false },
		{ WW_STR_INIT(""), false },
	};
	ww_str to = ww_str_from(j->o.to);
	size_t i;

	for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (ww_str_starts(to, schemes[i].scheme)) {
			j->secure = schemes[i].secure;
			j->address = ww_str_sub(to, schemes[i].scheme.n, to.n);
			return;
		}
}

/* Options that do not go together, and the address. */
static bool
is_possible(struct job *j)
{
	struct ww_address taken_apart;

	read_scheme(j);
	if (!ww_address_split(j->address, &taken_apart))
		return complain("--to takes mllp://HOST:PORT, or mllps://HOST:PORT for TLS");
	if (!j->secure && (ww_secure_given(&j->o.tls) || j->o.name != NULL))
		return complain("--ca, --cert, --key and --name are for mllps://");
	if (j->o.count > 0 && j->o.repeat > 1)
		return complain("--count and --repeat do not go together");
	if (j->o.fresh_ids && j->o.whole)
		return complain("--fresh-ids and --whole do not go together");
	return true;
}

int
ww_kit_send(int argc, char **argv)
{
	struct job j = { .o = { .timeout = 30, .connections = 1, .repeat = 1 } };
	int code;

	if (!read_options(&j.o, &argc, argv, &code))
		return code;
	if (!is_possible(&j))
		return WW_EXIT_USAGE;
	return open_and_send(&j, argv + 1, (size_t)argc - 1);
}
