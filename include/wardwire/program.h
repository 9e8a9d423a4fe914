/* A care program as the engine reads it: made from one file (docs/programs.md) by config/program.c, never changed after. Which
 * programs are in force, and for which payer, says the configuration. */
#ifndef WARDWIRE_PROGRAM_H
#define WARDWIRE_PROGRAM_H

#include <wardwire/config.h>
#include <wardwire/model.h>
#include <wardwire/params.h>
#include <wardwire/span.h>

/* Who also gets it, as a Communication. */
struct ww_program_copy {
	enum ww_role role;
	ww_str from; /* only of this band and those above it: "high"; empty: always */
};

enum { WW_PROGRAM_COPIES = 4 };

struct ww_program_flag {
	enum ww_flag_form
	    as; /* NONE: the program does not name the flag, and it is not raised for it */
	enum ww_role to;
	struct ww_span deadline; /* n 0: it has none */
	uint32_t warn;           /* percent of the deadline, 1..99 */
	enum ww_priority priority;
	struct ww_program_copy copies[WW_PROGRAM_COPIES];
	size_t copies_n;
	uint32_t acknowledge; /* minutes; then the backup gets it too; 0: nobody waits for it */
	struct ww_span forward_after; /* n 0: it is not forwarded */
	enum ww_role forward_to;
	ww_str title, text; /* wording; empty: the engine's */
	uint32_t cooldown;  /* days in which the same is not raised again of the person; 0: none */
	uint32_t suppress; /* hours in which the same news of the stay is not told again; 0: none */
};

/* What may leave in a notice besides that the event happened, to whom, and when. */
enum {
	WW_CONTENT_NAME = 1,
	WW_CONTENT_PRACTITIONER = 2,
	WW_CONTENT_FACILITY = 4,
	WW_CONTENT_DISPOSITION = 8,
	WW_CONTENT_DIAGNOSIS = 16,
	WW_CONTENT_SCORE = 32,
	WW_CONTENT_ALL = 63
};

struct ww_program_population {
	uint32_t age_from,
	    age_to; /* years on the day of the event, both inclusive; 0 and WW_AGE_MOST: any */
	struct ww_texts
	    products;           /* of which the roster must name one, capitals or not; none: any */
	struct ww_texts plans;  /* likewise */
	struct ww_texts payers; /* likewise */
	struct ww_texts practices; /* names of parties, likewise */
};
enum { WW_AGE_MOST = 150 };

/* Minutes of the day, of the receiver's zone; they may go past midnight. Both 0: no quiet hours. */
struct ww_program_quiet {
	uint32_t from, to;
	bool urgent_waits; /* what is urgent, asap or stat waits, too */
};

struct ww_program_digest {
	uint32_t at;   /* minute of the day, of the receiver's zone */
	uint8_t days;  /* bit 0 is Monday, bit 6 Sunday; 0: there is none */
	bool business; /* and of these only business days */
	bool empty;    /* is sent also when nothing is in it */
};

/* How many notices one receiver gets at most; what is urgent is always told. 0: any number. */
struct ww_program_budget {
	uint32_t per_stay, per_day;
};

struct ww_program {
	ww_str name, title;
	int64_t version;   /* as the file has it; recorded with each flag */
	ww_str digest;     /* SHA-256 of the file, in hex */
	ww_str payer;      /* of the configuration: name of a party; may be empty */
	int64_t effective; /* first day, days since 1970-01-01; INT64_MIN: always */
	int64_t end;       /* last day, likewise; INT64_MAX: open */
	struct ww_program_population population;
	ww_str zone_name; /* may be empty */
	const struct ww_zone *zone;
	ww_str calendar;     /* file with holidays; empty: the built-in one, us-federal */
	const ww_str *rules; /* ids: "lace/1" */
	size_t rules_n;
	struct ww_params params;
	struct ww_program_flag flags[ww_flag_kind_count]; /* by enum ww_flag_kind */
	struct ww_program_quiet quiet;
	struct ww_program_digest daily;
	struct ww_program_budget budget;
	uint32_t content; /* WW_CONTENT_* */
};

/* All programs in force, in the order of the configuration; at least one. */
struct ww_programs {
	const struct ww_program *v;
	size_t n;
};

/* The program of a configuration that names none: what the engine does of itself. Its name is "basic"; flags that have its
 * deadline take due_hours of the configuration. */
#define WW_PROGRAM_BASIC "basic"

/* NULL: there is none of that name. */
const struct ww_program *ww_programs_find(const struct ww_programs *p, ww_str name);
bool ww_program_uses(const struct ww_program *p, const char *rule);
/* The program is in force on that day (days since 1970-01-01), and whom that row of a roster makes the practice's, born then
 * (unknown: any age fits), is of its population; and the row, if it names a program, names this one. */
bool ww_program_fits(
    const struct ww_program *p, const struct ww_attribution *at, ww_time birth, int64_t day);
/* The party that is told in that role of a matter of that practice: the payer for navigator, case-manager,
 * benefits-contact, program-desk and program-manager, else the practice. NULL: the program has no payer, or the configuration
 * no such party any more. */
const struct ww_party *ww_program_party(
    const struct ww_program *p, const struct ww_config *c, enum ww_role role, ww_str practice);
/* The role is one of the payer's. */
bool ww_role_is_payers(enum ww_role role);
/* A finding of that band is copied: from says nothing, or the band is as high or higher. A band that is not known ("unknown") is not
 * as high as any. */
bool ww_program_copies(const struct ww_program_copy *c, ww_str band);
/* WW_CONTENT_* of "name" and so on; 0: it is none. */
uint32_t ww_program_content(ww_str text);

#endif
