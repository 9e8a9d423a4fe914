/* The character sets of MSH-18: their names, and one-byte sets as tables filled by iconv. */
#include "codec/charset_row.h"

#include <iconv.h>
#include <pthread.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* -- the sets ---------------------------------------------------------------------------------------- */

/* The order of those with a bit is that of their bits, which live in memory only. */
enum set {
	ASCII,
	UTF8,
	WIDE,
	LATIN_1,
	LATIN_2,
	LATIN_3,
	LATIN_4,
	CYRILLIC,
	ARABIC,
	GREEK,
	HEBREW,
	LATIN_5,
	LATIN_9,
	WINDOWS_1250,
	WINDOWS_1251,
	WINDOWS_1252,
	KANA,
	GB_18030,
	BIG_5,
	KS_X_1001,
	CNS_11643,
	JIS_X_0208,
	JIS_X_0212,
	SETS,
};

/* Filled once; read only afterwards. KANA is JIS X 0201, of which glibc has only what Shift JIS has of it: the same bytes A1
 * to DF. Its lower half is taken as ASCII, as delimiters are, though it has a yen sign in the place of the backslash. JIS X
 * 0208 and 0212 are switched to by ISO 2022, of which RFC 1468 and RFC 1554 are what Japanese systems send. */
static struct ww_charset sets[SETS] = {
	[ASCII] = { .kind = WW_CHARSET_ASCII },
	[UTF8] = { .kind = WW_CHARSET_UTF8 },
	[WIDE] = { .kind = WW_CHARSET_WIDE },
	[LATIN_1] = { .kind = WW_CHARSET_TABLE, .iconv = "ISO-8859-1" },
	[LATIN_2] = { .kind = WW_CHARSET_TABLE, .iconv = "ISO-8859-2" },
	[LATIN_3] = { .kind = WW_CHARSET_TABLE, .iconv = "ISO-8859-3" },
	[LATIN_4] = { .kind = WW_CHARSET_TABLE, .iconv = "ISO-8859-4" },
	[CYRILLIC] = { .kind = WW_CHARSET_TABLE, .iconv = "ISO-8859-5" },
	[ARABIC] = { .kind = WW_CHARSET_TABLE, .iconv = "ISO-8859-6" },
	[GREEK] = { .kind = WW_CHARSET_TABLE, .iconv = "ISO-8859-7" },
	[HEBREW] = { .kind = WW_CHARSET_TABLE, .iconv = "ISO-8859-8" },
	[LATIN_5] = { .kind = WW_CHARSET_TABLE, .iconv = "ISO-8859-9" },
	[LATIN_9] = { .kind = WW_CHARSET_TABLE, .iconv = "ISO-8859-15" },
	[WINDOWS_1250] = { .kind = WW_CHARSET_TABLE, .iconv = "CP1250", .every_byte = true },
	[WINDOWS_1251] = { .kind = WW_CHARSET_TABLE, .iconv = "CP1251", .every_byte = true },
	[WINDOWS_1252] = { .kind = WW_CHARSET_TABLE, .iconv = "CP1252", .every_byte = true },
	[KANA] = { .kind = WW_CHARSET_TABLE, .iconv = "SJIS", .on_demand = true },
	[GB_18030] = { .kind = WW_CHARSET_FRAME, .iconv = "GB18030", .on_demand = true },
	[BIG_5] = { .kind = WW_CHARSET_FRAME, .iconv = "BIG5", .on_demand = true },
	[KS_X_1001] = { .kind = WW_CHARSET_FRAME, .iconv = "EUC-KR", .on_demand = true },
	[CNS_11643] = { .kind = WW_CHARSET_FRAME, .iconv = "EUC-TW", .on_demand = true },
	[JIS_X_0208] = { .kind = WW_CHARSET_FRAME, .iconv = "ISO-2022-JP", .on_demand = true },
	[JIS_X_0212] = { .kind = WW_CHARSET_FRAME, .iconv = "ISO-2022-JP-2", .on_demand = true },
};

/* IANA's names, where there is one. */
static const char *const mime[SETS] = {
	[ASCII] = "US-ASCII",
	[UTF8] = "UTF-8",
	[LATIN_1] = "ISO-8859-1",
	[LATIN_2] = "ISO-8859-2",
	[LATIN_3] = "ISO-8859-3",
	[LATIN_4] = "ISO-8859-4",
	[CYRILLIC] = "ISO-8859-5",
	[ARABIC] = "ISO-8859-6",
	[GREEK] = "ISO-8859-7",
	[HEBREW] = "ISO-8859-8",
	[LATIN_5] = "ISO-8859-9",
	[LATIN_9] = "ISO-8859-15",
	[WINDOWS_1250] = "windows-1250",
	[WINDOWS_1251] = "windows-1251",
	[WINDOWS_1252] = "windows-1252",
	[KANA] = "JIS_X0201",
	[GB_18030] = "GB18030",
	[BIG_5] = "Big5",
	[KS_X_1001] = "EUC-KR",
	[JIS_X_0208] = "ISO-2022-JP",
	[JIS_X_0212] = "ISO-2022-JP-2",
};

