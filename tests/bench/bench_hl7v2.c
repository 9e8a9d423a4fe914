/* Speed of the HL7 v2 codec on one thread, beside a bare memchr scan that takes the same fields out of the same
 * messages, in turns within one run:
 *
 *	bench_hl7v2            measures
 *	bench_hl7v2 messages   prints the messages, each on a line (it ends with LF, a segment with CR)
 *
 * Processor time is what counts, and of each row the best of its turns, as others use the machine too. */
#include "codec/ack.h"

#include <wardwire/arena.h>
#include <wardwire/buf.h>
#include <wardwire/hl7v2.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { MESSAGES = 200, ROUNDS = 100, TURNS = 15, TEXT = 1400 };

static char texts[MESSAGES][TEXT];
static ww_str messages[MESSAGES];

/* Of DG1 every segment is read. */
static const char *const paths[] = { "PID-3.1", "PID-5.1", "PV1-2", "PV1-3", "PV1-19", "PV1-44",
	"DG1-3" };
static struct ww_hl7_path compiled[COUNT(paths)];

/* 1 KiB, as hospitals send it. */
static void
make_messages(void)
{
	for (int i = 0; i < MESSAGES; i++) {
		int n = snprintf(texts[i], TEXT,
		    "MSH|^~\\&|ADT|MERCY|WARDWIRE|PAYER|20260302%04d00-0500||ADT^A01^ADT_A01|B%05d|"
		    "P|2.5.1|||AL|NE|USA|ASCII\r"
		    "EVN|A01|20260302%04d00-0500|||9981^CLERK^CARLA^^^^^^MERCY|20260302%04d\r"
		    "PID|1||MR%05d^^^MERCY^MR~M%d^^^ACME^MB||ALDER^ANNE^Q^^MRS^^L||1952%04d|F||"
		    "2106-3|"
		    "1 MAIN ST^APT %d^TOWN^NY^10001^USA^H||5551230000^PRN^PH~5551230001^PRN^CP|"
		    "5551230002|ENG|M|CHR|A%05d^^^MERCY^AN|||||||||||N\r"
		    "PD1|||MERCY PRIMARY CARE^^4711|1234567893^DOC^DORA^^^^MD\r"
		    "NK1|1|ALDER^ARTHUR|SPO|1 MAIN ST^^TOWN^NY^10001|5551230003||EC\r"
		    "PV1|1|I|4W^401^1^MERCY^^^^4|E|||1234567893^DOC^DORA^^^^MD|2345678903^REF^RUTH|"
		    "|MED||||7|||1234567893^DOC^DORA|IP|V%05d^^^MERCY^VN|SELF|||||||||||||||||||"
		    "MERCY"
		    "||||20260302%04d00-0500\r"
		    "PV2|||^SHORTNESS OF BREATH|||||||3\r"
		    "OBX|1|NM|8302-2^BODY HEIGHT^LN||165|cm|||||F\r"
		    "OBX|2|NM|29463-7^BODY WEIGHT^LN||%d|kg|||||F\r"
		    "DG1|1|I10|I50.23^ACUTE ON CHRONIC SYSTOLIC HEART FAILURE^I10||20260302|A\r"
		    "DG1|2|I10|E11.22^TYPE 2 DIABETES WITH KIDNEY DISEASE^I10||20260302|A\r"
		    "DG1|3|I10|N18.3^CHRONIC KIDNEY DISEASE, STAGE 3^I10||20260302|W\r",
		    i % 2400, i, i % 2400, i % 2400, i, i, 101 + i % 900, i, i, i, i % 2400,
		    50 + i % 60);

		if (n < 0 || n >= TEXT)
			exit(1);
		messages[i] = ww_str_of(texts[i], (size_t)n);
	}
}

/* -- what is measured -------------------------------------------------------------------------------- */

/* The bytes before the next c, which is passed over. */
static ww_str
cut(ww_str *s, char c)
{
	const char *at = memchr(s->p, c, s->n);
	ww_str before = { s->p, at != NULL ? (size_t)(at - s->p) : s->n };
	size_t taken = before.n + (at != NULL);

	s->p += taken;
	s->n -= taken;
	return before;
}

