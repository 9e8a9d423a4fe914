/* A table of reasons, looked at many times a second. */
#include "main/pauses.h"

#include "main/applier.h"
#include "main/site.h"
#include "store/disk.h"

#include <wardwire/log.h>

static bool
journal_in_trouble(struct ww_pauses *p, bool since)
{
	(void)since;
	return atomic_load(&p->trouble);
}

static bool
apply_behind(struct ww_pauses *p, bool since)
{
	uint64_t most = p->site->config->limits.lag;

	return ww_applier_behind(p->applier) > (since ? most / 2 : most);
}

static bool
disk_short(struct ww_pauses *p, bool since)
{
	(void)since;
	return p->disk_short;
}

/* since: it held at the last look, so that what swings about a limit does not stop and go with each look. */
static const struct {
	const char *name;
	bool (*holds)(struct ww_pauses *p, bool since);
} reasons[] = {
	{ "journal-in-trouble", journal_in_trouble },
	{ "apply-behind", apply_behind },
	{ "disk-reserve", disk_short },
};

/* Once a second: a disk that runs full is seen before a write fails. */
static void
look_at_disk(struct ww_pauses *p)
{
	const struct ww_site *site = p->site;
	struct ww_fs_space space;
	unsigned used;
	bool warn;

	if (p->looks++ % (1000 / p->look_ms) != 0 ||
	    site->fs->space(site->fs->self, site->data, &space) < 0 || space.total == 0)
		return;
	p->disk_short = ww_disk_short(space.free, site->config->disk_reserve, p->disk_short);
	used = (unsigned)(100 - space.free * 100 / space.total);
	warn = used >= site->config->disk_warn_percent;
	if (warn != p->disk_warned)
		ww_log(warn ? WW_LOG_WARN : WW_LOG_INFO, "disk=%s used-percent=%u free=%llu",
		    warn ? "filling" : "well", used, (unsigned long long)space.free);
	p->disk_warned = warn;
}

bool
ww_pauses_look(struct ww_pauses *p)
{
	look_at_disk(p);
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		unsigned bit = 1U << i;
		bool since = (p->held & bit) != 0, holds = reasons[i].holds(p, since);

		if (holds == since)
			continue;
		p->held ^= bit;
		ww_log(WW_LOG_WARN, "pause=%s why=%s", holds ? "on" : "off", reasons[i].name);
	}
	return p->held != 0;
}