/* Letters and digits of the names: those of table 0211 first, then what is seen in their place. */
static const struct {
	const char *name;
	enum set set;
} names[] = {
	{ "", ASCII },
	{ "ASCII", ASCII },
	{ "ISOIR6", ASCII },
	{ "UNICODEUTF8", UTF8 },
	{ "88591", LATIN_1 },
	{ "88592", LATIN_2 },
	{ "88593", LATIN_3 },
	{ "88594", LATIN_4 },
	{ "88595", CYRILLIC },
	{ "88596", ARABIC },
	{ "88597", GREEK },
	{ "88598", HEBREW },
	{ "88599", LATIN_5 },
	{ "885915", LATIN_9 },
	{ "ISOIR14", KANA },
	{ "ISOIR87", JIS_X_0208 },
	{ "ISOIR159", JIS_X_0212 },
	{ "GB180302000", GB_18030 },
	{ "KSX1001", KS_X_1001 },
	{ "CNS116431992", CNS_11643 },
	{ "BIG5", BIG_5 },
	{ "UNICODEUTF16", WIDE },
	{ "UNICODEUTF32", WIDE },
	{ "UTF8", UTF8 },
	{ "UNICODE", UTF8 },
	{ "UTF16", WIDE },
	{ "UTF32", WIDE },
	{ "USASCII", ASCII },
	{ "ISO88591", LATIN_1 },
	{ "ISO88592", LATIN_2 },
	{ "ISO88593", LATIN_3 },
	{ "ISO88594", LATIN_4 },
	{ "ISO88595", CYRILLIC },
	{ "ISO88596", ARABIC },
	{ "ISO88597", GREEK },
	{ "ISO88598", HEBREW },
	{ "ISO88599", LATIN_5 },
	{ "ISO885915", LATIN_9 },
	{ "GB18030", GB_18030 },
	{ "WINDOWS1250", WINDOWS_1250 },
	{ "WINDOWS1251", WINDOWS_1251 },
	{ "WINDOWS1252", WINDOWS_1252 },
	{ "CP1252", WINDOWS_1252 },
};
enum { NAME_MAX_N = 16 };

/* -- tables ------------------------------------------------------------------------------------------ */

/* All one-byte sets lie in the first plane: one UTF-16 unit a byte. */
static void
fill(struct ww_charset *c)
{
	iconv_t cd = iconv_open("UTF-16BE", c->iconv);
	unsigned i;

	if (cd == (iconv_t)-1)
		return;
	for (i = 0; i < 128; i++) {
		char in = (char)(unsigned char)(0x80 + i), *from = &in;
		unsigned char unit[2];
		char out[2], *to = out;
		size_t in_n = 1, out_n = sizeof(out);

		(void)iconv(cd, NULL, NULL, NULL, NULL); /* forget the half of a letter */
		c->high[i] = c->every_byte ? (uint16_t)(0x80 + i) : 0;
		if (iconv(cd, &from, &in_n, &to, &out_n) != 0 || out_n != 0)
			continue; /* a hole in the set */
		memcpy(unit, out, sizeof(unit));
		c->high[i] = (uint16_t)(unit[0] << 8 | unit[1]);
	}
	iconv_close(cd);
	c->usable = true;
}

static pthread_once_t filled = PTHREAD_ONCE_INIT;

/* The configuration asks for a set when it is read, so this is done at the start, while want of memory still ends the
 * program, and not at some message. */
static void
fill_all(void)
{
	size_t i;

	for (i = 0; i < SETS; i++)
		if (sets[i].kind == WW_CHARSET_TABLE)
			fill(&sets[i]);
}

/* -- finding ----------------------------------------------------------------------------------------- */

/* Letters in capitals and digits; false when they do not fit. */
static bool
normal(ww_str name, char out[NAME_MAX_N + 1])
{
	size_t i, n = 0;

	for (i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (c >= 'a' && c <= 'z')
			c = (char)(c - ('a' - 'A'));
		if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9'))
			continue;
		if (n == NAME_MAX_N)
			return false;
		out[n++] = c;
	}
	out[n] = '\0';
	return n > 0 || ww_str_trim(name).n == 0;
}

const struct ww_charset *
ww_charset_find(ww_str name)
{
	char key[NAME_MAX_N + 1];
	size_t i;

	if (!normal(name, key))
		return NULL;
	pthread_once(&filled, fill_all);
	for (i = 0; i < COUNT(names); i++)
		if (strcmp(key, names[i].name) == 0)
			return &sets[names[i].set];
	return NULL;
}

const struct ww_charset *
ww_charset_utf8(void)
{
	return &sets[UTF8];
}

const struct ww_charset *
ww_charset_windows(void)
{
	pthread_once(&filled, fill_all);
	return &sets[WINDOWS_1252];
}

const char *
ww_charset_mime(const struct ww_charset *c)
{
	return mime[c - sets];
}

enum ww_charset_kind
ww_charset_kind(const struct ww_charset *c)
{
	return c->kind;
}

uint32_t
ww_charset_bit(const struct ww_charset *c)
{
	return c->on_demand ? UINT32_C(1) << (c - sets) : 0;
}

bool
ww_charset_switched(const struct ww_charset *c)
{
	return c == &sets[JIS_X_0208] || c == &sets[JIS_X_0212];
}

bool
ww_charset_usable(const struct ww_charset *c)
{
	iconv_t cd;

	if (c->kind != WW_CHARSET_FRAME)
		return c->kind != WW_CHARSET_TABLE || c->usable;
	cd = iconv_open("UTF-8", c->iconv);
	if (cd == (iconv_t)-1)
		return false;
	iconv_close(cd);
	return true;
}
