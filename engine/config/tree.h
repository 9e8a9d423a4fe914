/* Takes values from a tree that passed the check against the table of its keys: what the file says, or the default. */
#ifndef WW_CONFIG_TREE_H
#define WW_CONFIG_TREE_H

#include "config/keys.h"

struct ww_ctx;
struct ww_texts;
struct ww_yaml;

/* A part of a file; v may be NULL: nothing is said there, and everything is as it is by default. */
struct ww_tree {
	const struct ww_yaml *v;
	const struct ww_keys *keys;
};

/* The part at a key of that kind. */
struct ww_tree ww_tree_part(struct ww_tree t, const char *key);
/* Empty where there is neither. */
ww_str ww_tree_text(struct ww_tree t, const char *key);
/* 0 where there is neither. */
uint32_t ww_tree_number(struct ww_tree t, const char *key);
bool ww_tree_flag(struct ww_tree t, const char *key);
/* Place of the choice, of a value of an enum its number; -1 where there is neither. */
int ww_tree_choice(struct ww_tree t, const char *key);
int ww_tree_enum(struct ww_tree t, const char *key);
/* Copied; that memory is short shows in the arena. */
struct ww_texts ww_tree_texts(struct ww_ctx *cx, struct ww_tree t, const char *key);

#endif
