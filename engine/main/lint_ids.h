/* Control ids that lint has seen, so that one given to two messages is noticed. */
#ifndef WW_MAIN_LINT_IDS_H
#define WW_MAIN_LINT_IDS_H

#include <wardwire/str.h>

/* All zero is an empty set. */
struct ww_lint_ids {
	struct ww_lint_id *slot;
	size_t n, cap;
};

void ww_lint_ids_free(struct ww_lint_ids *ids);
/* Remembers that the message has these MSH-3, MSH-4 and MSH-10. True when another message, with other bytes, had them before.
 * Short of memory it remembers nothing more. */
bool ww_lint_ids_clash(struct ww_lint_ids *ids, const ww_str header[3], ww_str message);

#endif
