/* FILE records: by which program what comes in is judged, and that what was told before stands. */
#include "apply_fixture.h"

#include "apply/work.h"

#include <wardwire/calendar.h>

#define CONFIG_WITH(keys) SITE_CONFIG_OF("", "", keys)
#define CONFIG_P CONFIG_WITH("programs:\n  - {file: folder/p.yaml}\n")

#define PROGRAM(version, keys)                                                                     \
	"program: care\ntitle: Care\nversion: " version "\nrules: [{use: admission/1}]\n" keys

#define TELLS_ALL                                                                                  \
	"flags:\n"                                                                                 \
	"  admission: {to: coordinator, as: stay-task, deadline: 24h}\n"                           \
	"  discharge: {to: coordinator, as: stay-task, deadline: 24h}\n"

static struct site s;

static void
open_site(void)
{
	site_open_empty(&s);
	(void)site_engine(&s, SITE_KEY);
}

static const struct ww_program *
only_program(void)
{
	ck_assert_uint_eq(s.apply->programs.n, 1);
	return &s.apply->programs.v[0];
}

static int64_t
until_of(const char *text)
{
	struct ww_rows rows = site_rows(&s, &ww_entity_blob);
	uint8_t digest[WW_SHA256];
	char hex[2 * WW_SHA256 + 1];

	ww_sha256(ww_str_from(text), digest);
	ww_hex(digest, sizeof(digest), hex);
	for (size_t i = 0; i < rows.n; i++)
		if (ww_str_is(WW_ROW(&rows, blob, i)->hex, hex))
			return WW_ROW(&rows, blob, i)->until;
	ck_abort_msg("no row of that blob");
	return 0;
}

/* -- in force ------------------------------------------------------------------------------------------ */

START_TEST(basic_is_in_force_where_none_is_named)
{
	site_open(&s);
	unit_str_is(only_program()->name, "basic");
	ck_assert_uint_eq(only_program()->flags[WW_flag_kind_ADMIT].deadline.n, 24);
	site_close(&s);
}
END_TEST

