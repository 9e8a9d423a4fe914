/* FHIR XML: to the tree of FHIR JSON and back. */
#include "json_same.h"
#include "unit.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include "base/fs.h"
#include "codec/xml.h"

#include <glob.h>
#include <string.h>

#define PATIENT(content) "<Patient xmlns=\"http://hl7.org/fhir\">" content "</Patient>"
#define XHTML "xmlns=\"http://www.w3.org/1999/xhtml\""

static struct ww_ctx cx;

static void
setup(void)
{
	cx = (struct ww_ctx){ .arena = ww_arena_new(64 << 20) };
}

static void
teardown(void)
{
	ww_arena_free(cx.arena);
}

static struct ww_json *
tree(const char *json)
{
	struct ww_json *v = NULL;

	ck_assert_msg(
	    ww_json_parse(&cx, ww_str_from(json), &v) == WW_OK, "%s: %s", json, cx.fail.reason);
	return v;
}

static struct ww_json *
read_xml(ww_str xml)
{
	struct ww_json *v = NULL;

	ck_assert_msg(ww_xml_read(&cx, xml, 0, &v) == WW_OK, "%.*s: %s: %s", WW_STR_FMT(xml),
	    cx.fail.place, cx.fail.reason);
	return v;
}

static const char *
text_of(const struct ww_json *v)
{
	struct ww_buf b = { 0 };
	const char *s;

	ck_assert_int_eq(ww_json_write(&cx, v, false, &b), WW_OK);
	s = ww_arena_cstr(cx.arena, ww_buf_view(&b));
	ww_buf_free(&b);
	return s;
}

static void
reads_as(const char *xml, const char *json)
{
	struct ww_json *got = read_xml(ww_str_from(xml));

	ck_assert_msg(json_same(got, tree(json)), "got %s, want %s", text_of(got), json);
}

/* Refused with that status, and a reason that holds the word; never with text of the input. */
static void
refuses(const char *xml, ww_status s, const char *word)
{
	struct ww_json *v = NULL;

	cx.fail = (struct ww_failure){ .status = WW_OK };
	ck_assert_msg(
	    ww_xml_read(&cx, ww_str_from(xml), 0, &v) == s, "%s: %s", xml, cx.fail.reason);
	ck_assert_ptr_null(v);
	ck_assert_msg(strstr(cx.fail.reason, word) != NULL, "%s: %s", xml, cx.fail.reason);
	ck_assert_msg(strncmp(cx.fail.place, "line ", 5) == 0, "%s: %s", xml, cx.fail.place);
	ck_assert_ptr_null(strstr(cx.fail.reason, "SECRET"));
}

static const char *
write_xml(const struct ww_json *v)
{
	struct ww_buf b = { 0 };
	const char *s;

	ck_assert_msg(ww_xml_write(&cx, v, &b) == WW_OK, "%s: %s", cx.fail.place, cx.fail.reason);
	s = ww_arena_cstr(cx.arena, ww_buf_view(&b));
	ww_buf_free(&b);
	return s;
}

static void
writes_as(const char *json, const char *want)
{
	const char *got = write_xml(tree(json));
	const char *body = strchr(got, '\n') + 1;

	ck_assert_str_eq(body, want);
}

static void
writes_not(const char *json, const char *place)
{
	struct ww_buf b = { 0 };

	cx.fail = (struct ww_failure){ .status = WW_OK };
	ck_assert_msg(ww_xml_write(&cx, tree(json), &b) == WW_E_VALUE, "%s", json);
	ck_assert_str_eq(cx.fail.place, place);
	ww_buf_free(&b);
}

/* -- reading ---------------------------------------------------------------------------------------- */

START_TEST(reads_primitives_by_their_type)
{
	setup();
	reads_as(PATIENT("<id value=\"p1\"/><active value=\"true\"/>"
	                 "<multipleBirthInteger value=\"2\"/>"),
	    "{\"resourceType\":\"Patient\",\"id\":\"p1\",\"active\":true,"
	    "\"multipleBirthInteger\":2}");
	teardown();
}
END_TEST

