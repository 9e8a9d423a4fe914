/* The calls through the journal seam, which answer for an operation that an implementation lacks. */
#include <wardwire/journal.h>

static ww_status
lacks(const struct ww_journal *j, struct ww_ctx *cx, const char *operation)
{
	return ww_fail(cx, WW_E_BUG, "journal", "%s cannot %s",
	    j->ops != NULL ? j->ops->name : "a journal that is not open", operation);
}

ww_status
ww_journal_append(struct ww_journal *j, struct ww_ctx *cx, struct ww_record *r, size_t n)
{
	if (j->ops == NULL || j->ops->append == NULL)
		return lacks(j, cx, "append");
	return j->ops->append(j->self, cx, r, n);
}

ww_status
ww_journal_read(
    struct ww_journal *j, struct ww_ctx *cx, uint64_t from, struct ww_record *out, bool *found)
{
	*found = false;
	if (j->ops == NULL || j->ops->read == NULL)
		return lacks(j, cx, "read");
	return j->ops->read(j->self, cx, from, out, found);
}

ww_status
ww_journal_pieces(struct ww_journal *j, struct ww_ctx *cx, struct ww_journal_piece **out, size_t *n)
{
	if (j->ops == NULL || j->ops->pieces == NULL)
		return lacks(j, cx, "list its pieces");
	return j->ops->pieces(j->self, cx, out, n);
}

ww_status
ww_journal_prune(
    struct ww_journal *j, struct ww_ctx *cx, uint64_t below, struct ww_journal_pruned *out)
{
	*out = (struct ww_journal_pruned){ .pieces = 0 };
	if (j->ops == NULL || j->ops->prune == NULL)
		return lacks(j, cx, "prune");
	return j->ops->prune(j->self, cx, below, out);
}

void
ww_journal_state(struct ww_journal *j, struct ww_journal_state *out)
{
	*out = (struct ww_journal_state){ .next = 1 };
	if (j->ops != NULL && j->ops->state != NULL)
		j->ops->state(j->self, out);
}

void
ww_journal_close(struct ww_journal *j)
{
	if (j->ops != NULL && j->ops->close != NULL)
		j->ops->close(j->self);
	*j = (struct ww_journal){ .ops = NULL };
}
