/* Routes of the configuration. */
#include "config_fixture.h"

#define SITE                                                                                       \
	"data: d\n"                                                                                \
	"listeners: [{name: a, mllp: 'localhost:1'}, {name: b, mllp: 'localhost:2'}]\n"            \
	"feeds: [{name: st-vincent, on: a}, {name: mercy, on: b}]\n"                               \
	"endpoints: [{name: ehr, fhir: 'http://localhost'}, {name: lab, mllp: 'localhost:3'}, "    \
	"{name: out, dir: o}]\n"

START_TEST(takes_every_key)
{
	const struct ww_route *r;

	takes(SITE "routes:\n"
	           "- name: adt\n"
	           "  from: [st-vincent, mercy]\n"
	           "  when: {MSH-9.2: [A01, A03], 'PID-3(2).4.1': SVH, PV1-2: ['']}\n"
	           "  not: {MSH-11: [T, D]}\n"
	           "  to: [lab, out]\n"
	           "- {name: all, to: out}\n"
	           "- {name: one, from: mercy, to: lab}\n");
	ck_assert_uint_eq(config->routes_n, 3);
	r = config->routes;
	unit_str_is(r->name, "adt");
	ck_assert_uint_eq(r->from.n, 2);
	unit_str_is(r->from.v[1], "mercy");
	ck_assert_uint_eq(r->when.n, 3);
	ck_assert_str_eq(r->when.v[0].path.segment, "MSH");
	ck_assert_uint_eq(r->when.v[0].path.component, 2);
	ck_assert_uint_eq(r->when.v[0].any.n, 2);
	unit_str_is(r->when.v[0].any.v[1], "A03");
	ck_assert_uint_eq(r->when.v[1].path.repetition, 2);
	unit_str_is(r->when.v[1].text, "PID-3(2).4.1");
	unit_str_is(r->when.v[1].any.v[0], "SVH");
	ck_assert(r->when.v[2].any.n == 1 && r->when.v[2].any.v[0].n == 0);
	ck_assert_uint_eq(r->except.n, 1);
	ck_assert_uint_eq(r->to.n, 2);
	ck_assert_uint_eq(r[1].from.n + r[1].when.n + r[1].except.n, 0);
	unit_str_is(r[2].from.v[0], "mercy");
	ck_assert_uint_eq(config->lanes_n, 4);
	unit_str_is(config->lanes[1].name, "adt/out");
	ck_assert_ptr_eq(config->lanes[1].route, &r[0]);
	ck_assert_ptr_eq(config->lanes[1].endpoint, &config->endpoints[2]);
	ck_assert_ptr_eq(ww_config_lane(config, WW_STR("one/lab")), &config->lanes[3]);
	ck_assert_ptr_null(ww_config_lane(config, WW_STR("one/out")));
}
END_TEST

START_TEST(refuses_names_that_stand_for_nothing)
{
	FAULTS_ARE(SITE "routes:\n"
	                "- {name: r, from: [mercy, st-vincnt], to: lap}\n"
	                "- {name: r, to: [lab, ehr, lab]}\n"
	                "- {name: s, from: X, to: []}\n"
	                "- {name: t}\n",
	    "6:27 from: there is no feed 'st-vincnt' (did you mean 'st-vincent'?)",
	    "6:43 to: there is no endpoint 'lap' (did you mean 'lab'?)",
	    "7:10 a second route with the name 'r'; the first is on line 6",
	    "7:23 to: 'ehr' takes notices (fhir, worklist), and no messages",
	    "7:28 to: 'lab' is named twice", "8:19 from: 'X' is not a name",
	    "8:26 to must be a name, or a list of such",
	    "9:3 required key 'to' is missing in routes[], near here");
}
END_TEST

START_TEST(refuses_a_bad_path_with_its_position)
{
	FAULTS_ARE(SITE "routes:\n"
	                "- {name: r, to: lab, when: {MSH-9.x: A01, PID: x, PV1-2: {a: b}}}\n"
	                "- {name: s, to: lab, when: {}, not: [MSH-9]}\n"
	                "- {name: t, to: lab, when: {PV1-2: [I, \"a\\tb\"], PV1-2: I}}\n",
	    "6:29 'MSH-9.x' is no path to a field: position 7: a number from 1 to 65535 is "
	    "expected",
	    "6:43 'PID' names a segment and no field",
	    "6:58 PV1-2 must be a text of at most 256 bytes in one line, or a list of such",
	    "7:28 when must be a mapping of paths to values, such as {MSH-9.2: [A01, A03]}",
	    "7:37 not must be a mapping of paths to values, such as {MSH-9.2: [A01, A03]}",
	    "8:40 PV1-2: 'a?b' is not a text of at most 256 bytes in one line",
	    "8:49 the condition 'PV1-2' is given twice; first on line 8");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { takes_every_key, refuses_names_that_stand_for_nothing,
		refuses_a_bad_path_with_its_position };

	return unit_main("route", tests, UNIT_COUNT(tests));
}