START_TEST(keeps_the_digits_of_decimals)
{
	setup();
	reads_as("<Observation xmlns=\"http://hl7.org/fhir\"><status value=\"final\"/><code><text "
	         "value=\"c\"/></code><valueQuantity><value value=\"1.10\"/></valueQuantity>"
	         "</Observation>",
	    "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":\"c\"},"
	    "\"valueQuantity\":{\"value\":1.10}}");
	teardown();
}
END_TEST

START_TEST(makes_arrays_where_there_may_be_several)
{
	setup();
	reads_as(PATIENT("<name><family value=\"A\"/><given value=\"B\"/></name>"),
	    "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"A\",\"given\":[\"B\"]}]}");
	reads_as(PATIENT("<name><given value=\"B\"/><given value=\"C\"/></name><name><family "
	                 "value=\"D\"/></name>"),
	    "{\"resourceType\":\"Patient\",\"name\":[{\"given\":[\"B\",\"C\"]},{\"family\":"
	    "\"D\"}]}");
	teardown();
}
END_TEST

START_TEST(puts_ids_and_extensions_of_primitives_beside_them)
{
	setup();
	reads_as(PATIENT("<birthDate id=\"b\" value=\"2001-02-03\"><extension url=\"u\"><valueCode "
	                 "value=\"x\"/></extension></birthDate>"),
	    "{\"resourceType\":\"Patient\",\"birthDate\":\"2001-02-03\",\"_birthDate\":{\"id\":"
	    "\"b\",\"extension\":[{\"url\":\"u\",\"valueCode\":\"x\"}]}}");
	reads_as(PATIENT("<name><given value=\"A\"/><given id=\"g\"/><given value=\"C\"/></name>"),
	    "{\"resourceType\":\"Patient\",\"name\":[{\"given\":[\"A\",null,\"C\"],\"_given\":["
	    "null,{\"id\":\"g\"},null]}]}");
	reads_as(PATIENT("<name><given id=\"g\"/></name>"),
	    "{\"resourceType\":\"Patient\",\"name\":[{\"_given\":[{\"id\":\"g\"}]}]}");
	teardown();
}
END_TEST

START_TEST(unwraps_contained_and_bundled_resources)
{
	setup();
	reads_as("<Bundle xmlns=\"http://hl7.org/fhir\"><type value=\"collection\"/><entry>"
	         "<resource><Encounter><contained><Location><id value=\"l\"/></Location>"
	         "</contained><status value=\"finished\"/></Encounter></resource></entry></Bundle>",
	    "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"resource\":{"
	    "\"resourceType\":\"Encounter\",\"contained\":[{\"resourceType\":\"Location\",\"id\":"
	    "\"l\"}],\"status\":\"finished\"}}]}");
	reads_as("<Bundle xmlns=\"http://hl7.org/fhir\"><entry><response><status value=\"404\"/>"
	         "<outcome><OperationOutcome><id value=\"o\"/></OperationOutcome></outcome>"
	         "</response></entry></Bundle>",
	    "{\"resourceType\":\"Bundle\",\"entry\":[{\"response\":{\"status\":\"404\","
	    "\"outcome\":{\"resourceType\":\"OperationOutcome\",\"id\":\"o\"}}}]}");
	teardown();
}
END_TEST

