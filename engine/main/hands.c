#include "main/hands.h"

#include "apply/apply.h"
#include "main/site.h"
#include "main/start.h"

ww_status
ww_hands_take(struct ww_site *site, struct ww_hands *h)
{
	struct ww_apply_settings as = { .ledger = &h->ledger, .blob = ww_start_blob, .arg = site };
	struct ww_journal_settings js = { .dir = site->journal,
		.segment_bytes = site->config->segment_bytes,
		.fs = site->fs,
		.quick = true };
	ww_status s = site->lock < 0 ? ww_site_hold(site, &site->cx) : WW_OK;

	*h = (struct ww_hands){ .apply = NULL };
	if (s == WW_OK)
		s = ww_site_ledger(site, &site->cx, site->ledger, WW_LEDGER_WRITE, &h->ledger);
	if (s == WW_OK)
		s = ww_apply_open(&site->cx, &as, &h->apply);
	if (s != WW_OK)
		return s;
	js.at_least = ww_apply_cursor(h->apply);
	return ww_journal_files(&site->cx, &js, &h->journal);
}

void
ww_hands_let_go(struct ww_hands *h)
{
	ww_apply_close(h->apply);
	ww_ledger_close(&h->ledger);
	ww_journal_close(&h->journal);
	*h = (struct ww_hands){ .apply = NULL };
}