static const struct {
	char id[4];
	size_t fields[5]; /* ascending, 0 behind the last */
} wanted[] = { { "PID", { 3, 5 } }, { "PV1", { 2, 3, 19, 44 } }, { "DG1", { 3 } } };

/* First components by memchr, from the first byte to the last: nothing is checked, kept or decoded. */
static size_t
scan(struct ww_ctx *cx, ww_str m)
{
	size_t sum = 0;

	(void)cx;
	while (m.n > 0) {
		ww_str segment = cut(&m, '\r');

		for (size_t i = 0; i < COUNT(wanted); i++) {
			if (segment.n < 3 || memcmp(segment.p, wanted[i].id, 3) != 0)
				continue;
			for (size_t f = 0, k = 0; wanted[i].fields[k] != 0; f++) {
				ww_str field = cut(&segment, '|');

				if (f == wanted[i].fields[k]) {
					sum += cut(&field, '^').n;
					k++;
				}
			}
			break;
		}
	}
	return sum;
}

static size_t
parse_and_read(struct ww_ctx *cx, ww_str raw)
{
	struct ww_hl7 *m;
	size_t sum = 0, n;

	ww_ctx_clear(cx);
	if (ww_hl7_parse(cx, raw, &m) != WW_OK)
		return 0;
	for (size_t i = 0; i < COUNT(paths); i++) {
		struct ww_hl7_path p = compiled[i];
		ww_str text;

		for (n = 1; ww_hl7_text(cx, m, &p, &text) != WW_HL7_ABSENT; n++) {
			sum += text.n;
			if (memcmp(p.segment, "DG1", 3) != 0)
				break;
			p.n = (uint16_t)(n + 1);
		}
	}
	return sum;
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

/* -- measuring --------------------------------------------------------------------------------------- */

static double
seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct row {
	const char *name;
	size_t (*work)(struct ww_ctx *cx, ww_str m);
	double best; /* messages a second */
	size_t sum;
};

static void
take_turn(struct ww_ctx *cx, struct row *r)
{
	double start = seconds(), rate;
	size_t sum = 0;

	for (int round = 0; round < ROUNDS; round++)
		for (int i = 0; i < MESSAGES; i++)
			sum += r->work(cx, messages[i]);
	rate = (double)MESSAGES * ROUNDS / (seconds() - start);
	if (rate > r->best)
		r->best = rate;
	r->sum = sum / ROUNDS;
}

static int
measure(struct ww_ctx *cx)
{
	struct row rows[] = { { .name = "memchr scan, 9 fields", .work = scan },
		{ .name = "parse and decode, the same", .work = parse_and_read },
		{ .name = "accept and acknowledge", .work = accept_and_answer } };
	size_t bytes = 0;

	for (int i = 0; i < MESSAGES; i++)
		bytes += messages[i].n;
	for (int turn = 0; turn < TURNS; turn++)
		for (size_t i = 0; i < COUNT(rows); i++)
			take_turn(cx, &rows[i]);
	for (size_t i = 0; i < COUNT(rows); i++)
		(void)printf("hl7v2 %-27s %9.0f msg/s  ratio %.2f  (sum %zu)\n", rows[i].name,
		    rows[i].best, rows[i].best / rows[0].best, rows[i].sum);
	(void)printf("hl7v2 messages of %zu bytes\n", bytes / MESSAGES);
	if (rows[0].sum == rows[1].sum)
		return 0;
	(void)printf("hl7v2: the sums of what was read differ\n");
	return 1;
}

int
main(int argc, char **argv)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	int code = 0;

	if (cx.arena == NULL)
		return 1;
	make_messages();
	for (size_t i = 0; i < COUNT(paths); i++)
		if (ww_hl7_path(&cx, ww_str_from(paths[i]), &compiled[i]) != WW_OK)
			return 1;
	if (argc > 1 && strcmp(argv[1], "messages") == 0)
		for (int i = 0; i < MESSAGES; i++)
			(void)printf("%.*s\n", WW_STR_FMT(messages[i]));
	else
		code = measure(&cx);
	ww_arena_free(cx.arena);
	return code;
}
