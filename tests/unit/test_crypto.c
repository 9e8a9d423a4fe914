/* Digests, text forms of bytes, random bytes, CRC32C. */
#include "unit.h"

#include "base/crypto.h"

#include <string.h>

static void
sha256_is(ww_str data, const char *want)
{
	uint8_t out[WW_SHA256];
	char hex[2 * WW_SHA256 + 1];

	ww_sha256(data, out);
	ww_hex(out, sizeof(out), hex);
	ck_assert_str_eq(hex, want);
}

static void
hmac_is(ww_str key, const ww_str *parts, size_t n, const char *want)
{
	uint8_t out[WW_SHA256];
	char hex[2 * WW_SHA256 + 1];

	ww_hmac(key, parts, n, out);
	ww_hex(out, sizeof(out), hex);
	ck_assert_str_eq(hex, want);
}

START_TEST(computes_sha256_of_fips_180)
{
	sha256_is(WW_STR(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	sha256_is(
	    WW_STR("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	sha256_is(WW_STR("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
	    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}
END_TEST

/* Keys and texts of RFC 4231 (cases 1, 2, 6), each text followed by the zero byte that ends a part; the
 * results come from Python's hmac. */
START_TEST(computes_hmac_with_the_keys_of_rfc_4231)
{
	const ww_str hi = WW_STR("Hi There"), jefe = WW_STR("what do ya want for nothing?"),
	             larger = WW_STR("Test Using Larger Than Block-Size Key - Hash Key First");
	char key[131];

	memset(key, 0x0b, 20);
	hmac_is(ww_str_of(key, 20), &hi, 1,
	    "f67dd14688b85b4183637af0166514ef2350e0053a10255bd67ca6ad88bf9aec");
	hmac_is(WW_STR("Jefe"), &jefe, 1,
	    "4fd2cd52032b7d4c8c0faac64edd70d083ded8a88aaf5bb3b60c8e40a83de008");
	memset(key, 0xaa, sizeof(key));
	hmac_is(ww_str_of(key, sizeof(key)), &larger, 1,
	    "9c965824cdc362828dff7fef2c6312983b35ada7f8811840ca33bf128baccd0a");
}
END_TEST

START_TEST(computes_hmac_of_nothing)
{
	hmac_is(ww_str_empty(), NULL, 0,
	    "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}
END_TEST

START_TEST(keeps_parts_that_join_to_the_same_text_apart)
{
	const ww_str ab_c[] = { WW_STR_INIT("ab"), WW_STR_INIT("c") };
	const ww_str a_bc[] = { WW_STR_INIT("a"), WW_STR_INIT("bc") };

	hmac_is(WW_STR("Jefe"), ab_c, 2,
	    "3bdc15fe0da588d2806fd9c57542c87460c8e892c71be8fe326e6d2772b2d670");
	hmac_is(WW_STR("Jefe"), a_bc, 2,
	    "9986000392d00ada42fa0eb68a5c604d585a60b574da7accc1f83aa0386de87f");
}
END_TEST

START_TEST(writes_hex_in_lower_case)
{
	char out[7];

	ww_hex((const uint8_t *)"\x00\x9f\xff", 3, out);
	ck_assert_str_eq(out, "009fff");
	ww_hex((const uint8_t *)"", 0, out);
	ck_assert_str_eq(out, "");
}
END_TEST

START_TEST(writes_base32_of_rfc_4648)
{
	const uint8_t *foobar = (const uint8_t *)"foobar";
	char out[17];

	ww_base32(foobar, 6, out, 9);
	ck_assert_str_eq(out, "mzxw6ytbo");
	ww_base32(foobar, 5, out, 8);
	ck_assert_str_eq(out, "mzxw6ytb");
	ww_base32(foobar, 2, out, 3);
	ck_assert_str_eq(out, "mzx");
	ww_base32((const uint8_t *)"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 10, out, 16);
	ck_assert_str_eq(out, "7777777777777777");
	ww_base32(foobar, 6, out, 0);
	ck_assert_str_eq(out, "");
}
END_TEST

START_TEST(gives_different_random_bytes_each_time)
{
	uint8_t a[32] = { 0 }, b[32] = { 0 };

	ww_random(a, sizeof(a));
	ww_random(b, sizeof(b));
	ck_assert_mem_ne(a, b, sizeof(a));
	ww_random(NULL, 0);
}
END_TEST

START_TEST(computes_crc32c_of_rfc_3720)
{
	uint8_t p[32];
	int i;

	ck_assert_uint_eq(ww_crc32c(0, "123456789", 9), 0xe3069283u);
	ck_assert_uint_eq(ww_crc32c(0, "", 0), 0);
	memset(p, 0, sizeof(p));
	ck_assert_uint_eq(ww_crc32c(0, p, sizeof(p)), 0x8a9136aau);
	memset(p, 0xff, sizeof(p));
	ck_assert_uint_eq(ww_crc32c(0, p, sizeof(p)), 0x62a8ab43u);
	for (i = 0; i < 32; i++)
		p[i] = (uint8_t)i;
	ck_assert_uint_eq(ww_crc32c(0, p, sizeof(p)), 0x46dd794eu);
}
END_TEST

START_TEST(continues_a_crc_at_any_place)
{
	uint8_t p[100];
	size_t cut;
	int i;

	for (i = 0; i < 100; i++)
		p[i] = (uint8_t)(i * 37);
	for (cut = 0; cut <= sizeof(p); cut++)
		ck_assert_uint_eq(ww_crc32c(ww_crc32c(0, p, cut), p + cut, sizeof(p) - cut),
		    ww_crc32c(0, p, sizeof(p)));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		computes_sha256_of_fips_180,
		computes_hmac_with_the_keys_of_rfc_4231,
		computes_hmac_of_nothing,
		keeps_parts_that_join_to_the_same_text_apart,
		writes_hex_in_lower_case,
		writes_base32_of_rfc_4648,
		gives_different_random_bytes_each_time,
		computes_crc32c_of_rfc_3720,
		continues_a_crc_at_any_place,
	};

	return unit_main("crypto", tests, UNIT_COUNT(tests));
}
