/* Prints JSON on standard output. */
#include "main/print.h"

#include "base/options.h"
#include "main/site.h"

#include <stdio.h>

int
ww_print_json(struct ww_ctx *cx, const struct ww_json *v, bool indented)
{
	struct ww_buf b = { 0 };
	int code = WW_EXIT_OK;

	if (ww_json_write(cx, v, indented, &b) != WW_OK)
		code = ww_site_complain("", cx);
	else
		(void)printf("%.*s\n", WW_STR_FMT(ww_buf_view(&b)));
	ww_buf_free(&b);
	return code;
}
