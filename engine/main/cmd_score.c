/* wardwire score: what a rule makes of values given by hand. */
#include "base/options.h"
#include "main/main.h"
#include "main/print.h"
#include "main/site.h"

#include <wardwire/json.h>
#include <wardwire/score.h>

static int
print_score(struct ww_ctx *cx, int argc, char **argv)
{
	ww_str *words = ww_arena_array(cx->arena, (size_t)argc, sizeof(*words));
	struct ww_json *answer;
	int code;

	if (words == NULL)
		return WW_EXIT_ENVIRONMENT;
	for (int i = 1; i < argc; i++)
		words[i - 1] = ww_str_from(argv[i]);
	if (ww_score_ask(cx, words, (size_t)argc - 1, &answer) == WW_OK)
		return ww_print_json(cx, answer, false);
	code = ww_site_complain("", cx);
	return code == WW_EXIT_INPUT ? WW_EXIT_USAGE : code; /* the command line is the input */
}

int
ww_cmd_score(int argc, char **argv)
{
	const struct ww_usage usage = { .command = "wardwire score",
		.arguments = "SCORE VALUE...",
		.summary = "Says what a score makes of values or codes, as a JSON object.",
		.notes = "lace los=DAYS acute=0|1 charlson=SUM ed=VISITS\n"
		         "hospital hb=G/DL oncology=0|1 na=MMOL/L procedure=0|1 urgent=0|1 "
		         "admissions=N los=DAYS\n"
		         "         [cuts=2013|2016|simplified]\n"
		         "charlson [weights=1987|quan2011|lace] CODE...\n"
		         "elixhauser [weights=vanwalraven] CODE...\n\n"
		         "What is not given is not known: the score lies between low and high, and "
		         "has a band only where\nboth are in it. hb and na take a unit: 119g/L, "
		         "7.4mmol/L, 140mEq/L. CODE is ICD-10.",
		.least = 1,
		.most = -1 };
	struct ww_ctx cx = { .arena = NULL };
	int code;

	if (!ww_options_read(&usage, NULL, 0, &argc, argv, &code))
		return code;
	cx.arena = ww_arena_new(0);
	if (cx.arena == NULL)
		return WW_EXIT_ENVIRONMENT;
	code = print_score(&cx, argc, argv);
	ww_arena_free(cx.arena);
	return code;
}
