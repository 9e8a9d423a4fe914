/* Profiles: what StructureDefinitions ask for beyond R4, and what of it is named as not checked. */
#include "unit.h"

#include "codec/fhir_check.h"
#include "codec/fhir_outcome.h"
#include "codec/fhir_profile.h"

#include <wardwire/ctx.h>
#include <wardwire/json.h>

#include <string.h>

static struct ww_ctx cx;
static struct ww_fhir_profiles *set;
static struct ww_fhir_issues found;

#define BASE "http://hl7.org/fhir/StructureDefinition/"
#define PROFILE(id, type, base, elements)                                                          \
	"{\"resourceType\":\"StructureDefinition\",\"id\":\"" id "\",\"url\":\"http://p/" id       \
	"\",\"type\":\"" type "\",\"derivation\":\"constraint\",\"baseDefinition\":\"" base        \
	"\",\"differential\":{\"element\":[" elements "]}}"
#define PATIENT(profile, more)                                                                     \
	"{\"resourceType\":\"Patient\",\"meta\":{\"profile\":[\"http://p/" profile "|1.0\"]}" more \
	"}"
#define ELEMENT(id, more) "{\"id\":\"" id "\",\"path\":\"" id "\"" more "}"

static void
begin(void)
{
	ww_fhir_profiles_free(set);
	set = ww_fhir_profiles_new(0);
	ck_assert_ptr_nonnull(set);
}

static void
adds(const char *text)
{
	ww_ctx_clear(&cx);
	ck_assert_int_eq(ww_fhir_profiles_add(set, &cx, ww_str_from(text)), WW_OK);
}

static void
links(void)
{
	ck_assert_int_eq(ww_fhir_profiles_link(set, &cx), WW_OK);
}

/* Of text: the expression and the beginning of the text of the first violation; NULL: none. */
static void
check(const struct ww_fhir_rules *rules, const char *text, const char *expression, const char *why)
{
	struct ww_json *v;

	ww_ctx_clear(&cx);
	memset(&found, 0, sizeof(found));
	ck_assert_int_eq(ww_json_parse(&cx, ww_str_from(text), &v), WW_OK);
	ck_assert_int_eq(ww_fhir_check(&cx, v, rules, &found), WW_OK);
	if (expression == NULL) {
		ck_assert_msg(found.n == 0, "%s: %.*s: %.*s", text,
		    WW_STR_FMT(found.rows[0].expression), WW_STR_FMT(found.rows[0].text));
		return;
	}
	ck_assert_msg(found.n == 1, "%s: %zu findings", text, found.n);
	ck_assert_str_eq(found.rows[0].rule, "profile");
	ck_assert_int_eq(found.rows[0].status, WW_E_RULE);
	unit_str_is(found.rows[0].expression, expression);
	ck_assert_msg(ww_str_starts(found.rows[0].text, ww_str_from(why)), "%.*s",
	    WW_STR_FMT(found.rows[0].text));
}

static void
says(const char *text, const char *expression, const char *why)
{
	struct ww_fhir_rules rules = { .mode = WW_FHIR_ENFORCE, .profiles = set };

	check(&rules, text, expression, why);
}

static bool
is_noted(const char *text)
{
	ww_str note;
	size_t i;

	for (i = 0; (note = ww_fhir_profiles_note(set, i)).n > 0; i++)
		if (ww_str_is(note, text))
			return true;
	return false;
}

