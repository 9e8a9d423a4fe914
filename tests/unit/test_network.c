/* Networks and the addresses in them. */
#include "tests/unit/unit.h"

#include "base/network.h"

START_TEST(tells_who_is_inside)
{
	static const struct {
		const char *network, *address;
		bool inside;
	} rows[] = {
		{ "10.2.0.0/16", "10.2.255.255", true },
		{ "10.2.0.0/16", "10.3.0.0", false },
		{ "10.2.0.0/16", "::ffff:10.2.3.4", true },
		{ "10.2.3.4", "10.2.3.4", true },
		{ "10.2.3.4", "10.2.3.5", false },
		{ "10.2.3.4/31", "10.2.3.5", true },
		{ "0.0.0.0/0", "203.0.113.9", true },
		{ "0.0.0.0/0", "::1", false },
		{ "::/0", "203.0.113.9", true },
		{ "::/0", "2001:db8::1", true },
		{ "2001:db8::/33", "2001:db8:7fff::1", true },
		{ "2001:db8::/33", "2001:db8:8000::1", false },
		{ "::1", "::1", true },
		{ "::1", "127.0.0.1", false },
		{ "::1", "unknown", false },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_network n;

		ck_assert_msg(ww_network_parse(ww_str_from(rows[i].network), &n), "row %zu", i);
		ck_assert_msg(ww_network_has(&n, rows[i].address) == rows[i].inside, "row %zu", i);
	}
}
END_TEST

START_TEST(refuses_what_is_no_network)
{
	static const char *const rows[] = { "", "/", "10.2.0.0/", "10.2.0.0/33", "10.2.0.0/-1",
		"10.2.0.1/16", "10.2/16", "10.2.0.0/16/8", "2001:db8::/129", "2001:db8::1/64",
		"[::1]", "adt.example", "10.2.0.0/16 ",
		"1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111" };
	struct ww_network n;

	for (size_t i = 0; i < UNIT_COUNT(rows); i++)
		ck_assert_msg(!ww_network_parse(ww_str_from(rows[i]), &n), "%s", rows[i]);
	ck_assert(!ww_network_parse(ww_str_of("10.2.0.0\0/16", 12), &n));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { tells_who_is_inside, refuses_what_is_no_network };

	return unit_main("network", tests, UNIT_COUNT(tests));
}
