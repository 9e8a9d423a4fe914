/* What goes out once a day: flags of several members as one FHIR R4 Communication; and what is said of no
 * member at all. Pure, as composer.h. */
#ifndef WARDWIRE_DIGEST_H
#define WARDWIRE_DIGEST_H

#include <wardwire/config.h>
#include <wardwire/ctx.h>
#include <wardwire/model.h>

/* What is said of one member: no more than a line. */
struct ww_digest_line {
	enum ww_flag_kind kind;
	ww_str title;  /* as the program words it; empty: as the engine does */
	ww_str member; /* number as the party's roster has it */
	ww_str band;   /* may be empty */
	int64_t raised_ms;
};

struct ww_digest {
	const struct ww_config *config;
	const struct ww_party *party;
	ww_str title;               /* of the program */
	ww_str topic, text;         /* what it is about and says; empty: it is a digest, of lines */
	ww_str key;                 /* Identifier.value of the Communication */
	const struct ww_zone *zone; /* in which days are written; NULL: UTC */
	int64_t now_ms;
	const struct ww_digest_line *lines; /* none: it says that there is nothing */
	size_t n;
};

/* Writes the template, compact JSON in the arena; ww_compose_finish makes it ready to send. */
WW_MUST ww_status ww_compose_digest(struct ww_ctx *cx, const struct ww_digest *d, ww_str *out);

#endif
