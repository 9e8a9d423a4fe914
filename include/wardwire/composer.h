/* What goes out: from the state of a stay to FHIR R4 Task and Communication. Pure: no I/O, no clock, no
 * memory but the arena. A template is the whole resource but for what is known only when it is sent. */
#ifndef WARDWIRE_COMPOSER_H
#define WARDWIRE_COMPOSER_H

#include <wardwire/config.h>
#include <wardwire/ctx.h>
#include <wardwire/model.h>

struct ww_programs;

/* All a composer may look at. */
struct ww_notice {
	const struct ww_config *config;
	const struct ww_programs *programs; /* in force */
	const struct ww_party *party;
	const struct ww_encounter *encounter; /* blank (id 0): it is not about a stay */
	const struct ww_flag *flags;          /* the open flags that it may tell of */
	size_t flags_n;
	const struct ww_flag *
	    about; /* the one that it is about; NULL: the Task of a stay, or about another notice */
	enum ww_priority priority;
	enum ww_role role;                            /* whom of the party */
	const struct ww_person *person;               /* whom it is about */
	const struct ww_authorization *authorization; /* NULL: it is about none */
	const struct ww_diagnosis *diagnoses;         /* of the stay */
	size_t diagnoses_n;
	ww_str
	    member_id; /* as the party's roster has it; the only identifier of the person that leaves */
	ww_str member_system; /* whose number it is, a URI; empty: none is configured */
	ww_str key;           /* Identifier.value of the resource */
	ww_str
	    stay_key; /* Identifier.value of the encounter it is about: no hospital number leaves */
	ww_str about_key;                 /* of a correction or update: key of what it is about */
	enum ww_resource_type about_type; /* and whether that is a Task or a Communication */
	ww_str subject;  /* of a Communication: the kind of its flag, correction, update */
	ww_str reason;   /* of a cancelled Task and of a correction: what happened, one sentence */
	bool cancelled;  /* of a Task */
	bool done;       /* of a cancelled one: what it asked for has been done; it is completed */
	bool event_only; /* nothing that a program may let leave (WW_CONTENT_*) is told */
	int64_t created_ms, due_ms, now_ms;
	const struct ww_zone *zone; /* in which times are written */
};

/* That part (WW_CONTENT_* of program.h) may leave: a program of whose flags it tells lets it, and no restriction holds. */
bool ww_notice_may(const struct ww_notice *n, uint32_t part);

/* Writes the template, compact JSON in the arena. */
WW_MUST ww_status ww_compose_task(struct ww_ctx *cx, const struct ww_notice *n, ww_str *out);
WW_MUST ww_status ww_compose_communication(
    struct ww_ctx *cx, const struct ww_notice *n, ww_str *out);

/* Makes a template ready to send: the receiver's id (empty for a create), the status the receiver has given
 * a Task (empty: none known; it is theirs to set unless we cancel), and, of a Communication, when it is sent. */
WW_MUST ww_status ww_compose_finish(struct ww_ctx *cx, ww_str template, ww_str remote_id,
    ww_str remote_status, int64_t now_ms, ww_str *out);

#endif
