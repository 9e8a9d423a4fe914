/* Peers: what each has open, and the debt of one that sends too fast. Times are given, none is waited for. */
#include "unit.h"

#include "link/mllp_peer.h"

#include <string.h>

enum { NOW = 1000000 }; /* ms */

START_TEST(counts_the_connections_of_each_address)
{
	struct ww_mllp_peers *ps = ww_mllp_peers_new(1000);
	struct ww_mllp_peer *a = ww_mllp_peer_enter(ps, "10.0.0.1"),
	                    *b = ww_mllp_peer_enter(ps, "2001:db8::1");

	ck_assert_ptr_ne(a, b);
	ck_assert_ptr_eq(ww_mllp_peer_enter(ps, "10.0.0.1"), a);
	ck_assert_uint_eq(ww_mllp_peer_connections(a), 2);
	ck_assert_uint_eq(ww_mllp_peer_connections(b), 1);
	ck_assert_str_eq(ww_mllp_peer_address(b), "2001:db8::1");
	ww_mllp_peer_leave(ps, a, NOW);
	ck_assert_uint_eq(ww_mllp_peer_connections(a), 1);
	ww_mllp_peer_leave(ps, a, NOW);
	ww_mllp_peer_leave(ps, b, NOW);
	ck_assert_uint_eq(ww_mllp_peers_sweep(ps, NOW), 0);
	ww_mllp_peers_free(ps);
}
END_TEST

START_TEST(tells_ten_thousand_peers_apart)
{
	struct ww_mllp_peers *ps = ww_mllp_peers_new(1);
	char address[48];
	int i;

	for (i = 0; i < 10000; i++) {
		snprintf(address, sizeof(address), "10.1.%d.%d", i / 100, i % 100);
		ck_assert_uint_eq(ww_mllp_peer_connections(ww_mllp_peer_enter(ps, address)), 1);
	}
	ck_assert_uint_eq(ww_mllp_peers_sweep(ps, NOW), 10000);
	ww_mllp_peers_free(ps);
}
END_TEST

START_TEST(allows_a_second_s_worth_at_once_and_the_rate_from_then_on)
{
	struct ww_mllp_peers *ps = ww_mllp_peers_new(100);
	struct ww_mllp_peer *p = ww_mllp_peer_enter(ps, "10.0.0.1");
	int i;

	for (i = 0; i < 100; i++) {
		ck_assert_int_eq(ww_mllp_peer_rest(p, NOW), 0);
		ww_mllp_peer_charge(ps, p, NOW);
	}
	ck_assert_int_eq(ww_mllp_peer_rest(p, NOW), 0);
	ww_mllp_peer_charge(ps, p, NOW);
	ck_assert_int_eq(ww_mllp_peer_rest(p, NOW), 10);
	ww_mllp_peer_charge(ps, p, NOW);
	ck_assert_int_eq(ww_mllp_peer_rest(p, NOW), 20);
	ck_assert_int_eq(ww_mllp_peer_rest(p, NOW + 20), 0);
	/* A long rest saves up no more than a second. */
	for (i = 0; i < 101; i++)
		ww_mllp_peer_charge(ps, p, NOW + 3600000);
	ck_assert_int_eq(ww_mllp_peer_rest(p, NOW + 3600000), 10);
	ww_mllp_peer_leave(ps, p, NOW + 3600010);
	ww_mllp_peers_free(ps);
}
END_TEST

START_TEST(a_debt_outlives_the_connection)
{
	struct ww_mllp_peers *ps = ww_mllp_peers_new(10);
	struct ww_mllp_peer *p = ww_mllp_peer_enter(ps, "10.0.0.1");
	int i;

	for (i = 0; i < 15; i++)
		ww_mllp_peer_charge(ps, p, NOW);
	ww_mllp_peer_leave(ps, p, NOW);
	ck_assert_uint_eq(ww_mllp_peers_sweep(ps, NOW + 499), 1);
	p = ww_mllp_peer_enter(ps, "10.0.0.1");
	ck_assert_int_eq(ww_mllp_peer_rest(p, NOW), 500);
	ww_mllp_peer_leave(ps, p, NOW);
	ck_assert_uint_eq(ww_mllp_peers_sweep(ps, NOW + 500), 0);
	ww_mllp_peers_free(ps);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { counts_the_connections_of_each_address,
		tells_ten_thousand_peers_apart,
		allows_a_second_s_worth_at_once_and_the_rate_from_then_on,
		a_debt_outlives_the_connection };

	return unit_main("mllp_peer", tests, UNIT_COUNT(tests));
}
