/* The steps between versions of the ledger's tables. */
#include "store/schema.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/model.h>

#include "store/sql.h"

#include <inttypes.h>

/* From nothing to the tables of today, in one step: it follows model.def. */
static void
create_all(struct ww_buf *b)
{
	size_t i;

	for (i = 0; ww_entities[i] != NULL; i++)
		ww_sql_create(b, ww_entities[i]);
}

/* A change of model.def raises WW_SCHEMA_VERSION and adds a row from the version before, whose SQL is
 * written out (ALTER TABLE ...) and never changes again. */
static const struct ww_schema_step steps[] = {
	{ .from = 0, .to = WW_SCHEMA_VERSION, .sql = create_all },
};

static const struct ww_schema_step *
step_from(const struct ww_schema_step *s, size_t n, int64_t from)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (s[i].from == from)
			return &s[i];
	return NULL;
}

ww_status
ww_schema_path(struct ww_ctx *cx, const struct ww_schema_step *s, size_t n, int64_t from,
    int64_t to, struct ww_buf *sql)
{
	int64_t at = from;

	if (from > to)
		return ww_fail(cx, WW_E_CONFLICT, "ledger",
		    "its schema version %" PRId64 " is newer than %" PRId64
		    ", the newest this build knows",
		    from, to);
	while (at != to) {
		const struct ww_schema_step *step = step_from(s, n, at);

		if (step == NULL || step->to <= at)
			return ww_fail(cx, WW_E_CONFLICT, "ledger",
			    "no step leads on from its schema version %" PRId64, at);
		step->sql(sql);
		at = step->to;
	}
	if (from != to)
		ww_buf_printf(sql, "PRAGMA user_version = %" PRId64 ";\n", to);
	ww_buf_byte(sql, '\0');
	if (sql->error != WW_OK)
		return ww_fail(
		    cx, (ww_status)sql->error, "ledger", "no memory for the schema's text");
	return WW_OK;
}

ww_status
ww_schema_upgrade(struct ww_ctx *cx, int64_t from, struct ww_buf *sql)
{
	return ww_schema_path(
	    cx, steps, sizeof(steps) / sizeof(steps[0]), from, WW_SCHEMA_VERSION, sql);
}
