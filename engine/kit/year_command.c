/* wardwire-kit gen year: two years of a payer's members, as files. */
#include "base/options.h"
#include "kit/kit.h"
#include "kit/year.h"

#include <wardwire/buf.h>
#include <wardwire/str.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define COMMAND "wardwire-kit gen year"

static bool
is_message(const struct ww_year_item *i)
{
	return i->kind == WW_YEAR_MESSAGE;
}

/* The items of one of the two ways in, in the order in which they are received. */
static void
write_items(const struct ww_year *y, bool messages, struct ww_buf *out)
{
	for (size_t i = 0; i < y->items_n; i++) {
		if (is_message(&y->items[i]) != messages)
			continue;
		ww_year_write_item(y, &y->items[i], out);
		if (!messages)
			ww_buf_byte(out, '\n');
	}
}

static void
write_messages(const struct ww_year *y, struct ww_buf *out)
{
	write_items(y, true, out);
}

static void
write_resources(const struct ww_year *y, struct ww_buf *out)
{
	write_items(y, false, out);
}

static const struct {
	const char *name;
	void (*write)(const struct ww_year *y, struct ww_buf *out);
} files[] = {
	{ "roster.csv", ww_year_write_roster },
	{ "messages.hl7", write_messages },
	{ "resources.ndjson", write_resources },
	{ "truth.tsv", ww_year_write_truth },
};

static bool
put_file(const struct ww_year *y, const char *dir, size_t at)
{
	struct ww_buf b = { 0 }, path = { 0 };
	ww_str text;
	FILE *f = NULL;
	bool good;

	files[at].write(y, &b);
	ww_buf_printf(&path, "%s/%s", dir, files[at].name);
	ww_buf_byte(&path, '\0');
	text = ww_buf_view(&b);
	good = b.error == WW_OK && path.error == WW_OK;
	if (!good)
		errno = ENOMEM;
	if (good)
		f = fopen((const char *)ww_buf_view(&path).p, "w");
	good = f != NULL && fwrite(text.p, 1, text.n, f) == text.n;
	if (f != NULL && fclose(f) != 0)
		good = false;
	if (!good)
		(void)fprintf(
		    stderr, "%s: %s/%s: %s\n", COMMAND, dir, files[at].name, strerror(errno));
	ww_buf_free(&b);
	ww_buf_free(&path);
	return good;
}

static int
make(const struct ww_year_settings *set, const char *dir)
{
	struct ww_year y;
	bool good = ww_year_make(set, &y) == WW_OK;

	if (!good)
		(void)fprintf(stderr, "%s: not enough memory\n", COMMAND);
	if (good && mkdir(dir, 0777) != 0 && errno != EEXIST) {
		(void)fprintf(stderr, "%s: %s: %s\n", COMMAND, dir, strerror(errno));
		good = false;
	}
	for (size_t i = 0; good && i < sizeof(files) / sizeof(files[0]); i++)
		good = put_file(&y, dir, i);
	ww_year_free(&y);
	return good ? WW_EXIT_OK : WW_EXIT_ENVIRONMENT;
}

int
ww_kit_gen_year(int argc, char **argv)
{
	const struct ww_usage usage = { COMMAND, "DIR",
		"Writes two years of a made-up payer's members into a folder.",
		"roster.csv       whose patient is who\n"
		"messages.hl7     ADT of the two hospitals in 2026, in the order of arrival\n"
		"resources.ndjson Patients, claims, authorizations and fills of 2025 and 2026\n"
		"truth.tsv        the flags that must be raised when all of it is told as it "
		"happens\n"
		"The feed of the messages needs adt: {observation: [OBS]} and America/New_York.\n"
		"Everything in them is made up.\n",
		1, 1 };
	uint64_t seed = 1, members = 1000;
	const struct ww_option rows[] = {
		{ .name = "seed",
		    .argument = "N",
		    .help = "which payer: one seed always gives the same (1)",
		    .number = &seed,
		    .most = UINT64_MAX },
		{ .name = "members",
		    .argument = "N",
		    .help = "how many (1000)",
		    .number = &members,
		    .least = 1,
		    .most = 100000 },
	};
	int code;

	if (!ww_options_read(&usage, rows, sizeof(rows) / sizeof(rows[0]), &argc, argv, &code))
		return code;
	return make(&(struct ww_year_settings){ seed, (unsigned)members }, argv[1]);
}