START_TEST(counts_and_values)
{
	begin();
	adds(PROFILE("a", "Patient", BASE "Patient",
	    ELEMENT("Patient", "") "," ELEMENT(
	        "Patient.name", ",\"min\":1,\"max\":\"2\"") "," ELEMENT("Patient.name.family",
	        ",\"min\":1") "," ELEMENT("Patient.photo",
	        ",\"max\":\"0\"") "," ELEMENT("Patient.active",
	        ",\"fixedBoolean\":true") "," ELEMENT("Patient.maritalStatus",
	        ",\"patternCodeableConcept\":{\"coding\":[{\"system\":\"http://"
	        "s\",\"code\":\"M\"}]}") "," ELEMENT("Patient.birthDate.extension",
	        ",\"max\":\"0\"") "," ELEMENT("Patient.deceased[x]",
	        ",\"type\":[{\"code\":\"dateTime\"}]")));
	links();
	ck_assert_uint_eq(ww_fhir_profiles_count(set), 1);
	says(PATIENT("a", ",\"name\":[{\"family\":\"x\"}]"), NULL, NULL);
	says(PATIENT("a", ""), "Patient.name", "at least 1 must be there (a)");
	says(PATIENT("a", ",\"name\":[{\"text\":\"x\"}]"), "Patient.name[0].family", "at least 1");
	says(PATIENT("a",
	         ",\"name\":[{\"_family\":{\"extension\":[{\"url\":\"http://x\",\"valueCode\":"
	         "\"masked\"}]}}]"),
	    NULL, NULL);
	says(PATIENT("a", ",\"name\":[{\"family\":\"x\"},{\"family\":\"x\"},{\"family\":\"x\"}]"),
	    "Patient.name", "at most 2 may be there");
#define NAMED(more) PATIENT("a", ",\"name\":[{\"family\":\"x\"}]" more)
	says(NAMED(",\"photo\":[{\"title\":\"x\"}]"), "Patient.photo", "at most 0");
	says(NAMED(",\"active\":true"), NULL, NULL);
	says(NAMED(",\"active\":false"), "Patient.active", "not the fixed value");
	says(
	    NAMED(",\"maritalStatus\":{\"text\":\"x\",\"coding\":[{\"code\":\"x\"},{\"code\":\"M\","
	          "\"system\":\"http://s\",\"display\":\"x\"}]}"),
	    NULL, NULL);
	says(NAMED(",\"maritalStatus\":{\"coding\":[{\"system\":\"http://s\",\"code\":\"S\"}]}"),
	    "Patient.maritalStatus", "without what the pattern has");
	says(NAMED(",\"birthDate\":\"2001\",\"_birthDate\":{\"extension\":[{\"url\":\"http://x\","
	           "\"valueCode\":\"x\"}]}"),
	    "Patient.birthDate.extension", "at most 0");
	says(NAMED(",\"deceasedDateTime\":\"2026\""), NULL, NULL);
	says(NAMED(",\"deceasedBoolean\":true"), "Patient.deceasedBoolean", "not one of the types");
	/* Only what names the profile is held to it, and other types never are. */
	says("{\"resourceType\":\"Patient\"}", NULL, NULL);
	says("{\"resourceType\":\"Person\",\"meta\":{\"profile\":[\"http://p/a\"]}}", NULL, NULL);
}
END_TEST

START_TEST(modes_and_profiles_that_are_not_named)
{
	struct ww_fhir_rules rules = { .mode = WW_FHIR_WARN };
	static const ww_str held[] = { WW_STR_INIT("http://p/a|2") };

	begin();
	adds(PROFILE("a", "Patient", BASE "Patient", ELEMENT("Patient.name", ",\"min\":1")));
	links();
	ck_assert(ww_fhir_profiles_have(set, held[0]));
	ck_assert(!ww_fhir_profiles_have(set, WW_STR("http://p/b")));
	rules.profiles = set;
	check(&rules, PATIENT("a", ""), "Patient.name", "at least 1");
	ck_assert_uint_eq(found.errors, 0);
	rules.mode = WW_FHIR_OFF;
	check(&rules, PATIENT("a", ""), NULL, NULL);
	rules.mode = WW_FHIR_ENFORCE;
	rules.held_to = held;
	rules.held_to_n = 1;
	check(&rules, "{\"resourceType\":\"Patient\"}", "Patient.name", "at least 1");
	ck_assert_int_eq(ww_fhir_issues_http(&found), 422);
	/* In a Bundle and in what contains it, too. */
	check(&rules,
	    "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"resource\":{"
	    "\"resourceType\":\"Patient\"}}]}",
	    "Bundle.entry[0].resource.name", "at least 1");
}
END_TEST

START_TEST(derived_profiles_have_what_they_are_based_on)
{
	begin();
	/* The order of files does not matter. */
	adds(PROFILE("b", "Patient", "http://p/a", ELEMENT("Patient.name", ",\"max\":\"1\"")));
	adds(PROFILE("a", "Patient", BASE "Patient",
	    ELEMENT("Patient.name", ",\"min\":1") "," ELEMENT("Patient.gender", ",\"min\":1")));
	adds(PROFILE("c", "Patient", "http://p/none", ELEMENT("Patient.name", ",\"min\":1")));
	links();
	says(PATIENT("b", ",\"gender\":\"male\""), "Patient.name", "at least 1");
	says(PATIENT("b", ",\"gender\":\"male\",\"name\":[{\"text\":\"x\"},{\"text\":\"x\"}]"),
	    "Patient.name", "at most 1");
	says(PATIENT("b", ",\"name\":[{\"text\":\"x\"}]"), "Patient.gender", "at least 1");
	says(PATIENT("a", ",\"gender\":\"male\",\"name\":[{\"text\":\"x\"},{\"text\":\"x\"}]"),
	    NULL, NULL);
	ck_assert(is_noted("c: what it is based on is not there"));
}
END_TEST

