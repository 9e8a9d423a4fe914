/* Checks of single texts of the configuration, one function a form. */
#include "config/value.h"

#include "base/network.h"
#include "codec/charset.h"
#include "config/scope.h"

#include <wardwire/hl7v2.h>
#include <wardwire/program.h>
#include <wardwire/time.h>

#include <arpa/inet.h>
#include <assert.h>
#include <string.h>

enum { TEXT_MAX = 256, PATH_LONGEST = 1024, HOST_MAX = 255, SPAN_MOST = 9999 };

static bool
is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return is_lower(c) || (c >= 'A' && c <= 'Z');
}

/* Every byte is one of the set or a letter or digit. */
static bool
consists_of(ww_str s, const char *set)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (!is_letter(s.p[i]) && !is_digit(s.p[i]) &&
		    (s.p[i] == '\0' || strchr(set, s.p[i]) == NULL))
			return false;
	return true;
}

/* Without control characters. YAML has seen to it that the bytes are UTF-8. */
static bool
is_line(ww_str s, size_t most)
{
	size_t i;

	if (s.n == 0 || s.n > most)
		return false;
	for (i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return false;
	return true;
}

static bool
is_text(ww_str s)
{
	return is_line(s, TEXT_MAX);
}

static bool
is_pattern(ww_str s)
{
	return is_line(s, TEXT_MAX) && ww_str_find(s, '/') == s.n;
}

static bool
is_path(ww_str s)
{
	return is_line(s, PATH_LONGEST);
}

static bool
is_name(ww_str s)
{
	size_t i;

	if (s.n == 0 || s.n > 63)
		return false;
	for (i = 0; i < s.n; i++)
		if (!is_lower(s.p[i]) && !is_digit(s.p[i]) &&
		    (i == 0 || strchr("._-", s.p[i]) == NULL))
			return false;
	return true;
}

/* -- addresses -------------------------------------------------------------------------------------- */

/* host as the C string that the resolver's functions take. */
static bool
ip_bytes(int family, ww_str host, void *out)
{
	char c[HOST_MAX + 1];

	if (host.n > HOST_MAX)
		return false;
	memcpy(c, host.p, host.n);
	c[host.n] = '\0';
	return inet_pton(family, c, out) == 1;
}

static bool
is_ipv6(ww_str host)
{
	struct in6_addr a;

	return ip_bytes(AF_INET6, host, &a);
}

/* A name of DNS or an IPv4 address; what consists of digits and dots alone must be the latter. */
static bool
is_host(ww_str host)
{
	struct in_addr a;
	size_t i;

	if (host.n == 0 || host.n > HOST_MAX || !consists_of(host, ".-_"))
		return false;
	for (i = 0; i < host.n; i++)
		if (!is_digit(host.p[i]) && host.p[i] != '.')
			return host.p[0] != '.' && host.p[0] != '-';
	return ip_bytes(AF_INET, host, &a);
}

/* Takes the host off "host:port" or "host"; *rest begins with the ':' or is empty. */
static bool
take_host(ww_str s, ww_str *host, ww_str *rest)
{
	size_t end;

	if (s.n > 0 && s.p[0] == '[') {
		end = ww_str_find(s, ']');
		*host = ww_str_sub(s, 1, end > 0 ? end - 1 : 0);
		*rest = ww_str_sub(s, end + 1, s.n);
		return end < s.n && is_ipv6(*host) && (rest->n == 0 || rest->p[0] == ':');
	}
	end = ww_str_find(s, ':');
	*host = ww_str_sub(s, 0, end);
	*rest = ww_str_sub(s, end, s.n);
	return is_host(*host);
}

static bool
read_port(ww_str s, uint32_t *port)
{
	uint64_t v;

	if (s.n > 5 || !ww_str_u64(s, 65535, &v))
		return false;
	*port = (uint32_t)v;
	return true;
}

bool
ww_value_address(ww_str text, ww_str *host, uint32_t *port)
{
	ww_str rest;

	return take_host(text, host, &rest) && rest.n > 1 &&
	       read_port(ww_str_sub(rest, 1, rest.n), port);
}

bool
ww_value_loopback(ww_str host)
{
	static const unsigned char one[16] = { [15] = 1 };
	unsigned char v4[4];
	unsigned char v6[16];

	if (ip_bytes(AF_INET, host, v4))
		return v4[0] == 127;
	if (ip_bytes(AF_INET6, host, v6))
		return memcmp(v6, one, sizeof(one)) == 0;
	return ww_str_ieq(host, WW_STR("localhost"));
}

static bool
is_address(ww_str s)
{
	ww_str host;
	uint32_t port;

	return ww_value_address(s, &host, &port);
}

static bool
is_network(ww_str s)
{
	struct ww_network n;

	return ww_network_parse(s, &n);
}

/* -- URLs and URIs ---------------------------------------------------------------------------------- */

static bool
take_prefix(ww_str *s, ww_str prefix)
{
	if (!ww_str_ieq(ww_str_sub(*s, 0, prefix.n), prefix))
		return false;
	*s = ww_str_sub(*s, prefix.n, s->n);
	return true;
}

/* RFC 3986: what a path may hold. A '@' is refused in the host, where it would follow a user. */
static const char path_bytes[] = "-._~!$&'()*+,;=:@%/";

static bool
is_url(ww_str s)
{
	ww_str host, port, path;
	uint32_t number;
	size_t slash;

	if (s.n > PATH_LONGEST ||
	    (!take_prefix(&s, WW_STR("http://")) && !take_prefix(&s, WW_STR("https://"))))
		return false;
	slash = ww_str_find(s, '/');
	path = ww_str_sub(s, slash, s.n);
	if (!take_host(ww_str_sub(s, 0, slash), &host, &port))
		return false;
	if (port.n > 0 && (!read_port(ww_str_sub(port, 1, port.n), &number) || number == 0))
		return false;
	return consists_of(path, path_bytes);
}

bool
ww_value_base(ww_str text, ww_str *address, ww_str *path)
{
	size_t slash = ww_str_find(text, '/');
	uint32_t port;
	ww_str host;

	*address = ww_str_sub(text, 0, slash);
	*path = ww_str_sub(text, slash, text.n);
	while (path->n > 0 && path->p[path->n - 1] == '/')
		path->n--;
	for (size_t i = 1; i < path->n; i++) /* an empty part, or one that clients take away */
		if (path->p[i - 1] == '/' && (path->p[i] == '/' || path->p[i] == '.'))
			return false;
	return text.n <= PATH_LONGEST && ww_value_address(*address, &host, &port) &&
	       consists_of(*path, "-._~/");
}

static bool
is_base(ww_str s)
{
	ww_str address, path;

	return ww_value_base(s, &address, &path);
}

bool
ww_value_http_host(ww_str url, ww_str *host)
{
	ww_str rest;

	return is_url(url) && take_prefix(&url, WW_STR("http://")) &&
	       take_host(ww_str_sub(url, 0, ww_str_find(url, '/')), host, &rest);
}

static bool
is_uri(ww_str s)
{
	ww_str rest, scheme = ww_str_cut(s, ':', &rest);

	if (s.n > PATH_LONGEST || scheme.n == 0 || !is_letter(scheme.p[0]) ||
	    !consists_of(scheme, "+-."))
		return false;
	while (rest.n > 0 && rest.p[0] == '/')
		rest = ww_str_sub(rest, 1, rest.n);
	return rest.n > 0 && consists_of(rest, path_bytes);
}

/* -- paths ------------------------------------------------------------------------------------------ */

ww_str
ww_value_stem(ww_str path)
{
	size_t i;

	while ((i = ww_str_find(path, '/')) < path.n)
		path = ww_str_sub(path, i + 1, path.n);
	for (i = path.n; i > 1; i--) /* a dot in front begins no ending */
		if (path.p[i - 1] == '.')
			return ww_str_sub(path, 0, i - 1);
	return path;
}

/* -- the rest --------------------------------------------------------------------------------------- */

static bool
is_zone(ww_str s)
{
	char name[64];

	if (s.n == 0 || s.n >= sizeof(name) || ww_str_find(s, '\0') < s.n)
		return false;
	memcpy(name, s.p, s.n);
	name[s.n] = '\0';
	return ww_zone_find(name) != NULL;
}

/* The Luhn check over 80840 and the ten digits (45 CFR 162.406; the prefix alone adds 24). */
static bool
is_version(ww_str s)
{
	return ww_hl7_version_number(s) > 0;
}

/* One that can stand in for bytes of any other. */
static bool
is_charset(ww_str s)
{
	const struct ww_charset *c = ww_charset_find(s);

	return c != NULL && ww_charset_kind(c) == WW_CHARSET_TABLE && ww_charset_bit(c) == 0 &&
	       ww_charset_usable(c);
}

static bool
is_member(ww_str s)
{
	static const char *const places[] = { "IN1-49", "IN1-36", "IN2-61", "IN2-6", "IN2-8" };
	ww_str type = ww_str_sub(s, sizeof("PID-3.") - 1, s.n);

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (ww_str_is(s, places[i]))
			return true;
	if (!ww_str_starts(s, WW_STR("PID-3.")) || type.n == 0 || type.n > 20)
		return false;
	for (size_t i = 0; i < type.n; i++)
		if (is_lower(type.p[i]))
			return false;
	return consists_of(type, "");
}

static bool
is_charset_more(ww_str s)
{
	const struct ww_charset *c = ww_charset_find(s);

	return c != NULL && ww_charset_bit(c) != 0 && ww_charset_usable(c);
}

static bool
is_scope(ww_str s)
{
	struct ww_scopes none = { { 0 } };

	return ww_scope_add(&none, s);
}

static bool
is_npi(ww_str s)
{
	unsigned sum = 24;
	size_t i;

	if (s.n != 10)
		return false;
	for (i = 0; i < s.n; i++) {
		unsigned d = (unsigned)(unsigned char)s.p[i] - '0';

		if (d > 9)
			return false;
		if (i % 2 == 0)
			d = d * 2 > 9 ? d * 2 - 9 : d * 2;
		sum += d;
	}
	return sum % 10 == 0;
}

static bool
is_date(ww_str s)
{
	ww_time t;

	return ww_time_fhir(s, ww_zone_utc(), &t) && t.prec <= WW_PREC_DAY;
}

static bool
is_day(ww_str s)
{
	ww_time t;

	return ww_time_fhir(s, ww_zone_utc(), &t) && t.prec == WW_PREC_DAY;
}

/* -- what programs are made of -------------------------------------------------------------------------- */

bool
ww_value_span(ww_str text, struct ww_span *out)
{
	static const struct {
		const char *text;
		enum ww_span_unit unit;
	} units[] = {
		{ "m", WW_SPAN_MINUTES },
		{ "h", WW_SPAN_HOURS },
		{ "d", WW_SPAN_DAYS },
		{ "bd", WW_SPAN_BUSINESS_DAYS },
	};
	size_t digits = 0;
	uint64_t n;

	while (digits < text.n && is_digit(text.p[digits]))
		digits++;
	if (!ww_str_u64(ww_str_sub(text, 0, digits), SPAN_MOST, &n) || n == 0)
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (!ww_str_is(ww_str_sub(text, digits, text.n), units[i].text))
			continue;
		*out = (struct ww_span){ units[i].unit, (uint32_t)n };
		return true;
	}
	return false;
}

