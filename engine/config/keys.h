/* What keys.def says, as tables to look things up in. */
#ifndef WW_CONFIG_KEYS_H
#define WW_CONFIG_KEYS_H

#include "config/value.h"

#include <wardwire/enums.h>
#include <wardwire/str.h>

enum ww_key_kind {
	WW_KEY_IS_TEXT,
	WW_KEY_IS_NUMBER,
	WW_KEY_IS_FLAG,
	WW_KEY_IS_CHOICE,
	WW_KEY_IS_TEXTS,
	WW_KEY_IS_NAMES,
	WW_KEY_IS_CONDITIONS,
	WW_KEY_IS_PART,
	WW_KEY_IS_LIST,
	WW_KEY_IS_MAP,
	WW_KEY_IS_TREE, /* whoever reads it checks it */
};

struct ww_key {
	const char *name;
	enum ww_key_kind kind;
	bool must;                  /* required */
	enum ww_format format;      /* of a text, or of each of a list of texts */
	const char *fallback;       /* the default as the file would have it; NULL: none */
	uint32_t least, most;       /* of a number */
	const char *const *choices; /* or the keys of a map; NULL ends them */
	const struct ww_keys *part; /* of a part, a list or a map */
	const char *help;
};

struct ww_keys {
	const char *path; /* "listeners[]."; "" for the top */
	const struct ww_key *v;
	size_t n;
};

/* ww_keys_config, the top, ww_keys_program, that of a program's file, and ww_keys_<part>. */
#define WW_KEYS_TREE
#define WW_KEYS_OPEN(part, where) extern const struct ww_keys ww_keys_##part;
#include "config/keys_rows.h"

/* NULL when there is none of that name. */
const struct ww_key *ww_keys_find(const struct ww_keys *k, ww_str name);

#define ww_choices_priority ww_priority_texts
extern const char *const ww_choices_band[];   /* what rules call what a score comes to */
extern const char *const ww_choices_quiet[];  /* 1: urgent waits */
extern const char *const ww_choices_digest[]; /* on which days: program.c */
extern const char *const ww_choices_auth[];   /* enum ww_auth */
#define ww_choices_role (ww_role_texts + 1)   /* enum ww_role, but its first */
/* Texts of enum ww_feed_state, by its numbers. */
extern const char *const ww_choices_feed_state[];
/* What becomes of what is refused for good: by false and true of ww_endpoint.insist. */
extern const char *const ww_choices_refused[];
extern const char *const ww_choices_ack_mode[];  /* enum ww_ack_mode */
extern const char *const ww_choices_ack_when[];  /* enum ww_ack_when */
extern const char *const ww_choices_ack_batch[]; /* enum ww_ack_batch */
extern const char *const ww_choices_unknown[];   /* 1: refuse */
/* What becomes of bytes that do not fit MSH-18: by false and true of ww_hl7_source.strict. */
extern const char *const ww_choices_charset_invalid[];
extern const char *const ww_choices_class_change[];  /* 1: an anomaly */
extern const char *const ww_choices_fhir_answer[];   /* 1: minimal */
extern const char *const ww_choices_fhir_group[];    /* 1: snapshot */
extern const char *const ww_choices_fhir_validate[]; /* enum ww_fhir_mode */
extern const char *const ww_choices_roster_mode[];   /* 1: delta */
extern const char *const ww_choices_restriction[];   /* enum ww_policy; NONE: allow */
/* Number of a choice; text is one of them. */
int ww_keys_choice(const char *const *choices, ww_str text);

#endif