START_TEST(a_profile_that_is_based_on_itself_ends)
{
	begin();
	adds(PROFILE("a", "Patient", "http://p/b", ELEMENT("Patient.name", ",\"min\":1")));
	adds(PROFILE("b", "Patient", "http://p/a", ELEMENT("Patient.gender", ",\"min\":1")));
	links();
	ck_assert(is_noted("a: based on too many others, or on itself"));
	says(PATIENT("a", ",\"gender\":\"male\""), "Patient.name", "at least 1");
}
END_TEST

#define SLICING(kind, path, more)                                                                  \
	",\"slicing\":{\"discriminator\":[{\"type\":\"" kind "\",\"path\":\"" path "\"}]" more "}"

START_TEST(slices_by_value_and_pattern)
{
	begin();
	adds(PROFILE("a", "Patient", BASE "Patient",
	    ELEMENT("Patient.identifier",
	        SLICING(
	            "value", "system", ",\"rules\":\"open\"")) "," ELEMENT("Patient.identifier:mr",
	        ",\"min\":1,\"max\":\"1\"") "," ELEMENT("Patient.identifier:mr.system",
	        ",\"fixedUri\":\"http://mr\"") "," ELEMENT("Patient.identifier:mr.value",
	        ",\"min\":1")));
	adds(PROFILE("b", "Patient", BASE "Patient",
	    ELEMENT("Patient.identifier",
	        SLICING("pattern", "type",
	            ",\"rules\":\"closed\"")) "," ELEMENT("Patient.identifier:mb",
	        ",\"min\":0,\"patternIdentifier\":{\"type\":{\"coding\":[{\"code\":\"MB\"}]}}")));
	links();
	says(PATIENT("a", ",\"identifier\":[{\"system\":\"http://x\"},{\"system\":\"http://mr\","
	                  "\"value\":\"1\"}]"),
	    NULL, NULL);
	says(PATIENT("a", ",\"identifier\":[{\"system\":\"http://x\"}]"), "Patient.identifier",
	    "at least 1 must be there in slice mr (a)");
	says(PATIENT("a", ",\"identifier\":[{\"system\":\"http://mr\"}]"),
	    "Patient.identifier[0].value", "at least 1");
	says(PATIENT("a", ",\"identifier\":[{\"system\":\"http://mr\",\"value\":\"1\"},{\"system\":"
	                  "\"http://mr\",\"value\":\"1\"}]"),
	    "Patient.identifier", "at most 1 may be there in slice mr");
	says(PATIENT("b", ",\"identifier\":[{\"type\":{\"coding\":[{\"code\":\"MB\"}]}}]"), NULL,
	    NULL);
	says(PATIENT("b", ",\"identifier\":[{\"type\":{\"coding\":[{\"code\":\"MB\"}]}},{\"type\":{"
	                  "\"coding\":[{\"code\":\"MR\"}]}}]"),
	    "Patient.identifier[1]", "in none of the slices");
	ck_assert_uint_eq(ww_fhir_profiles_note(set, 0).n, 0);
}
END_TEST

