/* A table of digests, open addressing; at most half of it is taken. */
#include "main/lint_ids.h"

#include "base/crypto.h"

#include <stdlib.h>
#include <string.h>

/* Halves of SHA-256: of the ids, and of the message. */
struct ww_lint_id {
	uint64_t key[2], content[2];
	bool taken;
};

void
ww_lint_ids_free(struct ww_lint_ids *ids)
{
	free(ids->slot);
	*ids = (struct ww_lint_ids){ .n = 0 };
}

static struct ww_lint_id *
slot_of(const struct ww_lint_ids *ids, const uint64_t key[2])
{
	size_t i = (size_t)key[0] & (ids->cap - 1);

	while (ids->slot[i].taken && memcmp(ids->slot[i].key, key, sizeof(ids->slot[i].key)) != 0)
		i = (i + 1) & (ids->cap - 1);
	return &ids->slot[i];
}

static bool
make_room(struct ww_lint_ids *ids)
{
	struct ww_lint_ids wider = { .n = ids->n, .cap = ids->cap > 0 ? 2 * ids->cap : 1024 };

	if (2 * ids->n < ids->cap)
		return true;
	wider.slot = calloc(wider.cap, sizeof(*wider.slot));
	if (wider.slot == NULL)
		return false;
	for (size_t i = 0; i < ids->cap; i++)
		if (ids->slot[i].taken)
			*slot_of(&wider, ids->slot[i].key) = ids->slot[i];
	free(ids->slot);
	*ids = wider;
	return true;
}

/* The first sixteen bytes of a digest of the parts. */
static void
digest(const ww_str *parts, size_t n, uint64_t out[2])
{
	uint8_t full[WW_SHA256];

	ww_hmac(WW_STR("lint"), parts, n, full);
	memcpy(out, full, 2 * sizeof(out[0]));
}

bool
ww_lint_ids_clash(struct ww_lint_ids *ids, const ww_str header[3], ww_str message)
{
	struct ww_lint_id one = { .taken = true }, *slot;

	if (!make_room(ids))
		return false;
	digest(header, 3, one.key);
	digest(&message, 1, one.content);
	slot = slot_of(ids, one.key);
	if (slot->taken)
		return memcmp(slot->content, one.content, sizeof(one.content)) != 0;
	*slot = one;
	ids->n++;
	return false;
}