START_TEST(keeps_the_narrative_as_it_stands)
{
	setup();
	reads_as(PATIENT("<text><status value=\"generated\"/><div " XHTML
	                 "><p class='a'>x &amp; <b>y</b>\n</p><!-- z --></div></text>"),
	    "{\"resourceType\":\"Patient\",\"text\":{\"status\":\"generated\",\"div\":\"<div "
	    "xmlns=\\\"http://www.w3.org/1999/xhtml\\\"><p class='a'>x &amp; <b>y</b>\\n</p><!-- "
	    "z --></div>\"}}");
	reads_as(PATIENT("<text><status value=\"empty\"/><div " XHTML "/></text>"),
	    "{\"resourceType\":\"Patient\",\"text\":{\"status\":\"empty\",\"div\":\"<div "
	    "xmlns=\\\"http://www.w3.org/1999/xhtml\\\"/>\"}}");
	teardown();
}
END_TEST

/* So long that the library has thrown away the beginning of its buffer. */
START_TEST(finds_a_narrative_far_into_the_text)
{
	struct ww_buf b = { 0 };
	struct ww_json *v;

	setup();
	ww_buf_cstr(&b, "\xef\xbb\xbf<Bundle xmlns=\"http://hl7.org/fhir\"><type "
	                "value=\"collection\"/>");
	for (int i = 0; i < 2000; i++)
		ww_buf_printf(&b,
		    "<entry><resource><Patient><text><status value=\"generated\"/>\n<div " XHTML
		    ">n\xc3\xa9 %d</div></text></Patient></resource></entry>",
		    i);
	ww_buf_cstr(&b, "</Bundle>\n");
	v = read_xml(ww_buf_view(&b));
	unit_str_is(ww_json_str(ww_json_find(v, "entry[0].resource.text.div")),
	    "<div " XHTML ">n\xc3\xa9 0</div>");
	unit_str_is(ww_json_str(ww_json_find(v, "entry[1999].resource.text.div")),
	    "<div " XHTML ">n\xc3\xa9 1999</div>");
	ww_buf_free(&b);
	teardown();
}
END_TEST

START_TEST(takes_prefixes_and_the_hint_of_a_schema)
{
	setup();
	reads_as("<?xml version='1.0' encoding='utf-8'?>\n<!-- c -->\n<f:Patient "
	         "xmlns:f=\"http://hl7.org/fhir\" "
	         "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
	         "xsi:schemaLocation=\"http://hl7.org/fhir x.xsd\"><f:id value='p'/></f:Patient>\n",
	    "{\"resourceType\":\"Patient\",\"id\":\"p\"}");
	teardown();
}
END_TEST

START_TEST(takes_escapes_of_xml)
{
	setup();
	reads_as(PATIENT("<name><family value=\"A &amp; &#66;&lt;&quot;&#10;\"/></name>"),
	    "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"A & B<\\\"\\n\"}]}");
	teardown();
}
END_TEST

START_TEST(leaves_to_the_check_what_json_can_say)
{
	setup();
	reads_as(PATIENT("<active value=\"True\"/><multipleBirthInteger value=\"02\"/>"),
	    "{\"resourceType\":\"Patient\",\"active\":\"True\",\"multipleBirthInteger\":\"02\"}");
	reads_as(PATIENT("<gender/>"), "{\"resourceType\":\"Patient\",\"gender\":\"\"}");
	reads_as(PATIENT("<height value=\"9\"><x/></height><gender value=\"other\"/>"),
	    "{\"resourceType\":\"Patient\",\"height\":\"9\",\"gender\":\"other\"}");
	reads_as(
	    PATIENT("<maritalStatus/>"), "{\"resourceType\":\"Patient\",\"maritalStatus\":{}}");
	reads_as("<NoSuch xmlns=\"http://hl7.org/fhir\"><a value=\"1\"/><a/></NoSuch>",
	    "{\"resourceType\":\"NoSuch\"}");
	teardown();
}
END_TEST

/* -- refusing --------------------------------------------------------------------------------------- */

