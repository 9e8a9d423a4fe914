/* From the file of a program to struct ww_program: every fault with line and column. */
#ifndef WW_CONFIG_PROGRAM_H
#define WW_CONFIG_PROGRAM_H

#include "config/load.h"
#include "config/near.h"

#include <wardwire/program.h>

struct ww_faults;
struct ww_yaml;

enum { WW_PROGRAM_MAX = 1 << 18 }; /* bytes of a file */

/* Reads a program from text, which must live as long as cx->arena; digest and payer stay empty. On WW_E_CONFIG, *faults (in
 * the arena) holds every fault found, at least one. */
WW_MUST ww_status ww_program_parse(struct ww_ctx *cx, ww_str text, struct ww_program *out,
    struct ww_config_fault **faults, size_t *faults_n);
/* What is wrong with a text that is a program in that configuration, which uses it so: names of parties, roles of a payer. As before.
 */
WW_MUST ww_status ww_program_suits(struct ww_ctx *cx, ww_str text, const struct ww_config *c,
    const struct ww_program_use *use, struct ww_config_fault **faults, size_t *faults_n);

/* What a rule may find: its id, and a bit for each kind of flag. */
struct ww_program_finder {
	const char *rule;
	uint64_t finds;
};
/* What of a good program is not wrong and is hardly meant (program_doubts.c): flags that none of its rules finds. As before, but
 * that there are some is no failure. */
WW_MUST ww_status ww_program_doubts(struct ww_ctx *cx, ww_str text,
    const struct ww_program_finder *finders, size_t finders_n, struct ww_config_fault **doubts,
    size_t *doubts_n);

/* Fills in what the tree says (program.c); it passed the checks. */
void ww_program_take(struct ww_ctx *cx, const struct ww_yaml *root, struct ww_program *out);
/* What the table of keys cannot say (program_check.c). */
void ww_program_check(struct ww_faults *f, const struct ww_yaml *root);
/* The same of what its rules are set to (program_rules.c). */
void ww_program_check_rules(struct ww_faults *f, const struct ww_yaml *root);
void ww_program_take_rules(struct ww_ctx *cx, const struct ww_yaml *root, struct ww_program *out);

/* What FILE records call what they bring. */
#define WW_FILE_PROGRAM "program"
#define WW_FILE_CALENDAR "calendar"
/* Names of the calendars that a configuration and its programs name, each once, but the built-in one, us-federal; in the
 * arena, and that memory is short shows there. */
struct ww_texts ww_programs_calendars(
    struct ww_ctx *cx, const struct ww_config *c, const struct ww_programs *p);

/* Text of a program that comes with the engine, by its file's name; empty when there is none of that name (shipped.c). */
ww_str ww_program_shipped(ww_str file);
/* Which of them is meant by a name that none has. */
struct ww_near_hint ww_program_shipped_hint(ww_str file);
/* The programs of a configuration that names none: basic, whose deadlines are due_hours. */
WW_MUST ww_status ww_programs_basic(
    struct ww_ctx *cx, const struct ww_config *c, struct ww_programs *out);

#endif
