/* Speed of the HL7 v2 codec on one thread, as ratios to a plain byte loop over the same messages in the same run:
 * what a field separator count costs is what no parser can go below by much. */
#include "codec/ack.h"

#include <wardwire/arena.h>
#include <wardwire/buf.h>
#include <wardwire/hl7v2.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { MESSAGES = 200, ROUNDS = 500, TEXT = 1024 };

static char texts[MESSAGES][TEXT];
static ww_str messages[MESSAGES];

static const char *const paths[] = { "PID-3.1", "PID-5.1", "PV1-2", "PV1-3", "PV1-19", "PV1-44",
	"DG1-3" };

static double
seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
make_messages(void)
{
	for (int i = 0; i < MESSAGES; i++) {
		int n = snprintf(texts[i], TEXT,
		    "MSH|^~\\&|ADT|MERCY|WARDWIRE|PAYER|20260302%04d00-0500||ADT^A01^ADT_A01|B%05d|"
		    "P|2.5.1\r"
		    "EVN|A01|20260302%04d00-0500\r"
		    "PID|1||MR%05d^^^MERCY^MR~M%d^^^ACME^MB||ALDER^ANNE^Q||1952%04d|F|||1 MAIN "
		    "ST^^TOWN^NY^10001\r"
		    "PV1|1|I|4W^401^1^MERCY|E|||1234567893^DOC^D|||MED||||7|||||V%05d^^^MERCY||||||"
		    "||||||||||||||||||"
		    "|20260302%04d00-0500\r"
		    "DG1|1||I50.23^HEART FAILURE^I10|||A\rDG1|2||E11.22^DIABETES^I10|||A\r"
		    "IN1|1|PPO|ACME||||||||||||||SEL||||||||||||||||||||||||||||||||M%d\r",
		    i % 2400, i, i % 2400, i, i, 101 + i % 900, i, i % 2400, i);

		messages[i] = ww_str_of(texts[i], (size_t)n);
	}
}

/* Counts separators: the floor. */
static size_t
byte_loop(struct ww_ctx *cx, ww_str m)
{
	size_t n = 0;

	(void)cx;
	for (size_t i = 0; i < m.n; i++)
		n += m.p[i] == '|' || m.p[i] == '\r' || m.p[i] == '^' || m.p[i] == '~';
	return n;
}

static size_t
parse_and_read(struct ww_ctx *cx, ww_str raw)
{
	struct ww_hl7 *m;
	size_t n = 0;

	ww_ctx_clear(cx);
	if (ww_hl7_parse(cx, raw, &m) != WW_OK)
		return 0;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		n += ww_hl7_at(cx, m, paths[i]).n;
	return n;
}

static size_t
accept_and_answer(struct ww_ctx *cx, ww_str raw)
{
	static struct ww_buf answer;
	struct ww_ack ack = { .code = "AA", .now = 1772000000000, .number = 1 };
	struct ww_hl7 *m;

	ww_ctx_clear(cx);
	ww_buf_clear(&answer);
	if (ww_hl7_accept(cx, raw, NULL, &m) != WW_OK)
		return 0;
	ww_ack_write(cx, m, &ack, &answer);
	return ww_buf_view(&answer).n;
}

static double
rate(struct ww_ctx *cx, size_t (*work)(struct ww_ctx *cx, ww_str m), size_t *sum)
{
	double start = seconds();

	*sum = 0;
	for (int r = 0; r < ROUNDS; r++) {
		for (int i = 0; i < MESSAGES; i++)
			*sum += work(cx, messages[i]);
	}
	return (double)MESSAGES * ROUNDS / (seconds() - start);
}

int
main(void)
{
	static const struct {
		const char *name;
		size_t (*work)(struct ww_ctx *cx, ww_str m);
	} rows[] = { { "byte loop", byte_loop }, { "parse, 7 fields", parse_and_read },
		{ "accept, acknowledge", accept_and_answer } };
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	double floor = 0;

	if (cx.arena == NULL)
		return 1;
	make_messages();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t sum;
		double r = rate(&cx, rows[i].work, &sum);

		if (i == 0)
			floor = r;
		(void)printf("hl7v2 %-20s %10.0f msg/s  ratio %.2f  (check %zu)\n", rows[i].name, r,
		    r / floor, sum);
	}
	ww_arena_free(cx.arena);
	return 0;
}