START_TEST(refuses_document_types_entities_and_instructions)
{
	setup();
	refuses("<!DOCTYPE Patient [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>" PATIENT(
	            "<id value=\"&e;\"/>"),
	    WW_E_SYNTAX, "document type");
	refuses("<!DOCTYPE Patient>" PATIENT(""), WW_E_SYNTAX, "document type");
	refuses("<!doctype Patient>" PATIENT(""), WW_E_SYNTAX, "document type");
	refuses("<!ENTITY a \"b\">" PATIENT(""), WW_E_SYNTAX, "document type");
	refuses("<?xml version=\"1.0\"?><?xml-stylesheet href=\"x\"?>" PATIENT(""), WW_E_SYNTAX,
	    "processing instruction");
	refuses(PATIENT("<?php x?>"), WW_E_SYNTAX, "processing instruction");
	refuses("<!-- <!-- --><!DOCTYPE Patient>" PATIENT(""), WW_E_SYNTAX, "document type");
	refuses(PATIENT("<id value=\"&SECRET;\"/>"), WW_E_SYNTAX, "entity");
	teardown();
}
END_TEST

START_TEST(refuses_other_encodings_and_bytes)
{
	setup();
	refuses("<?xml version=\"1.0\" encoding=\"UTF-7\"?>" PATIENT(""), WW_E_SYNTAX, "encoding");
	refuses(
	    "<?xml version=\"1.0\" encoding='ISO-8859-1'?>" PATIENT(""), WW_E_SYNTAX, "encoding");
	refuses("<?xml version=\"1.1\"?>" PATIENT(""), WW_E_SYNTAX, "version");
	refuses(PATIENT("<id value=\"\xff\"/>"), WW_E_SYNTAX, "UTF-8");
	refuses(PATIENT("<id value=\"&#0;\"/>"), WW_E_SYNTAX, "character");
	refuses(PATIENT("<id value=\"\x01\"/>"), WW_E_SYNTAX, "");
	refuses("\xfe\xff", WW_E_SYNTAX, "UTF-8");
	teardown();
}
END_TEST

START_TEST(refuses_what_is_not_well_formed)
{
	static const char *const bad[] = { "", " ", "x", "<", "<Patient", "<>", PATIENT("<id>"),
		PATIENT("") "<x/>", PATIENT("") "x", PATIENT("<id value=p/>"),
		PATIENT("<id value/>"), PATIENT("<id value=\"<\"/>"), PATIENT("<id value=\"a/>"),
		PATIENT("<id value=\"a\" value=\"b\"/>"), PATIENT("<x:id value=\"a\"/>"),
		PATIENT("<!-- "), PATIENT("<![CDATA[ "), PATIENT("</Patient>"),
		PATIENT("<id / value=\"\">"), PATIENT("<id value=\"a\"other=\"b\"/>"),
		"<Patient xmlns=\"http://hl7.org/fhir\"></patient>" };

	setup();
	for (size_t i = 0; i < UNIT_COUNT(bad); i++)
		refuses(bad[i], WW_E_SYNTAX, "");
	teardown();
}
END_TEST

START_TEST(refuses_every_cut_before_the_last_tag)
{
	static const char whole[] = "<?xml version=\"1.0\"?>" PATIENT(
	    "<text><status value=\"generated\"/><div " XHTML
	    ">a<br/></div></text><name><given value=\"B\"/></name>");

	setup();
	read_xml(WW_STR(whole));
	for (size_t n = 0; n < sizeof(whole) - 1; n++) {
		struct ww_json *v = NULL;

		cx.fail = (struct ww_failure){ .status = WW_OK };
		ck_assert_msg(
		    ww_xml_read(&cx, ww_str_of(whole, n), 0, &v) == WW_E_SYNTAX, "%zu", n);
	}
	teardown();
}
END_TEST

