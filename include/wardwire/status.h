/* The one way to say how a call ended. See status.def for the rows. */
#ifndef WARDWIRE_STATUS_H
#define WARDWIRE_STATUS_H

/* A caller that ignores the result of such a function gets a warning. */
#define WW_MUST __attribute__((warn_unused_result))

typedef enum ww_status {
#define WW_STATUS(name, class, hl7, fhir, number, text) WW_##name,
#include <wardwire/status.def>
#undef WW_STATUS
	WW_STATUS_COUNT
} ww_status;

/* What a status means for the work that met it; decided upon in courier/trouble.c only. */
enum ww_class {
	WW_DONE,      /* it holds */
	WW_TRANSIENT, /* the same input may succeed later: keep it and try again */
	WW_PERMANENT, /* the same input can never succeed: refuse, quarantine or park it */
	WW_BUG,       /* our fault: set that one message aside and go on */
};

enum ww_class ww_status_class(ww_status s);
const char *ww_status_name(ww_status s); /* "E_REQUIRED" */
const char *ww_status_text(ww_status s); /* "a required element is missing" */
const char *ww_status_fhir(ww_status s); /* FHIR R4 value set issue-type */
int ww_status_hl7(ww_status s);          /* HL7 table 0357 */
int ww_status_number(ww_status s);       /* the nnn of the public code WW-nnn */
ww_status ww_status_of_number(int n);    /* WW_E_BUG where no status has it */

#endif
