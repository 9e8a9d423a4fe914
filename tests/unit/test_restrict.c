/* Of whom what may be told: what is withheld, what is let out again, and what a notice says less. */
#include "tests/unit/unit.h"

#include "tests/unit/apply_fixture.h"

#include <wardwire/json.h>

#define AT(hhmm) "20260302" hhmm
#define LATER(day, hhmm) "202603" day hhmm

#define RESTRICTIONS                                                                               \
	"restrictions:\n"                                                                          \
	"  - {name: secret, when: {PV1-3.4: [SECRET]}}\n"                                          \
	"  - {name: quiet, when: {PV1-3.4: [QUIET]}, then: event-only}\n"

static void
open_with(struct site *s, const char *feed, const char *restrictions)
{
	site_open_empty(s);
	(void)site_engine(s, SITE_KEY);
	(void)site_config(s, ww_arena_printf(s->own.arena, "%s%s", feed, restrictions).p);
	(void)site_edition(s, site_roster(s));
	site_apply(s);
}

static void
open_restricted(struct site *s)
{
	open_with(s, SITE_CONFIG, RESTRICTIONS);
}

START_TEST(withholds_and_lets_out)
{
	struct site s;
	uint64_t seq;

	open_restricted(&s);
	seq = site_does(&s, .trigger = "A01", .at = AT("1000"), .facility = "SECRET");
	site_outbox_is(&s, "Task stay suppressed create");
	unit_str_is(site_row(&s, 0).reason, "restricted: secret");
	ck_assert_str_eq(site_disposition(&s, seq), "applied: restricted, nothing is sent: secret");
	site_does(&s, .trigger = "A08", .at = AT("1100"));
	site_outbox_is(&s, "Task stay due update");
	unit_str_is(site_row(&s, 0).reason, "");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { withholds_and_lets_out };

	return unit_main("restrict", tests, UNIT_COUNT(tests));
}