START_TEST(refuses_what_no_json_could_say)
{
	setup();
	refuses(PATIENT("<gender value=\"male\"/><active value=\"true\"/>"), WW_E_SYNTAX, "order");
	refuses(PATIENT("<name/><gender value=\"male\"/><name/>"), WW_E_SYNTAX, "follow");
	refuses(PATIENT("<gender value=\"male\"/><gender value=\"male\"/>"), WW_E_SYNTAX, "twice");
	refuses(PATIENT("SECRET"), WW_E_SYNTAX, "text");
	refuses(PATIENT("<gender value=\"male\">SECRET</gender>"), WW_E_SYNTAX, "text");
	refuses(PATIENT("<![CDATA[SECRET]]>"), WW_E_SYNTAX, "text");
	refuses(PATIENT("<gender value=\"male\" SECRET=\"x\"/>"), WW_E_SYNTAX, "attribute");
	refuses("<Patient xmlns=\"http://hl7.org/fhir\" id=\"SECRET\"/>", WW_E_SYNTAX, "attribute");
	refuses("<Patient/>", WW_E_SYNTAX, "namespace");
	refuses("<Patient xmlns=\"http://hl7.org/fhir\" "
	        "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"SECRET\"/>",
	    WW_E_SYNTAX, "attribute");
	refuses(PATIENT("<id xmlns=\"urn:x\" value=\"a\"/>"), WW_E_SYNTAX, "namespace");
	refuses(PATIENT("<contained/>"), WW_E_SYNTAX, "no resource");
	refuses(PATIENT("<contained><Patient/><Patient/></contained>"), WW_E_SYNTAX, "second");
	teardown();
}
END_TEST

START_TEST(says_where_it_refuses)
{
	struct ww_json *v;

	setup();
	refuses("<Patient xmlns=\"http://hl7.org/fhir\">\n <gender value=\"male\"/>\n <active "
	        "value=\"true\"/>\n</Patient>",
	    WW_E_SYNTAX, "order");
	ck_assert_msg(strncmp(cx.fail.place, "line 3 ", 7) == 0, "%s", cx.fail.place);
	cx.fail = (struct ww_failure){ .status = WW_OK };
	ck_assert_int_eq(
	    ww_xml_read(&cx, WW_STR("<Patient>\n<?x?></Patient>"), 0, &v), WW_E_SYNTAX);
	ck_assert_str_eq(cx.fail.place, "line 2 column 1");
	teardown();
}
END_TEST

/* n times the text. */
static void
repeat(struct ww_buf *b, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++)
		ww_buf_cstr(b, text);
}

static ww_status
read_nested(size_t n, const char *begin, const char *end)
{
	struct ww_buf b = { 0 };
	struct ww_json *v;
	ww_status s;

	ww_buf_cstr(&b, "<Patient xmlns=\"http://hl7.org/fhir\">");
	repeat(&b, n, begin);
	repeat(&b, n, end);
	ww_buf_cstr(&b, "</Patient>");
	cx.fail = (struct ww_failure){ .status = WW_OK };
	s = ww_xml_read(&cx, ww_buf_view(&b), 0, &v);
	ww_buf_free(&b);
	return s;
}

/* What was read can be written as JSON that can be read: extensions are an object and an array each. */
START_TEST(limits_depth_as_json_does)
{
	setup();
	ck_assert_int_eq(read_nested(31, "<extension url=\"u\">", "</extension>"), WW_OK);
	ck_assert_int_eq(read_nested(32, "<extension url=\"u\">", "</extension>"), WW_E_LIMIT);
	ck_assert_int_eq(read_nested(63, "<x>", "</x>"), WW_OK);
	ck_assert_int_eq(read_nested(64, "<x>", "</x>"), WW_E_LIMIT);
	teardown();
}
END_TEST

