/* Which acknowledgements a message wants (HL7 v2.9.1 chapter 2, 2.8.2 and 2.8.3): original mode has one, enhanced mode an
 * accept acknowledgement (MSH-15) and an application acknowledgement (MSH-16). */
#ifndef WW_CODEC_ACK_PLAN_H
#define WW_CODEC_ACK_PLAN_H

#include <wardwire/config.h>
#include <wardwire/hl7v2.h>

/* HL7 table 0155. */
enum ww_ack_condition {
	WW_ACK_NEVER,      /* NE */
	WW_ACK_ALWAYS,     /* AL */
	WW_ACK_ON_ERROR,   /* ER */
	WW_ACK_ON_SUCCESS, /* SU */
};

/* What is odd about MSH-15 and MSH-16. */
enum ww_ack_oddity {
	WW_ACK_ODD_CODE = 1 << 0, /* a value that is not in the table: taken as AL */
	WW_ACK_ODD_HALF = 1 << 1, /* only one of the two has a value: the other is taken as NE */
	WW_ACK_ODD_MODE =
	    1 << 2, /* they have values, and the feed is in original mode all the same */
};

struct ww_ack_plan {
	bool enhanced;
	enum ww_ack_condition accept;      /* of original mode: its one acknowledgement */
	enum ww_ack_condition application; /* in enhanced mode only */
	bool
	    asked; /* MSH-16 asks for an application acknowledgement: it is missed where it cannot go */
	unsigned odd; /* of enum ww_ack_oddity */
};

/* Of m in that mode; m NULL is something without a header: it is answered at once or not at all. */
struct ww_ack_plan ww_ack_plan_of(struct ww_ctx *cx, const struct ww_hl7 *m, enum ww_ack_mode mode);
/* Whether there is such an acknowledgement when all went well, or when it did not. */
bool ww_ack_is_due(enum ww_ack_condition c, bool well);
/* "ack_code_unknown" for the lowest oddity, for logs; NULL when there is none. */
const char *ww_ack_oddity_name(unsigned odd);

#endif
