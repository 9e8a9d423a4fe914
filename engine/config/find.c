/* Looks things of the configuration up by name. */
#include <wardwire/config.h>

#include <string.h>

/* The row, of n that are size bytes each, whose text at offset at is that one; NULL when there is none. */
static const void *
find(const void *rows, size_t n, size_t size, size_t at, ww_str text)
{
	const char *row = rows;
	ww_str field;
	size_t i;

	for (i = 0; i < n; i++, row += size) {
		memcpy(&field, row + at, sizeof(field));
		if (ww_str_eq(field, text))
			return row;
	}
	return NULL;
}

const struct ww_listener *
ww_config_listener(const struct ww_config *c, ww_str name)
{
	return find(c->listeners, c->listeners_n, sizeof(*c->listeners),
	    offsetof(struct ww_listener, name), name);
}

const struct ww_feed *
ww_config_feed(const struct ww_config *c, ww_str name)
{
	return find(c->feeds, c->feeds_n, sizeof(*c->feeds), offsetof(struct ww_feed, name), name);
}

const struct ww_feed *
ww_config_feed_on(const struct ww_config *c, ww_str listener)
{
	return find(
	    c->feeds, c->feeds_n, sizeof(*c->feeds), offsetof(struct ww_feed, on), listener);
}

const struct ww_endpoint *
ww_config_endpoint(const struct ww_config *c, ww_str name)
{
	return find(c->endpoints, c->endpoints_n, sizeof(*c->endpoints),
	    offsetof(struct ww_endpoint, name), name);
}

const struct ww_roster_source *
ww_config_roster(const struct ww_config *c, ww_str name)
{
	return find(c->rosters, c->rosters_n, sizeof(*c->rosters),
	    offsetof(struct ww_roster_source, name), name);
}

const struct ww_party *
ww_config_party(const struct ww_config *c, ww_str name)
{
	return find(
	    c->parties, c->parties_n, sizeof(*c->parties), offsetof(struct ww_party, name), name);
}

const struct ww_client *
ww_config_client(const struct ww_config *c, ww_str name)
{
	return find(
	    c->clients, c->clients_n, sizeof(*c->clients), offsetof(struct ww_client, name), name);
}

const struct ww_route_lane *
ww_config_lane(const struct ww_config *c, ww_str name)
{
	return find(
	    c->lanes, c->lanes_n, sizeof(*c->lanes), offsetof(struct ww_route_lane, name), name);
}

struct ww_texts
ww_config_member(const struct ww_feed *f)
{
	static const ww_str unless_given[] = { WW_STR_INIT("IN1-49"), WW_STR_INIT("IN1-36"),
		WW_STR_INIT("IN2-61"), WW_STR_INIT("IN2-6"), WW_STR_INIT("IN2-8"),
		WW_STR_INIT("PID-3.MB"), WW_STR_INIT("PID-3.MC"), WW_STR_INIT("PID-3.MA"),
		WW_STR_INIT("PID-3.SN") };

	if (f->adt.member.n != 0)
		return f->adt.member;
	return (struct ww_texts){ unless_given, sizeof(unless_given) / sizeof(unless_given[0]) };
}