START_TEST(limits_size_attributes_and_namespaces)
{
	struct ww_buf b = { 0 };
	struct ww_json *v;

	setup();
	ck_assert_int_eq(ww_xml_read(&cx, WW_STR(PATIENT("")), 10, &v), WW_E_LIMIT);
	ww_buf_cstr(&b, "<Patient");
	for (int i = 0; i < WW_XML_ATTRIBUTES_MAX + 1; i++)
		ww_buf_printf(&b, " a%d=\"\"", i);
	ww_buf_cstr(&b, "/>");
	refuses(ww_arena_cstr(cx.arena, ww_buf_view(&b)), WW_E_LIMIT, "attributes");
	ww_buf_clear(&b);
	ww_buf_cstr(&b, "<Patient");
	for (int i = 0; i < 17; i++)
		ww_buf_printf(&b, " xmlns:a%d=\"u\"", i);
	ww_buf_cstr(&b, "/>");
	refuses(ww_arena_cstr(cx.arena, ww_buf_view(&b)), WW_E_LIMIT, "namespaces");
	ww_buf_clear(&b);
	ww_buf_cstr(&b, "<Patient xmlns=\"http://hl7.org/fhir\">");
	for (int i = 0; i < 65; i++)
		ww_buf_printf(&b, "<a%d/>", i);
	ww_buf_cstr(&b, "</Patient>");
	refuses(ww_arena_cstr(cx.arena, ww_buf_view(&b)), WW_E_LIMIT, "too many elements");
	ww_buf_clear(&b);
	ww_buf_cstr(&b, "<Patient xmlns=\"http://hl7.org/fhir\"><text><div " XHTML ">");
	for (int i = 0; i < 5000; i++)
		ww_buf_printf(&b, "<b%d/>", i);
	ww_buf_cstr(&b, "</div></text></Patient>");
	refuses(ww_arena_cstr(cx.arena, ww_buf_view(&b)), WW_E_LIMIT, "different names");
	ww_buf_free(&b);
	teardown();
}
END_TEST

/* With less memory than it takes it is refused for that, however little less, and nothing else happens. */
START_TEST(ends_well_when_memory_does)
{
	static const char xml[] =
	    PATIENT("<text><status value=\"generated\"/><div " XHTML
	            ">a</div></text><name><family value=\"a &amp; b\"/><given "
	            "value=\"B\"/><given id=\"c\"/></name>");
	ww_status s = WW_E_LIMIT;

	for (size_t limit = 64; s != WW_OK; limit += 64) {
		struct ww_buf b = { 0 };
		struct ww_json *v = NULL;

		cx = (struct ww_ctx){ .arena = ww_arena_new(limit) };
		s = ww_xml_read(&cx, WW_STR(xml), 0, &v);
		if (s == WW_OK)
			s = ww_xml_write(&cx, v, &b);
		ck_assert_msg(s == WW_OK || s == WW_E_LIMIT, "%zu: %s", limit, cx.fail.reason);
		ck_assert_uint_lt(limit, 1 << 20);
		ww_buf_free(&b);
		ww_arena_free(cx.arena);
	}
}
END_TEST

/* -- writing ---------------------------------------------------------------------------------------- */

START_TEST(writes_in_the_order_of_fhir)
{
	setup();
	writes_as("{\"resourceType\":\"Patient\",\"gender\":\"male\",\"name\":[{\"given\":[\"B\","
	          "\"C\"],\"family\":\"A\"}],\"active\":false,\"id\":\"p\"}",
	    PATIENT("<id value=\"p\"/><active value=\"false\"/><name><family value=\"A\"/><given "
	            "value=\"B\"/><given value=\"C\"/></name><gender value=\"male\"/>"));
	teardown();
}
END_TEST

START_TEST(writes_what_stands_beside_primitives)
{
	setup();
	writes_as("{\"resourceType\":\"Patient\",\"name\":[{\"given\":[\"A\",null],\"_given\":["
	          "null,{\"id\":\"g\",\"extension\":[{\"url\":\"u\",\"valueCode\":\"x\"}]}]}]}",
	    PATIENT("<name><given value=\"A\"/><given id=\"g\"><extension url=\"u\"><valueCode "
	            "value=\"x\"/></extension></given></name>"));
	teardown();
}
END_TEST

