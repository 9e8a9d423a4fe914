/* Journal and ledger in the hands of a command, while no engine runs. */
#ifndef WW_MAIN_HANDS_H
#define WW_MAIN_HANDS_H

#include <wardwire/journal.h>
#include <wardwire/ledger.h>

struct ww_apply;
struct ww_site;

/* All zero holds nothing. */
struct ww_hands {
	struct ww_journal journal;
	struct ww_ledger ledger;
	struct ww_apply *apply;
};

/* Holds the folder of data and opens what is in it; failures are in site->cx. WW_E_BUSY, with nothing touched: an engine
 * runs. To be let go in any case. */
WW_MUST ww_status ww_hands_take(struct ww_site *site, struct ww_hands *out);
/* Closes; the folder is held until the site is closed. */
void ww_hands_let_go(struct ww_hands *h);

#endif
