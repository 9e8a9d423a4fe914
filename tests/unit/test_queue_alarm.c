/* The alarm about a long outbox: once when it is long, once when it is well again. Times are given. */
#include "tests/unit/ledgers.h"

#include "main/queue_alarm.h"

#include <string.h>

static FILE *said;

/* The lines so far, each from "queue" on. */
static void
lines_are(const char *want)
{
	char got[512] = "", line[256];

	rewind(said);
	while (fgets(line, sizeof(line), said) != NULL) {
		const char *queue = strstr(line, "queue=");

		ck_assert_ptr_nonnull(queue);
		strncat(got, queue, sizeof(got) - strlen(got) - 1);
	}
	ck_assert_str_eq(got, want);
}

static void
put_notices(struct bench *b, ww_id first, ww_id last, enum ww_outbox_state state)
{
	struct ww_outbox o;

	bench_ok(b, ww_ledger_begin(&b->l, &b->cx));
	for (ww_id id = first; id <= last; id++) {
		ww_row_init(&ww_entity_outbox, &o);
		o.id = id;
		o.state = state;
		bench_ok(b, ww_put(&b->l, &b->cx, outbox, &o));
	}
	bench_ok(b, ww_ledger_commit(&b->l, &b->cx));
}

START_TEST(says_once_that_the_queue_is_long_and_once_that_it_is_well)
{
	struct ww_queue_alarm a = { .level = 10 };
	struct bench b;

	said = tmpfile();
	ck_assert_ptr_nonnull(said);
	ck_assert_int_ge(dup2(fileno(said), STDERR_FILENO), 0);
	bench_open(&b);
	bench_ok(&b, ww_ledger_memory(&b.cx, &b.l));
	a.view = &b.l;
	put_notices(&b, 1, 9, WW_outbox_state_DUE);
	put_notices(&b, 100, 200, WW_outbox_state_SETTLED);
	ww_queue_alarm_look(&a, &b.cx, 1000);
	lines_are("");
	put_notices(&b, 10, 12, WW_outbox_state_DUE);
	ww_queue_alarm_look(&a, &b.cx, 1999); /* not yet */
	lines_are("");
	ww_queue_alarm_look(&a, &b.cx, 2000);
	ww_queue_alarm_look(&a, &b.cx, 3000);
	lines_are("queue=long due-at-least=10\n");
	put_notices(&b, 1, 6, WW_outbox_state_SETTLED); /* six are left */
	ww_queue_alarm_look(&a, &b.cx, 4000);
	lines_are("queue=long due-at-least=10\n");
	put_notices(&b, 7, 7, WW_outbox_state_SETTLED);
	ww_queue_alarm_look(&a, &b.cx, 5000);
	lines_are("queue=long due-at-least=10\nqueue=well due=5\n");
	bench_close(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { says_once_that_the_queue_is_long_and_once_that_it_is_well };

	return unit_main("queue_alarm", tests, UNIT_COUNT(tests));
}
