/* "host:port" taken apart. */
#include "tests/unit/unit.h"

#include "link/address.h"

#include <string.h>

START_TEST(takes_host_and_port_apart)
{
	static const struct {
		const char *text, *host, *port;
	} rows[] = {
		{ "127.0.0.1:2575", "127.0.0.1", "2575" },
		{ "127.0.0.1:0", "127.0.0.1", "0" },
		{ "adt.example:65535", "adt.example", "65535" },
		{ "[::1]:2575", "::1", "2575" },
		{ "h:0080", "h", "80" },
	};
	struct ww_address a;
	size_t i;

	for (i = 0; i < UNIT_COUNT(rows); i++) {
		ck_assert_msg(ww_address_split(ww_str_from(rows[i].text), &a), "%s", rows[i].text);
		ck_assert_str_eq(a.host, rows[i].host);
		ck_assert_str_eq(a.port, rows[i].port);
	}
}
END_TEST

START_TEST(refuses_what_is_no_address)
{
	static const char *const rows[] = { "", ":", ":2575", "127.0.0.1", "127.0.0.1:", "h:65536",
		"h:-1", "h:1x", "h: 1", "::1", "::1:2575", "[::1]", "[::1]2575", "[::1:2575",
		"[]:1" };
	struct ww_address a;
	size_t i;

	for (i = 0; i < UNIT_COUNT(rows); i++)
		ck_assert_msg(!ww_address_split(ww_str_from(rows[i]), &a), "%s", rows[i]);
	ck_assert(!ww_address_split(ww_str_of("a\0b:1", 5), &a));
}
END_TEST

START_TEST(refuses_a_host_longer_than_any_name)
{
	char text[300];
	struct ww_address a;

	memset(text, 'a', sizeof(text));
	text[255] = ':';
	text[256] = '1';
	ck_assert(ww_address_split(ww_str_of(text, 257), &a));
	text[255] = 'a';
	text[256] = ':';
	text[257] = '1';
	ck_assert(!ww_address_split(ww_str_of(text, 258), &a));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { takes_host_and_port_apart, refuses_what_is_no_address,
		refuses_a_host_longer_than_any_name };

	return unit_main("address", tests, UNIT_COUNT(tests));
}