START_TEST(escapes_so_that_every_reader_gets_the_same)
{
	setup();
	writes_as("{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"<&>\\\"'\\t\\n\\r\"}]}",
	    PATIENT("<name><family value=\"&lt;&amp;&gt;&quot;'&#9;&#10;&#13;\"/></name>"));
	teardown();
}
END_TEST

START_TEST(does_not_write_what_xml_of_fhir_cannot_say)
{
	setup();
	writes_not("{\"resourceType\":\"NoSuch\"}", "resourceType");
	writes_not("{\"resourceType\":\"Patient\",\"height\":1}", "Patient");
	writes_not("{\"resourceType\":\"Patient\",\"name\":{}}", "Patient.name");
	writes_not("{\"resourceType\":\"Patient\",\"name\":[]}", "Patient.name");
	writes_not("{\"resourceType\":\"Patient\",\"gender\":null}", "Patient.gender");
	writes_not(
	    "{\"resourceType\":\"Patient\",\"gender\":null,\"_gender\":{}}", "Patient.gender");
	writes_not("{\"resourceType\":\"Patient\",\"gender\":{}}", "Patient.gender");
	writes_not("{\"resourceType\":\"Patient\",\"name\":[\"A\"]}", "Patient.name");
	writes_not("{\"resourceType\":\"Patient\",\"gender\":\"\xef\xbf\xbf\"}", "Patient.gender");
	teardown();
}
END_TEST

/* A narrative is put in as it stands, so it must be one element of XHTML and nothing else. */
START_TEST(lets_no_narrative_break_out)
{
	static const char *const bad[] = { "<div>x</div>", "x", "",
		"<div xmlns='http://www.w3.org/1999/xhtml'>",
		"<p xmlns='http://www.w3.org/1999/xhtml'/>",
		"<div xmlns='http://www.w3.org/1999/xhtml'></div></text><name/>",
		"<div xmlns='http://www.w3.org/1999/xhtml'></div><div "
		"xmlns='http://www.w3.org/1999/xhtml'></div>",
		"<!DOCTYPE div><div xmlns='http://www.w3.org/1999/xhtml'></div>",
		"<div xmlns='http://www.w3.org/1999/xhtml'>&nbsp;</div>" };

	setup();
	for (size_t i = 0; i < UNIT_COUNT(bad); i++)
		writes_not(ww_arena_printf(cx.arena,
		               "{\"resourceType\":\"Patient\",\"text\":{\"div\":\"%s\"}}", bad[i])
		               .p,
		    "Narrative.div");
	teardown();
}
END_TEST

START_TEST(what_was_written_is_read_as_what_it_was)
{
	static const char *const samples[] = {
		"{\"resourceType\":\"Encounter\",\"id\":\"e1\",\"meta\":{\"versionId\":\"2\","
		"\"lastUpdated\":\"2026-03-02T08:00:00.000Z\",\"tag\":[{\"system\":\"urn:t\"}]},"
		"\"text\":{\"status\":\"generated\",\"div\":\"<div xmlns='http://www.w3.org/1999/"
		"xhtml'>a\\r\\n\\t<br/>&#160;b</div>\"},\"contained\":[{\"resourceType\":"
		"\"Location\",\"id\":\"l\",\"position\":{\"longitude\":-1.0,\"latitude\":1e-3}}],"
		"\"status\":\"in-progress\",\"class\":{\"code\":\"IMP\"},\"subject\":{"
		"\"reference\":\"Patient/p\"},\"period\":{\"start\":\"2026-03-02\",\"_end\":{"
		"\"extension\":[{\"url\":\"u\",\"valueCode\":\"unknown\"}]}},\"length\":{\"value\":"
		"3.50,\"unit\":\"d\"}}",
		"{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{\"fullUrl\":"
		"\"urn:uuid:0\",\"resource\":{\"resourceType\":\"Patient\",\"_birthDate\":{\"id\":"
		"\"b\"},\"birthDate\":\"2001\",\"multipleBirthBoolean\":true},\"request\":{"
		"\"method\":\"PUT\",\"url\":\"Patient/p\"}}]}",
		"{\"resourceType\":\"Bundle\",\"type\":\"batch-response\",\"entry\":[{"
		"\"response\":{\"status\":\"404\",\"outcome\":{\"resourceType\":"
		"\"OperationOutcome\",\"issue\":[{\"severity\":\"error\"}]}}}]}",
		"{\"resourceType\":\"Claim\",\"status\":\"active\",\"item\":[{\"sequence\":1,"
		"\"productOrService\":{\"text\":\"x\"},\"unitPrice\":{\"value\":100.00,"
		"\"currency\":\"USD\"},\"diagnosisSequence\":[1,2],\"net\":{\"value\":"
		"12345678901234567890.12}}]}",
	};

	setup();
	for (size_t i = 0; i < UNIT_COUNT(samples); i++) {
		struct ww_json *before = tree(samples[i]);
		const char *xml = write_xml(before);
		struct ww_json *after = read_xml(ww_str_from(xml));

		ck_assert_msg(
		    json_same(before, after), "%s\n%s\n%s", samples[i], xml, text_of(after));
		ck_assert_str_eq(write_xml(after), xml);
	}
	teardown();
}
END_TEST

