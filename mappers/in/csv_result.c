/* Laboratory results, each an Observation. */
#include "mappers/in/extract.h"
#include "mappers/in/value.h"

#define COLUMNS(COLUMN)                                                                            \
	COLUMN(result_number, true,                                                                \
	    "the laboratory's number of this one result: a correction has the same")               \
	COLUMN(observed, true, "when the specimen was taken")                                      \
	COLUMN(loinc, false, "LOINC code of the test; this, code or test is needed")               \
	COLUMN(code, false, "the laboratory's own code of the test")                               \
	COLUMN(code_system, false, "of code, a URI")                                               \
	COLUMN(test, false, "what the test is called")                                             \
	COLUMN(value, false,                                                                       \
	    "a number, with <, <=, >= or > before it where it is none exactly; else text")         \
	COLUMN(unit, false, "of the number, UCUM where possible")                                  \
	COLUMN(low, false, "end of the reference range")                                           \
	COLUMN(high, false, "end of the reference range")                                          \
	COLUMN(range, false, "the reference range as text")                                        \
	COLUMN(abnormal, false, "flag: L, H, LL, HH, A, AA, N")                                    \
	COLUMN(status, false,                                                                      \
	    "F final, P preliminary, C corrected, X cancelled, D entered in error, or the words")  \
	COLUMN(reported, false, "when it was reported")

enum { BEFORE = WW_EXTRACT_COMMON_N - 1, COLUMNS(WW_EXTRACT_ENUM) COLUMNS_N };

static const struct ww_csv_column columns[] = { WW_EXTRACT_COMMON(WW_EXTRACT_ROW)
	    COLUMNS(WW_EXTRACT_ROW) };

static const struct ww_extract_word statuses[] = {
	{ "", "final" },
	{ "F", "final" },
	{ "final", "final" },
	{ "P", "preliminary" },
	{ "preliminary", "preliminary" },
	{ "C", "corrected" },
	{ "corrected", "corrected" },
	{ "A", "amended" },
	{ "amended", "amended" },
	{ "X", "cancelled" },
	{ "cancelled", "cancelled" },
	{ "canceled", "cancelled" },
	{ "D", "entered-in-error" },
	{ "W", "entered-in-error" },
	{ "entered-in-error", "entered-in-error" },
	{ NULL, NULL },
};

static ww_status
set_code(const struct ww_extract_in *in, struct ww_json *v)
{
	const ww_str *c = in->cells;
	bool loinc = c[COL_loinc].n > 0;
	struct ww_json *concept = ww_extract_concept(in->cx,
	    loinc ? "http://loinc.org" : ww_arena_cstr(in->cx->arena, c[COL_code_system]),
	    loinc ? c[COL_loinc] : c[COL_code], c[COL_test]);

	if (concept == NULL)
		return ww_fail(
		    in->cx, WW_E_REQUIRED, "loinc", "no test: loinc, code or test is needed");
	(void)ww_json_set(in->cx, v, "code", concept);
	return WW_OK;
}

static void
set_value(const struct ww_extract_in *in, struct ww_json *v)
{
	ww_str text = in->cells[COL_value], rest = text, cmp = ww_value_comparator(&rest);
	struct ww_json *number = rest.n > 0 ? ww_json_digits(in->cx, rest) : NULL, *q;

	if (ww_json_kind(number) != WW_JSON_NUMBER) {
		ww_json_set_str(in->cx, v, "valueString", text);
		return;
	}
	q = ww_json_set(in->cx, v, "valueQuantity", ww_json_object(in->cx));
	(void)ww_json_set(in->cx, q, "value", number);
	ww_json_set_str(in->cx, q, "comparator", cmp);
	ww_json_set_str(in->cx, q, "unit", in->cells[COL_unit]);
}

static ww_status
set_end(const struct ww_extract_in *in, struct ww_json *range, const char *name, size_t column)
{
	struct ww_json *value;
	ww_status s = ww_extract_decimal(in, column, &value);

	if (s == WW_OK && value != NULL)
		(void)ww_json_set(in->cx, ww_json_set(in->cx, range, name, ww_json_object(in->cx)),
		    "value", value);
	return s;
}

static ww_status
set_range(const struct ww_extract_in *in, struct ww_json *v)
{
	struct ww_json *range = ww_json_object(in->cx);
	ww_status s = set_end(in, range, "low", COL_low);

	if (s == WW_OK)
		s = set_end(in, range, "high", COL_high);
	ww_json_set_str(in->cx, range, "text", in->cells[COL_range]);
	if (ww_json_len(range) > 0)
		(void)ww_json_add(
		    in->cx, ww_json_set(in->cx, v, "referenceRange", ww_json_array(in->cx)), range);
	return s;
}

static void
set_labels(const struct ww_extract_in *in, struct ww_json *v)
{
	struct ww_ctx *cx = in->cx;
	struct ww_json *flag = ww_extract_concept(cx,
	    "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
	    in->cells[COL_abnormal], ww_str_empty());

	(void)ww_json_add(cx, ww_json_set(cx, v, "category", ww_json_array(cx)),
	    ww_extract_concept(cx, "http://terminology.hl7.org/CodeSystem/observation-category",
	        WW_STR("laboratory"), ww_str_empty()));
	if (flag != NULL)
		(void)ww_json_add(
		    cx, ww_json_set(cx, v, "interpretation", ww_json_array(cx)), flag);
}

static ww_status
map(struct ww_ctx *cx, const struct ww_feed *feed, const ww_str *const *rows, size_t n,
    struct ww_json *out[WW_CSV_RESOURCES], size_t *out_n)
{
	const struct ww_extract_in in = { cx, feed, columns, rows[n - 1] };
	struct ww_json *v = NULL, *member = NULL;
	const char *status;
	ww_str id, observed, reported;
	ww_status s = ww_extract_id(&in, "result", COL_result_number, &id);

	*out_n = 0;
	if (s == WW_OK)
		s = ww_extract_word(&in, COL_status, statuses, &status);
	if (s == WW_OK)
		s = ww_extract_when(&in, COL_observed, &observed);
	if (s == WW_OK)
		s = ww_extract_instant(&in, COL_reported, &reported);
	if (s == WW_OK)
		s = ww_extract_start(&in, "Observation", id, &v);
	if (s != WW_OK)
		return s;
	(void)ww_json_add(cx, ww_json_set(cx, v, "identifier", ww_json_array(cx)),
	    ww_extract_identifier(cx, "", ww_str_empty(), in.cells[COL_result_number]));
	ww_json_set_cstr(cx, v, "status", status);
	s = set_code(&in, v);
	if (s == WW_OK)
		s = ww_extract_member(&in, v, "subject", &member);
	set_labels(&in, v);
	ww_json_set_str(cx, v, "effectiveDateTime", observed);
	ww_json_set_str(cx, v, "issued", reported);
	set_value(&in, v);
	if (s == WW_OK)
		s = set_range(&in, v);
	return ww_extract_end(cx, s, member, v, out, out_n);
}

const struct ww_csv_kind ww_csv_results = {
	.name = "results", .columns = columns, .columns_n = COLUMNS_N, .map = map
};
