/* wardwire-kit gen: messages of a made-up hospital, for tests of what follows from them. */
#include "base/options.h"
#include "kit/gen.h"
#include "kit/kit.h"

#include <wardwire/buf.h>
#include <wardwire/str.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define COMMAND "wardwire-kit gen"

struct options {
	uint64_t seed, patients, days;
	unsigned share[WW_GEN_NOISES];
	const char *roster, *truth;
};

/* KIND=PERCENT, where all is every kind. */
static bool
read_noise(void *arg, const char *text)
{
	struct options *o = arg;
	ww_str share, kind = ww_str_cut(ww_str_from(text), '=', &share);
	bool all = ww_str_is(kind, "all"), found = false;
	uint64_t percent;

	if (!ww_str_u64(share, 100, &percent))
		return false;
	for (unsigned i = 0; i < WW_GEN_NOISES; i++) {
		if (!all && !ww_str_is(kind, ww_gen_noise_name(i)))
			continue;
		o->share[i] = (unsigned)percent;
		found = true;
	}
	return found;
}

/* The kinds of noise for --help. */
static const char *
notes(struct ww_buf *b)
{
	ww_buf_cstr(b,
	    "wardwire-kit gen year DIR makes up two years of a payer's members (--help).\n"
	    "KINDs of noise, and percent where none is given:\n");
	for (unsigned i = 0; i < WW_GEN_NOISES; i++)
		ww_buf_printf(b, "  %-12s %-58s %u\n", ww_gen_noise_name(i), ww_gen_noise_text(i),
		    ww_gen_noise_usual(i));
	ww_buf_cstr(b, "The feed that takes them needs adt: {observation: [OBS]}, and the zone of\n"
	               "the hospital. Everything in them is made up.\n");
	ww_buf_byte(b, '\0');
	return b->error == WW_OK ? (const char *)ww_buf_view(b).p : NULL;
}

static bool
put(FILE *f, const char *name, struct ww_buf *b)
{
	ww_str text = ww_buf_view(b);
	bool good = b->error == WW_OK && fwrite(text.p, 1, text.n, f) == text.n && fflush(f) == 0;

	if (!good)
		(void)fprintf(stderr, "%s: %s: %s\n", COMMAND, name,
		    b->error == WW_OK ? strerror(errno) : "not enough memory");
	return good;
}

static bool
put_file(const char *path, const struct ww_gen *g,
    void (*writer)(const struct ww_gen *g, struct ww_buf *out))
{
	struct ww_buf b = { 0 };
	FILE *f;
	bool good;

	if (path == NULL)
		return true;
	f = fopen(path, "w");
	if (f == NULL) {
		(void)fprintf(stderr, "%s: %s: %s\n", COMMAND, path, strerror(errno));
		return false;
	}
	writer(g, &b);
	good = put(f, path, &b);
	if (fclose(f) != 0)
		good = false;
	ww_buf_free(&b);
	return good;
}

static int
make(const struct options *o)
{
	struct ww_gen_settings set = {
		.seed = o->seed, .patients = (unsigned)o->patients, .days = (unsigned)o->days
	};
	struct ww_buf b = { 0 };
	struct ww_gen g;
	bool good;

	memcpy(set.share, o->share, sizeof(set.share));
	good = ww_gen_make(&set, &g) == WW_OK;
	if (!good)
		(void)fprintf(stderr, "%s: not enough memory\n", COMMAND);
	good = good && put_file(o->roster, &g, ww_gen_write_roster) &&
	       put_file(o->truth, &g, ww_gen_write_truth);
	if (good) {
		ww_gen_write(&g, &b);
		good = put(stdout, "standard output", &b);
	}
	ww_buf_free(&b);
	ww_gen_free(&g);
	return good ? WW_EXIT_OK : WW_EXIT_ENVIRONMENT;
}

int
ww_kit_gen(int argc, char **argv)
{
	struct options o = { .seed = 1, .patients = 20, .days = 30 };
	struct ww_buf text = { 0 };
	const struct ww_usage usage = { COMMAND, "adt",
		"Writes the messages of a made-up hospital in the order in which they arrive.",
		notes(&text), 1, 1 };
	const struct ww_option rows[] = {
		{ .name = "seed",
		    .argument = "N",
		    .help = "which hospital: one seed always gives the same (1)",
		    .number = &o.seed,
		    .most = UINT64_MAX },
		{ .name = "patients",
		    .argument = "N",
		    .help = "how many (20)",
		    .number = &o.patients,
		    .least = 1,
		    .most = 100000 },
		{ .name = "days",
		    .argument = "N",
		    .help = "from 2026-03-10 on (30)",
		    .number = &o.days,
		    .least = 1,
		    .most = 200 },
		{ .name = "noise",
		    .argument = "KIND=PERCENT",
		    .help = "what goes wrong on the way; again for another kind; all=0: nothing",
		    .read = read_noise,
		    .arg = &o },
		{ .name = "roster",
		    .argument = "FILE",
		    .help = "writes the roster of a payer",
		    .text = &o.roster },
		{ .name = "truth",
		    .argument = "FILE",
		    .help = "writes what is true in the end",
		    .text = &o.truth },
	};
	int code;

	if (argc > 1 && strcmp(argv[1], "year") == 0) { /* with options of its own */
		ww_buf_free(&text);
		return ww_kit_gen_year(argc - 1, argv + 1);
	}
	for (unsigned i = 0; i < WW_GEN_NOISES; i++)
		o.share[i] = ww_gen_noise_usual(i);
	if (!ww_options_read(&usage, rows, sizeof(rows) / sizeof(rows[0]), &argc, argv, &code)) {
		ww_buf_free(&text);
		return code;
	}
	ww_buf_free(&text);
	if (strcmp(argv[1], "adt") == 0)
		return make(&o);
	(void)fprintf(
	    stderr, "%s: %s is nothing that it makes; adt and year are\n", COMMAND, argv[1]);
	return WW_EXIT_USAGE;
}
