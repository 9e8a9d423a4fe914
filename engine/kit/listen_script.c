/* Reads and walks the script of answers. */
#include "kit/listen_script.h"

#include <stdio.h>
#include <string.h>

#define WAIT_MOST 3600000U
#define TIMES_MOST 1000000000U

static const char *const codes[] = { "AA", "AE", "AR", "CA", "CE", "CR" };

static const struct {
	const char *word;
	enum ww_listen_kind kind;
} words[] = {
	{ "never", WW_LISTEN_NEVER },
	{ "garbage", WW_LISTEN_GARBAGE },
	{ "other", WW_LISTEN_OTHER },
	{ "half", WW_LISTEN_HALF },
	{ "close", WW_LISTEN_CLOSE },
};

static bool
read_code(ww_str text, char out[3])
{
	size_t i;

	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (ww_str_is(text, codes[i])) {
			memcpy(out, codes[i], 3);
			return true;
		}
	return false;
}

/* "AE", "CA+AA", "never" */
static bool
read_answer(ww_str text, struct ww_listen_step *out)
{
	ww_str second, first;
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (ww_str_is(text, words[i].word)) {
			out->kind = words[i].kind;
			return true;
		}
	out->kind = WW_LISTEN_CODE;
	first = ww_str_cut(text, '+', &second);
	if (!read_code(first, out->code))
		return false;
	return first.n == text.n || read_code(second, out->second);
}

static const char *
read_step(ww_str text, struct ww_listen_step *out)
{
	ww_str times, wait;
	uint64_t n;

	*out = (struct ww_listen_step){ .times = 1 };
	if (ww_str_find(text, '*') < text.n) {
		text = ww_str_cut(text, '*', &times);
		if (!ww_str_u64(times, TIMES_MOST, &out->times) || out->times == 0)
			return "behind '*' stands how many messages it is for, from 1 on";
	}
	if (ww_str_find(text, '@') < text.n) {
		text = ww_str_cut(text, '@', &wait);
		if (!ww_str_u64(wait, WAIT_MOST, &n))
			return "behind '@' stand milliseconds, an hour's at most";
		out->wait = (unsigned)n;
	}
	if (!read_answer(text, out))
		return "an answer is AA, AE, AR, CA, CE, CR, two of them as CA+AA, never, garbage, "
		       "other, half or close";
	return NULL;
}

const char *
ww_listen_script_read(ww_str text, struct ww_listen_script *out)
{
	const char *wrong = NULL;
	bool more;

	*out = (struct ww_listen_script){ .n = 0 };
	do {
		more = ww_str_find(text, ',') < text.n;
		if (out->n == WW_LISTEN_STEPS)
			return "that are too many steps";
		wrong = read_step(ww_str_cut(text, ',', &text), &out->step[out->n++]);
	} while (wrong == NULL && more);
	return wrong;
}

const struct ww_listen_step *
ww_listen_script_next(struct ww_listen_script *s)
{
	if (s->used == s->step[s->at].times && s->at + 1 < s->n) {
		s->at++;
		s->used = 0;
	}
	if (s->used < s->step[s->at].times)
		s->used++;
	return &s->step[s->at];
}

void
ww_listen_script_word(const struct ww_listen_step *step, char out[16])
{
	const char *word = "";
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i].kind == step->kind)
			word = words[i].word;
	snprintf(out, 16, "%s%s%s%s", word, step->code, step->second[0] != '\0' ? "+" : "",
	    step->second);
}
