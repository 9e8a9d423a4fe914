/* One way to write a moment, for every report. */
#include "report/moment.h"

#include <wardwire/buf.h>
#include <wardwire/time.h>

void
ww_report_moment(struct ww_ctx *cx, struct ww_json *o, const char *key, int64_t ms)
{
	struct ww_buf b = { 0 };

	if (ms == 0)
		return;
	ww_time_write_fhir(ww_time_at(ms, NULL), &b);
	ww_json_set_str(cx, o, key, ww_buf_view(&b));
	ww_buf_free(&b);
}