START_TEST(slices_by_existence_type_and_what_is_not_checked)
{
	begin();
	adds(PROFILE("a", "Patient", BASE "Patient",
	    ELEMENT("Patient.contact", SLICING("exists", "organization", "")) "," ELEMENT(
	        "Patient.contact:firm",
	        ",\"max\":\"1\"") "," ELEMENT("Patient.contact:firm.organization",
	        ",\"min\":1") "," ELEMENT("Patient.link",
	        SLICING("profile", "other.resolve()", "")) "," ELEMENT("Patient.link:other",
	        ",\"min\":1") "," ELEMENT("Patient.name",
	        ",\"constraint\":[{\"key\":\"x-1\","
	        "\"severity\":\"error\",\"human\":\"x\"}"
	        "]") "," ELEMENT("Patient.birthDate", ",\"minValueDate\":\"1900-01-01\"")));
	adds(PROFILE("b", "Bundle", BASE "Bundle",
	    ELEMENT("Bundle.entry", SLICING("type", "resource", "")) "," ELEMENT(
	        "Bundle.entry:p", ",\"min\":1") "," ELEMENT("Bundle.entry:p.resource",
	        ",\"type\":[{\"code\":\"Patient\",\"profile\":[\"http://p/"
	        "c\"]},{\"code\":\"Basic\"}]") "," ELEMENT("Bundle.entry:q.resource",
	        ",\"type\":[{\"code\":\"List\",\"profile\":[\"http://p/c\",\"http://p/a\"]}]")));
	adds(PROFILE("c", "Patient", BASE "Patient", ELEMENT("Patient.gender", ",\"min\":1")));
	links();
#define FIRM "{\"organization\":{\"display\":\"x\"}}"
	says(PATIENT("a", ",\"contact\":[" FIRM ",{\"name\":{\"text\":\"x\"}}]"), NULL, NULL);
	says(PATIENT("a", ",\"contact\":[" FIRM "," FIRM "]"), "Patient.contact", "at most 1");
#define BUNDLE(entry)                                                                              \
	"{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"meta\":{\"profile\":["             \
	"\"http://p/b\"]},\"entry\":[{\"resource\":" entry "}]}"
	says(BUNDLE("{\"resourceType\":\"Patient\",\"gender\":\"male\"}"), NULL, NULL);
	says(BUNDLE("{\"resourceType\":\"Patient\"}"), "Bundle.entry[0].resource.gender",
	    "at least 1");
	says(BUNDLE("{\"resourceType\":\"Person\"}"), "Bundle.entry", "at least 1");
	ck_assert(
	    is_noted("b: Bundle.entry:q.resource: to which of several profiles a value is held is "
	             "not told"));
	ck_assert(
	    is_noted("a: Patient.link: slices that are told otherwise than by value, pattern, "
	             "type, existence or URL are not checked"));
	ck_assert(is_noted("a: Patient.name: invariant x-1 is not checked"));
	ck_assert(is_noted("a: Patient.birthDate: limits of a value are not checked"));
}
END_TEST

START_TEST(extensions_by_url_and_their_profiles)
{
	begin();
	adds(PROFILE("a", "Patient", BASE "Patient",
	    ELEMENT("Patient.extension:race",
	        ",\"min\":1,\"type\":[{\"code\":\"Extension\",\"profile\":[\"http://p/race\"]}]")));
	adds(PROFILE("race", "Extension", BASE "Extension",
	    ELEMENT("Extension.url", ",\"fixedUri\":\"http://p/race\"") "," ELEMENT(
	        "Extension.value[x]", ",\"min\":1,\"type\":[{\"code\":\"code\"}]")));
	links();
#define RACE(value) ",\"extension\":[{\"url\":\"http://p/race\"," value "}]"
	says(PATIENT("a", RACE("\"valueCode\":\"x\"")), NULL, NULL);
	says(PATIENT("a", RACE("\"valueString\":\"x\"")), "Patient.extension[0].valueString",
	    "not one of the types (race)");
	says(PATIENT("a", ",\"extension\":[{\"url\":\"http://other\",\"valueCode\":\"x\"}]"),
	    "Patient.extension", "at least 1 must be there in slice race");
}
END_TEST

#define BOUND(url) ",\"binding\":{\"strength\":\"required\",\"valueSet\":\"" url "|1.0\"}"

