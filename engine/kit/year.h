/* A made-up payer's members and what happens to them in two years: the year of which claims tell, and the year in which it is
 * all told as it happens. Which flags that must raise follows from what happens to a member, and not from what is sent: nothing
 * of the engine is in it. One seed always gives the same. Names, numbers and places are synthetic. */
#ifndef WW_KIT_YEAR_H
#define WW_KIT_YEAR_H

#include "kit/chance.h"

#include <wardwire/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ww_buf;

/* Local wall clock of the hospitals, ms as if it were UTC; 0: none. A day is one of these divided by WW_YEAR_DAY. */
typedef int64_t ww_year_time;

#define WW_YEAR_MINUTE INT64_C(60000)
#define WW_YEAR_HOUR (60 * WW_YEAR_MINUTE)
#define WW_YEAR_DAY (24 * WW_YEAR_HOUR)
/* 2025-01-01, 2026-01-01 and 2027-01-01. */
#define WW_YEAR_PAST (20089 * WW_YEAR_DAY)
#define WW_YEAR_BEGINS (20454 * WW_YEAR_DAY)
#define WW_YEAR_ENDS (20819 * WW_YEAR_DAY)

struct ww_year_settings {
	uint64_t seed;
	unsigned members; /* 1 to 100000 */
};

/* What a member may have for long (year_life.c). */
struct ww_year_condition {
	const char *code;    /* ICD-10-CM */
	const char *group;   /* Charlson group */
	unsigned points;     /* of it in the weight set lace-variant */
	const char *program; /* disease management that it is of; NULL: none */
	unsigned percent;    /* of members who have it */
};
enum { WW_YEAR_CONDITIONS = 9 };
extern const struct ww_year_condition ww_year_conditions[WW_YEAR_CONDITIONS];

/* Why somebody is in hospital. */
struct ww_year_reason {
	const char *code;
	const char *procedure; /* ICD-10-PCS; NULL: none */
	bool planned;          /* by the planned-readmission algorithm */
	bool index;            /* a stay for it may be an index stay */
	unsigned points;       /* of its Charlson group in the weight set lace-variant */
	const char *group;     /* "": of none */
};
enum { WW_YEAR_REASONS = 8 };
extern const struct ww_year_reason ww_year_reasons[WW_YEAR_REASONS];

enum { WW_YEAR_SECOND = 40 }; /* days to the second visit */

enum ww_year_practice { WW_YEAR_NOBODY, WW_YEAR_RCCA, WW_YEAR_LAKESIDE };

struct ww_year_member {
	unsigned number;
	enum ww_year_practice practice; /* from 2025-01-01 on */
	ww_year_time leaves;            /* last day with it; 0: none */
	char sex;
	int year, month, day; /* of birth */
	unsigned conditions;  /* bits */
	ww_year_time office
	    [WW_YEAR_CONDITIONS]; /* day of the first visit to a doctor for it; 0: it has none */
	unsigned twice;           /* bits: and of a second one, 40 days later */
	ww_year_time dies;        /* 0: lives */
};

enum ww_year_class { WW_YEAR_ED, WW_YEAR_INPATIENT, WW_YEAR_OBSERVED };

struct ww_year_visit {
	unsigned member; /* index */
	unsigned number; /* of its hospital, 1 and on */
	unsigned hospital;
	enum ww_year_class class_;
	bool messages;         /* the hospital tells of it as it happens; else a claim alone does */
	bool bill;             /* a claim tells of it, too */
	ww_year_time expected; /* when it was planned, 0: it was not */
	ww_year_time came;     /* to the emergency department; 0: not through it */
	ww_year_time start;    /* the stay; of an emergency visit the same as came */
	ww_year_time end;
	char type; /* PV1-4 */
	const char *disposition;
	unsigned reason;        /* index */
	ww_year_time requested; /* authorization; 0: none */
	ww_year_time decided;   /* and approved, else denied */
	bool approved;
	bool cancelled; /* the admission was, seven hours later */
};

/* One thing that is sent. */
enum ww_year_kind {
	WW_YEAR_PATIENT,
	WW_YEAR_OFFICE,  /* a doctor's claim with one condition */
	WW_YEAR_BILL,    /* a hospital's claim */
	WW_YEAR_REQUEST, /* for an authorization */
	WW_YEAR_DECISION,
	WW_YEAR_FILL,
	WW_YEAR_MESSAGE, /* of HL7 v2 */
};

struct ww_year_item {
	ww_year_time at; /* when it is received */
	size_t order;    /* among those of the same instant */
	enum ww_year_kind kind;
	unsigned member;     /* index */
	unsigned visit;      /* index */
	unsigned condition;  /* index */
	ww_year_time day;    /* of an office visit or fill */
	const char *trigger; /* of a message */
};

struct ww_year {
	struct ww_year_settings set;
	struct ww_chance chance;
	struct ww_year_member *members;
	struct ww_year_visit *visits; /* by member, then by time */
	struct ww_year_item *items;   /* by time */
	size_t members_n, visits_n, items_n;
	size_t members_room, visits_room, items_room;
	unsigned numbers; /* of visits given out */
	bool failed;      /* no memory */
};

/* Makes the whole; everything in it is the caller's to free with ww_year_free, also after a failure. WW_E_MEMORY. */
WW_MUST ww_status ww_year_make(const struct ww_year_settings *set, struct ww_year *out);
void ww_year_free(struct ww_year *y);

/* "Claim", and the id of that resource; of an HL7 v2 message NULL, and none. */
const char *ww_year_type(const struct ww_year_item *i);
enum { WW_YEAR_ID = 24 };
void ww_year_id(const struct ww_year *y, const struct ww_year_item *i, char id[WW_YEAR_ID]);
/* One item as it is on the wire: an HL7 v2 message, or the JSON of a resource on one line without its end. */
void ww_year_write_item(const struct ww_year *y, const struct ww_year_item *i, struct ww_buf *out);
/* member_id,name,birth_date,sex,practice,effective,end */
void ww_year_write_roster(const struct ww_year *y, struct ww_buf *out);
/* The flags that must have been raised when the year is over, and when all of it was told as it happened: one a line, tab separated,
 * with a line of titles: member, practice, flag, visit, state, score (year_truth.c). */
void ww_year_write_truth(const struct ww_year *y, struct ww_buf *out);

#endif
