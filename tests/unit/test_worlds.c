/* Made-up hospitals (wardwire-kit gen) through apply: what the engine ends in is what is true of them, as an oracle finds that
 * shares no code with the engine (tests/tools/oracle.c), in the order of arrival and in any other. WW_WORLDS=N: how many;
 * WW_WORLD=SEED: that one alone, and its files stay in /tmp. */
#include "tests/unit/apply_fixture.h"

#include "kit/gen.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/tmp/wardwire-worlds-XXXXXX";

static void
path_of(const char *name, char *out, size_t size)
{
	snprintf(out, size, "%s/%s", folder, name);
}

static void
write_file(const char *name, ww_str text)
{
	char path[128];
	FILE *f;

	path_of(name, path, sizeof(path));
	f = fopen(path, "w");
	ck_assert(f != NULL);
	ck_assert_uint_eq(fwrite(text.p, 1, text.n, f), text.n);
	ck_assert_int_eq(fclose(f), 0);
}

/* Every third world is a quiet one, and every third a wild one. */
static struct ww_gen_settings
settings(uint64_t seed)
{
	struct ww_gen_settings set = { .seed = seed, .patients = 8, .days = 40 };

	for (unsigned i = 0; i < WW_GEN_NOISES; i++) {
		unsigned usual = ww_gen_noise_usual(i);

		set.share[i] = seed % 3 == 0   ? 0
		               : seed % 3 == 1 ? usual
		               : usual == 0    ? 20
		                               : 4 * usual;
	}
	return set;
}

static int64_t
utc(ww_gen_time wall)
{
	return wall + INT64_C(4) * 3600000; /* New York in these days */
}

static void
tell(struct site *s, const struct ww_gen *g, const struct ww_gen_message *m, int64_t received)
{
	struct ww_buf b = { 0 };

	ww_gen_write_message(g, m, &b);
	if (received <= s->now)
		received = s->now + 1000;
	(void)site_message(s, "mercy", ww_buf_view(&b), received);
	site_apply(s);
	ww_buf_free(&b);
}

static void
start(struct site *s, const struct ww_gen *g)
{
	struct ww_buf roster = { 0 };

	ww_gen_write_roster(g, &roster);
	site_open_empty(s);
	(void)site_engine(s, SITE_KEY);
	(void)site_config(s, SITE_CONFIG_WITH(", adt: {observation: [OBS]}"));
	(void)site_edition(s, ww_buf_view(&roster));
	ww_buf_free(&roster);
}

/* order: which message comes when; NULL: as they arrive. */
static void
play(const struct ww_gen *g, const size_t *order, struct ww_buf *dump)
{
	struct site s;

	start(&s, g);
	for (size_t i = 0; i < g->messages_n; i++) {
		const struct ww_gen_message *m = &g->messages[order != NULL ? order[i] : i];

		if (!m->lost)
			tell(&s, g, m, utc(order != NULL ? g->ends + 864000000 : m->arrives));
	}
	site_dump(&s, &s.ledger, dump);
	site_close(&s);
}

static void
shuffle(size_t *order, size_t n, uint64_t seed)
{
	uint32_t random = (uint32_t)seed * 2654435761u + 1;

	for (size_t i = 0; i < n; i++)
		order[i] = i;
	for (size_t i = n; i-- > 1;) {
		size_t j, t = order[i];

		random ^= random << 13;
		random ^= random >> 17;
		random ^= random << 5;
		j = random % (i + 1);
		order[i] = order[j];
		order[j] = t;
	}
}

/* What the oracle says of the dump, on standard output; true when nothing. */
static bool
agrees(const struct ww_buf *dump, const char *name, const char *option)
{
	char command[600], self[256] = "", *slash;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	ck_assert_int_gt(n, 0);
	slash = strrchr(self, '/');
	ck_assert(slash != NULL);
	*slash = '\0';
	write_file(name, ww_buf_view(dump));
	snprintf(command, sizeof(command), "%s/oracle %s %s/truth %s/roster %s/%s", self, option,
	    folder, folder, folder, name);
	return system(command) == 0;
}

/* False when what came of it is not what is true. */
static bool
check_world(uint64_t seed)
{
	struct ww_gen_settings set = settings(seed);
	struct ww_buf text = { 0 }, dump = { 0 };
	struct ww_gen g;
	size_t *order;
	bool good;

	ck_assert_int_eq(ww_gen_make(&set, &g), WW_OK);
	ww_gen_write_truth(&g, &text);
	write_file("truth", ww_buf_view(&text));
	ww_buf_clear(&text);
	ww_gen_write_roster(&g, &text);
	write_file("roster", ww_buf_view(&text));
	ww_buf_clear(&text);
	ww_gen_write(&g, &text);
	write_file("messages", ww_buf_view(&text));
	play(&g, NULL, &dump);
	good = agrees(&dump, "dump", "");
	if (!good)
		printf("world %llu, in the order of arrival\n", (unsigned long long)seed);
	order = calloc(g.messages_n + 1, sizeof(*order));
	ck_assert(order != NULL);
	shuffle(order, g.messages_n, seed);
	play(&g, order, &dump);
	if (!agrees(&dump, "dump-shuffled", "-l")) {
		printf("world %llu, in another order\n", (unsigned long long)seed);
		good = false;
	}
	fflush(stdout);
	free(order);
	ww_buf_free(&text);
	ww_buf_free(&dump);
	ww_gen_free(&g);
	return good;
}

START_TEST(every_world_ends_as_it_is_true_in_any_order)
{
	const char *worlds = getenv("WW_WORLDS"), *one = getenv("WW_WORLD");
	unsigned long first = one != NULL ? strtoul(one, NULL, 10) : 1;
	unsigned long n = one != NULL ? 1 : worlds != NULL ? strtoul(worlds, NULL, 10) : 30;
	unsigned bad = 0;
	char command[128];

	ck_assert(mkdtemp(folder) != NULL);
	for (unsigned long i = 0; i < n; i++)
		bad += !check_world(first + i);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	if (one == NULL)
		ck_assert_int_eq(system(command), 0);
	else
		printf("%s\n", folder);
	ck_assert_msg(bad == 0, "%u of %lu worlds end otherwise", bad, n);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { every_world_ends_as_it_is_true_in_any_order };

	return unit_main("worlds", tests, UNIT_COUNT(tests));
}