START_TEST(a_program_is_in_force_with_the_configuration_that_names_it)
{
	open_site();
	(void)site_file(&s, "program", "p", PROGRAM("3", TELLS_ALL));
	site_apply(&s);
	ck_assert_uint_eq(s.apply->programs.n, 0);
	(void)site_config(
	    &s, CONFIG_WITH("  - {file: second.csv}\nprograms:\n  - {file: folder/p.yaml, payer: "
	                    "lakeside}\n"));
	site_apply(&s);
	unit_str_is(only_program()->name, "care");
	unit_str_is(only_program()->payer, "lakeside");
	ck_assert_int_eq(only_program()->version, 3);
	ck_assert_uint_eq(only_program()->digest.n, 64);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(a_new_text_is_in_force_from_its_record_on)
{
	static const char first[] = PROGRAM("1", TELLS_ALL), second[] = PROGRAM("2", TELLS_ALL);

	open_site();
	(void)site_file(&s, "program", "p", first);
	(void)site_config(&s, CONFIG_P);
	site_apply(&s);
	ck_assert_int_eq(only_program()->version, 1);
	ck_assert_int_eq(until_of(first), 0);
	(void)site_file(&s, "program", "p", second);
	site_apply(&s);
	ck_assert_int_eq(only_program()->version, 2);
	ck_assert_int_ne(until_of(first), 0);
	ck_assert_int_eq(until_of(second), 0);
	ck_assert_uint_eq(site_rows(&s, &ww_entity_named_file).n, 1);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(a_text_of_another_name_changes_nothing)
{
	open_site();
	(void)site_file(&s, "program", "p", PROGRAM("1", TELLS_ALL));
	(void)site_config(&s, CONFIG_P);
	(void)site_file(&s, "program", "other", PROGRAM("9", TELLS_ALL));
	site_apply(&s);
	ck_assert_int_eq(only_program()->version, 1);
	site_close(&s);
}
END_TEST

START_TEST(says_when_no_program_is_about_the_member)
{
	static const char young[] = PROGRAM("1", "population: {ages: 0-17}\n" TELLS_ALL);
	uint64_t seq;

	open_site();
	(void)site_file(&s, "program", "p", young);
	(void)site_config(&s, CONFIG_P);
	(void)site_edition(&s, site_roster(&s));
	site_apply(&s);
	seq = site_does(&s, .trigger = "A01", .at = "202603021000", .in = "202603020955");
	ck_assert_str_eq(site_disposition(&s, seq),
	    "applied: no program is about the member: the roster names one that is not there, or "
	    "age, product, plan, payer or day fit none");
	site_flags_are(&s, "");
	(void)site_file(&s, "program", "p", PROGRAM("2", TELLS_ALL));
	site_apply(&s);
	seq = site_does(&s, .trigger = "A08", .at = "202603021030", .in = "202603020955");
	site_flags_are(&s, "admission open");
	ck_assert_str_eq(site_disposition(&s, seq), "applied");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(a_flag_keeps_the_version_by_which_it_was_raised)
{
	struct ww_rows flags;

	open_site();
	(void)site_file(&s, "program", "p", PROGRAM("1", TELLS_ALL));
	(void)site_config(&s, CONFIG_P);
	(void)site_edition(&s, site_roster(&s));
	(void)site_does(&s, .trigger = "A01", .at = "202603021000", .in = "202603020955");
	(void)site_file(&s, "program", "p", PROGRAM("2", TELLS_ALL));
	site_apply(&s);
	(void)site_does(&s, .trigger = "A03", .at = "202603031000", .in = "202603020955",
	    .out = "202603030955", .to = "01");
	flags = site_rows(&s, &ww_entity_flag);
	ck_assert_uint_eq(flags.n, 2);
	for (size_t i = 0; i < flags.n; i++) {
		const struct ww_flag *f = WW_ROW(&flags, flag, i);

		unit_str_is(f->program, "care");
		ck_assert_int_eq(f->program_version, f->kind == WW_flag_kind_ADMIT ? 1 : 2);
	}
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* -- out of force -------------------------------------------------------------------------------------- */

START_TEST(what_the_configuration_names_no_more_goes)
{
	static const char text[] = PROGRAM("1", TELLS_ALL);

	open_site();
	(void)site_file(&s, "program", "p", text);
	(void)site_config(&s, CONFIG_P);
	(void)site_config(&s, SITE_CONFIG);
	site_apply(&s);
	unit_str_is(only_program()->name, "basic");
	ck_assert_uint_eq(site_rows(&s, &ww_entity_named_file).n, 0);
	ck_assert_int_ne(until_of(text), 0);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(a_text_that_two_files_have_is_needed_until_both_are_gone)
{
	static const char text[] = PROGRAM("1", TELLS_ALL);

	open_site();
	(void)site_file(&s, "program", "p", text);
	(void)site_file(&s, "program", "q", text);
	(void)site_config(&s, CONFIG_WITH("programs:\n  - {file: p.yaml}\n  - {file: q.yaml}\n"));
	(void)site_config(&s, CONFIG_P);
	site_apply(&s);
	ck_assert_int_eq(until_of(text), 0);
	(void)site_config(&s, SITE_CONFIG);
	site_apply(&s);
	ck_assert_int_ne(until_of(text), 0);
	site_close(&s);
}
END_TEST

START_TEST(a_text_that_is_no_program_is_set_aside)
{
	open_site();
	(void)site_file(&s, "program", "p", PROGRAM("1", TELLS_ALL));
	(void)site_config(&s, CONFIG_P);
	(void)site_file(&s, "program", "p", "program: care\n");
	(void)site_file(&s, "star", "p", "of a build to come");
	site_apply(&s);
	ck_assert_int_eq(only_program()->version, 1);
	ck_assert_uint_eq(site_rows(&s, &ww_entity_quarantine).n, 1);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(a_configuration_without_its_program_is_not_in_force)
{
	size_t done;

	open_site();
	(void)site_config(&s, CONFIG_P);
	ck_assert_int_eq(ww_apply_batch(s.apply, &s.cx, &s.journal, 1, &done) == WW_OK
	                     ? ww_apply_batch(s.apply, &s.cx, &s.journal, 1, &done)
	                     : WW_E_BUG,
	    WW_E_CONFLICT);
	ck_assert_ptr_null(s.apply->config);
	site_close(&s);
}
END_TEST

/* -- calendars ----------------------------------------------------------------------------------------- */

static const char state[] = "date,name,weekend,since\n2026-03-10,Town Day,,\n";

START_TEST(calendars_are_known_by_their_path)
{
	int64_t day = ww_day_of(2026, 3, 10);
	const struct ww_calendar *c;

	open_site();
	(void)site_file(&s, "calendar", "cal/state.csv", state);
	(void)site_file(&s, "program", "p", PROGRAM("1", TELLS_ALL "calendar: cal/state.csv\n"));
	(void)site_config(&s, CONFIG_P);
	site_apply(&s);
	c = ww_apply_calendar(s.apply, WW_STR("cal/state.csv"));
	unit_str_is(ww_calendar_name(c), "cal/state.csv");
	ck_assert(!ww_calendar_is_business(c, day));
	ck_assert_ptr_eq(ww_apply_calendar(s.apply, ww_str_empty()), ww_calendar_federal());
	(void)site_file(&s, "program", "p", PROGRAM("2", TELLS_ALL "calendar: us-federal\n"));
	(void)site_config(&s, CONFIG_P "# changed\n");
	site_apply(&s);
	ck_assert_uint_eq(s.apply->calendars_n, 0);
	ck_assert_ptr_eq(ww_apply_calendar(s.apply, WW_STR("us-federal")), ww_calendar_federal());
	ck_assert_uint_eq(site_rows(&s, &ww_entity_named_file).n, 1);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(a_calendar_that_nobody_names_goes)
{
	open_site();
	(void)site_file(&s, "calendar", "state.csv", state);
	(void)site_config(&s, SITE_CONFIG);
	site_apply(&s);
	ck_assert_uint_eq(site_rows(&s, &ww_entity_named_file).n, 0);
	site_close(&s);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		basic_is_in_force_where_none_is_named,
		a_program_is_in_force_with_the_configuration_that_names_it,
		a_new_text_is_in_force_from_its_record_on,
		a_text_of_another_name_changes_nothing,
		says_when_no_program_is_about_the_member,
		a_flag_keeps_the_version_by_which_it_was_raised,
		what_the_configuration_names_no_more_goes,
		a_text_that_two_files_have_is_needed_until_both_are_gone,
		a_text_that_is_no_program_is_set_aside,
		a_configuration_without_its_program_is_not_in_force,
		calendars_are_known_by_their_path,
		a_calendar_that_nobody_names_goes,
	};

	return unit_main("named_file", tests, UNIT_COUNT(tests));
}
