/* Rows as JSON. */
#include "model/model_json.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/json.h>
#include <wardwire/model.h>

#include "model/row.h"

#include <assert.h>
#include <string.h>

enum { KEY_MAX = 64 };

/* class_ has its underscore only because the struct's member must not be a C++ keyword. */
static void
key_of(const struct ww_field *f, char key[KEY_MAX])
{
	size_t n = strlen(f->name);

	assert(n > 1 && n < KEY_MAX);
	if (f->name[n - 1] == '_')
		n--;
	memcpy(key, f->name, n);
	key[n] = '\0';
}

/* text is an empty buffer lent by the caller; its error stays in it. */
static void
set_field(struct ww_ctx *cx, struct ww_json *o, const struct ww_field *f, const void *row,
    struct ww_buf *text)
{
	char key[KEY_MAX];

	key_of(f, key);
	switch (f->type) {
	case WW_TYPE_ID:
		if (ww_field_int(f, row) != 0)
			ww_json_set_int(cx, o, key, ww_field_int(f, row));
		return;
	case WW_TYPE_ENUM:
		if (ww_field_int(f, row) != 0)
			ww_json_set_cstr(cx, o, key, f->text(ww_field_int(f, row)));
		return;
	case WW_TYPE_STR:
		ww_json_set_str(cx, o, key, ww_field_str(f, row));
		return;
	case WW_TYPE_TIME:
		if (!ww_time_known(ww_field_time(f, row)))
			return;
		ww_time_write_fhir(ww_field_time(f, row), text);
		ww_json_set_str(cx, o, key, ww_buf_view(text));
		if (text->error == WW_OK)
			ww_buf_clear(text);
		return;
	}
}

struct ww_json *
ww_row_json(struct ww_ctx *cx, const struct ww_entity *e, const void *row)
{
	struct ww_json *o = ww_json_object(cx);
	struct ww_buf text = { 0 };
	size_t i;
	int error;

	for (i = 0; i < e->n; i++)
		set_field(cx, o, &e->fields[i], row, &text);
	error = text.error;
	ww_buf_free(&text);
	if (error != WW_OK) {
		/* Else the member would be left out as if the time were unknown. */
		(void)ww_fail(cx, (ww_status)error, NULL, "%s", ww_status_text((ww_status)error));
		return NULL;
	}
	return o;
}