/* Every resource of ours: whole files, or one a line. */
static size_t
all_of(const char *pattern)
{
	glob_t found = { 0 };
	size_t n = 0;

	ck_assert_int_eq(glob(pattern, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		bool lines = strstr(found.gl_pathv[i], ".want") != NULL;
		struct ww_buf text = { 0 };
		ww_str rest, one;

		ck_assert_int_eq(ww_fs_get(&cx, found.gl_pathv[i], 0, &text), WW_OK);
		rest = ww_arena_str(cx.arena, ww_buf_view(&text));
		while (rest.n > 0) {
			struct ww_json *before;

			one = lines ? ww_str_cut(rest, '\n', &rest) : rest;
			rest = lines ? rest : ww_str_empty();
			before = tree(ww_arena_cstr(cx.arena, one));
			ck_assert_msg(json_same(before, read_xml(ww_str_from(write_xml(before)))),
			    "%s", found.gl_pathv[i]);
			n++;
		}
		ww_buf_free(&text);
	}
	globfree(&found);
	return n;
}

START_TEST(every_sample_comes_back_from_xml)
{
	setup();
	ck_assert_uint_gt(all_of("samples/csv/*.want"), 0);
	ck_assert_uint_gt(all_of("samples/map/*.json"), 0);
	teardown();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		reads_primitives_by_their_type,
		keeps_the_digits_of_decimals,
		makes_arrays_where_there_may_be_several,
		puts_ids_and_extensions_of_primitives_beside_them,
		unwraps_contained_and_bundled_resources,
		keeps_the_narrative_as_it_stands,
		finds_a_narrative_far_into_the_text,
		takes_prefixes_and_the_hint_of_a_schema,
		takes_escapes_of_xml,
		leaves_to_the_check_what_json_can_say,
		refuses_document_types_entities_and_instructions,
		refuses_other_encodings_and_bytes,
		refuses_what_is_not_well_formed,
		refuses_every_cut_before_the_last_tag,
		refuses_what_no_json_could_say,
		says_where_it_refuses,
		limits_depth_as_json_does,
		limits_size_attributes_and_namespaces,
		ends_well_when_memory_does,
		writes_in_the_order_of_fhir,
		writes_what_stands_beside_primitives,
		escapes_so_that_every_reader_gets_the_same,
		does_not_write_what_xml_of_fhir_cannot_say,
		lets_no_narrative_break_out,
		what_was_written_is_read_as_what_it_was,
		every_sample_comes_back_from_xml,
	};

	return unit_main("xml", tests, UNIT_COUNT(tests));
}
