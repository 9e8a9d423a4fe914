/* The generator of made-up hospitals: what it promises of seeds and of noise. That its truth is true is tested with the engine
 * (test_worlds.c). */
#include "tests/unit/unit.h"

#include "kit/gen.h"

#include <wardwire/buf.h>

#include <string.h>

static struct ww_gen_settings
quiet(uint64_t seed, unsigned patients)
{
	return (struct ww_gen_settings){ .seed = seed, .patients = patients, .days = 60 };
}

/* Messages, roster and truth of it. */
static void
write_all(const struct ww_gen_settings *set, struct ww_buf *out)
{
	struct ww_gen g;

	ww_buf_clear(out);
	ck_assert_int_eq(ww_gen_make(set, &g), WW_OK);
	ww_gen_write(&g, out);
	ww_gen_write_roster(&g, out);
	ww_gen_write_truth(&g, out);
	ck_assert_int_eq(out->error, WW_OK);
	ww_gen_free(&g);
}

START_TEST(one_seed_gives_the_same_bytes_and_another_gives_others)
{
	struct ww_gen_settings set = quiet(7, 30);
	struct ww_buf one = { 0 }, two = { 0 };

	for (unsigned i = 0; i < WW_GEN_NOISES; i++)
		set.share[i] = 10;
	write_all(&set, &one);
	write_all(&set, &two);
	ck_assert(ww_str_eq(ww_buf_view(&one), ww_buf_view(&two)));
	set.seed = 8;
	write_all(&set, &two);
	ck_assert(!ww_str_eq(ww_buf_view(&one), ww_buf_view(&two)));
	ww_buf_free(&one);
	ww_buf_free(&two);
}
END_TEST

static size_t
count(const struct ww_gen *g, const char *trigger)
{
	size_t n = 0;

	for (size_t i = 0; i < g->messages_n; i++)
		n += strcmp(g->messages[i].trigger, trigger) == 0;
	return n;
}

START_TEST(a_big_hospital_sends_every_event_it_can)
{
	static const char *const triggers[] = { "A01", "A02", "A03", "A04", "A05", "A06", "A07",
		"A08", "A11", "A12", "A13", "A14", "A16", "A21", "A22", "A25", "A27", "A28", "A31",
		"A34", "A38", "A40", "A42", "A45", "A50", "A52", "A53", "A54", "A60" };
	struct ww_gen_settings set = quiet(1, 2000);
	struct ww_gen g;

	ck_assert_int_eq(ww_gen_make(&set, &g), WW_OK);
	for (size_t i = 0; i < UNIT_COUNT(triggers); i++)
		ck_assert_msg(count(&g, triggers[i]) > 0, "no %s", triggers[i]);
	ck_assert_uint_gt(g.persons_n, 2000); /* children were born */
	ww_gen_free(&g);
}
END_TEST

/* What a kind of noise does, as a number that is 0 without it. */
static size_t
copies(const struct ww_gen *g)
{
	size_t n = 0;

	for (size_t i = 1; i < g->messages_n; i++) {
		for (size_t k = 0; k < i; k++)
			n += g->messages[i].control == g->messages[k].control;
	}
	return n;
}

static size_t
sent_again(const struct ww_gen *g)
{
	size_t n = 0;

	for (size_t i = 0; i < g->messages_n; i++)
		n += g->messages[i].sent - g->messages[i].at >= 60000;
	return n;
}

static size_t
delayed(const struct ww_gen *g)
{
	size_t n = 0;

	for (size_t i = 0; i < g->messages_n; i++)
		n += g->messages[i].arrives > g->messages[i].sent;
	return n;
}

static size_t
lost(const struct ww_gen *g)
{
	size_t n = 0;

	for (size_t i = 0; i < g->messages_n; i++)
		n += g->messages[i].lost;
	return n;
}

/* Discharges of visits beyond the first that nothing cancelled. */
static size_t
corrected(const struct ww_gen *g)
{
	size_t said = count(g, "A03"), happened = 0;

	for (size_t i = 0; i < g->visits_n; i++)
		happened += g->visits[i].discharges;
	return said - happened;
}

static size_t
numbers_used_twice(const struct ww_gen *g)
{
	size_t n = 0;

	for (size_t i = 1; i < g->visits_n; i++) {
		for (size_t k = 0; k < i; k++)
			n += strcmp(g->visits[i].number, g->visits[k].number) == 0;
	}
	return n;
}

static size_t
formats(const struct ww_gen *g)
{
	size_t n = 0;

	for (size_t i = 0; i < g->messages_n; i++)
		n += g->messages[i].format != 0;
	return n;
}

START_TEST(each_noise_does_what_it_is_for_and_nothing_does_without_it)
{
	static size_t (*const effect[WW_GEN_NOISES])(const struct ww_gen *g) = {
		[WW_GEN_DUPLICATE] = copies,
		[WW_GEN_RESEND] = sent_again,
		[WW_GEN_REORDER] = delayed,
		[WW_GEN_LATE] = delayed,
		[WW_GEN_LOSE] = lost,
		[WW_GEN_CORRECT] = corrected,
		[WW_GEN_REUSE] = numbers_used_twice,
		[WW_GEN_DELIMITERS] = formats,
		[WW_GEN_LINES] = formats,
		[WW_GEN_VERSIONS] = formats,
	};

	for (unsigned i = 0; i < WW_GEN_NOISES; i++) {
		struct ww_gen_settings set = quiet(3, 100);
		struct ww_gen g;

		ck_assert_int_eq(ww_gen_make(&set, &g), WW_OK);
		ck_assert_msg(effect[i](&g) == 0, "%s without it", ww_gen_noise_name(i));
		ww_gen_free(&g);
		set.share[i] = 40;
		ck_assert_int_eq(ww_gen_make(&set, &g), WW_OK);
		ck_assert_msg(effect[i](&g) > 0, "no %s", ww_gen_noise_name(i));
		ww_gen_free(&g);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { one_seed_gives_the_same_bytes_and_another_gives_others,
		a_big_hospital_sends_every_event_it_can,
		each_noise_does_what_it_is_for_and_nothing_does_without_it };

	return unit_main("gen", tests, UNIT_COUNT(tests));
}
