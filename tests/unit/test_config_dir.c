/* Listeners that are folders: their keys, and that a listener is one thing or the other. */
#include "config_fixture.h"

START_TEST(reads_every_key_of_a_folder)
{
	const struct ww_listener *l;

	takes("data: d\n"
	      "listeners:\n"
	      "- {name: a, dir: drop/a/, pattern: 'x*.[ht]*', max_message: 65537, "
	      "max_segments: 11, settle: 3, scan: 4, max_file: 65538, keep_done: 5, keep_failed: "
	      "6}\n"
	      "- {name: b, dir: /var/drop}\n"
	      "feeds: [{name: f, on: a}, {name: g, on: b}]\n");
	l = ww_config_listener(config, WW_STR("a"));
	unit_str_is(l->mllp, "");
	unit_str_is(l->dir, "drop/a/");
	unit_str_is(l->pattern, "x*.[ht]*");
	ck_assert_uint_eq(l->max_message, 65537);
	ck_assert_uint_eq(l->max_segments, 11);
	ck_assert_uint_eq(l->settle, 3);
	ck_assert_uint_eq(l->scan, 4);
	ck_assert_uint_eq(l->max_file, 65538);
	ck_assert_uint_eq(l->keep_done, 5);
	ck_assert_uint_eq(l->keep_failed, 6);
	l = ww_config_listener(config, WW_STR("b"));
	unit_str_is(l->pattern, "*.hl7");
	ck_assert_uint_eq(l->settle, 2);
	ck_assert_uint_eq(l->scan, 10);
	ck_assert_uint_eq(l->max_file, 67108864);
	ck_assert_uint_eq(l->keep_done, 30);
	ck_assert_uint_eq(l->keep_failed, WW_FOR_EVER);
}
END_TEST

START_TEST(takes_one_address_a_listener)
{
	FAULTS_ARE("data: d\n"
	           "listeners:\n"
	           "- {name: a, mllp: 'localhost:1', dir: x}\n"
	           "- {name: b}\n"
	           "feeds: [{name: f, on: a}, {name: g, on: b}]\n",
	    "3:34 a listener has one address: mllp, dir, fhir or console; mllp is on line 3",
	    "4:3 one of the keys mllp, dir, fhir and console is missing in listeners[], near here");
}
END_TEST

START_TEST(refuses_keys_that_mean_nothing)
{
	FAULTS_ARE("data: d\n"
	           "listeners:\n"
	           "- {name: a, mllp: 'localhost:1', pattern: '*', keep_done: 2}\n"
	           "- {name: b, dir: x, max_connections: 5, plain: true}\n"
	           "- {name: c, dir: y, pattern: a/b}\n"
	           "feeds: [{name: f, on: a}, {name: g, on: b}, {name: h, on: c}]\n",
	    "3:34 pattern: means nothing for an MLLP listener",
	    "3:48 keep_done: means nothing for an MLLP listener",
	    "4:21 max_connections: means nothing for a folder",
	    "4:41 plain: means nothing for a folder",
	    "5:30 pattern: 'a/b' is not a valid pattern: one line of 1 to 256 bytes without a "
	    "slash");
}
END_TEST

START_TEST(refuses_one_folder_for_two)
{
	fault_is("data: d\n"
	         "listeners: [{name: a, dir: x/y}, {name: b, dir: x/y/}]\n"
	         "feeds: [{name: f, on: a}, {name: g, on: b}]\n",
	    "2:49 a second listener with the folder 'x/y'; the first is on line 2");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		reads_every_key_of_a_folder,
		takes_one_address_a_listener,
		refuses_keys_that_mean_nothing,
		refuses_one_folder_for_two,
	};

	return unit_main("config_dir", tests, UNIT_COUNT(tests));
}
