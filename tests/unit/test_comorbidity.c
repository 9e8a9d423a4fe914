/* Charlson groups: normal form, prefixes, hierarchy, weight sets. */
#include "tests/unit/unit.h"

#include "rules/comorbidity.h"

static uint32_t
groups_of(const char *codes)
{
	ww_str rest = ww_str_from(codes);
	uint32_t groups = 0;

	while (rest.n != 0)
		groups |= ww_comorbidity_of(ww_str_cut(rest, ' ', &rest));
	return groups;
}

#define BIT(g) WW_CHARLSON_BIT(WW_CHARLSON_##g)

START_TEST(finds_the_groups_of_a_code)
{
	static const struct {
		const char *code;
		uint32_t groups;
	} rows[] = {
		{ "I21", BIT(MI) },
		{ "I21.4", BIT(MI) },
		{ "i50.23", BIT(CHF) },
		{ " I50 .9 ", BIT(CHF) },
		{ "I50", BIT(CHF) },
		{ "I5", 0 },
		{ "", 0 },
		{ ".", 0 },
		{ "I42.0", BIT(CHF) },
		{ "I42.1", 0 },
		{ "I42.9", BIT(CHF) },
		{ "E11", 0 },
		{ "E11.9", BIT(DIAB_UC) },
		{ "E10.6", BIT(DIAB_UC) },
		{ "E14.7", BIT(DIAB_C) },
		{ "E08.9", 0 },
		{ "E15.0", 0 },
		{ "C80.1", BIT(METS) },
		{ "C7B.00", 0 },
		{ "C44.90", 0 },
		{ "C86.0", 0 },
		{ "C26.9", BIT(CANCER) },
		{ "C27.0", 0 },
		{ "I13.0", BIT(CHF) },
		{ "I13.10", BIT(RD) },
		{ "I13.2", BIT(CHF) },
		{ "K76.6", BIT(MSLD) },
		{ "K76.7", BIT(MSLD) },
		{ "K76.8", BIT(MILDLD) },
		{ "B20", BIT(HIV) },
		{ "B23", 0 },
		{ "Z94.4", BIT(MILDLD) },
		{ "F03.90", BIT(DEM) },
		{ "J47.9", BIT(COPD) },
		{ "J48", 0 },
		{ "J67.9", BIT(COPD) },
		{ "M36.0", BIT(Rheum) },
		{ "K28.9", BIT(PUD) },
		{ "K29.0", 0 },
		{ "G83.4", BIT(PARA) },
		{ "G83.5", 0 },
		{ "N03.2", BIT(RD) },
		{ "N03.1", 0 },
		{ "XI21", 0 },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++)
		ck_assert_msg(ww_comorbidity_of(ww_str_from(rows[i].code)) == rows[i].groups,
		    "code \"%s\"", rows[i].code);
}
END_TEST

START_TEST(weighs_settled_groups_by_each_set)
{
	static const struct {
		const char *codes;
		int64_t sum[WW_CHARLSON_SETS];
	} rows[] = {
		{ "", { 0, 0, 0 } },
		{ "I50.9 E11.9", { 2, 2, 3 } },
		{ "E10.0 E10.2", { 2, 1, 2 } },
		{ "C50.911 C79.51", { 6, 6, 6 } },
		{ "K74.60 I85.01", { 3, 4, 4 } },
		{ "N18.6 E11.22 I12.0", { 4, 2, 4 } },
		{ "I13.0 N18.4", { 3, 3, 4 } },
		{ "I50.9 I50.1 I43", { 1, 2, 2 } },
		{ "G82.20", { 2, 2, 0 } },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		for (unsigned set = 0; set < WW_CHARLSON_SETS; set++) {
			int64_t sum = ww_comorbidity_sum(groups_of(rows[i].codes), set);

			ck_assert_msg(sum == rows[i].sum[set], "\"%s\" by %s: %lld", rows[i].codes,
			    ww_comorbidity_set_name(set), (long long)sum);
		}
	}
}
END_TEST

/* The greatest sums there are: 29 and 24, with HIV weighing 6 and 4. */
START_TEST(reaches_the_published_maxima)
{
	uint32_t all = WW_CHARLSON_BIT(WW_CHARLSON_COUNT) - 1;

	ck_assert_int_eq(ww_comorbidity_sum(all, WW_CHARLSON_1987), 29);
	ck_assert_int_eq(ww_comorbidity_sum(all, WW_CHARLSON_QUAN_2011), 24);
	ck_assert_uint_eq(
	    ww_comorbidity_settle(all), all & ~(BIT(MILDLD) | BIT(DIAB_UC) | BIT(CANCER)));
}
END_TEST

START_TEST(names_groups_and_weight_sets_as_the_tables_do)
{
	for (unsigned g = 0; g < WW_CHARLSON_COUNT; g++)
		ck_assert_ptr_nonnull(ww_comorbidity_name(g));
	ck_assert_str_eq(ww_comorbidity_name(WW_CHARLSON_MI), "MI");
	ck_assert_str_eq(ww_comorbidity_name(WW_CHARLSON_HIV), "HIV");
	ck_assert_str_eq(ww_comorbidity_set_name(WW_CHARLSON_1987), "charlson-1987");
	ck_assert_str_eq(ww_comorbidity_set_name(WW_CHARLSON_QUAN_2011), "quan-2011");
	ck_assert_str_eq(ww_comorbidity_set_name(WW_CHARLSON_LACE_VARIANT), "lace-variant");
}
END_TEST

START_TEST(reads_only_what_can_be_an_icd10_diagnosis)
{
	static const struct {
		const char *code, *system;
		bool readable;
	} rows[] = {
		{ "I50.9", "I10", true },
		{ "I509", "", true },
		{ "i50", "ICD10", true },
		{ "C50", "99LOCAL", true },
		{ "I5", "I10", false },
		{ "", "I10", false },
		{ "84114007", "SCT", false },
		{ "84114007", "", false },
		{ "V42.0", "I9", false },
		{ "V42.0", "i9c", false },
		{ "B20ZZZZ", "I10P", false },
		{ "ABC", "", false },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++)
		ck_assert_msg(ww_comorbidity_readable(ww_str_from(rows[i].code),
		                  ww_str_from(rows[i].system)) == rows[i].readable,
		    "\"%s\" of \"%s\"", rows[i].code, rows[i].system);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		finds_the_groups_of_a_code,
		weighs_settled_groups_by_each_set,
		reaches_the_published_maxima,
		names_groups_and_weight_sets_as_the_tables_do,
		reads_only_what_can_be_an_icd10_diagnosis,
	};

	return unit_main("comorbidity", tests, UNIT_COUNT(tests));
}