static bool
is_span(ww_str s)
{
	struct ww_span span;

	return ww_value_span(s, &span);
}

bool
ww_value_clock(ww_str text, uint32_t *minutes)
{
	uint64_t hour, minute;

	if (text.n != 5 || text.p[2] != ':' || !ww_str_u64(ww_str_sub(text, 0, 2), 23, &hour) ||
	    !ww_str_u64(ww_str_sub(text, 3, 2), 59, &minute))
		return false;
	*minutes = (uint32_t)(hour * 60 + minute);
	return true;
}

static bool
is_clock(ww_str s)
{
	uint32_t minutes;

	return ww_value_clock(s, &minutes);
}

bool
ww_value_ages(ww_str text, uint32_t *from, uint32_t *to)
{
	bool open = text.n > 0 && text.p[text.n - 1] == '+';
	ww_str rest, first = ww_str_cut(text, open ? '+' : '-', &rest);
	uint64_t a, b = WW_AGE_MOST;

	if (!ww_str_u64(first, WW_AGE_MOST, &a) ||
	    (open ? rest.n > 0 : !ww_str_u64(rest, WW_AGE_MOST, &b)) || a > b)
		return false;
	*from = (uint32_t)a;
	*to = (uint32_t)b;
	return true;
}

static bool
is_ages(ww_str s)
{
	uint32_t from, to;

	return ww_value_ages(s, &from, &to);
}

static bool
is_rule(ww_str s)
{
	ww_str version, name = ww_str_cut(s, '/', &version);
	uint64_t n;

	return is_name(name) && ww_str_u64(version, SPAN_MOST, &n) && n > 0;
}

static bool
is_content(ww_str s)
{
	return ww_program_content(s) != 0;
}

static const struct {
	bool (*check)(ww_str s);
	const char *noun, *rule;
} formats[] = {
#define WW_FORMAT(name, function, what, allowed) [WW_FORMAT_##name] = { function, what, allowed },
#include "config/value.def"
#undef WW_FORMAT
};

bool
ww_value_fits(enum ww_format f, ww_str text)
{
	assert(f < WW_FORMAT_COUNT);
	return formats[f].check(text);
}

const char *
ww_value_noun(enum ww_format f)
{
	assert(f < WW_FORMAT_COUNT);
	return formats[f].noun;
}

const char *
ww_value_rule(enum ww_format f)
{
	assert(f < WW_FORMAT_COUNT);
	return formats[f].rule;
}
