/* Tables of ICD-10 codes with what each code stands for, such as its CCS category. A row stands for all the
 * codes that it spells and for no other, so that a code that is newer than its table is known to be. */
#ifndef WW_RULES_CODE_TABLE_H
#define WW_RULES_CODE_TABLE_H

#include <wardwire/str.h>

enum { WW_CODE_MAX = 7 }; /* characters of an ICD-10 code */

/* The text of a table: engine/rules/code_table.awk made it of a file in profiles/codes/. */
struct ww_code_table {
	const char *text;
	size_t n;
};

/* A code without dots and blanks and in upper case. n is 0 when it was none. */
struct ww_code {
	char v[WW_CODE_MAX + 1]; /* ends in NUL */
	size_t n;
};

/* What a table says of a code. */
struct ww_code_found {
	ww_str value; /* of the table; empty: neither the code nor a sibling is in it */
	bool exact;   /* the code itself is in the table; else value is its sibling's */
	struct ww_code
	    sibling; /* that code, which shares the most first characters; n is 0 where exact */
};

/* The code in the form in which tables have it. */
struct ww_code ww_code_of(ww_str code);
/* Looks for the code; where it is not there, for a sibling: of the codes of the same first three characters those that share
 * the most with it, of these one of the value that most of them have. */
struct ww_code_found ww_code_find(const struct ww_code_table *t, const struct ww_code *code);
/* What the table says of this very code; empty: nothing. */
ww_str ww_code_exact(const struct ww_code_table *t, const struct ww_code *code);

#endif
