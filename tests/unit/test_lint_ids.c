/* Control ids given to two messages. */
#include "unit.h"

#include "main/lint_ids.h"

#include <string.h>

static bool
clash(struct ww_lint_ids *ids, const char *a, const char *b, const char *c, const char *message)
{
	const ww_str header[3] = { ww_str_from(a), ww_str_from(b), ww_str_from(c) };

	return ww_lint_ids_clash(ids, header, ww_str_from(message));
}

START_TEST(only_the_same_ids_with_other_bytes_clash)
{
	struct ww_lint_ids ids = { .n = 0 };

	ck_assert(!clash(&ids, "ADT", "MERCY", "1", "one"));
	ck_assert(!clash(&ids, "ADT", "MERCY", "1", "one"));
	ck_assert(!clash(&ids, "ADT", "OTHER", "1", "two"));
	ck_assert(!clash(&ids, "AD", "TMERCY", "1", "two"));
	ck_assert(clash(&ids, "ADT", "MERCY", "1", "two"));
	ck_assert(!clash(&ids, "ADT", "MERCY", "1", "one"));
	ww_lint_ids_free(&ids);
}
END_TEST

START_TEST(remembers_thousands)
{
	struct ww_lint_ids ids = { .n = 0 };
	char id[16];
	int i;

	for (i = 0; i < 5000; i++) {
		(void)snprintf(id, sizeof(id), "%d", i);
		ck_assert(!clash(&ids, "A", "B", id, id));
	}
	for (i = 0; i < 5000; i++) {
		(void)snprintf(id, sizeof(id), "%d", i);
		ck_assert(!clash(&ids, "A", "B", id, id));
		ck_assert(clash(&ids, "A", "B", id, "other"));
	}
	ww_lint_ids_free(&ids);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { only_the_same_ids_with_other_bytes_clash,
		remembers_thousands };

	return unit_main("lint_ids", tests, UNIT_COUNT(tests));
}
