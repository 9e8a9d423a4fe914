/* Any bytes as CSV: the reader ends, and every cell can be read. */
#include <wardwire/ctx.h>

#include "base/csv.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ww_ctx cx = { .arena = ww_arena_new(1 << 20) };
	volatile unsigned char last;
	struct ww_csv csv;
	bool more = true;
	size_t i;

	if (cx.arena == NULL)
		return 0;
	ww_csv_start(&csv, ww_str_of(data, size));
	while (ww_csv_row(&csv, &cx, &more) == WW_OK && more)
		for (i = 0; i < csv.n; i++)
			if (csv.cells[i].n > 0)
				last = (unsigned char)csv.cells[i].p[csv.cells[i].n - 1];
	(void)last;
	ww_arena_free(cx.arena);
	return 0;
}
