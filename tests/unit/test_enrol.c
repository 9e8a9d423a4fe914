/* Attribution lists that come as Groups, and when people are insured. */
#include "tests/unit/unit.h"

#include "tests/unit/fhir_put.h"

#define CONFIG(group)                                                                              \
	"data: data\nsystem: \"urn:example\"\nhistory_since: 2020-01-01\n"                         \
	"listeners:\n  - {name: adt, mllp: \"127.0.0.1:0\"}\n"                                     \
	"feeds:\n  - {name: mercy, on: adt, zone: " SITE_ZONE ", fhir: {" group "}}\n"             \
	"endpoints:\n  - {name: e, fhir: \"http://127.0.0.1:1/fhir\"}\n"                           \
	"parties:\n  - {name: rcca, npi: \"1234567893\", send: e}\n"                               \
	"  - {name: lakeside, tin: \"98-7654321\", send: e}\n"                                     \
	"rosters:\n  - {file: roster.csv}\n"

#define PATIENT(id, number)                                                                        \
	"{'resourceType':'Patient','id':'" id                                                      \
	"','identifier':[{'type':{'coding':[{'code':'MB'}]},'system':'urn:acme','value':'" number  \
	"'}],"                                                                                     \
	"'name':[{'family':'LIST" id "','given':['GIVEN" id                                        \
	"']}],'gender':'female','birthDate':'1950-03-02'}"

#define ATR "http://hl7.org/fhir/us/davinci-atr/StructureDefinition/ext-"
#define MEMBER(id, change, provider, period)                                                       \
	"{'extension':[{'url':'" ATR "changeType','valueCode':'" change "'},"                      \
	"{'url':'" ATR "attributedProvider','valueReference':{'reference':'" provider "'}}],"      \
	"'entity':{'reference':'Patient/" id "'},'period':{" period "}}"
#define GROUP(members)                                                                             \
	"{'resourceType':'Group','id':'g','type':'person','actual':true,'member':[" members "]}"

static void
open_lists(struct site *s, const char *config)
{
	site_open(s);
	(void)site_config(s, config);
	site_apply(s);
	s->now = site_ms("202603100800");
	put(s, "{'resourceType':'Organization','id':'rcca','identifier':[{'system':'http://hl7.org/"
	       "fhir/sid/us-npi','value':'1234567893'}]}");
	put(s, "{'resourceType':'Organization','id':'lake','identifier':[{'system':'urn:oid:2.16."
	       "840.1.113883.4.4','value':'987654321'}]}");
	put(s, "{'resourceType':'PractitionerRole','id':'role','organization':{'reference':'"
	       "Organization/lake'}}");
	put(s, "{'resourceType':'Organization','id':'other','identifier':[{'system':'http://"
	       "hl7.org/fhir/sid/us-npi','value':'1245319599'}]}");
}

/* Of the list: "A1 rcca 2026-01-01..2026-12-31, A2 lakeside 2026-01-01.. closed" in the order in which they were made. */
static const char *
listed(struct site *s)
{
	struct ww_rows rows = site_rows(s, &ww_entity_attribution);
	struct ww_buf b = { 0 };
	const char *text;

	for (size_t i = 0; i < rows.n; i++) {
		const struct ww_attribution *at = WW_ROW(&rows, attribution, i);

		if (!ww_str_is(at->roster, "mercy/Group/g"))
			continue;
		ww_buf_printf(&b, "%s%.*s %.*s ", b.n != 0 ? ", " : "", WW_STR_FMT(at->member_id),
		    WW_STR_FMT(at->practice));
		ww_time_write_fhir(at->effective, &b);
		ww_buf_cstr(&b, "..");
		if (ww_time_known(at->end))
			ww_time_write_fhir(at->end, &b);
		ww_buf_cstr(&b, at->closed_ms == 0   ? ""
		                : at->closed_ms == 1 ? " never"
		                                     : " closed");
	}
	text = ww_arena_cstr(s->own.arena, ww_buf_view(&b));
	ww_buf_free(&b);
	return text;
}

