/* Finds the word that a misspelt one was meant to be. */
#ifndef WW_CONFIG_NEAR_H
#define WW_CONFIG_NEAR_H

#include <wardwire/str.h>

struct ww_near {
	ww_str best; /* empty while nothing is near enough */
	ww_str word;
	size_t distance; /* of the best; a candidate must be nearer */
};

void ww_near_start(struct ww_near *n, ww_str word);
void ww_near_try(struct ww_near *n, ww_str candidate);
/* " (did you mean 'x'?)" for the end of a fault; empty where nothing is near enough. */
struct ww_near_hint {
	char text[96];
};
struct ww_near_hint ww_near_hint(const struct ww_near *n);

#endif
