/* wardwire run: serves until it is told to stop. */
#include "base/options.h"
#include "main/engine.h"
#include "main/main.h"

#include <wardwire/log.h>

#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

/* No core dump: it would hold what patients' messages said. */
static void
forbid_core(void)
{
	struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
}

/* A roster takes a hundred megabytes for a second. Blocks of the size that such work comes in go back to the system when
 * they are freed; the C library would else learn to keep them for ever. */
static void
give_memory_back(void)
{
#ifdef M_MMAP_THRESHOLD
	(void)mallopt(M_MMAP_THRESHOLD, 256 << 10);
#endif
}

static bool
set_level(void *arg, const char *text)
{
	static const char *const names[] = { "error", "warn", "info", "debug" };

	(void)arg;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(text, names[i]) == 0) {
			ww_log_set_level((enum ww_log_level)i);
			return true;
		}
	}
	return false;
}

int
ww_cmd_run(int argc, char **argv)
{
	const char *file = WW_SITE_FILE, *port_file = NULL, *clock_file = NULL;
	const struct ww_option rows[] = {
		WW_SITE_OPTION(file),
		{ .name = "log",
		    .argument = "LEVEL",
		    .read = set_level,
		    .help = "error, warn, info or debug; info unless given" },
		{ .name = "port-file",
		    .argument = "FILE",
		    .text = &port_file,
		    .help = "write the listeners' ports there once they listen" },
		{ .name = "clock-file",
		    .argument = "FILE",
		    .text = &clock_file,
		    .help =
		        "for tests and demonstrations: take the time from FILE, UTC milliseconds" },
	};
	const struct ww_usage usage = { .command = "wardwire run",
		.summary = "Runs the engine until SIGTERM or SIGINT.",
		.notes = "Logs one line a message and a delivery on standard error, never a value "
		         "from a message." };
	struct ww_engine_settings set = { .clock = ww_clock_system() };
	struct ww_ctx cx = { .arena = NULL }; /* the site's own holds the configuration */
	struct ww_engine *e;
	struct ww_site site;
	int code;

	if (!ww_options_read(&usage, rows, sizeof(rows) / sizeof(rows[0]), &argc, argv, &code))
		return code;
	(void)signal(SIGPIPE, SIG_IGN);
	/* A file that may not grow is a full disk, which passes, and no reason to die. */
	(void)signal(SIGXFSZ, SIG_IGN);
	forbid_core();
	give_memory_back();
	code = ww_site_open(&site, file);
	cx.arena = ww_arena_new(0);
	if (code == WW_EXIT_OK && cx.arena != NULL) {
		if (clock_file != NULL)
			set.clock = ww_clock_file(clock_file);
		set.site = &site;
		set.port_file = port_file;
		if (ww_engine_start(&cx, &set, &e) != WW_OK) {
			code = ww_site_complain("", &cx);
		} else {
			ww_log(WW_LOG_INFO, "engine=running");
			ww_engine_serve(e);
			ww_engine_free(e);
			ww_log(WW_LOG_INFO, "engine=stopped");
		}
	}
	ww_arena_free(cx.arena);
	ww_site_close(&site);
	return code;
}