static const char *
unattributed(struct site *s)
{
	struct ww_rows rows = site_rows(s, &ww_entity_unattributed);

	return rows.n == 0 ? ""
	                   : ww_arena_cstr(s->own.arena, WW_ROW(&rows, unattributed, 0)->reason);
}

#define FROM_2026 "'start':'2026-01-01'"

START_TEST(a_list_attributes_its_members_by_npi_or_tin)
{
	struct site s;

	open_lists(&s, CONFIG(""));
	put(&s, PATIENT("a", "A1"));
	put(&s, PATIENT("b", "A2"));
	put(&s, GROUP(MEMBER("a", "new", "Organization/rcca",
	            "'start':'2026-01-01','end':'2026-12-31'") "," MEMBER("b", "add",
	            "PractitionerRole/role", FROM_2026)));
	ck_assert_str_eq(listed(&s), "A1 rcca 2026-01-01..2026-12-31, A2 lakeside 2026-01-01..");
	ck_assert_str_eq(unattributed(&s), "");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* One after the other on the same member, from the state before. */
START_TEST(each_change_does_what_the_guide_says)
{
	static const struct {
		const char *group, *want;
	} rows[] = {
		{ GROUP(MEMBER("a", "new", "Organization/rcca", FROM_2026)),
		    "A1 rcca 2026-01-01.." },
		{ GROUP(MEMBER("a", "nochange", "Organization/rcca",
		      "'start':'2026-01-01','end':'2027-01-01'")),
		    "A1 rcca 2026-01-01..2027-01-01" },
		{ GROUP(MEMBER("a", "changed", "Organization/lake", "'start':'2026-02-01'")),
		    "A1 rcca 2026-01-01..2027-01-01 closed, A1 lakeside 2026-02-01.." },
		{ GROUP(MEMBER("a", "dropped", "Organization/lake", "'end':'2026-03-31'")),
		    "A1 rcca 2026-01-01..2027-01-01 closed, A1 lakeside 2026-02-01..2026-03-31" },
		{ GROUP(MEMBER("a", "cancelled", "Organization/lake", FROM_2026)),
		    "A1 rcca 2026-01-01..2027-01-01 closed, A1 lakeside 2026-02-01..2026-03-31 "
		    "never" },
		{ GROUP(MEMBER("a", "no-such-code", "Organization/rcca", FROM_2026)),
		    "A1 rcca 2026-01-01.., A1 lakeside 2026-02-01..2026-03-31 never" },
		{ GROUP(""), "A1 rcca 2026-01-01.., A1 lakeside 2026-02-01..2026-03-31 never" },
	};
	struct site s;

	open_lists(&s, CONFIG(""));
	put(&s, PATIENT("a", "A1"));
	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		put(&s, rows[i].group);
		ck_assert_msg(
		    ww_str_is(ww_str_from(listed(&s)), rows[i].want), "row %zu: %s", i, listed(&s));
	}
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(what_cannot_be_attributed_is_kept_with_its_reason)
{
	static const struct {
		const char *member, *want;
	} rows[] = {
		{ MEMBER("a", "new", "Organization/other", FROM_2026),
		    "no party has the NPI or TIN of its provider" },
		{ MEMBER("a", "new", "Organization/nobody", FROM_2026),
		    "its provider has no NPI and no TIN" },
		{ MEMBER("z", "new", "Organization/rcca", FROM_2026), "its Patient is not known" },
		{ MEMBER("n", "new", "Organization/rcca", FROM_2026),
		    "neither the Patient nor the Coverage has a payer's number" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_rows lists;
		char text[2048];
		struct site s;

		open_lists(&s, CONFIG(""));
		put(&s, PATIENT("a", "A1"));
		put(&s, "{'resourceType':'Patient','id':'n','name':[{'family':'N'}]}");
		snprintf(text, sizeof(text), GROUP("%s"), rows[i].member);
		put(&s, text);
		ck_assert_str_eq(unattributed(&s), rows[i].want);
		ck_assert_str_eq(listed(&s), "");
		lists = site_rows(&s, &ww_entity_roster);
		ck_assert_uint_eq(lists.n, 2);
		ck_assert_int_eq(WW_ROW(&lists, roster, 0)->rejected, 1);
		put(&s, GROUP(MEMBER("a", "new", "Organization/rcca", FROM_2026)));
		ck_assert_msg((unattributed(&s)[0] == '\0') == (i < 2), "row %zu", i);
		site_rebuilds(&s);
		site_close(&s);
	}
}
END_TEST

/* The list may come before the people on it, and before or after their visits. */
START_TEST(a_member_who_comes_after_the_list_is_attributed_then)
{
	struct site s;

	open_lists(&s, CONFIG(""));
	put(&s, GROUP(MEMBER("a", "new", "Organization/rcca", FROM_2026)));
	ck_assert_str_eq(unattributed(&s), "its Patient is not known");
	(void)site_does(&s, .trigger = "A01", .at = "202603100900", .in = "202603100900",
	    .member = "A1", .name = "LISTa^GIVENa");
	ck_assert_uint_eq(site_rows(&s, &ww_entity_flag).n, 0);
	put(&s, PATIENT("a", "A1"));
	ck_assert_str_eq(listed(&s), "A1 rcca 2026-01-01..");
	ck_assert_str_eq(unattributed(&s), "");
	ck_assert_uint_eq(site_rows(&s, &ww_entity_flag).n, 1);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(a_stay_is_told_to_whom_the_list_names_and_taken_back_when_it_never_should_have)
{
	struct ww_rows flags;
	struct site s;

	open_lists(&s, CONFIG(""));
	put(&s, PATIENT("a", "A1"));
	(void)site_does(&s, .trigger = "A01", .at = "202603100900", .in = "202603100900",
	    .member = "A1", .name = "LISTa^GIVENa");
	put(&s, GROUP(MEMBER("a", "new", "Organization/rcca", FROM_2026)));
	flags = site_rows(&s, &ww_entity_flag);
	ck_assert_uint_eq(flags.n, 1);
	unit_str_is(WW_ROW(&flags, flag, 0)->practice, "rcca");
	put(&s, GROUP(MEMBER("a", "cancelled", "Organization/rcca", FROM_2026)));
	flags = site_rows(&s, &ww_entity_flag);
	ck_assert_int_eq(WW_ROW(&flags, flag, 0)->state, WW_flag_state_RETRACTED);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

#define SIX(a, b, c, d, e, f) a "," b "," c "," d "," e "," f
#define ONE(id) MEMBER(id, "nochange", "Organization/rcca", FROM_2026)

START_TEST(a_whole_list_ends_what_it_has_no_more_but_not_too_much_of_it)
{
	static const char *const ids[] = { "a", "b", "c", "d", "e", "f" };
	struct site s;

	open_lists(&s, CONFIG("group: snapshot"));
	for (size_t i = 0; i < UNIT_COUNT(ids); i++) {
		char text[1024];

		snprintf(text, sizeof(text), PATIENT("%s", "N%s"), ids[i], ids[i], ids[i], ids[i]);
		put(&s, text);
	}
	put(&s, GROUP(SIX(ONE("a"), ONE("b"), ONE("c"), ONE("d"), ONE("e"), ONE("f"))));
	put(&s, GROUP(ONE("a") "," ONE("b") "," ONE("c") "," ONE("d"))); /* a third of it gone */
	ck_assert_ptr_null(strstr(listed(&s), "closed"));
	put(&s, GROUP(ONE("a") "," ONE("b") "," ONE("c") "," ONE("d") "," ONE("e")));
	ck_assert_ptr_nonnull(strstr(listed(&s), "Nf rcca 2026-01-01.. closed"));
	ck_assert_ptr_null(strstr(listed(&s), "Ne rcca 2026-01-01.. closed"));
	(void)site_ask(&s, .interaction = "delete", .type = "Group", .id = "g");
	ck_assert_ptr_nonnull(strstr(listed(&s), "Na rcca 2026-01-01.. closed"));
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(a_list_of_changes_ends_nobody_by_leaving_them_out)
{
	struct site s;

	open_lists(&s, CONFIG("group: delta"));
	put(&s, PATIENT("a", "A1"));
	put(&s, PATIENT("b", "A2"));
	put(&s, GROUP(ONE("a") "," ONE("b")));
	put(&s, GROUP(ONE("b")));
	ck_assert_str_eq(listed(&s), "A1 rcca 2026-01-01.., A2 rcca 2026-01-01..");
	site_close(&s);
}
END_TEST

/* The lists of a feed stay when the configuration changes, and go with it. */
START_TEST(a_list_goes_with_its_feed)
{
	struct site s;

	open_lists(&s, CONFIG(""));
	put(&s, PATIENT("a", "A1"));
	put(&s, GROUP(ONE("a")));
	(void)site_config(&s, CONFIG("answer: minimal"));
	site_apply(&s);
	ck_assert_str_eq(listed(&s), "A1 rcca 2026-01-01..");
	(void)site_config(&s,
	    "data: data\nsystem: \"urn:example\"\nlisteners:\n  - {name: adt, mllp: "
	    "\"127.0.0.1:0\"}\nfeeds:\n"
	    "  - {name: north, on: adt, zone: UTC}\nendpoints:\n  - {name: e, fhir: "
	    "\"http://127.0.0.1:1/fhir\"}\n"
	    "parties:\n  - {name: rcca, send: e}\nrosters:\n  - {file: roster.csv}\n");
	site_apply(&s);
	ck_assert_str_eq(listed(&s), "A1 rcca 2026-01-01.. closed");
	site_close(&s);
}
END_TEST

START_TEST(a_coverage_says_when_somebody_is_insured)
{
	struct ww_rows rows;
	struct site s;

	open_lists(&s, CONFIG(""));
	put(&s, "{'resourceType':'Coverage','id':'c','status':'active','beneficiary':{'reference':'"
	        "Patient/a'},'subscriberId':'S1',"
	        "'identifier':[{'type':{'coding':[{'code':'MB'}]},'value':'A1'}],'period':{'start':"
	        "'2026-01-01','end':'2026-12-31'},"
	        "'payor':[{'display':'ACME'}],'relationship':{'coding':[{'code':'self'}]},"
	        "'class':[{'type':{'coding':[{'code':'plan'}]},'value':'PPO'}]}");
	rows = site_rows(&s, &ww_entity_eligibility);
	ck_assert_uint_eq(rows.n, 1);
	unit_str_is(WW_ROW(&rows, eligibility, 0)->member_id, "A1");
	unit_str_is(WW_ROW(&rows, eligibility, 0)->plan, "PPO");
	unit_str_is(WW_ROW(&rows, eligibility, 0)->payer, "ACME");
	ck_assert(ww_time_known(WW_ROW(&rows, eligibility, 0)->end));
	put(&s, "{'resourceType':'Coverage','id':'c','status':'cancelled','beneficiary':{'"
	        "reference':'Patient/b'},'subscriberId':'S1'}");
	rows = site_rows(&s, &ww_entity_eligibility);
	ck_assert_uint_eq(rows.n, 1);
	unit_str_is(WW_ROW(&rows, eligibility, 0)->status, "cancelled");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_list_attributes_its_members_by_npi_or_tin,
		each_change_does_what_the_guide_says,
		what_cannot_be_attributed_is_kept_with_its_reason,
		a_member_who_comes_after_the_list_is_attributed_then,
		a_stay_is_told_to_whom_the_list_names_and_taken_back_when_it_never_should_have,
		a_whole_list_ends_what_it_has_no_more_but_not_too_much_of_it,
		a_list_of_changes_ends_nobody_by_leaving_them_out,
		a_list_goes_with_its_feed,
		a_coverage_says_when_somebody_is_insured,
	};

	return unit_main("enrol", tests, UNIT_COUNT(tests));
}