START_TEST(required_bindings_of_the_files_and_of_r4)
{
	begin();
	adds("{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"resource\":"
	     "{\"resourceType\":\"ValueSet\",\"url\":\"http://v/a\",\"compose\":{\"include\":[{"
	     "\"system\":\"http://s\",\"concept\":[{\"code\":\"x\"}]},{\"system\":\"http://t\"},{"
	     "\"valueSet\":[\"http://v/b\"]}]}}},{\"resource\":"
	     "{\"resourceType\":\"ValueSet\",\"url\":\"http://v/b\",\"expansion\":{\"contains\":[{"
	     "\"system\":\"http://u\",\"code\":\"u\"}]}}},{\"resource\":"
	     "{\"resourceType\":\"CodeSystem\",\"url\":\"http://t\",\"content\":\"complete\","
	     "\"concept\":[{\"code\":\"y\",\"concept\":[{\"code\":\"z\"}]}]}},{\"resource\":"
	     "{\"resourceType\":\"ValueSet\",\"url\":\"http://v/c\",\"compose\":{\"include\":[{"
	     "\"system\":\"http://s\",\"filter\":[{\"property\":\"concept\"}]}]}}}]}");
	adds(PROFILE("a", "Patient", BASE "Patient",
	    ELEMENT("Patient.maritalStatus", BOUND("http://v/a")) "," ELEMENT(
	        "Patient.language", BOUND("http://v/a")) "," ELEMENT("Patient.contact.relationship",
	        BOUND("http://v/c")) "," ELEMENT("Patient.communication.language",
	        BOUND("http://hl7.org/fhir/ValueSet/days-of-week"))));
	links();
#define STATUS(system, code)                                                                       \
	",\"maritalStatus\":{\"coding\":[{\"system\":\"" system "\",\"code\":\"" code "\"}]}"
	says(PATIENT("a", STATUS("http://s", "x")), NULL, NULL);
	says(PATIENT("a", STATUS("http://t", "z")), NULL, NULL);
	says(PATIENT("a", STATUS("http://u", "u")), NULL, NULL);
	says(PATIENT("a", STATUS("http://s", "z")), "Patient.maritalStatus", "not a code of the");
	says(PATIENT("a", ",\"maritalStatus\":{\"text\":\"x\"}"), "Patient.maritalStatus",
	    "not a code");
	says(PATIENT("a", ",\"language\":\"y\""), NULL, NULL);
	says(PATIENT("a", ",\"language\":\"en\""), "Patient.language", "not a code of the");
	says(PATIENT("a", ",\"communication\":[{\"language\":{\"coding\":[{\"code\":\"mon\"}]}}]"),
	    NULL, NULL);
	says(PATIENT("a", ",\"communication\":[{\"language\":{\"coding\":[{\"code\":\"en\"}]}}]"),
	    "Patient.communication[0].language", "not a code of the");
	says(PATIENT("a",
	         ",\"contact\":[{\"name\":{\"text\":\"x\"},\"relationship\":[{\"text\":\"x\"}]}]"),
	    NULL, NULL);
	ck_assert(
	    is_noted("a: Patient.contact.relationship: the codes of a required value set are not "
	             "listed here"));
}
END_TEST

START_TEST(what_is_no_profile_is_passed_over)
{
	begin();
	adds("{\"name\":\"hl7.fhir.us.core\",\"version\":\"1\"}");
	adds("{\"resourceType\":\"Patient\"}");
	adds("[]");
	ck_assert_uint_eq(ww_fhir_profiles_count(set), 0);
	ww_ctx_clear(&cx);
	ck_assert_int_eq(ww_fhir_profiles_add(set, &cx, WW_STR("{\"a\"")), WW_E_SYNTAX);
}
END_TEST

START_TEST(fails_with_the_limit_wherever_the_memory_ends)
{
	size_t limit;

	for (limit = 4096; limit < 1 << 20; limit += 4096) {
		ww_status s;

		ww_fhir_profiles_free(set);
		set = ww_fhir_profiles_new(limit);
		ww_ctx_clear(&cx);
		s = ww_fhir_profiles_add(set, &cx,
		    WW_STR(PROFILE("a", "Patient", BASE "Patient",
		        ELEMENT("Patient.active", ",\"fixedBoolean\":true") "," ELEMENT(
		            "Patient.name", ",\"min\":1" BOUND("http://v/a")))));
		if (s == WW_OK)
			s = ww_fhir_profiles_link(set, &cx);
		if (s == WW_OK)
			break;
		ck_assert_int_eq(s, WW_E_LIMIT);
	}
	says(PATIENT("a", ""), "Patient.name", "at least 1");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		counts_and_values,
		modes_and_profiles_that_are_not_named,
		derived_profiles_have_what_they_are_based_on,
		a_profile_that_is_based_on_itself_ends,
		slices_by_value_and_pattern,
		slices_by_existence_type_and_what_is_not_checked,
		extensions_by_url_and_their_profiles,
		required_bindings_of_the_files_and_of_r4,
		what_is_no_profile_is_passed_over,
		fails_with_the_limit_wherever_the_memory_ends,
	};
	int code;

	cx.arena = ww_arena_new(0);
	if (cx.arena == NULL)
		return EXIT_FAILURE;
	code = unit_main("fhir_profile", tests, UNIT_COUNT(tests));
	ww_fhir_profiles_free(set);
	ww_arena_free(cx.arena);
	return code;
}
